// What a person is to see first does not leave before (S11): what is held, what is of a batch that is not closed, and more one by one than
// the guard lets pass in an hour.
#include "engine/number.hpp"
#include "simulation/inspector.hpp"
#include "store/catalogue.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/session.hpp"

#include <algorithm>

namespace tally::simulation {
namespace {

using soci::into;
using soci::use;
using store::Int;
using store::Session;

constexpr std::string_view emptied = "go to zero", far = "change their price much", made = "are made", ended = "end";

struct Batch {
  std::string author;
  bool closed = false;
};
Batch batch_row(Session& session, std::int64_t batch) {
  Int no = batch, closed = 0;
  Batch row;
  session.sql << "SELECT author, closed FROM batch WHERE batch_no = :n", use(no), into(row.author), into(closed);
  row.closed = closed != 0;
  return row;
}

std::string text(ChannelNo channel, const std::string& aspect, std::int64_t thing) {
  return aspect + " " + std::to_string(thing) + " on channel " + std::to_string(channel.value);
}

}  // namespace

void Inspector::released(ChannelNo channel, std::int64_t thing) {
  for (auto& [kind, things] : metered_) {
    if (kind.first == channel) things.erase(thing);
  }
}

void Inspector::imported(std::int64_t batch) {
  if (!house_.up() || house_.crashed()) return;
  house_.read([&](Session& session) {
    for (const auto& mark : store::marks_of_batch(session, batch)) {
      if (!mark.by_order) batched_[{mark.channel, mark.aspect, mark.thing}] = batch;
    }
  });
}

/// What was sent since, or became an order's, no import has marked any more.
void Inspector::check_batches(Session& session) {
  if (batched_.empty()) return;
  const auto unclosed = store::unclosed_batches(session);
  std::erase_if(batched_, [&](const auto& entry) {
    if (!std::binary_search(unclosed.begin(), unclosed.end(), entry.second)) return true;
    const auto& [channel, aspect, thing] = entry.first;
    const auto mark = store::find_mark(session, channel, aspect, thing);
    return !mark || mark->by_order || mark->batch > entry.second;
  });
}

/// What the catalogue's price is there.
Money Inspector::price_on(ChannelNo channel, const Money& price) const {
  return Money::of(price.major() * house_.core().world().find(channel)->config.price.factor, price.currency).value();
}

/// More than 30 % from what was last agreed there.
bool Inspector::is_far(Session& session, ChannelNo channel, std::int64_t thing, const std::string& price) const {
  const auto offer = store::find_offer(session, channel, VariantNo(thing));
  if (!offer) return false;
  const auto before = Money::parse(offer->price_confirmed.substr(0, offer->price_confirmed.find('/')));
  const auto after = Money::parse(price.substr(0, price.find('/')));
  if (!before || !after || before->minor == 0) return false;
  return std::abs(after->minor - before->minor) * 10 > before->minor * 3;
}

/// `alone`: none of them is of a batch. Where few are live all of them are too many, but one by one they may run out.
bool Inspector::too_many(Session& session, ChannelNo channel, const std::string& kind, std::size_t count, bool alone) const {
  const std::int64_t live = store::count_offers(session, channel), least = house_.core().world().config.guard.least;
  const std::int64_t share = kind == emptied || kind == made ? live / 5 : live / 20, number = static_cast<std::int64_t>(count);
  if (live == 0 || kind.empty()) return false;
  const bool all = live > 1 && number >= live && kind != made && !(alone && kind == emptied);
  return all || number > std::max(least, share);
}

/// What an import would do with it; empty: nothing that weighs.
std::string Inspector::weight_in_batch(Session& session, const store::Mark& mark, const std::vector<OfferState>& offers) const {
  if (mark.aspect == "content") {
    const auto listing = store::find_listing(session, mark.channel, ProductNo(mark.thing));
    return listing && (listing->state == "bound" || listing->state == "gone") ? "" : std::string(made);
  }
  const auto offer = std::find_if(offers.begin(), offers.end(),
                                  [&](const OfferState& o) { return o.channel == mark.channel && o.variant == VariantNo(mark.thing); });
  if (offer == offers.end()) return "";
  if (mark.aspect == "stock") return offer->number == 0 && offer->high > 0 ? std::string(emptied) : "";
  const auto price = prices_.find(offer->variant);
  if (price == prices_.end()) return "";
  return is_far(session, mark.channel, mark.thing, price_on(mark.channel, price->second).text()) ? std::string(far) : "";
}

void Inspector::judging(std::int64_t batch) {
  to_be_held_.clear();
  catalogue_changed();  // by this very batch
  house_.read([&](Session& session) {
    read_catalogue(session);
    const auto offers = read_offers(session);
    std::map<std::pair<ChannelNo, std::string>, std::vector<store::Mark>> groups;
    for (const auto& mark : store::marks_of_batch(session, batch)) {
      if (!mark.by_order && house_.core().world().find(mark.channel)) groups[{mark.channel, mark.aspect}].push_back(mark);
    }
    for (const auto& [group, marks] : groups) {
      std::map<std::string, std::size_t> kinds;
      for (const auto& mark : marks) ++kinds[weight_in_batch(session, mark, offers)];
      const bool tripped = std::any_of(kinds.begin(), kinds.end(),
                                       [&](const auto& kind) { return too_many(session, group.first, kind.first, kind.second, false); });
      for (const auto& mark : marks) to_be_held_[{mark.channel, mark.aspect, mark.thing}] = tripped;
    }
  });
}

void Inspector::judged(std::int64_t batch) {
  for (const auto& channel : house_.core().world().channels) judged_[batch].insert(channel->no);
  house_.read([&](Session& session) {
    for (const auto& [thing, held] : to_be_held_) {
      const auto& [channel, aspect, no] = thing;
      if (store::is_held(session, channel, aspect, no) != held)
        violate("S11 guard",
                text(channel, aspect, no) + " of batch " + std::to_string(batch) + (held ? " is not held" : " is held for nothing"));
    }
  });
}

/// What this change does when it leaves; empty: nothing that weighs.
std::string Inspector::weight_of(Session& session, const engine::Call& call, std::size_t at, const Shop& shop) const {
  const auto& intent = call.intents[at];
  const auto& change = call.changes[at];
  if (intent.aspect == "stock")
    return engine::stock_number(session, *house_.core().world().find(shop.no), VariantNo(intent.thing)).number == 0 ? std::string(emptied)
                                                                                                                    : "";
  if (intent.aspect == "price") return is_far(session, shop.no, intent.thing, intent.hash) ? std::string(far) : "";
  if (change.action == channel::ActionKind::retire_listing) return std::string(ended);
  return change.action == channel::ActionKind::put_listing && !change.fields.find("@id") ? std::string(made) : "";
}

void Inspector::check_guard(Session& session, const engine::Call& call, std::size_t at, const Shop& shop) {
  const auto& intent = call.intents[at];
  const auto& mark = call.marks[at];
  const auto batched = batched_.find({shop.no, intent.aspect, intent.thing});
  if (mark.by_order) {
    if (batched != batched_.end()) batched_.erase(batched);
    return;
  }
  const std::string what = intent.aspect + " " + std::to_string(intent.thing) + " on " + shop.name();
  if (store::is_held(session, shop.no, intent.aspect, intent.thing)) violate("S11 guard", what + " leaves though it is held");
  const auto waits_for = std::max(mark.batch, batched == batched_.end() ? 0 : batched->second);
  const auto batch = waits_for == 0 ? Batch{"", true} : batch_row(session, waits_for);
  if (!batch.closed) violate("S11 guard", what + " leaves though the batch " + std::to_string(waits_for) + " is not closed");
  const auto judged = judged_.find(mark.batch);
  if (mark.batch != 0 && (batch.author == "the rules" || (judged != judged_.end() && judged->second.contains(shop.no)))) return;
  const auto kind = weight_of(session, call, at, shop);
  if (kind.empty()) return;
  auto& things = metered_[{shop.no, kind}];
  things.insert(intent.thing);
  if (too_many(session, shop.no, kind, things.size(), true))
    violate("S11 guard", what + " is the " + std::to_string(things.size()) + ". of " +
                             std::to_string(store::count_offers(session, shop.no)) + " live offers that " + kind +
                             " within an hour, and nobody was asked");
}

/// Excused from coming down in time: no order has made it less since.
bool Inspector::is_kept_back(const OfferState& offer, Quantity there, const Place& place) {
  if (!offer.kept_back) {
    kept_back_.erase(place);
    return false;
  }
  const KeptBack now{offer.number, offer.ordered};
  const auto& since = kept_back_.try_emplace(place, now).first->second;
  if (there <= offer.number) kept_back_[place] = now;
  return offer.ordered >= since.ordered || offer.number >= since.number;
}

}  // namespace tally::simulation
