// Operations that write: steps, look-ups, subscriptions.
#include "connectors/rest/compile.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

constexpr std::int64_t most_entries = 100'000;

/// "position", "index /field/1", { /messageId: messageId }, "whole".
Match compile_match(const Compiling& compiling, const yaml::Node& node) {
  if (node.is_map() && node.members.size() == 1 && node.members.front().key.starts_with("/")) {
    const std::string& field = node.members.front().value.scalar;
    return {Match::How::field, node.members.front().key, field.starts_with("/") ? field : "/" + field};
  }
  if (node.scalar == "position") return {Match::How::position, {}, {}};
  if (node.scalar == "whole") return {Match::How::whole, {}, {}};
  if (node.scalar.starts_with("index /")) return {Match::How::index, node.scalar.substr(6), {}};
  compiling.complain(node.place, "how answers belong to entries is expected: position, `index /POINTER`, { /POINTER: field } or whole");
  return {};
}

Failed compile_failed(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`failed`", compiling.complaints);
  Failed failed;
  reader.required("list");
  failed.list = take_pointer(reader, "list");
  failed.why = take_pointer(reader, "why");
  if (const auto* where = reader.node("where")) failed.where = compile_pattern(compiling, *where, "`where`");
  if (const auto* match = reader.node("match")) failed.match = compile_match(compiling, *match);
  reader.finish();
  return failed;
}

/// "listing/variations" into the document and its part.
void take_document(const Compiling& compiling, const yaml::Node& node, std::string& document, std::string& part) {
  const auto slash = node.scalar.find('/');
  document = node.scalar.substr(0, slash);
  if (slash != std::string::npos) part = node.scalar.substr(slash + 1);
  check_document(compiling, node.place, document);
  const auto& mapping = compiling.recipe.mapping;
  if (!part.empty() && mapping && mapping->has(document) && mapping->list_of(document, part).empty()) {
    compiling.complain(node.place, "the mapping's '" + document + "' has no list '" + part + "'");
  }
}

/// "listing", "listing/variations", "listing at /data/product"
void take_reply(const Compiling& compiling, const yaml::Node& node, Step& step) {
  yaml::Node name = node;
  if (const auto at = node.scalar.find(" at "); at != std::string::npos) {
    step.reply_at = node.scalar.substr(at + 4);
    name.scalar = node.scalar.substr(0, at);
  }
  take_document(compiling, name, step.reply, step.reply_part);
}

void compile_wait(const Compiling& compiling, yaml::Reader& reader, const Scope& scope, Step& step) {
  step.kind = Step::Kind::wait;
  if (const auto* request = reader.node("wait")) step.request = compile_request(compiling, *request, scope);
  reader.required("until");
  if (const auto* until = reader.node("until")) {
    if (auto pattern = compile_pattern(compiling, *until, "`until`")) step.wait.until = std::move(*pattern);
  }
  if (const auto* failed = reader.node("failed")) step.wait.failed = compile_pattern(compiling, *failed, "`failed`");
  step.wait.why = take_pointer(reader, "why");
  step.wait.every = reader.duration("every").value_or(step.wait.every);
  step.wait.most = reader.duration("most").value_or(step.wait.most);
  step.wait.woken_by = reader.text("woken_by").value_or("");
  if (const auto* gives = reader.node("gives")) step.gives = compile_gives(compiling, *gives);
}

void compile_split(const Compiling& compiling, const yaml::Node& node, Step& step) {
  yaml::Reader reader(node, "`split`", compiling.complaints);
  Split split;
  split.create = reader.text("create").value_or("create");
  split.update = reader.text("update").value_or("update");
  split.by = reader.has("by") ? take_pointer(reader, "by") : "/id";
  reader.finish();
  step.split = split;
}

/// What is sent, and how the entries travel.
void compile_send(const Compiling& compiling, yaml::Reader& reader, Step& step) {
  if (const auto* send = reader.node("send")) take_document(compiling, *send, step.send, step.part);
  step.in = take_pointer(reader, "in");
  if (const auto* split = reader.node("split")) compile_split(compiling, *split, step);
  step.max = static_cast<std::size_t>(reader.integer("max", 1, most_entries).value_or(1));
  if (step.max > 1 && step.in.empty() && !step.split)
    reader.complain("max", "more than one entry travels only where `in` or `split` says where they stand");
  step.whole = reader.boolean("whole").value_or(false);
  if (step.send.empty() && (!step.in.empty() || step.split))
    reader.complain("in", "there is nothing to send: `send` names a document of the mapping");
}

void compile_answer(const Compiling& compiling, yaml::Reader& reader, Step& step) {
  step.list = take_pointer(reader, "list");
  step.error_at = take_pointer(reader, "error");
  if (const auto* match = reader.node("match")) step.match = compile_match(compiling, *match);
  if (const auto* failed = reader.node("failed")) step.failed = compile_failed(compiling, *failed);
  if (const auto* reply = reader.node("reply")) take_reply(compiling, *reply, step);
  if (const auto* gives = reader.node("gives")) step.gives = compile_gives(compiling, *gives);
  if (const auto* ok = reader.node("ok")) step.ok = compile_pattern(compiling, *ok, "`ok`");
  if (const auto* passes = reader.node("passes")) step.passes = compile_pattern(compiling, *passes, "`passes`");
  if (step.max > 1 && !step.split && step.list.empty() && !step.failed) {
    reader.complain("max", "a batch needs `list` and `match`, or `failed`: which answer belongs to which entry");
  }
}

std::optional<Step> compile_step(const Compiling& compiling, const yaml::Node& node, const Scope& scope) {
  Step step;
  step.place = node.place;
  yaml::Reader reader(node, scope.where, compiling.complaints);
  if (reader.has("read")) {
    step.kind = Step::Kind::read;
    step.read = reader.text("read").value_or("");
    check_document(compiling, node.place, step.read);
  } else if (reader.has("wait")) {
    compile_wait(compiling, reader, scope, step);
  } else if (reader.has("create") || reader.has("update")) {
    reader.required("create");
    reader.required("update");
    if (const auto* create = reader.node("create")) step.create = take_request(compiling, reader, create, scope);
    if (const auto* update = reader.node("update")) step.update = take_request(compiling, reader, update, scope);
    compile_send(compiling, reader, step);
    compile_answer(compiling, reader, step);
  } else {
    step.request = take_request(compiling, reader, nullptr, scope);
    compile_send(compiling, reader, step);
    compile_answer(compiling, reader, step);
  }
  reader.finish();
  return step;
}

}  // namespace

Operation compile_operation(const Compiling& compiling, const std::string& name, const yaml::Node& node, const Scope& scope) {
  Operation operation;
  operation.name = name;
  for (const auto& item : node.is_list() ? node.items : std::vector<yaml::Node>{node}) {
    if (!item.is_map()) {
      compiling.complain(item.place, "`" + name + "` is a step, or a list of steps; each is a map");
    } else if (auto step = compile_step(compiling, item, scope)) {
      operation.steps.push_back(std::move(*step));
    }
  }
  for (auto& whole : operation.steps) {  // a part with a step of its own is left out of the whole
    if (whole.send.empty() || !whole.part.empty()) continue;
    for (const auto& other : operation.steps) {
      if (other.send == whole.send && !other.part.empty()) whole.left_out.push_back(other.part);
    }
  }
  const bool single = name == "set_price" || name == "set_stock";
  if (single && operation.steps.size() != 1) compiling.complain(node.place, "`" + name + "` is one step");
  if (!single &&
      std::any_of(operation.steps.begin(), operation.steps.end(), [](const Step& step) { return step.max > 1 && !step.split; })) {
    compiling.complain(node.place, "only set_price and set_stock travel in batches; parts of a listing use `split`");
  }
  return operation;
}

std::optional<Lookup> compile_lookup(const Compiling& compiling, const std::string& name, const yaml::Node& node,
                                     std::string_view document) {
  yaml::Reader reader(node, "`" + name + "`", compiling.complaints);
  Lookup lookup;
  auto request = take_request(compiling, reader, nullptr, scope_of(name, document));
  if (const auto* send = reader.node("send")) {
    lookup.send = send->scalar;
    check_document(compiling, send->place, lookup.send);
  }
  lookup.list = take_pointer(reader, "list");
  if (const auto* match = reader.node("match")) lookup.match = compile_equalities(compiling, *match);
  if (!lookup.match.empty() && lookup.list.empty()) reader.complain("match", "`match` picks an entry: `list` must say where they stand");
  reader.required("gives");
  if (const auto* gives = reader.node("gives")) lookup.gives = compile_gives(compiling, *gives);
  reader.finish();
  if (!request) return std::nullopt;
  lookup.request = std::move(*request);
  return lookup;
}

std::optional<Subscription> compile_subscription(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`subscribe`", compiling.complaints);
  for (const char* key : {"list", "topics", "put"}) reader.required(key);
  Subscription subscription;
  const Scope scope{"subscribe", {"topic", "hook_url", "now"}, nullptr, true, {"webhook_secret"}};
  if (const auto* list = reader.node("list")) {
    yaml::Reader inner(*list, "`list`", compiling.complaints);
    inner.required("match");
    const Scope listing{"subscribe", {"hook_url", "now", "page", "cursor"}, nullptr, true, {"webhook_secret"}};
    if (auto request = take_request(compiling, inner, nullptr, listing)) subscription.list = std::move(*request);
    if (const auto* page = inner.node("page")) subscription.page = compile_paging(compiling, *page);
    subscription.entries = take_pointer(inner, "list");
    if (const auto* match = inner.node("match")) subscription.match = compile_equalities(compiling, *match);
    if (const auto* healthy = inner.node("healthy")) subscription.healthy = compile_pattern(compiling, *healthy, "`healthy`");
    subscription.gives =
        inner.has("gives") ? compile_gives(compiling, *inner.node("gives")) : Gives{{"@id", {Source::From::body, {"/id"}}}};
    inner.finish();
  }
  subscription.topics = reader.texts("topics");
  if (const auto* put = reader.node("put")) {
    yaml::Reader inner(*put, "`put`", compiling.complaints);
    inner.required("create");
    inner.required("update");
    if (const auto* create = inner.node("create")) {
      if (auto request = take_request(compiling, inner, create, scope)) subscription.create = std::move(*request);
    }
    if (const auto* update = inner.node("update")) {
      if (auto request = take_request(compiling, inner, update, scope)) subscription.update = std::move(*request);
    }
    inner.finish();
  }
  reader.finish();
  return subscription;
}

}  // namespace tally::rest
