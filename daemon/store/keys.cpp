#include "store/keys.hpp"

#include "base/crypto.hpp"
#include "store/prepared_once.hpp"

#include <soci/soci.h>

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace tally::store {
namespace {

using soci::into;
using soci::use;
using Int = long long;

constexpr const char* schema[] = {
    "CREATE TABLE IF NOT EXISTS master (identity TEXT PRIMARY KEY, secret TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS buyer_key (id TEXT PRIMARY KEY, who TEXT NOT NULL UNIQUE, secret TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS day_key (day TEXT PRIMARY KEY, secret TEXT NOT NULL) WITHOUT ROWID",
};

std::string day_of(Time at) {
  return format_iso(at).substr(0, 10);
}

seal::Key key_from(const std::string& secret) {
  auto key = seal::Key::from_base64(secret);
  if (!key) throw soci::soci_error("the file of keys holds something that is no key: restore it from its backup");
  return std::move(*key);
}

}  // namespace

std::filesystem::path Keys::file_beside(const std::filesystem::path& store) {
  auto file = store;
  return file.replace_extension("keys.db");
}

Keys::Keys(const std::filesystem::path& file, Options options)
    : sql_(std::make_unique<soci::session>()), random_(std::move(options.random)), master_(seal::Key::made(random_)) {
  sql_->open(sqlite_prepared_once(), "dbname=\"" + file.string() + "\" timeout=10");
  if (options.alone) *sql_ << "PRAGMA locking_mode = EXCLUSIVE";
  *sql_ << "PRAGMA journal_mode = WAL";
  *sql_ << (options.durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
  *sql_ << "PRAGMA secure_delete = ON";  // a key that was forgotten is overwritten, not only unlinked
  make_or_read_master();
}

Keys::~Keys() = default;

Result<std::unique_ptr<Keys>> Keys::open(const std::filesystem::path& file, Options options) {
  const int created = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (created < 0)
    return error(Fault::io, "cannot create " + file.string(), "store: keys", "the folder must exist and be writable by the daemon");
  ::close(created);
  try {
    return std::unique_ptr<Keys>(new Keys(file, std::move(options)));
  } catch (const soci::soci_error& e) {
    return error(Fault::io, file.string() + ": " + e.what(), "store: keys", "restore the file of keys from its backup");
  }
}

void Keys::make_or_read_master() {
  for (const char* statement : schema) *sql_ << statement;
  std::string secret;
  *sql_ << "SELECT identity, secret FROM master ORDER BY identity LIMIT 1", into(identity_), into(secret);
  if (sql_->got_data()) {
    master_ = key_from(secret);
    return;
  }
  identity_ = random_id();
  secret = master_.base64();
  *sql_ << "INSERT INTO master (identity, secret) VALUES (:i, :s)", use(identity_), use(secret);
}

std::string Keys::random_id() {
  constexpr std::size_t id_bytes = 12;
  return crypto::hex(random_(id_bytes));
}

void Keys::begin() {
  if (writing_) return;
  *sql_ << "BEGIN IMMEDIATE";
  writing_ = true;
}

Keys::BuyerKey Keys::buyer_key(const std::string& who) {
  const std::lock_guard guard(mutex_);
  std::string hashed = hash(who), id, secret;
  *sql_ << "SELECT id, secret FROM buyer_key WHERE who = :w", use(hashed), into(id), into(secret);
  const bool known = sql_->got_data();
  const auto in = [&id](const LetGo& gone) { return std::find(gone.buyers.begin(), gone.buyers.end(), id) != gone.buyers.end(); };
  if (known && !in(let_go_) && !in(to_forget_)) return {id, key_from(secret)};
  begin();
  // One that was let go opens what it sealed until the store's commit, and is found by the buyer no more.
  if (known) *sql_ << "UPDATE buyer_key SET who = id WHERE id = :i", use(id);
  BuyerKey made{random_id(), seal::Key::made(random_)};
  secret = made.key.base64();
  *sql_ << "INSERT INTO buyer_key (id, who, secret) VALUES (:i, :w, :s)", use(made.id), use(hashed), use(secret);
  return made;
}

std::optional<seal::Key> Keys::find_buyer_key(const std::string& id) {
  const std::lock_guard guard(mutex_);
  std::string secret;
  *sql_ << "SELECT secret FROM buyer_key WHERE id = :i", use(id), into(secret);
  if (!sql_->got_data()) return std::nullopt;
  return key_from(secret);
}

std::optional<std::string> Keys::key_of(const std::string& who) {
  const std::lock_guard guard(mutex_);
  std::string hashed = hash(who), id;
  *sql_ << "SELECT id FROM buyer_key WHERE who = :w", use(hashed), into(id);
  if (!sql_->got_data()) return std::nullopt;
  return id;
}

std::vector<std::string> Keys::buyer_keys_after(const std::string& after, std::size_t limit) {
  const std::lock_guard guard(mutex_);
  std::vector<std::string> ids;
  std::string id;
  Int most = static_cast<Int>(limit);
  soci::statement st = (sql_->prepare << "SELECT id FROM buyer_key WHERE id > :a ORDER BY id LIMIT :l", use(after), use(most), into(id));
  st.execute();
  while (st.fetch()) ids.push_back(id);
  return ids;
}

void Keys::forget_buyer(const std::string& id) {
  const std::lock_guard guard(mutex_);
  let_go_.buyers.push_back(id);
}

seal::Key Keys::day_key(Time at) {
  if (auto key = find_day_key(at)) return *key;
  const std::lock_guard guard(mutex_);
  begin();
  std::string day = day_of(at);
  seal::Key key = seal::Key::made(random_);
  std::string secret = key.base64();
  *sql_ << "INSERT INTO day_key (day, secret) VALUES (:d, :s)", use(day), use(secret);
  days_.emplace(day, key);
  return key;
}

std::optional<seal::Key> Keys::find_day_key(Time at) {
  const std::lock_guard guard(mutex_);
  std::string day = day_of(at), secret;
  if (const auto known = days_.find(day); known != days_.end()) return known->second;
  *sql_ << "SELECT secret FROM day_key WHERE day = :d", use(day), into(secret);
  if (!sql_->got_data()) return std::nullopt;
  return days_.emplace(day, key_from(secret)).first->second;
}

void Keys::forget_days(Time before) {
  const std::lock_guard guard(mutex_);
  std::string day = day_of(before);
  Int old = 0;
  *sql_ << "SELECT COUNT(*) FROM day_key WHERE day < :d", use(day), into(old);
  if (old > 0) let_go_.days = day;
}

void Keys::keep_made() {
  const std::lock_guard guard(mutex_);
  if (!writing_) return;
  *sql_ << "COMMIT";
  writing_ = false;
}

void Keys::forget_let_go() {
  const std::lock_guard guard(mutex_);
  to_forget_.buyers.insert(to_forget_.buyers.end(), let_go_.buyers.begin(), let_go_.buyers.end());
  to_forget_.days = std::max(to_forget_.days, let_go_.days);
  let_go_ = {};
  if (to_forget_.buyers.empty() && to_forget_.days.empty()) return;
  begin();  // one that failed half-way goes on here
  for (const auto& id : to_forget_.buyers) *sql_ << "DELETE FROM buyer_key WHERE id = :i", use(id);
  *sql_ << "DELETE FROM day_key WHERE day < :d", use(to_forget_.days);
  *sql_ << "COMMIT";
  writing_ = false;
  days_.erase(days_.begin(), days_.lower_bound(to_forget_.days));
  to_forget_ = {};
  *sql_ << "PRAGMA wal_checkpoint(TRUNCATE)";  // the log before the file would still hold what was forgotten
}

void Keys::roll_back() {
  const std::lock_guard guard(mutex_);
  let_go_ = {};
  if (!writing_) return;
  writing_ = false;
  days_.clear();
  *sql_ << "ROLLBACK";
}

}  // namespace tally::store
