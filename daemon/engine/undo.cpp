#include "engine/undo.hpp"

#include "engine/number.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t most_listed = 1000;

class Search {
 public:
  Search(Session& session, const Channel& channel, Time to, std::string author, Time now)
      : session_(session), channel_(channel), to_(to), author_(std::move(author)), now_(now) {}

  void price_of(const std::string& sku) {
    const auto variant = store::find_variant(session_, Sku(sku));
    if (!variant || !store::find_offer(session_, channel_.no, variant->no)) return;
    const auto product = store::get_product(session_, variant->product);
    const Variant* sold = product ? product->product.find(Sku(sku)) : nullptr;
    if (!sold) return;
    const auto then = store::price_shown_at(session_, channel_.no, sku, to_);
    if (!then) return unknown("price", sku, "no price of it was confirmed there by then");
    const auto now = offer_price(session_, channel_, variant->no, *sold);
    if (now.text() == *then) return;
    const auto price = price_in(*then);
    const std::string refused = price ? refusal_of(channel_, *sold, *price) : price.error().what;
    if (!refused.empty()) return unknown("price", sku, refused);
    pin("price", variant->no.value, *then);
    ++found.prices;
    list(Json::object({{"aspect", "price"}, {"thing", sku}, {"from", now.text()}, {"to", *then}}));
  }

  void content_of_code(const std::string& code) {
    const auto product = store::find_product(session_, code);
    const auto listing = product ? store::find_listing(session_, channel_.no, product->no) : std::nullopt;
    if (!listing || listing->state != "bound") return;
    const auto then = store::content_shown_at(session_, channel_.no, code, to_);
    if (!then) return unknown("content", code, "no content of it was confirmed there by then");
    const Json now = content_of(shown_product(session_, channel_, *product));
    if (now == *then) return;
    pin("content", product->no.value, then->dump());
    ++found.contents;
    Json fields = Json::array();
    for (const auto& [name, value] : then->as_object()) {
      const Json* present = now.find(name);
      if (!present || !(*present == value)) fields.push_back(name);
    }
    list(Json::object({{"aspect", "content"}, {"thing", code}, {"fields", std::move(fields)}}));
  }

  Undo found;

 private:
  void pin(const std::string& aspect, std::int64_t thing, std::string value) {
    found.pins.push_back({0, channel_.no, aspect, thing, std::move(value), never, author_, now_});
  }
  void list(Json item) {
    if (found.items.as_array().size() < most_listed) found.items.push_back(std::move(item));
  }
  void unknown(const std::string& aspect, const std::string& thing, const std::string& why) {
    ++found.unknowns;
    if (found.unknown.as_array().size() < most_listed)
      found.unknown.push_back(Json::object({{"aspect", aspect}, {"thing", thing}, {"why", why}}));
  }

  Session& session_;
  const Channel& channel_;
  Time to_;
  std::string author_;
  Time now_;
};

/// What was confirmed since, and what is to be sent and is not confirmed yet.
std::set<std::string> touched(Session& session, const Channel& channel, const std::string& aspect, Time since) {
  auto names = store::shown_since(session, channel.no, aspect, since);
  for (const auto& mark : store::marks_of_channel(session, channel.no, aspect)) {
    if (aspect == "price") {
      if (const auto variant = store::get_variant(session, VariantNo(mark.thing))) names.insert(variant->sku);
    } else if (const auto product = store::get_product(session, ProductNo(mark.thing))) {
      names.insert(product->product.code);
    }
  }
  return names;
}

}  // namespace

Result<Undo> find_undo(Session& session, const Channel& channel, const UndoWish& wish, const std::string& author, Time now) {
  const auto prices = wish.price ? touched(session, channel, "price", wish.to) : std::set<std::string>();
  const auto contents = wish.content ? touched(session, channel, "content", wish.to) : std::set<std::string>();
  if (prices.size() + contents.size() > most_pins_at_once)
    return error(Fault::invalid,
                 std::to_string(prices.size() + contents.size()) + " things changed since then: more than " +
                     std::to_string(most_pins_at_once) + " at once",
                 channel.config.name + ": undo", "undo one aspect at a time, or import what is right");
  Search search(session, channel, wish.to, author, now);
  for (const auto& sku : prices) search.price_of(sku);
  for (const auto& code : contents) search.content_of_code(code);
  return std::move(search.found);
}

Result<UndoWish> undo_wish_in(const Json& wish, Time now) {
  const std::string aspect = wish.text_or("aspect"), said = wish.text_or("to");
  if (aspect == "stock")
    return error(Fault::invalid, "stock is never undone by time: what was sold since would be for sale again", "undo",
                 "`tallyd stock reverse CAUSE` undoes one count, receipt, adjustment or file");
  if (!aspect.empty() && aspect != "price" && aspect != "content")
    return error(Fault::invalid, "'" + aspect + "' is no aspect that can be undone", "undo", "price or content; without --aspect both");
  const auto to = parse_iso(said);
  if (!to) return error(Fault::invalid, "'" + said + "' is no moment with its zone", "undo", "write it as 2026-11-27T10:00:00+01:00");
  if (*to >= now) return error(Fault::invalid, "nothing can be undone to a moment that is not over: " + said, "undo");
  return UndoWish{*to, aspect != "content", aspect != "price"};
}

}  // namespace tally::engine
