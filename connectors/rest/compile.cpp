#include "connectors/rest/compile.hpp"

#include <array>

namespace tally::rest {
namespace {

struct Action {
  const char* name;
  const char* document;  ///< of the model: what its holes may speak of
};
constexpr std::array<Action, 7> actions{{{"put_listing", "listing"},
                                         {"retire_listing", "listing"},
                                         {"set_price", "price"},
                                         {"set_stock", "stock"},
                                         {"confirm_shipment", "shipment"},
                                         {"cancel_order", "cancel"},
                                         {"refund", "refund"}}};
constexpr std::array<const char*, 6> readings{"read_listings", "read_listing",       "read_stock",
                                              "read_orders",   "read_placed_orders", "read_order"};

Limits compile_limits(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`limits`", compiling.complaints);
  Limits limits;
  limits.concurrency = static_cast<unsigned>(reader.integer("concurrency", 1, 64).value_or(limits.concurrency));
  limits.per_second = static_cast<unsigned>(reader.integer("per_second", 1, 10'000).value_or(0));
  limits.deadline = reader.duration("deadline").value_or(limits.deadline);
  if (limits.deadline > Duration(20000)) reader.complain("deadline", "one exchange lasts at most 20s: a lease must outlive it");
  if (const auto* node_of_wait = reader.node("too_many")) {
    yaml::Reader too_many(*node_of_wait, "`too_many`", compiling.complaints);
    too_many.required("status");
    yaml::Node statuses;
    statuses.kind = yaml::Node::Kind::map;
    limits.too_many = take_pattern(compiling, too_many, statuses);
    const std::string wait = too_many.text("wait").value_or("");
    if (!wait.empty() && !wait.starts_with("header ")) too_many.complain("wait", "`header NAME` is expected: it says how long to wait");
    if (wait.size() > 7) limits.wait_header = lower(wait.substr(7));
    too_many.finish();
  }
  reader.node("budgets");  // compile_budgets, once the operations are known
  reader.finish();
  return limits;
}

ErrorRules compile_errors(const Compiling& compiling, const yaml::Node& node) {
  ErrorRules rules;
  if (!node.is_list()) compiling.complain(node.place, "`errors` is a list of patterns, the first that matches counts");
  for (const auto& item : node.items) {
    yaml::Reader reader(item, "an error pattern", compiling.complaints);
    ErrorRule rule;
    reader.required("is");
    rule.pattern = take_pattern(compiling, reader, item);
    if (reader.has("item")) {
      Condition condition;
      condition.pointer = take_pointer(reader, "item");
      condition.values = reader.texts("in");
      condition.any = condition.values.empty();
      rule.item = std::move(condition);
    }
    const std::string is = reader.text("is").value_or("broken");
    if (const auto verdict = verdict_named(is)) {
      rule.verdict = *verdict;
    } else {
      reader.complain("is", "'" + is + "' is no kind of error", did_you_mean(is, verdict_names()));
    }
    rule.why = take_pointer(reader, "why");
    rule.todo = reader.text("todo").value_or("");
    rule.after = reader.duration("after");
    if (const auto* gives = reader.node("gives")) rule.gives = compile_gives(compiling, *gives);
    if (rule.pattern.statuses.empty() && rule.pattern.conditions.empty() && !rule.item)
      reader.complain("", "the pattern says nothing: a status or a pointer");
    reader.finish();
    rules.push_back(std::move(rule));
  }
  return rules;
}

void compile_finds(const Compiling& compiling, yaml::Reader& reader, Program& program) {
  if (const auto* node = reader.node("find_listing"))
    program.find_listing = compile_operation(compiling, "find_listing", *node, scope_of("find_listing", "listing"));
  if (const auto* node = reader.node("find_category"))
    program.find_category = compile_lookup(compiling, "find_category", *node, "category");
  if (const auto* node = reader.node("put_category")) program.put_category = compile_lookup(compiling, "put_category", *node, "category");
  if (const auto* node = reader.node("put_image")) program.put_image = compile_lookup(compiling, "put_image", *node, "image");
}

void compile_operations(const Compiling& compiling, yaml::Reader& reader, Program& program) {
  compile_finds(compiling, reader, program);
  for (const char* name : readings) {
    const auto* node = reader.node(name);
    if (!node) continue;
    if (auto reading = compile_reading(compiling, name, *node)) program.readings.emplace(name, std::move(*reading));
  }
  for (const auto& action : actions) {
    const auto* node = reader.node(action.name);
    if (!node || (node->is_scalar() && node->scalar == "unsupported")) continue;
    program.operations.emplace(action.name, compile_operation(compiling, action.name, *node, scope_of(action.name, action.document)));
  }
  for (const auto& [name, operation] : program.operations) {
    for (const auto& step : operation.steps) {
      if (step.kind == Step::Kind::read && !program.readings.count("read_" + step.read)) {
        compiling.complain(step.place, "the step reads one " + step.read + ": `read_" + step.read + "` must say how");
      }
    }
  }
  if (const auto* node = reader.node("subscribe")) program.subscribe = compile_subscription(compiling, *node);
  if (const auto* node = reader.node("webhook")) program.webhook = compile_door(compiling, *node);
  program.tracking = compile_tracking(compiling, reader);
}

void complete_window(const Compiling& compiling, const channel::Capabilities& facts, Reading& reading) {
  if (!reading.window) return;
  reading.window->resolution = facts.clock_resolution;
  if (!reading.window->overlap || *reading.window->overlap == facts.order_overlap) return;
  compiling.complain(reading.window->place, "the overlap is " + format_duration(*reading.window->overlap) + " here and " +
                                                format_duration(facts.order_overlap) +
                                                " in `facts: orders`: say the same twice, or once there");
}

/// What follows from the operations and limits, and what the channel's file says otherwise.
void complete_capabilities(const Compiling& compiling, Program& program) {
  auto& facts = program.capabilities;
  facts.concurrency = program.limits.concurrency;
  facts.requests_per_second = program.limits.per_second;
  facts.deadline = program.limits.deadline;
  for (const auto& [name, operation] : program.operations) facts.actions.insert(name);
  if (program.subscribe) facts.actions.insert("subscribe");
  facts.takes_webhooks = program.webhook.has_value();
  const auto batch = [&](const char* name) {
    const auto found = program.operations.find(name);
    return found == program.operations.end() || found->second.steps.empty() ? 1U : static_cast<unsigned>(found->second.steps.front().max);
  };
  facts.stock_batch = batch("set_stock");
  facts.price_batch = batch("set_price");
  facts.pushes_content = facts.actions.count("put_listing") > 0;
  facts.pushes_price = facts.actions.count("set_price") > 0;
  facts.reads_orders = program.readings.count("read_orders") > 0;
  facts.has_order_list = facts.has_order_list && facts.reads_orders;
  facts.lists_placed_orders = program.readings.count("read_placed_orders") > 0;
  if (facts.changes_unseen && !facts.lists_placed_orders)
    compiling.complain({compiling.recipe.file, 0, 0},
                       "orders go by changed_at and placed_at: `read_placed_orders` must say how by the second");
  facts.can_look = program.readings.count("read_stock") > 0 || program.readings.count("read_listing") > 0;
  facts.can_find = program.find_listing.has_value();
  facts.listings_by_id = program.readings.count("read_listing") > 0;
  if (!facts.actions.count("set_stock")) facts.stock = channel::StockWrites::none;
  facts.tells_of_parcels =
      program.tracking && program.tracking->follow && program.webhook && !compiling.vault.settings().text_or("hook_url").empty();
  if (compiling.recipe.mapping) {
    const auto carriers = compiling.recipe.mapping->words_of("carriers");
    facts.carriers.insert(carriers.begin(), carriers.end());
  }
  const Json& overrides = compiling.recipe.overrides;
  if (const auto settle = overrides.integer_or("settle_ms", -1); settle >= 0) facts.settle = Duration(settle);
  if (const auto concurrency = overrides.integer_or("concurrency"); concurrency > 0) facts.concurrency = static_cast<unsigned>(concurrency);
  if (const auto rate = overrides.integer_or("requests_per_second"); rate > 0) facts.requests_per_second = static_cast<unsigned>(rate);
  for (auto& [name, reading] : program.readings) {
    complete_window(compiling, facts, reading);
    for (auto& further : reading.further) complete_window(compiling, facts, further);
  }
}

}  // namespace

std::optional<Program> compile(const channel::Recipe& recipe, const Vault& vault, Complaints& complaints) {
  const auto before = complaints.size();
  const auto root = yaml::parse(recipe.text, recipe.file, complaints);
  if (!root) return std::nullopt;
  Program program;
  yaml::Reader reader(*root, "a connector file", complaints);
  const channel::Asked asked = channel::take_asked(reader, complaints);
  const Compiling compiling{recipe, vault, complaints, asked};
  check_asked(compiling, *root);
  for (const char* key : {"connector", "base_url", "facts", "errors"}) reader.required(key);
  program.name = reader.text("connector").value_or(recipe.connector);
  program.kind = reader.text("kind").value_or("");
  reader.choice("over", {"http"});
  if (const auto* node = reader.node("base_url")) {
    if (auto text = compile_text(compiling, *node, Scope{"base_url", {}, nullptr, false, {}})) program.base_url = std::move(*text);
  }
  if (const auto* node = reader.node("auth")) program.auth = compile_auth(compiling, *node);
  if (const auto* node = reader.node("request")) program.common = compile_common(compiling, *node);
  if (const auto* node = reader.node("limits")) program.limits = compile_limits(compiling, *node);
  if (const auto* node = reader.node("ok")) program.ok = compile_pattern(compiling, *node, "`ok`");
  if (const auto* node = reader.node("errors")) program.errors = compile_errors(compiling, *node);
  if (const auto* node = reader.node("facts")) program.capabilities = compile_facts(compiling, *node, program.state);
  compile_operations(compiling, reader, program);
  if (program.capabilities.tracks_parcels != program.tracking.has_value())
    reader.complain("facts", "`tracks: parcels` and `read_parcel` belong together");
  const auto* limits = root->find("limits");
  if (const auto* budgets = limits ? limits->find("budgets") : nullptr) compile_budgets(compiling, *budgets, program);
  check_budgets_said(compiling, program);
  reader.finish();
  complete_capabilities(compiling, program);
  if (complaints.size() != before) return std::nullopt;
  return program;
}

}  // namespace tally::rest
