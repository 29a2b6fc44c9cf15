// The wire between the engine and the platforms: each call leaves, is applied and is answered at three moments of its own, or not;
// webhooks come late, twice or never.
#pragma once

#include "engine/budgets.hpp"
#include "simulation/inspector.hpp"

#include <functional>
#include <memory>

namespace tally::simulation {

class Wire {
 public:
  struct Count {
    std::uint64_t calls = 0, pushes = 0, looks = 0;
  };

  /// `touch`: something happened that the engine should look at now.
  Wire(House& house, Inspector& inspector, std::vector<Shop>& shops, Agenda& agenda, const FakeClock& clock, Rng rng, Trace& trace,
       std::function<void()> touch);

  void send(engine::Call call);
  /// From now on nothing is lost, late or refused; what is still on its way to be late lands now.
  void calm() { calm_ = true; }
  /// Order readings of the first shop are refused for ever.
  void break_order_reads() { orders_broken_ = true; }
  const Count& count() const { return count_; }

 private:
  enum class Fate { well, twice, lost_request, lost_reply, late, refused, throttled, broken };
  struct Flight {
    engine::Call call;
    Shop* shop = nullptr;
    unsigned incarnation = 0;
    std::map<std::string, StockWrite> writes;
    engine::Outcome outcome;
    std::deque<Result<void>> counted;  ///< what the budgets said to each of its requests
  };
  /// Of one daemon: what it knows of budgets dies with it.
  struct Counting {
    unsigned incarnation = 0;
    std::unique_ptr<engine::Budgets> budgets;
    std::map<std::string, std::unique_ptr<channel::Meter>> meters;
  };
  using FlightPtr = std::shared_ptr<Flight>;

  Fate fate_of(const Flight& flight);
  bool may_land_twice(const Flight& flight) const;
  void leave(const FlightPtr& flight);
  channel::Meter& meter_of(const Shop& shop);
  bool may_leave(const FlightPtr& flight);
  void come(Flight& flight);
  void apply(const FlightPtr& flight, bool late);
  void answer(const FlightPtr& flight);
  void fail(Flight& flight, const Error& error) const;
  void announce(Shop& shop, const std::string& body);
  void deliver(Shop& shop, const std::string& body, int tries);
  void cut_short(Flight& flight);

  House& house_;
  Inspector& inspector_;
  std::vector<Shop>& shops_;
  Agenda& agenda_;
  const FakeClock& clock_;
  Rng rng_;
  Trace& trace_;
  std::function<void()> touch_;
  bool calm_ = false, orders_broken_ = false;
  Count count_;
  Counting counting_;
};

}  // namespace tally::simulation
