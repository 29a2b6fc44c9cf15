#include "engine/saved_plan.hpp"

#include "engine/guard.hpp"
#include "engine/plan.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/standing.hpp"

namespace tally::engine {
namespace {

using store::Session;

constexpr const char* make_another = "make another one with `tallyd plan --save FILE`";

Result<void> check_plan(Session& session, const Json& plan, Time now) {
  const Json* lines = plan.find("lines");
  const auto made = parse_iso(plan.text_or("made_at"));
  if (!lines || !lines->is_array() || !made) return error(Fault::invalid, "this is no plan that was saved", "plan", make_another);
  if (lines->as_array().size() > most_lines_applied)
    return error(Fault::invalid, "a plan of more than " + std::to_string(most_lines_applied) + " lines", "plan",
                 "cut the file into several, each with the first line");
  if (plan.text_or("store") != store::store_name(session))
    return error(Fault::rejected, "this plan was made from another store", "plan", make_another);
  if (now >= *made + plan_lasts)
    return error(Fault::rejected, "this plan is of " + format_iso(*made) + " and has expired after 24 hours", "plan", make_another);
  return {};
}

Json moved_line(const Json& line, const std::string& why) {
  Json moved = Json::object();
  for (const auto* field : {"channel", "action", "thing", "sku"}) {
    if (const Json* value = line.find(field)) moved.set(field, *value);
  }
  moved.set("why", why);
  return moved;
}

/// The lines of one channel, against what the plan of now says.
class Application {
 public:
  Application(Session& session, const World& world, const Channel& channel, const std::string& author, Time now, AppliedPlan& report)
      : session_(session),
        world_(world),
        channel_(channel),
        author_(author),
        now_(now),
        report_(report),
        present_(plan_of(session, channel)) {
    for (const auto& line : present_.lines) by_key_.emplace(line.key(), &line);
  }

  void take(const Json& saved) {
    const auto found = by_key_.find(plan_key(saved));
    if (found == by_key_.end()) return drop(saved, "it is not to be done any more");
    const PlanLine& line = *found->second;
    if (line.item.text_or("state") != saved.text_or("state")) return drop(saved, "what it was made from has changed");
    mark_aspect(session_, channel_.no, line.mark.aspect, line.mark.thing, {"plan applied by " + author_, true, 0}, now_);
    if (taken_[line.mark.aspect].insert(line.mark.thing).second) ++report_.applied;
  }

  void finish() {
    for (const auto& [aspect, things] : taken_)
      store::take_from_holds(session_, channel_.no, aspect, std::vector<std::int64_t>(things.begin(), things.end()));
    if (channel_.released) return;
    hold_the_rest();
    store::set_released(session_, channel_.no, true);
    store::journal(session_, {0, now_, "channel.released", author_, channel_.no, channel_.config.name, R"({"by": "plan"})"});
    report_.released.insert(channel_.no);
  }

 private:
  void drop(const Json& saved, const std::string& why) { report_.moved.push_back(moved_line(saved, why)); }

  void hold_the_rest() {
    std::map<std::string, std::vector<std::int64_t>> rest;
    for (const auto& line : present_.lines) {
      if (taken_[line.mark.aspect].contains(line.mark.thing)) continue;
      store::give_to_guard(session_, line.mark);
      rest[line.mark.aspect].push_back(line.mark.thing);
    }
    for (const auto& [aspect, things] : rest)
      report_.held.push_back(hold_things(session_, world_, channel_, aspect, things,
                                         std::to_string(things.size()) + " changes were not in the plan that released the channel"));
  }

  Session& session_;
  const World& world_;
  const Channel& channel_;
  const std::string& author_;
  Time now_;
  AppliedPlan& report_;
  ChannelPlan present_;
  std::map<std::string, const PlanLine*> by_key_;
  std::map<std::string, std::set<std::int64_t>> taken_;
};

}  // namespace

Result<AppliedPlan> apply_saved_plan(Session& session, const World& world, const Json& plan, const std::string& author, Time now) {
  if (auto fine = check_plan(session, plan, now); !fine) return fine.error();
  AppliedPlan report;
  std::map<std::string, std::vector<const Json*>> by_channel;
  for (const auto& line : plan.find("lines")->as_array()) {
    if (!line.is_object()) return error(Fault::invalid, "a line of the plan is no object", "plan", make_another);
    by_channel[line.text_or("channel")].push_back(&line);
  }
  for (const auto& [name, lines] : by_channel) {
    const auto* channel = world.find(name);
    if (!channel) {
      for (const auto* line : lines) report.moved.push_back(moved_line(*line, "there is no such channel any more"));
      continue;
    }
    if (channel->config.policy == Policy::observe)
      return error(Fault::rejected, "the file of " + name + " says that it only observes", "plan", "change its `policy` first");
    Application application(session, world, *channel, author, now, report);
    for (const auto* line : lines) application.take(*line);
    application.finish();
  }
  store::journal(session, {0, now, "plan.applied", author, ChannelNo(0), "",
                           Json::object({{"applied", report.applied}, {"moved", report.moved.as_array().size()}}).dump()});
  return report;
}

}  // namespace tally::engine
