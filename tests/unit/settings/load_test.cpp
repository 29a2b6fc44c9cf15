#include "configuration.hpp"

namespace tally::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST_F(Configuration, an_empty_file_is_a_whole_configuration) {
  const Settings settings = loaded();
  EXPECT_EQ(settings.store, "sqlite:" + (folder_ / "tally.db").string());
  EXPECT_EQ(settings.listen, "127.0.0.1:8780");
  EXPECT_EQ(settings.socket, (folder_ / "tallyd.sock").string());
  EXPECT_EQ(settings.currency, "EUR");
  ASSERT_EQ(settings.locations.size(), 1u);
  EXPECT_EQ(settings.locations[0].id.text, "main");
  EXPECT_TRUE(settings.channels.empty());
  EXPECT_EQ(settings.guard.least, 10);
}

TEST_F(Configuration, without_tallyd_yaml_it_says_what_to_write_and_where) {
  std::filesystem::remove(folder_ / "tallyd.yaml");
  EXPECT_THAT(complaints(), ElementsAre("tallyd.yaml: there is no such file, write one (config/tallyd.yaml shows how), or name the folder "
                                        "where tallyd.yaml lies with --config DIR or TALLYD_CONFIG"));
}

TEST_F(Configuration, a_folder_that_is_none_is_said_to_be_none) {
  Complaints complaints;
  EXPECT_FALSE(load(folder_ / "nowhere", complaints));
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_EQ(complaints[0].place.text(), (folder_ / "nowhere").string());
  EXPECT_EQ(complaints[0].what, "there is no such folder");
  complaints.clear();
  EXPECT_FALSE(load(folder_ / "tallyd.yaml", complaints));
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_EQ(complaints[0].what, "this is a file, and a configuration is a folder");
  EXPECT_THAT(complaints[0].hint, HasSubstr("--config DIR"));
}

TEST_F(Configuration, the_place_of_the_store_is_kept_for_whoever_opens_it) {
  EXPECT_EQ(loaded().store_place.text(), (folder_ / "tallyd.yaml").string());
  given("tallyd.yaml", "\nstore: sqlite:x.db\n");
  EXPECT_EQ(loaded().store_place.text(), (folder_ / "tallyd.yaml").string() + ":2:8");
  given("tallyd.yaml", "store: postgres\n");
  Complaints complaints;
  EXPECT_EQ(read(folder_, complaints).store_place.text(), "") << "it is refused already";
}

TEST_F(Configuration, every_key_of_tallyd_yaml_reaches_its_value) {
  given("channels.d/till.yaml", "connector: till\n");
  given("tallyd.yaml", R"(
store: sqlite:/var/lib/tallyd/tally.db
listen: "[::1]:8780"
socket: run/t.sock
public_url: https://hooks.example.com/
currency: CNY
log_level: debug
locations:
  main: { name: Main warehouse }
  high-street: { name: High Street shop, counted_by: till }
catalogue: { watch: catalogue/*.csv }
attributes: { material: text, season: { one_of: [spring, autumn] } }
guard: { to_zero: 10%, price: 2.5%, least: 3 }
)");
  const Settings settings = loaded();
  EXPECT_EQ(settings.store, "sqlite:/var/lib/tallyd/tally.db");
  EXPECT_EQ(settings.listen, "[::1]:8780");
  EXPECT_EQ(settings.socket, (folder_ / "run/t.sock").string());
  EXPECT_EQ(settings.public_url, "https://hooks.example.com");
  EXPECT_EQ(settings.currency, "CNY");
  EXPECT_EQ(settings.log_level, "debug");
  ASSERT_EQ(settings.locations.size(), 2u);
  EXPECT_EQ(settings.locations[1].counted_by, "till");
  EXPECT_EQ(settings.catalogue_watch, "catalogue/*.csv");
  EXPECT_THAT(settings.attributes, ElementsAre(Pair("material", "text"), Pair("season", "one_of:spring|autumn")));
  EXPECT_EQ(settings.guard.to_zero, Decimal::of(1, 1));
  EXPECT_EQ(settings.guard.price, Decimal::of(25, 3));
  EXPECT_EQ(settings.guard.least, 3);
}

TEST_F(Configuration, every_key_of_a_channel_reaches_its_value) {
  given("tallyd.yaml", "locations: { main: {}, high-street: {} }\n");
  given("channels.d/shop.yaml", R"(connector: woocommerce
url: https://shop.example.com/
auth: oauth1
secrets: { key: shop_key, secret: shop_secret }
policy: create_only
locations: [high-street, main]
stock: { buffer: 2, share: 80%, cap: 999 }
price: { add: 4%, round_to: 0.99, floor: cost * 1.1 }
owners: { description: channel, tags: newest, title: master, price: channel }
orders: { every: 1m, reserve: placed, reserve_for: 1h, close_after: 6h }
sweep: 2h
settle: 5s
limits: { requests_per_second: 3, concurrency: 1, budgets: { calls a day: 400 } }
currency: USD
weight_unit: lb
locale: de
folder: drop
settings: { shop_id: "12" }
tables: { carriers: { dhl: DHL Express } }
)");
  const Settings settings = loaded();
  ASSERT_EQ(settings.channels.size(), 1u);
  const Channel& shop = settings.channels[0];
  EXPECT_EQ(shop.id.text, "shop");
  EXPECT_EQ(shop.connector, "woocommerce");
  EXPECT_EQ(shop.mapping, "woocommerce");
  EXPECT_EQ(shop.auth, "oauth1");
  EXPECT_THAT(shop.secrets, ElementsAre(Pair("key", "shop_key"), Pair("secret", "shop_secret")));
  EXPECT_EQ(shop.policy, Policy::create_only);
  EXPECT_THAT(shop.locations, ElementsAre(LocationId("high-street"), LocationId("main")));
  EXPECT_EQ(shop.stock.buffer, 2);
  EXPECT_EQ(shop.stock.share, Decimal::of(8, 1));
  EXPECT_EQ(shop.stock.cap, 999);
  EXPECT_EQ(shop.price.factor, Decimal::of(104, 2));
  EXPECT_EQ(shop.price.round_to, Decimal::of(99, 2));
  EXPECT_EQ(shop.price.floor, (PriceLimit{Decimal::of(11, 1), true}));
  EXPECT_THAT(shop.owners, ElementsAre(Pair("description", Owner::channel), Pair("price", Owner::channel), Pair("tags", Owner::newest),
                                       Pair("title", Owner::master)));
  EXPECT_EQ(shop.orders.every, std::chrono::minutes(1));
  EXPECT_EQ(shop.orders.reserve, "placed");
  EXPECT_EQ(shop.orders.reserve_for, std::chrono::hours(1));
  EXPECT_EQ(shop.orders.close_after, std::chrono::hours(6));
  EXPECT_EQ(shop.sweep, std::chrono::hours(2));
  EXPECT_EQ(shop.settle, std::chrono::seconds(5));
  EXPECT_EQ(shop.limits->dump_sorted(), R"({"budgets":{"calls a day":400},"concurrency":1,"requests_per_second":3})");
  EXPECT_EQ(shop.settings.dump_sorted(), R"({"currency":"USD","folder":")" + (folder_ / "drop").string() +
                                             R"(","locale":"de","shop_id":"12","url":"https://shop.example.com","weight_unit":"lb"})");
  ASSERT_TRUE(shop.overlay);
  EXPECT_EQ(shop.overlay->to_json().dump(), R"({"tables":{"carriers":{"dhl":"DHL Express"}}})");
  EXPECT_THAT(shop.text, HasSubstr("connector: woocommerce\n"));
}

TEST_F(Configuration, a_channel_that_names_no_location_sells_from_all_of_them) {
  given("tallyd.yaml", "locations: { b: {}, a: {} }\n");
  given("channels.d/shop.yaml", "connector: x\n");
  EXPECT_THAT(loaded().channels.at(0).locations, ElementsAre(LocationId("b"), LocationId("a")));
}

TEST_F(Configuration, a_mapping_is_a_name_or_a_map_that_extends_one) {
  given("channels.d/a.yaml", "connector: x\nmapping: other\n");
  given("channels.d/b.yaml",
        "connector: x\nmapping: { extends: other, listing: { title: \"${title | cut 9}\" } }\ntables: { t: { live: 1 } }\n");
  given("channels.d/c.yaml", "connector: x\nmapping: { tables: { t: {} } }\ntables: { t: {} }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("channels.d/c.yaml:3:9: the tables stand twice")));
  std::filesystem::remove(folder_ / "channels.d/c.yaml");
  const Settings settings = loaded();
  EXPECT_EQ(settings.channels[0].mapping, "other");
  EXPECT_FALSE(settings.channels[0].overlay);
  EXPECT_EQ(settings.channels[1].mapping, "other");
  EXPECT_EQ(settings.channels[1].overlay->to_json().dump(), R"({"listing":{"title":"${title | cut 9}"},"tables":{"t":{"live":1}}})");
  EXPECT_EQ(settings.channels[1].overlay->find("listing")->find("title")->place.line, 2);
}

TEST_F(Configuration, complaints_of_all_files_come_at_once_with_their_places) {
  given("tallyd.yaml", "currancy: EUR\nlog_level: inof\nlocations: { main: { counted_by: tll } }\n");
  given("channels.d/shop.yaml", "connector: x\nstock: { bufer: 2, share: 80 }\nlocations: [main, maim]\n");
  given("channels.d/till.yaml", "policy: ful\n");
  EXPECT_THAT(
      complaints(),
      ElementsAre(
          "channels.d/shop.yaml:2:10: unknown key 'bufer' in 'stock', did you mean 'buffer'?",
          "channels.d/shop.yaml:2:27: 'share' must be from 0% to 100%, but is '80', write it with its % sign, as 4%",
          "channels.d/shop.yaml:3:19: there is no location 'maim', did you mean 'main'?",
          "channels.d/till.yaml:1:1: the channel's file needs the key 'connector'",
          "channels.d/till.yaml:1:9: 'policy' must be one of observe, create_only, no_retire, full, but is 'ful', did you mean 'full'?",
          "tallyd.yaml:1:1: unknown key 'currancy' in tallyd.yaml, did you mean 'currency'?",
          "tallyd.yaml:2:12: 'log_level' must be one of debug, info, warning, error, but is 'inof', did you mean 'info'?",
          "tallyd.yaml:3:34: there is no channel 'tll', did you mean 'till'?"));
}

TEST_F(Configuration, a_secret_that_was_pasted_is_refused_and_never_repeated) {
  given("channels.d/shop.yaml",
        "connector: x\nsecrets: { key: ck_0123456789abcdef0123456789abcdef01234567, secret: \"pa$$ word\", fine: shop_key }\n");
  const auto found = complaints();
  EXPECT_THAT(found, ElementsAre(HasSubstr("shop.yaml:2:17: 'key' must be the name of a secret"), HasSubstr("'secret' must be the name")));
  for (const std::string& text : found) {
    EXPECT_THAT(text, testing::Not(HasSubstr("ck_0123")));
    EXPECT_THAT(text, testing::Not(HasSubstr("pa$$")));
  }
}

TEST_F(Configuration, a_password_in_an_address_is_refused_and_never_repeated) {
  given("channels.d/shop.yaml", "connector: x\nurl: https://me:hunter2@shop.example.com\n");
  EXPECT_THAT(complaints(), ElementsAre(testing::AllOf(HasSubstr("a user or a password"), testing::Not(HasSubstr("hunter2")))));
}

TEST_F(Configuration, values_out_of_their_limits_are_refused) {
  given("tallyd.yaml",
        "store: mysql:x\nlisten: localhost\npublic_url: hooks\nguard: { to_zero: 120% }\ncatalogue: { watch: a, channel: b }\n");
  given("channels.d/shop.yaml",
        "connector: x\nprice: { add: -95%, round_to: 1.5, floor: price * 2 }\norders: { every: 0s }\nsweep: 30d\nlimits: { concurrency: 0 "
        "}\n");
  const auto found = complaints();
  for (const char* key : {"'store'", "'listen'", "'public_url'", "'to_zero'", "both 'watch'", "'add'", "'round_to'", "'floor'", "'every'",
                          "'sweep'", "'concurrency'"}) {
    EXPECT_THAT(found, testing::Contains(HasSubstr(key)));
  }
}

TEST_F(Configuration, names_that_cannot_stand_in_an_address_are_refused) {
  given("tallyd.yaml", "locations: { High Street: {} }\n");
  given("channels.d/My Shop.yaml", "connector: x\n");
  given("channels.d/other.yml", "connector: x\n");
  const auto found = complaints();
  EXPECT_THAT(found, testing::Contains(HasSubstr("'High Street' cannot be a location's name")));
  EXPECT_THAT(found, testing::Contains(HasSubstr("'My Shop' cannot be a channel's name")));
  EXPECT_THAT(found, testing::Contains(HasSubstr("other.yml: a channel's file ends in .yaml")));
}

TEST_F(Configuration, more_channels_than_lanes_are_refused) {
  for (int i = 0; i < 65; ++i) given("channels.d/c" + std::to_string(i) + ".yaml", "connector: x\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("there are 65 channels; at most 64")));
}

TEST_F(Configuration, a_key_of_its_own_may_not_hide_among_the_free_ones) {
  given("channels.d/shop.yaml", "connector: x\nsettings: { url: https://a.example }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("'url' is a key of its own")));
}

TEST_F(Configuration, under_systemd_the_socket_lies_in_the_runtime_directory) {
  setenv("RUNTIME_DIRECTORY", "/run/tallyd:/run/other", 1);
  EXPECT_EQ(loaded().socket, "/run/tallyd/tallyd.sock");
  unsetenv("RUNTIME_DIRECTORY");
}

TEST_F(Configuration, the_merchants_own_connectors_come_before_the_installed_ones) {
  setenv("TALLYD_SHARE", "/usr/share/tallyd", 1);
  const Settings settings = loaded();
  unsetenv("TALLYD_SHARE");
  EXPECT_THAT(settings.connector_folders, ElementsAre(folder_ / "connectors", "/usr/share/tallyd/connectors"));
  EXPECT_THAT(settings.mapping_folders, ElementsAre(folder_ / "mappings", "/usr/share/tallyd/mappings"));
}

}  // namespace
}  // namespace tally::settings
