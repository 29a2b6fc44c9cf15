// A store whose disk can be full: the work is done, its commit fails, and nothing of it remains; reading goes on.
#pragma once

#include "store/database.hpp"

#include <memory>
#include <utility>

namespace tally::tests {

/// One thread, around an unthreaded database.
class FullDisk final : public store::Database {
 public:
  explicit FullDisk(std::unique_ptr<store::Database> disk) : disk_(std::move(disk)) {}

  /// After so many more commits there is no room left.
  void fill(int commits_left = 0) { left_ = commits_left; }
  void make_room() { left_ = plenty; }

  Result<void> write(const store::Work& work) override {
    if (left_ == plenty) return disk_->write(work);
    if (left_ > 0) {
      --left_;
      return disk_->write(work);
    }
    return disk_->write([&](store::Session& session) -> Result<void> {
      if (auto done = work(session); !done) return done;
      return error(Fault::io, "database or disk is full", "store");
    });
  }
  void post(store::Work work, store::Done done) override { done(write(work)); }
  Result<void> read(const store::Work& work) override { return disk_->read(work); }
  std::uint64_t stirred(ChannelNo channel) const override { return disk_->stirred(channel); }
  bool healthy(std::string& why) const override { return disk_->healthy(why); }

 private:
  static constexpr int plenty = -1;
  std::unique_ptr<store::Database> disk_;
  int left_ = plenty;
};

}  // namespace tally::tests
