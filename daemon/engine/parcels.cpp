#include "engine/parcels.hpp"

#include "engine/order_facts.hpp"
#include "engine/orders.hpp"
#include "engine/stock.hpp"
#include "model/without_people.hpp"
#include "store/buyers.hpp"
#include "store/journal.hpp"
#include "store/order_tasks.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::ParcelRow;
using store::Session;

ParcelState state_of(const ParcelRow& row) {
  const auto state = parcel_state_of(row.state);
  ensure(state.has_value(), "a stored state is one");
  return *state;
}

bool is_done(const Order& order) {
  return order.state == OrderState::completed || order.state == OrderState::cancelled || order.state == OrderState::refunded;
}

bool came_back(const Order& order) {
  return std::any_of(order.refunds.begin(), order.refunds.end(), [](const Refund& refund) {
    return std::any_of(refund.lines.begin(), refund.lines.end(), [](const LineRef& line) { return line.restocked; });
  });
}

/// The first that knows the carrier.
const Channel* tracker_for(const std::vector<std::shared_ptr<Channel>>& trackers, const std::string& carrier) {
  const auto found =
      std::find_if(trackers.begin(), trackers.end(), [&](const auto& tracker) { return tracker->facts.carriers.contains(carrier); });
  return found == trackers.end() ? nullptr : found->get();
}

void give_tracker(ParcelRow& row, const std::vector<std::shared_ptr<Channel>>& trackers, Time now) {
  const auto* tracker = tracker_for(trackers, row.carrier);
  row.channel = tracker ? tracker->no : ChannelNo();
  row.watch = tracker ? "wanted" : "untracked";
  row.tries = 0;
  row.problem = tracker ? "" : trackers.empty() ? "nobody tracks parcels any more" : "no tracker knows the carrier '" + row.carrier + "'";
  // A number that was just made is at its carrier only later: asking at once would be in vain, and lock it for half an hour.
  row.next_due = !tracker ? never : tracker->facts.tells_of_parcels ? now : std::max(now, row.asked_at) + closest_looks;
}

ParcelRow opened(Session& session, const World& world, const Shipment& shipment, Time now) {
  const std::string number = plain_tracking(shipment.tracking);
  if (auto row = store::find_parcel(session, shipment.carrier, number)) {
    const bool came_back = row->watch == "over" && !is_over(state_of(*row)) && store::orders_of_parcel(session, row->no).empty();
    if (!came_back) return *row;
    give_tracker(*row, world.trackers, now);
    store::put_parcel(session, *row);
    return *row;
  }
  ParcelRow row;
  row.carrier = shipment.carrier;
  row.number = number;
  row.state = name_of(ParcelState::unknown);
  row.added_at = now;
  give_tracker(row, world.trackers, now);
  row.no = store::add_parcel(session, row);
  return row;
}

/// The wish first, then what the platform shows: the carrier is in our own word there.
Order whole_order(Session& session, const store::OrderRow& row) {
  return with_tasks(platform_order(row), store::order_tasks_of(session, row.no));
}

std::string order_name(const Order& order) {
  return order.number.empty() ? order.id : order.number;
}

std::string words_for(ParcelState state) {
  switch (state) {
    case ParcelState::problem:
      return "the carrier has a problem with it";
    case ParcelState::refused:
      return "its buyer did not take it";
    case ParcelState::returning:
      return "it is on its way back";
    default:
      return "it is back with its sender";
  }
}

/// The parcels of which the platform says something that nobody of ours hears else.
std::optional<store::ProblemRow> problem_of(const ParcelRow& row, const Order& order, ChannelNo channel, Time now) {
  const ParcelState state = state_of(row);
  const std::string about = "order " + order_name(order) + ", parcel " + name_of(row) + ": ";
  if (is_done(order) || came_back(order)) return std::nullopt;
  const std::string thing = order.id + " " + row.carrier + " " + row.number;
  if (needs_a_person(state))
    return store::ProblemRow{channel,
                             "parcel",
                             thing,
                             about + words_for(state) + " (" + format_iso(row.event_at) + ")",
                             "ask the carrier or the buyer; nothing is put back by itself: when it is here, `tallyd order return " +
                                 order.id + "`, and `tallyd order refund` where money goes back",
                             now};
  if (row.problem.empty() || row.watch == "untracked") return std::nullopt;
  return store::ProblemRow{
      channel,
      "parcel",
      thing,
      about + row.problem,
      row.watch == "over" ? "ask the carrier where it is" : "look whether the carrier and the number are right; it is tried again",
      now};
}

/// Against what is known: later, or of the same moment and further on; the same told again; or what was before.
std::strong_ordering order_of_news(const ParcelRow& row, Time at, ParcelState state) {
  return std::pair(at, state) <=> std::pair(row.event_at, state_of(row));
}

void note_state(Session& session, const ParcelRow& row, const store::OrderRow& order, std::int64_t inbox_row, Time now) {
  store::journal(session, {0, now, "parcel." + row.state, "inbox:" + std::to_string(inbox_row), order.channel, order.id,
                           Json::object({{"parcel", name_of(row)}, {"reason", name_of(row) + ", " + format_iso(row.event_at)}}).dump()});
}

struct Newest {
  Time at = long_ago;
  std::string text;
};

Result<Newest> newest_of(const Json& tree) {
  Newest newest;
  const Json* events = tree.find("events");
  if (!events || !events->is_array()) return newest;
  for (const auto& event : events->as_array()) {
    const auto at = parse_iso(event.text_or("at"));
    if (!at) return error(Fault::invalid, "an event of the parcel has no time", "parcel");
    if (*at <= newest.at) continue;
    newest.at = *at;
    newest.text = event.text_or("text");
  }
  return newest;
}

/// Whether the platform goes on looking after it.
void take_watch(ParcelRow& row, const std::string& watch, Time now) {
  constexpr Duration tried_again{86400000};
  if (is_over(state_of(row)) || watch == "ended") {
    row.watch = "over";
    row.next_due = never;
  } else if (watch == "given_up") {  // "nothing for three days": the number may be wrong, or the carrier slow
    constexpr const char* reason = "its tracker heard nothing of it from the carrier and gave up";
    if (row.watch == "wanted" && row.problem == reason) return;  // told twice
    row.watch = "wanted";
    row.problem = reason;
    row.next_due = now + tried_again;
  } else {
    row.problem.clear();
    row.tries = 0;
    if (row.watch == "followed") row.next_due = now + longest_silence;
    if (row.watch == "over") row.watch = "wanted", row.next_due = std::max(now, row.asked_at + between_looks);  // it was not the end
  }
}

void follow_effects(Session& session, const World& world, const ParcelRow& row, bool moved, std::int64_t inbox_row, Time now) {
  for (const auto no : store::orders_of_parcel(session, row.no)) {
    const auto order = store::get_order(session, no);
    if (!order) continue;
    if (moved) note_state(session, row, *order, inbox_row, now);
    const bool is_there = arrived(session, whole_order(session, *order)), was_there = order->state == name_of(OrderState::completed);
    if (moved && is_there != was_there) reconsider_order(session, world, no, "parcel:" + row.number);
  }
  tell_parcel(session, world, row, now);
}

/// The parcels of orders that were here before their tracker was, the newest first.
Result<void> adopt_parcels(const World& world) {
  constexpr std::size_t page = 200;  // a transaction
  const Time now = world.clock.now();
  OrderNo before;
  for (bool more = true; more;) {
    auto written = world.store.write([&, from = before](Session& session) -> Result<void> {
      const auto rows = store::orders_before(session, std::nullopt, "", from, page);
      more = rows.size() == page;
      for (const auto& row : rows) {
        before = row.no;
        if (row.accepted_at + longest_journey <= now) more = false;
        const bool left = row.state == name_of(OrderState::shipped) || row.state == name_of(OrderState::part_shipped);
        if (left) keep_parcels(session, world, row, whole_order(session, row), now);
      }
      return {};
    });
    if (!written) return written;
  }
  return {};
}

}  // namespace

Error no_channel(const World& world, const std::string& name, const std::string& operation) {
  if (!world.find_any(name)) return error(Fault::not_found, "there is no channel '" + name + "'", operation);
  return error(Fault::not_found, "'" + name + "' tracks parcels and sells nothing", operation,
               "name a channel that sells; `tallyd status` says what it tracks");
}

std::string name_of(const ParcelRow& row) {
  return row.carrier + " " + row.number;
}

void keep_parcels(Session& session, const World& world, const store::OrderRow& row, const Order& order, Time now) {
  const bool tracked = !world.trackers.empty();
  const auto before = store::parcels_of(session, row.no);
  if (!tracked && before.empty()) return;
  std::vector<std::int64_t> parcels;
  for (const auto& shipment : order.shipments) {
    if (shipment.carrier.empty() || plain_tracking(shipment.tracking).empty()) continue;
    const bool known = store::find_parcel(session, shipment.carrier, plain_tracking(shipment.tracking)).has_value();
    const Time left = shipment.at ? *shipment.at : shipment.day.value_or(order.changed_at.value_or(now));
    if (!known && (!tracked || is_done(order) || left + longest_journey <= now)) continue;
    parcels.push_back(opened(session, world, shipment, now).no);
  }
  store::set_parcels_of(session, row.no, parcels);
  for (auto parcel : before) {
    const std::string thing = row.id + " " + parcel.carrier + " " + parcel.number;
    const bool gone = std::find(parcels.begin(), parcels.end(), parcel.no) == parcels.end();
    if (gone || !problem_of(parcel, order, row.channel, now)) store::clear_problem(session, row.channel, "parcel", thing);
    if (!gone || parcel.watch == "over" || !store::orders_of_parcel(session, parcel.no).empty()) continue;
    parcel.watch = "over";  // the channel corrected the number
    parcel.next_due = never;
    store::put_parcel(session, parcel);
  }
}

bool arrived(Session& session, const Order& order) {
  if (order.state != OrderState::shipped || order.shipments.empty()) return false;
  return std::all_of(order.shipments.begin(), order.shipments.end(), [&](const Shipment& shipment) {
    const auto row = store::find_parcel(session, shipment.carrier, plain_tracking(shipment.tracking));
    return row && state_of(*row) == ParcelState::signed_;
  });
}

ParcelStep next_step(ParcelRow& row, const Channel& tracker, Time now) {
  if (row.added_at + longest_journey <= now) {
    row.watch = "over";
    row.next_due = never;
    row.problem = "nobody signed for it in 60 days";
    return ParcelStep::none;
  }
  if (tracker.facts.tells_of_parcels && row.watch == "wanted") return ParcelStep::follow;
  if (row.asked_at + closest_looks > now) {
    row.next_due = row.asked_at + closest_looks;
    return ParcelStep::none;
  }
  row.asked_at = now;
  row.next_due = now + (row.watch == "followed" ? longest_silence : between_looks);
  return ParcelStep::look;
}

Result<void> take_parcel(Session& session, const World& world, const Channel& tracker, const channel::Event& event,
                         std::int64_t inbox_row) {
  const Time now = world.clock.now();
  const std::string number = plain_tracking(event.tree.text_or("tracking")), where = tracker.config.name + ": parcel";
  if (number.empty()) return error(Fault::invalid, "it names no parcel", where, "look at the mapping's `tracking`");
  if (!event.doubts.empty()) return error(Fault::invalid, event.doubts.front(), where, "add the word to the mapping's table");
  const auto rows = store::parcels_numbered(session, tracker.no, number);
  if (rows.empty()) {
    store::journal(session, {0, now, "parcel.unknown", "inbox:" + std::to_string(inbox_row), tracker.no, number,
                             Json::object({{"reason", "no order has this parcel"}}).dump()});
    world.log.info("a parcel that no order has was told of", {{"channel", tracker.config.name}, {"number", number}});
    return {};
  }
  const auto newest = newest_of(event.tree);
  if (!newest) return newest.error();
  if (newest->at > now + furthest_ahead) return error(Fault::invalid, "its newest event is dated " + format_iso(newest->at), where);
  const auto state = parcel_state_of(event.tree.text_or("state")).value_or(ParcelState::unknown);
  for (auto row : rows) {
    const auto news = order_of_news(row, newest->at, newest->at == long_ago ? state_of(row) : state);
    bool moved = false;
    if (news > 0) {
      moved = row.state != name_of(state);
      row.state = name_of(state);
      if (moved) row.since = newest->at;
      row.event_at = newest->at;
      row.event = kept_of(session, row.no, newest->text);
    }
    const std::string watch = event.tree.text_or("watch");
    const bool is_end = watch == "ended" || watch == "given_up";  // may come alone, behind the news that it follows
    if (news > 0 || (news == 0 && is_end)) take_watch(row, watch, now);
    store::put_parcel(session, row);
    follow_effects(session, world, row, moved, inbox_row, now);
  }
  return {};
}

void tell_parcel(Session& session, const World& world, const ParcelRow& row, Time now) {
  for (const auto no : store::orders_of_parcel(session, row.no)) {
    const auto order = store::get_order(session, no);
    if (!order || !world.find(order->channel)) continue;
    if (const auto problem = problem_of(row, whole_order(session, *order), order->channel, now))
      store::set_problem(session, *problem);
    else
      store::clear_problem(session, order->channel, "parcel", order->id + " " + row.carrier + " " + row.number);
  }
}

Result<void> share_out_parcels(const World& world, bool adopt) {
  constexpr std::size_t page = 500;
  const Time now = world.clock.now();
  std::vector<ChannelNo> trackers;
  for (const auto& tracker : world.trackers) trackers.push_back(tracker->no);
  std::int64_t after = 0;
  std::size_t found = 0;
  do {
    auto written = world.store.write([&, from = after](Session& session) -> Result<void> {
      const auto rows = store::parcels_without_tracker(session, trackers, from, page);
      found = rows.size();
      for (auto row : rows) {
        after = row.no;
        give_tracker(row, world.trackers, now);
        store::put_parcel(session, row);
        tell_parcel(session, world, row, now);
      }
      for (const auto& tracker : world.trackers) {
        if (!tracker->facts.tells_of_parcels) store::unfollow_parcels(session, tracker->no, now + closest_looks);
      }
      return {};
    });
    if (!written) return written;
  } while (found == page);
  return adopt ? adopt_parcels(world) : Result<void>();
}

std::string kept_of(Session& session, std::int64_t parcel, const std::string& said) {
  People people;
  for (const auto no : store::orders_of_parcel(session, parcel)) {
    const auto row = store::get_order(session, no);
    if (!row) continue;
    if (row->sealed_by == store::erased_mark) return {};
    const Order order = platform_order(*row);
    const Address& there = order.ship_to;
    for (const auto& name : {there.name, order.buyer.name, there.given_name, there.family_name, there.line1, there.line2,
                             order.buyer.email.substr(0, order.buyer.email.find('@'))})
      people.names.push_back(name);
    for (const auto& phone : {there.phone, order.buyer.phone}) people.phones.push_back(phone);
  }
  return without_people(said, people);
}

Json tree_of_parcel(Session& session, const ParcelRow& row) {
  Json tree = Json::object({{"carrier", row.carrier}, {"tracking", row.number}});
  for (const auto no : store::orders_of_parcel(session, row.no)) {
    const auto order = store::get_order(session, no);
    if (!order) continue;
    const Order sold = platform_order(*order);
    const std::string end = phone_end(sold.ship_to.phone.empty() ? sold.buyer.phone : sold.ship_to.phone);
    if (end.empty()) continue;
    tree.set("phone_end", end);
    break;
  }
  return tree;
}

Json parcels_json(Session& session, const World& world, OrderNo order) {
  Json list = Json::array();
  for (const auto& row : store::parcels_of(session, order)) {
    Json json = Json::object({{"carrier", row.carrier}, {"tracking", row.number}, {"state", row.state}, {"watch", row.watch}});
    if (row.event_at != long_ago) {
      json.set("since", format_iso(row.since));
      json.set("event_at", format_iso(row.event_at));
      json.set("event", row.event);
    }
    if (row.channel.value != 0) json.set("by", world.name_of(row.channel));
    if (!row.problem.empty()) json.set("problem", row.problem);
    list.push_back(std::move(json));
  }
  return list;
}

Json tracker_json(Session& session, const Channel& tracker) {
  Json json = Json::object({{"name", tracker.config.name},
                            {"on_their_way", store::parcels_on_their_way(session, tracker.no)},
                            {"by", tracker.facts.tells_of_parcels ? "telling" : "asking"}});
  if (const std::string trouble = store::trouble_of_tracker(session, tracker.no); !trouble.empty()) json.set("problem", trouble);
  return json;
}

}  // namespace tally::engine
