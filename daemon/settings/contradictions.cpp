// What two places of the merchant's files say that cannot both be meant. A complaint stands at the later one and names the other.
#include "settings/reading.hpp"

#include <algorithm>
#include <array>

namespace tally::settings {
namespace {

/// Where an account is said, most telling first.
constexpr std::array<const char*, 4> identifying{"folder", "url", "settings", "secrets"};

/// More set aside than is ever shown would never all be sold.
void check_quotas(const Channel& channel, Reading& reading) {
  const yaml::Node* quotas = node_at(channel.tree, "stock/quotas");
  if (quotas == nullptr || !channel.stock.cap) return;
  for (const Quota& quota : channel.stock.quotas) {
    if (quota.units <= *channel.stock.cap) continue;
    const yaml::Node* units = quotas->find(quota.sku)->find("units");
    reading.complain(units->place,
                     "the quota of '" + quota.sku + "' (" + std::to_string(quota.units) + ") lies above 'cap' (at most " +
                         std::to_string(*channel.stock.cap) + " are shown) at " + channel.place_of("stock/cap").text(),
                     "lower the quota, or raise the cap");
  }
}

void check_price(const Channel& channel, Reading& reading) {
  const auto &floor = channel.price.floor, &ceiling = channel.price.ceiling;
  if (!floor || !ceiling || floor->of_cost != ceiling->of_cost || ceiling->number > floor->number) return;
  reading.complain(channel.place_of("price/ceiling"),
                   "'ceiling' (" + ceiling->text() + ") is not above 'floor' (" + floor->text() + ") at " +
                       channel.place_of("price/floor").text() + ", so no price could be sent",
                   "raise the ceiling, or lower the floor");
}

void check_orders(const Channel& channel, Reading& reading) {
  if (channel.orders.close_after && *channel.orders.close_after <= channel.orders.every)
    reading.complain(channel.place_of("orders/close_after"),
                     "'close_after' is how long orders may be unread, and they are read every " + format_duration(channel.orders.every) +
                         (channel.says("orders/every") ? " by 'every' at " + channel.place_of("orders/every").text() : std::string()),
                     "take more than that, or read more often");
  if (channel.orders.reserve != "paid" || !channel.says("orders/reserve_for")) return;
  reading.complain(channel.place_of("orders/reserve_for"),
                   "'reserve_for' is how long an unpaid order reserves, and by 'reserve: paid' at " +
                       channel.place_of("orders/reserve").text() + " none does",
                   "take one of the two out, or write 'reserve: placed'");
}

/// A shelf is counted by a channel that sells from it: its own sales lower the count.
void check_counted(const yaml::Node& tallyd, const Settings& settings, Reading& reading) {
  for (const Location& location : settings.locations) {
    const auto counter = std::find_if(settings.channels.begin(), settings.channels.end(),
                                      [&](const Channel& channel) { return channel.id.text == location.counted_by; });
    if (counter == settings.channels.end() || counter->tree.is_null()) continue;
    if (std::find(counter->locations.begin(), counter->locations.end(), location.id) != counter->locations.end()) continue;
    const yaml::Node* said = node_at(tallyd, "locations/" + location.id.text + "/counted_by");
    reading.complain(said->place,
                     "'" + location.id.text + "' is counted by the channel '" + counter->id.text +
                         "', which does not sell from it: see 'locations' at " + counter->place_of("locations").text(),
                     "add '" + location.id.text + "' there");
  }
}

const Json* setting(const Channel& channel, const char* key) {
  return channel.settings.find(key);
}

bool same_setting(const Channel& a, const Channel& b, const char* key) {
  const Json *of_a = setting(a, key), *of_b = setting(b, key);
  return of_a == nullptr || of_b == nullptr ? of_a == of_b : of_a->dump_sorted() == of_b->dump_sorted();
}

/// One folder is one account. Else it is the address, with the connector's own settings (an app's number) and a key that both use.
bool is_same_account(const Channel& a, const Channel& b) {
  if (a.connector.empty() || a.connector != b.connector) return false;
  if (setting(a, "folder") != nullptr && same_setting(a, b, "folder")) return true;
  const auto free = [](const Channel& channel) {
    const yaml::Node* node = node_at(channel.tree, "settings");
    return node == nullptr ? std::string() : node->to_json().dump_sorted();
  };
  if (!same_setting(a, b, "url") || free(a) != free(b)) return false;
  if (a.secrets.empty() && b.secrets.empty()) return setting(a, "url") != nullptr || !free(a).empty();
  return std::any_of(a.secrets.begin(), a.secrets.end(), [&](const auto& secret) {
    const auto found = b.secrets.find(secret.first);
    return found != b.secrets.end() && found->second == secret.second;
  });
}

/// Two channels on one account would take turns in writing the same numbers, and count each order twice.
void check_accounts(const Settings& settings, Reading& reading) {
  const auto place_in = [](const Channel& channel) {
    const auto said = std::find_if(identifying.begin(), identifying.end(), [&](const char* key) { return channel.says(key); });
    return channel.place_of(said == identifying.end() ? "" : *said);
  };
  for (auto channel = settings.channels.begin(); channel != settings.channels.end(); ++channel) {
    const auto other =
        std::find_if(settings.channels.begin(), channel, [&](const Channel& each) { return is_same_account(each, *channel); });
    if (other == channel) continue;
    reading.complain(place_in(*channel),
                     "this is the same account as that of the channel '" + other->id.text + "' at " + place_in(*other).text(),
                     "an account is one channel: take one of the two files away");
  }
}

}  // namespace

void check_contradictions(const yaml::Node& tallyd, const Settings& settings, Reading& reading) {
  for (const Channel& channel : settings.channels) {
    check_quotas(channel, reading);
    check_price(channel, reading);
    check_orders(channel, reading);
  }
  check_counted(tallyd, settings, reading);
  check_accounts(settings, reading);
  check_review(tallyd, settings, reading);
  check_routing(tallyd, settings, reading);
}

}  // namespace tally::settings
