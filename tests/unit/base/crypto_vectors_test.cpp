// The digests, MACs and ciphers against signatures that platforms published or that their SDKs made; the vectors live beside the
// repository.
#include "base/crypto.hpp"
#include "base/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

using namespace tally;

namespace {

std::string file_beside(const char* name) {
  const auto path = std::filesystem::path(TALLYD_SOURCE_DIR) / "../shared/channels" / name;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string with_secret(std::string text, const std::string& secret) {
  const std::string hole = "{secret}";
  for (std::size_t at = 0; (at = text.find(hole, at)) != std::string::npos; at += secret.size()) text.replace(at, hole.size(), secret);
  return text;
}

std::string written(const std::string& bytes, const std::string& how) {
  if (how == "base64") return crypto::base64(bytes);
  std::string out = crypto::hex(bytes);
  if (how == "HEX") std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

std::string signed_parameters(const Json& vector) {
  const Json& spec = *vector.find("spec");
  const std::string secret = vector.text_or("secret");
  std::map<std::string, std::string> sorted;
  for (const auto& [key, value] : vector.find("params")->as_object()) {
    if (!(spec.bool_or("skip_empty") && value.as_string().empty())) sorted[key] = value.as_string();
  }
  std::string text;
  for (const auto& [key, value] : sorted) text += (text.empty() ? "" : spec.text_or("pair")) + key + spec.text_or("kv") + value;
  text = with_secret(spec.text_or("prefix"), secret) + text + with_secret(spec.text_or("suffix"), secret);
  const std::string digest = spec.text_or("digest");
  const bool keyed = digest.starts_with("hmac-");
  const crypto::Digest which = *crypto::digest_named(keyed ? digest.substr(5) : digest);
  return written(keyed ? crypto::hmac(which, secret, text) : crypto::digest(which, text), spec.text_or("out"));
}

std::string sorted_and_joined(const Json& parts) {
  std::vector<std::string> texts;
  for (const Json& part : parts.as_array()) texts.push_back(part.as_string());
  std::sort(texts.begin(), texts.end());
  std::string out;
  for (const std::string& text : texts) out += text;
  return out;
}

/// What the vector's inputs give here; nothing for kinds that this part does not offer.
std::optional<std::string> computed(const Json& v) {
  const std::string kind = v.text_or("kind");
  if (kind == "sha1_sorted_concat") return crypto::hex(crypto::digest(crypto::Digest::sha1, sorted_and_joined(*v.find("parts"))));
  if (kind == "sign") return signed_parameters(v);
  if (kind == "digest") return written(crypto::digest(*crypto::digest_named(v.text_or("digest")), v.text_or("text")), v.text_or("out"));
  if (kind == "hmac")
    return written(crypto::hmac(*crypto::digest_named(v.text_or("digest")), v.text_or("key"), v.text_or("text")), v.text_or("out"));
  if (kind == "wx_aes_decrypt") return *crypto::wechat_decrypt(v.text_or("aes_key43"), v.text_or("appid"), v.text_or("cipher_b64"));
  if (kind == "wx_aes_encrypt")
    return *crypto::wechat_encrypt(v.text_or("aes_key43"), v.text_or("appid"), v.text_or("msg"), v.text_or("random16"));
  if (kind == "sf_digest") return crypto::base64(crypto::digest(crypto::Digest::md5, v.text_or("encoded")));
  if (kind == "aes128cbc_decrypt") {
    const std::string encrypted = *crypto::from_base64(*crypto::url_decode(v.text_or("cipher_urlencoded_b64")));
    return *crypto::pkcs7_unpad(*crypto::aes_cbc_decrypt(v.text_or("key"), v.text_or("iv"), encrypted), 16);
  }
  return std::nullopt;
}

TEST(ChineseVectors, give_the_platforms_own_signatures_and_texts) {
  const std::string text = file_beside("vectors_cn.json");
  if (text.empty()) GTEST_SKIP() << "channels/vectors_cn.json is not beside the repository";
  const Json vectors = *Json::parse(text);
  std::size_t checked = 0;
  for (const Json& vector : vectors.as_array()) {
    const std::optional<std::string> got = computed(vector);
    if (!got) continue;
    EXPECT_EQ(*got, vector.text_or("expect")) << vector.text_or("id");
    ++checked;
  }
  EXPECT_GE(checked, 30u);
}

/// What stands between back quotes in the first line that begins so.
std::vector<std::string> quoted_in(const std::string& page, const std::string& begin) {
  const std::size_t at = page.find("\n" + begin);
  if (at == std::string::npos) return {};
  const std::string line = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
  std::vector<std::string> out;
  for (std::size_t from = line.find('`'); from != std::string::npos;) {
    const std::size_t to = line.find('`', from + 1);
    if (to == std::string::npos) break;
    out.push_back(line.substr(from + 1, to - from - 1));
    from = line.find('`', to + 1);
  }
  return out;
}

TEST(GlobalVectors, give_the_signatures_that_the_platforms_sdks_accept) {
  const std::string page = file_beside("global.md");
  if (page.empty()) GTEST_SKIP() << "channels/global.md is not beside the repository";
  using crypto::Digest;
  const auto body = quoted_in(page, "Body for the first two");
  const auto shopify = quoted_in(page, "| Shopify | key");
  const auto square = quoted_in(page, "| Square | url");
  const auto standard = quoted_in(page, "| Standard Webhooks | secret");
  const auto ebay = quoted_in(page, "| eBay challenge");
  ASSERT_GE(body.size(), 1u);
  ASSERT_GE(shopify.size(), 2u);
  EXPECT_EQ(crypto::base64(crypto::hmac(Digest::sha256, shopify[0], body[0])), shopify[1]);
  ASSERT_GE(square.size(), 3u);
  EXPECT_EQ(crypto::base64(crypto::hmac(Digest::sha256, square[1], square[0] + body[0])), square[2]);
  ASSERT_GE(standard.size(), 5u);
  const std::string key = *crypto::from_base64(standard[0].substr(std::string("whsec_").size()));
  EXPECT_EQ("v1," + crypto::base64(crypto::hmac(Digest::sha256, key, standard[1] + "." + standard[2] + "." + standard[3])), standard[4]);
  ASSERT_GE(ebay.size(), 4u);
  EXPECT_EQ(crypto::hex(crypto::digest(Digest::sha256, ebay[0] + ebay[1] + ebay[2])), ebay[3]);
}

}  // namespace
