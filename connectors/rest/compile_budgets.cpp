// `limits: budgets:`, what a platform lets through in a stretch of time, held against the operations of the same file.
#include "connectors/rest/compile.hpp"

#include <algorithm>
#include <set>

namespace tally::rest {
namespace {

using channel::Budget;

constexpr std::int64_t largest = 1'000'000'000;
constexpr Duration shortest{1000}, longest{31LL * 86400 * 1000};

/// What one operation may send.
struct Sends {
  std::vector<const RequestForm*> forms;
  bool writes = false;
};
using Operations = std::map<std::string, Sends, std::less<>>;

void add(Sends& sends, const std::optional<RequestForm>& form) {
  if (form) sends.forms.push_back(&*form);
}

void add_reading(Operations& all, const std::string& name, const Reading& reading) {
  auto& sends = all[name];
  sends.forms.push_back(&reading.request);
  for (const auto& fetch : reading.fetches) sends.forms.push_back(&fetch.request);
  for (const auto& further : reading.further) add_reading(all, name, further);
}

void add_operation(Operations& all, const Operation& operation, bool writes) {
  auto& sends = all[operation.name];
  sends.writes = writes;
  for (const auto& step : operation.steps) {
    for (const auto* form : {&step.request, &step.create, &step.update}) add(sends, *form);
  }
}

Operations operations_of(const Program& program) {
  Operations all;
  for (const auto& [name, reading] : program.readings) add_reading(all, name, reading);
  for (const auto& [name, operation] : program.operations) add_operation(all, operation, true);
  if (program.find_listing) add_operation(all, *program.find_listing, false);
  if (program.find_category) all["find_category"].forms.push_back(&program.find_category->request);
  if (program.put_category) all["put_category"].forms.push_back(&program.put_category->request);
  if (program.put_image) all["put_image"].forms.push_back(&program.put_image->request);
  if (program.tracking) {
    all["read_parcel"].forms.push_back(&program.tracking->read);
    if (program.tracking->follow) all["follow_parcel"] = {{&*program.tracking->follow}, true};
  }
  if (program.subscribe) all["subscribe"].forms = {&program.subscribe->list, &program.subscribe->create, &program.subscribe->update};
  if (program.auth.token.get) add(all["auth"], program.auth.token.get);
  if (program.auth.token.renew) add(all["auth"], program.auth.token.renew);
  return all;
}

bool names(const RequestForm& form, const std::string& id) {
  const auto has = [&](const Text& text) {
    return std::any_of(text.holes().begin(), text.holes().end(), [&](const Hole& hole) { return hole.name == id; });
  };
  return has(form.path) || (form.query && has(*form.query)) || (form.headers && has(*form.headers)) || (form.body && has(*form.body));
}

void take_operations(yaml::Reader& reader, const Compiling& compiling, const Operations& known, Budget& budget) {
  const auto* node = reader.node("operations");
  if (!node) return;
  std::vector<std::string> there;
  for (const auto& [name, sends] : known) there.push_back(name);
  for (const auto& item : node->is_list() ? node->items : std::vector<yaml::Node>{*node}) {
    if (!item.is_scalar() || !known.contains(item.scalar))
      compiling.complain(item.place, "'" + item.scalar + "' is no operation of this file that sends anything",
                         did_you_mean(item.scalar, there));
    else if (!budget.operations.insert(item.scalar).second)
      compiling.complain(item.place, "'" + item.scalar + "' stands here a second time");
  }
  if (node->is_list() && node->items.empty())
    reader.complain("operations", "no operation is named", "leave `operations` out to mean all of them");
}

void take_window(yaml::Reader& reader, Budget& budget) {
  reader.required("every");
  const bool by_day = reader.text("every").value_or("") == "day";
  if (!by_day) {
    const auto every = reader.duration("every");
    budget.every = every.value_or(shortest);
    if (budget.every < shortest || budget.every > longest) reader.complain("every", "a budget is of 1s to 31d, or of `day`");
  }
  const auto starts = reader.text("day_starts");
  if (by_day && !starts)
    reader.complain("every", "of a day it must be known when it starts",
                    "`day_starts: \"00:00 America/Los_Angeles\"`, or `every: 24h` for any 24 hours");
  if (!by_day && starts) reader.complain("day_starts", "only a day starts somewhere", "`every: day`");
  if (!starts) return;
  if (auto day = DayStart::parse(*starts))
    budget.day = *day;
  else
    reader.complain("day_starts", day.error().what, day.error().todo);
}

void take_entity(yaml::Reader& reader, const Operations& known, Budget& budget) {
  const auto entity = reader.text("entity");
  if (!entity) return;
  budget.entity = *entity;
  if (budget.operations.empty()) {
    if (!reader.has("operations"))
      reader.complain("entity", "which operations are counted for each '" + *entity + "'?", "name them in `operations`");
    return;
  }
  for (const auto& name : budget.operations) {
    const auto& sends = known.find(name)->second;
    if (!sends.writes) reader.complain("entity", "only writes are counted for each of something, and '" + name + "' is none");
    const bool named = std::any_of(sends.forms.begin(), sends.forms.end(), [&](const auto* form) { return names(*form, *entity); });
    if (!named) reader.complain("entity", "no request of '" + name + "' names ${" + *entity + "}");
  }
}

/// The merchant's contract may be smaller than the rule.
void take_override(const Compiling& compiling, yaml::Reader& reader, Budget& budget) {
  const Json* all = compiling.recipe.overrides.find("budgets");
  const Json* own = all ? all->find(budget.name) : nullptr;
  const auto most = own ? own->integer() : Result<std::int64_t>(budget.most);
  if (!own || !most) return;
  if (*most > budget.most)
    compiling.complain(compiling.recipe.place_of("limits/budgets/" + budget.name),
                       "the budget '" + budget.name + "' is " + budget.terms() + ": a channel can only have less");
  budget.most = *most;
  if (!reader.has("keep") || budget.keep >= budget.most) budget.keep = channel::usual_keep(budget.most);
}

std::optional<Budget> compile_budget(const Compiling& compiling, const yaml::Node& node, const Operations& known) {
  const auto before = compiling.complaints.size();
  yaml::Reader reader(node, "a budget", compiling.complaints);
  Budget budget;
  for (const char* key : {"name", "most"}) reader.required(key);
  budget.name = reader.text("name").value_or("");
  if (reader.has("name") && budget.name.find_first_not_of(" \t\r\n") == std::string::npos)
    reader.complain("name", "a budget goes by its name: it cannot be empty");
  take_operations(reader, compiling, known, budget);
  budget.most = reader.integer("most", 1, largest).value_or(1);
  take_window(reader, budget);
  take_entity(reader, known, budget);
  budget.keep = reader.integer("keep", 0, largest).value_or(channel::usual_keep(budget.most));
  if (budget.keep >= budget.most)
    reader.complain("keep", "all of it is kept for urgent work, and nothing is left for the rest",
                    "less than " + std::to_string(budget.most));
  reader.finish();
  if (compiling.complaints.size() != before) return std::nullopt;
  take_override(compiling, reader, budget);
  return budget;
}

}  // namespace

void compile_budgets(const Compiling& compiling, const yaml::Node& node, Program& program) {
  if (!node.is_list()) return compiling.complain(node.place, "`budgets` is a list: `- { name, operations, most, every }`");
  const Operations known = operations_of(program);
  std::set<std::string> named;
  for (const auto& item : node.items) {
    auto budget = compile_budget(compiling, item, known);
    if (!budget) continue;
    if (!named.insert(budget->name).second) compiling.complain(item.place, "there are two budgets named '" + budget->name + "'");
    budget->slack = program.limits.deadline;
    program.limits.budgets.push_back(std::move(*budget));
  }
}

void check_budgets_said(const Compiling& compiling, const Program& program) {
  const Json* said = compiling.recipe.overrides.find("budgets");
  if (!said) return;
  std::vector<std::string> there;
  for (const auto& budget : program.limits.budgets) there.push_back(budget.name);
  for (const auto& [name, most] : said->as_object()) {
    if (std::find(there.begin(), there.end(), name) == there.end())
      compiling.complain(compiling.recipe.place_of("limits/budgets/" + name),
                         "the connector '" + compiling.recipe.connector + "' knows no budget '" + name + "'", did_you_mean(name, there));
  }
}

}  // namespace tally::rest
