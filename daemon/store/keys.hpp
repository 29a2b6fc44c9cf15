// The keys of everything that says who somebody is, in a file of their own beside the store (PATH.keys.db for PATH.db, mode 0600): one a
// buyer, one a day for raw documents, and one for hashes. Without its key a value is gone, from every copy of the store there is.
#pragma once

#include "base/seal.hpp"
#include "base/time.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace soci {
class session;
}

namespace tally::store {

/// Any thread. A key that is made is kept before the transaction of the store that uses it, and goes after the one that lets it go: so no
/// crash leaves a value without its key. Faults of the file are thrown as SOCI throws them.
class Keys {
 public:
  struct Options {
    bool durable = true;  ///< synchronous=FULL
    bool alone = false;   ///< nobody else can have the file (the simulation)
    seal::Random random;
  };

  static std::filesystem::path file_beside(const std::filesystem::path& store);
  /// Creates the file where there is none. Errors: io, invalid (it is no file of keys).
  static Result<std::unique_ptr<Keys>> open(const std::filesystem::path& file, Options options);
  ~Keys();

  /// Made once, with the file.
  const std::string& identity() const { return identity_; }

  struct BuyerKey {
    std::string id;  ///< random; what the store notes beside what is sealed
    seal::Key key;
  };
  /// The key of this buyer (any text that tells them from others), made at first use, and anew once it was let go.
  BuyerKey buyer_key(const std::string& who);
  std::optional<seal::Key> find_buyer_key(const std::string& id);
  /// The id of this buyer's key.
  std::optional<std::string> key_of(const std::string& who);
  /// Ids in order of their bytes.
  std::vector<std::string> buyer_keys_after(const std::string& id, std::size_t limit);
  void forget_buyer(const std::string& id);

  /// The key of the day (UTC) that holds `at`, made at first use.
  seal::Key day_key(Time at);
  std::optional<seal::Key> find_day_key(Time at);
  /// Those of all days before the one that holds `before`.
  void forget_days(Time before);

  std::string hash(const std::string& text) const { return seal::keyed_hash(master_, text); }
  const seal::Random& random() const { return random_; }

  // Around a transaction of the store: what was made, before its commit; what was let go, behind it; or neither.
  void keep_made();
  void forget_let_go();
  void roll_back();

 private:
  Keys(const std::filesystem::path& file, Options options);
  void make_or_read_master();
  void begin();
  std::string random_id();

  mutable std::mutex mutex_;
  std::unique_ptr<soci::session> sql_;
  seal::Random random_;
  std::string identity_;
  seal::Key master_;
  std::map<std::string, seal::Key> days_;  ///< those that were asked for; at most as many as are kept
  bool writing_ = false;
  struct LetGo {
    std::vector<std::string> buyers;
    std::string days;  ///< all before this one
  };
  LetGo let_go_;     ///< by the transaction that is open
  LetGo to_forget_;  ///< by those that were committed
};

}  // namespace tally::store
