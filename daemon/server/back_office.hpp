// Two threads that ask the engine, so that a slow answer never holds up the door.
#pragma once

#include "base/result.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>

namespace tally::server {

class BackOffice {
 public:
  BackOffice(std::shared_ptr<boost::asio::io_context> listener, std::size_t most_waiting)
      : listener_(std::move(listener)), most_(most_waiting) {}

  /// Runs `work` on one of the threads, then `then` on the listener's; false when too much is waiting, and then neither. An exception out
  /// of `work` arrives as an Error. `then` may never be called when the server stops, so it must not own what stopping waits for.
  template <class T>
  bool ask(std::function<Result<T>()> work, std::function<void(Result<T>)> then) {
    if (waiting_.fetch_add(1) >= most_) {
      waiting_.fetch_sub(1);
      return false;
    }
    boost::asio::post(pool_, [this, work = std::move(work), then = std::move(then)]() mutable {
      auto result = guarded<T>(work);
      waiting_.fetch_sub(1);
      boost::asio::post(*listener_, [then = std::move(then), result = std::move(result)]() mutable { then(std::move(result)); });
    });
    return true;
  }

  /// Waits for what is being asked; what still waits is dropped.
  void stop() {
    pool_.stop();
    pool_.join();
  }

 private:
  static constexpr std::size_t threads = 2;

  template <class T>
  static Result<T> guarded(const std::function<Result<T>()>& work) {
    try {
      return work();
    } catch (const std::exception& fault) {
      return error(Fault::internal, fault.what());
    }
  }

  std::shared_ptr<boost::asio::io_context> listener_;
  std::size_t most_;
  std::atomic<std::size_t> waiting_ = 0;
  boost::asio::thread_pool pool_{threads};
};

}  // namespace tally::server
