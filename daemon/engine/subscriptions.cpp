#include "engine/subscriptions.hpp"

#include "engine/lane.hpp"
#include "store/journal.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr Duration hourly{3600000};
constexpr Duration look_back_after{120000};  ///< after something was mended there
constexpr Duration on_its_way{5000};         ///< a webhook may still come, though the list was faster
constexpr Duration first_wait{60000};        ///< after a check that failed; then twice that, at most an hour
constexpr Duration a_day{86400000};
constexpr std::int64_t revived_in_vain = 3;  ///< within a day: what the platform sends does not arrive
constexpr std::size_t entries_looked_at = 200;

std::vector<std::string> texts_in(const Json& shown, std::string_view key) {
  std::vector<std::string> texts;
  const Json* list = shown.find(key);
  if (!list || !list->is_array()) return texts;
  for (const Json& text : list->as_array()) texts.push_back(text.scalar_text());
  return texts;
}

std::string listed(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace

WebhooksFound WebhooksFound::of(const Json& shown) {
  return {shown.integer_or("wanted"), shown.integer_or("active"), texts_in(shown, "revived"),
          texts_in(shown, "made"),    shown.text_or("why"),       shown.text_or("todo")};
}

std::string way_of_webhooks(const channel::Capabilities& facts, const ChannelConfig& config) {
  if (!facts.takes_webhooks || facts.tracks_parcels) return {};  // what tracks parcels is asked for each
  if (config.hook_url.empty()) return "no address";
  return facts.actions.contains("subscribe") ? "by itself" : "by hand";
}

void WebhookWatch::answered(const WebhooksFound& found, Time now) {
  if (!found.why.empty()) return failed(now);
  out_ = false;
  failures_ = 0;
  checked_at_ = now;
  const bool mended = !found.revived.empty() || !found.made.empty();
  if (mended || active_since_ == never) active_since_ = now;
  patience_ = mended ? least_patience : doubted_ ? std::min(patience_ * 2, hourly) : patience_;
  doubted_ = false;
  due_ = now + (mended ? look_back_after : hourly);
}

void WebhookWatch::failed(Time now) {
  out_ = false;
  doubted_ = false;
  checked_at_ = now;
  Duration wait = first_wait;
  for (unsigned i = 0; i < failures_ && wait < hourly; ++i) wait *= 2;
  ++failures_;
  due_ = now + std::min(wait, hourly);
}

void WebhookWatch::put_off(Time until) {
  out_ = false;
  due_ = std::max(due_, until);
}

void WebhookWatch::not_told_of(Time changed_at, Time now) {
  if (changed_at <= active_since_ || failures_ > 0) return;
  const Time wanted = std::max(now + on_its_way, checked_at_ + patience_);
  if (wanted >= due_) return;
  due_ = wanted;
  doubted_ = true;
}

void WebhookWatch::at_once() {
  due_ = long_ago;
  active_since_ = never;
  failures_ = 0;
  patience_ = least_patience;
}

/// What is entered there is a write like any other: not where a channel only observes.
bool Lane::may_subscribe() const {
  return channel_->may_write() && channel_->facts.actions.contains("subscribe") && !channel_->config.hook_url.empty();
}

std::optional<Call> Lane::next_subscription() {
  if (!may_subscribe() || !webhooks_.is_due(world_.clock.now())) return std::nullopt;
  if (const auto closed = closed_until("subscribe")) {
    webhooks_.put_off(*closed);
    return std::nullopt;
  }
  Call call = make(Call::Kind::subscribe, false);
  call.changes.push_back({"subscribe", channel::ActionKind::subscribe, Json::object(), std::nullopt});
  webhooks_.left();
  return call;
}

/// Whatever it was, the channel is not judged by it: orders and numbers do not need webhooks.
Result<void> Lane::finish_subscription(const Call& call, const Outcome& outcome) {
  const Time now = world_.clock.now();
  ensure(outcome.applied.size() == 1, "a connector answers each change");
  const auto& answer = outcome.applied.front();
  if (!answer && answer.error().fault == Fault::not_yet) {
    webhooks_.put_off(now + answer.error().retry_after.value_or(first_wait));
    return {};
  }
  auto& state = state_.webhooks;
  WebhooksFound found;
  if (answer) {
    found = WebhooksFound::of(answer->shown.value_or(Json::object()));
    webhooks_.answered(found, now);
    state.wanted = found.wanted, state.active = found.active, state.checked_at = now;
  } else {
    found.why = answer.error().text(), found.todo = answer.error().todo;
    webhooks_.failed(now);
  }
  state.trouble = found.why;
  const auto& name = channel_->config.name;
  if (!found.made.empty()) world_.log.info("webhooks were entered", {{"channel", name}, {"topics", listed(found.made)}});
  if (!found.revived.empty())
    world_.log.warning("webhooks were off and are on again", {{"channel", name}, {"topics", listed(found.revived)}});
  if (!found.why.empty()) world_.log.warning("webhooks could not be looked after", {{"channel", name}, {"reason", found.why}});
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    note_webhooks(session, found);
    return {};
  });
  if (!written) not_stored(call, written.error());
  return written;
}

void Lane::note_webhooks(Session& session, const WebhooksFound& found) {
  const Time now = world_.clock.now();
  const auto& name = channel_->config.name;
  const auto note = [&](const std::string& what, const std::vector<std::string>& topics) {
    if (topics.empty()) return;
    const Json detail = Json::object({{"topics", listed(topics)}, {"count", static_cast<std::int64_t>(topics.size())}});
    store::journal(session, {0, now, "webhooks." + what, "subscribe", channel_->no, name, detail.dump()});
  };
  note("entered", found.made);
  note("revived", found.revived);
  auto& state = state_.webhooks;
  state.revived = 0;
  std::int64_t times = 0;
  for (const auto& entry : store::journal_of(session, name, entries_looked_at)) {
    if (entry.what != "webhooks.revived" || entry.channel != channel_->no || entry.at < now - a_day) continue;
    const auto detail = Json::parse(entry.detail);
    state.revived += detail ? detail->integer_or("count") : 0;
    state.revived_at = std::max(state.revived_at, entry.at);
    ++times;
  }
  const auto tell = [&](const std::string& reason, const std::string& todo) {
    const std::string meanwhile = "; orders come by the list all the same, every " + format_duration(channel_->config.orders_every);
    store::set_problem(session, {channel_->no, "webhooks", name, reason, todo + meanwhile, now});
  };
  const auto& address = channel_->config.hook_url;
  if (!found.why.empty())
    return tell("the webhooks could not be looked after: " + found.why,
                !found.todo.empty()
                    ? found.todo
                    : "let tallyd's key manage webhooks there, or enter " + address + " by hand; it is tried again by itself");
  if (times >= revived_in_vain)
    return tell("the platform switched webhooks off " + std::to_string(times) + " times within a day: what it sends does not arrive",
                "see that " + address + " reaches tallyd from outside, and that the secret of its webhooks is no other's");
  store::clear_problem(session, channel_->no, "webhooks", name);
}

}  // namespace tally::engine
