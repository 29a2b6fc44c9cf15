// `review:` of tallyd.yaml: which orders a person looks at before they are sent.
#include "settings/reading.hpp"

#include <algorithm>

namespace tally::settings {
namespace {

constexpr std::size_t most_rules = 100;
constexpr std::size_t longest_rule_name = 60;
constexpr std::int64_t most_units = 1'000'000;

/// One amount, or one a currency.
std::vector<Money> limits_in(yaml::Reader& reader) {
  std::vector<Money> limits;
  for (const std::string& text : reader.texts("total_above")) {
    const auto money = Money::parse(text);
    const auto same = [&](const Money& each) { return money && each.currency == money->currency; };
    if (!money || money->minor < 0) {
      reader.complain("total_above", "'total_above' must be an amount with its currency, but is " + shown(text), "write it as 1000 EUR");
    } else if (const auto other = std::find_if(limits.begin(), limits.end(), same); other != limits.end()) {
      reader.complain("total_above",
                      "'total_above' has two limits in " + money->currency.code + ": " + other->text() + " and " + money->text(),
                      "keep one of the two");
    } else {
      limits.push_back(*money);
    }
  }
  return limits;
}

/// `yes`, or not said at all: a condition that asks for nothing is a mistake.
bool wish_in(yaml::Reader& reader, std::string_view key) {
  const auto wish = reader.boolean(key);
  if (wish && !*wish) reader.complain(key, "'" + std::string(key) + ": no' asks for nothing", "leave it out, or write yes");
  return wish.value_or(false);
}

void read_domains(yaml::Reader& reader, ReviewRule& rule) {
  rule.email_domains = reader.texts("email_domain");
  for (const std::string& domain : rule.email_domains) {
    if (domain.empty() || domain.find('@') != std::string::npos)
      reader.complain("email_domain", "'email_domain' is what stands behind the @, but is " + shown(domain), "write it as example.com");
  }
}

void read_conditions(const yaml::Node& node, ReviewRule& rule, Reading& reading) {
  yaml::Reader reader(node, "'when'", reading.complaints);
  rule.total_above = limits_in(reader);
  rule.countries = countries_in(reader, "country");
  rule.other_than = countries_in(reader, "country_not");
  rule.new_buyer = wish_in(reader, "new_buyer");
  rule.first_order = wish_in(reader, "first_order");
  read_domains(reader, rule);
  rule.skus = reader.texts("sku");
  rule.quantity_above = reader.integer("quantity_above", 0, most_units);
  rule.channels = reader.texts("channel");
  for (const std::string& channel : rule.channels) reading.channels_meant.push_back({reader.node("channel")->place, channel});
  for (const char* key : {"total_above", "country", "country_not", "email_domain", "sku", "channel"}) {
    const yaml::Node* list = node.find(key);
    if (list != nullptr && list->is_list() && list->items.empty() && !list->torn)
      reader.complain(key, "'" + std::string(key) + "' is an empty list: no order could meet it", "name one, or leave it out");
  }
  reading.finish(reader, reading.tallyd_keys, "review/*/when");
  if (node.is_map() && node.members.empty() && !node.torn)
    reading.complain(node.place, "the rule '" + rule.name + "' asks for nothing: it would hold every order",
                     "give it a condition, such as total_above: 1000 EUR");
}

/// Countries that are asked for and ruled out at once.
void check_countries(const yaml::Node& when, const ReviewRule& rule, Reading& reading) {
  if (rule.countries.empty()) return;
  const bool none = std::all_of(rule.countries.begin(), rule.countries.end(), [&](const std::string& country) {
    return std::find(rule.other_than.begin(), rule.other_than.end(), country) != rule.other_than.end();
  });
  if (!none) return;
  reading.complain(when.find("country_not")->place,
                   "the rule '" + rule.name + "' can never hold an order: every country of 'country' at " +
                       when.find("country")->place.text() + " is ruled out here",
                   "take one of the two out");
}

void read_rule(const yaml::Node& node, Settings& settings, Reading& reading) {
  yaml::Reader reader(node, "a rule of 'review'", reading.complaints);
  reader.required("name");
  reader.required("when");
  ReviewRule rule;
  rule.name = reader.text("name").value_or("");
  if (reader.has("name") && (rule.name.empty() || rule.name.size() > longest_rule_name))
    reader.complain("name", "a rule's name has from 1 to " + std::to_string(longest_rule_name) + " bytes");
  if (const yaml::Node* when = reader.node("when")) {
    read_conditions(*when, rule, reading);
    check_countries(*when, rule, reading);
  }
  reading.finish(reader, reading.tallyd_keys, "review/*");
  settings.review.push_back(std::move(rule));
}

std::string currency_of(const Settings& settings, const std::string& name) {
  const auto channel =
      std::find_if(settings.channels.begin(), settings.channels.end(), [&](const Channel& each) { return each.id.text == name; });
  return channel == settings.channels.end() ? settings.currency : channel->settings.text_or("currency", settings.currency);
}

bool limits(const ReviewRule& rule, const std::string& currency) {
  return std::any_of(rule.total_above.begin(), rule.total_above.end(), [&](const Money& limit) { return limit.currency.code == currency; });
}

}  // namespace

void read_review(const yaml::Node& node, Settings& settings, Reading& reading) {
  if (node.is_null()) return;
  if (!node.is_list()) {
    reading.complain(node.place, "'review' must be a list of rules", "begin each with '- { name: …, when: { … } }'");
    return;
  }
  if (node.items.size() > most_rules) reading.complain(node.place, "more than " + std::to_string(most_rules) + " rules");
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    read_rule(node.items[i], settings, reading);
    const std::string& name = settings.review.back().name;
    const auto first =
        std::find_if(settings.review.begin(), settings.review.end() - 1, [&](const ReviewRule& rule) { return rule.name == name; });
    if (name.empty() || first == settings.review.end() - 1) continue;
    const auto place = [&](std::size_t at) { return node.items[at].find("name")->place; };
    reading.complain(
        place(i), "there is a rule '" + name + "' already, at " + place(static_cast<std::size_t>(first - settings.review.begin())).text(),
        "give one of the two another name");
  }
}

void check_review(const yaml::Node& tallyd, const Settings& settings, Reading& reading) {
  for (std::size_t i = 0; i < settings.review.size(); ++i) {
    const ReviewRule& rule = settings.review[i];
    if (rule.total_above.empty() || rule.channels.empty()) continue;
    const bool any = std::any_of(rule.channels.begin(), rule.channels.end(),
                                 [&](const std::string& channel) { return limits(rule, currency_of(settings, channel)); });
    if (any) continue;
    const std::string currency = currency_of(settings, rule.channels.back());
    const std::string path = "review/" + std::to_string(i) + "/when/";
    reading.complain(node_at(tallyd, path + "total_above")->place,
                     "the rule '" + rule.name + "' can never hold an order: '" + rule.channels.back() + "' of 'channel' at " +
                         node_at(tallyd, path + "channel")->place.text() + " sells in " + currency,
                     "give the limit in " + currency + " too");
  }
}

}  // namespace tally::settings
