#include "connectors/memory/connector.hpp"

#include "base/crypto.hpp"
#include "channel/urgent.hpp"

#include <algorithm>

namespace tally::memory {
namespace {

using channel::Event;

constexpr std::size_t most_deliveries = 100;

bool is_of(const Json& a, const Json& b, std::string_view key) {
  const Json* left = a.find(key);
  const Json* right = b.find(key);
  return left && right && !left->empty() && *left == *right;
}

/// What the document says on top of what we know; variants pair by their ids, then by SKU.
Json laid_over(const Json& known, const Json& said) {
  if (!known.is_object()) return said;
  Json tree = known;
  for (const auto& [key, value] : said.as_object()) {
    Json* before = tree.find(key);
    if (key != "variants" || !before || !before->is_array() || !value.is_array()) {
      tree.set(key, value);
      continue;
    }
    for (const auto& variant : value.as_array()) {
      auto& list = before->as_array();
      auto found = std::find_if(list.begin(), list.end(), [&](const Json& own) { return is_of(own, variant, "@id"); });
      if (found == list.end()) found = std::find_if(list.begin(), list.end(), [&](const Json& own) { return is_of(own, variant, "sku"); });
      if (found == list.end())
        list.push_back(variant);
      else
        *found = laid_over(*found, variant);
    }
  }
  return tree;
}

std::optional<Time> moment(const Json& tree, std::string_view key) {
  const auto time = parse_iso(tree.text_or(key));
  return time ? std::optional<Time>(*time) : std::nullopt;
}

/// Without ids, and without what belongs to other aspects.
Json content_of(const Json& tree) {
  if (tree.is_array()) {
    Json list = Json::array();
    for (const auto& item : tree.as_array()) list.push_back(content_of(item));
    return list;
  }
  if (!tree.is_object()) return tree;
  Json content = Json::object();
  for (const auto& [key, value] : tree.as_object()) {
    const bool other_aspect = key == "available" || key == "price" || key == "compare_at" || key == "stock";
    if (!key.starts_with('@') && !other_aspect) content.set(key, content_of(value));
  }
  return content;
}

}  // namespace

std::vector<channel::Problem> MemoryConnector::check(const Json& product) const {
  if (!product.text_or("title").empty()) return {};
  return {{product.text_or("code"), "it has no title"}};
}

std::vector<Result<channel::Applied>> MemoryConnector::push(std::span<const channel::Change> changes) {
  std::vector<Result<channel::Applied>> results;
  results.reserve(changes.size());
  for (const auto& change : changes) {
    const auto taken = meter_ ? meter_->take(errand_of(change)) : Result<void>();
    results.push_back(taken ? platform_.write(change) : Result<channel::Applied>(taken.error()));
  }
  return results;
}

Result<channel::Page> MemoryConnector::read_listings(const channel::Want& want) {
  if (const auto taken = meter_ ? meter_->take(errand_of(want)) : Result<void>(); !taken) return taken.error();
  return platform_.read_listings(want);
}

Result<channel::Page> MemoryConnector::read_orders(const channel::Want& want) {
  if (const auto taken = meter_ ? meter_->take(errand_of(want)) : Result<void>(); !taken) return taken.error();
  return platform_.read_orders(want);
}

Result<channel::Door> MemoryConnector::authenticate(const channel::Webhook& webhook) const {
  const auto secret = webhook.headers.find(std::string(secret_header));
  if (secret == webhook.headers.end() || !crypto::constant_time_equal(secret->second, platform_.terms().secret))
    return error(Fault::unauthorized, "the webhook's secret is not ours", platform_.name() + ": webhook");
  const auto body = Json::parse(webhook.body);
  const Json* deliveries = body ? body->find("deliveries") : nullptr;
  if (!deliveries || !deliveries->is_array() || deliveries->as_array().size() > most_deliveries)
    return error(Fault::invalid, "a list of deliveries is expected", platform_.name() + ": webhook");
  channel::Door door;
  door.reply.body = "ok";
  for (const auto& delivery : deliveries->as_array()) door.deliveries.push_back({delivery.text_or("kind"), delivery.text_or("body"), {}});
  return door;
}

Result<std::vector<Event>> MemoryConnector::parse(const channel::Document& document, const Json& known) const {
  auto tree = Json::parse(document.body);
  if (!tree) return error(Fault::broken, tree.error().what, platform_.name() + ": " + document.kind);
  if (!tree->is_object()) return error(Fault::broken, "an object is expected", platform_.name() + ": " + document.kind);
  Event event;
  event.changed_at = moment(*tree, "changed_at");
  if (document.kind == "order") {
    event.what = Event::What::order;
    event.platform_state = tree->text_or("platform_state");
    event.tree = std::move(*tree);  // an order is always said as a whole: nothing of the one before remains
  } else if (document.kind == "listing") {
    event.what = Event::What::listing;
    event.tree = laid_over(known, *tree);
  } else if (document.kind == "level") {
    event.what = Event::What::level;
    event.tree = std::move(*tree);
  } else if (document.kind == "event") {
    event.what = Event::What::poke;
    event.subject = tree->text_or("subject");
    event.subject_kind = tree->text_or("kind");
  } else {
    return error(Fault::broken, "a document of the unknown kind '" + document.kind + "'", platform_.name());
  }
  return std::vector<Event>{std::move(event)};
}

Json MemoryConnector::spell(std::string_view document_kind, const Json& fields) const {
  if (document_kind == "listing") return content_of(fields);
  Json spelled = Json::object();
  for (const auto* key : {"available", "price", "compare_at"}) {
    const bool wanted = (document_kind == "price") == (std::string_view(key) != "available");
    if (const Json* value = fields.find(key); value && wanted) spelled.set(key, *value);
  }
  return spelled;
}

channel::Errand errand_of(const channel::Change& change) {
  const std::string operation(channel::name_of(change.action));
  return {operation, change.urgent || channel::is_always_urgent(operation), [&change](const std::string& name) {
            const Json* value = change.fields.at("/" + name);
            return value ? value->scalar_text() : std::string();
          }};
}

channel::Errand errand_of(const channel::Want& want) {
  const std::string operation(channel::name_of(want));
  return {operation, want.urgent || channel::is_always_urgent(operation)};
}

}  // namespace tally::memory
