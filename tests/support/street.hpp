// A merchant's whole street for one test: pretend platforms in one process, the daemon in another, a folder of configuration, and `tallyd`
// on the command line, as a stranger would use them.
#pragma once

#include "base/json.hpp"
#include "support/process.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace tally::tests {

/// The program that is tested.
std::filesystem::path program();

/// How a command ended.
struct Ended {
  int code = -1;
  std::string out, err;
  /// The last line of its output as JSON; null where it is none.
  Json json() const;
};

/// An entry of the sandbox's configuration (connectors/sandbox/README.md), with the secrets that `Street` gives the daemon too.
Json platform(const std::string& name, const std::string& dialect);

/// One thread. What a test cannot go on without is thrown, with the reason.
class Street {
 public:
  /// Starts the pretend platforms. A till's folder is set here.
  explicit Street(std::vector<Json> platforms);
  ~Street();
  Street(const Street&) = delete;
  Street& operator=(const Street&) = delete;

  std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }
  std::filesystem::path channel_file(const std::string& name) const { return file("config/channels.d/" + name + ".yaml"); }
  /// Writes the channel's file for the platform of this name; `more` is YAML that is added. Polls and sweeps are set to a second or two.
  void write_channel(const std::string& name, const std::string& more = {});
  /// Tells the platform where the channel's webhooks go.
  void enter_hook(const std::string& name);
  /// Starts the daemon and waits until it answers.
  void open();
  /// `tallyd import` of this CSV, which must be taken whole.
  Json import(const std::string& csv);
  /// Releases the channels and waits until `tallyd sync` says that all is done.
  void release(const std::vector<std::string>& channels);

  /// `tallyd WORDS… --config FOLDER --json`
  Ended tallyd(std::vector<std::string> words, milliseconds patience = seconds(120));
  /// The same, which must end with 0.
  Json done(const std::vector<std::string>& words);
  Json status() { return done({"status"}); }
  /// The channel's own part of the status; null when it is not there.
  Json channel(const std::string& name);
  /// The problem of the status whose reason has this text; null when there is none.
  Json problem(const std::string& text);
  /// Units of this SKU in the ledger, over all places; nothing while no place was ever counted.
  std::optional<std::int64_t> available(const std::string& sku);

  /// The sandbox's control interface; `path`: what stands behind /platforms/NAME/.
  Json ask(const std::string& name, const std::string& path);
  Json tell(const std::string& name, const std::string& path, const Json& wish);
  /// What shoppers see of this SKU there; null when it is not listed.
  Json offer(const std::string& name, const std::string& sku);
  std::int64_t shown(const std::string& name, const std::string& sku);
  std::string url(const std::string& name) const { return urls_.at(name); }

  /// Rows in the daemon's inbox, read from its file.
  std::int64_t inbox_rows() const;
  int hook_port() const { return hook_port_; }
  Process& daemon() { return daemon_; }
  std::string daemon_log() const { return content_of(file("tallyd.log")); }

  /// Waits until it is so. A failure tells the daemon's status and the end of its log.
  ::testing::AssertionResult soon(const std::function<bool()>& so, milliseconds patience = seconds(20));

 private:
  std::string address(const std::string& name) const;

  Folder folder_;
  Process sandbox_, daemon_;
  std::map<std::string, std::string> urls_, dialects_, auths_;
  int control_port_ = 0, hook_port_ = 0, commands_ = 0;
};

/// Three products with one variant each: TEE (10 units, 19.90), MUG (5, 9.50) and CAP (7, 12.00).
std::string three_products();

}  // namespace tally::tests
