// Ids, complaints and repeatable random numbers.
#include "base/complaint.hpp"
#include "base/id.hpp"
#include "base/rng.hpp"

#include <gtest/gtest.h>

#include <set>

using namespace tally;

namespace {

TEST(NormalSku, trims_white_space_of_ascii_and_unicode_at_the_ends_only) {
  EXPECT_EQ(normal_sku(" \t\r\nAB-1\v\f ").text, "AB-1");
  EXPECT_EQ(normal_sku("\xc2\xa0\xe3\x80\x80MUG 1\xe2\x80\x83\xe2\x80\xa8").text, "MUG 1")
      << "no-break, ideographic and em space, line separator";
  EXPECT_EQ(normal_sku("a  b").text, "a  b");
}

TEST(NormalSku, makes_equal_what_looks_equal) {
  EXPECT_EQ(normal_sku("cafe\xcc\x81"), normal_sku("caf\xc3\xa9"));
  EXPECT_NE(normal_sku("abc"), normal_sku("ABC")) << "upper and lower case are different SKUs";
  EXPECT_NE(normal_sku("０1"), normal_sku("01")) << "compatibility forms are kept apart";
}

TEST(NormalSku, is_empty_for_blank_or_broken_text) {
  for (const char* text : {"", "   ", "\xe3\x80\x80", "A\xff", "\xc3"}) EXPECT_TRUE(normal_sku(text).empty());
}

TEST(Complaint, says_where_what_and_the_hint) {
  const Complaint complaint{{"shop.yaml", 12, 3}, "unknown key 'prise'", "did you mean 'price'?"};
  EXPECT_EQ(complaint.text(), "shop.yaml:12:3: unknown key 'prise', did you mean 'price'?");
  EXPECT_EQ((Complaint{{"shop.yaml", 0, 0}, "the file is empty", ""}).text(), "shop.yaml: the file is empty");
  EXPECT_EQ(text_of({complaint, {{"b.yaml", 2, 0}, "x", ""}}), complaint.text() + "\nb.yaml:2: x\n");
}

TEST(Nearest, finds_the_word_that_was_meant_and_offers_nothing_far_fetched) {
  const std::vector<std::string> keys{"price", "title", "stock", "id"};
  EXPECT_EQ(nearest("prise", keys), "price");
  EXPECT_EQ(nearest("tilte", keys), "title") << "swapped neighbours are one mistake";
  EXPECT_EQ(nearest("ix", keys), "id");
  EXPECT_EQ(nearest("weight", keys), "");
  EXPECT_EQ(nearest("price", {}), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), {std::string(100'000, 'x')}), "") << "no key is that long";
  EXPECT_EQ(did_you_mean("stokc", keys), "did you mean 'stock'?");
  EXPECT_EQ(did_you_mean("zzzzz", keys), "");
}

TEST(Rng, gives_the_published_sequence_of_its_algorithm) {
  Rng rng(0);  // xoshiro256** seeded by splitmix64 from 0
  EXPECT_EQ(rng.next(), 11091344671253066420u);
  EXPECT_EQ(rng.next(), 13793997310169335082u);
  EXPECT_EQ(rng.next(), 1900383378846508768u);
}

TEST(Rng, repeats_for_a_seed_and_differs_between_seeds) {
  EXPECT_EQ(Rng(42).text(20), Rng(42).text(20));
  EXPECT_NE(Rng(42).text(20), Rng(43).text(20));
}

TEST(Rng, stays_within_its_bounds_and_reaches_both_ends) {
  Rng rng(1);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 500; ++i) {
    seen.insert(rng.between(-2, 2));
    EXPECT_LT(rng.below(3), 3u);
    EXPECT_EQ(rng.below(1), 0u);
  }
  EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
  EXPECT_EQ(rng.between(5, 5), 5);
  rng.between(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(rng.chance(0));
  EXPECT_TRUE(rng.chance(100));
}

}  // namespace
