// What the merchant did with orders, told to their channel: parcels, cancellations, refunds. Each is written down before it leaves, and
// sent again only when a reading of the order that began after it must have landed does not show it.
#include "engine/lane.hpp"
#include "engine/order_facts.hpp"
#include "engine/orders.hpp"
#include "engine/retry_policy.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::OrderTask;
using store::Session;

constexpr std::size_t tasks_a_turn = 16;
constexpr Duration ask_again{60000};  ///< for an order that could not be read

channel::ActionKind action_of(const OrderTask& task) {
  if (task.kind == "ship") return channel::ActionKind::confirm_shipment;
  return task.kind == "cancel" ? channel::ActionKind::cancel_order : channel::ActionKind::refund;
}

void note(Session& session, const OrderTask& task, const std::string& order, const std::string& what, const std::string& reason, Time now) {
  Json detail = Json::object({{"task", task.no}});
  if (!reason.empty()) detail.set("reason", reason);
  store::journal(session,
                 {0, now, task.kind + "." + what, "order:" + std::to_string(task.order.value), task.channel, order, detail.dump()});
}

}  // namespace

Result<std::optional<Call>> Lane::next_parcel() {
  if (!channel_->may_write()) return std::optional<Call>();
  if (auto settled = settle_doubtful_tasks(); !settled) return settled.error();
  return next_order_task("", false);
}

/// Nothing: it is not to be sent any more.
std::optional<Lane::Decision> Lane::decide_order_task(Session& session, OrderTask& task) {
  const Time now = world_.clock.now();
  const auto row = store::get_order(session, task.order);
  ensure(row.has_value(), "a wish is about an order that we have");
  const Order theirs = platform_order(*row);
  if (shows(theirs, task)) {
    task.state = "confirmed";
    store::put_order_task(session, task);
    note(session, task, row->id, "confirmed", "", now);
    return std::nullopt;
  }
  const Order order = with_tasks(theirs, store::order_tasks_of(session, task.order), task.no);
  Decision decision;
  auto& intent = decision.intent;
  intent.channel = channel_->no;
  intent.aspect = "order";
  intent.thing = task.no;
  intent.cause = "order:" + std::to_string(task.order.value);
  intent.committed_at = now;
  intent.no = store::add_intent(session, intent);
  auto& change = decision.change;
  change.key = std::to_string(intent.no.value);
  change.action = action_of(task);
  change.fields = with_whole_lines(task.document, order);
  change.fields.set("key", change.key);
  change.fields.set("order", tree_for_connector(order));
  if (!task.ticket.empty()) {
    auto ticket = Json::parse(task.ticket);
    ensure(ticket.has_value(), "a stored ticket is JSON");
    change.ticket = std::move(*ticket);
  }
  task.state = "sent";
  task.sent_at = now;
  store::put_order_task(session, task);
  return decision;
}

Result<std::optional<Call>> Lane::next_order_task(const std::string& kind, bool urgent) {
  const Time now = world_.clock.now();
  std::vector<OrderTask> due;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    due = store::due_order_tasks(session, channel_->no, kind, now, tasks_a_turn);
    return {};
  });
  if (!read) return read.error();
  for (auto& task : due) {
    const bool is_cancel = task.kind == "cancel";
    if (closed_until(channel::name_of(action_of(task)), is_cancel)) continue;
    std::optional<Decision> decision;
    auto written = world_.store.write([&](Session& session) -> Result<void> {
      OrderTask fresh = task;  // the work may run twice
      decision = decide_order_task(session, fresh);
      return {};
    });
    if (!written) return written.error();
    if (!decision) continue;
    busy_.insert({"order", task.no});
    Call call = make(Call::Kind::push, urgent);
    decision->change.urgent = is_cancel;
    call.changes.push_back(std::move(decision->change));
    call.intents.push_back(std::move(decision->intent));
    call.marks.emplace_back();
    return std::optional<Call>(std::move(call));
  }
  return std::optional<Call>();
}

Result<void> Lane::settle_doubtful_tasks() {
  const Time now = world_.clock.now();
  std::vector<OrderTask> doubtful;
  std::int64_t applied = 0;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    doubtful = store::doubtful_order_tasks(session, channel_->no, tasks_a_turn);
    if (!doubtful.empty()) applied = store::applied_through(session, channel_->no);
    return {};
  });
  if (!read) return read;
  std::erase_if(doubtful, [&](const OrderTask& task) {
    const bool told = task.read_at >= task.sent_at + channel_->facts.settle;
    return told ? applied < task.read_row : task.next_at > now;
  });
  if (doubtful.empty()) return {};
  return world_.store.write([&](Session& session) -> Result<void> {
    for (const auto& each : doubtful) {
      OrderTask task = each;
      settle_doubtful_task(session, task);
    }
    return {};
  });
}

/// Asks for the order once the write must have landed; when it has been read since, what it shows is what happened.
void Lane::settle_doubtful_task(Session& session, OrderTask& task) {
  const Time now = world_.clock.now();
  const auto row = store::get_order(session, task.order);
  ensure(row.has_value(), "a wish is about an order that we have");
  if (task.read_at < task.sent_at + channel_->facts.settle) {
    store::add_poke(session, channel_->no, "order", row->id, now);
    task.next_at = now + ask_again;
    return store::put_order_task(session, task);
  }
  const bool there = shows(platform_order(*row), task);
  task.state = there ? "confirmed" : "open";
  task.reason.clear();
  task.next_at = now;
  store::put_order_task(session, task);
  note(session, task, row->id, there ? "confirmed" : "absent", "", now);
}

void Lane::doubt_order_task(Session& session, const store::Intent& intent, const std::string& why) {
  auto task = store::get_order_task(session, intent.thing);
  ensure(task.has_value(), "an intent is about a wish that we have");
  if (task->state != "sent") return;  // dropped or shown by the order meanwhile
  task->state = "in_doubt";
  task->reason = why;
  task->sent_at = intent.committed_at;
  task->next_at = intent.committed_at + channel_->facts.settle;
  store::put_order_task(session, *task);
  const auto row = store::get_order(session, task->order);
  note(session, *task, row ? row->id : "", "unanswered", why, world_.clock.now());
}

Result<void> Lane::finish_order_task(Session& session, const store::Intent& intent, const Result<channel::Applied>& result) {
  const Time now = world_.clock.now();
  auto task = store::get_order_task(session, intent.thing);
  ensure(task.has_value(), "an intent is about a wish that we have");
  const auto row = store::get_order(session, task->order);
  ensure(row.has_value(), "a wish is about an order that we have");
  if (!result) {
    order_task_failed(session, intent, *task, result.error());
    return {};
  }
  if (const Json* id = result->learned.find("@id")) task->remote = id->scalar_text();
  task->reason.clear();
  if (result->ticket) {
    store::finish_intent(session, intent.no, "waiting", "", now);
    task->ticket = result->ticket->dump();
    task->state = "open";
    task->next_at = result->again_at.value_or(now + ask_again);
    store::put_order_task(session, *task);
    return {};
  }
  store::finish_intent(session, intent.no, "confirmed", "", now);
  task->state = "confirmed";
  task->ticket.clear();
  store::put_order_task(session, *task);
  store::clear_problem(session, channel_->no, "task", std::to_string(task->no));
  store::add_poke(session, channel_->no, "order", row->id, now + channel_->facts.read_after_write);  // what the channel made of it
  note(session, *task, row->id, "confirmed", "", now);
  return {};
}

void Lane::order_task_failed(Session& session, const store::Intent& intent, OrderTask& task, const Error& error) {
  const Time now = world_.clock.now();
  const auto row = store::get_order(session, task.order);
  switch (react(error.fault).change) {
    case Reaction::Change::look:
      return outcome_unknown(session, intent, error.text());
    case Reaction::Change::retry:
    case Reaction::Change::wait:
      store::finish_intent(session, intent.no, "retry", error.text(), now);
      task.state = "open";
      task.reason = error.text();
      task.next_at = react(error.fault).change == Reaction::Change::wait ? now + error.retry_after.value_or(ask_again) : now;
      return store::put_order_task(session, task);
    case Reaction::Change::park:
    case Reaction::Change::drop_binding:
      store::finish_intent(session, intent.no, "refused", error.text(), now);
      task.state = "refused";
      task.reason = error.text();
      task.ticket.clear();
      store::put_order_task(session, task);
      store::set_problem(
          session,
          {channel_->no, "task", std::to_string(task.no), "order " + row->id + ", " + task.kind + ": " + error.text(),
           "correct it, then `tallyd order retry " + std::to_string(task.no) + "`, or `tallyd order drop " + std::to_string(task.no) + "`",
           now});
      store::add_poke(session, channel_->no, "order", row->id, now);  // perhaps it is there already
      note(session, task, row->id, "refused", error.text(), now);
      return reconsider_order(session, world_, task.order, "task:" + std::to_string(task.no));
  }
}

}  // namespace tally::engine
