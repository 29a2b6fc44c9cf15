#include "simulation/simulation.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

namespace tally::simulation {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// Runs the seeds one after the other; the first violation is shown with its trace.
void run_seeds(std::uint64_t first, std::uint64_t count) {
  Report sum;
  const auto began = std::chrono::steady_clock::now();
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const auto report = simulate(seed, {from_environment("TALLYD_TAIL", 150)});
    ASSERT_EQ(report.violation, "") << "seed " << seed << "\n"
                                    << report.tail << "\nreplay: scripts/simulate --seed " << seed << " --seeds 1";
    sum.moments += report.moments, sum.commits += report.commits, sum.crashes += report.crashes, sum.orders += report.orders,
        sum.calls += report.calls;
    sum.writes += report.writes, sum.raises += report.raises, sum.raised_over_unread += report.raised_over_unread,
        sum.coincidences += report.coincidences;
    sum.lost += report.lost, sum.late += report.late;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
  std::cout << count << " seeds from " << first << ": " << sum.moments << " moments in " << took << " ms ("
            << sum.moments * 1000 / std::max<std::uint64_t>(took, 1) << " events/s), " << sum.orders << " orders, " << sum.calls
            << " calls, " << sum.lost << " lost, " << sum.late << " late, " << sum.commits << " half commits, " << sum.crashes
            << " crashes, " << sum.writes << " stock writes, " << sum.raises << " raises, " << sum.raised_over_unread
            << " over unread orders of absolute channels, " << sum.coincidences << " compared equal by chance\n";
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

TEST(Simulation, TheSameSeedGivesTheSameRun) {
  for (const std::uint64_t seed : {1u, 2u, 3u, 50u, 100u}) {
    const auto first = simulate(seed), second = simulate(seed);
    EXPECT_EQ(first.trace, second.trace) << "seed " << seed;
    EXPECT_EQ(first.commits, second.commits) << "seed " << seed;
    EXPECT_GT(first.orders, 0u) << "seed " << seed;
  }
}

TEST(Simulation, RangeOfTheEnvironment) {
  const auto count = from_environment("TALLYD_SEEDS", 0);
  if (count == 0) GTEST_SKIP() << "scripts/simulate sets TALLYD_SEEDS and TALLYD_SEED";
  run_seeds(from_environment("TALLYD_SEED", 1), count);
}

}  // namespace
}  // namespace tally::simulation
