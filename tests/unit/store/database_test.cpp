#include "opened.hpp"
#include "store/catalogue.hpp"
#include "store/migrations.hpp"
#include "store/session.hpp"

#include <sys/stat.h>
#include <atomic>
#include <thread>

namespace tally::store {
namespace {

using soci::into;
using soci::use;

class Store : public Opened {
 protected:
  std::size_t channels() {
    std::size_t count = 0;
    EXPECT_TRUE(store
                    ->read([&](Session& session) -> Result<void> {
                      count = all_channels(session).size();
                      return {};
                    })
                    .has_value());
    return count;
  }
};

TEST_F(Store, IsReadableByItsOwnerOnly) {
  struct stat file {};
  ASSERT_EQ(::stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
}

TEST_F(Store, KeepsWhatWasWrittenWhenItIsOpenedAgain) {
  ASSERT_TRUE(write([](Session& session) { open_channel(session, "shop"); }).has_value());
  open();
  EXPECT_EQ(channels(), 1u);
}

TEST_F(Store, AWorkThatFailsLeavesNothingBehind) {
  const auto done = store->write([](Session& session) -> Result<void> {
    open_channel(session, "shop");
    return error(Fault::invalid, "no");
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().fault, Fault::invalid);
  EXPECT_EQ(channels(), 0u);
}

TEST_F(Store, AFaultOfTheDatabaseIsAnErrorAndLeavesNothingBehind) {
  const auto done = store->write([](Session& session) -> Result<void> {
    open_channel(session, "shop");
    session.sql << "INSERT INTO no_such_table VALUES (1)";
    return {};
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().fault, Fault::io);
  EXPECT_EQ(channels(), 0u);
}

TEST_F(Store, IsOpenOnceAtATime) {
  const auto second = Database::open("sqlite:" + path.string(), {}, clock, Log());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().fault, Fault::locked);
}

TEST_F(Store, RefusesANameThatItDoesNotUnderstand) {
  EXPECT_EQ(Database::open("mysql:x", {}, clock, Log()).error().fault, Fault::invalid);
  EXPECT_EQ(Database::open(R"(sqlite:a"b)", {}, clock, Log()).error().fault, Fault::invalid);
}

TEST_F(Store, RefusesTheSchemaOfANewerOne) {
  ASSERT_TRUE(write([](Session& session) {
                Int number = static_cast<Int>(migrations().back().number) + 1;
                session.sql << "INSERT INTO migration (number, name, checksum, at) VALUES (:n, 'later', 'x', 0)", use(number);
              }).has_value());
  store.reset();
  EXPECT_EQ(Database::open("sqlite:" + path.string(), {}, clock, Log()).error().fault, Fault::invalid);
}

TEST_F(Store, RefusesASchemaThatWasChangedUnderIt) {
  ASSERT_TRUE(write([](Session& session) { session.sql << "UPDATE migration SET checksum = 'x' WHERE number = 1"; }).has_value());
  store.reset();
  EXPECT_EQ(Database::open("sqlite:" + path.string(), {}, clock, Log()).error().fault, Fault::invalid);
}

TEST_F(Store, ACrashBeforeACommitLosesItAndOneAfterItDoesNot) {
  for (const bool after : {false, true}) {
    bool armed = false;
    open({.threaded = false, .durable = false, .backlog = 100, .crash = [&](bool is_after) { return armed && is_after == after; }});
    const auto before = channels();
    armed = true;
    EXPECT_EQ(write([&](Session& session) { open_channel(session, after ? "after" : "before"); }).error().fault, Fault::gone);
    EXPECT_EQ(store->read([](Session&) -> Result<void> { return {}; }).error().fault, Fault::gone) << "a dead store stays dead";
    open();
    EXPECT_EQ(channels(), before + (after ? 1 : 0));
  }
}

TEST_F(Store, OnlyTheCulpritOfAGroupFails) {
  open({.threaded = true, .durable = false, .backlog = 100, .crash = {}});
  std::atomic<int> done = 0, failed = 0;
  std::mutex gate;
  gate.lock();
  store->post(
      [&](Session&) -> Result<void> {
        const std::lock_guard wait(gate);
        return {};
      },
      [](Result<void>) {});
  for (int i = 0; i < 20; ++i) {
    store->post(
        [i](Session& session) -> Result<void> {
          if (i == 7) return error(Fault::invalid, "the culprit");
          open_channel(session, "channel " + std::to_string(i));
          return {};
        },
        [&](Result<void> result) { ++(result ? done : failed); });
  }
  gate.unlock();
  ASSERT_TRUE(store->write([](Session&) -> Result<void> { return {}; }).has_value());
  EXPECT_EQ(done, 19);
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(channels(), 19u);
}

TEST_F(Store, RefusesMoreThanItsBacklog) {
  open({.threaded = true, .durable = false, .backlog = 3, .crash = {}});
  std::mutex gate;
  std::atomic<bool> begun = false;
  std::atomic<int> refused = 0, answered = 0;
  gate.lock();
  store->post(
      [&](Session&) -> Result<void> {
        begun = true;
        const std::lock_guard wait(gate);
        return {};
      },
      [&](Result<void>) { ++answered; });
  while (!begun) std::this_thread::yield();
  for (int i = 0; i < 10; ++i) {
    store->post([](Session&) -> Result<void> { return {}; },
                [&](Result<void> result) {
                  refused += !result && result.error().fault == Fault::locked ? 1 : 0;
                  ++answered;
                });
  }
  gate.unlock();
  while (answered < 11) std::this_thread::yield();  // the work holds on to this function's locals
  EXPECT_EQ(refused, 7);
}

TEST_F(Store, TellsALaneWhenItsChannelHasSomethingToDo) {
  const auto one = store->stirred(ChannelNo(1)), two = store->stirred(ChannelNo(2));
  ASSERT_TRUE(write([](Session& session) { set_released(session, ChannelNo(1), true); }).has_value());
  EXPECT_NE(store->stirred(ChannelNo(1)), one);
  EXPECT_EQ(store->stirred(ChannelNo(2)), two);
  const auto after = store->stirred(ChannelNo(1));
  EXPECT_FALSE(store
                   ->write([](Session& session) -> Result<void> {
                     set_released(session, ChannelNo(1), false);
                     return error(Fault::invalid, "no");
                   })
                   .has_value());
  EXPECT_EQ(store->stirred(ChannelNo(1)), after);
}

}  // namespace
}  // namespace tally::store
