// The platforms' digests, MACs and ciphers (OpenSSL), text codecs, and comparison in constant time. No keys are kept here.
#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace tally::crypto {

enum class Digest { md5, sha1, sha256, sha512 };

/// "md5", "sha1", "sha256", "sha512".
Result<Digest> digest_named(std::string_view name);

/// Raw bytes.
std::string digest(Digest which, std::string_view bytes);
std::string hmac(Digest which, std::string_view key, std::string_view bytes);

std::string hex(std::string_view bytes);  ///< lower case
Result<std::string> from_hex(std::string_view text);
std::string base64(std::string_view bytes);              ///< RFC 4648 §4 with padding
Result<std::string> from_base64(std::string_view text);  ///< strict alphabet; padding may be missing
std::string url_encode(std::string_view text);           ///< RFC 3986: all but unreserved characters as %XX
Result<std::string> url_decode(std::string_view text, bool plus_is_space = false);

/// Takes the same time wherever the two differ; different lengths are unequal.
bool constant_time_equal(std::string_view a, std::string_view b);

/// From the kernel, for keys and nonces.
std::string random_bytes(std::size_t count);

/// AES in CBC mode without any padding handling; key 16 or 32 bytes, iv 16, data a multiple of 16.
Result<std::string> aes_cbc_encrypt(std::string_view key, std::string_view iv, std::string_view data);
Result<std::string> aes_cbc_decrypt(std::string_view key, std::string_view iv, std::string_view data);
/// PKCS#7 with a block of 1..255 bytes. WeChat uses 32 over a cipher block of 16.
std::string pkcs7_pad(std::string_view data, std::size_t block);
Result<std::string> pkcs7_unpad(std::string_view data, std::size_t block);

/// WeChat's message envelope: AES-256-CBC, IV = first 16 bytes of the key, 16 random bytes + 4 bytes length (big endian) + message + app
/// id, padded to 32. `encoding_aes_key` is the 43 characters that WeChat shows. Source:
/// WeChat shop push documentation, vectors WX-3 to WX-5.
Result<std::string> wechat_decrypt(std::string_view encoding_aes_key, std::string_view app_id, std::string_view base64_text);
Result<std::string> wechat_encrypt(std::string_view encoding_aes_key, std::string_view app_id, std::string_view message,
                                   std::string_view random16);

/// XXH3, 64 bit, as 16 hexadecimal digits: for recognising equal states, not for security.
std::string state_hash(std::string_view bytes);

}  // namespace tally::crypto
