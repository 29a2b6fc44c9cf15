#include "base/decimal.hpp"

#include "base/rng.hpp"

#include <gtest/gtest.h>

using namespace tally;

namespace {

Decimal dec(std::string_view text) {
  return *Decimal::parse(text);
}

TEST(Decimal, reads_what_a_number_looks_like_and_writes_it_back_in_its_shortest_form) {
  EXPECT_EQ(dec("12").text(), "12");
  EXPECT_EQ(dec("-0.50").text(), "-0.5");
  EXPECT_EQ(dec("+7.1").text(), "7.1");
  EXPECT_EQ(dec("1e3").text(), "1000");
  EXPECT_EQ(dec("12.5E-1").text(), "1.25");
  EXPECT_EQ(dec("0.000000000000000001").text(), "0.000000000000000001");
  EXPECT_EQ(dec("-0").text(), "0");
  EXPECT_EQ(dec("007.00").text(), "7");
  EXPECT_EQ(dec("0e999").text(), "0");
  EXPECT_EQ(dec("123456789012345678901234567890123456").text(), "123456789012345678901234567890123456");
}

TEST(Decimal, refuses_everything_that_is_not_exactly_one_number) {
  for (const char* text : {"",     "+",     "-",  ".",  ".5",    "1.",  "1.e3",  "e3",  "1e",  "1e+",
                           "0x10", "1,000", " 1", "1 ", "1_000", "--1", "1.2.3", "NaN", "inf", "１２"}) {
    const auto parsed = Decimal::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().fault, Fault::invalid) << text;
  }
}

TEST(Decimal, refuses_numbers_beyond_36_digits_or_18_places) {
  EXPECT_FALSE(Decimal::parse(std::string(37, '9')));
  EXPECT_FALSE(Decimal::parse("1e36"));
  EXPECT_FALSE(Decimal::parse("1e999999999999"));
  EXPECT_FALSE(Decimal::parse("1e-19"));
  EXPECT_FALSE(Decimal::parse("0.1234567890123456789"));
  EXPECT_FALSE(Decimal::parse(std::string(500, '0')));
  EXPECT_EQ(dec("0.50000000000000000000000000").text(), "0.5") << "zeros at the end cost nothing";
}

TEST(Decimal, rounds_half_to_even) {
  EXPECT_EQ(dec("0.125").text(2), "0.12");
  EXPECT_EQ(dec("0.135").text(2), "0.14");
  EXPECT_EQ(dec("-0.125").text(2), "-0.12");
  EXPECT_EQ(dec("-0.135").text(2), "-0.14");
  EXPECT_EQ(dec("0.1250001").text(2), "0.13");
  EXPECT_EQ(dec("2.5").rounded(0), Decimal(2));
  EXPECT_EQ(dec("3.5").rounded(0), Decimal(4));
  EXPECT_EQ(dec("-0.001").text(2), "0.00");
  EXPECT_EQ(dec("1.5").text(4), "1.5000");
}

TEST(Decimal, floors_downwards_also_below_zero) {
  EXPECT_EQ(dec("2.9").floored(), Decimal(2));
  EXPECT_EQ(dec("-2.1").floored(), Decimal(-3));
  EXPECT_EQ(dec("-2.0").floored(), Decimal(-2));
}

TEST(Decimal, adds_and_multiplies_exactly_where_binary_fractions_would_not) {
  EXPECT_EQ((dec("0.1") + dec("0.2")).text(), "0.3");
  EXPECT_EQ((dec("19.99") * dec("3")).text(), "59.97");
  EXPECT_EQ((dec("1") - dec("0.000000000000000001")).text(), "0.999999999999999999");
}

TEST(Decimal, multiplication_that_needs_more_than_128_bits_is_rounded_to_18_places) {
  EXPECT_EQ((dec("123456789012.123456789012345678") * dec("1.000000000000000001")).text(), "123456789012.12345691246913469");
  EXPECT_EQ((dec("-0.123456789012345678") * dec("987654321.123456789012345678")).text(), "-121932631.140070109975613475");
  EXPECT_EQ((dec("999999999999999999.999999999999999999") * dec("0.999999999999999999")).text(), "999999999999999998.999999999999999999");
  EXPECT_EQ((dec("0.000000000000000003") * dec("0.5")).text(), "0.000000000000000002") << "1.5 units, half to even";
}

TEST(Decimal, a_sum_that_cannot_keep_all_places_gives_up_places_and_not_the_number) {
  const Decimal huge = dec("900000000000000000000000000000000000");
  EXPECT_EQ((huge + dec("0.5000001")).rounded(0).text(), "900000000000000000000000000000000000");
  EXPECT_GT(huge + Decimal(1), huge);
}

TEST(Decimal, a_product_out_of_range_is_an_exception_and_never_a_wrapped_number) {
  const Decimal huge = dec("900000000000000000000000000000000000");
  EXPECT_THROW(huge * huge, std::overflow_error);
}

TEST(Decimal, divides_to_18_places_half_to_even_and_refuses_zero) {
  EXPECT_EQ(Decimal(10).divided_by(4)->text(), "2.5");
  EXPECT_EQ(Decimal(2).divided_by(3)->text(), "0.666666666666666667");
  EXPECT_EQ(Decimal(-2).divided_by(3)->text(), "-0.666666666666666667");
  EXPECT_EQ(dec("1").divided_by(dec("0.000000000000000001"))->text(), "1000000000000000000");
  EXPECT_EQ(dec("0.000000000000000001").divided_by(2)->text(), "0") << "half a unit goes to the even zero";
  EXPECT_EQ(Decimal(1).divided_by(0).error().fault, Fault::invalid);
}

TEST(Decimal, compares_by_value_whatever_the_scale) {
  EXPECT_EQ(dec("1.0"), dec("1"));
  EXPECT_LT(dec("-1.5"), dec("-1.4"));
  EXPECT_LT(dec("-0.1"), dec("0.01"));
  EXPECT_GT(dec("100000000000000000000000000000000000"), dec("99999999999999999.999999999999999999"));
}

TEST(Decimal, whole_numbers_leave_as_64_bits_or_as_an_error) {
  EXPECT_EQ(*dec("5.00").whole(), 5);
  EXPECT_EQ(*dec("-9223372036854775808").whole(), std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(dec("9223372036854775808").whole());
  EXPECT_FALSE(dec("5.5").whole());
}

TEST(Decimal, text_read_back_is_the_same_number_for_many_random_ones) {
  Rng rng(7);
  for (int i = 0; i < 2000; ++i) {
    const auto digits =
        Decimal::of(static_cast<Decimal::Int>(rng.between(-999'999'999'999, 999'999'999'999)), static_cast<int>(rng.below(19)));
    EXPECT_EQ(dec(digits.text()), digits);
    EXPECT_EQ(dec(digits.text(18)), digits);
    const Decimal other = Decimal::of(rng.between(1, 99'999), static_cast<int>(rng.below(5)));
    EXPECT_EQ(digits + other - other, digits);
    EXPECT_EQ((digits < other), ((digits - other).is_negative()));
  }
}

TEST(Currency, knows_the_digits_of_iso_4217) {
  EXPECT_EQ(Currency::parse("EUR")->digits(), 2);
  EXPECT_EQ(Currency::parse("CNY")->digits(), 2);
  EXPECT_EQ(Currency::parse("JPY")->digits(), 0);
  EXPECT_EQ(Currency::parse("KWD")->digits(), 3);
  EXPECT_EQ(Currency::parse("CLF")->digits(), 4);
}

TEST(Currency, refuses_what_only_looks_like_one) {
  for (const char* text : {"", "eur", "EU", "EURO", "XXQ", "UR ", " EU", "R G"}) EXPECT_FALSE(Currency::parse(text)) << text;
}

TEST(Money, is_rounded_half_to_even_to_the_smallest_unit_of_its_currency) {
  const Currency eur{"EUR"}, jpy{"JPY"}, kwd{"KWD"};
  EXPECT_EQ(Money::of(dec("12.345"), eur)->minor, 1234);
  EXPECT_EQ(Money::of(dec("12.355"), eur)->minor, 1236);
  EXPECT_EQ(Money::of(dec("1980"), jpy)->minor, 1980);
  EXPECT_EQ(Money::of(dec("1.5"), kwd)->minor, 1500);
  EXPECT_EQ(Money::of(dec("-0.05"), eur)->text(), "-0.05 EUR");
}

TEST(Money, out_of_64_bits_or_without_a_currency_is_refused) {
  EXPECT_FALSE(Money::of(dec("92233720368547758.08"), Currency{"EUR"}));
  EXPECT_EQ(Money::of(dec("92233720368547758.07"), Currency{"EUR"})->minor, std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(Money::of(dec("1e35"), Currency{"KWD"}));
  EXPECT_FALSE(Money::of(dec("1"), Currency{}));
}

TEST(Money, reads_the_text_it_writes) {
  for (const char* text : {"12.50 EUR", "-3.00 USD", "1980 JPY", "0.001 KWD"}) {
    const auto money = Money::parse(text);
    ASSERT_TRUE(money) << text;
    EXPECT_EQ(money->text(), text);
  }
  for (const char* text : {"12.50", "EUR 12.50", "12.50EUR", "12.50  EUR", "12.505 EUR", "1.5 JPY", "12,50 EUR"})
    EXPECT_FALSE(Money::parse(text)) << text;
}

}  // namespace
