#include "server/api.hpp"

#include "base/crypto.hpp"
#include "server/query.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace tally::server {
namespace {

constexpr std::string_view root = "/api/v1/";
constexpr std::int64_t longest_list = 1000;

/// One question, taken apart.
struct Call {
  std::string name;  ///< what stands for {} in the address
  Parameters parameters;
  Json body;
  std::string author;
};

struct Endpoint {
  std::string_view method;
  std::string_view path;  ///< behind /api/v1/; "{}" stands for one name
  std::vector<std::string_view> parameters;
  Result<Json> (*ask)(engine::Admin&, const Call&);
};

Result<engine::Query> query_of(const Call& call) {
  const auto limit = number_in(call.parameters, "limit", 100, 1, longest_list);
  if (!limit) return limit.error();
  return engine::Query{.channel = text_in(call.parameters, "channel"),
                       .sku = text_in(call.parameters, "sku"),
                       .state = text_in(call.parameters, "state"),
                       .cursor = text_in(call.parameters, "cursor"),
                       .limit = static_cast<std::size_t>(*limit)};
}

template <Result<Json> (engine::Admin::*list)(const engine::Query&)>
Result<Json> ask_list(engine::Admin& admin, const Call& call) {
  const auto query = query_of(call);
  if (!query) return query.error();
  return (admin.*list)(*query);
}

Result<Json> ask_explain(engine::Admin& admin, const Call& call) {
  const std::string sku = text_in(call.parameters, "sku"), channel = text_in(call.parameters, "channel"),
                    order = text_in(call.parameters, "order"), aspect = text_in(call.parameters, "aspect");
  if (channel.empty() || sku.empty() == order.empty()) return error(Fault::invalid, "explain needs 'channel' and one of 'sku' and 'order'");
  if (order.empty()) return admin.explain(sku, channel, aspect.empty() ? "stock" : aspect);
  if (!aspect.empty()) return error(Fault::invalid, "an order is explained as a whole: it has no 'aspect'");
  return admin.explain_order(order, channel);
}

Result<EventsQuery> events_in(const Parameters& parameters) {
  const auto after = number_in(parameters, "cursor", 0, 0, std::numeric_limits<std::int64_t>::max());
  if (!after) return after.error();
  const auto limit = number_in(parameters, "limit", 100, 1, longest_list);
  if (!limit) return limit.error();
  return EventsQuery{.after = *after, .limit = static_cast<std::size_t>(*limit)};
}

Result<Json> ask_events(engine::Admin& admin, const Call& call) {
  const auto query = events_in(call.parameters);
  if (!query) return query.error();
  return admin.events(query->after, query->limit);
}

const std::vector<Endpoint>& endpoints() {
  using engine::Admin;
  static const std::vector<Endpoint> table = {
      {"GET", "channels", {}, [](Admin& admin, const Call&) { return admin.channels(); }},
      {"GET", "products", {"sku", "cursor", "limit"}, ask_list<&Admin::products>},
      {"GET", "offers", {"channel", "sku", "state", "cursor", "limit"}, ask_list<&Admin::offers>},
      {"GET", "orders", {"channel", "sku", "state", "cursor", "limit"}, ask_list<&Admin::orders>},
      {"GET",
       "orders/{}",
       {"channel"},
       [](Admin& admin, const Call& call) { return admin.order(text_in(call.parameters, "channel"), call.name); }},
      {"GET", "plan", {"channel"}, [](Admin& admin, const Call& call) { return admin.plan(text_in(call.parameters, "channel")); }},
      {"GET", "events", {"cursor", "limit"}, ask_events},
      {"GET", "status", {}, [](Admin& admin, const Call&) { return admin.status(); }},
      {"GET", "explain", {"sku", "channel", "aspect", "order"}, ask_explain},
      {"POST", "import", {}, [](Admin& admin, const Call& call) { return admin.import(call.body, call.author); }},
      {"POST", "stock", {}, [](Admin& admin, const Call& call) { return admin.move_stock(call.body, call.author); }},
      {"POST",
       "stock/reverse",
       {},
       [](Admin& admin, const Call& call) { return admin.reverse_stock(call.body.text_or("cause"), call.author); }},
      {"POST", "stock/quotas", {}, [](Admin& admin, const Call& call) { return admin.set_quota(call.body, call.author); }},
      {"POST", "stock/route", {}, [](Admin& admin, const Call& call) { return admin.route_order(call.body, call.author); }},
      {"GET", "stock/rules", {}, [](Admin& admin, const Call&) { return admin.stock_rules(); }},
      {"GET", "stock/oversells", {"limit"}, ask_list<&Admin::oversells>},
      {"POST", "orders/find", {}, [](Admin& admin, const Call& call) { return admin.find_orders(call.body.text_or("buyer")); }},
      {"POST",
       "orders/{}/reveal",
       {},
       [](Admin& admin, const Call& call) { return admin.reveal_order(call.body.text_or("channel"), call.name, call.author); }},
      {"POST", "privacy/erase", {}, [](Admin& admin, const Call& call) { return admin.erase(call.body, call.author); }},
      {"POST", "orders/release", {}, [](Admin& admin, const Call& call) { return admin.release_order(call.body, call.author); }},
      {"POST", "orders/remap", {}, [](Admin& admin, const Call& call) { return admin.remap_order(call.body, call.author); }},
      {"POST", "order-tasks", {}, [](Admin& admin, const Call& call) { return admin.do_order(call.body, call.author); }},
      {"POST",
       "order-tasks/{}/retry",
       {},
       [](Admin& admin, const Call& call) { return admin.decide_order_task(call.name, "retry", call.author); }},
      {"POST",
       "order-tasks/{}/drop",
       {},
       [](Admin& admin, const Call& call) { return admin.decide_order_task(call.name, "drop", call.author); }},
      {"GET", "pins", {"channel", "cursor", "limit"}, ask_list<&Admin::pins>},
      {"POST", "pins", {}, [](Admin& admin, const Call& call) { return admin.pin(call.body, call.author); }},
      {"POST", "pins/clear", {}, [](Admin& admin, const Call& call) { return admin.unpin(call.body, call.author); }},
      {"POST", "undo", {}, [](Admin& admin, const Call& call) { return admin.undo(call.body, call.author); }},
      {"POST", "plan/apply", {}, [](Admin& admin, const Call& call) { return admin.apply_plan(call.body, call.author); }},
      {"POST", "sync", {}, [](Admin& admin, const Call& call) { return admin.sync(call.body.text_or("channel"), call.author); }},
      {"POST", "reload", {}, [](Admin& admin, const Call& call) { return admin.reload(call.author); }},
      {"POST", "channels/{}/release", {}, [](Admin& admin, const Call& call) { return admin.release_channel(call.name, call.author); }},
      {"POST", "holds/{}/release", {}, [](Admin& admin, const Call& call) { return admin.release(call.name, call.author); }},
      {"POST", "inbox/replay", {}, [](Admin& admin, const Call& call) { return admin.replay(call.body, call.author); }},
      {"POST", "inbox/{}/discard", {}, [](Admin& admin, const Call& call) { return admin.discard_row(call.name, call.author); }},
      {"POST", "holds/{}/discard", {}, [](Admin& admin, const Call& call) { return admin.discard(call.name, call.author); }},
  };
  return table;
}

/// Whether `path` is `pattern`; `name` becomes what stands for {}.
bool matches(std::string_view pattern, std::string_view path, std::string_view& name) {
  const std::size_t hole = pattern.find("{}");
  if (hole == std::string_view::npos) return pattern == path;
  const std::string_view before = pattern.substr(0, hole), behind = pattern.substr(hole + 2);
  if (path.size() <= before.size() + behind.size() || !path.starts_with(before) || !path.ends_with(behind)) return false;
  name = path.substr(before.size(), path.size() - before.size() - behind.size());
  return name.find('/') == std::string_view::npos;
}

Result<Call> call_of(const Endpoint& endpoint, std::string_view name, const Request& request) {
  Call call;
  call.author = request.caller.author;
  const auto decoded = crypto::url_decode(name);
  if (!decoded) return decoded.error();
  call.name = *decoded;
  auto parameters = parse_query(request.query, endpoint.parameters);
  if (!parameters) return parameters.error();
  call.parameters = std::move(*parameters);
  if (request.body.empty()) {
    call.body = Json::object();
    return call;
  }
  auto body = Json::parse(request.body);
  if (!body) return error(Fault::invalid, "the body is not JSON: " + body.error().what);
  if (!body->is_object()) return error(Fault::invalid, "the body must be a JSON object");
  call.body = std::move(*body);
  return call;
}

}  // namespace

std::optional<Answer> refuse_address(std::string_view method, std::string_view path) {
  std::string allow;
  if (path.starts_with(root)) {
    for (const Endpoint& endpoint : endpoints()) {
      std::string_view name;
      if (!matches(endpoint.path, path.substr(root.size()), name)) continue;
      if (endpoint.method == method) return std::nullopt;
      allow = endpoint.method;
    }
  }
  if (!allow.empty()) return wrong_method(allow);
  return problem(404, Fault::not_found, "the API has nothing at this address");
}

Answer answer_api(engine::Admin& admin, const Request& request) {
  for (const Endpoint& endpoint : endpoints()) {
    std::string_view name;
    if (endpoint.method != request.method || !matches(endpoint.path, std::string_view(request.path).substr(root.size()), name)) continue;
    const auto call = call_of(endpoint, name, request);
    if (!call) return problem(call.error());
    const auto result = endpoint.ask(admin, *call);
    if (!result) return problem(result.error());
    return Answer{.status = 200, .content_type = "application/json", .body = result->dump() + "\n", .fields = {}};
  }
  return *refuse_address(request.method, request.path);
}

Result<EventsQuery> events_query(const Request& request) {
  auto parameters = parse_query(request.query, {"cursor", "limit"});
  if (!parameters) return parameters.error();
  if (const auto last = request.headers.find("last-event-id"); last != request.headers.end()) (*parameters)["cursor"] = last->second;
  return events_in(*parameters);
}

}  // namespace tally::server
