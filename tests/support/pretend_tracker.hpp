// A pretend kuaidi100: a service of its own that verifies what it is asked, refuses a number that is asked for twice within half an hour,
// and pushes signed news to whoever follows a parcel. Its signatures are reckoned here, not by tallyd's connector.
#pragma once

#include "base/json.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace httplib {
class Server;
}

namespace tally::tests {

/// Any thread.
class PretendTracker {
 public:
  static constexpr const char *key = "track_key", *customer = "track_customer", *salt = "track_salt";

  PretendTracker();
  ~PretendTracker();

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Every request is answered with this code from now on; empty: as it should be.
  void refuse_all(const std::string& code);

  struct Follower {
    std::string company, callback, phone;
  };
  std::map<std::string, Follower> followers() const;  ///< by number
  int subscriptions() const;                          ///< that were asked for
  int queries() const;
  std::vector<std::string> complaints() const;  ///< what was wrong with what came

  /// What is known of a parcel from now on, as the platform tells it to whoever asks.
  void moved(const std::string& number, const std::string& state, const std::string& time, const std::string& context);
  /// The same to its follower. The answer's body; "HTTP N" where it is no success. `other_salt`: signed by somebody else.
  std::string push(const std::string& number, const std::string& status = "polling", const std::string& other_salt = {});

 private:
  std::string subscribe(const std::string& body);
  std::string query(const std::string& body);
  std::string result_of(const std::string& number) const;
  std::string refusal(const std::string& code, const std::string& why);

  std::unique_ptr<httplib::Server> server_;
  std::thread thread_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::string refused_with_;
  std::map<std::string, Follower> followers_;
  std::map<std::string, std::chrono::steady_clock::time_point> asked_;
  std::map<std::string, std::string> results_;  ///< lastResult, as JSON text
  std::vector<std::string> complaints_;
  int subscriptions_ = 0, queries_ = 0;
};

}  // namespace tally::tests
