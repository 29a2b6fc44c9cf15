#include "store/database.hpp"

#include "base/crypto.hpp"
#include "store/buyers.hpp"
#include "store/erasures.hpp"
#include "store/keys.hpp"
#include "store/migrations.hpp"
#include "store/owner.hpp"
#include "store/prepared_once.hpp"
#include "store/session.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace tally::store {
namespace {

constexpr std::size_t largest_group = 1024;
constexpr std::size_t readers = 4;

Error io_error(const std::exception& e) {
  return error(Fault::io, e.what(), "store", "look at free disk space and the file's permissions");
}

void prepare(Session& session, const std::string& path, const Options& options) {
  session.sql.open(sqlite_prepared_once(), "dbname=\"" + path + "\" timeout=10");
  if (!options.threaded && !options.durable) session.sql << "PRAGMA locking_mode = EXCLUSIVE";  // the simulation: nobody else is there
  session.sql << "PRAGMA journal_mode = WAL";
  session.sql << (options.durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
  session.sql << "PRAGMA foreign_keys = ON";
  session.sql << "PRAGMA secure_delete = ON";
  session.sql << "PRAGMA cache_size = -32768";
  session.sql << "PRAGMA wal_autocheckpoint = 4000";
}

struct Waiting {
  Work work;
  Done done;
};

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string path, Options options, Log log) : path_(std::move(path)), options_(std::move(options)), log_(std::move(log)) {}
  ~SqliteDatabase() override {
    stop();
    if (lock_ >= 0) ::close(lock_);
  }

  Result<void> start(const Clock& clock) {
    const std::string lock_path = path_ + ".lock";
    lock_ = ::open(lock_path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock_ < 0) return error(Fault::io, "cannot create " + lock_path, "store", "the folder must exist and be writable by the daemon");
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0)
      return error(Fault::locked, "another tallyd has " + path_ + " open", "store", "stop it first, or give this one a store of its own");
    const int file = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) return error(Fault::io, "cannot create " + path_, "store", "the folder must exist and be writable by the daemon");
    ::close(file);
    if (auto ours = take_ownership(path_); !ours) return ours;
    try {
      prepare(writer_, path_, options_);
      if (auto done = migrate(writer_, clock.now()); !done) return done;
      if (auto done = open_keys(); !done) return done;
      if (auto done = in_transaction(erase_again); !done) return done;
    } catch (const soci::soci_error& e) {
      return io_error(e);
    }
    if (options_.threaded) thread_ = std::thread([this] { run(); });
    return {};
  }

  Result<void> write(const Work& work) override {
    if (!options_.threaded) return commit_here(work);
    struct Wait {
      std::mutex mutex;
      std::condition_variable ready;
      std::optional<Result<void>> result;
    };
    auto wait = std::make_shared<Wait>();
    post(work, [wait](Result<void> result) {
      const std::lock_guard guard(wait->mutex);
      wait->result.emplace(std::move(result));
      wait->ready.notify_one();
    });
    std::unique_lock guard(wait->mutex);
    wait->ready.wait(guard, [&] { return wait->result.has_value(); });
    return *wait->result;
  }

  void post(Work work, Done done) override {
    if (!options_.threaded) {
      done(commit_here(work));
      return;
    }
    bool full = false;
    {
      const std::lock_guard guard(mutex_);
      full = stopping_ || queue_.size() >= options_.backlog;
      if (!full) queue_.push_back({std::move(work), std::move(done)});
    }
    if (full)
      done(error(stopping_ ? Fault::gone : Fault::locked, "too many writes are waiting", "store", "try again in a moment"));
    else
      wake_.notify_one();
  }

  Result<void> read(const Work& work) override {
    if (!options_.threaded) {
      if (dead_) return gone();
      return guarded([&] { return work(writer_); });
    }
    std::unique_ptr<Session> session;
    {
      std::unique_lock guard(readers_mutex_);
      readers_free_.wait(guard, [&] { return !idle_.empty() || open_readers_ < readers; });
      if (!idle_.empty()) {
        session = std::move(idle_.back());
        idle_.pop_back();
      } else {
        ++open_readers_;
      }
    }
    auto result = guarded([&]() -> Result<void> {
      if (!session) {
        session = std::make_unique<Session>();
        session->keys = keys_.get();
        prepare(*session, path_, options_);
      }
      soci::transaction snapshot(session->sql);  // rolls back when it goes out of scope: a reader leaves nothing open
      return work(*session);
    });
    const std::lock_guard guard(readers_mutex_);
    if (result || result.error().fault != Fault::io)
      idle_.push_back(std::move(session));
    else
      --open_readers_;
    readers_free_.notify_one();
    return result;
  }

  std::uint64_t stirred(ChannelNo channel) const override {
    const std::lock_guard guard(mutex_);
    const auto found = stirred_.find(channel.value);
    return stirred_all_ + (found == stirred_.end() ? 0 : found->second);
  }

  bool healthy(std::string& why) const override {
    const std::lock_guard guard(mutex_);
    why = sick_;
    return sick_.empty();
  }

 private:
  /// The file of keys that belongs to this store, and no other.
  Result<void> open_keys() {
    const auto file = Keys::file_beside(path_);
    std::string known;
    writer_.sql << "SELECT identity FROM keys_file ORDER BY identity LIMIT 1", into(known);
    const auto refused = [&](const std::string& what) {
      return error(
          Fault::not_found, what, "store: " + file.string(),
          "restore that file from its backup; or run `tallyd privacy forget-all`, which gives up the buyers' data and keeps the rest");
    };
    if (options_.forget_keys) {
      for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
    } else if (!known.empty() && !std::filesystem::exists(file)) {
      return refused("the keys of this store are missing: what is sealed cannot be read");
    }
    const auto random = options_.random ? options_.random : seal::Random(crypto::random_bytes);
    auto opened = Keys::open(file, {options_.durable, !options_.threaded && !options_.durable, random});
    if (!opened) return opened.error();
    keys_ = std::move(*opened);
    writer_.keys = keys_.get();
    writer_.erasures = erasures_beside(path_);
    if (known == keys_->identity()) return {};
    if (!known.empty() && !options_.forget_keys) return refused("these are the keys of another store");
    return in_transaction([this](Session& session) -> Result<void> {
      if (options_.forget_keys) {
        const auto unread = give_up_sealed(session);
        log_.warning("everything that was sealed is given up", {{"raw documents that nobody had read", std::to_string(unread)}});
      }
      session.sql << "DELETE FROM keys_file";
      std::string identity = keys_->identity();
      session.sql << "INSERT INTO keys_file (identity) VALUES (:i)", use(identity);
      return {};
    });
  }

  static Error gone() { return error(Fault::gone, "the store is closed", "store"); }

  template <class F>
  Result<void> guarded(F&& body) {
    try {
      return body();
    } catch (const soci::soci_error& e) {
      return io_error(e);
    }
  }

  Result<void> in_transaction(const std::function<Result<void>(Session&)>& body) {
    return guarded([&]() -> Result<void> {
      writer_.stirred.clear();
      writer_.sql << "BEGIN IMMEDIATE";
      Result<void> result;
      try {
        result = body(writer_);
        if (result) {
          keys_->keep_made();
          writer_.sql << "COMMIT";
          note_stirred();
          forget_let_go();
          return result;
        }
      } catch (const soci::soci_error&) {
        roll_back();
        throw;
      }
      roll_back();
      return result;
    });
  }

  void note_stirred() {
    if (writer_.stirred.empty()) return;
    const std::lock_guard guard(mutex_);
    for (const auto channel : writer_.stirred) ++(channel == 0 ? stirred_all_ : stirred_[channel]);
  }

  /// What the commit let go; when that fails it is tried again behind the next one.
  void forget_let_go() {
    try {
      keys_->forget_let_go();
    } catch (const soci::soci_error& e) {
      log_.error("keys that are not needed any more could not be forgotten", {{"error", e.what()}});
    }
  }

  void roll_back() {
    try {
      writer_.sql << "ROLLBACK";
    } catch (const soci::soci_error& e) {  // SQLite has rolled back by itself after a full disk or an I/O error
      log_.debug("the database had rolled back by itself", {{"error", e.what()}});
    }
    try {
      keys_->roll_back();
    } catch (const soci::soci_error& e) {
      log_.debug("the file of keys had rolled back by itself", {{"error", e.what()}});
    }
  }

  Result<void> commit_here(const Work& work) {
    if (dead_) return gone();
    if (options_.crash && options_.crash(false)) {
      dead_ = true;
      return gone();
    }
    auto result = in_transaction(work);
    if (options_.crash && options_.crash(true)) {
      dead_ = true;
      return gone();
    }
    return result;
  }

  void run() {
    for (;;) {
      std::vector<Waiting> group;
      {
        std::unique_lock guard(mutex_);
        wake_.wait(guard, [&] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        while (!queue_.empty() && group.size() < largest_group) {
          group.push_back(std::move(queue_.front()));
          queue_.pop_front();
        }
      }
      commit_group(group, 0, group.size());
    }
  }

  /// All in one transaction; a group that fails is halved down to the one that is at fault, and only that one fails.
  void commit_group(std::vector<Waiting>& group, std::size_t from, std::size_t to) {
    auto result = in_transaction([&](Session& session) -> Result<void> {
      for (std::size_t i = from; i < to; ++i) {
        if (auto done = group[i].work(session); !done) return done;
      }
      return {};
    });
    if (!result && to - from > 1) {
      const std::size_t middle = from + (to - from) / 2;
      commit_group(group, from, middle);
      commit_group(group, middle, to);
      return;
    }
    note_health(result);
    for (std::size_t i = from; i < to; ++i) group[i].done(result);
  }

  void note_health(const Result<void>& result) {
    const std::lock_guard guard(mutex_);
    const bool io = !result && result.error().fault == Fault::io;
    if (io && sick_.empty()) log_.error("the store cannot commit", {{"error", result.error().text()}});
    if (!io && !sick_.empty()) log_.info("the store commits again");
    sick_ = io ? result.error().text() : "";
  }

  void stop() {
    {
      const std::lock_guard guard(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  std::string path_;
  Options options_;
  Log log_;
  int lock_ = -1;
  std::unique_ptr<Keys> keys_;
  Session writer_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Waiting> queue_;
  bool stopping_ = false;
  bool dead_ = false;
  std::string sick_;
  std::map<long long, std::uint64_t> stirred_;
  std::uint64_t stirred_all_ = 0;
  std::mutex readers_mutex_;
  std::condition_variable readers_free_;
  std::vector<std::unique_ptr<Session>> idle_;
  std::size_t open_readers_ = 0;
};

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& dsn, Options options, const Clock& clock, Log log) {
  constexpr std::string_view scheme = "sqlite:";
  if (!dsn.starts_with(scheme) || dsn.find('"') != std::string::npos)
    return error(Fault::invalid, "the store '" + dsn + "' is not understood", "tallyd.yaml: store", "write sqlite:PATH");
  auto database = std::make_unique<SqliteDatabase>(dsn.substr(scheme.size()), std::move(options), std::move(log));
  if (auto started = database->start(clock); !started) return started.error();
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace tally::store
