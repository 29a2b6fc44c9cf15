#include "simulation/simulation.hpp"

#include <gtest/gtest.h>

#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

namespace tally::simulation {
namespace {

/// All of it is one thread, and SQLite need not expect a second. It takes this only before its first connection.
[[maybe_unused]] const bool alone = sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK &&
                                    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK && sqlite3_initialize() == SQLITE_OK;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

void expect_clean(const Report& report) {
  ASSERT_EQ(report.violation, "") << "seed " << report.seed << "\n"
                                  << report.tail << "\nreplay: scripts/simulate --seed " << report.seed << " --seeds 1 --tail 100000";
}

std::atomic<std::uint64_t> running{0};

/// A rule of the engine's own that breaks ends the process: which seed it was is said nevertheless.
extern "C" void say_seed(int) {
  char line[32] = "seed ";
  char* end = std::to_chars(line + 5, line + sizeof line - 1, running.load()).ptr;
  *end++ = '\n';
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, line, static_cast<std::size_t>(end - line));
}

/// Runs the seeds one after the other; the first violation is shown with its trace.
void run_seeds(std::uint64_t first, std::uint64_t count) {
  Report sum;
  const auto began = std::chrono::steady_clock::now();
  const bool hashes = from_environment("TALLYD_HASHES", 0) != 0;
  std::signal(SIGABRT, say_seed);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    running = seed;
    Report report;
    try {
      report = simulate(seed, {.tail = from_environment("TALLYD_TAIL", 150), .dump = hashes});
    } catch (const std::exception& fault) {
      FAIL() << fault.what() << "\nseed " << seed << "\n";
    }
    expect_clean(report);
    if (::testing::Test::HasFatalFailure()) return;
    if (hashes) std::cout << "hash " << seed << " " << report.trace << " " << report.dump << "\n";
    sum.moments += report.moments, sum.commits += report.commits, sum.orders += report.orders, sum.calls += report.calls;
    sum.writes += report.writes, sum.raises += report.raises, sum.raised_over_unread += report.raised_over_unread,
        sum.coincidences += report.coincidences;
    for (const auto& [kind, times] : report.faults) sum.faults[kind] += times;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  // scripts/simulate adds these lines up.
  std::cout << "done " << count << " seeds from " << first << " in " << took << " ms\n";
  for (const auto& [what, times] :
       std::map<std::string, std::uint64_t>{{"moments", sum.moments},
                                            {"half commits", sum.commits},
                                            {"orders", sum.orders},
                                            {"calls", sum.calls},
                                            {"stock writes", sum.writes},
                                            {"raises", sum.raises},
                                            {"raises over unread orders of absolute channels", sum.raised_over_unread},
                                            {"compared equal by chance", sum.coincidences}})
    std::cout << "count " << times << " " << what << "\n";
  for (const auto& [kind, times] : sum.faults) std::cout << "fault " << times << " " << kind << "\n";
  if (sum.writes >= 10000) {
    EXPECT_LE(sum.coincidences * 10000, sum.writes) << "S8: too many comparisons are equal by chance";
  }
}

TEST(Simulation, EverythingConvergesForSeeds1To60) {
  run_seeds(1, 60);
}
TEST(Simulation, EverythingConvergesForSeeds61To120) {
  run_seeds(61, 60);
}
TEST(Simulation, EverythingConvergesForSeeds121To180) {
  run_seeds(121, 60);
}
TEST(Simulation, EverythingConvergesForSeeds181To240) {
  run_seeds(181, 60);
}
TEST(Simulation, EverythingConvergesForSeeds241To300) {
  run_seeds(241, 60);
}

TEST(Simulation, SeedsThatOnceFailedHold) {
  std::ifstream corpus(TALLYD_SOURCE_DIR "/tests/simulation/corpus");
  ASSERT_TRUE(corpus.is_open());
  int seeds = 0;
  for (std::string line; std::getline(corpus, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::uint64_t seed = 0;
    ASSERT_TRUE(static_cast<bool>(words >> seed)) << line;
    expect_clean(simulate(seed));
    ++seeds;
  }
  EXPECT_GT(seeds, 0);
}

/// L3.
TEST(Simulation, WhatCanArriveArrivesThoughTheOrderListIsClosed) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) expect_clean(simulate(seed, {.script = Script::broken_reads}));
}

/// L4.
TEST(Simulation, GoodsArriveThoughSomebodyBuysEverySecond) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed)
    expect_clean(simulate(seed, {.tail = from_environment("TALLYD_TAIL", 150), .script = Script::hot}));
}

/// S17.
TEST(Simulation, WhatTheWireLosesDelaysAndDoublesMakesNoDifferenceInTheEnd) {
  for (std::uint64_t seed = 1; seed <= from_environment("TALLYD_WORLDS", 8); ++seed) {
    const auto one = simulate(seed, {.script = Script::same_world});
    expect_clean(one);
    for (std::uint64_t wire = 1; wire <= 2; ++wire) {
      const auto other = simulate(seed, {.script = Script::same_world, .wire = wire});
      expect_clean(other);
      EXPECT_NE(one.trace, other.trace) << "another wire tells another story";
      EXPECT_EQ(one.end, other.end) << "seed " << seed << ", wire " << wire;
    }
  }
}

/// A crash at each commit of a short run, before it and after it.
TEST(Simulation, EveryCrashPointOfAShortRun) {
  constexpr std::uint64_t points = 90, fewest = 50;  // the smallest world has no more
  for (std::uint64_t seed = 1; seed <= from_environment("TALLYD_CRASHED", 3); ++seed) {
    for (std::uint64_t point = 0; point < points; ++point) {
      const auto report = simulate(seed, {.crash_at = point, .faults_ms = 6000});
      expect_clean(report);
      if (::testing::Test::HasFatalFailure()) FAIL() << "crash point " << point;
      if (point >= fewest && !report.faults.contains("crash")) break;
      EXPECT_EQ(report.faults.contains("crash") ? report.faults.at("crash") : 0, 1u) << "seed " << seed << ", crash point " << point;
    }
  }
}

/// R1, in this process and in two others.
TEST(Simulation, TheSameSeedGivesTheSameRun) {
  const auto hashes_of_a_process = [] {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string command =
        "TALLYD_HASHES=1 TALLYD_SEED=7 TALLYD_SEEDS=12 '" + self + "' --gtest_filter=Simulation.RangeOfTheEnvironment";
    const std::unique_ptr<FILE, int (*)(FILE*)> process(::popen(command.c_str(), "r"), ::pclose);
    std::string hashes;
    char line[4096];
    while (process && std::fgets(line, sizeof line, process.get())) {
      if (std::string(line).starts_with("hash ")) hashes += line;
    }
    return hashes;
  };
  const auto first = hashes_of_a_process(), second = hashes_of_a_process();
  EXPECT_EQ(std::count(first.begin(), first.end(), '\n'), 12);
  EXPECT_EQ(first, second);
  const auto here = simulate(7, {.dump = true});
  EXPECT_TRUE(first.starts_with("hash 7 " + std::to_string(here.trace) + " " + std::to_string(here.dump) + "\n")) << first;
}

TEST(Simulation, RangeOfTheEnvironment) {
  const auto count = from_environment("TALLYD_SEEDS", 0);
  if (count == 0) GTEST_SKIP() << "scripts/simulate sets TALLYD_SEEDS and TALLYD_SEED";
  run_seeds(from_environment("TALLYD_SEED", 1), count);
}

}  // namespace
}  // namespace tally::simulation
