#include "cli/plan_file.hpp"

#include <fstream>
#include <string>

namespace tally::cli {
namespace {

constexpr std::size_t longest_line = 100'000;
constexpr std::size_t most_lines = 100'000;
constexpr std::int64_t version = 1;

Json only(const Json& from, std::initializer_list<const char*> names) {
  Json object = Json::object();
  for (const auto* name : names) {
    if (const Json* value = from.find(name)) object.set(name, *value);
  }
  return object;
}

Error at_line(const std::filesystem::path& file, std::size_t line, const std::string& what) {
  return error(Fault::invalid, what, file.string() + ":" + std::to_string(line), "make another one with `tallyd plan --save FILE`");
}

}  // namespace

Result<void> save_plan(const std::filesystem::path& file, const Json& plan) {
  const std::filesystem::path beside = file.string() + ".part";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  Json head = Json::object({{"tallyd_plan", version}});
  for (const auto* name : {"store", "made_at", "expires_at"}) head.set(name, plan.text_or(name));
  out << head.dump() << "\n";
  if (const Json* items = plan.find("items"); items && items->is_array()) {
    for (const Json& item : items->as_array())
      out << only(item, {"channel", "action", "thing", "sku", "before", "after", "cause", "state"}).dump() << "\n";
  }
  out.close();
  std::error_code fault;
  if (out) std::filesystem::rename(beside, file, fault);
  if (out && !fault) return {};
  std::error_code ignored;
  std::filesystem::remove(beside, ignored);
  return error(Fault::io, "the plan cannot be written there", file.string(), "see that the folder exists and has room");
}

Result<Json> read_plan(const std::filesystem::path& file) {
  std::error_code unseen;
  if (std::filesystem::is_directory(file, unseen))
    return error(Fault::invalid, "this is a folder, and a plan is a file", file.string(), "`tallyd plan --save FILE` makes one");
  std::ifstream in(file, std::ios::binary);
  if (!in) return error(Fault::io, "the plan cannot be read", file.string(), "`tallyd plan --save FILE` makes one");
  Json plan = Json::object(), lines = Json::array();
  std::string text;
  for (std::size_t number = 1; std::getline(in, text); ++number) {
    if (text.empty()) continue;
    if (text.size() > longest_line || number > most_lines + 1) return at_line(file, number, "this is too long for a plan");
    const auto line = Json::parse(text);
    if (!line) return at_line(file, number, "this is no line of a plan: " + line.error().what);
    if (number == 1) {
      if (!line->is_object() || line->integer_or("tallyd_plan") != version) return at_line(file, number, "this is no plan that was saved");
      plan = only(*line, {"store", "made_at"});
      continue;
    }
    if (!line->is_object() || line->text_or("state").empty()) return at_line(file, number, "this is no line of a plan");
    lines.push_back(only(*line, {"channel", "action", "thing", "sku", "state"}));
  }
  if (in.bad()) return error(Fault::io, "the plan cannot be read to its end", file.string());
  if (plan.empty()) return at_line(file, 1, "this is no plan that was saved");
  plan.set("lines", std::move(lines));
  return plan;
}

}  // namespace tally::cli
