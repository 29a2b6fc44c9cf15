// One change through the steps of its operation. What was learnt on the way is never lost: it goes back with a ticket when a later step
// fails.
#include "connectors/rest/ids.hpp"
#include "connectors/rest/push.hpp"

#include <algorithm>

namespace tally::rest {

using channel::ActionKind;
using channel::Applied;
using channel::Change;

namespace {

constexpr std::size_t most_ticket_bytes = 4096;
constexpr Duration pause{30000};  // before a step is tried again, where the platform does not say

class Run {
 public:
  Run(const Tools& tools, const Operation& operation, const Change& change)
      : tools_(tools), operation_(operation), change_(change), fields_(change.fields), since_(tools.wire.now()) {
    new_ = !has_id(fields_, "@id");
    if (!fields_.find("key") && !change.key.empty() && change.action != ActionKind::put_listing) fields_.set("key", change.key);
    if (change.ticket) resume(*change.ticket);
    known_before_ = ids_of(fields_);
  }

  Result<Applied> run() {
    if (change_.action == ActionKind::put_listing && !resumed_) {
      if (auto problem = prepare()) return failed(*problem);
    }
    for (; step_ < operation_.steps.size(); ++step_) {
      const Step& step = operation_.steps[step_];
      const auto problem = step.kind == Step::Kind::wait ? wait(step) : step.kind == Step::Kind::read ? read(step) : request(step);
      if (waiting_) return with_ticket(tools_.wire.now() + step.wait.every);
      if (problem) return failed(*problem);
    }
    return Applied{learned(), std::move(shown_), {}, {}};
  }

 private:
  using Problem = std::optional<Error>;

  Error fault(Fault kind, std::string what) const { return tools_.wire.fault(kind, std::move(what), operation_.name, todo_for(kind)); }

  void resume(const Json& ticket) {
    resumed_ = true;
    step_ = static_cast<std::size_t>(
        std::clamp<std::int64_t>(ticket.integer_or("step"), 0, static_cast<std::int64_t>(operation_.steps.size())));
    failed_at_ = ticket.integer_or("failed", -1);
    since_ = from_ms(ticket.integer_or("since", to_ms(since_)));
    new_ = ticket.bool_or("new", new_);
    if (const Json* ids = ticket.find("ids")) put_ids(fields_, *ids);
  }

  /// Before the first step: is it there already? And the ids of all that it refers to.
  Problem prepare() {
    if (new_) {
      const auto there = tools_.obtain.listing(fields_);
      if (!there) return there.error();
      if (!there->empty())
        return fault(Fault::conflict, "a listing of this product is there already (" + there->dump() + "), so none was made");
    }
    if (auto done = tools_.obtain.references(fields_); !done) return done.error();
    return {};
  }

  Json learned() const {
    Json now = ids_of(fields_);
    return now == known_before_ ? Json::object() : now;
  }

  /// What was learnt goes back first; the next call meets the failure again, and that one is told.
  Result<Applied> failed(Error problem) {
    const bool repeated = failed_at_ == static_cast<std::int64_t>(step_);
    if (learned().empty() || repeated || problem.fault == Fault::unknown) return problem;
    tools_.wire.vault().ports().log.info("a step failed after others had worked; it is tried again", {{"why", problem.text()}});
    failed_at_ = static_cast<std::int64_t>(step_);
    const bool later = problem.fault == Fault::transient || problem.fault == Fault::throttled || problem.fault == Fault::not_yet;
    return with_ticket(tools_.wire.now() + (later ? problem.retry_after.value_or(pause) : Duration(0)));
  }

  Result<Applied> with_ticket(Time again_at) const {
    Json ticket = Json::object({{"step", static_cast<std::int64_t>(step_)}, {"since", to_ms(since_)}, {"new", new_}});
    if (failed_at_ >= 0) ticket.set("failed", failed_at_);
    Json ids = ids_of(fields_), own = Json::object();
    for (const auto& [name, value] : ids.as_object()) {
      if (name.starts_with("@")) own.set(name, value);
    }
    ticket.set("ids", ids);
    if (ticket.dump().size() > most_ticket_bytes) ticket.set("ids", own);  // the others are in `learned`, which the engine keeps too
    return Applied{learned(), shown_, std::move(ticket), again_at};
  }

  Names names() const { return names_of(tools_.wire.vault(), fields_, change_.key, tools_.wire.now()); }

  bool knows_all(const Gives& gives) const {
    return !gives.empty() && std::all_of(gives.begin(), gives.end(), [&](const auto& give) { return has_id(fields_, give.first); });
  }

  /// A step that makes something, sends a parcel or gives money back does so once more when it is sent again; a number may be another by
  /// then.
  bool repeatable(const RequestForm& form, bool creating) const {
    if (creating || change_.action == ActionKind::set_stock || change_.action == ActionKind::refund ||
        change_.action == ActionKind::confirm_shipment)
      return false;
    return form.method != "POST" || operation_.steps[step_].gives.empty();
  }

  Problem request(const Step& step) {
    const bool creating = step.create && !has_id(fields_, "@id");
    if (!step.create && knows_all(step.gives)) return {};
    const RequestForm& form = creating ? *step.create : step.update ? *step.update : *step.request;
    std::optional<Json> body;
    if (!step.send.empty()) {
      auto pushed = tools_.mapping.push(step.send, fields_, new_ ? mapping::Say::everything : mapping::Say::content);
      if (!pushed) return fault(Fault::rejected, pushed.error().text());
      if (pushed->empty()) return {};
      body = std::move(pushed->document);
      for (const auto& part : step.left_out) body->erase(part);
      if (!step.part.empty()) {
        const Json* entries = body->find(step.part);
        if (!entries || !entries->is_array() || entries->as_array().empty()) return {};
        if (step.split) return split(step, form, *body);
        body = Json(*entries);
      }
      if (!step.in.empty()) {
        Json around = Json::object();
        put_at(around, step.in, std::move(*body));
        body = std::move(around);
      }
    }
    const Outcome outcome = exchange(step, form, std::move(body), repeatable(form, creating));
    if (outcome.error) return *outcome.error;
    return outcome.passed ? Problem() : take(step, outcome.answer);
  }

  Outcome exchange(const Step& step, const RequestForm& form, std::optional<Json> body, bool repeatable, bool writes = true) {
    const Names names = this->names();
    Call call;
    call.operation = operation_.name;
    call.form = &form;
    call.names = &names;
    call.body = std::move(body);
    call.ok = step.ok ? &*step.ok : nullptr;
    call.passes = step.passes ? &*step.passes : nullptr;
    call.writes = writes;
    call.repeatable = repeatable;
    return tools_.wire.send(call);
  }

  /// Ids, and what the channel now shows.
  Problem take(const Step& step, const Answer& answer) {
    put_ids(fields_, given(step.gives, answer, answer.json));
    if (step.failed) {
      const Json* list = answer.json.at(step.failed->list);
      if (list && !list->is_array() && !list->empty()) return fault(Fault::broken, "there is no list at " + step.failed->list);
      for (const auto& problem : list && list->is_array() ? list->as_array() : Json::Array()) {
        if (!step.failed->where || step.failed->where->shows(problem))
          return entry_error(tools_.wire, problem, step.failed->why, operation_.name);
      }
    }
    if (step.reply.empty()) return {};
    const Json* document = step.reply_at.empty() ? &answer.json : answer.json.at(step.reply_at);
    if (!document || !document->is_object()) return fault(Fault::broken, "the answer is no " + step.reply);
    document_ = *document;
    for (const auto& part : step.left_out) document_.erase(part);
    return take_document(step.reply);
  }

  Problem take_document(const std::string& kind) {
    const auto read = tools_.mapping.read(kind, document_, fields_);
    if (!read) return fault(Fault::broken, read.error().text());
    if (read->skipped) return {};
    put_ids(fields_, ids_of(read->tree));
    shown_ = read->tree;
    return {};
  }

  /// The entries of a part, sorted into those to be made and those to be changed, `max` at a time; the answers stand in the same places.
  Problem split(const Step& step, const RequestForm& form, const Json& whole) {
    const Json::Array& entries = whole.find(step.part)->as_array();
    Json shown = Json::array();
    Problem first;
    for (std::size_t at = 0; at < entries.size(); at += step.max) {
      Json body = Json::object();
      for (std::size_t i = at; i < std::min(entries.size(), at + step.max); ++i) {
        const Json* id = entries[i].at(step.split->by);
        const std::string& key = id && !id->empty() ? step.split->update : step.split->create;
        if (!body.find(key)) body.set(key, Json::array());
        body.find(key)->push_back(entries[i]);
      }
      const Json sent = body;
      const Outcome outcome = exchange(step, form, std::move(body), !sent.find(step.split->create));
      if (outcome.error) return *outcome.error;
      for (const auto& [key, asked] : sent.as_object()) {
        const Json* answers = outcome.answer.json.find(key);
        if (!answers || !answers->is_array() || answers->as_array().size() != asked.as_array().size()) {
          return fault(Fault::broken, "the answer has not one entry below '" + key + "' for each that was sent");
        }
        for (const auto& entry : answers->as_array()) {
          const Json* problem = step.error_at.empty() ? nullptr : entry.at(step.error_at);
          if (!problem || problem->empty()) {
            shown.push_back(entry);
          } else if (!first) {
            first = entry_error(tools_.wire, *problem, {}, operation_.name);
          }
        }
      }
    }
    if (!step.reply_part.empty()) {
      const bool all_shown = document_.is_object();
      if (!all_shown) document_ = whole;  // resumed behind the step that showed the rest: good for the ids, but these are our own words
      document_.set(step.reply_part, std::move(shown));
      if (auto problem = take_document(step.reply)) return problem;
      if (!all_shown) shown_.reset();
    }
    return first;
  }

  Problem wait(const Step& step) {
    const Outcome outcome = exchange(step, *step.request, {}, true, false);
    if (outcome.error) return *outcome.error;
    const Answer& answer = outcome.answer;
    if (step.wait.failed && step.wait.failed->matches(answer.status, answer.json)) {
      const Json* why = step.wait.why.empty() ? nullptr : answer.json.at(step.wait.why);
      return fault(Fault::rejected, "the platform refused it" +
                                        (why ? ": " + tools_.wire.vault().shown(why->is_string() ? why->as_string() : why->dump()) : ""));
    }
    if (step.wait.until.matches(answer.status, answer.json)) {
      put_ids(fields_, given(step.gives, answer, answer.json));
      since_ = tools_.wire.now();  // the next wait has a time of its own
      return {};
    }
    if (tools_.wire.now() - since_ > step.wait.most) {
      return fault(Fault::rejected, "the platform has not decided within " + format_duration(step.wait.most));
    }
    waiting_ = true;
    return {};
  }

  Problem read(const Step& step) {
    const auto document = tools_.reads.one("read_" + step.read, fields_);
    if (!document) return document.error();
    if (!*document) return fault(Fault::broken, "what was just written cannot be read");
    auto json = Json::parse((*document)->body);
    if (!json) return json.error();
    document_ = std::move(*json);
    return take_document(step.read);
  }

  const Tools& tools_;
  const Operation& operation_;
  const Change& change_;
  Json fields_;        ///< the thing as we want it, with the ids as they become known
  Json known_before_;  ///< its ids when the call began
  Json document_;      ///< the platform's document as the answers showed it
  std::optional<Json> shown_;
  std::size_t step_ = 0;
  std::int64_t failed_at_ = -1;
  Time since_;
  bool new_ = false;
  bool resumed_ = false;
  bool waiting_ = false;
};

}  // namespace

Result<Applied> push_steps(const Tools& tools, const Operation& operation, const Change& change) {
  return Run(tools, operation, change).run();
}

}  // namespace tally::rest
