// The clock of a simulated world and what is to happen in it, in order of time; of one time in order of planning.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace tally::simulation {

class FakeClock final : public Clock {
 public:
  Time now() const override { return now_; }
  Duration since_start() const override { return now_.time_since_epoch(); }
  void set(Time time) { now_ = time; }

 private:
  Time now_ = from_ms(1'767'225'600'000);  // 2026-01-01T00:00:00Z
};

/// The machine's of the daemon: somebody sets it now and then.
class MachineClock final : public Clock {
 public:
  explicit MachineClock(const FakeClock& truth) : truth_(truth) {}
  Time now() const override { return truth_.now() + off_; }
  Duration since_start() const override { return truth_.since_start(); }
  std::string start() const override { return "the only one"; }  // the daemon falls, its machine does not
  void set_off(Duration off) { off_ = off; }
  Duration off() const { return off_; }

 private:
  const FakeClock& truth_;
  Duration off_{0};
};

class Agenda {
 public:
  explicit Agenda(FakeClock& clock) : clock_(clock) {}

  void at(Time time, std::function<void()> event) { events_.emplace(std::pair{std::max(time, clock_.now()), next_++}, std::move(event)); }
  void in(Duration wait, std::function<void()> event) { at(clock_.now() + wait, std::move(event)); }
  Time next() const { return events_.empty() ? never : events_.begin()->first.first; }
  /// Moves the clock to the next event and does it.
  void step() {
    auto first = events_.extract(events_.begin());
    clock_.set(first.key().first);
    first.mapped()();
  }

 private:
  FakeClock& clock_;
  std::map<std::pair<Time, std::uint64_t>, std::function<void()>> events_;
  std::uint64_t next_ = 0;
};

}  // namespace tally::simulation
