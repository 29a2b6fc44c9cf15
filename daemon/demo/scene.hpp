// The running demonstration: a folder, the pretend platforms in one process, the daemon in another.
#pragma once

#include "cli/cli.hpp"
#include "cli/daemon.hpp"
#include "demo/child.hpp"
#include "demo/platforms.hpp"
#include "demo/stage.hpp"

#include <functional>

namespace tally::demo {

/// One thread. Ends both processes when it goes, and removes the folder unless it is to be kept, or has a log that an error names.
class Scene {
 public:
  /// `options` outlives it.
  Scene(const cli::DemoOptions& options, std::function<bool()> stop_requested, Terms terms)
      : options_(options), stop_(std::move(stop_requested)), terms_(std::move(terms)) {}
  ~Scene();
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  /// Makes the folder and starts both.
  Result<void> open();
  /// Imports the catalogue and the opening stock, releases the channels and waits until all is listed.
  Result<void> fill(const Assortment& assortment, Duration patience);
  /// A daemon that died is started again, as its service manager would: what it had acknowledged must still be there.
  Result<void> keep_daemon();
  /// Until the daemon says that nothing is left to do, and the platforms show what it says, for six seconds: longer than a poll.
  /// Gives up quietly after `patience`, as the verdict says what is not right. Errors: cancelled.
  Result<void> become_calm(const Assortment& assortment, Duration patience);

  const Platforms& platforms() const { return *platforms_; }
  const cli::Daemon& daemon() const { return *daemon_; }
  const std::filesystem::path& folder() const { return folder_; }
  bool stopped() const { return stop_(); }
  /// A line for who watches; nothing with --json.
  void say(const std::string& text) const;

 private:
  /// Drops what the till garbled, as a person would who saw it: nobody corrects that file, and it would stay parked for ever.
  Result<void> drop_garbled(const Json& status);
  /// The folder stays, so that its log can be read.
  Error with_log(const std::string& what, const char* log);
  Result<void> make_folder();
  Result<void> start_platforms();
  Result<void> start_daemon();

  const cli::DemoOptions& options_;
  std::function<bool()> stop_;
  Terms terms_;
  std::filesystem::path folder_;
  Child sandbox_process_, daemon_process_;
  std::optional<Platforms> platforms_;
  std::optional<cli::Daemon> daemon_;
  int hook_port_ = 0;
  bool left_for_reading_ = false;
};

}  // namespace tally::demo
