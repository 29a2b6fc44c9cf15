// What two places say that cannot both be meant is refused with both.
#include "configuration.hpp"

namespace tally::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Configuration, a_cap_below_the_buffer_shows_few_and_keeps_many_back) {
  given("channels.d/a.yaml", "connector: x\nstock: { buffer: 5, cap: 3 }\n");
  EXPECT_EQ(loaded().channels.size(), 1u);
}

TEST_F(Configuration, a_ceiling_that_is_not_above_the_floor_is_refused_with_both_places) {
  given("channels.d/a.yaml", "connector: x\nprice:\n  floor: cost * 1.5\n  ceiling: cost * 1.2\n");
  EXPECT_THAT(complaints(), ElementsAre("channels.d/a.yaml:4:12: 'ceiling' (cost times 1.2) is not above 'floor' (cost times 1.5) at "
                                        "channels.d/a.yaml:3:10, so no price could be sent, raise the ceiling, or lower the floor"));
  given("channels.d/a.yaml", "connector: x\nprice:\n  floor: cost * 1.5\n  ceiling: 1.2\n");
  EXPECT_EQ(loaded().channels.size(), 1u) << "the cost may be 0.50";
}

TEST_F(Configuration, a_quota_above_the_cap_is_refused_with_both_places) {
  given("channels.d/a.yaml",
        "connector: x\nstock:\n  cap: 10\n  quotas:\n    A/1: { units: 11, from: 2026-11-27T00:00:00+01:00, until: "
        "2026-11-28T00:00:00+01:00 }\n"
        "    B: { units: 10, from: 2026-11-27T00:00:00+01:00, until: 2026-11-28T00:00:00+01:00 }\n");
  EXPECT_THAT(complaints(), ElementsAre("channels.d/a.yaml:5:19: the quota of 'A/1' (11) lies above 'cap' (at most 10 are shown) at "
                                        "channels.d/a.yaml:3:8, lower the quota, or raise the cap"));
}

TEST_F(Configuration, how_long_an_unpaid_order_reserves_says_nothing_where_none_does) {
  given("channels.d/shop.yaml", "connector: x\norders: { reserve: paid, reserve_for: 1h }\n");
  EXPECT_THAT(complaints(), ElementsAre(testing::AllOf(HasSubstr("channels.d/shop.yaml:2:39: 'reserve_for' is how long"),
                                                       HasSubstr("'reserve: paid' at channels.d/shop.yaml:2:20"))));
}

TEST_F(Configuration, a_channel_is_not_closed_between_two_readings_of_its_orders) {
  given("channels.d/shop.yaml", "connector: x\norders: { every: 2h, close_after: 1h }\n");
  EXPECT_THAT(complaints(), ElementsAre(testing::AllOf(HasSubstr("channels.d/shop.yaml:2:35: 'close_after' is how long"),
                                                       HasSubstr("by 'every' at channels.d/shop.yaml:2:18"))));
}

TEST_F(Configuration, a_shelf_that_its_counter_does_not_sell_from_is_refused_with_both_places) {
  given("tallyd.yaml", "locations:\n  main:\n  shelf: { counted_by: till }\n");
  given("channels.d/till.yaml", "connector: x\nlocations: [main]\n");
  EXPECT_THAT(complaints(), ElementsAre("tallyd.yaml:3:24: 'shelf' is counted by the channel 'till', which does not sell from it: see "
                                        "'locations' at channels.d/till.yaml:2:12, add 'shelf' there"));
  given("channels.d/till.yaml", "connector: x\n");
  EXPECT_EQ(loaded().locations[1].counted_by, "till") << "who names no location sells from all";
}

TEST_F(Configuration, a_counter_whose_file_cannot_be_read_is_not_blamed_for_its_locations) {
  given("tallyd.yaml", "locations: { shelf: { counted_by: till } }\n");
  given("channels.d/till.yaml", "connector: [\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("channels.d/till.yaml:2:1: this [ has no ]")));
}

TEST_F(Configuration, two_channels_on_one_account_are_refused_with_both_places) {
  const std::string shop = "connector: x\nurl: https://shop.example.com\nsecrets: { key: shop_key }\n";
  given("channels.d/a.yaml", shop);
  given("channels.d/b.yaml", shop + "policy: observe\n");
  EXPECT_THAT(complaints(), ElementsAre("channels.d/b.yaml:2:6: this is the same account as that of the channel 'a' at "
                                        "channels.d/a.yaml:2:6, an account is one channel: take one of the two files away"));
}

TEST_F(Configuration, another_key_another_app_or_another_connector_is_another_account) {
  given("channels.d/a.yaml", "connector: x\nurl: https://p.example\nsettings: { app: 1 }\nsecrets: { key: a_key }\n");
  given("channels.d/b.yaml", "connector: x\nurl: https://p.example\nsettings: { app: 1 }\nsecrets: { key: b_key }\n");
  given("channels.d/c.yaml", "connector: x\nurl: https://p.example\nsettings: { app: 2 }\nsecrets: { key: a_key }\n");
  given("channels.d/d.yaml", "connector: y\nurl: https://p.example\nsettings: { app: 1 }\nsecrets: { key: a_key }\n");
  EXPECT_EQ(loaded().channels.size(), 4u);
}

TEST_F(Configuration, one_folder_is_one_till_whatever_else_they_say) {
  given("channels.d/a.yaml", "connector: till\nfolder: drop\n");
  given("channels.d/b.yaml", "connector: till\nfolder: ./drop\nsettings: { time_zone: UTC }\n");
  EXPECT_THAT(complaints(), ElementsAre(testing::AllOf(HasSubstr("b.yaml:2:9: this is the same account"), HasSubstr("a.yaml:2:9"))));
}

TEST_F(Configuration, what_stands_twice_in_a_list_is_refused_with_both_places) {
  given("channels.d/a.yaml", "connector: x\nlocations: [main, main]\nowners: { title: channel, brand: channel, title: newest }\n");
  EXPECT_THAT(complaints(),
              ElementsAre("channels.d/a.yaml:2:19: the location 'main' stands here a second time, and at channels.d/a.yaml:2:13",
                          "channels.d/a.yaml:3:43: 'title' stands here a second time, it stands in line 3 already"));
}

TEST_F(Configuration, a_catalogue_of_files_and_of_a_channel_is_refused_with_both_places) {
  given("tallyd.yaml", "catalogue:\n  watch: a.csv\n  channel: shop\n");
  given("channels.d/shop.yaml", "connector: x\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("tallyd.yaml:2:10: 'catalogue' has both 'watch' (files) and, at tallyd.yaml:3:12,")));
}

TEST_F(Configuration, a_faulty_file_hides_no_fault_of_another_nor_of_its_own_other_lines) {
  given("tallyd.yaml", "log_level: info\nlog_level: debug\ncurancy: EUR\n");
  given("channels.d/a.yaml", "connector: [\n");
  given("channels.d/b.yaml", "connector: x\npolicy: &all full\nstok: { cap: 1 }\n");
  given("channels.d/c.yaml", "connector: x\n<<: { a: 1 }\nsweep: 5\nlocations: [attic]\n");
  EXPECT_THAT(complaints(),
              ElementsAre(HasSubstr("channels.d/a.yaml:2:1: this [ has no ]"), HasSubstr("channels.d/b.yaml:2:9: anchors"),
                          HasSubstr("channels.d/b.yaml:3:1: unknown key 'stok' in the channel's file, did you mean 'stock'?"),
                          HasSubstr("channels.d/c.yaml:2:1: merge keys"), HasSubstr("channels.d/c.yaml:3:8: 'sweep' must be a time"),
                          HasSubstr("channels.d/c.yaml:4:13: there is no location 'attic'"),
                          HasSubstr("tallyd.yaml:2:1: 'log_level' stands here a second time"),
                          HasSubstr("tallyd.yaml:3:1: unknown key 'curancy' in tallyd.yaml, did you mean 'currency'?")));
}

TEST_F(Configuration, where_tallyd_yaml_cannot_be_read_the_channels_are_judged_without_it) {
  given("tallyd.yaml", "a: [\n");
  given("channels.d/a.yaml", "connector: x\nlocations: [attic]\npolicy: ful\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("channels.d/a.yaml:3:9: 'policy'"), HasSubstr("tallyd.yaml:2:1: this [ has no ]")));
}

}  // namespace
}  // namespace tally::settings
