#include "model/order.hpp"

#include <gmock/gmock.h>

namespace tally {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Currency eur{"EUR"};

Money euro(std::int64_t minor) {
  return Money{minor, eur};
}

OrderLine line(Quantity quantity, std::optional<Money> amount = std::nullopt) {
  OrderLine made;
  made.id = "1";
  made.quantity = quantity;
  made.amount = amount;
  return made;
}

Order order(std::vector<OrderLine> lines, std::optional<Money> total = std::nullopt) {
  Order made;
  made.currency = eur;
  made.lines = std::move(lines);
  made.total = total;
  return made;
}

// Amounts of a line.

TEST(CompleteLine, amount_follows_from_the_unit_price_rounded_to_the_currency) {
  Order given = order({line(3)});
  given.lines[0].unit_price = Decimal::of(3333, 3);
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_EQ(given.lines[0].amount, euro(1000));
  EXPECT_EQ(given.total, euro(1000));
}

TEST(CompleteLine, amount_follows_from_what_is_left_and_what_was_taken_off) {
  Order given = order({line(1)});
  given.lines[0].discounted = euro(800);
  given.lines[0].discount = euro(200);
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_EQ(given.lines[0].amount, euro(1000));
  EXPECT_EQ(given.lines[0].unit_price, Decimal(10));
}

TEST(CompleteLine, the_third_of_amount_discount_and_discounted_follows_from_two) {
  Order one = order({line(1, euro(1000))});
  one.lines[0].discounted = euro(800);
  Order other = order({line(1, euro(1000))});
  other.lines[0].discount = euro(200);
  EXPECT_THAT(complete(one), IsEmpty());
  EXPECT_THAT(complete(other), IsEmpty());
  EXPECT_EQ(one.lines[0].discount, euro(200));
  EXPECT_EQ(other.lines[0].discounted, euro(800));
  EXPECT_EQ(one.discounts, euro(200));
  EXPECT_EQ(one.total, euro(800));
}

TEST(CompleteLine, a_unit_price_is_derived_only_where_it_is_exact) {
  Order given = order({line(4, euro(1000)), line(3, euro(1000))});
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_EQ(given.lines[0].unit_price, Decimal::of(25, 1));
  EXPECT_FALSE(given.lines[1].unit_price);
}

TEST(CompleteLine, a_product_between_two_cents_may_be_rounded_either_way_and_no_further) {
  for (const std::int64_t minor : {12, 13}) {
    Order given = order({line(1, euro(minor))});
    given.lines[0].unit_price = Decimal::of(125, 3);
    EXPECT_THAT(complete(given), IsEmpty()) << minor;
  }
  Order off = order({line(1, euro(14))});
  off.lines[0].unit_price = Decimal::of(125, 3);
  EXPECT_THAT(complete(off), ElementsAre("line 1: 1 × 0.125 is 0.125, but its amount is 0.14 EUR"));
}

TEST(CompleteLine, a_cent_between_quantity_times_price_and_amount_is_a_contradiction) {
  Order given = order({line(2, euro(2001))});
  given.lines[0].sku = Sku("A");
  given.lines[0].unit_price = Decimal(10);
  EXPECT_THAT(complete(given), ElementsAre("line 1 (A): 2 × 10 is 20, but its amount is 20.01 EUR"));
  EXPECT_EQ(given.lines[0].amount, euro(2001)) << "what was given is never changed";
}

TEST(CompleteLine, amounts_that_do_not_fit_are_said_with_all_numbers) {
  Order given = order({line(1, euro(1000))});
  given.lines[0].discounted = euro(800);
  given.lines[0].discount = euro(100);
  EXPECT_THAT(complete(given), ElementsAre("line 1: 8.00 EUR after a discount of 1.00 EUR does not make its amount of 10.00 EUR"));
}

TEST(CompleteLine, a_quantity_of_nothing_or_less_is_a_contradiction) {
  Order given = order({line(0, euro(0)), line(-1, euro(0))});
  EXPECT_THAT(complete(given), ElementsAre(HasSubstr("a quantity of 0"), HasSubstr("a quantity of -1")));
}

// Amounts of the order.

TEST(CompleteOrder, total_follows_from_its_parts) {
  Order given = order({line(1, euro(1000)), line(1, euro(500))});
  given.fees = {{"", "Box", euro(100), std::nullopt}};
  given.shipping = euro(490);
  given.tax = euro(200);
  given.discounts = euro(90);
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_EQ(given.total, euro(1000 + 500 + 100 + 490 + 200 - 90));
}

TEST(CompleteOrder, tax_that_is_included_is_not_added) {
  Order given = order({line(1, euro(1190))}, euro(1190));
  given.tax = euro(190);
  given.tax_included = true;
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_EQ(given.shipping, std::nullopt) << "two are unknown: neither is made up";
}

TEST(CompleteOrder, the_only_missing_amount_follows_from_the_total) {
  Order shipping = order({line(1, euro(1000))}, euro(1490));
  shipping.tax_included = true;
  shipping.discounts = euro(0);
  EXPECT_THAT(complete(shipping), IsEmpty());
  EXPECT_EQ(shipping.shipping, euro(490));

  Order discounts = order({line(1, euro(1000))}, euro(900));
  discounts.shipping = euro(0);
  discounts.tax = euro(0);
  EXPECT_THAT(complete(discounts), IsEmpty());
  EXPECT_EQ(discounts.discounts, euro(100));

  Order tax = order({line(1, euro(1000))}, euro(1200));
  tax.shipping = euro(10);
  tax.discounts = euro(0);
  EXPECT_THAT(complete(tax), IsEmpty());
  EXPECT_EQ(tax.tax, euro(190));
}

TEST(CompleteOrder, a_total_that_its_parts_do_not_make_is_said_with_both_numbers_and_the_difference) {
  Order given = order({line(1, euro(1000))}, euro(1100));
  given.shipping = euro(0);
  given.tax = euro(0);
  given.discounts = euro(0);
  EXPECT_THAT(complete(given),
              ElementsAre("the total is 11.00 EUR, but lines 10.00 EUR + shipping 0.00 EUR + tax 0.00 EUR − discounts 0.00 EUR makes "
                          "10.00 EUR (off by 1.00 EUR)"));
  EXPECT_EQ(given.total, euro(1100));
}

TEST(CompleteOrder, what_no_missing_amount_could_make_true_is_a_contradiction) {
  Order less = order({line(1, euro(1000))}, euro(900));
  less.discounts = euro(0);
  EXPECT_THAT(complete(less), ElementsAre(HasSubstr("off by -1.00 EUR")));
  Order more = order({line(1, euro(1000))}, euro(1100));
  more.shipping = euro(0);
  more.tax_included = true;
  EXPECT_THAT(complete(more), ElementsAre(HasSubstr("off by 1.00 EUR")));
}

TEST(CompleteOrder, where_several_are_missing_any_total_may_be_true) {
  Order given = order({line(1)}, euro(2345));
  given.lines[0].unit_price = Decimal(20);
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_FALSE(given.shipping || given.tax || given.discounts);
}

TEST(CompleteOrder, another_currency_is_never_added) {
  Order given = order({line(1, Money{1000, Currency{"USD"}})}, euro(1000));
  EXPECT_THAT(complete(given), ElementsAre("line 1, amount is 10.00 USD, but the order is in EUR"));
}

TEST(CompleteOrder, the_currency_follows_from_the_amounts) {
  Order given = order({line(1, euro(1000))});
  given.currency = {};
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_EQ(given.currency, eur);
}

TEST(CompleteOrder, a_currency_without_cents_is_reckoned_without_them) {
  Order given;
  given.currency = Currency{"JPY"};
  given.lines = {line(3)};
  given.lines[0].unit_price = Decimal(120);
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_EQ(given.total, (Money{360, Currency{"JPY"}}));
}

TEST(CompleteOrder, sums_out_of_range_are_said_and_not_wrapped) {
  Order given = order({line(1, euro(INT64_MAX)), line(1, euro(INT64_MAX))});
  EXPECT_THAT(complete(given), ElementsAre("the amounts are too large to be added up"));
  EXPECT_FALSE(given.total);
}

TEST(CompleteOrder, completing_twice_is_completing_once) {
  Order given = order({line(3)}, euro(1190));
  given.lines[0].unit_price = Decimal::of(3333, 3);
  given.lines[0].discount = euro(10);
  given.tax_included = true;
  given.payment = PaymentState::paid;
  EXPECT_THAT(complete(given), IsEmpty());
  Order again = given;
  EXPECT_THAT(complete(again), IsEmpty());
  EXPECT_EQ(again, given);
}

// The state of platforms that have no single one.

struct Said {
  OrderState before;
  std::optional<PaymentState> payment;
  std::optional<FulfilmentState> fulfilment;
  bool cancelled;
  OrderState after;
};

class CompleteState : public testing::TestWithParam<Said> {};

TEST_P(CompleteState, follows_from_payment_fulfilment_and_cancellation) {
  Order given;
  given.state = GetParam().before;
  given.payment = GetParam().payment;
  given.fulfilment = GetParam().fulfilment;
  if (GetParam().cancelled) given.cancelled_at = from_ms(1);
  EXPECT_THAT(complete(given), IsEmpty());
  EXPECT_EQ(name_of(given.state), name_of(GetParam().after));
}

using O = OrderState;
using P = PaymentState;
using F = FulfilmentState;

INSTANTIATE_TEST_SUITE_P(
    FromNothing, CompleteState,
    testing::Values(Said{O::pending, P::pending, F::open, false, O::pending}, Said{O::pending, P::paid, F::open, false, O::paid},
                    Said{O::pending, P::paid, F::held, false, O::held}, Said{O::pending, P::pending, F::held, false, O::pending},
                    Said{O::pending, P::paid, F::part, false, O::part_shipped}, Said{O::pending, P::pending, F::done, false, O::shipped},
                    Said{O::pending, P::part_paid, F::open, false, O::held}, Said{O::pending, P::part_paid, F::done, false, O::shipped},
                    Said{O::pending, P::part_refunded, F::open, false, O::paid}, Said{O::pending, P::refunded, F::done, false, O::refunded},
                    Said{O::pending, P::void_, F::open, false, O::pending}, Said{O::pending, P::refunded, F::open, true, O::cancelled}));
INSTANTIATE_TEST_SUITE_P(
    OnTopOfWhatWasKnown, CompleteState,
    testing::Values(Said{O::paid, P::paid, F::done, false, O::shipped}, Said{O::paid, P::refunded, F::open, false, O::refunded},
                    Said{O::refunded, P::refunded, F::open, true, O::cancelled}, Said{O::part_shipped, P::paid, F::open, false, O::paid},
                    Said{O::held, P::paid, F::open, false, O::paid}, Said{O::pending, P::part_paid, std::nullopt, false, O::held},
                    Said{O::released, P::part_paid, std::nullopt, false, O::released}));
INSTANTIATE_TEST_SUITE_P(
    NeverTakesBackWhatASingleStateSays, CompleteState,
    testing::Values(Said{O::completed, P::paid, std::nullopt, false, O::completed},
                    Said{O::completed, P::paid, F::done, false, O::completed}, Said{O::released, P::paid, F::held, false, O::released},
                    Said{O::cancelled, P::paid, F::open, false, O::cancelled}, Said{O::shipped, P::paid, std::nullopt, false, O::shipped},
                    Said{O::paid, P::pending, std::nullopt, false, O::paid}, Said{O::completed, P::refunded, F::done, false, O::refunded},
                    Said{O::paid, std::nullopt, std::nullopt, false, O::paid}));

}  // namespace
}  // namespace tally
