#include "mapping/compiled.hpp"

#include "mapping/compile.hpp"
#include "mapping/extend.hpp"
#include "mapping/fill.hpp"
#include "mapping/reading.hpp"

#include <algorithm>
#include <stdexcept>

namespace tally::mapping {

std::shared_ptr<const Mapping> Mapping::compile(std::string_view name, std::string_view text, const std::string& file,
                                                const ChannelContext& context, const FindText& find, Complaints& complaints) {
  const std::size_t before = complaints.size();
  auto root = complete_text(text, file, find, complaints);
  if (!root) return nullptr;
  const yaml::Node* said = root->find("mapping");
  if (said == nullptr || !said->is_scalar())
    complaints.push_back({root->place, "the file does not say `mapping: " + std::string(name) + "`", {}});
  const yaml::Node whole = context.overlay ? merged(*root, *context.overlay) : *root;
  auto program = compile_program(whole, context.settings, context.currency, complaints);
  if (complaints.size() > before) return nullptr;
  return std::make_shared<Compiled>(std::move(program), std::move(*root), context);
}

Compiled::Compiled(std::shared_ptr<const Program> program, yaml::Node text, ChannelContext context)
    : program_(std::move(program)), text_(std::move(text)), context_(std::move(context)) {}

bool Compiled::has(std::string_view document) const {
  return program_->documents.find(document.substr(0, document.find_first_of("/-"))) != program_->documents.end() &&
         asked(document).has_value();
}

std::vector<std::string> Compiled::documents() const {
  std::vector<std::string> kinds;
  for (const auto& [kind, document] : program_->documents) kinds.push_back(kind);
  return kinds;
}

Result<Compiled::Asked> Compiled::asked(std::string_view name) const {
  Asked out;
  const auto end = std::min(name.find_first_of("/-"), name.size());
  const auto found = program_->documents.find(name.substr(0, end));
  if (found == program_->documents.end()) {
    return error(Fault::not_found, "the mapping has no document '" + std::string(name.substr(0, end)) + "'", {}, "add it to the mapping");
  }
  out.document = &found->second;
  const auto no_part = [&](std::string_view part) {
    std::vector<std::string> parts;
    for (const auto& [each, nodes] : out.document->parts) parts.push_back(each);
    return error(Fault::not_found, "the document '" + out.document->kind + "' has no part '" + std::string(part) + "'", {},
                 did_you_mean(part, parts));
  };
  for (std::size_t at = end; at < name.size() && name[at] == '-';) {
    const std::size_t next = std::min(name.find_first_of("-", at + 1), name.size());
    const std::string_view part = name.substr(at + 1, next - at - 1);
    const auto nodes = out.document->parts.find(part);
    if (nodes == out.document->parts.end()) return no_part(part);
    out.without.insert(nodes->second.begin(), nodes->second.end());
    at = next;
  }
  if (end < name.size() && name[end] == '/') {
    out.part = std::string(name.substr(end + 1));
    if (out.document->parts.find(out.part) == out.document->parts.end()) return no_part(out.part);
  }
  return out;
}

namespace {

/// Numbers beyond what a decimal holds end up here: a document or a tree that no calculation can be done with.
template <class Work>
auto calculating(std::string_view document, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::overflow_error& overflow) {
    return error(Fault::invalid, "in the document '" + std::string(document) + "': " + overflow.what());
  }
}

}  // namespace

Result<Push> Compiled::push(std::string_view document, const Json& fields, Say say) const {
  return calculating(document, [&]() -> Result<Push> {
    const auto what = asked(document);
    if (!what) return what.error();
    auto filled = Filler(*program_, *what->document, As::push, say, what->without).fill(fields);
    if (!filled) return filled.error();
    if (!*filled) return Push{};
    if (what->part.empty()) return Push{std::move(**filled)};
    const Json* part = (*filled)->at("/" + what->part);
    return Push{part == nullptr ? Json() : *part};
  });
}

Result<Read> Compiled::read(std::string_view document, const Json& json, const Json& known) const {
  return calculating(document, [&]() -> Result<Read> {
    const auto what = asked(document);
    if (!what) return what.error();
    Reading reading(*program_, *what->document, known);
    if (what->part.empty()) {
      if (!json.is_object()) return error(Fault::invalid, "the document '" + std::string(document) + "' is not an object");
      reading.read(json);
    } else {
      // The same place may stand in several branches: the one that reads a list of things is meant.
      const auto& nodes = what->document->parts.find(what->part)->second;
      const auto list =
          std::find_if(nodes.begin(), nodes.end(), [&](NodeNo node) { return std::holds_alternative<List>(program_->nodes[node].is); });
      reading.read_part(list == nodes.end() ? nodes.front() : *list, json);
    }
    return reading.finish();
  });
}

Json Compiled::spell(std::string_view document, const Json& fields) const {
  const auto what = asked(document);
  if (!what) return Json();
  const auto filled =
      calculating(document, [&] { return Filler(*program_, *what->document, As::spelling, Say::everything, what->without).fill(fields); });
  return filled && *filled ? **filled : Json();
}

Json Compiled::shown(std::string_view document, const Json& fields) const {
  const auto what = asked(document);
  if (!what) return Json();
  const auto filled =
      calculating(document, [&] { return Filler(*program_, *what->document, As::shown, Say::everything, what->without).fill(fields); });
  return filled && *filled ? **filled : Json();
}

std::string Compiled::list_of(std::string_view document, std::string_view part) const {
  const auto found = program_->documents.find(document);
  if (found == program_->documents.end()) return {};
  if (part.starts_with(document) && part.substr(document.size()).starts_with('/')) part.remove_prefix(document.size() + 1);
  const auto nodes = found->second.parts.find(part);
  if (nodes == found->second.parts.end()) return {};
  for (const NodeNo node : nodes->second) {
    const auto* list = std::get_if<List>(&program_->nodes[node].is);
    if (list == nullptr) continue;
    for (const List::Entry& entry : list->entries) {
      if (entry.loop) return entry.loop->list.canonical;
    }
  }
  return {};
}

std::vector<std::string> Compiled::words_of(std::string_view table) const {
  const auto found = program_->tables.find(table);
  if (found == program_->tables.end()) return {};
  std::vector<std::string> words;
  for (const auto& row : found->second->rows()) {
    if (!row.spellings.empty()) words.push_back(row.ours);
  }
  std::sort(words.begin(), words.end());
  return words;
}

std::vector<std::string> Compiled::one_way_holes() const {
  std::vector<std::string> out;
  for (const Hole& hole : program_->holes) {
    if (!hole.one_way.empty()) out.push_back(hole.place.text() + ": ${" + hole.text + "}: " + hole.one_way);
  }
  return out;
}

Complaints Compiled::run_tests() const {
  // The file's tests stand on the file alone, so that a channel's settings cannot break them; only where it needs the channel's tables are
  // they added.
  Complaints alone, out;
  compile_program(text_, Json::object(), "EUR", alone);
  const yaml::Node whole = context_.overlay ? merged(text_, *context_.overlay) : text_;
  if (const yaml::Node* tests = text_.find("tests")) out = mapping::run_tests(alone.empty() ? text_ : whole, *tests, {});
  if (const yaml::Node* own = context_.overlay ? context_.overlay->find("tests") : nullptr) {
    const Complaints more = mapping::run_tests(whole, *own, context_);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

}  // namespace tally::mapping
