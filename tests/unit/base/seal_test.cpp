#include "base/seal.hpp"

#include "base/crypto.hpp"
#include "base/rng.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tally::seal {
namespace {

Random from_seed(std::uint64_t seed) {
  return [rng = std::make_shared<Rng>(seed)](std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(rng->below(256));
    return bytes;
  };
}

const Random kernel = crypto::random_bytes;

TEST(SealedValue, OpensWithItsKeyForWhatItBelongsTo) {
  const Key key = Key::made(kernel);
  for (const std::string& plain : {std::string("Ada Lovelace"), std::string(), std::string("张三\n\"quoted\""), std::string(100'000, 'x'),
                                   std::string("with\0zero", 9)}) {
    const std::string value = sealed(key, plain, "order:1:7:buyer.name", kernel);
    EXPECT_TRUE(is_sealed(value));
    const auto again = opened(key, value, "order:1:7:buyer.name");
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(*again, plain);
  }
}

TEST(SealedValue, ShowsNothingOfWhatItHolds) {
  const Key key = Key::made(kernel);
  const std::string value = sealed(key, "Ada Lovelace", "", kernel);
  EXPECT_EQ(value.find("Ada"), std::string::npos);
  EXPECT_EQ(value.find(crypto::base64("Ada Lovelace").substr(0, 8)), std::string::npos);
  for (const char c : value) EXPECT_TRUE(c > ' ' && c < 0x7f) << "it stands in JSON and in text columns";
}

TEST(SealedValue, IsRefusedWithAnotherKey) {
  const std::string value = sealed(Key::made(kernel), "Ada", "a", kernel);
  EXPECT_EQ(opened(Key::made(kernel), value, "a").error().fault, Fault::invalid);
}

TEST(SealedValue, IsRefusedElsewhereThanWhereItBelongs) {
  const Key key = Key::made(kernel);
  EXPECT_FALSE(opened(key, sealed(key, "Ada", "order:1:7:buyer.name", kernel), "order:1:8:buyer.name").has_value());
}

TEST(SealedValue, IsRefusedWhereverOneBitOfItIsChangedOrItIsCutOff) {
  const Key key = Key::made(kernel);
  const std::string value = sealed(key, "Ada", "a", kernel);
  const std::string mark = value.substr(0, value.rfind(':') + 1);
  const std::string bytes = *crypto::from_base64(value.substr(mark.size()));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(opened(key, mark + crypto::base64(changed), "a").has_value()) << "bit " << bit;
  }
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(opened(key, mark + crypto::base64(bytes.substr(0, length)), "a").has_value()) << length << " bytes";
  EXPECT_FALSE(opened(key, "Ada", "a").has_value());
  EXPECT_FALSE(opened(key, mark + "not base64!", "a").has_value());
}

TEST(SealedValue, NeverHasTheNonceOfAnother) {
  const Key key = Key::made(kernel);
  std::set<std::string> nonces;
  constexpr std::size_t values = 20'000;
  for (std::size_t i = 0; i < values; ++i) {
    const std::string value = sealed(key, "the same", "the same", kernel);
    nonces.insert(crypto::from_base64(value.substr(value.rfind(':') + 1))->substr(0, nonce_bytes));
  }
  EXPECT_EQ(nonces.size(), values);
}

TEST(SealedValue, RepeatsWithTheSeedOfASimulation) {
  const auto values = [](std::uint64_t seed) {
    const Random random = from_seed(seed);
    const Key key = Key::made(random);
    return sealed(key, "Ada", "a", random) + sealed(key, "Ada", "a", random);
  };
  EXPECT_EQ(values(7), values(7));
  EXPECT_NE(values(7), values(8));
}

TEST(Key, ComesBackFromItsTextAndFromNothingElse) {
  const Key key = Key::made(kernel);
  const auto again = Key::from_base64(key.base64());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->bytes(), key.bytes());
  for (const auto* text : {"", "AAAA", "no key"}) EXPECT_FALSE(Key::from_base64(text).has_value());
}

TEST(KeyedHash, IsTheSameForTheSameTextUnderTheSameKeyOnly) {
  const Key key = Key::made(kernel);
  EXPECT_EQ(keyed_hash(key, "email:ada@example.com"), keyed_hash(key, "email:ada@example.com"));
  EXPECT_NE(keyed_hash(key, "email:ada@example.com"), keyed_hash(key, "email:ida@example.com"));
  EXPECT_NE(keyed_hash(key, "email:ada@example.com"), keyed_hash(Key::made(kernel), "email:ada@example.com"));
  EXPECT_EQ(keyed_hash(key, "").size(), 32u);
}

}  // namespace
}  // namespace tally::seal
