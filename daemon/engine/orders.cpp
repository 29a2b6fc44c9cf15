#include "engine/orders.hpp"

#include "base/crypto.hpp"
#include "engine/nonsense.hpp"
#include "engine/order_answer.hpp"
#include "engine/order_facts.hpp"
#include "engine/order_lines.hpp"
#include "engine/order_rows.hpp"
#include "engine/oversell.hpp"
#include "engine/own_effects.hpp"
#include "engine/parcels.hpp"
#include "engine/quota.hpp"
#include "engine/review.hpp"
#include "engine/route.hpp"
#include "engine/stock.hpp"
#include "engine/tree.hpp"
#include "engine/unusual.hpp"
#include "model/tree.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr Duration expiry_asked_again{60000};  // while the order's channel is taken out

/// Why the order waits for a person, who may release it as it is; what must be mended before it can be sent is never released.
std::vector<std::string> reasons_to_hold(Session& session, const World& world, const Channel& channel, OrderNo no, Order& order,
                                         const Doubts& doubts, const std::vector<ResolvedLine>& lines) {
  std::vector<std::string> reasons = doubts;
  const auto add = [&](const Doubts& more) { reasons.insert(reasons.end(), more.begin(), more.end()); };
  add(complete(order));
  add(paid_in_part(order));
  add(odd_for(order, channel.config.currency));
  add(crossed_goods(session, order, lines));
  add(beyond_measure(order));
  if (!world.config.review.empty()) {
    add(review(session, world, channel, order, no));
    for (auto& hold : review(session, world, channel, under_own_skus(session, order, lines), no)) {
      if (std::ranges::find(reasons, hold) == reasons.end()) reasons.push_back(std::move(hold));
    }
  }
  if (no.value != 0) {
    const auto released = store::released_holds(session, no);
    std::erase_if(reasons, [&](const std::string& reason) { return released.contains(reason); });
  }
  add(unknown_goods(order, lines));
  return reasons;
}

/// When that happened of which the order names no moment.
Time goods_moved_at(const Order& order, Time latest) {
  std::optional<Time> last = order.changed_at ? order.changed_at : order.placed_at;
  for (const auto& shipment : order.shipments) last = std::max(last, shipment.at);
  for (const auto& refund : order.refunds) {
    const bool came_back = std::any_of(refund.lines.begin(), refund.lines.end(), [](const LineRef& line) { return line.restocked; });
    if (came_back) last = std::max(last, refund.at);
  }
  return std::min(last.value_or(latest), latest);
}

void apply_steps(Session& session, const Channel& channel, const OwnEffects& effects, const StepSeen& step_seen) {
  for (const auto& [variant, there] : effects.steps) {
    const OwnStep step{there.taken, channel.clock.ours(there.from), channel.clock.ours(there.to), there.unsure};
    step_seen(channel.no, variant, step);
    auto offer = store::find_offer(session, channel.no, variant);
    if (!offer) continue;
    Belief belief{offer->low, offer->high, offer->anchor_from, offer->anchor_to, offer->suspect, offer->owed_look_at, offer->verified_at};
    own_step(belief, step, channel.margin());
    offer->low = belief.low;
    offer->high = belief.high;
    offer->suspect = belief.suspect;
    store::put_offer(session, *offer);
    if (const auto intent = store::open_intent_of(session, channel.no, "stock", variant.value))
      store::collect_step(session, intent->no, step.taken);
  }
}

/// What is added back for each thing that the order names or once named; most of it for none: it is over, or both have taken it.
std::set<VariantNo> renew_add_back(Session& session, const Channel& channel, OrderNo order, const std::vector<ResolvedLine>& before,
                                   const std::vector<ResolvedLine>& now, const Units& add_back) {
  std::set<VariantNo> sold;
  for (const auto* lines : {&before, &now}) {
    for (const auto& line : *lines) {
      if (line.sold.value != 0) sold.insert(line.sold);
    }
  }
  for (const auto variant : sold) {
    const auto units = add_back.find(variant);
    store::set_add_back(session, channel.no, variant, order, units == add_back.end() ? 0 : units->second);
  }
  return sold;
}

/// What the platform's document shows is done there, also where it had refused it or never answered. One that is in the air waits for its
/// answer.
std::vector<store::OrderTask> tasks_after(Session& session, const Channel& channel, const store::OrderRow& row, const Order& order,
                                          Time now) {
  auto tasks = store::order_tasks_of(session, row.no);
  for (auto& task : tasks) {
    if ((task.state != "open" && task.state != "in_doubt" && task.state != "refused") || !shows(order, task)) continue;
    if (task.state == "refused") store::clear_problem(session, channel.no, "task", std::to_string(task.no));
    task.state = "confirmed";
    task.reason.clear();
    store::put_order_task(session, task);
    store::journal(session, {0, now, task.kind + ".confirmed", "order:" + std::to_string(row.no.value), channel.no, row.id,
                             Json::object({{"task", task.no}, {"by", "the order"}}).dump()});
  }
  return tasks;
}

/// Steps that a document cannot have made: it is the same as before, and so is what the platform has taken.
void keep_new_steps(OwnEffects& effects, const Units& before) {
  std::erase_if(effects.steps, [&](const auto& step) {
    const auto was = before.find(step.first), is = effects.taken.find(step.first);
    return (was == before.end() ? 0 : was->second) == (is == effects.taken.end() ? 0 : is->second);
  });
}

bool waits_for_payment(const Channel& channel, const Order& order) {
  return order.state == OrderState::pending && channel.reserve() == ReserveAt::placed;
}

/// When a pending order stops reserving. A platform whose clock is ahead, or that writes local times, does not make it last longer.
Time runs_out_at(const Channel& channel, const Order& order, Time now) {
  return std::min(order.placed_at ? channel.clock.ours(*order.placed_at) : now, now) + channel.config.reserve_for;
}

/// Goods that have left stay out when the platform's next word for the order is "cancelled" or "refunded", also those that no parcel names:
/// money moves none.
void keep_what_left(Order& order, const store::OrderRow& before) {
  const bool ended = order.state == OrderState::cancelled || order.state == OrderState::refunded;
  const bool had_left = before.state == name_of(OrderState::shipped) || before.state == name_of(OrderState::completed) ||
                        before.document.text_or("fulfilment") == "done";
  if (ended && had_left && !order.fulfilment) order.fulfilment = FulfilmentState::done;
}

/// A buyer whose after-sale waits for us needs a person.
void tell_who_waits(Session& session, const Channel& channel, const std::string& id, const Order& wished, Time now) {
  if (const auto awaited = awaited_of(wished, channel))
    store::set_problem(session, {channel.no, "after-sale", id, awaited->reason, awaited->todo, now});
  else
    store::clear_problem(session, channel.no, "after-sale", id);
}

bool takes_goods(const Claim& claim) {
  return std::ranges::any_of(claim, [](const auto& entry) { return entry.second.reserved > 0 || entry.second.on_hand < 0; });
}

bool was_sure(const Channel& channel, const store::OrderRow& row) {
  using channel::Takes;
  const bool by_word = channel.facts.takes == Takes::paid || channel.facts.takes == Takes::by_state;
  return !by_word || taken_is_sure(channel.facts, platform_order(row));
}

bool was_open(const store::OrderRow& row) {
  const auto state = platform_order(row).state;
  return state != OrderState::cancelled && state != OrderState::refunded;
}

/// What a person said of a line ends with the platform's next word for it.
void tell_dropped(Session& session, const Channel& channel, const store::OrderRow& row, const std::vector<ResolvedLine>& before,
                  const std::vector<ResolvedLine>& kept, Time now) {
  for (const auto& line : before) {
    if (line.by_hand.value == 0 || std::ranges::find(kept, line.line, &ResolvedLine::line) != kept.end()) continue;
    const auto variant = store::get_variant(session, line.by_hand);
    store::journal(session, {0, now, "order.remap_ended", "inbox:" + std::to_string(row.inbox_row), channel.no, row.id,
                             Json::object({{"order", row.no.value}, {"line", line.line}, {"sku", variant ? variant->sku : ""}}).dump()});
  }
}

/// What is settled: the first document of an order, another one (`changed`), or the same one once more. `cause`: what brought it up, as the
/// journal says it.
struct News {
  std::string cause;
  bool first = false, changed = false;
  Time before_changed_at = long_ago;
  std::set<std::string> kept_lines = {};           ///< nonsense.hpp
  std::vector<ResolvedLine> resolved_before = {};  ///< where a person has just changed what the row says of it
};

/// Of a line that the platform says nothing of any more, it may have given back what it had taken, or not.
void add_perhaps_given_back(OwnEffects& effects, const Order& order, const std::vector<ResolvedLine>& lines, const News& news, Time now) {
  for (const auto& line : order.lines) {
    const auto resolved = std::ranges::find(lines, line.id, &ResolvedLine::line);
    if (!news.kept_lines.contains(line.id) || resolved == lines.end() || resolved->sold.value == 0) continue;
    effects.steps.push_back({resolved->sold, {-line.quantity, news.before_changed_at, order.changed_at.value_or(now), true}});
  }
}

/// Everything that follows from the order's present state, for a row whose document is already the new one. `changed`: it is another one
/// than before.
void settle(Session& session, const World& world, const Channel& channel, store::OrderRow& row, Order order,
            const std::vector<std::string>& doubts, const News& news, const StepSeen& step_seen, Time now) {
  const bool first = news.first, changed = news.changed;
  if (!first) keep_what_left(order, row);
  if (says_all_left(order)) name_what_left(order, first ? Order() : platform_order(row), store::order_tasks_of(session, row.no));
  const auto lines_before = resolved_from(row.resolved);
  const auto kept = resolved_before(session, channel, row, order);
  auto resolved = resolve_lines(session, channel, order, kept, lines_before);
  tell_dropped(session, channel, row, lines_before, kept, now);
  const auto* routed_by = route_parts(session, world.config, channel,
                                      world.config.routing.empty() ? order : under_own_skus(session, order, resolved), resolved);
  order.holds = reasons_to_hold(session, world, channel, row.no, order, doubts, resolved);
  release_guess(order, doubts);
  const auto counting = lines_that_count(order, resolved);
  const auto reasons = order.holds;
  shorten(order.holds);
  const Claim before = claim_from(row.claim);
  const Order wished = first ? order : with_tasks(order, tasks_after(session, channel, row, order, now));
  // An abandoned order that is first seen when its time has run out reserves nothing, not even for a moment.
  if (waits_for_payment(channel, wished) && runs_out_at(channel, order, now) <= now) row.expired = true;
  const Claim target = claim_of(wished, counting, channel.reserve(), row.expired);
  const TakenBefore taken_before{units_from(row.taken), news.before_changed_at, first || was_sure(channel, row), !first && was_open(row)};
  auto effects = own_effects(channel.facts, order, wished, counting, target, first ? nullptr : &taken_before, channel.clock.theirs(now));
  if (!changed) keep_new_steps(effects, taken_before.units);
  if (channel.facts.takes != channel::Takes::never) add_perhaps_given_back(effects, order, counting, news, channel.clock.theirs(now));
  row.state = name_of(arrived(session, wished) ? OrderState::completed : wished.state);
  const Json document_before = std::exchange(row.document, to_json(order));
  row.document.set("doubts", [&] {
    Json list = Json::array();
    for (const auto& doubt : doubts) list.push_back(doubt);
    return list;
  }());
  row.resolved = to_json(resolved);
  row.claim = to_json(target);
  row.taken = to_json(effects.taken);
  if (first)
    row.no = store::insert_order(session, row);
  else
    ensure(store::update_order(session, row), "only the engine's thread changes orders");
  const std::string by_order = "order:" + std::to_string(row.no.value), cause = by_order + ":" + std::to_string(row.revision);
  const Time latest = channel.clock.theirs(now);
  auto touched = append_claim(session,
                              {target, moves_of(wished, counting), by_order, cause, goods_moved_at(wished, latest), latest,
                               moves_of(wished, news.resolved_before.empty() ? lines_before : news.resolved_before)},
                              before, now);
  const auto sold = renew_add_back(session, channel, row.no, lines_before, counting, effects.add_back);
  apply_steps(session, channel, effects, step_seen);
  draw_from_quotas(session, channel, row.no, wished, counting, target, now);
  record_oversells(session, world, {channel, row, wished, counting, before, target, document_before, lines_before, first || changed}, now);
  for (const auto& [variant, step] : effects.steps) touched.insert(variant);
  touched.insert(sold.begin(), sold.end());
  mark_stock(session, world, touched, {cause, true, 0}, now);
  store::set_unresolved(session, row.no, unresolved_skus(order, resolved));
  keep_parcels(session, world, row, wished, now);
  if (reasons.empty())
    store::clear_problem(session, channel.no, "order", row.id);
  else
    store::set_problem(session,
                       {channel.no, "order", row.id, "held: " + in_short(reasons), way_out(reasons, channel.config.name, row.id), now});
  if (channel.facts.refunds_only_asked) tell_who_waits(session, channel, row.id, wished, now);
  if (waits_for_payment(channel, wished) && !row.expired)
    store::set_due(session, {"expiry", row.no.value, runs_out_at(channel, order, now)});
  else
    store::clear_due(session, "expiry", row.no.value);
  Json detail = Json::object({{"order", row.no.value}, {"revision", row.revision}, {"state", row.state}});
  if (routed_by) detail.set("routed_by", routed_by->text());
  store::journal(session, {0, now, first ? "order.new" : "order.changed", news.cause, channel.no, row.id, detail.dump()});
}

Doubts doubts_of(const store::OrderRow& row) {
  Doubts doubts;
  if (const auto* list = row.document.find("doubts")) {
    for (const auto& doubt : list->as_array()) doubts.push_back(doubt.as_string());
  }
  return doubts;
}

/// What the new document contradicts, and what one before it did.
void add_shapes(const store::OrderRow& row, const Order& now, Doubts& doubts) {
  const auto add = [&](const std::string& doubt) {
    if (std::find(doubts.begin(), doubts.end(), doubt) == doubts.end()) doubts.push_back(doubt);
  };
  for (const auto& doubt : doubts_of(row)) {
    if (stays(doubt)) add(doubt);
  }
  for (const auto& doubt : other_shape(platform_order(row), now)) add(doubt);
}

/// Under one trusted time of change an order has one shape. Two readings may cross, so that it turns back once or twice; the third time
/// nobody knows which of them is true.
void add_turns(Session& session, const Channel& channel, const store::OrderRow& row, const Order& now, Doubts& doubts) {
  constexpr std::size_t most_shapes = 8;
  constexpr std::int64_t most_turns = 3;
  const Time changed_at = now.changed_at.value_or(long_ago);
  if (!channel.facts.changed_at_trusted || changed_at == long_ago || changed_at != row.changed_at) return;
  const std::string was = shape_of(platform_order(row)), is = shape_of(now);
  if (was == is) return;
  auto shapes = store::order_shapes(session, row.no).value_or(store::OrderShapes{});
  if (shapes.changed_at != changed_at) shapes = {changed_at, {was}, 0};
  if (std::ranges::find(shapes.seen, is) != shapes.seen.end())
    ++shapes.turns;
  else
    shapes.seen.push_back(is);
  if (shapes.seen.size() > most_shapes) shapes.seen.erase(shapes.seen.begin());
  store::keep_order_shapes(session, row.no, shapes);
  if (shapes.turns >= most_turns && std::ranges::find(doubts, keeps_turning()) == doubts.end()) doubts.push_back(keeps_turning());
}

/// What a document that is not the first may do.
OrderOutcome standing(const store::OrderRow& row, const OrderDocument& document, const Channel& channel, Time changed_at) {
  if (document.body_hash == row.body_hash) return OrderOutcome::same;
  if (row.body_hash.empty() && document.row == row.inbox_row) return OrderOutcome::applied;  // the one it stands by, read again
  const bool trusted = channel.facts.changed_at_trusted && changed_at != long_ago;
  if (!document.fetched) return trusted && changed_at > row.changed_at ? OrderOutcome::applied : OrderOutcome::poke;
  if (document.row < row.inbox_row) return OrderOutcome::same;
  if (trusted && changed_at < row.changed_at) return OrderOutcome::lagging;
  return OrderOutcome::applied;
}

}  // namespace

Result<OrderOutcome> apply_order(Session& session, const World& world, const Channel& channel, const OrderDocument& document,
                                 const StepSeen& step_seen) {
  Json tree = document.tree;
  Doubts doubts = document.doubts;
  name_lines(tree);
  make_readable(tree, doubts);
  auto order = order_from_json(tree);
  if (!order) return order.error();
  if (order->id.empty())
    return error(Fault::invalid, "the document names no order", channel.config.name + ": order", "look at the mapping's @id");
  const Time now = world.clock.now();
  order->platform_state = document.platform_state;
  for (auto& doubt : from_the_future(*order, document.received_at, now)) doubts.push_back(std::move(doubt));
  const Time changed_at = order->changed_at.value_or(long_ago);
  Kept kept;
  auto row = store::find_order(session, channel.no, order->id);
  if (row) {
    const auto outcome = standing(*row, document, channel, changed_at);
    if (outcome != OrderOutcome::applied) return outcome;
    const Order told = platform_order(*row), done = with_tasks(told, store::order_tasks_of(session, row->no));
    kept = keep_known(*order, tree, told, done);
    if (order->lines.size() > tree::most_entries)
      return error(Fault::invalid,
                   "with the lines that had left before they were taken out it has more than " + std::to_string(tree::most_entries),
                   channel.config.name + ": order " + order->id, "look at the order on its channel");
    doubts.insert(doubts.end(), kept.doubts.begin(), kept.doubts.end());
    add_shapes(*row, *order, doubts);
    add_turns(session, channel, *row, *order, doubts);
  }
  const bool first = !row;
  if (first && says_no_state(tree) && !doubts_its_state(doubts)) doubts.push_back(no_state());
  hold_unknown_state(*order, doubts);
  shorten(doubts);
  const Time before_changed_at = row ? row->changed_at : long_ago;
  const std::string before_state = row ? row->state : "";
  const bool took_goods = row && takes_goods(claim_from(row->claim));
  const auto placed_at = order->placed_at;
  if (first) {
    row.emplace();
    row->channel = channel.no;
    row->id = order->id;
    row->accepted_at = now;
    row->resolved = row->claim = row->taken = Json::array();
  }
  ++row->revision;
  row->body_hash = document.body_hash;
  row->inbox_row = document.row;
  row->changed_at = std::max(row->changed_at, changed_at);
  settle(session, world, channel, *row, std::move(*order), doubts,
         {"inbox:" + std::to_string(document.row), first, true, before_changed_at, std::move(kept.lines)}, step_seen, now);
  if (!first) note_told(session, channel, *row, before_state, now);
  if (!took_goods && takes_goods(claim_from(row->claim))) note_taken(session, channel, placed_at, now);
  return OrderOutcome::applied;
}

namespace {

/// Without a new document the platform did nothing that a call in the air would have to know of.
void no_steps(ChannelNo, VariantNo, const OwnStep&) {}

/// The stored order once more, with what has changed around it.
void settle_again(Session& session, const World& world, store::OrderRow row, const std::string& cause, const StepSeen& step_seen,
                  std::vector<ResolvedLine> resolved_before = {}) {
  const auto* channel = world.find(row.channel);
  if (!channel) return;
  const Doubts doubts = doubts_of(row);
  Order order = platform_order(row);
  ++row.revision;
  const Time changed_at = row.changed_at;
  settle(session, world, *channel, row, std::move(order), doubts, {cause, false, false, changed_at, {}, std::move(resolved_before)},
         step_seen, world.clock.now());
}

}  // namespace

void resolve_waiting(Session& session, const World& world, const std::string& sku, const StepSeen& step_seen) {
  for (const auto no : store::orders_waiting_for(session, sku)) {
    if (auto row = store::get_order(session, no)) settle_again(session, world, std::move(*row), "SKU:" + sku, step_seen);
  }
}

Result<void> resolve_all_waiting(const World& world, const StepSeen& step_seen) {
  constexpr std::size_t page = 200;  // a transaction
  std::vector<OrderNo> found;
  OrderNo after;
  do {
    auto written = world.store.write([&](Session& session) -> Result<void> {
      found = store::orders_with_known_skus(session, after, page);
      for (const auto no : found) {
        if (auto row = store::get_order(session, no)) settle_again(session, world, std::move(*row), "catalogue", step_seen);
      }
      return {};
    });
    if (!written) return written;
    if (!found.empty()) after = found.back();
  } while (found.size() == page);
  return {};
}

void reconsider_order(Session& session, const World& world, OrderNo order, const std::string& cause) {
  if (auto row = store::get_order(session, order)) settle_again(session, world, std::move(*row), cause, no_steps);
}

std::map<std::string, std::string> sold_by_line(Session& session, const store::OrderRow& row) {
  std::map<std::string, std::string> sold;
  for (const auto& line : resolved_from(row.resolved)) {
    const auto variant = line.known() ? store::get_variant(session, line.moves()) : std::nullopt;
    if (variant) sold[line.line] = variant->sku;
  }
  return sold;
}

Order named_order(Session& session, const store::OrderRow& row) {
  Order order = platform_order(row);
  const auto sold = sold_by_line(session, row);
  for (auto& line : order.lines) {
    if (const auto sku = sold.find(line.id); sku != sold.end()) line.sku = Sku(sku->second);
  }
  return order;
}

bool sells(const store::OrderRow& row, VariantNo variant) {
  return std::ranges::any_of(resolved_from(row.resolved), [&](const ResolvedLine& line) { return line.moves() == variant; });
}

Order platform_order(const store::OrderRow& row) {
  return order_from(row.document);
}

Result<std::size_t> reroute_order(Session& session, const World& world, OrderNo no, LocationNo location, const std::string& line,
                                  const std::string& author) {
  auto row = store::get_order(session, no);
  const auto* channel = row ? world.find(row->channel) : nullptr;
  if (!channel) return error(Fault::not_found, "there is no such order of a channel that is configured", "order route");
  const Order order = with_tasks(platform_order(*row), store::order_tasks_of(session, no));
  auto lines = resolved_from(row->resolved);
  std::size_t moved = 0;
  for (auto& resolved : lines) {
    if (!line.empty() && resolved.line != line) continue;
    const auto of_order =
        std::find_if(order.lines.begin(), order.lines.end(), [&](const OrderLine& each) { return each.id == resolved.line; });
    if (of_order == order.lines.end() || resolved.parts.empty()) continue;
    const LineCount count = count_of(order, *of_order);
    if (count.shipped > 0 || count.open() == 0) continue;  // goods that left did so from where they lay
    for (auto& part : resolved.parts) {
      if (part.location == location) continue;
      part.location = location;
      ++moved;
    }
  }
  if (moved == 0) return moved;
  row->resolved = to_json(lines);
  settle_again(session, world, std::move(*row), author, no_steps);
  return moved;
}

namespace {

/// By its id, else by the platform's word for what it sells, or by what it moves; without a word the one of which nobody knows what it
/// sells.
Result<std::string> line_meant(Session& session, const store::OrderRow& row, const std::string& word) {
  const Order order = platform_order(row);
  if (!word.empty() && std::ranges::find(order.lines, word, &OrderLine::id) != order.lines.end()) return word;
  const auto sold = sold_by_line(session, row);
  const std::string sku = normal_sku(word).text;
  std::vector<std::string> meant;
  for (const auto& line : order.lines) {
    const auto moves = sold.find(line.id);
    const bool same = normal_sku(line.sku.text).text == sku || (moves != sold.end() && normal_sku(moves->second).text == sku);
    if (word.empty() ? moves == sold.end() : same) meant.push_back(line.id);
  }
  if (meant.size() == 1) return meant.front();
  std::string all;
  for (const auto& line : order.lines) all += (all.empty() ? "" : ", ") + line.id + (line.sku.empty() ? "" : " (" + line.sku.text + ")");
  return error(Fault::invalid,
               word.empty()    ? std::to_string(meant.size()) + " lines of the order are of unknown goods"
               : meant.empty() ? "the order has no line " + word
                               : std::to_string(meant.size()) + " lines of the order are of " + word,
               "order remap", "say which: --line one of " + all);
}

}  // namespace

Result<std::string> remap_line(Session& session, const World& world, OrderNo no, const std::string& word, const std::string& sku,
                               const std::string& author) {
  auto row = store::get_order(session, no);
  if (!row || !world.find(row->channel))
    return error(Fault::not_found, "there is no such order of a channel that is configured", "order remap");
  const auto variant = store::find_variant(session, normal_sku(sku));
  if (!variant) return error(Fault::not_found, "there is no SKU '" + sku + "'", "order remap", "add it with `tallyd import`");
  const auto meant = line_meant(session, *row, word);
  if (!meant) return meant.error();
  auto lines = resolved_from(row->resolved), before = lines;
  const auto line = std::ranges::find(lines, *meant, &ResolvedLine::line);
  ensure(line != lines.end(), "each line was resolved, if to nothing");
  if (line->moves() == variant->no) return *meant;
  const Order order = with_tasks(platform_order(*row), store::order_tasks_of(session, no));
  const auto told = std::ranges::find(order.lines, *meant, &OrderLine::id);
  const bool left = told != order.lines.end() && count_of(order, *told).shipped > 0;  // from where they lay, whatever they are
  const LocationNo from = left && !line->parts.empty() ? line->parts.front().location : LocationNo();
  const auto was = line->known() ? store::get_variant(session, line->moves()) : std::nullopt;
  line->by_hand = variant->no == line->sold ? VariantNo() : variant->no;
  line->parts = parts_of(session, variant->no);
  for (auto& part : line->parts) part.location = from;
  row->resolved = to_json(lines);
  const std::string id = row->id;
  const ChannelNo channel = row->channel;
  settle_again(session, world, std::move(*row), author, no_steps, std::move(before));
  store::journal(session,
                 {0, world.clock.now(), "order.remapped", author, channel, id,
                  Json::object({{"order", no.value}, {"line", *meant}, {"sku", variant->sku}, {"was", was ? was->sku : ""}}).dump()});
  return *meant;
}

Result<std::vector<std::string>> release_order(Session& session, const World& world, OrderNo no, const std::string& author) {
  auto row = store::get_order(session, no);
  ensure(row.has_value(), "an order that was found is there");
  const auto held = platform_order(*row).holds;
  const Time now = world.clock.now();
  if (held.empty()) return error(Fault::rejected, "nothing holds this order", "order release");
  for (const auto& hold : held) store::release_hold(session, no, hold, author, now);
  reconsider_order(session, world, no, author);
  const auto still = platform_order(*store::get_order(session, no)).holds;
  if (still == held)
    return error(Fault::rejected, "it cannot be released: " + still.front(), "order release",
                 "add the SKU, correct the order on its channel, or say what the line sells with `tallyd order remap`");
  Json released = Json::array();
  for (const auto& hold : held) {
    if (more_of(hold) == 0 && std::find(still.begin(), still.end(), hold) == still.end()) released.push_back(hold);
  }
  store::journal(
      session, {0, now, "order.released", author, row->channel, row->id, Json::object({{"order", no.value}, {"holds", released}}).dump()});
  return still;
}

void expire_order(Session& session, const World& world, OrderNo order) {
  auto row = store::get_order(session, order);
  if (row && row->state == "pending" && !world.find(row->channel)) {  // its channel is away: nobody can say what it claims
    store::set_due(session, {"expiry", order.value, world.clock.now() + expiry_asked_again});
    return;
  }
  store::clear_due(session, "expiry", order.value);
  if (!row || row->state != "pending") return;
  row->expired = true;
  store::journal(session, {0, world.clock.now(), "order.expired", "due", row->channel, row->id,
                           Json::object({{"order", order.value}, {"revision", row->revision + 1}}).dump()});
  settle_again(session, world, std::move(*row), "due", no_steps);
}

}  // namespace tally::engine
