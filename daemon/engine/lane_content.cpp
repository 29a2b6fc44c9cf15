// Prices and listings: what is to be shown against what was sent, and the protocol of creating (README.md §Creating).
#include "engine/lane.hpp"
#include "engine/number.hpp"
#include "engine/ownership.hpp"
#include "engine/pins.hpp"
#include "engine/retry_policy.hpp"
#include "engine/stock.hpp"
#include "engine/tree.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/moments.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr unsigned finds_until_absent = 3;
constexpr std::int64_t looks_before_a_push = 3;  ///< that told nothing; then it is sent all the same
constexpr Duration looked_lately{60000}, until_looked{1000};
constexpr Duration missing_asked_again{3600000};

Json money_tree(const Money& money) {
  return Json::object({{"amount", money.major()}, {"currency", money.currency.code}});
}

}  // namespace

store::ListingRow Lane::new_listing(ProductNo product) const {
  store::ListingRow row;
  row.channel = channel_->no;
  row.product = product;
  return row;
}

/// The write of this price, its intent and the offer's row, all in the transaction that is handed in.
Lane::Decision Lane::price_change(Session& session, const store::Mark& mark, store::OfferRow& offer, const store::ProductRow& product,
                                  const Variant& variant, const OfferPrice& price) {
  const Time now = world_.clock.now();
  Decision decision;
  decision.may = May::send;
  decision.mark = mark;
  decision.intent.channel = channel_->no;
  decision.intent.aspect = "price";
  decision.intent.thing = mark.thing;
  decision.intent.hash = price.text();
  decision.intent.generation = mark.generation;
  decision.intent.cause = mark.cause;
  decision.intent.committed_at = now;
  decision.intent.no = store::add_intent(session, decision.intent);
  decision.change.key = std::to_string(decision.intent.no.value);
  decision.change.action = channel::ActionKind::set_price;
  decision.change.fields = offer_tree(session, *channel_, product, variant);
  decision.change.fields.set("price", money_tree(*price.price));
  if (price.compare_at) decision.change.fields.set("compare_at", money_tree(*price.compare_at));
  decision.change.fields.set("key", decision.change.key);
  offer.price_sent = price.text();
  offer.price_sent_at = now;
  store::put_offer(session, offer);
  return decision;
}

/// The price that is to leave for this mark; nothing where the mark was cleared, parked or held instead.
Result<std::optional<Lane::Decision>> Lane::answer_price_mark(Session& session, const store::Mark& mark) {
  const auto nothing = std::optional<Decision>();
  const auto variant = store::get_variant(session, VariantNo(mark.thing));
  auto offer = store::find_offer(session, channel_->no, VariantNo(mark.thing));
  const auto product = variant ? store::get_product(session, variant->product) : std::nullopt;
  const Variant* sold = product ? product->product.find(Sku(variant->sku)) : nullptr;
  if (!offer || !sold) {
    store::clear_mark(session, mark);
    return nothing;
  }
  const auto price = offer_price(session, *channel_, variant->no, *sold);
  if (!price.refused.empty()) {
    const auto why = error(Fault::rejected, variant->sku + ": " + price.refused, channel_->config.name + ": price");
    if (auto parked = park(session, mark, variant->sku, why, ""); !parked) return parked.error();
    return nothing;
  }
  if (price.text() == offer->price_sent) {
    store::clear_mark(session, mark);
    store::clear_problem(session, channel_->no, "price", variant->sku);
    return nothing;
  }
  if (refused_before(mark, price.text())) {
    store::park_mark(session, mark, "the same price was refused before", price.text());
    return nothing;
  }
  if (offer->price_sent_at == long_ago && waits_for_an_answer(session, mark, variant->product)) return nothing;
  if (!mark.by_order && mark.batch == 0 && !admit(session, world_, *channel_, mark, effect_of(session, world_, *channel_, mark)))
    return nothing;
  return std::optional<Decision>(price_change(session, mark, *offer, *product, *sold, price));
}

/// Those that may be tried now and of whose things no write is in the air.
Result<std::vector<store::Mark>> Lane::free_marks(const std::string& aspect, std::size_t limit) const {
  std::vector<store::Mark> marks;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    marks = store::due_marks(session, channel_->no, aspect, world_.clock.now(), limit);
    return {};
  });
  if (!read) return read.error();
  std::erase_if(marks, [&](const store::Mark& mark) { return busy(aspect, mark.thing); });
  return marks;
}

Result<std::optional<Call>> Lane::next_price() {
  if (!channel_->facts.pushes_price || closed_until("set_price")) return std::optional<Call>();
  const auto marks = free_marks("price", std::max(channel_->facts.price_batch, 64u));
  if (!marks) return marks.error();
  if (marks->empty()) return std::optional<Call>();
  std::vector<Decision> sends;
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    sends.clear();
    for (const auto& mark : *marks) {
      if (sends.size() >= channel_->facts.price_batch) break;
      auto answered = answer_price_mark(session, mark);
      if (!answered) return answered.error();
      if (*answered) sends.push_back(std::move(**answered));
    }
    return {};
  });
  if (!written) return written.error();
  return push_of(std::move(sends), false);
}

Result<void> Lane::finish_price(Session& session, const store::Intent& intent, const store::Mark& mark,
                                const Result<channel::Applied>& result) {
  const Time now = world_.clock.now();
  auto offer = store::find_offer(session, channel_->no, VariantNo(intent.thing));
  const auto row = store::get_variant(session, VariantNo(intent.thing));
  const std::string sku = row ? row->sku : "";
  store::finish_intent(session, intent.no, result ? "confirmed" : std::string(name_of(result.error().fault)),
                       result ? "" : result.error().text(), now);
  if (!offer) {
    store::clear_mark(session, mark);
    return {};
  }
  offer->price_sent_at = now;
  if (result) {
    offer->price_confirmed = intent.hash;
    store::put_offer(session, *offer);
    store::clear_mark(session, mark);
    store::clear_problem(session, channel_->no, "price", sku);
    note_price(session, *channel_, sku, intent.hash, intent.cause, now);
    return {};
  }
  offer->price_sent.clear();  // an absolute value: sending it again does no harm
  store::put_offer(session, *offer);
  switch (react(result.error().fault).change) {
    case Reaction::Change::retry:
    case Reaction::Change::look:
      return {};
    case Reaction::Change::wait:
      store::delay_mark(session, mark, now + result.error().retry_after.value_or(Duration(60000)));
      return {};
    case Reaction::Change::park:
    case Reaction::Change::drop_binding:
      return park(session, mark, sku, result.error(), intent.hash);
  }
  return {};
}

Result<std::optional<Call>> Lane::next_content() {
  if (!channel_->facts.pushes_content || closed_until("put_listing")) return std::optional<Call>();
  const Time now = world_.clock.now();
  std::vector<store::Mark> marks;
  bool swept = false;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    marks = store::due_marks(session, channel_->no, "content", now, 32);
    swept = store::get_cursor(session, channel_->no, "sweep").has_value();
    return {};
  });
  if (!read) return read.error();
  if (!swept) return std::optional<Call>();  // what is there already is bound before anything is created
  for (const auto& mark : marks) {
    if (busy("content", mark.thing)) continue;
    Result<std::optional<Call>> call = std::optional<Call>();
    auto written = world_.store.write([&](Session& session) -> Result<void> {
      call = content_call(session, mark);
      if (!call) return call.error();
      return {};
    });
    if (!written) return written.error();
    if (*call) {
      busy_.insert({"content", mark.thing});
      Call ready = make((*call)->kind, false);
      ready.want = std::move((*call)->want);
      ready.changes = std::move((*call)->changes);
      ready.intents = std::move((*call)->intents);
      ready.marks = {mark};
      return std::optional<Call>(std::move(ready));
    }
  }
  return std::optional<Call>();
}

/// Whether a listing whose creation got no answer exists: asked for where it can be found, else told by a complete reading that began after
/// it must have landed. Turns the state to absent when there surely is none; without a call and still in doubt: wait.
std::optional<Call> Lane::settle_doubt(Session& session, const store::Mark& mark, const store::ProductRow& product,
                                       store::ListingRow& listing) {
  const Time now = world_.clock.now();
  if (channel_->facts.can_find) {
    Call call;
    call.kind = Call::Kind::find;
    call.want.what = channel::Want::What::listings;
    call.want.things.push_back(listing_tree(session, *channel_, product));
    return call;
  }
  const Time landed = listing.sent_at + channel_->facts.settle;
  if (state_.last_sweep > landed) {
    listing.state = "absent";
    return std::nullopt;
  }
  if (sweep_cursor_.empty()) next_sweep_ = std::min(next_sweep_, std::max(now, landed + Duration(1)));
  store::delay_mark(session, mark, now + Duration(1000));
  return std::nullopt;
}

/// The write, its intent and the listing's row, all in the transaction that is handed in.
Call Lane::content_push(Session& session, const store::Mark& mark, store::ListingRow& listing, Json tree, const std::string& hash,
                        bool ends) {
  const Time now = world_.clock.now();
  store::Intent intent;
  intent.channel = channel_->no;
  intent.aspect = "content";
  intent.thing = mark.thing;
  intent.hash = hash;
  intent.generation = mark.generation;
  intent.cause = mark.cause;
  intent.committed_at = now;
  intent.no = store::add_intent(session, intent);
  channel::Change change;
  change.key = std::to_string(intent.no.value);
  change.action = ends ? channel::ActionKind::retire_listing : channel::ActionKind::put_listing;
  change.fields = std::move(tree);
  if (!listing.ticket.empty()) {
    auto ticket = Json::parse(listing.ticket);
    ensure(ticket.has_value(), "a stored ticket is JSON");
    change.ticket = std::move(*ticket);
  }
  if (listing.state != "bound") listing.state = "creating";
  listing.sent_at = now;
  store::put_listing(session, listing);
  note_sent(session, *channel_, listing.product, change.fields);
  Call call;
  call.kind = Call::Kind::push;
  call.changes.push_back(std::move(change));
  call.intents.push_back(std::move(intent));
  return call;
}

/// A write says the whole listing, also what the channel's people may have changed since the last look: so that is looked at before. True
/// where the mark waits for it.
bool Lane::looks_first(Session& session, const store::Mark& mark, store::ListingRow& listing) {
  if (!channel_->facts.listings_by_id || !shares_content(*channel_) || listing.tries >= looks_before_a_push) return false;
  const Time now = world_.clock.now(), readable = listing.sent_at + channel_->facts.read_after_write;
  if (std::max(listing.observed_at, listing.sent_at) + looked_lately > now) return false;
  const auto id = store::remote_id(session, channel_->no, "product", std::to_string(mark.thing), "@id");
  if (!id) return false;
  if (readable > now) {
    store::delay_mark(session, mark, readable);
    return true;
  }
  const auto poked = store::poked_for(session, channel_->no, "listing", *id);
  if (!poked || *poked > now + until_looked) {  // put off: the last look told nothing
    ++listing.tries;
    store::put_listing(session, listing);
    store::add_poke(session, channel_->no, "listing", *id, now + Duration(1));
  }
  store::delay_mark(session, mark, now + until_looked);
  return true;
}

/// Why a variant that is not there yet must not get there with this write, which names its price; empty: nothing is against it.
std::string Lane::price_refusal(Session& session, const store::ProductRow& product) const {
  if (!channel_->facts.pushes_price) return {};
  for (const auto& row : store::variants_of(session, product.no)) {
    const Variant* sold = product.product.find(Sku(row.sku));
    if (!sold || store::find_offer(session, channel_->no, row.no)) continue;
    const auto price = offer_price(session, *channel_, row.no, *sold);
    if (!price.refused.empty()) return row.sku + ": " + price.refused;
  }
  return {};
}

Result<std::optional<Call>> Lane::content_call(Session& session, const store::Mark& mark) {
  const Time now = world_.clock.now();
  const auto product = store::get_product(session, ProductNo(mark.thing));
  if (!product) {
    store::clear_mark(session, mark);
    return std::optional<Call>();
  }
  auto listing = store::find_listing(session, channel_->no, product->no).value_or(new_listing(product->no));
  if (listing.next_at > now) {
    store::delay_mark(session, mark, listing.next_at);
    return std::optional<Call>();
  }
  if (listing.state == "in_doubt") {
    auto find = settle_doubt(session, mark, *product, listing);
    if (find || listing.state == "in_doubt") return find;
  }
  if (listing.state == "gone" || (product->product.state == SaleState::ended && listing.state == "absent")) {
    store::clear_mark(session, mark);
    return std::optional<Call>();
  }
  Json tree = listing_tree(session, *channel_, *product);
  const bool bound = listing.state == "bound", ends = bound && product->product.state == SaleState::ended;
  const std::string hash = std::string(ends ? store::taken_off : "") + content_hash(tree);
  bool all_known = true;
  for (const auto& variant : store::variants_of(session, product->no))
    all_known = all_known && (!product->product.find(Sku(variant.sku)) || store::find_offer(session, channel_->no, variant.no));
  if (ends && !channel_->may_retire()) {
    store::clear_mark(session, mark);
    return std::optional<Call>();
  }
  const bool nothing_to_say = bound && listing.sent == hash && all_known;
  if (nothing_to_say || (bound && channel_->config.policy == Policy::create_only)) {
    store::clear_mark(session, mark);
    store::clear_problem(session, channel_->no, "content", product->product.code);
    return std::optional<Call>();
  }
  if (listing.state == "absent" && listing.tries == 0 && channel_->facts.can_find) {  // somebody may have listed it before we knew of it
    store::put_listing(session, listing);
    return settle_doubt(session, mark, *product, listing);
  }
  if (refused_before(mark, hash)) {
    store::park_mark(session, mark, "the same content was refused before", hash);
    return std::optional<Call>();
  }
  std::string refusal = price_refusal(session, *product);
  if (const auto refusals = channel_->connector->check(tree); refusal.empty() && !refusals.empty())
    refusal = refusals.front().thing + ": " + refusals.front().what;
  if (!refusal.empty()) {
    // Refused by our own rules: asked anew whenever it is marked, for a rule, a cost or a price may be another one.
    const auto why = error(Fault::rejected, refusal, channel_->config.name + ": listing");
    if (auto parked = park(session, mark, product->product.code, why, ""); !parked) return parked.error();
    return std::optional<Call>();
  }
  if (bound && waits_for_an_answer(session, mark, product->no)) return std::optional<Call>();
  if (bound && !ends && looks_first(session, mark, listing)) return std::optional<Call>();
  if (!mark.by_order && mark.batch == 0 && !admit(session, world_, *channel_, mark, {!bound, ends, false, false}))
    return std::optional<Call>();
  return std::optional<Call>(content_push(session, mark, listing, std::move(tree), hash, ends));
}

/// How the platform spells what it did not show in its answer is known before somebody changes it.
void Lane::look_at_own_write(Session& session, ProductNo product) {
  if (!channel_->facts.listings_by_id || !shares_content(*channel_)) return;
  const auto id = store::remote_id(session, channel_->no, "product", std::to_string(product.value), "@id");
  const Time readable = world_.clock.now() + channel_->facts.read_after_write + Duration(1);
  if (id) store::add_poke(session, channel_->no, "listing", *id, readable);
}

/// The listing exists there and is ours: its variants become offers, believed to show what was sent with them.
Result<void> Lane::bind(Session& session, const store::Intent& intent, const store::ProductRow& product, const Json& sent,
                        const channel::Applied& applied) {
  const Time now = world_.clock.now();
  auto listing = store::find_listing(session, channel_->no, product.no).value_or(new_listing(product.no));
  listing.state = "bound";
  listing.tries = 0;
  listing.ticket.clear();
  listing.next_at = long_ago;
  listing.sent = intent.hash;
  listing.sent_at = now;  // a look that had begun before may not show it
  listing.confirmed = applied.shown ? content_hash(*applied.shown) : "";
  listing.confirmed_at = now;
  store::put_listing(session, listing);
  note_confirmed(session, *channel_, product.no, sent, applied.shown);
  if (!applied.shown) look_at_own_write(session, product.no);
  const auto* variants = sent.find("variants");
  for (const auto& item : variants ? variants->as_array() : Json::Array()) {
    const auto variant = store::find_variant(session, Sku(item.text_or("sku")));
    if (!variant || store::find_offer(session, channel_->no, variant->no)) continue;
    store::OfferRow offer;
    offer.channel = channel_->no;
    offer.variant = variant->no;
    Belief belief;
    // Sold before we knew the listing's ids, and imported already: the number may be without those units.
    const Quantity taken = store::taken_since(session, channel_->no, variant->no, intent.committed_at - store::clock_slack);
    confirmed_absolute(belief, item.integer_or("available"), intent.committed_at, now, {taken, 0});
    offer.low = belief.low, offer.high = belief.high;
    offer.number_sent = offer.number_confirmed = belief.high;
    offer.anchor_from = belief.anchor_from;
    offer.anchor_to = belief.anchor_to;
    offer.written_at = now;
    const Variant* sold = product.product.find(Sku(variant->sku));
    if (sold) offer.price_sent = offer.price_confirmed = offer_price(session, *channel_, variant->no, *sold).text();
    offer.price_sent_at = intent.committed_at;
    note_price(session, *channel_, variant->sku, offer.price_confirmed, intent.cause, now);
    // Something may have been sold before we knew the listing's ids: one look tells.
    if (channel_->facts.can_look && channel_->facts.takes != channel::Takes::never)
      offer.owed_look_at = now + channel_->facts.read_after_write;
    store::put_offer(session, offer);
    mark_aspect(session, channel_->no, "stock", variant->no.value, {intent.cause, true, 0}, now);
    mark_aspect(session, channel_->no, "price", variant->no.value, {intent.cause, true, 0}, now);
  }
  return {};
}

Result<void> Lane::retired(Session& session, const Call& call, std::size_t at, const store::ProductRow& product,
                           store::ListingRow& listing) {
  const Time now = world_.clock.now();
  listing.sent = call.intents[at].hash;
  listing.confirmed.clear();
  store::put_listing(session, listing);
  store::clear_mark(session, call.marks[at]);
  store::clear_problem(session, channel_->no, "content", product.product.code);
  store::journal(session, {0, now, "listing.ended", call.intents[at].cause, channel_->no, product.product.code, "{}"});
  return {};
}

/// Whether the platform said the same to this content the last times too: looking does not help then.
bool Lane::is_told_again(Session& session, const store::Intent& intent) const {
  constexpr std::size_t times = 3;
  const auto last = store::last_intents(session, channel_->no, "content", intent.thing, times);
  return last.size() == times && std::all_of(last.begin(), last.end(), [&](const auto& one) {
           return one.hash == intent.hash && one.outcome == name_of(Fault::conflict);
         });
}

/// What becomes of a listing that the platform did not take, or of which nobody knows whether it did.
Result<void> Lane::content_failed(Session& session, const store::Intent& intent, const store::Mark& mark, const store::ProductRow& product,
                                  store::ListingRow& listing, const Error& fault) {
  const Time now = world_.clock.now();
  const bool creating = listing.state != "bound";
  store::finish_intent(session, intent.no, std::string(name_of(fault.fault)), fault.text(), now);
  listing.sent.clear();
  listing.sent_at = now;
  switch (react(fault.fault).change) {
    case Reaction::Change::look:
      if (creating) {
        listing.state = "in_doubt";
        listing.tries = 0;
      } else if (fault.fault == Fault::conflict && is_told_again(session, intent)) {
        store::put_listing(session, listing);
        return park(session, mark, product.product.code, fault, intent.hash);
      }
      listing.next_at = intent.committed_at + channel_->facts.settle;
      break;
    case Reaction::Change::retry:
      if (creating) listing.state = "absent";
      break;
    case Reaction::Change::wait:
      if (creating) listing.state = "absent";
      listing.next_at = now + fault.retry_after.value_or(Duration(60000));
      break;
    case Reaction::Change::drop_binding:
      if (!creating && !is_believed_gone(session, world_, *channel_, product.no.value)) {
        store::set_problem(session, {channel_->no, "listing", product.product.code,
                                     "the platform says of too many listings at once that they do not exist: " + fault.text(),
                                     "look whether they are there; each is tried again every hour", now});
        listing.next_at = now + missing_asked_again;
        break;
      }
      if (!creating) {
        listing.state = "gone";
        store::set_problem(
            session, {channel_->no, "content", product.product.code, "the platform says that the listing does not exist: " + fault.text(),
                      "if it is to come back, end the product and list it anew", now});
        store::clear_mark(session, mark);
        store::put_listing(session, listing);
        return {};
      }
      listing.state = "absent";
      store::put_listing(session, listing);
      return park(session, mark, product.product.code, fault, intent.hash);
    case Reaction::Change::park:
      if (creating) listing.state = "absent";
      listing.ticket.clear();
      store::put_listing(session, listing);
      return park(session, mark, product.product.code, fault, intent.hash);
  }
  store::put_listing(session, listing);
  if (listing.next_at > now) store::delay_mark(session, mark, listing.next_at);
  return {};
}

Result<void> Lane::finish_content(Session& session, const Call& call, std::size_t at, const Result<channel::Applied>& result) {
  const Time now = world_.clock.now();
  const auto stored = store::get_intent(session, call.intents[at].no);
  ensure(stored.has_value(), "an intent is written before it leaves");
  const auto& intent = *stored;  // its moment follows the machine's clock
  const auto& mark = call.marks[at];
  const auto product = store::get_product(session, ProductNo(intent.thing));
  auto listing = store::find_listing(session, channel_->no, ProductNo(intent.thing));
  ensure(product && listing, "a listing's row is written before its push leaves");
  const bool creating = listing->state != "bound";
  if (result) {
    learn(session, *channel_, *product, result->learned);
    if (result->shown) learn(session, *channel_, *product, *result->shown);
    if (result->ticket) {
      store::finish_intent(session, intent.no, "waiting", "", now);
      const Time again = result->again_at.value_or(now + Duration(60000));
      // The first visit comes early: much slow work is done in seconds, and the webhook that says so may have come before we knew the id.
      listing->next_at = listing->ticket.empty() ? std::min(again, now + channel_->facts.settle) : again;
      listing->ticket = result->ticket->dump();
      store::put_listing(session, *listing);
      store::delay_mark(session, mark, listing->next_at);
      return {};
    }
    store::finish_intent(session, intent.no, "confirmed", "", now);
    if (call.changes[at].action == channel::ActionKind::retire_listing) return retired(session, call, at, *product, *listing);
    if (auto bound = bind(session, intent, *product, call.changes[at].fields, *result); !bound) return bound;
    store::clear_mark(session, mark);
    store::clear_problem(session, channel_->no, "content", product->product.code);
    note_content(session, *channel_, creating ? "listing.created" : "listing.updated", product->product.code, call.changes[at].fields,
                 intent.cause, now);
    return {};
  }
  return content_failed(session, intent, mark, *product, *listing, result.error());
}

Result<void> Lane::finish_find(const Call& call, Outcome& outcome) {
  const Time now = world_.clock.now();
  const Reading reading = reading_of(call);
  const auto& mark = call.marks.front();
  busy_.erase({"content", mark.thing});
  return world_.store.write([&](Session& session) -> Result<void> {
    const ProductNo no(mark.thing);
    auto listing = store::find_listing(session, channel_->no, no);
    ensure(listing.has_value(), "a find is of a listing in doubt");
    const auto& page = *outcome.page;
    const bool none = page ? page->documents.empty() : page.error().fault == Fault::missing || page.error().fault == Fault::not_found;
    if (const auto until = page ? std::nullopt : put_off(call, page.error())) store::delay_mark(session, mark, *until);
    if (!page && !none) return {};
    if (!none) {
      for (const auto& document : page->documents) {
        if (auto taken = take_listing(session, document, reading); !taken) return taken;
      }
      listing = store::find_listing(session, channel_->no, no);
      if (listing->state == "bound") return {};
    }
    if (listing->state == "absent") {  // looked for before it is made: once is enough
      listing->tries = finds_until_absent;
      store::put_listing(session, *listing);
      return {};
    }
    ++listing->tries;
    listing->state = listing->tries >= static_cast<std::int64_t>(finds_until_absent) ? "absent" : "in_doubt";
    listing->next_at = long_ago;
    if (listing->state == "in_doubt") listing->next_at = now + channel_->facts.settle * (1LL << listing->tries);
    store::put_listing(session, *listing);
    store::delay_mark(session, mark, listing->next_at);
    return {};
  });
}

}  // namespace tally::engine
