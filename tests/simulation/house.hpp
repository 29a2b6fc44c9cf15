// The merchant's side of a simulated world: the store on a file, the engine on top of it, and crashes between any two commits.
#pragma once

#include "engine/import.hpp"
#include "simulation/agenda.hpp"
#include "simulation/shop.hpp"
#include "simulation/trace.hpp"
#include "store/database.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tally::simulation {

class House {
 public:
  House(std::filesystem::path folder, const FakeClock& clock, Trace& trace, std::vector<Shop>& shops, std::uint64_t seed);
  ~House();

  /// Opens the store and makes an engine on it. False where it crashed on the way (or failed: `fault`).
  bool open();
  /// Only the store, for what the merchant wrote down before the first start.
  bool open_empty();
  /// The channels are set anew, without those named. False where it crashed on the way.
  bool reload(const std::set<std::string>& without);
  /// Those that the engine has of a channel.
  const std::string& rules_of(const Shop& shop) const { return rules_.at(shop.name()); }
  /// What the guard holds is released, as a person does who has looked at it; tells of each thing.
  void release_held(const std::function<void(ChannelNo, std::int64_t)>& tell);
  /// Or left as it is on the channels, for as long as the same would be written there.
  void discard_held();
  /// A chunk of a file, as Engine::import takes it: the first names no batch (0) and gets one. Nothing: the store died, or the batch is
  /// not open any more.
  std::optional<engine::ImportReport> import(const Json& chunk, std::int64_t& batch, bool close);
  /// Those of which nothing was heard for a minute, and those that whoever fell had opened.
  void close_batches();
  /// Told before a batch is judged, and once it was.
  void watch_judging(std::function<void(std::int64_t)> before, std::function<void(std::int64_t)> after);
  void set_guard(std::int64_t least) { config_.guard.least = least; }
  /// So far from the truth from now on.
  void set_clock(Duration off) { clock_.set_off(off); }
  const Clock& clock() const { return clock_; }
  bool clock_is_right() const { return clock_.off() == Duration(0); }
  /// When that was in truth of which the engine's rows say this.
  Time truth(Time ours) const { return ours == never || ours == long_ago ? ours : ours - followed_; }
  /// Everything in memory is gone; the file stays.
  void fall();
  bool up() const { return core_ != nullptr; }
  /// The store died under the engine: fall() is due.
  bool crashed() const { return crashed_; }
  /// So many commits from now the store dies, before or after the commit itself; nothing: it lives.
  void crash_in(std::optional<std::uint64_t> half_commits) { crash_in_ = half_commits; }
  /// Rises with each start: a call of an older one has nobody to answer to.
  unsigned incarnation() const { return incarnation_; }
  std::uint64_t commits() const { return commits_; }

  /// When the engine wants its next turn.
  Time turn(const std::function<void(engine::Call)>& dispatch);
  void finish(const engine::Call& call, engine::Outcome outcome);
  /// One transaction. False where the store died, with nothing or everything done.
  bool write(const std::function<void(store::Session&)>& work);
  void read(const std::function<void(store::Session&)>& work);

  engine::Core& core() { return *core_; }
  /// All that the log says, of every daemon that there was.
  std::string log() const;
  /// What the engine or the store said that it never should in a world without broken disks; empty: nothing.
  const std::string& fault() const { return fault_; }

 private:
  bool crash_now();
  bool judge(std::int64_t batch);
  bool set_channels(const std::set<std::string>& without);
  void note(const Error& error);

  std::filesystem::path folder_;
  MachineClock clock_;
  Duration followed_{0};  ///< how far the clock was off when the engine last read it
  Trace& trace_;
  std::vector<Shop>& shops_;
  std::uint64_t seed_;
  engine::Config config_;
  Log log_;
  std::unique_ptr<store::Database> store_;
  std::unique_ptr<engine::Core> core_;
  std::optional<std::uint64_t> crash_in_;
  std::uint64_t commits_ = 0;
  unsigned incarnation_ = 0;
  std::map<std::string, std::string> rules_;    ///< by channel, as the engine was told last
  std::map<std::int64_t, Duration> importing_;  ///< batches that are open, and when their last chunk came
  std::function<void(std::int64_t)> before_judging_, after_judging_;
  std::uint64_t openings_ = 0;  ///< of the store: each has other nonces
  bool crashed_ = false;
  std::string fault_;
};

}  // namespace tally::simulation
