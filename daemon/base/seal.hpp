// Sealed values: text that only the holder of a key can read, and that nobody can change or put elsewhere unnoticed (libsodium:
// XChaCha20-Poly1305), and keyed hashes for finding what must not be spelled out (BLAKE2b).
#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace tally::seal {

inline constexpr std::size_t key_bytes = 32;
inline constexpr std::size_t nonce_bytes = 24;

/// So many bytes that nobody can guess. The simulation gives its own, which repeat with its seed.
using Random = std::function<std::string(std::size_t)>;

/// A secret; its memory is wiped when it goes.
class Key {
 public:
  static Key made(const Random& random);
  /// As base64() wrote it. Errors: invalid.
  static Result<Key> from_base64(std::string_view text);
  Key(const Key&) = default;
  Key& operator=(const Key&) = default;
  ~Key();

  std::string base64() const { return base64_of(bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  explicit Key(std::string bytes) : bytes_(std::move(bytes)) {}
  static std::string base64_of(const std::string& bytes);
  std::string bytes_;
};

/// One line of printable text, different at every call. `about` says what the value belongs to: it opens only with the same words.
std::string sealed(const Key& key, std::string_view plain, std::string_view about, const Random& random);
/// Whether text is what sealed() returns, by its beginning.
bool is_sealed(std::string_view text);
/// Errors: invalid (it was changed, is another's, or was sealed with another key).
Result<std::string> opened(const Key& key, std::string_view sealed, std::string_view about);

/// 32 hexadecimal digits; equal for equal text under the same key, and says nothing of the text to others.
std::string keyed_hash(const Key& key, std::string_view text);

}  // namespace tally::seal
