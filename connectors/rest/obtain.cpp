#include "connectors/rest/obtain.hpp"

#include "connectors/rest/ids.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

constexpr std::size_t most_categories_kept = 10'000;

/// Shops that keep names as HTML give "&amp;" for "&".
std::string plain(std::string text) {
  for (auto at = text.find("&amp;"); at != std::string::npos; at = text.find("&amp;", at + 1)) text.erase(at + 1, 4);
  return text;
}

bool matches(const Lookup& lookup, const Json& entry, const Names& names) {
  return std::all_of(lookup.match.begin(), lookup.match.end(), [&](const auto& equality) {
    const Json *there = entry.at(equality.first), *wanted = names.find(equality.second);
    return there && wanted && plain(there->scalar_text()) == plain(wanted->scalar_text());
  });
}

std::vector<std::string> path_of(const Json& category) {
  std::vector<std::string> path;
  if (const Json* names = category.find("path"); names && names->is_array()) {
    for (const auto& name : names->as_array()) path.push_back(name.scalar_text());
  }
  if (path.empty() && !category.text_or("name").empty()) path.push_back(category.text_or("name"));
  return path;
}

bool knows_all(const Gives& gives, const Json& thing) {
  return std::all_of(gives.begin(), gives.end(), [&](const auto& give) { return has_id(thing, give.first); });
}

/// "https://shop.example/a/mug.jpg?v=2" → "mug.jpg"
std::string file_name(const std::string& url) {
  const std::string path = url.substr(0, url.find_first_of("?#"));
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

Names names_of(const Vault& vault, const Json& thing, const std::string& key, Time now) {
  Names names(vault);
  names.add(thing).set("now", format_iso(now));
  if (!key.empty()) names.set("key", key);
  const Json* variants = thing.find("variants");
  if (variants && variants->is_array() && !variants->as_array().empty()) {
    const Json& first = variants->as_array().front();
    names.set("variant", first);
    if (!thing.find("sku") && first.find("sku")) names.set("sku", *first.find("sku"));
  }
  return names;
}

Result<Json> Obtain::listing(const Json& product) {
  if (!can_find_listings()) return Json::object();
  const auto& vault = wire_.vault();
  for (const auto& step : wire_.program().find_listing->steps) {
    const Names names = names_of(vault, product, {}, wire_.now());
    const auto& holes = step.request->query ? step.request->query->holes() : step.request->path.holes();
    if (std::any_of(holes.begin(), holes.end(), [&](const Hole& hole) { return !names.find(hole.name); }))
      continue;  // never without what is asked for
    Call call;
    call.operation = "find_listing";
    call.form = &*step.request;
    call.names = &names;
    call.ok = step.ok ? &*step.ok : nullptr;
    const Outcome outcome = wire_.send(call);
    if (outcome.error && outcome.error->fault == Fault::missing) continue;
    if (outcome.error) return *outcome.error;
    Json ids = given(step.gives, outcome.answer, outcome.answer.json);
    if (!ids.empty()) return ids;
  }
  return Json::object();
}

Result<void> Obtain::references(Json& product) {
  if (auto done = categories(product); !done) return done;
  if (!wire_.program().put_image) return {};
  std::vector<Json*> images;
  if (Json* list = product.find("images"); list && list->is_array()) {
    for (auto& entry : list->as_array()) images.push_back(&entry);
  }
  if (Json* variants = product.find("variants"); variants && variants->is_array()) {
    for (auto& variant : variants->as_array()) {
      if (Json* own = variant.find("image"); own && own->is_object()) images.push_back(own);
    }
  }
  std::map<std::string, Json> uploaded;
  for (Json* entry : images) {
    const std::string url = entry->text_or("url");
    if (url.empty()) continue;
    if (const auto same = uploaded.find(url); same != uploaded.end()) put_ids(*entry, same->second);
    if (auto done = image(*entry); !done) return done;
    uploaded[url] = ids_of(*entry);
  }
  return {};
}

Result<void> Obtain::categories(Json& product) {
  const auto& program = wire_.program();
  Json* list = product.find("categories");
  if (!program.find_category || !list || !list->is_array()) return {};
  for (auto& entry : list->as_array()) {
    const auto path = path_of(entry);
    if (has_id(entry, "@id") || path.empty()) continue;
    const auto ids = category(path);
    if (!ids) return ids.error();
    put_ids(entry, *ids);
  }
  return {};
}

Result<Json> Obtain::category(const std::vector<std::string>& path) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_categories_.find(path); known != known_categories_.end()) return known->second;
  }
  Json thing = Json::object({{"name", path.back()}, {"path", Json::array()}});
  for (const auto& name : path) thing.find("path")->push_back(name);
  if (path.size() > 1) {  // parents before children
    auto parent = category({path.begin(), path.end() - 1});
    if (!parent) return parent;
    thing.set("parent", *parent);
  }
  const Names names = names_of(wire_.vault(), thing, {}, wire_.now());
  const auto& program = wire_.program();
  auto ids = ask("find_category", *program.find_category, names, "category", thing);
  if (ids && ids->empty() && program.put_category) ids = ask("put_category", *program.put_category, names, "category", thing);
  if (!ids) return ids;
  if (ids->empty())
    return wire_.fault(Fault::rejected, "the platform has no category '" + path.back() + "'", "find_category", "make it there, or map it");
  const std::lock_guard lock(mutex_);
  if (known_categories_.size() >= most_categories_kept) known_categories_.clear();
  known_categories_[path] = *ids;
  return ids;
}

Result<void> Obtain::image(Json& image) {
  const Lookup& lookup = *wire_.program().put_image;
  if (knows_all(lookup.gives, image)) return {};
  Names names = names_of(wire_.vault(), image, {}, wire_.now());
  if (!image.find("name")) names.set("name", file_name(image.text_or("url")));
  const auto ids = ask("put_image", lookup, names, "image", image);
  if (!ids) return ids.error();
  if (ids->empty()) return wire_.fault(Fault::broken, "the picture was taken and has no id", "put_image");
  put_ids(image, *ids);
  return {};
}

Result<Json> Obtain::ask(const std::string& operation, const Lookup& lookup, const Names& names, std::string_view document,
                         const Json& thing) {
  Call call;
  call.operation = operation;
  call.form = &lookup.request;
  call.names = &names;
  call.writes = lookup.request.method != "GET" && lookup.list.empty();
  call.repeatable = document == "image";  // a picture more is no harm, a second category is
  if (!lookup.send.empty()) {
    auto pushed = mapping_.push(lookup.send, thing, mapping::Say::everything);
    if (!pushed) return wire_.fault(Fault::rejected, pushed.error().text(), operation);
    call.body = std::move(pushed->document);
  }
  const Outcome outcome = wire_.send(call);
  if (outcome.error) {
    if (outcome.error->fault == Fault::conflict && !outcome.gives.empty())
      return outcome.gives;  // it was there, and the refusal says which
    return *outcome.error;
  }
  const Json& json = outcome.answer.json;
  if (lookup.list.empty()) return given(lookup.gives, outcome.answer, json);
  const Json* entries = json.at(lookup.list);
  if (!entries || !entries->is_array()) return wire_.fault(Fault::broken, "the answer holds no list at " + lookup.list, operation);
  const auto& list = entries->as_array();
  const auto found = std::find_if(list.begin(), list.end(), [&](const Json& entry) { return matches(lookup, entry, names); });
  return found == list.end() ? Json::object() : given(lookup.gives, outcome.answer, *found);
}

}  // namespace tally::rest
