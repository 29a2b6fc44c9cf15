// The rules by which orders go to locations, as a merchant writes them.
#include "configuration.hpp"

namespace tally::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* three_places = "locations: { main: {}, london: {}, dublin: {} }\n";

class Routing : public Configuration {
 protected:
  Routing() { given("channels.d/shop.yaml", "connector: x\n"); }
  void given_rules(const std::string& rules) { given("tallyd.yaml", three_places + ("routing:\n" + rules)); }
};

TEST_F(Routing, rules_reach_their_values_in_their_order) {
  given_rules(
      "  - { country: [GB, IE], region: [Kent], sku: A, channel: shop, from: [london, dublin] }\n  - { country: \"*\", from: main }\n");
  const Settings settings = loaded();
  ASSERT_EQ(settings.routing.size(), 2u);
  const RoutingRule& britain = settings.routing[0];
  EXPECT_THAT(britain.countries, ElementsAre("GB", "IE"));
  EXPECT_THAT(britain.regions, ElementsAre("Kent"));
  EXPECT_THAT(britain.skus, ElementsAre("A"));
  EXPECT_THAT(britain.channels, ElementsAre("shop"));
  EXPECT_THAT(britain.from, ElementsAre(LocationId("london"), LocationId("dublin")));
  EXPECT_TRUE(settings.routing[1].countries.empty()) << "\"*\" asks for no country";
}

TEST_F(Routing, a_rule_that_earlier_ones_leave_nothing_is_refused_with_all_places) {
  given_rules(
      "  - { country: GB, from: london }\n"
      "  - { country: IE, from: dublin }\n"
      "  - { country: [GB, IE], sku: A, from: main }\n"
      "  - { country: [GB, FR], from: main }\n"
      "  - { country: \"*\", from: main }\n"
      "  - { sku: A, from: main }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("tallyd.yaml:5:5: no order ever comes to this rule: the first that an order meets holds, "
                                                  "and all that it asks for is taken at tallyd.yaml:3:5 and at tallyd.yaml:4:5"),
                                        HasSubstr("tallyd.yaml:8:5: no order ever comes to this rule")));
}

TEST_F(Routing, a_rule_for_less_before_one_for_more_is_none_that_takes_all) {
  given_rules(
      "  - { country: GB, sku: A, from: london }\n"
      "  - { country: GB, region: Kent, from: london }\n"
      "  - { country: GB, from: dublin }\n"
      "  - { channel: shop, from: main }\n");
  EXPECT_EQ(loaded().routing.size(), 4u);
}

TEST_F(Routing, a_rule_that_a_channel_passes_over_takes_nothing_of_it) {
  given("channels.d/shop.yaml", "connector: x\nlocations: [main]\n");
  given("channels.d/isle.yaml", "connector: y\nlocations: [london, dublin]\n");
  given_rules("  - { country: GB, from: london }\n  - { country: GB, from: main }\n");
  EXPECT_EQ(loaded().routing.size(), 2u) << "the shop's orders come to the second";
}

TEST_F(Routing, a_location_that_the_channel_does_not_sell_from_is_refused_with_both_places) {
  given("channels.d/shop.yaml", "connector: x\nlocations: [main]\n");
  given("channels.d/isle.yaml", "connector: y\nlocations: [main, dublin]\n");
  given_rules("  - { country: IE, channel: [isle, shop], from: [main, dublin] }\n  - { country: GB, from: [london, main] }\n");
  EXPECT_THAT(complaints(),
              ElementsAre(HasSubstr("tallyd.yaml:3:56: 'dublin' ships nothing of the channel 'shop', which does not sell from it: see "
                                    "channels.d/shop.yaml:2:12"),
                          HasSubstr("tallyd.yaml:4:27: no channel sells from 'london', which is declared at tallyd.yaml:1:")));
}

TEST_F(Routing, what_a_platform_holds_is_refused_where_that_is_said) {
  given("channels.d/isle.yaml", "connector: y\n");
  given("tallyd.yaml", "locations: { main: {}, fba: { held_by: isle } }\nrouting:\n  - { channel: shop, from: [main, fba] }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("tallyd.yaml:3:35: 'fba' ships nothing of the channel 'shop', which does not sell from "
                                                  "it: see tallyd.yaml:1:40")));
}

TEST_F(Routing, what_a_rule_cannot_say_is_refused_where_it_stands) {
  given_rules(
      "  - { from: [main] }\n"
      "  - { country: Germany, from: main }\n"
      "  - { country: [DE, \"*\"], from: main }\n"
      "  - { region: Kent, sku: A, from: london }\n"
      "  - { country: GB, from: [london, lodnon] }\n"
      "  - { country: IE, from: [dublin, main, dublin] }\n"
      "  - { country: FR }\n"
      "  - { country: FR, from: [] }\n"
      "  - { country: FR, channel: shpo, from: main }\n"
      "  - { county: FR, country: NL, from: main }\n");
  EXPECT_THAT(
      complaints(),
      ElementsAre(HasSubstr(":3:5: the rule does not say which orders it is for"), HasSubstr(":4:16: 'country' has two capitals"),
                  HasSubstr(":5:21: '*' is every country"), HasSubstr(":6:15: a 'region' is one of a country"),
                  HasSubstr(":7:35: there is no location 'lodnon'"),
                  HasSubstr(":8:41: 'dublin' stands here a second time, and at tallyd.yaml:8:27"), HasSubstr("'from'"),
                  HasSubstr(":10:26: 'from' is an empty list"), HasSubstr(":11:29: there is no channel 'shpo'"), HasSubstr("country")));
}

}  // namespace
}  // namespace tally::settings
