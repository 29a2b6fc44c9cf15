// The rules that stand between the merchant's own numbers and what a channel is shown.
#include "settings/reading.hpp"

#include <regex>

namespace tally::settings {
namespace {

constexpr Quantity most_units = 1'000'000;

/// `cost * 1.1`, or `cost` alone.
std::optional<Decimal> floor_in(yaml::Reader& reader) {
  const auto text = reader.text("floor");
  if (!text) return std::nullopt;
  if (*text == "cost") return Decimal(1);
  static const std::regex form(R"(cost\s*\*\s*([0-9]+(\.[0-9]+)?))");
  std::smatch parts;
  if (text->size() <= 40 && std::regex_match(*text, parts, form)) {
    const auto factor = Decimal::parse(parts[1].str());
    if (factor && *factor > Decimal(0) && *factor <= Decimal(100)) return *factor;
  }
  reader.complain("floor", "'floor' must be the cost times a number from 0 to 100, but is '" + *text + "'", "write it as cost * 1.1");
  return std::nullopt;
}

std::optional<Decimal> round_in(yaml::Reader& reader) {
  const auto ending = reader.decimal("round_to");
  if (!ending) return std::nullopt;
  if (*ending >= Decimal(0) && *ending < Decimal(1)) return ending;
  reader.complain("round_to", "'round_to' must be how prices end, from 0 to below 1, but is '" + ending->text() + "'",
                  "write 0.99 for 12.99, 13.99, …");
  return std::nullopt;
}

}  // namespace

StockRule read_stock(const yaml::Node& node, Reading& reading) {
  yaml::Reader reader(node, "'stock'", reading.complaints);
  StockRule rule;
  rule.buffer = reader.integer("buffer", 0, most_units).value_or(rule.buffer);
  rule.share = percent_in(reader, "share", 0, 100).value_or(rule.share);
  rule.cap = reader.integer("cap", 0, most_units);
  reading.finish(reader, reading.channel_keys, "stock");
  return rule;
}

PriceRule read_price(const yaml::Node& node, Reading& reading) {
  yaml::Reader reader(node, "'price'", reading.complaints);
  PriceRule rule;
  if (const auto add = percent_in(reader, "add", -90, 900)) rule.factor = Decimal(1) + *add;
  rule.round_to = round_in(reader);
  rule.floor_factor = floor_in(reader);
  reading.finish(reader, reading.channel_keys, "price");
  return rule;
}

OrderRule read_orders(const yaml::Node& node, Reading& reading) {
  yaml::Reader reader(node, "'orders'", reading.complaints);
  OrderRule rule;
  const auto within = [&](std::string_view key, Duration& into, Duration least, Duration most) {
    const auto given = reader.duration(key);
    if (!given) return;
    if (*given < least || *given > most) {
      reader.complain(key, "'" + std::string(key) + "' must be from " + format_duration(least) + " to " + format_duration(most) +
                               ", but is " + format_duration(*given));
    } else {
      into = *given;
    }
  };
  using namespace std::chrono_literals;
  within("every", rule.every, 100ms, 24h);
  within("reserve_for", rule.reserve_for, 1min, 24h * 30);
  const std::vector<std::string> moments{"placed", "paid"};
  if (const auto moment = reader.choice("reserve", moments)) rule.reserve = moments[*moment];
  reading.finish(reader, reading.channel_keys, "orders");
  return rule;
}

}  // namespace tally::settings
