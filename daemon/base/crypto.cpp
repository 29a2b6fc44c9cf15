#include "base/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <limits>
#include <memory>

namespace tally::crypto {
namespace {

const EVP_MD* algorithm(Digest which) {
  switch (which) {
    case Digest::md5:
      return EVP_md5();
    case Digest::sha1:
      return EVP_sha1();
    case Digest::sha256:
      return EVP_sha256();
    case Digest::sha512:
      return EVP_sha512();
  }
  return EVP_sha256();
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

constexpr std::size_t aes_block = 16;

enum class Direction { decrypt = 0, encrypt = 1 };

Result<std::string> aes_cbc(std::string_view key, std::string_view iv, std::string_view data, Direction direction) {
  if (key.size() != 16 && key.size() != 32) {
    return error(Fault::invalid, "an AES key of " + std::to_string(key.size()) + " bytes", {}, "the key must have 16 or 32 bytes");
  }
  if (iv.size() != aes_block)
    return error(Fault::invalid, "an AES initialisation vector of " + std::to_string(iv.size()) + " bytes instead of 16");
  if (data.size() % aes_block != 0 || data.size() > static_cast<std::size_t>(std::numeric_limits<int>::max() - 64)) {
    return error(Fault::invalid, "AES-CBC data of " + std::to_string(data.size()) + " bytes, which is no multiple of 16");
  }
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
  std::string out(data.size() + aes_block, '\0');
  int length = 0;
  int last = 0;
  const bool good = context &&
                    EVP_CipherInit_ex2(context.get(), key.size() == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc(), bytes_of(key), bytes_of(iv),
                                       static_cast<int>(direction), nullptr) == 1 &&
                    EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                    EVP_CipherUpdate(context.get(), bytes_of(out), &length, bytes_of(data), static_cast<int>(data.size())) == 1 &&
                    EVP_CipherFinal_ex(context.get(), bytes_of(out) + length, &last) == 1;
  if (!good) return error(Fault::internal, "OpenSSL refused AES-CBC");
  out.resize(static_cast<std::size_t>(length + last));
  return out;
}

}  // namespace

Result<Digest> digest_named(std::string_view name) {
  if (name == "md5") return Digest::md5;
  if (name == "sha1") return Digest::sha1;
  if (name == "sha256") return Digest::sha256;
  if (name == "sha512") return Digest::sha512;
  return error(Fault::invalid, "no digest: '" + std::string(name) + "'", {}, "one of md5, sha1, sha256, sha512");
}

std::string digest(Digest which, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  ensure(EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, algorithm(which), nullptr) == 1,
         "OpenSSL refused a digest (a FIPS build without MD5?)");
  return std::string(reinterpret_cast<const char*>(out.data()), length);
}

std::string hmac(Digest which, std::string_view key, std::string_view bytes) {
  ensure(key.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()), "an HMAC key of more than 2 GiB");
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  const char* key_bytes = key.empty() ? "" : key.data();  // a null key means "the one before" to OpenSSL
  ensure(HMAC(algorithm(which), key_bytes, static_cast<int>(key.size()), bytes_of(bytes), bytes.size(), out.data(), &length) != nullptr,
         "OpenSSL refused an HMAC");
  return std::string(reinterpret_cast<const char*>(out.data()), length);
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  for (std::size_t at = 0; at < count;) {
    const ssize_t got = getrandom(out.data() + at, count - at, 0);
    ensure(got > 0 || errno == EINTR, "the kernel gives no random bytes");
    if (got > 0) at += static_cast<std::size_t>(got);
  }
  return out;
}

Result<std::string> aes_cbc_encrypt(std::string_view key, std::string_view iv, std::string_view data) {
  return aes_cbc(key, iv, data, Direction::encrypt);
}

Result<std::string> aes_cbc_decrypt(std::string_view key, std::string_view iv, std::string_view data) {
  return aes_cbc(key, iv, data, Direction::decrypt);
}

std::string pkcs7_pad(std::string_view data, std::size_t block) {
  ensure(block >= 1 && block <= 255, "a PKCS#7 block outside 1..255");
  const std::size_t count = block - data.size() % block;
  return std::string(data) + std::string(count, static_cast<char>(count));
}

Result<std::string> pkcs7_unpad(std::string_view data, std::size_t block) {
  const std::size_t count = data.empty() ? 0 : static_cast<unsigned char>(data.back());
  bool good = count >= 1 && count <= block && count <= data.size();
  for (std::size_t i = 0; good && i < count; ++i) good = static_cast<unsigned char>(data[data.size() - 1 - i]) == count;
  if (!good) return error(Fault::invalid, "the padding is wrong", {}, "most often the key is not the one that the text was encrypted with");
  return std::string(data.substr(0, data.size() - count));
}

std::string state_hash(std::string_view bytes) {
  XXH64_canonical_t big_endian;
  XXH64_canonicalFromHash(&big_endian, XXH3_64bits(bytes.data(), bytes.size()));
  return hex(std::string_view(reinterpret_cast<const char*>(big_endian.digest), sizeof big_endian.digest));
}

}  // namespace tally::crypto
