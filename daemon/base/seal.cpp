#include "base/seal.hpp"

#include "base/crypto.hpp"

#include <sodium.h>

namespace tally::seal {
namespace {

constexpr std::string_view mark = "sealed:1:";  // 1: XChaCha20-Poly1305, the nonce before the value

static_assert(key_bytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(nonce_bytes == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* raw(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

void begin() {
  static const bool done = sodium_init() >= 0;
  ensure(done, "libsodium works on this machine");
}

Error not_openable() {
  return error(Fault::invalid, "the sealed value was changed, or belongs elsewhere");
}

}  // namespace

Key Key::made(const Random& random) {
  begin();
  Key key(random(key_bytes));
  ensure(key.bytes_.size() == key_bytes, "a key is made of as many bytes as were asked for");
  return key;
}

Result<Key> Key::from_base64(std::string_view text) {
  begin();
  auto bytes = crypto::from_base64(text);
  if (!bytes || bytes->size() != key_bytes) return error(Fault::invalid, "this is no key");
  return Key(std::move(*bytes));
}

Key::~Key() {
  sodium_memzero(bytes_.data(), bytes_.size());
}

std::string Key::base64_of(const std::string& bytes) {
  return crypto::base64(bytes);
}

std::string sealed(const Key& key, std::string_view plain, std::string_view about, const Random& random) {
  begin();
  std::string bytes = random(nonce_bytes);
  ensure(bytes.size() == nonce_bytes, "a nonce is made of as many bytes as were asked for");
  const std::string nonce = bytes;
  bytes.resize(nonce_bytes + plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(bytes) + nonce_bytes, nullptr, raw(plain), plain.size(), raw(about), about.size(), nullptr,
                                             raw(std::string_view(nonce)), raw(std::string_view(key.bytes())));
  return std::string(mark) + crypto::base64(bytes);
}

bool is_sealed(std::string_view text) {
  return text.starts_with(mark);
}

Result<std::string> opened(const Key& key, std::string_view sealed, std::string_view about) {
  begin();
  if (!is_sealed(sealed)) return not_openable();
  const auto bytes = crypto::from_base64(sealed.substr(mark.size()));
  if (!bytes || bytes->size() < nonce_bytes + crypto_aead_xchacha20poly1305_ietf_ABYTES) return not_openable();
  const std::string_view nonce = std::string_view(*bytes).substr(0, nonce_bytes), value = std::string_view(*bytes).substr(nonce_bytes);
  std::string plain(value.size() - crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), nullptr, nullptr, raw(value), value.size(), raw(about), about.size(),
                                                 raw(nonce), raw(std::string_view(key.bytes()))) != 0)
    return not_openable();
  return plain;
}

std::string keyed_hash(const Key& key, std::string_view text) {
  begin();
  std::string hash(16, '\0');
  crypto_generichash(raw(hash), hash.size(), raw(text), text.size(), raw(std::string_view(key.bytes())), key.bytes().size());
  return crypto::hex(hash);
}

}  // namespace tally::seal
