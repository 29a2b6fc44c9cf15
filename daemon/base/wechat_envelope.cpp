// WeChat's message envelope. The secret is the shop's EncodingAESKey; what proves the sender is the signature over the envelope, not this.
#include "base/crypto.hpp"

namespace tally::crypto {
namespace {

constexpr std::size_t random_size = 16;
constexpr std::size_t length_size = 4;
constexpr std::size_t padding_block = 32;

Result<std::string> aes_key(std::string_view encoding_aes_key) {
  Result<std::string> key = from_base64(encoding_aes_key);
  if (encoding_aes_key.size() != 43 || !key || key->size() != 32) {
    return error(Fault::invalid, "the EncodingAESKey is not 43 characters of base64", {},
                 "copy it again from the push settings of the shop");
  }
  return key;
}

}  // namespace

Result<std::string> wechat_decrypt(std::string_view encoding_aes_key, std::string_view app_id, std::string_view base64_text) {
  const Result<std::string> key = aes_key(encoding_aes_key);
  if (!key) return key.error();
  const Result<std::string> encrypted = from_base64(base64_text);
  if (!encrypted) return encrypted.error();
  const Result<std::string> padded = aes_cbc_decrypt(*key, key->substr(0, 16), *encrypted);
  if (!padded) return padded.error();
  const Result<std::string> envelope = pkcs7_unpad(*padded, padding_block);
  if (!envelope) return envelope.error();
  if (envelope->size() < random_size + length_size) return error(Fault::invalid, "the envelope is too short");
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size; ++i) length = length << 8 | static_cast<unsigned char>((*envelope)[random_size + i]);
  const std::string_view rest = std::string_view(*envelope).substr(random_size + length_size);
  if (length > rest.size()) return error(Fault::invalid, "the envelope says " + std::to_string(length) + " bytes and holds fewer");
  if (!constant_time_equal(rest.substr(length), app_id)) {
    return error(Fault::invalid, "the envelope is for another app id", {}, "check app_id in the channel's file");
  }
  return std::string(rest.substr(0, length));
}

Result<std::string> wechat_encrypt(std::string_view encoding_aes_key, std::string_view app_id, std::string_view message,
                                   std::string_view random16) {
  const Result<std::string> key = aes_key(encoding_aes_key);
  if (!key) return key.error();
  if (random16.size() != random_size) return error(Fault::invalid, "16 random bytes are needed for the envelope");
  if (message.size() > 0x7fffffff) return error(Fault::invalid, "the message is too long for the envelope");
  std::string envelope(random16);
  for (int shift = 24; shift >= 0; shift -= 8) envelope += static_cast<char>(message.size() >> shift & 0xff);
  envelope.append(message).append(app_id);
  const Result<std::string> encrypted = aes_cbc_encrypt(*key, key->substr(0, 16), pkcs7_pad(envelope, padding_block));
  if (!encrypted) return encrypted.error();
  return base64(*encrypted);
}

}  // namespace tally::crypto
