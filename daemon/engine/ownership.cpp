#include "engine/ownership.hpp"

#include "base/crypto.hpp"
#include "engine/pins.hpp"
#include "store/agreed.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::AgreedRow;
using store::Session;

constexpr std::size_t most_unconfirmed = 8;  ///< values of a field that writes said, one after the other, and none was confirmed

/// Null: none.
Json value_of(const Json& tree, const std::string& field) {
  const Json* value = tree.find(field);
  return value && !value->empty() ? *value : Json();
}

void set_value(Json& tree, const std::string& field, const Json& value) {
  if (value.is_null())
    tree.erase(field);
  else
    tree.set(field, value);
}

std::string digest_of(const Json& value) {
  return crypto::state_hash(value.dump_sorted());
}

Json json_in(const std::string& text) {
  auto value = Json::parse(text);
  ensure(value.has_value(), "an agreed value is JSON");
  return std::move(*value);
}

/// Nothing where nothing was agreed of the field.
AgreedRow row_of(const std::vector<AgreedRow>& rows, const Channel& channel, ProductNo product, const std::string& field) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const AgreedRow& row) { return row.field == field; });
  return found == rows.end() ? AgreedRow{channel.no, product, field, "", "", ""} : *found;
}

std::vector<std::pair<std::string, Owner>> shared_fields(const Channel& channel) {
  std::vector<std::pair<std::string, Owner>> fields;
  for (const auto& [field, owner] : channel.config.owners) {
    if (field != "price" && owner != Owner::master) fields.emplace_back(field, owner);
  }
  return fields;
}

Json sent_in(const AgreedRow& row) {
  return row.sent.empty() ? Json::array() : json_in(row.sent);
}

/// The fields that a person fixed there.
Json pinned_on(Session& session, const Channel& channel, ProductNo product) {
  const auto pin = store::find_pin(session, channel.no, "content", product.value);
  return pin ? json_in(pin->value) : Json::object();
}

class Settling {
 public:
  Settling(Session& session, const Channel& channel, const store::ProductRow& product, const SeenListing& seen)
      : channel_(channel),
        product_(product),
        seen_(seen),
        rows_(store::agreed_of(session, channel.no, product.no)),
        changed_here_at_(store::product_changed_at(session, product.no)),
        catalogue_(to_json(product.product)) {}

  void field(const std::string& name, Owner owner) {
    const Json there = value_of(seen_.tree, name), here = value_of(catalogue_, name);
    const bool is_said = seen_.said.find(name) || there.is_null();
    if (!is_said) return;
    const AgreedRow row = row_of(rows_, channel_, product_.no, name);
    if (same(name, there, here)) return agree(row, there, digest_of(here));
    if (row.there.empty()) {  // which of the two was changed nobody knows: the channel's own word stands there, else ours is sent
      if (owner == Owner::channel && !there.is_null()) agree(row, there, "");
      return;
    }
    if (was_sent(name, row, there)) return;
    if (seen_.first) return agree(row, there, row.here);
    if (same(name, there, json_in(row.there))) return;
    if (name == "title" && there.is_null()) return;  // no product is without one
    const bool changed_here = digest_of(here) != row.here;
    if (owner == Owner::newest && changed_here && changed_here_at_ > seen_.started) {
      settled_.kept.set(name, Json::object({{"here", here}, {"there", there}}));
      return agree(row, there, row.here);
    }
    settled_.adopted.set(name, Json::object({{"from", here}, {"to", there}}));
    set_value(catalogue_, name, there);
    agree(row, there, digest_of(there));
  }

  /// Writes what came of it.
  Settled finish(Session& session, Time now) && {
    if (!settled_.adopted.empty()) {
      const auto changed = product_from_json(catalogue_);
      if (!changed) return {};  // what the document says there is no value for our field: a difference like any other
      store::put_product(session, *changed, now);
    }
    for (const auto& row : agreed_) store::put_agreed(session, row);
    return std::move(settled_);
  }

 private:
  /// In the channel's spelling: what it cuts off or writes another way is no change.
  bool same(const std::string& name, const Json& a, const Json& b) const {
    if (a == b) return true;
    const std::string spelt = spelt_with(name, a);
    return spelt != Json().dump_sorted() && spelt == spelt_with(name, b);
  }
  std::string spelt_with(const std::string& name, const Json& value) const {
    Json tree = seen_.tree;
    set_value(tree, name, value);
    return channel_.connector->spell("listing", tree).dump_sorted();
  }
  /// By a write of ours that nobody confirmed: it landed, perhaps late.
  bool was_sent(const std::string& name, const AgreedRow& row, const Json& there) const {
    const Json sent = sent_in(row);
    return std::any_of(sent.as_array().begin(), sent.as_array().end(), [&](const Json& value) { return same(name, there, value); });
  }
  void agree(AgreedRow row, const Json& there, const std::string& here) {
    const std::string text = there.dump_sorted();
    if (row.there == text && row.here == here) return;
    row.there = text;
    row.here = here;
    agreed_.push_back(std::move(row));
  }

  const Channel& channel_;
  const store::ProductRow& product_;
  const SeenListing& seen_;
  std::vector<AgreedRow> rows_;
  Time changed_here_at_;
  Json catalogue_;  ///< with what is taken over
  std::vector<AgreedRow> agreed_;
  Settled settled_;
};

}  // namespace

bool shares_content(const Channel& channel) {
  return !shared_fields(channel).empty();
}

Settled settle_fields(Session& session, const Channel& channel, const store::ProductRow& product, const SeenListing& seen, Time now) {
  const auto fields = shared_fields(channel);
  if (fields.empty()) return {};
  const Json pinned = pinned_on(session, channel, product.no);
  Settling settling(session, channel, product, seen);
  for (const auto& [field, owner] : fields) {
    if (!pinned.find(field)) settling.field(field, owner);  // a pinned field is ours until the pin ends
  }
  return std::move(settling).finish(session, now);
}

void lay_own_words(Session& session, const Channel& channel, ProductNo product, Json& tree) {
  const auto fields = shared_fields(channel);
  if (fields.empty()) return;
  const auto rows = store::agreed_of(session, channel.no, product);
  for (const auto& [field, owner] : fields) {
    const AgreedRow row = row_of(rows, channel, product, field);
    if (owner != Owner::channel || row.there.empty() || digest_of(value_of(tree, field)) == row.here) continue;
    set_value(tree, field, json_in(row.there));
  }
}

void note_sent(Session& session, const Channel& channel, ProductNo product, const Json& tree) {
  const auto fields = shared_fields(channel);
  if (fields.empty()) return;
  const auto rows = store::agreed_of(session, channel.no, product);
  for (const auto& [field, owner] : fields) {
    AgreedRow row = row_of(rows, channel, product, field);
    Json sent = sent_in(row);
    const Json value = value_of(tree, field);
    auto& list = sent.as_array();
    if (std::find(list.begin(), list.end(), value) != list.end()) continue;
    if (list.size() == most_unconfirmed) list.erase(list.begin());
    list.push_back(value);
    row.sent = sent.dump_sorted();
    store::put_agreed(session, row);
  }
}

void note_confirmed(Session& session, const Channel& channel, ProductNo product, const Json& sent, const std::optional<Json>& shown) {
  const auto fields = shared_fields(channel);
  if (fields.empty()) return;
  const auto rows = store::agreed_of(session, channel.no, product);
  const Json pinned = pinned_on(session, channel, product);
  for (const auto& [field, owner] : fields) {
    if (pinned.find(field)) continue;  // what was agreed before holds again when the pin ends; until then what stands there was sent by us
    AgreedRow row = row_of(rows, channel, product, field);
    const Json said = value_of(sent, field);
    row.there = (shown && shown->find(field) ? value_of(*shown, field) : said).dump_sorted();
    row.here = digest_of(said);
    row.sent.clear();
    store::put_agreed(session, row);
  }
}

}  // namespace tally::engine
