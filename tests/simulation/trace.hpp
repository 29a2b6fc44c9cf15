// What happened in a run, line by line: the newest lines for a person who looks for a fault,
// and a hash over all of them that a replay must repeat.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>

namespace tally::simulation {

class Trace {
 public:
  Trace(const Clock& clock, std::size_t keep) : clock_(clock), keep_(keep) {}

  void say(const std::string& what) {
    std::string line = format_iso(clock_.now()).substr(11) + "  " + what;
    for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    lines_.push_back(std::move(line));
    if (lines_.size() > keep_) lines_.pop_front();
    ++count_;
  }
  /// One more of what was done to the engine on purpose.
  void fault(const std::string& kind) { ++faults_[kind]; }
  const std::map<std::string, std::uint64_t>& faults() const { return faults_; }
  std::uint64_t hash() const { return hash_; }
  std::uint64_t count() const { return count_; }
  std::string tail() const {
    std::string text;
    for (const auto& line : lines_) text += line + "\n";
    return text;
  }

 private:
  const Clock& clock_;
  std::size_t keep_;
  std::deque<std::string> lines_;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
  std::uint64_t count_ = 0;
  std::map<std::string, std::uint64_t> faults_;
};

}  // namespace tally::simulation
