// The database: one writer that commits what is waiting as a group, readers of their own, numbered migrations.
#pragma once

#include "base/id.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/seal.hpp"
#include "base/time.hpp"

#include <functional>
#include <memory>
#include <string>

namespace tally::store {

/// A connection; belongs to one thread at a time. Its contents are known to store/*.cpp only (session.hpp).
class Session;

/// Work inside a transaction. May run twice (a group that fails is tried again in halves),
/// so it touches nothing but its session and what it returns.
using Work = std::function<Result<void>(Session&)>;
using Done = std::function<void(Result<void>)>;

struct Options {
  bool threaded = true;          ///< false: every write commits on the caller's thread (simulation, offline commands)
  bool durable = true;           ///< synchronous=FULL; false only for the simulation
  std::size_t backlog = 100000;  ///< waiting writes; more is refused
  /// Called before (false) and after (true) each commit of an unthreaded database; returning true makes the store dead from there on:
  /// every later call answers `gone`. So the simulation crashes between any two commits.
  std::function<bool(bool after)> crash;
  seal::Random random = {};  ///< for keys and nonces; empty: the kernel's
  bool forget_keys = false;  ///< all that is sealed is given up, and a new file of keys begins: for a store whose keys were lost
};

class Database {
 public:
  /// `dsn`: "sqlite:PATH". Creates the file (mode 0600) and that of its keys, migrates, erases again whoever was erased; refuses a newer
  /// schema, and a store whose keys are missing. Errors: io, locked (another daemon has it), invalid (dsn), not_found (the keys).
  static Result<std::unique_ptr<Database>> open(const std::string& dsn, Options options, const Clock& clock, Log log);
  virtual ~Database() = default;

  /// Any thread; returns after the commit (or the failure). A failure leaves nothing behind.
  virtual Result<void> write(const Work& work) = 0;
  /// Any thread; `done` runs on the writer's thread after the commit. `locked` at once when the backlog is full.
  virtual void post(Work work, Done done) = 0;
  /// Any thread; a session of its own from a small pool. `work` must not write. Errors: io, gone.
  virtual Result<void> read(const Work& work) = 0;
  /// Rises with each commit that may give this channel's lane something to do: a mark, a poke, a look that is owed, a row
  /// of the inbox. Any thread.
  virtual std::uint64_t stirred(ChannelNo channel) const = 0;
  /// False with the reason while the last commit failed (disk full, …).
  virtual bool healthy(std::string& why) const = 0;
};

}  // namespace tally::store
