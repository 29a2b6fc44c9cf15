// Budgets of requests: counted in a file before anything leaves, over restarts, midnights and clocks that are set.
#include "engine/budgets.hpp"

#include "full_disk.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <deque>
#include <filesystem>
#include <thread>

namespace tally::engine {
namespace {

using channel::Budget;
using channel::Errand;

/// The wall clock may be set; the time that passes may not.
class SetClock final : public Clock {
 public:
  Time now() const override { return from_ms(wall_); }
  Duration since_start() const override { return Duration(passed_); }
  void pass(Duration duration) { wall_ += duration.count(), passed_ += duration.count(); }
  void set(Time time) { wall_ = to_ms(time); }
  void boot() { passed_ = 0; }

 private:
  std::atomic<std::int64_t> wall_ = 1'767'225'600'000, passed_ = 0;  // 2026-01-01T00:00:00Z
};

Budget every(Duration window, std::int64_t most, std::int64_t keep = 0) {
  Budget budget;
  budget.name = "calls";
  budget.every = window;
  budget.most = most;
  budget.keep = keep;
  budget.slack = Duration(1000);
  return budget;
}

Budget a_day(const char* starts, std::int64_t most) {
  Budget budget = every(Duration(0), most);
  budget.day = *DayStart::parse(starts);
  return budget;
}

Errand of(const std::string& id, bool urgent = false) {
  return {"set_stock", urgent, [id](const std::string& name) { return name == "listing.@id" ? id : std::string(); }};
}

constexpr Duration hour{3600000}, minute{60000};

class BudgetUse : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() / ("tallyd-budgets-test-" + std::to_string(::getpid()) + ".db");
    remove_files();
    open();
  }
  void TearDown() override {
    close();
    remove_files();
  }

  void open(bool threaded = false) {
    store::Options options;
    options.threaded = threaded;
    options.durable = false;
    auto opened = store::Database::open("sqlite:" + path_.string(), std::move(options), clock, Log());
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    auto full_disk = std::make_unique<tests::FullDisk>(std::move(*opened));
    disk = full_disk.get();
    store = std::move(full_disk);
    budgets = std::make_unique<Budgets>(clock);
    ASSERT_TRUE(budgets->open(*store).has_value());
  }
  void close() {
    meter.reset();
    budgets.reset();
    store.reset();
  }
  /// As after a kill: nothing is told that the end is near.
  void restart(const Budget& budget) {
    close();
    open();
    use(budget);
  }
  void use(const Budget& budget) { meter = budgets->for_channel("shop")({budget}); }

  /// How many leave, of so many.
  int taken(int tries, const Errand& errand = {"read_orders"}) {
    int granted = 0;
    for (int i = 0; i < tries; ++i) granted += meter->take(errand).has_value() ? 1 : 0;
    return granted;
  }

  SetClock clock;
  std::unique_ptr<store::Database> store;
  tests::FullDisk* disk = nullptr;
  std::unique_ptr<Budgets> budgets;
  std::unique_ptr<channel::Meter> meter;

 private:
  void remove_files() {
    for (const auto* suffix : {".db", ".db-wal", ".db-shm", ".db.lock", ".keys.db", ".keys.db-wal", ".keys.db-shm", ".erasures.jsonl"}) {
      std::error_code ignored;
      std::filesystem::remove(path_.parent_path() / (path_.stem().string() + suffix), ignored);
    }
  }
  std::filesystem::path path_;
};

TEST_F(BudgetUse, WhatIsUsedUpIsToldWithItsNameAndWhenItOpens) {
  use(every(hour, 20));
  EXPECT_EQ(taken(25), 20);
  const auto refused = meter->take({"read_orders"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::not_yet);
  EXPECT_EQ(refused.error().what, "the budget 'calls' (20 every 1h) is used up; it opens at 2026-01-01T01:01:01Z");
  EXPECT_EQ(refused.error().where, "shop: read_orders");
  EXPECT_EQ(*refused.error().retry_after, hour + minute + Duration(1000))
      << "the last stretch, the window behind it, and what was on its way";
}

TEST_F(BudgetUse, WhoeverWaitsAsLongAsToldIsLetThrough) {
  use(every(minute, 3));
  ASSERT_EQ(taken(4), 3);
  clock.pass(*meter->take({"read_orders"}).error().retry_after - Duration(1));
  EXPECT_EQ(taken(1), 0);
  clock.pass(Duration(1));
  EXPECT_EQ(taken(1), 1);
}

TEST_F(BudgetUse, NoWindowOfThePlatformSeesOneTooManyHoweverItIsAlignedAndHoweverLateTheyCome) {
  const Budget budget = every(minute, 7);
  use(budget);
  std::deque<Time> came;
  std::uint64_t dice = 1;
  for (int i = 0; i < 3000; ++i) {
    dice = dice * 6364136223846793005ULL + 1442695040888963407ULL;
    clock.pass(Duration((dice >> 33) % 9000));
    if (i % 500 == 250) restart(budget);
    if (!meter->take({"read_orders"})) continue;
    came.push_back(clock.now() + Duration((dice >> 40) % 1000));
  }
  std::sort(came.begin(), came.end());
  ASSERT_GT(came.size(), 1000U) << "it lets hardly anything through";
  for (std::size_t i = 7; i < came.size(); ++i) EXPECT_GE(came[i] - came[i - 7], minute);
}

TEST_F(BudgetUse, ARestartRefillsNothing) {
  use(every(hour, 10));
  ASSERT_EQ(taken(10), 10);
  clock.pass(10 * minute);
  restart(every(hour, 10));
  EXPECT_EQ(taken(1), 0);
  clock.pass(hour);
  EXPECT_EQ(taken(20), 10);
}

TEST_F(BudgetUse, WhatWasWrittenAheadIsForfeitedByAKillAndNotByPassingTime) {
  const Budget large = every(hour, 2000);  // in blocks of ten
  use(large);
  ASSERT_EQ(taken(2005), 2000);
  restart(large);
  EXPECT_EQ(taken(1), 0);
  clock.pass(2 * hour);
  ASSERT_EQ(taken(1001), 1001);
  restart(large);
  EXPECT_EQ(taken(2000), 990) << "the rest of the block";
}

TEST_F(BudgetUse, AClockThatIsSetRefillsNothingWhileTheProcessLives) {
  use(every(hour, 5));
  ASSERT_EQ(taken(5), 5);
  clock.set(clock.now() + 48 * hour);
  EXPECT_EQ(taken(1), 0) << "put forward";
  clock.set(clock.now() - 96 * hour);
  EXPECT_EQ(taken(1), 0) << "put back";
  clock.pass(hour + 2 * minute);
  EXPECT_EQ(taken(6), 5) << "it is time that passes";
}

TEST_F(BudgetUse, AClockThatIsPutForwardWhileNothingRunsRefillsNothing) {
  use(every(hour, 5));
  ASSERT_EQ(taken(5), 5);
  clock.set(clock.now() + 24 * hour);
  restart(every(hour, 5));
  EXPECT_EQ(taken(1), 0);
}

TEST_F(BudgetUse, AMachineThatWasOffForADayHasTheNextOne) {
  clock.pass(100 * hour);
  use(every(24 * hour, 5));
  ASSERT_EQ(taken(5), 5);
  close();
  clock.pass(25 * hour);
  clock.boot();
  open();
  use(every(24 * hour, 5));
  EXPECT_EQ(taken(6), 5);
}

TEST_F(BudgetUse, AClockThatIsPutRightAfterTheStartRefillsNothingAtTheNext) {
  use(every(hour, 5));
  clock.set(clock.now() + 5 * hour);
  ASSERT_EQ(taken(5), 5);
  restart(every(hour, 5));
  EXPECT_EQ(taken(1), 0);
}

TEST_F(BudgetUse, AClockThatGoesBackOverARestartRefillsNothing) {
  use(every(hour, 5));
  ASSERT_EQ(taken(5), 5);
  clock.set(clock.now() - 24 * hour);
  restart(every(hour, 5));
  EXPECT_EQ(taken(1), 0);
  clock.pass(hour + 2 * minute);
  EXPECT_EQ(taken(6), 5);
}

TEST_F(BudgetUse, WhatWasCountedWhileTheClockWasYearsAheadDoesNotCloseItForYears) {
  const Budget daily = a_day("00:00 UTC", 5);
  clock.set(*parse_iso("2031-05-05T12:00:00Z"));
  use(daily);
  ASSERT_EQ(taken(5), 5);
  clock.set(*parse_iso("2026-01-01T12:00:00Z"));
  restart(daily);
  EXPECT_EQ(taken(1), 0) << "it may have been this very day";
  clock.pass(49 * hour);
  EXPECT_EQ(taken(6), 5);
}

TEST_F(BudgetUse, ADayBeginsWhereThePlatformIs) {
  clock.set(*parse_iso("2026-01-15T07:00:00Z"));
  use(a_day("00:00 America/Los_Angeles", 100));
  ASSERT_EQ(taken(101), 100);
  EXPECT_EQ(*meter->take({"read_orders"}).error().retry_after, hour + Duration(1000));
  clock.pass(hour);
  EXPECT_EQ(taken(1), 0) << "one that leaves at midnight may be counted as yesterday's";
  clock.pass(Duration(1000));
  EXPECT_EQ(taken(101), 100);
  restart(a_day("00:00 America/Los_Angeles", 100));
  EXPECT_EQ(taken(1), 0);
}

TEST_F(BudgetUse, ADayOf25HoursHasNoMoreThanAnother) {
  clock.set(*parse_iso("2026-11-01T07:00:02Z"));  // a second after midnight
  use(a_day("00:00 America/Los_Angeles", 10));
  ASSERT_EQ(taken(11), 10);
  clock.pass(24 * hour);
  EXPECT_EQ(taken(1), 0) << "it is eleven at night";
  clock.pass(hour);
  EXPECT_EQ(taken(11), 10);
}

TEST_F(BudgetUse, ARequestNearMidnightCountsForBothDays) {
  clock.set(*parse_iso("2026-01-14T23:59:59.500Z"));
  use(a_day("00:00 UTC", 10));
  ASSERT_EQ(taken(10), 10);
  clock.pass(2 * minute);
  EXPECT_EQ(taken(1), 0) << "all ten may have come after midnight";
  clock.pass(24 * hour);
  EXPECT_EQ(taken(11), 10);
}

TEST_F(BudgetUse, ADayOfAClockThatGoesBackStaysTheSameDay) {
  clock.set(*parse_iso("2026-01-15T00:10:00Z"));
  use(a_day("00:00 UTC", 10));
  ASSERT_EQ(taken(10), 10);
  clock.set(*parse_iso("2026-01-14T23:50:00Z"));
  EXPECT_EQ(taken(1), 0);
}

TEST_F(BudgetUse, WhatIsKeptIsForUrgentRequestsAlone) {
  use(every(hour, 20, 4));
  EXPECT_EQ(taken(20, of("1")), 16);
  EXPECT_TRUE(meter->opens("set_stock", false).has_value());
  EXPECT_FALSE(meter->opens("set_stock", true).has_value());
  const auto refused = meter->take(of("1"));
  EXPECT_NE(refused.error().what.find("but for the 4 that are kept for decreases, cancellations and orders"), std::string::npos)
      << refused.error().what;
  EXPECT_EQ(taken(20, of("1", true)), 4);
  EXPECT_TRUE(meter->opens("set_stock", true).has_value());
}

TEST_F(BudgetUse, WhereAllOfItIsKeptNothingElseEverLeaves) {
  use(every(hour, 3, 3));
  EXPECT_EQ(taken(3, of("1")), 0);
  EXPECT_EQ(taken(5, of("1", true)), 3);
}

TEST_F(BudgetUse, OneEntityThatIsUsedUpHoldsUpNoOther) {
  Budget budget = every(24 * hour, 3);
  budget.operations = {"set_stock"};
  budget.entity = "listing.@id";
  use(budget);
  EXPECT_EQ(taken(5, of("A")), 3);
  EXPECT_EQ(taken(5, of("B")), 3);
  EXPECT_EQ(taken(5, {"read_orders"}), 5) << "not of this budget";
  EXPECT_EQ(taken(5, of("")), 5) << "what has no id yet is nobody's";
  EXPECT_FALSE(meter->opens("set_stock", false).has_value()) << "the account has room";
  restart(budget);
  EXPECT_EQ(taken(5, of("B")), 0);
  EXPECT_EQ(taken(5, of("C")), 3);
}

TEST_F(BudgetUse, WhereTwoBudgetsAreMeantBothHaveRoomOrNeitherIsUsed) {
  Budget orders = every(hour, 2);
  orders.name = "order list";
  orders.operations = {"read_orders"};
  meter = budgets->for_channel("shop")({every(hour, 5), orders});
  EXPECT_EQ(taken(10, {"read_orders"}), 2);
  EXPECT_EQ(taken(10, {"read_listings"}), 3) << "what the order list refused was not counted";
}

TEST_F(BudgetUse, AnotherChannelHasItsOwn) {
  use(every(hour, 2));
  ASSERT_EQ(taken(3), 2);
  meter = budgets->for_channel("other")({every(hour, 2)});
  EXPECT_EQ(taken(3), 2);
}

TEST_F(BudgetUse, AReloadGoesOnCounting) {
  use(every(hour, 5));
  ASSERT_EQ(taken(3), 3);
  use(every(hour, 4));
  EXPECT_EQ(taken(3), 1) << "and the new rule counts";
}

TEST_F(BudgetUse, WhatTheNextConnectorPublishesNoMoreSlowsItsOrderReadsNoMore) {
  use(every(hour, 20));
  ASSERT_EQ(between_order_reads(budgets->published("shop")), hour);
  const auto for_the_next = budgets->for_channel("shop");
  EXPECT_EQ(between_order_reads(budgets->published("shop")), Duration(0)) << "it asked for no meter";
  for_the_next({every(2 * hour, 20)});
  EXPECT_EQ(between_order_reads(budgets->published("shop")), 2 * hour);
}

TEST_F(BudgetUse, NothingLeavesThatCouldNotBeWrittenDown) {
  use(every(hour, 5));
  disk->fill();
  EXPECT_EQ(taken(3), 0);
  disk->make_room();
  EXPECT_EQ(taken(9), 5);
}

TEST_F(BudgetUse, NothingLeavesBeforeTheStoreIsOpen) {
  Budgets unopened(clock);
  const auto refused = unopened.for_channel("shop")({every(hour, 5)})->take({"read_orders"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::gone);
}

TEST_F(BudgetUse, EightThreadsTogetherTakeNoneTooMany) {
  close();
  open(true);
  use(every(hour, 100));
  std::atomic<int> granted = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 40; ++n) granted += meter->take({"read_orders"}).has_value() ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(granted, 100);
  restart(every(hour, 100));
  EXPECT_EQ(taken(1), 0);
}

TEST_F(BudgetUse, WhatIsUsedUpIsListedForWhoeverAsksWhyNothingHappens) {
  Budget budget = every(hour, 2, 1);
  use(budget);
  EXPECT_TRUE(meter->spent().empty());
  ASSERT_EQ(taken(2), 1);
  ASSERT_EQ(meter->spent().size(), 1U);
  EXPECT_FALSE(meter->spent().front().urgent);
  EXPECT_EQ(meter->spent().front().budget, "calls");
  EXPECT_NE(meter->spent().front().text.find("it opens at 2026-01-01T01:01:01Z"), std::string::npos);
}

}  // namespace
}  // namespace tally::engine
