// Operations that read: pages, windows, fetches.
#include "connectors/rest/compile.hpp"

namespace tally::rest {
namespace {

std::string document_of(const std::string& reading) {
  if (reading.ends_with("orders") || reading.ends_with("order")) return "order";
  return reading.ends_with("stock") ? "level" : "listing";
}

Window compile_window(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`window`", compiling.complaints);
  Window window;
  window.most = reader.duration("most").value_or(window.most);
  window.reach = reader.duration("reach").value_or(window.reach);
  window.overlap = reader.duration("overlap");
  window.place = node.place;
  if (reader.has("split_on")) window.splits = reader.choice("split_on", {"too_dense"}).has_value();
  reader.finish();
  return window;
}

std::optional<Fetch> compile_fetch(const Compiling& compiling, const yaml::Node& node, Scope scope) {
  yaml::Reader reader(node, "`fetch`", compiling.complaints);
  Fetch fetch;
  scope.where = "fetch";
  scope.names.push_back("entry");
  reader.required("over");
  fetch.over = take_pointer(reader, "over");
  fetch.each = reader.has("each");
  const auto* line = reader.node(fetch.each ? "each" : "all");
  if (!line || reader.has("each") == reader.has("all")) {
    reader.complain("", "one of `each` (a request an element) and `all` (one request for all) is expected");
    return std::nullopt;
  }
  auto request = take_request(compiling, reader, line, scope);
  fetch.at = take_pointer(reader, "at");
  if (const auto* where = reader.node("where")) fetch.where = compile_pattern(compiling, *where, "`where`");
  if (const std::string to = take_pointer(reader, "to"); to.size() > 1) {
    fetch.to = to.substr(1);
    if (fetch.each || fetch.to.find('/') != std::string::npos)
      reader.complain("to", "`to` is one key of the entry, and goes with `all`: what `each` fetches stands in the place of `over`");
  }
  if (const auto* page = reader.node("page")) fetch.page = compile_paging(compiling, *page);
  reader.finish();
  if (!request) return std::nullopt;
  fetch.request = std::move(*request);
  return fetch;
}

/// "header X-WP-TotalPages" or a pointer.
void take_count(yaml::Reader& reader, const char* key, std::string& pointer, std::string& header) {
  const auto text = reader.text(key);
  if (!text) return;
  if (text->starts_with("header ")) {
    header = lower(text->substr(7));
  } else {
    pointer = take_pointer(reader, key);
  }
}

}  // namespace

Paging compile_paging(const Compiling& compiling, const yaml::Node& node) {
  yaml::Reader reader(node, "`page`", compiling.complaints);
  Paging page;
  const bool number = reader.has("number"), cursor = reader.has("cursor");
  if (number == cursor) reader.complain("", "one kind of page is expected: `number: page`, or `cursor: /POINTER`");
  page.kind = number ? Paging::Kind::number : Paging::Kind::cursor;
  if (number) {
    reader.choice("number", {"page"});
    reader.required("from");
    page.from = reader.integer("from", 0, 1).value_or(1);
    take_count(reader, "pages", page.pages, page.pages_header);
    page.by = take_pointer(reader, "by");
  } else {
    page.cursor = take_pointer(reader, "cursor");
    page.more = take_pointer(reader, "more");
  }
  take_count(reader, "total", page.total, page.total_header);
  page.size = reader.integer("size", 1, 100'000).value_or(0);
  const bool ends = !page.pages.empty() || !page.pages_header.empty() || !page.total.empty() || !page.total_header.empty() || page.size > 0;
  if (number && !ends) reader.complain("", "nothing says which page is the last: `pages`, `total` or `size`");
  reader.finish();
  return page;
}

namespace {

std::optional<Reading> compile_list(const Compiling& compiling, const std::string& name, const yaml::Node& node) {
  yaml::Reader reader(node, "`" + name + "`", compiling.complaints);
  Reading reading;
  reading.name = name;
  Scope scope = scope_of(name, document_of(name));
  for (const char* word : {"page", "cursor", "since", "until"}) scope.names.emplace_back(word);
  auto request = take_request(compiling, reader, nullptr, scope);
  if (const auto* page = reader.node("page")) reading.page = compile_paging(compiling, *page);
  if (const auto* window = reader.node("window")) reading.window = compile_window(compiling, *window);
  reading.list = take_pointer(reader, "list");
  if (const auto* match = reader.node("match")) reading.match = compile_equalities(compiling, *match);
  if (const auto* fetch = reader.node("fetch")) {
    for (const auto& item : fetch->is_list() ? fetch->items : std::vector<yaml::Node>{*fetch}) {
      if (auto compiled = compile_fetch(compiling, item, scope)) reading.fetches.push_back(std::move(*compiled));
    }
  }
  reading.max = static_cast<std::size_t>(reader.integer("max", 1, 1000).value_or(1));
  reading.join = reader.text("join").value_or("");
  if (reading.max > 1 && (reading.join.empty() || reading.match.empty())) {
    reader.complain("max",
                    "several things in one request need `join` (what stands between their names) and `match` (whose answer is whose)");
  }
  if (const auto* gives = reader.node("gives")) reading.gives = compile_gives(compiling, *gives);
  reading.as = reader.text("as").value_or("");
  if (reading.as.empty() == reading.gives.empty()) {
    reader.complain("", "what the answer is must be said: `as:` a document of the mapping, or `gives:` the names it holds");
  } else if (!reading.as.empty()) {
    const auto* as = reader.node("as");
    check_document(compiling, as->place, reading.as);
    if (reading.as != document_of(name)) reader.complain("as", "`" + name + "` reads the document '" + document_of(name) + "'");
  }
  reader.finish();
  if (!request) return std::nullopt;
  reading.request = std::move(*request);
  return reading;
}

}  // namespace

std::optional<Reading> compile_reading(const Compiling& compiling, const std::string& name, const yaml::Node& node) {
  if (!node.is_list()) return compile_list(compiling, name, node);
  if (name != "read_orders" || node.items.empty()) {
    compiling.complain(node.place, "only `read_orders` may be several lists, one after the other: `" + name + "` is one request");
    return std::nullopt;
  }
  auto first = compile_list(compiling, name, node.items.front());
  for (std::size_t i = 1; i < node.items.size(); ++i) {
    auto further = compile_list(compiling, name, node.items[i]);
    if (first && further) first->further.push_back(std::move(*further));
  }
  return first;
}

}  // namespace tally::rest
