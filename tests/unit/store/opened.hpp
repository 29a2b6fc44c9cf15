// A store on a file of its own, opened without threads, for tests of what it keeps.
#pragma once

#include "store/database.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>

namespace tally::store {

class StoppedClock final : public Clock {
 public:
  Time now() const override { return now_; }
  Duration since_start() const override { return now_.time_since_epoch(); }

 private:
  Time now_ = from_ms(1'767'225'600'000);
};

class Opened : public ::testing::Test {
 protected:
  void SetUp() override {
    path = std::filesystem::temp_directory_path() / ("tallyd-store-test-" + std::to_string(::getpid()) + ".db");
    remove_files();
    open();
  }
  void TearDown() override {
    store.reset();
    remove_files();
  }

  void open(Options options = {.threaded = false, .durable = false, .backlog = 100, .crash = {}}) {
    store.reset();
    auto opened = Database::open("sqlite:" + path.string(), std::move(options), clock, Log());
    ASSERT_TRUE(opened.has_value()) << opened.error().text();
    store = std::move(*opened);
  }

  Result<void> write(const std::function<void(Session&)>& work) {
    return store->write([&](Session& session) -> Result<void> {
      work(session);
      return {};
    });
  }

  void remove_files() {
    for (const auto* suffix : {".db", ".db-wal", ".db-shm", ".db.lock", ".keys.db", ".keys.db-wal", ".keys.db-shm", ".erasures.jsonl"}) {
      std::error_code ignored;
      std::filesystem::remove(std::filesystem::path(path).replace_extension().string() + suffix, ignored);
    }
  }

  StoppedClock clock;
  std::filesystem::path path;
  std::unique_ptr<Database> store;
};

}  // namespace tally::store
