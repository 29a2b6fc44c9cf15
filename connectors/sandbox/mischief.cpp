#include "connectors/sandbox/mischief.hpp"

#include "base/complaint.hpp"

#include <array>

namespace tally::sandbox {
namespace {

constexpr unsigned longest_delay_ms = 10'000;
constexpr std::int64_t overtaken_within_ms = 400;

struct Knob {
  const char* name;
  unsigned Faults::*value;
};

constexpr std::array<Knob, 9> knobs{{{"lose_percent", &Faults::lose},
                                     {"error_429_percent", &Faults::error_429},
                                     {"error_5xx_percent", &Faults::error_5xx},
                                     {"garbage_percent", &Faults::garbage},
                                     {"lose_reply_percent", &Faults::lose_reply},
                                     {"webhooks_lost_percent", &Faults::webhooks_lost},
                                     {"duplicate_percent", &Faults::duplicate},
                                     {"reorder_percent", &Faults::reorder},
                                     {"delay_ms", &Faults::delay_ms}}};

}  // namespace

Result<Faults> Faults::changed(Faults now, const Json& wish) {
  if (!wish.is_object()) return error(Fault::invalid, "misbehave takes an object", {}, "send {\"lose_percent\": 5}");
  for (const auto& [name, value] : wish.as_object()) {
    const Knob* found = nullptr;
    std::vector<std::string> names;
    for (const Knob& knob : knobs) {
      names.emplace_back(knob.name);
      if (name == knob.name) found = &knob;
    }
    if (!found) return error(Fault::invalid, "there is no misbehaviour '" + name + "'", {}, did_you_mean(name, names));
    const std::int64_t most = found->value == &Faults::delay_ms ? longest_delay_ms : 100;
    const auto number = value.integer();
    if (!number || *number < 0 || *number > most) {
      return error(Fault::invalid, name + " is out of range", {}, "take a whole number from 0 to " + std::to_string(most));
    }
    now.*(found->value) = static_cast<unsigned>(*number);
  }
  return now;
}

Json Faults::json() const {
  Json all = Json::object();
  for (const Knob& knob : knobs) all.set(knob.name, static_cast<std::int64_t>(this->*(knob.value)));
  return all;
}

Faults Mischief::faults() const {
  std::lock_guard lock(mutex_);
  return faults_;
}

void Mischief::set(const Faults& faults) {
  std::lock_guard lock(mutex_);
  faults_ = faults;
}

Fate Mischief::of_request() {
  std::lock_guard lock(mutex_);
  if (rng_.chance(faults_.lose)) return Fate::lost;
  if (rng_.chance(faults_.error_429)) return Fate::too_many;
  if (rng_.chance(faults_.error_5xx)) return Fate::trouble;
  if (rng_.chance(faults_.garbage)) return Fate::garbled;
  if (rng_.chance(faults_.lose_reply)) return Fate::reply_lost;
  return Fate::served;
}

Duration Mischief::delay() {
  std::lock_guard lock(mutex_);
  return Duration(faults_.delay_ms == 0 ? 0 : static_cast<std::int64_t>(rng_.below(faults_.delay_ms + 1)));
}

Journey Mischief::of_webhook() {
  std::lock_guard lock(mutex_);
  Journey journey;
  journey.lost = rng_.chance(faults_.webhooks_lost);
  journey.twice = rng_.chance(faults_.duplicate);
  if (faults_.delay_ms > 0) journey.wait += Duration(static_cast<std::int64_t>(rng_.below(faults_.delay_ms + 1)));
  if (rng_.chance(faults_.reorder)) journey.wait += Duration(rng_.between(overtaken_within_ms / 4, overtaken_within_ms));
  return journey;
}

bool Mischief::coin() {
  std::lock_guard lock(mutex_);
  return rng_.chance(50);
}

}  // namespace tally::sandbox
