// The rules by which a person looks at orders, as a merchant writes them.
#include "configuration.hpp"

namespace tally::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Configuration, review_rules_reach_their_values) {
  given("channels.d/shop.yaml", "connector: x\n");
  given("tallyd.yaml", R"(
review:
  - { name: big order, when: { total_above: [1000 EUR, 8000 CNY], country_not: [DE, AT] } }
  - { name: odd, when: { new_buyer: yes, email_domain: example.com, sku: [A, "12"], quantity_above: 20, channel: shop } }
)");
  const Settings settings = loaded();
  ASSERT_EQ(settings.review.size(), 2u);
  const ReviewRule &big = settings.review[0], &odd = settings.review[1];
  EXPECT_EQ(big.name, "big order");
  ASSERT_EQ(big.total_above.size(), 2u);
  EXPECT_EQ(big.total_above[0].text(), "1000.00 EUR");
  EXPECT_THAT(big.other_than, ElementsAre("DE", "AT"));
  EXPECT_TRUE(odd.new_buyer);
  EXPECT_FALSE(odd.first_order);
  EXPECT_THAT(odd.email_domains, ElementsAre("example.com"));
  EXPECT_THAT(odd.skus, ElementsAre("A", "12"));
  EXPECT_EQ(odd.quantity_above, 20);
  EXPECT_THAT(odd.channels, ElementsAre("shop"));
}

TEST_F(Configuration, two_rules_of_one_name_are_refused_with_both_places) {
  given("tallyd.yaml",
        "review:\n  - { name: big, when: { sku: A } }\n  - { name: far, when: { sku: B } }\n  - { name: big, when: { sku: C } }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("tallyd.yaml:4:13: there is a rule 'big' already, at tallyd.yaml:2:13")));
}

TEST_F(Configuration, a_rule_without_a_condition_would_hold_every_order) {
  given("tallyd.yaml", "review:\n  - { name: all, when: {} }\n  - { name: none }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("tallyd.yaml:2:24: the rule 'all' asks for nothing"), HasSubstr("'when'")));
}

TEST_F(Configuration, a_rule_that_no_order_can_meet_is_refused_with_both_places) {
  given("channels.d/shop.yaml", "connector: x\ncurrency: USD\n");
  given("tallyd.yaml",
        "review:\n"
        "  - { name: nowhere, when: { country: [DE], country_not: [DE, AT] } }\n"
        "  - { name: never, when: { total_above: 10 EUR, channel: shop } }\n"
        "  - { name: nothing, when: { sku: [] } }\n");
  EXPECT_THAT(
      complaints(),
      ElementsAre(
          HasSubstr("tallyd.yaml:2:58: the rule 'nowhere' can never hold an order: every country of 'country' at tallyd.yaml:2:39"),
          HasSubstr("tallyd.yaml:3:41: the rule 'never' can never hold an order: 'shop' of 'channel' at tallyd.yaml:3:58 sells in USD"),
          HasSubstr("tallyd.yaml:4:35: 'sku' is an empty list")));
}

TEST_F(Configuration, what_a_rule_cannot_ask_is_refused_where_it_stands) {
  given("tallyd.yaml",
        "review:\n"
        "  - { name: a, when: { total_above: 1000 } }\n"
        "  - { name: b, when: { country: Germany } }\n"
        "  - { name: c, when: { first_order: no } }\n"
        "  - { name: d, when: { email_domain: eve@example.com } }\n"
        "  - { name: e, when: { chanel: shop } }\n"
        "  - { name: f, when: { total_above: [10 EUR, 20 EUR], channel: shop } }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("'total_above' must be an amount with its currency"), HasSubstr("two capitals"),
                                        HasSubstr("'first_order: no' asks for nothing"), HasSubstr("what stands behind the @"),
                                        HasSubstr("channel"), HasSubstr("two limits in EUR"), HasSubstr("there is no channel 'shop'")));
}

}  // namespace
}  // namespace tally::settings
