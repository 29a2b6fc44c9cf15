#include "base/crypto.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace tally;
using namespace tally::crypto;

namespace {

TEST(Digest, gives_the_published_values) {  // RFC 1321 A.5, FIPS 180-4 examples
  EXPECT_EQ(hex(digest(Digest::md5, "message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(hex(digest(Digest::sha1, "abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(digest(Digest::sha256, "")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(digest(Digest::sha512, "abc")).substr(0, 32), "ddaf35a193617abacc417349ae204131");
}

TEST(Digest, is_found_by_its_name_only) {
  EXPECT_EQ(*digest_named("sha256"), Digest::sha256);
  EXPECT_FALSE(digest_named("SHA256"));
  EXPECT_FALSE(digest_named("crc32"));
}

TEST(Hmac, gives_the_published_values) {  // RFC 2202 case 2, RFC 4231 cases 2 and 6
  EXPECT_EQ(hex(hmac(Digest::md5, "Jefe", "what do ya want for nothing?")), "750c783e6ab0b503eaa86e310a5db738");
  EXPECT_EQ(hex(hmac(Digest::sha256, "Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac(Digest::sha256, std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hmac, works_with_an_empty_key_and_an_empty_text) {
  EXPECT_EQ(hex(hmac(Digest::sha256, "", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  hmac(Digest::sha256, "other", "text");
  EXPECT_EQ(hex(hmac(Digest::sha256, {}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
      << "no key of a call before is kept";
}

TEST(Hex, goes_both_ways_and_refuses_the_rest) {
  EXPECT_EQ(*from_hex("00fFa0"), std::string("\x00\xff\xa0", 3));
  EXPECT_EQ(hex(*from_hex("00ffa0")), "00ffa0");
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(Base64, gives_the_values_of_rfc_4648) {
  const std::pair<const char*, const char*> pairs[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : pairs) {
    EXPECT_EQ(base64(plain), coded);
    EXPECT_EQ(*from_base64(coded), plain);
    std::string unpadded = coded;
    while (unpadded.ends_with('=')) unpadded.pop_back();
    EXPECT_EQ(*from_base64(unpadded), plain) << "without padding";
  }
}

TEST(Base64, refuses_other_alphabets_line_breaks_and_wrong_padding) {
  for (const char* text : {"Zg=", "Z", "Z===", "====", "Zm9v=", "Zm 9", "Zm9\n", "Zm9-", "Zm9_", "Zg==Zg==", "=Zm9"})
    EXPECT_FALSE(from_base64(text)) << text;
}

TEST(UrlEncode, leaves_only_unreserved_characters) {
  EXPECT_EQ(url_encode("a-Z_0.9~ /+*é"), "a-Z_0.9~%20%2F%2B%2A%C3%A9");
  EXPECT_EQ(*url_decode("a%20b+c%c3%A9"), "a b+c\xc3\xa9");
  EXPECT_EQ(*url_decode("a+b%2B", true), "a b+");
  for (const char* text : {"%", "%2", "%zz", "abc%4"}) EXPECT_FALSE(url_decode(text)) << text;
}

TEST(ConstantTimeEqual, is_equality) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("abc", "abc"));
  EXPECT_FALSE(constant_time_equal("abc", "abd"));
  EXPECT_FALSE(constant_time_equal("abc", "abcd"));
}

TEST(RandomBytes, are_as_many_as_asked_for_and_differ) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random_bytes(16));
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(random_bytes(1000).size(), 1000u);
  EXPECT_EQ(random_bytes(0), "");
}

TEST(AesCbc, gives_the_values_of_nist_sp_800_38a) {
  const std::string iv = *from_hex("000102030405060708090a0b0c0d0e0f");
  const std::string plain = *from_hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
  const std::string key128 = *from_hex("2b7e151628aed2a6abf7158809cf4f3c");
  const std::string key256 = *from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
  EXPECT_EQ(hex(*aes_cbc_encrypt(key128, iv, plain)), "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");
  EXPECT_EQ(hex(*aes_cbc_encrypt(key256, iv, plain)), "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d");
  EXPECT_EQ(*aes_cbc_decrypt(key256, iv, *aes_cbc_encrypt(key256, iv, plain)), plain);
}

TEST(AesCbc, refuses_keys_vectors_and_data_of_the_wrong_size) {
  const std::string k16(16, 'k'), iv(16, 'i');
  EXPECT_FALSE(aes_cbc_encrypt(std::string(24, 'k'), iv, k16));
  EXPECT_FALSE(aes_cbc_encrypt("", iv, k16));
  EXPECT_FALSE(aes_cbc_encrypt(k16, "short", k16));
  EXPECT_FALSE(aes_cbc_decrypt(k16, iv, "15 bytes only.."));
  EXPECT_EQ(*aes_cbc_encrypt(k16, iv, ""), "");
}

TEST(Pkcs7, pads_always_and_unpads_only_what_was_padded) {
  EXPECT_EQ(pkcs7_pad("abc", 8), std::string("abc\5\5\5\5\5"));
  EXPECT_EQ(pkcs7_pad("12345678", 8).size(), 16u);
  for (std::size_t length = 0; length < 70; ++length)
    EXPECT_EQ(*pkcs7_unpad(pkcs7_pad(std::string(length, 'x'), 32), 32), std::string(length, 'x'));
  EXPECT_FALSE(pkcs7_unpad("", 16));
  EXPECT_FALSE(pkcs7_unpad(std::string("abc\0", 4), 16));
  EXPECT_FALSE(pkcs7_unpad("abc\x09", 16));
  EXPECT_FALSE(pkcs7_unpad("ab\2\3", 16));
  EXPECT_FALSE(pkcs7_unpad(std::string(20, '\x14'), 16));
}

TEST(WechatEnvelope, opens_what_it_closed_and_nothing_else) {
  const std::string key = "wErTyUiOpAsDfGhJkLzXcVbNm0123456789QwErTyU8";
  for (const std::size_t length : {0u, 1u, 11u, 12u, 31u, 32u, 5000u}) {
    const std::string message(length, 'm');
    const auto closed = wechat_encrypt(key, "wx0001", message, "0123456789abcdef");
    ASSERT_TRUE(closed);
    EXPECT_EQ(*wechat_decrypt(key, "wx0001", *closed), message);
    EXPECT_FALSE(wechat_decrypt(key, "wx0002", *closed)) << "another app's message";
    std::string other_key = key;
    other_key[0] = 'x';
    EXPECT_FALSE(wechat_decrypt(other_key, "wx0001", *closed));
  }
  EXPECT_FALSE(wechat_decrypt(key, "wx0001", ""));
  EXPECT_FALSE(wechat_decrypt(key, "wx0001", "AAAA"));
  EXPECT_FALSE(wechat_decrypt(key.substr(1), "wx0001", *wechat_encrypt(key, "wx0001", "m", "0123456789abcdef")));
  EXPECT_FALSE(wechat_encrypt(key, "wx0001", "m", "too short"));
}

TEST(WechatEnvelope, a_length_beyond_the_envelope_is_refused) {
  const std::string key_text = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const std::string key(32, '\0');
  const std::string envelope = std::string(16, 'r') + std::string("\xff\xff\xff\xff", 4) + "wx";
  const std::string closed = base64(*aes_cbc_encrypt(key, key.substr(0, 16), pkcs7_pad(envelope, 32)));
  const auto opened = wechat_decrypt(key_text, "wx", closed);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::invalid);
}

TEST(StateHash, is_the_published_xxh3_and_tells_states_apart) {
  EXPECT_EQ(state_hash(""), "2d06800538d394c2");
  EXPECT_NE(state_hash("stock 1"), state_hash("stock 2"));
  EXPECT_EQ(state_hash("stock 1").size(), 16u);
}

}  // namespace
