// What a person asks to be done with an order, and what became of it. Doing runs on the engine's thread.
#include "engine/engine.hpp"
#include "engine/nonsense.hpp"
#include "engine/order_facts.hpp"
#include "engine/order_wish.hpp"
#include "engine/orders.hpp"
#include "engine/parcels.hpp"
#include "model/privacy.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

Json task_json(const store::OrderTask& task) {
  Json json = Json::object({{"task", task.no}, {"kind", task.kind}, {"state", task.state}, {"at", format_iso(task.at)}});
  json.set("by", task.author);
  if (!task.reason.empty()) json.set("reason", task.reason);
  if (!task.remote.empty()) json.set("id", task.remote);
  for (const auto& [name, value] : task.document.as_object()) {
    if (name != "at" && name != "mark" && name != "reason") json.set(name, value);
  }
  if (const std::string reason = task.document.text_or("reason"); !reason.empty()) json.set("for", reason);
  return json;
}

/// `said`: the platform's own word for what the line sells. What has not left a refunded order will not leave.
Json line_json(const Order& order, const OrderLine& line, const std::string& said) {
  const LineCount count = count_of(order, line);
  const Quantity called_off = order.state == OrderState::refunded ? count.open() : 0;
  Json json = Json::object({{"line", line.id},
                            {"sku", line.sku.text},
                            {"quantity", line.quantity},
                            {"open", count.open() - called_off},
                            {"shipped", count.shipped},
                            {"cancelled", count.cancelled + called_off},
                            {"returned", count.returned}});
  if (!said.empty() && normal_sku(said).text != normal_sku(line.sku.text).text) json.set("said", said);
  return json;
}

/// The buyer in it is masked.
Json order_json(Session& session, const World& world, const store::OrderRow& row) {
  const auto tasks = store::order_tasks_of(session, row.no);
  const Order order = with_tasks(named_order(session, row), tasks);
  Json tree = to_json(order), lines = Json::array(), done = Json::array();
  const auto said = platform_order(row).lines;
  for (std::size_t i = 0; i < order.lines.size(); ++i) lines.push_back(line_json(order, order.lines[i], said[i].sku.text));
  for (const auto& task : tasks) done.push_back(task_json(task));
  Json json = Json::object({{"channel", world.name_of(row.channel)}, {"id", row.id}, {"number", order.number}, {"state", row.state}});
  if (!order.platform_state.empty()) json.set("platform_state", order.platform_state);
  if (row.document.find("total")) json.set("total", total_as_said(row.document));
  json.set("revision", row.revision);
  json.set("lines", std::move(lines));
  for (const auto* list : {"shipments", "refunds", "after_sales", "holds"})
    json.set(list, tree.find(list) ? *tree.find(list) : Json::array());
  json.set("tasks", std::move(done));
  if (Json parcels = parcels_json(session, world, row.no); !parcels.empty()) json.set("parcels", std::move(parcels));
  const Json person = person_of(tree, false);
  for (const auto& [part, value] : person.as_object()) json.set(part, value);
  for (const auto* moment : {"placed_at", "paid_at", "cancelled_at", "changed_at"}) {
    if (const Json* at = tree.find(moment)) json.set(moment, *at);
  }
  return json;
}

/// The platform's own word for what one line sells is understood, too, where no line moves a SKU of that name.
Json with_lines_named(Json wish, const Order& told, const Order& named) {
  Json* lines = wish.find("lines");
  if (!lines || !lines->is_array()) return wish;
  for (auto& wanted : lines->as_array()) {
    if (!wanted.is_object() || wanted.find("line") || wanted.text_or("sku").empty()) continue;
    const std::string word = normal_sku(wanted.text_or("sku")).text;
    const auto says = [&](const OrderLine& line) { return normal_sku(line.sku.text).text == word; };
    if (std::ranges::any_of(named.lines, says) || std::ranges::count_if(told.lines, says) != 1) continue;
    wanted.set("line", std::ranges::find_if(told.lines, says)->id);
  }
  return wish;
}

/// An order that a person is to look at first is not sent, whatever holds it.
Error kept_back(const Order& order, const Channel& channel) {
  std::string why;
  for (const auto& hold : order.holds) why += (why.empty() ? "" : "; ") + hold;
  return error(Fault::held, "the order is held: " + why, "order ship", way_out(order.holds, channel.config.name, order.id));
}

/// What becomes of a task that waits for a person. Errors: rejected.
Result<void> decide(store::OrderTask& task, const std::string& verb) {
  if (verb == "retry") {
    if (task.state != "refused") return error(Fault::rejected, "it was not refused: it is " + task.state, "order retry");
    task.state = "open";
    return {};
  }
  const bool may = task.state == "refused" || task.state == "open" || task.state == "done";
  if (!may) return error(Fault::rejected, "it is " + task.state + ": the channel may have taken it", "order drop", "undo it there");
  task.state = "dropped";
  return {};
}

}  // namespace

Result<store::OrderRow> find_named(Session& session, const World& world, const std::string& channel, const std::string& id) {
  std::optional<store::OrderRow> found;
  for (const auto& each : world.channels) {
    if (!channel.empty() && each->config.name != channel) continue;
    auto row = store::find_order(session, each->no, id);
    if (!row) continue;
    if (found) return error(Fault::invalid, "several channels have an order " + id, "order", "say which: --channel NAME");
    found = std::move(row);
  }
  if (found) return std::move(*found);
  if (!channel.empty() && !world.find(channel)) return no_channel(world, channel, "order");
  return error(Fault::not_found, "there is no order '" + id + "'" + (channel.empty() ? "" : " of " + channel), "order",
               "`tallyd order list` shows their ids");
}

Result<Json> Engine::order(const std::string& channel, const std::string& id) {
  auto& world = core_.world();
  const std::shared_lock guard(world.mutex);
  Result<Json> answer = Json();
  auto read = world.store.read([&](Session& session) -> Result<void> {
    const auto row = find_named(session, world, channel, id);
    if (!row) return row.error();
    answer = order_json(session, world, *row);
    return {};
  });
  if (!read) return read.error();
  return answer;
}

Result<Json> Engine::do_order(const Json& wish, const std::string& author) {
  return ask([this, wish, author]() -> Result<Json> {
    auto& world = core_.world();
    const Time now = world.clock.now();
    Result<Json> answer = Json();
    auto written = world.store.write([&](Session& session) -> Result<void> {
      const Json* id = wish.find("order");
      auto row = find_named(session, world, wish.text_or("channel"), id ? id->scalar_text() : "");
      if (!row) return row.error();
      const auto* channel = world.find(row->channel);
      ensure(channel != nullptr, "the order was found on a channel of ours");
      const Order order = with_tasks(named_order(session, *row), store::order_tasks_of(session, row->no));
      if (wish.text_or("kind") == "ship" && !order.holds.empty()) return kept_back(order, *channel);
      auto task = task_of(with_lines_named(wish, platform_order(*row), order), order, *channel, now);
      if (!task) return task.error();
      task->order = row->no;
      task->channel = row->channel;
      task->author = author;
      task->at = now;
      task->no = store::add_order_task(session, *task);
      if (task->kind != "cancel") {
        task->document.set("mark", "tallyd-" + std::to_string(task->no) + "-" + std::to_string(to_ms(now)));
        store::put_order_task(session, *task);
      }
      store::journal(session, {0, now, task->kind + ".wished", author, row->channel, row->id,
                               Json::object({{"task", task->no}, {"order", row->no.value}}).dump()});
      reconsider_order(session, world, row->no, author);
      answer = order_json(session, world, *store::get_order(session, row->no));
      answer->set("task", task->no);
      if (task->kind == "cancel" && order.state != OrderState::pending && !channel->facts.refunds_only_asked)
        answer->set("todo", "no money goes back by this, unless " + channel->config.name + " pays back by itself: `tallyd order refund " +
                                order.id + " --channel " + channel->config.name + "`");
      return {};
    });
    if (!written) return written.error();
    return answer;
  });
}

Result<Json> Engine::change_order(const Json& wish, const std::function<Result<void>(Session&, OrderNo)>& change) {
  return ask([this, wish, change]() -> Result<Json> {
    auto& world = core_.world();
    Result<Json> answer = Json();
    auto written = world.store.write([&](Session& session) -> Result<void> {
      const auto row = find_named(session, world, wish.text_or("channel"), wish.text_or("order"));
      if (!row) return row.error();
      if (auto done = change(session, row->no); !done) return done;
      answer = order_json(session, world, *store::get_order(session, row->no));
      return {};
    });
    if (!written) return written.error();
    return answer;
  });
}

Result<Json> Engine::release_order(const Json& wish, const std::string& author) {
  return change_order(wish, [this, author](Session& session, OrderNo no) -> Result<void> {
    const auto still = engine::release_order(session, core_.world(), no, author);
    return still ? Result<void>() : Result<void>(still.error());
  });
}

Result<Json> Engine::remap_order(const Json& wish, const std::string& author) {
  const Json *line = wish.find("line"), *sku = wish.find("sku");
  if ((line && (line->is_object() || line->is_array())) || !sku || sku->scalar_text().empty())
    return error(Fault::invalid, "{order, channel, line, sku}: a line is its id or its SKU, and a SKU is named", "order remap");
  return change_order(
      wish, [this, author, line = line ? line->scalar_text() : "", sku = sku->scalar_text()](Session& session, OrderNo no) -> Result<void> {
        const auto done = remap_line(session, core_.world(), no, line, sku, author);
        return done ? Result<void>() : Result<void>(done.error());
      });
}

Result<Json> Engine::decide_order_task(const std::string& number, const std::string& verb, const std::string& author) {
  return ask([this, number, verb, author]() -> Result<Json> {
    auto& world = core_.world();
    const Time now = world.clock.now();
    const auto no = Json(number).integer();
    Result<Json> answer = Json();
    auto written = world.store.write([&](Session& session) -> Result<void> {
      auto task = no ? store::get_order_task(session, *no) : std::nullopt;
      if (!task || !world.find(task->channel))
        return error(Fault::not_found, "there is no task " + number, "order " + verb, "`tallyd order show` lists an order's");
      if (auto done = decide(*task, verb); !done) return done;
      task->reason.clear();
      task->next_at = now;
      store::put_order_task(session, *task);
      store::clear_problem(session, task->channel, "task", number);
      const auto row = store::get_order(session, task->order);
      store::journal(session, {0, now, task->kind + "." + task->state, author, task->channel, row ? row->id : "",
                               Json::object({{"task", task->no}}).dump()});
      reconsider_order(session, world, task->order, author);
      answer = task_json(*task);
      return {};
    });
    if (!written) return written.error();
    return answer;
  });
}

}  // namespace tally::engine
