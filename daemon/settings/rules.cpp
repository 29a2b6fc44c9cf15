// The rules that stand between the merchant's own numbers and what a channel is shown.
#include "settings/reading.hpp"

#include <regex>

namespace tally::settings {
namespace {

constexpr Quantity most_units = 1'000'000;

/// `cost * 1.1`, `cost` alone, or an amount.
std::optional<PriceLimit> limit_in(yaml::Reader& reader, const char* key) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  if (*text == "cost") return PriceLimit{Decimal(1), true};
  static const std::regex form(R"((cost\s*\*\s*)?([0-9]+(\.[0-9]+)?))");
  std::smatch parts;
  if (text->size() <= 40 && std::regex_match(*text, parts, form)) {
    const bool of_cost = parts[1].matched;
    const auto number = Decimal::parse(parts[2].str());
    if (number && *number > Decimal(0) && *number <= Decimal(of_cost ? 1000 : 1'000'000'000)) return PriceLimit{*number, of_cost};
  }
  reader.complain(key,
                  "'" + std::string(key) + "' must be the cost times a number from 0 to 1000, or an amount above 0, but is " + shown(*text),
                  "write it as cost * 1.1, or as 5.00");
  return std::nullopt;
}

std::optional<Decimal> round_in(yaml::Reader& reader) {
  const auto ending = reader.decimal("round_to");
  if (!ending) return std::nullopt;
  if (*ending >= Decimal(0) && *ending < Decimal(1)) return ending;
  reader.complain("round_to", "'round_to' must be how prices end, from 0 to below 1, but is " + shown(ending->text()),
                  "write 0.99 for 12.99, 13.99, …");
  return std::nullopt;
}

/// Units, or { follows: sales, at_least: 1, at_most: 20, window: 24h, delay: 5m }.
void read_buffer(yaml::Reader& stock, StockRule& rule, Reading& reading) {
  using namespace std::chrono_literals;
  const yaml::Node* node = stock.node("buffer");
  if (node == nullptr || !node->is_map()) {
    rule.buffer = stock.integer("buffer", 0, most_units).value_or(rule.buffer);
    return;
  }
  yaml::Reader reader(*node, "'buffer'", reading.complaints);
  const std::vector<std::string> followed{"sales"};
  reader.required("follows");
  reader.choice("follows", followed);
  SalesBuffer buffer;
  rule.buffer = reader.integer("at_least", 0, most_units).value_or(rule.buffer);
  buffer.at_most = reader.integer("at_most", 0, most_units).value_or(buffer.at_most);
  const auto within = [&](std::string_view key, Duration& into, Duration least, Duration most) {
    const auto given = reader.duration(key);
    if (given && (*given < least || *given > most))
      reader.complain(key, "'" + std::string(key) + "' must be from " + format_duration(least) + " to " + format_duration(most) +
                               ", but is " + format_duration(*given));
    else if (given)
      into = *given;
  };
  within("window", buffer.window, 1h, 24h * 30);
  within("delay", buffer.delay, 1s, 24h);
  if (buffer.at_most < rule.buffer) reader.complain("at_most", "'at_most' is below 'at_least'");
  reading.finish(reader, reading.channel_keys, "stock/buffer");
  rule.follows = buffer;
}

std::optional<Time> moment_in(yaml::Reader& reader, std::string_view key) {
  reader.required(key);
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  if (const auto moment = parse_iso(*text)) return *moment;
  reader.complain(key, "'" + std::string(key) + "' must be a moment with its zone, but is '" + *text + "'",
                  "write it as 2026-11-27T00:00:00+01:00");
  return std::nullopt;
}

void read_quotas(const yaml::Node& node, StockRule& rule, Reading& reading) {
  constexpr std::size_t most_quotas = 10000;
  yaml::Reader(node, "'quotas'", reading.complaints);  // complains if it is no map
  if (node.members.size() > most_quotas) reading.complain(node.place, "more than " + std::to_string(most_quotas) + " quotas");
  for (const auto& [key, place, value] : node.members) {
    yaml::Reader reader(value, "the quota of '" + key + "'", reading.complaints);
    reader.required("units");
    const auto units = reader.integer("units", 1, most_units);
    const auto from = moment_in(reader, "from"), until = moment_in(reader, "until");
    reading.finish(reader, reading.channel_keys, "stock/quotas/*");
    if (from && until && *until <= *from) reading.complain(place, "the quota of '" + key + "' ends before it begins");
    if (units && from && until) rule.quotas.push_back({key, *units, *from, *until});
  }
}

}  // namespace

StockRule read_stock(const yaml::Node& node, Reading& reading) {
  yaml::Reader reader(node, "'stock'", reading.complaints);
  StockRule rule;
  read_buffer(reader, rule, reading);
  if (const yaml::Node* quotas = reader.node("quotas")) read_quotas(*quotas, rule, reading);
  rule.share = percent_in(reader, "share", 0, 100, "it is how much of the available units this channel shows: 100% is all of them")
                   .value_or(rule.share);
  rule.cap = reader.integer("cap", 0, most_units);
  reading.finish(reader, reading.channel_keys, "stock");
  return rule;
}

PriceRule read_price(const yaml::Node& node, Reading& reading) {
  yaml::Reader reader(node, "'price'", reading.complaints);
  PriceRule rule;
  if (const auto add = percent_in(reader, "add", -90, 900, "it is what this channel adds to the catalogue's price"))
    rule.factor = Decimal(1) + *add;
  rule.round_to = round_in(reader);
  rule.floor = limit_in(reader, "floor");
  rule.ceiling = limit_in(reader, "ceiling");
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
  Duration close_after{0};
  within("close_after", close_after, 1min, 24h * 7);
  if (close_after != Duration(0)) rule.close_after = close_after;
  const std::vector<std::string> moments{"placed", "paid"};
  if (const auto moment = reader.choice("reserve", moments)) rule.reserve = moments[*moment];
  reading.finish(reader, reading.channel_keys, "orders");
  return rule;
}

}  // namespace tally::settings
