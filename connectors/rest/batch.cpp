// Changes that travel together, and which answer belongs to which.
#include "connectors/rest/push.hpp"

#include <algorithm>
#include <map>

namespace tally::rest {

using channel::Applied;
using channel::Change;

namespace {

/// One change and the bytes it became.
struct Entry {
  std::size_t change;
  Json sent;
};

class Batch {
 public:
  Batch(const Tools& tools, const Operation& operation, std::span<const Change> changes)
      : tools_(tools), operation_(operation), step_(operation.steps.front()), changes_(changes), results_(changes.size()) {}

  Results push() {
    for (auto& [outside, entries] : groups()) {
      for (std::size_t at = 0; at < entries.size(); at += step_.max) {
        const auto end = entries.begin() + static_cast<std::ptrdiff_t>(std::min(entries.size(), at + step_.max));
        send({entries.begin() + static_cast<std::ptrdiff_t>(at), end});
      }
    }
    Results results;
    for (auto& result : results_) results.push_back(result ? std::move(*result) : Result<Applied>(Applied{Json::object(), {}, {}, {}}));
    return results;
  }

 private:
  Names names_for(const Change& change) const { return names_of(tools_.wire.vault(), change.fields, change.key, tools_.wire.now()); }

  /// By all that stands outside the entries. A document that comes to nothing is not sent, and its change is done.
  std::map<std::string, std::vector<Entry>> groups() {
    std::map<std::string, std::vector<Entry>> groups;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const Names names = names_for(changes_[i]);
      const auto path = step_.request->path.text(names);
      if (!path) {
        results_[i] = tools_.wire.fault(path.error().fault, path.error().what, operation_.name);
        continue;
      }
      std::string outside = *path;
      if (step_.request->query) outside += "?" + step_.request->query->fill(names).value_or(Json()).dump();
      if (step_.request->body) outside += "\n" + step_.request->body->fill(names).value_or(Json()).dump();
      Json sent;
      if (!step_.send.empty()) {
        Json fields = changes_[i].fields;
        if (!fields.find("key") && !changes_[i].key.empty()) fields.set("key", changes_[i].key);
        auto pushed = tools_.mapping.push(step_.send, fields, mapping::Say::everything);
        if (!pushed) {
          results_[i] = tools_.wire.fault(Fault::rejected, pushed.error().text(), operation_.name, todo_for(Fault::rejected));
          continue;
        }
        if (pushed->empty()) continue;
        sent = std::move(pushed->document);
      }
      groups[outside].push_back({i, std::move(sent)});
    }
    return groups;
  }

  /// A price may go once more. A number may not: a difference would be added twice, and a number that was taken before it became another
  /// would be taken back by nobody.
  bool repeatable() const { return operation_.name != "set_stock"; }

  /// An entry's own word, in which trouble is as much in doubt as that of the whole answer.
  Error of_entry(const Json& problem, const std::string& why) const {
    Error error = entry_error(tools_.wire, problem, why, operation_.name);
    if (error.fault == Fault::transient && !repeatable()) error.fault = Fault::unknown;
    return error;
  }

  void send(std::vector<Entry> entries) {
    while (!entries.empty()) {
      const Names names = names_for(changes_[entries.front().change]);
      Call call;
      call.operation = operation_.name;
      call.form = &*step_.request;
      call.names = &names;
      call.ok = step_.ok ? &*step_.ok : nullptr;
      call.passes = step_.passes ? &*step_.passes : nullptr;
      call.writes = true;
      call.repeatable = repeatable();
      call.urgent = changes_[entries.front().change].urgent;
      if (!step_.send.empty()) call.body = body_of(entries, names);
      const Outcome outcome = tools_.wire.send(call);
      if (outcome.error) {
        for (const auto& entry : entries) results_[entry.change] = *outcome.error;
        return;
      }
      std::vector<Entry> again = judge(entries, outcome.answer.json);
      if (again.size() == entries.size()) return;
      entries = std::move(again);
    }
  }

  Json body_of(const std::vector<Entry>& entries, const Names& names) const {
    if (step_.in.empty()) return entries.front().sent;
    Json body = step_.request->body ? step_.request->body->fill(names).value_or(Json::object()) : Json::object();
    Json list = Json::array();
    for (const auto& entry : entries) list.push_back(entry.sent);
    put_at(body, step_.in, std::move(list));
    return body;
  }

  /// Gives every entry its result; answers with those that must be sent again because another one spoilt the batch.
  std::vector<Entry> judge(const std::vector<Entry>& entries, const Json& answer) {
    if (!step_.list.empty()) judge_list(entries, answer);
    std::vector<Entry> failed = step_.failed ? judge_failures(entries, answer) : std::vector<Entry>{};
    std::vector<Entry> again;
    for (const auto& entry : entries) {
      if (results_[entry.change]) continue;
      if (step_.whole && !failed.empty()) {
        again.push_back(entry);
      } else {
        results_[entry.change] = Applied{Json::object(), {}, {}, {}};
      }
    }
    return again;
  }

  void judge_list(const std::vector<Entry>& entries, const Json& answer) {
    const Json* list = answer.at(step_.list);
    const bool by_position = step_.match.how != Match::How::field;
    if (!list || !list->is_array() || (by_position && list->as_array().size() != entries.size())) {
      const Error problem = tools_.wire.fault(Fault::broken, "the answer has not one entry for each that was sent", operation_.name);
      for (const auto& entry : entries) results_[entry.change] = problem;
      return;
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Json* mine = by_position ? &list->as_array()[i] : by_field(list->as_array(), step_.match, entries[i].sent);
      if (!mine) {
        results_[entries[i].change] = tools_.wire.fault(Fault::broken, "the answer says nothing of this entry", operation_.name);
      } else if (const Json* problem = step_.error_at.empty() ? nullptr : mine->at(step_.error_at); problem && !problem->empty()) {
        results_[entries[i].change] = of_entry(*problem, {});
      }
    }
  }

  static const Json* by_field(const Json::Array& list, const Match& match, const Json& sent) {
    const Json* wanted = sent.at(match.field);
    const auto found = std::find_if(list.begin(), list.end(), [&](const Json& candidate) {
      const Json* there = candidate.at(match.pointer);
      return wanted && there && there->scalar_text() == wanted->scalar_text();
    });
    return found == list.end() ? nullptr : &*found;
  }

  /// The list of failures only.
  std::vector<Entry> judge_failures(const std::vector<Entry>& entries, const Json& answer) {
    std::vector<Entry> failed;
    const Json* list = answer.at(step_.failed->list);
    if (!list || list->is_null()) return failed;
    if (!list->is_array()) {
      settle_rest(entries, tools_.wire.fault(Fault::broken, "there is no list at " + step_.failed->list, operation_.name));
      return failed;
    }
    bool all_known = true;
    for (const auto& problem : list->as_array()) {
      if (step_.failed->where && !step_.failed->where->shows(problem)) continue;
      bool known = false;
      for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!speaks_of(problem, i, entries[i].sent)) continue;
        known = true;
        results_[entries[i].change] = of_entry(problem, step_.failed->why);
        failed.push_back(entries[i]);
      }
      all_known = all_known && known;
    }
    if (!all_known) settle_rest(entries, tools_.wire.fault(Fault::unknown, "a failure names none of what was sent", operation_.name));
    return failed;
  }

  void settle_rest(const std::vector<Entry>& entries, const Error& problem) {
    for (const auto& entry : entries) {
      if (!results_[entry.change]) results_[entry.change] = problem;
    }
  }

  bool speaks_of(const Json& problem, std::size_t index, const Json& sent) const {
    const Match& match = step_.failed->match;
    if (match.how == Match::How::whole || match.how == Match::How::position) return true;
    const Json* there = problem.at(match.pointer);
    if (!there) return false;
    if (match.how == Match::How::index) return there->scalar_text() == std::to_string(index);
    const Json* mine = sent.at(match.field);
    return mine && mine->scalar_text() == there->scalar_text();
  }

  const Tools& tools_;
  const Operation& operation_;
  const Step& step_;
  std::span<const Change> changes_;
  std::vector<std::optional<Result<Applied>>> results_;
};

}  // namespace

Results push_batches(const Tools& tools, const Operation& operation, std::span<const Change> changes) {
  return Batch(tools, operation, changes).push();
}

Error entry_error(const Wire& wire, const Json& entry, const std::string& why, const std::string& operation) {
  const ErrorRule* rule = rule_for_entry(wire.program().errors, entry);
  std::string words;
  const std::string& pointer = rule && !rule->why.empty() ? rule->why : why;
  if (const Json* said = pointer.empty() ? nullptr : entry.at(pointer)) words = said->scalar_text();
  if (words.empty()) words = entry.text_or("message");
  const Fault kind = rule ? rule->verdict.fault : Fault::rejected;
  const std::string shown = words.empty() ? wire.shown_body(operation, entry.dump(), "application/json") : wire.vault().shown(words);
  Error result =
      wire.fault(kind, "refused inside the answer: " + shown, operation, rule && !rule->todo.empty() ? rule->todo : todo_for(kind));
  if (rule) result.retry_after = rule->after;
  return result;
}

void put_at(Json& body, std::string_view pointer, Json value) {
  Json* here = &body;
  while (true) {
    pointer.remove_prefix(1);
    const auto slash = pointer.find('/');
    const auto key = pointer.substr(0, slash);
    if (slash == std::string_view::npos) {
      here->set(key, std::move(value));
      return;
    }
    if (!here->find(key)) here->set(key, Json::object());
    here = here->find(key);
    pointer.remove_prefix(slash);
  }
}

}  // namespace tally::rest
