#include "http/limited_http.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <semaphore>
#include <thread>

using namespace tally;
using namespace tally::http;

namespace {

/// Time that passes only when somebody sleeps or the test says so.
class OwnClock final : public Clock {
 public:
  Time now() const override { return Time(since_); }
  Duration since_start() const override { return since_; }
  void pass(Duration time) { since_ += time; }

 private:
  Duration since_{1'000'000};
};

/// Notes when each request left and with which deadline.
class Platform final : public Http {
 public:
  explicit Platform(const Clock& clock) : clock_(clock) {}
  Result<Response> send(const Request& request) override {
    left.push_back(clock_.since_start());
    deadlines.push_back(request.deadline);
    return Response{.status = 200};
  }
  std::vector<Duration> left;
  std::vector<Duration> deadlines;

 private:
  const Clock& clock_;
};

struct Limited : testing::Test {
  OwnClock clock;
  Platform platform{clock};
};

TEST_F(Limited, without_limits_nothing_waits) {
  LimitedHttp http(platform, clock, {});
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(http.send({}));
  EXPECT_EQ(platform.left.back(), platform.left.front());
}

TEST_F(Limited, requests_leave_evenly_at_the_rate) {
  OwnClock start;
  LimitedHttp http(platform, clock, {.requests_per_second = 4}, [this](Duration time) { clock.pass(time); });
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(http.send({}));
  for (int i = 0; i < 9; ++i) EXPECT_EQ(platform.left[static_cast<std::size_t>(i)] - start.since_start(), Duration(250 * i));
}

TEST_F(Limited, no_second_sees_more_than_the_rate_whatever_the_pattern) {
  LimitedHttp http(platform, clock, {.requests_per_second = 7, .burst = 1}, [this](Duration time) { clock.pass(time); });
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(http.send({}));
    clock.pass(Duration(i * 37 % 301));
  }
  for (std::size_t i = 7; i < platform.left.size(); ++i) EXPECT_GE(platform.left[i] - platform.left[i - 7], Duration(1000));
}

TEST_F(Limited, a_burst_may_leave_at_once_after_a_pause_and_is_then_used_up) {
  LimitedHttp http(platform, clock, {.requests_per_second = 2, .burst = 3}, [this](Duration time) { clock.pass(time); });
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(http.send({}));
  EXPECT_EQ(platform.left[2], platform.left[0]);
  EXPECT_EQ(platform.left[3] - platform.left[2], Duration(500));
  clock.pass(Duration(10'000));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(http.send({}));
  EXPECT_EQ(platform.left[6], platform.left[4]) << "a long pause saves up one burst and not more";
}

TEST_F(Limited, a_wait_of_more_than_two_seconds_is_told_and_not_slept) {
  LimitedHttp http(platform, clock, {.requests_per_second = 1}, [](Duration) {});  // time stands still: all come at once
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(http.send({}));
  const auto fourth = http.send({.operation = "set_stock"});
  ASSERT_FALSE(fourth);
  EXPECT_EQ(fourth.error().fault, Fault::throttled);
  EXPECT_EQ(fourth.error().retry_after, Duration(3000));
  EXPECT_EQ(fourth.error().where, "set_stock");
  EXPECT_EQ(platform.left.size(), 3u) << "nothing was sent";
  clock.pass(*fourth.error().retry_after);
  EXPECT_TRUE(http.send({})) << "the refused one took no turn";
}

TEST_F(Limited, waiting_is_taken_off_the_deadline_and_never_longer_than_it) {
  LimitedHttp http(platform, clock, {.requests_per_second = 1}, [this](Duration time) { clock.pass(time); });
  ASSERT_TRUE(http.send({.deadline = Duration(5000)}));
  ASSERT_TRUE(http.send({.deadline = Duration(5000)}));
  EXPECT_EQ(platform.deadlines[0], Duration(5000));
  EXPECT_EQ(platform.deadlines[1], Duration(4000));
  const auto hurried = http.send({.deadline = Duration(400)});
  ASSERT_FALSE(hurried);
  EXPECT_EQ(hurried.error().fault, Fault::throttled);
}

/// Holds every request until told to let it go.
class Gate final : public Http {
 public:
  Result<Response> send(const Request&) override {
    most = std::max(most.load(), ++inside);
    open.acquire();
    --inside;
    return Response{.status = 200};
  }
  std::counting_semaphore<100> open{0};
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
};

TEST(Concurrency, is_never_more_than_allowed_and_seats_are_given_back) {
  Gate gate;
  const SystemClock clock;
  LimitedHttp http(gate, clock, {.concurrency = 2});
  std::atomic<int> answered{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      if (http.send({})) ++answered;
    });
  }
  gate.open.release(6);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 6);
  EXPECT_LE(gate.most, 2);
}

TEST(Concurrency, when_no_seat_comes_free_the_caller_is_told_to_come_back) {
  Gate gate;
  const SystemClock clock;
  LimitedHttp http(gate, clock, {.concurrency = 1});
  std::thread first([&] { EXPECT_TRUE(http.send({})); });
  while (gate.inside == 0) std::this_thread::yield();
  const auto second = http.send({.deadline = Duration(50)});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, Fault::throttled);
  EXPECT_TRUE(second.error().retry_after.has_value());
  gate.open.release();
  first.join();
}

}  // namespace
