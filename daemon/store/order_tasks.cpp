#include "store/order_tasks.hpp"

#include "store/session.hpp"

namespace tally::store {
namespace {

constexpr const char* columns =
    "t.task_no, t.order_no, t.channel_no, t.kind, t.state, t.document, t.remote, t.ticket, t.reason, t.author, t.at, t.sent_at, t.next_at, "
    "t.read_at, t.read_row";

struct Bound {
  Int no = 0, order = 0, channel = 0, at = 0, sent = 0, next = 0, read = 0, row_no = 0;
  std::string kind, state, document, remote, ticket, reason, author;

  template <class Prepared>
  auto& bind(Prepared& st) {
    return st, into(no), into(order), into(channel), into(kind), into(state), into(document), into(remote), into(ticket), into(reason),
           into(author), into(at), into(sent), into(next), into(read), into(row_no);
  }
  OrderTask row() const {
    auto tree = Json::parse(document);
    ensure(tree.has_value(), "a stored wish is JSON");
    OrderTask task;
    task.no = no, task.order = OrderNo(order), task.channel = ChannelNo(channel);
    task.kind = kind, task.state = state, task.document = std::move(*tree);
    task.remote = remote, task.ticket = ticket, task.reason = reason, task.author = author;
    task.at = from_ms(at), task.sent_at = from_ms(sent), task.next_at = from_ms(next), task.read_at = from_ms(read);
    task.read_row = row_no;
    return task;
  }
};

std::vector<OrderTask> rows_of(soci::statement& st, Bound& bound) {
  std::vector<OrderTask> rows;
  st.execute();
  while (st.fetch()) rows.push_back(bound.row());
  return rows;
}

}  // namespace

std::int64_t add_order_task(Session& session, const OrderTask& task) {
  session.stirred.insert(task.channel.value);
  Int order = task.order.value, channel = task.channel.value, at = to_ms(task.at), sent = to_ms(task.sent_at), next = to_ms(task.next_at),
      read = to_ms(task.read_at), row = task.read_row, no = 0;
  std::string document = task.document.dump();
  session.sql
      << "INSERT INTO order_task (order_no, channel_no, kind, state, document, remote, ticket, reason, author, at, sent_at, "
         "next_at, read_at, read_row) VALUES (:o, :c, :k, :s, :d, :m, :t, :r, :a, :at, :sent, :next, :read, :row) RETURNING task_no",
      use(order), use(channel), use(task.kind), use(task.state), use(document), use(task.remote), use(task.ticket), use(task.reason),
      use(task.author), use(at), use(sent), use(next), use(read), use(row), into(no);
  return no;
}

void put_order_task(Session& session, const OrderTask& task) {
  session.stirred.insert(task.channel.value);
  Int no = task.no, sent = to_ms(task.sent_at), next = to_ms(task.next_at), read = to_ms(task.read_at), row = task.read_row;
  std::string document = task.document.dump();
  session.sql << "UPDATE order_task SET state = :s, document = :d, remote = :m, ticket = :t, reason = :r, sent_at = :sent, "
                 "next_at = :next, read_at = :read, read_row = :row WHERE task_no = :n",
      use(task.state), use(document), use(task.remote), use(task.ticket), use(task.reason), use(sent), use(next), use(read), use(row),
      use(no);
}

std::optional<OrderTask> get_order_task(Session& session, std::int64_t no) {
  Bound bound;
  Int key = no;
  auto prepared = session.sql.prepare << std::string("SELECT ") + columns + " FROM order_task t WHERE t.task_no = :n";
  prepared, use(key);
  soci::statement st(bound.bind(prepared));
  auto rows = rows_of(st, bound);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::vector<OrderTask> order_tasks_of(Session& session, OrderNo order) {
  Bound bound;
  Int no = order.value;
  auto prepared = session.sql.prepare << std::string("SELECT ") + columns + " FROM order_task t WHERE t.order_no = :o ORDER BY t.task_no";
  prepared, use(no);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::vector<OrderTask> due_order_tasks(Session& session, ChannelNo channel, const std::string& kind, Time now, std::size_t limit) {
  Bound bound;
  Int c = channel.value, t = to_ms(now), most = static_cast<Int>(limit);
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + columns +
                                 " FROM order_task t WHERE t.channel_no = :c AND t.state = 'open' AND t.next_at <= :t AND (:k = '' OR "
                                 "t.kind = :k2) AND NOT EXISTS (SELECT 1 FROM order_task e WHERE e.order_no = t.order_no AND "
                                 "e.task_no < t.task_no AND e.state IN ('open', 'sent', 'in_doubt')) ORDER BY t.task_no LIMIT :l";
  prepared, use(c), use(t), use(kind), use(kind), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::vector<OrderTask> doubtful_order_tasks(Session& session, ChannelNo channel, std::size_t limit) {
  Bound bound;
  Int c = channel.value, most = static_cast<Int>(limit);
  auto prepared =
      session.sql.prepare << std::string("SELECT ") + columns +
                                 " FROM order_task t WHERE t.channel_no = :c AND t.state = 'in_doubt' ORDER BY t.task_no LIMIT :l";
  prepared, use(c), use(most);
  soci::statement st(bound.bind(prepared));
  return rows_of(st, bound);
}

std::optional<Time> next_order_task(Session& session, ChannelNo channel) {
  Int c = channel.value, at = 0, count = 0;
  session.sql << "SELECT COALESCE(MIN(next_at), 0), COUNT(*) FROM order_task WHERE channel_no = :c AND state IN ('open', 'in_doubt')",
      use(c), into(at), into(count);
  if (count == 0) return std::nullopt;
  return from_ms(at);
}

void note_order_read(Session& session, ChannelNo channel, const std::string& order_id, Time began, std::int64_t row) {
  Int c = channel.value, at = to_ms(began), last = row;
  session.sql << "UPDATE order_task SET read_at = :a, read_row = :r WHERE channel_no = :c AND state = 'in_doubt' AND order_no = "
                 "(SELECT order_no FROM orders WHERE channel_no = :c2 AND id = :i)",
      use(at), use(last), use(c), use(c), use(order_id);
}

}  // namespace tally::store
