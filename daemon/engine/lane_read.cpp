// Reading: order lists, single orders, looks at numbers, sweeps over whole listings.
#include "engine/intake.hpp"
#include "engine/lane.hpp"
#include "engine/number.hpp"
#include "engine/retry_policy.hpp"
#include "engine/stock.hpp"
#include "engine/tree.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr std::size_t offers_a_look = 20;
constexpr std::size_t most_unread = 4096;
constexpr Duration first_reach{30LL * 86400000};  ///< how far back the first order read goes
constexpr Duration retry_missing{60000};
constexpr Duration ask_for_the_rest{300000};  ///< of an order, the first time
constexpr Duration look_again{1000};          ///< after a look that a write of ours made void
constexpr Quantity unknown_number = 1'000'000'000;

/// When to ask again for what was not answered: at once where the channel itself slows down, else later, or it would be asked without end.
Time ask_again_at(const Error& error, Time now) {
  const bool slowed_down = react(error.fault).lane != Reaction::Lane::go_on;
  return slowed_down ? now : now + error.retry_after.value_or(retry_missing);
}

/// A budget may run out between two things of one call.
bool was_asked(const Call& call, const channel::Page& page, const std::string& subject) {
  if (!page.asked || subject.empty()) return true;
  const auto end = call.want.things.begin() + static_cast<std::ptrdiff_t>(std::min(*page.asked, call.want.things.size()));
  return std::any_of(call.want.things.begin(), end, [&](const Json& thing) { return thing.text_or("@id") == subject; });
}

/// What was poked again while the call was out may have changed after it was read: that poke stays.
void remove_answered(Session& session, const Call& call, const std::string& kind, const channel::Page& page = {}) {
  for (const auto& poke : call.pokes) {
    if (was_asked(call, page, poke.subject)) store::remove_poke(session, call.channel, kind, poke.subject, poke.generation);
  }
}

}  // namespace

Result<std::optional<Call>> Lane::next_orders() {
  const Time now = world_.clock.now();
  if (!channel_->facts.reads_orders) return std::optional<Call>();
  if (!fetching_ && !closed_until("read_order", true)) {
    std::vector<store::Poke> due;
    auto read = world_.store.read([&](Session& session) -> Result<void> {
      for (auto& poke : store::pokes(session, channel_->no, "order", fetch_most_)) {
        if (poke.not_before <= now) due.push_back(std::move(poke));
      }
      return {};
    });
    if (!read) return read.error();
    const bool all = std::any_of(due.begin(), due.end(), [](const auto& poke) { return poke.subject.empty(); });
    if (all) next_order_read_ = now;
    if (!due.empty()) {
      Call call = make(Call::Kind::fetch_orders, false);
      call.want.what = channel::Want::What::orders;
      call.want.urgent = true;
      for (const auto& poke : due) {
        if (!poke.subject.empty()) call.want.things.push_back(Json::object({{"@id", poke.subject}}));
      }
      call.pokes = std::move(due);
      fetching_ = true;
      return std::optional<Call>(std::move(call));
    }
  }
  if (reading_orders_) return std::optional<Call>();
  const bool under_way = !order_cursor_.empty();
  if (state_.list_rests_until > now || (!under_way && next_order_read_ > now)) return std::optional<Call>();
  if (const auto closed = closed_until("read_orders", true)) {
    next_order_read_ = std::max(next_order_read_, *closed);
    return std::optional<Call>();
  }
  std::optional<Time> since;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    if (const auto cursor = store::get_cursor(session, channel_->no, "orders")) since = from_ms(std::stoll(cursor->value));
    return {};
  });
  if (!read) return read.error();
  if (!under_way) {
    read_began_ = now;
    next_order_read_ = now + channel_->config.orders_every;
  }
  Call call = make(Call::Kind::read_orders, false);
  call.want.what = channel::Want::What::orders;
  call.want.urgent = true;
  call.want.cursor = order_cursor_;
  call.want.since = since ? *since - channel_->facts.order_overlap - channel_->facts.order_lag : now - first_reach;
  reading_orders_ = true;
  return std::optional<Call>(std::move(call));
}

/// Until an order of which a part was not given is asked for again: as long as it has lacked that so far, between five minutes and a day.
/// Nothing: its document is so old that it was forgotten.
std::optional<Duration> Lane::wait_for_the_rest(Session& session, const std::string& id, bool known) const {
  if (!known) return ask_for_the_rest;
  const auto order = store::find_order(session, channel_->no, id);
  const auto row = order ? store::inbox_row(session, order->inbox_row) : std::nullopt;
  if (!row) return std::nullopt;
  return std::clamp<Duration>(world_.clock.now() - row->received_at, ask_for_the_rest, Duration(86400000));
}

/// Raw into the inbox; what is surely there already, byte by byte, is not stored again.
Result<void> Lane::store_documents(Session& session, const std::vector<channel::Document>& documents, Brought& brought) {
  const Time now = world_.clock.now();
  for (const auto& document : documents) {
    const std::string hash = hash_of(document);
    const auto events = channel_->connector->parse(document, Json());
    std::optional<std::string> applied;
    if (events && events->size() == 1 && events->front().what == channel::Event::What::order) {
      const Json* id = events->front().tree.find("@id");
      if (id) applied = store::order_body_hash(session, channel_->no, id->scalar_text());
      if (id && document.headers.contains(channel::lacks_header)) {
        const auto wait = wait_for_the_rest(session, id->scalar_text(), applied == hash);
        if (wait) brought.lacking[id->scalar_text()] = *wait;
      }
      if (!applied) brought.newest_unknown = std::max(brought.newest_unknown, events->front().changed_at.value_or(long_ago));
    }
    if (applied == hash) continue;
    // Nothing has come of it so far: if it is parked, it is not stored with every reading anew. Remembered only after the commit: the work
    // may be undone.
    if (!applied && (unread_bodies_.contains(hash) || !brought.unread.insert(hash).second)) continue;
    store::add_inbox(session, {0, channel_->no, "read", document.kind, document.body, document.headers, now});
    ++brought.stored;
  }
  return {};
}

void Lane::ask_for_what_lacks(Session& session, const Brought& brought) {
  for (const auto& [id, wait] : brought.lacking) store::add_poke(session, channel_->no, "order", id, world_.clock.now() + wait);
}

/// After the commit.
void Lane::remember_unread(Brought& brought) {
  if (unread_bodies_.size() + brought.unread.size() > most_unread) unread_bodies_.clear();
  unread_bodies_.merge(brought.unread);
}

Result<void> Lane::order_read_complete(Session& session) {
  const Time now = world_.clock.now();
  may_all_go_on();
  complete_.began = read_began_;
  complete_.ended = unread_since_ = now;
  complete_.last_row = store::last_inbox_row(session, channel_->no);
  state_.last_order_read = read_began_;
  store::set_cursor(session, channel_->no, "orders", std::to_string(to_ms(read_began_there_)), now);
  order_parked_ = store::has_parked_order(session, channel_->no);
  if (order_parked_) return {};  // units that a look misses may be sold in a document that nobody could read
  settle_suspects(session, read_began_ - channel_->facts.order_lag);
  return {};
}

/// One of them may be at fault: each is asked for alone then, and what fails alone does not stand before the others.
Result<void> Lane::orders_not_fetched(const Call& call, const Error& error) {
  using L = Reaction::Lane;
  const auto lane = react(error.fault).lane;
  if (lane == L::sleep || lane == L::pause || put_off(call, error)) return {};
  const bool none =
      error.fault == Fault::missing || error.fault == Fault::not_found || error.fault == Fault::rejected || error.fault == Fault::invalid;
  const bool first_failure = fetch_most_ > 1;
  fetch_most_ = 1;
  if (call.pokes.size() > 1 || (first_failure && lane == L::back_off && !none)) return {};
  const Time now = world_.clock.now();
  return world_.store.write([&](Session& session) -> Result<void> {
    remove_answered(session, call, "order");
    for (const auto& poke : call.pokes) {
      const auto& subject = poke.subject;
      if (!none) store::add_poke(session, channel_->no, "order", subject, now + retry_missing);
      store::journal(session, {0, now, none ? "order.missing" : "order.unread", "poke", channel_->no, subject,
                               Json::object({{"reason", error.text()}}).dump()});
      if (none && poke.row != 0 && !store::find_order(session, channel_->no, subject))
        park_row(session, world_, *channel_, poke.row,
                 "it announces the order " + subject + ", which the channel does not give: " + error.text());
    }
    return {};
  });
}

Result<void> Lane::finish_orders(const Call& call, Outcome& outcome) {
  const bool by_id = call.kind == Call::Kind::fetch_orders;
  (by_id ? fetching_ : reading_orders_) = false;
  auto& page = *outcome.page;
  const Time now = world_.clock.now();
  if (!page) {
    if (by_id) return orders_not_fetched(call, page.error());
    if (const auto until = put_off(call, page.error())) {
      next_order_read_ = order_cursor_.empty() ? *until : std::max(next_order_read_, *until);
      return {};
    }
    order_cursor_.clear();
    list_failed_ = true;
    next_order_read_ = ask_again_at(page.error(), now);
    return {};
  }
  Brought brought;
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    brought = {};
    if (auto done = store_documents(session, page->documents, brought); !done) return done;
    remove_answered(session, call, "order", *page);
    ask_for_what_lacks(session, brought);
    for (const auto& poke : call.pokes)
      if (was_asked(call, *page, poke.subject) && !brought.lacking.contains(poke.subject))  // it does not tell what was done
        store::note_order_read(session, channel_->no, poke.subject, left_at(call), store::last_inbox_row(session, channel_->no));
    return {};
  });
  if (written) {
    remember_unread(brought);
    if (!by_id) webhooks_.not_told_of(brought.newest_unknown, now);
  }
  if (by_id) {
    fetch_most_ = orders_a_fetch;
  } else {
    list_failed_ = false;
    answered_else_ = never;
    state_.list_failures = 0;
    state_.list_reason.clear();
  }
  if (!written || by_id) return written;
  if (call.want.cursor.empty()) {
    const Time there = channel_->clock.theirs(read_began_) - channel_->clock.doubt;
    read_began_there_ = std::min(there, page->server_time.value_or(there));
  }
  order_cursor_ = page->cursor;
  if (!order_cursor_.empty()) return {};
  return world_.store.write([&](Session& session) { return order_read_complete(session); });
}

/// Where no look is possible, a write that was given up may still have landed, or land late:
/// once it must have settled, the number is written again.
Result<void> Lane::write_blind_ones_again() {
  const Time now = world_.clock.now();
  std::vector<store::OfferRow> owed;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    owed = store::offers_owed_a_look(session, channel_->no, now, offers_a_look);
    return {};
  });
  if (!read || owed.empty()) return read;
  return world_.store.write([&](Session& session) -> Result<void> {
    for (auto& offer : owed) {
      const Time since = offer.owed_look_at - channel_->facts.settle - Duration(1);
      offer.owed_look_at = settles_at(session, offer.variant, now);
      offer.low = 0;
      offer.anchor_to = std::max(offer.anchor_to, now);  // what came back before now, and is read later, may be in it
      for (const auto& intent : store::unknown_intents(session, channel_->no, "stock", offer.variant.value, since))
        offer.high = std::max(offer.high, intent.value);
      store::put_offer(session, offer);
      mark_aspect(session, channel_->no, "stock", offer.variant.value, {"unanswered", false, 0}, now);
    }
    return {};
  });
}

Result<std::optional<Call>> Lane::next_look() {
  const Time now = world_.clock.now();
  const auto& facts = channel_->facts;
  if (!facts.can_look) {
    if (auto done = write_blind_ones_again(); !done) return done.error();
  }
  // Where no room is but what is kept, only what a decrease waits for is looked at.
  const bool scarce = facts.can_look && closed_until("read_stock"), closed = scarce && closed_until("read_stock", true);
  if (!facts.can_look || closed) return std::optional<Call>();
  std::set<VariantNo> variants;
  std::vector<Json> things;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    for (const auto variant : scarce ? lowered_after_look_ : want_look_) {
      if (variants.size() < offers_a_look && !looks_out_.contains(variant)) variants.insert(variant);
    }
    for (const auto& offer : store::offers_owed_a_look(session, channel_->no, now, offers_a_look)) {
      if (!scarce && variants.size() < offers_a_look && !looks_out_.contains(offer.variant)) variants.insert(offer.variant);
    }
    for (const auto variant : variants) {
      const auto row = store::get_variant(session, variant);
      ensure(row.has_value(), "an offer is of a variant");
      things.push_back(thing_tree(session, *channel_, *row));
    }
    return {};
  });
  if (!read) return read.error();
  if (variants.empty()) return std::optional<Call>();
  Call call = make(Call::Kind::look, false);
  call.want.what = channel::Want::What::stock;
  call.want.urgent = scarce;
  call.want.things = std::move(things);
  for (const auto variant : variants) {
    want_look_.erase(variant);
    lowered_after_look_.erase(variant);
    looks_out_.insert(variant);
    call.variants.push_back(variant);
  }
  return std::optional<Call>(std::move(call));
}

/// Each poked listing is a call of its own, on every seat that is free: what one of them is answered says nothing of the others.
Result<std::optional<Call>> Lane::next_poked() {
  const Time now = world_.clock.now();
  const auto& facts = channel_->facts;
  std::optional<store::Poke> next;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    for (auto& poke : store::pokes(session, channel_->no, "listing", out_ + 1)) {
      if (!next && poke.not_before <= now && !busy("poke:" + poke.subject, 0)) next = std::move(poke);
    }
    return {};
  });
  if (!read) return read.error();
  if (!next || (facts.listings_by_id && closed_until("read_listing"))) return std::optional<Call>();
  if (!facts.listings_by_id) next_sweep_ = std::min(next_sweep_, now);
  Call call = make(Call::Kind::look, false);
  call.want.what = channel::Want::What::listings;
  call.want.things.push_back(Json::object({{"@id", next->subject}}));
  busy_.insert({"poke:" + next->subject, 0});
  call.pokes.push_back(std::move(*next));
  return std::optional<Call>(std::move(call));
}

/// What the channel's own trouble may explain is asked for again, behind the others.
void Lane::poked_not_read(Session& session, const Call& call, const Error& error) {
  const auto lane = react(error.fault).lane;
  const bool told = error.fault == Fault::not_found || lane == Reaction::Lane::go_on;
  if (!told && lane != Reaction::Lane::back_off) return;
  remove_answered(session, call, "listing");
  if (told) return;
  for (const auto& poke : call.pokes) store::add_poke(session, channel_->no, "listing", poke.subject, world_.clock.now() + retry_missing);
}

Lane::Reading Lane::reading_of(const Call& call) {
  auto found = readings_.extract(call.no);
  return found.empty() ? Reading{call.left_at, {}} : std::move(found.mapped());
}

Result<void> Lane::finish_look(const Call& call, Outcome& outcome) {
  const Time now = world_.clock.now();
  const Reading reading = reading_of(call);
  auto& page = *outcome.page;
  for (const auto& poke : call.pokes) busy_.erase({"poke:" + poke.subject, 0});
  std::set<VariantNo> asked(call.variants.begin(), call.variants.end());
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    if (!page) {
      if (!put_off(call, page.error())) poked_not_read(session, call, page.error());
    } else {
      remove_answered(session, call, "listing", *page);
      for (const auto& document : page->documents) {
        auto events = channel_->connector->parse(document, Json());
        if (!events) {
          world_.log.warning("an answer was not understood", {{"channel", channel_->config.name}, {"reason", events.error().text()}});
          continue;
        }
        for (const auto& event : *events) {
          if (event.what == channel::Event::What::listing) {
            if (auto taken = take_listing(session, document, reading); !taken) return taken;
          } else if (event.what == channel::Event::What::level) {
            if (const auto variant = variant_of(session, *channel_, event.tree)) {
              take_offer(session, *variant, event.tree, reading, false);
              asked.erase(variant->no);
            }
          }
        }
      }
    }
    for (const auto variant : call.variants) {
      if (looked_.contains(variant) && looked_[variant].at == now) asked.erase(variant);
    }
    for (const auto variant : asked) {  // no number came back: tried again, not at once
      if (auto offer = store::find_offer(session, channel_->no, variant)) {
        offer->owed_look_at = now + std::max(retry_missing, Duration(0));
        if (!page) offer->owed_look_at = ask_again_at(page.error(), now);
        store::put_offer(session, *offer);
      }
    }
    return {};
  });
  for (const auto variant : call.variants) looks_out_.erase(variant);
  return written;
}

Result<std::optional<Call>> Lane::next_sweep() {
  const Time now = world_.clock.now();
  if (sweeping_) return std::optional<Call>();
  const bool under_way = !sweep_cursor_.empty();
  if (!under_way && next_sweep_ > now) return std::optional<Call>();
  if (const auto closed = closed_until("read_listings")) {
    next_sweep_ = std::max(next_sweep_, *closed);
    return std::optional<Call>();
  }
  if (!under_way) {
    sweep_began_ = now;
    next_sweep_ = now + channel_->config.sweep_every;
    swept_.clear();
    seconds_.clear();
  }
  Call call = make(Call::Kind::sweep, false);
  call.want.what = channel::Want::What::listings;
  call.want.cursor = sweep_cursor_;
  sweeping_ = true;
  return std::optional<Call>(std::move(call));
}

/// What was refused because the platform did not know the offer is tried again when a complete reading shows it there.
void Lane::try_again_what_was_missing(Session& session) {
  for (const char* aspect : {"stock", "price"}) {
    for (const auto& mark : store::marks_of_channel(session, channel_->no, aspect)) {
      if (mark.parked_hash.empty() || !mark.discarded_by.empty()) continue;  // also where this sweep has marked it anew
      const auto last = store::last_intents(session, channel_->no, aspect, mark.thing, 1);
      if (last.empty() || last.front().outcome != name_of(Fault::missing) || last.front().finished_at > sweep_began_) continue;
      const auto variant = store::get_variant(session, VariantNo(mark.thing));
      if (variant && swept_.contains(variant->product)) store::unpark(session, channel_->no, aspect, mark.thing);
    }
  }
}

Result<void> Lane::finish_sweep(const Call& call, Outcome& outcome) {
  const Time now = world_.clock.now();
  const Reading reading = reading_of(call);
  sweeping_ = false;
  auto& page = *outcome.page;
  if (!page) {
    if (const auto until = put_off(call, page.error())) {
      next_sweep_ = sweep_cursor_.empty() ? *until : std::max(next_sweep_, *until);
      return {};
    }
    sweep_cursor_.clear();  // an incomplete reading says nothing about what it did not show
    next_sweep_ = ask_again_at(page.error(), now);
    return {};
  }
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    for (const auto& document : page->documents) {
      if (auto taken = take_listing(session, document, reading); !taken) return taken;
    }
    return {};
  });
  if (!written) return written;
  sweep_cursor_ = page->cursor;
  if (!sweep_cursor_.empty()) return {};
  state_.last_sweep = sweep_began_;
  state_.hurried = false;
  return world_.store.write([&](Session& session) -> Result<void> {
    store::set_cursor(session, channel_->no, "sweep", std::to_string(to_ms(sweep_began_)), now);
    try_again_what_was_missing(session);
    ask_about_found(session);
    for (const auto& listing : store::listings_of(session, channel_->no)) {
      if (listing.state != "bound" || listing.confirmed_at >= sweep_began_) continue;
      const auto product = store::get_product(session, listing.product);
      if (!product) continue;
      const auto second = seconds_.find(listing.product);
      if (second == seconds_.end())
        store::clear_problem(session, channel_->no, "twice", product->product.code);
      else if (!swept_.contains(listing.product))  // the only one that is left is ours from its next look on
        store::add_poke(session, channel_->no, "listing", second->second, now);
      if (swept_.contains(listing.product))
        store::clear_problem(session, channel_->no, "listing", product->product.code);
      else
        store::set_problem(session, {channel_->no, "listing", product->product.code, "a complete reading did not show this listing",
                                     "look at it on the channel; it is not created again by itself", now});
    }
    return {};
  });
}

void Lane::take_offer(Session& session, const store::VariantRow& variant, const Json& tree, const Reading& reading, bool bound_now) {
  auto offer = store::find_offer(session, channel_->no, variant.no);
  const bool fresh_offer = !offer;
  if (fresh_offer) {
    if (!bound_now) return;  // a listing of ours that is being created tells of its variants when it is bound
    offer.emplace();
    offer->channel = channel_->no;
    offer->variant = variant.no;
  }
  const Json* available = tree.find("available");
  const auto number = available ? available->integer() : Result<std::int64_t>(error(Fault::invalid, "no number"));
  if (fresh_offer) {  // without a number anything may stand there
    offer->high = unknown_number;
    if (number) offer->number_observed = offer->number_confirmed = *number;
    store::put_offer(session, *offer);
    mark_aspect(session, channel_->no, "stock", variant.no.value, {"listing found", false, 0}, world_.clock.now());
  }
  if (number) take_number(session, *offer, *number, reading);
  take_price(session, variant, *offer, tree, reading.started, fresh_offer);
  store::put_offer(session, *offer);
}

/// Writes that nobody answered and that may land after a look begun at `started`.
std::vector<store::Intent> Lane::unsettled(Session& session, VariantNo variant, Time started) const {
  return store::unknown_intents(session, channel_->no, "stock", variant.value, started - channel_->facts.settle);
}

/// When the first of these must have landed.
Time Lane::settles_at(Session& session, VariantNo variant, Time started) const {
  Time first = never;
  for (const auto& intent : unsettled(session, variant, started)) first = std::min(first, intent.committed_at + channel_->facts.settle);
  return first;
}

void Lane::take_number(Session& session, store::OfferRow& offer, Quantity seen, const Reading& reading) {
  const Time now = world_.clock.now(), started = reading.started;
  may_go_on(offer.variant);
  if (store::open_intent_of(session, channel_->no, "stock", offer.variant.value)) {  // a write is in the air: the look says nothing
    if (offer.owed_look_at <= now) offer.owed_look_at = now + look_again;
    return;
  }
  const auto collected = reading.meanwhile.find(offer.variant);
  const Collected meanwhile = collected == reading.meanwhile.end() ? Collected{} : collected->second;
  Belief belief{offer.low, offer.high, offer.anchor_from, offer.anchor_to, offer.suspect, offer.owed_look_at, offer.verified_at};
  const Belief before = belief;
  const bool shows_older = channel_->facts.read_after_write > Duration(0);
  const Time last_write = shows_older ? std::max(offer.written_at, born_) : offer.written_at;
  if (!looked(belief, seen, started, now, last_write, channel_->facts.read_after_write, meanwhile)) {
    offer.owed_look_at = belief.owed_look_at;
    return;
  }
  for (const auto& intent : unsettled(session, offer.variant, started)) {  // seen before it landed, or after
    if (intent.relative)
      change_may_land(belief, intent.delta);
    else
      number_may_land(belief, intent.value, intent.committed_at + channel_->facts.settle);
  }
  if (belief.owed_look_at == never) belief.owed_look_at = settles_at(session, offer.variant, started);
  // Where changes are relative, a number inside an interval may be our own unanswered write, or orders that nobody has read:
  // those are read before a raise.
  if (!before.exact()) belief.suspect = true;
  // Nothing sells from that number by itself, or it is not ours.
  if (channel_->facts.takes == channel::Takes::never || !channel_->has_our_stock()) belief.suspect = false;
  offer.number_observed = seen;
  offer.number_observed_at = started;
  offer.low = belief.low, offer.high = belief.high;
  offer.anchor_from = belief.anchor_from, offer.anchor_to = belief.anchor_to;
  offer.suspect = belief.suspect;
  offer.owed_look_at = belief.owed_look_at, offer.verified_at = belief.verified_at;
  const Quantity believed = before.high == unknown_number ? seen : before.high;  // of a listing that was found just now: nothing
  Looked result{now, seen, seen, believed, read_applied(session, before.anchor_to), before.exact() && before.low == seen, std::nullopt};
  offer.unequal_looks = result.equal ? 0 : offer.unequal_looks + 1;
  if (!result.equal && result.after_read && offer.unequal_looks >= 3) result.relative = seen;
  looked_[offer.variant] = result;
  if (belief.suspect && channel_->facts.reads_orders) read_orders_after(belief.anchor_to);
  if (channel_->has_our_stock() && stock_direction(session, *channel_, offer) != Direction::none)
    mark_aspect(session, channel_->no, "stock", offer.variant.value, {"look", false, 0}, now);
}

}  // namespace tally::engine
