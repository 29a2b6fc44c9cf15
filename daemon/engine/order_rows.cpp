#include "engine/order_rows.hpp"

namespace tally::engine {
namespace {

std::int64_t number(const Json& row, std::size_t at) {
  const auto value = row.as_array().at(at).integer();
  ensure(value.has_value(), "a stored row holds whole numbers");
  return *value;
}

}  // namespace

Json to_json(const Claim& claim) {
  Json rows = Json::array();
  for (const auto& [key, effect] : claim) rows.push_back(Json::Array{key.first.value, key.second.value, effect.on_hand, effect.reserved});
  return rows;
}

Claim claim_from(const Json& rows) {
  Claim claim;
  for (const auto& row : rows.as_array()) claim[{VariantNo(number(row, 0)), LocationNo(number(row, 1))}] = {number(row, 2), number(row, 3)};
  return claim;
}

Json to_json(const Units& units) {
  Json rows = Json::array();
  for (const auto& [variant, count] : units) rows.push_back(Json::Array{variant.value, count});
  return rows;
}

Units units_from(const Json& rows) {
  Units units;
  for (const auto& row : rows.as_array()) units[VariantNo(number(row, 0))] = number(row, 1);
  return units;
}

Json to_json(const std::vector<ResolvedLine>& lines) {
  Json rows = Json::array();
  for (const auto& line : lines) {
    Json parts = Json::array();
    for (const auto& part : line.parts) parts.push_back(Json::Array{part.variant.value, part.each, part.location.value});
    rows.push_back(Json::object({{"line", line.line}, {"sold", line.sold.value}, {"parts", std::move(parts)}}));
    if (line.by_hand.value != 0) rows.as_array().back().set("by_hand", line.by_hand.value);
  }
  return rows;
}

std::vector<ResolvedLine> resolved_from(const Json& rows) {
  std::vector<ResolvedLine> lines;
  for (const auto& row : rows.as_array()) {
    ResolvedLine line;
    line.line = row.text_or("line");
    line.sold = VariantNo(row.integer_or("sold"));
    line.by_hand = VariantNo(row.integer_or("by_hand"));
    for (const auto& part : row.find("parts")->as_array())
      line.parts.push_back({VariantNo(number(part, 0)), number(part, 1), LocationNo(number(part, 2))});
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace tally::engine
