// What is wrong with a connector file is said when it is loaded, with its place.
#include "unit/rest/stage.hpp"

namespace tally::rest::test {
namespace {

using testing::Test;

/// The woo file with one piece of text replaced.
std::string changed(Stage& stage, const std::string& what, const std::string& with) {
  std::string text = stage.recipe.text;
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

void expect_said(const std::string& complaints, const std::string& words) {
  EXPECT_NE(complaints.find(words), std::string::npos) << "expected \"" << words << "\" in:\n" << complaints;
}

TEST(ConnectorFile, ThoseThatAreShippedCompile) {
  for (const char* name : {"woocommerce", "wechat-shop", "douyin"}) {
    Stage stage(name);
    EXPECT_EQ(stage.complaints_of(stage.recipe.text), "") << name;
  }
}

TEST(ConnectorFile, AnUnknownKeyIsSaidWithItsPlaceAndTheNearestName) {
  Stage stage("woocommerce");
  const auto said = stage.complaints_of(changed(stage, "retire_listing:", "retire_listng:"));
  expect_said(said, "unknown key 'retire_listng'");
  expect_said(said, "retire_listing");
  expect_said(said, "woocommerce/connector.yaml:");
}

TEST(ConnectorFile, AnUnknownKindOfErrorIsSaid) {
  Stage stage("woocommerce");
  const auto said = stage.complaints_of(changed(stage, "is: transient", "is: transcient"));
  expect_said(said, "'transcient' is no kind of error");
  expect_said(said, "transient");
}

TEST(ConnectorFile, TheFactsThatDecideTheStrategyMustBeSaid) {
  Stage stage("wechat-shop");
  auto said = stage.complaints_of(changed(stage, "  stock: delta ", "  #"));
  expect_said(said, "'stock'");
  Stage other("wechat-shop");
  said = other.complaints_of(changed(other, "  takes: placed\n", ""));
  expect_said(said, "'takes'");
}

TEST(ConnectorFile, OnlyTheListOfChangesMayBeSeveral) {
  Stage stage("woocommerce");
  const auto said = stage.complaints_of(changed(stage, "read_stock: { get: /products,", "read_stock: [ { get: /products } ]\nunknown: {"));
  expect_said(said, "only `read_orders` may be several lists");
}

TEST(ConnectorFile, WhatEachFetchesStandsInThePlaceOfItsShortForm) {
  Stage stage("wechat-shop");
  expect_said(stage.complaints_of(changed(stage, "at: /after_sale_order }", "at: /after_sale_order, to: /sales }")), "goes with `all`");
}

TEST(ConnectorFile, StatesThatTakeNeedAPlaceWhereTheStateStands) {
  Stage stage("woocommerce");
  expect_said(stage.complaints_of(changed(stage, "  state: /status\n", "")), "`state` must say where");
}

TEST(ConnectorFile, BothKindsOfStockWriteNeedAKeyOrACompare) {
  Stage stage("douyin");
  expect_said(stage.complaints_of(changed(stage, "idempotency: key", "idempotency: none")), "both needs a key or a compare");
}

TEST(ConnectorFile, ADocumentThatTheMappingLacksIsSaid) {
  Stage stage("woocommerce");
  const auto said = stage.complaints_of(changed(stage, "send: shipment", "send: shipmet"));
  expect_said(said, "the mapping has no document 'shipmet'");
  expect_said(said, "'shipment'");
}

TEST(ConnectorFile, APartThatTheMappingLacksIsSaid) {
  Stage stage("woocommerce");
  expect_said(stage.complaints_of(changed(stage, "send: listing/variations", "send: listing/variants")), "has no list 'variants'");
}

TEST(ConnectorFile, ANameThatSaysNothingIsSaidWithItsPlace) {
  Stage stage("woocommerce");
  const auto said = stage.complaints_of(changed(stage, "\"${since | time naive}\"", "\"${sinc | time naive}\""));
  expect_said(said, "${sinc} says nothing in read_orders");
  expect_said(said, "'since'");
}

TEST(ConnectorFile, AFilterThatDoesNotExistIsSaid) {
  Stage stage("woocommerce");
  expect_said(stage.complaints_of(changed(stage, "since | time naive", "since | tyme naive")), "tyme");
}

TEST(ConnectorFile, ASecretThatIsNotThereIsNamedAndNeverShown) {
  Stage stage("woocommerce");
  stage.secrets.erase("secret");
  const auto said = stage.complaints_of(stage.recipe.text);
  expect_said(said, "needs the secret 'secret'");
  EXPECT_EQ(said.find("ck_x"), std::string::npos);
}

TEST(ConnectorFile, TheDoorsSecretIsNeededAsSoonAsThePlatformCanReachUs) {
  Stage unreachable("woocommerce");
  unreachable.secrets.erase("webhook_secret");
  EXPECT_EQ(unreachable.complaints_of(unreachable.recipe.text), "");
  Stage reachable("woocommerce");
  reachable.secrets.erase("webhook_secret");
  reachable.recipe.settings.set("hook_url", "https://hooks.example.com/hooks/shop");
  expect_said(reachable.complaints_of(reachable.recipe.text), "needs the secret 'webhook_secret'");
}

TEST(ConnectorFile, TheAuthThatTheChannelAsksForMustBeThere) {
  Stage stage("woocommerce");
  stage.recipe.auth = "oauth";
  const auto said = stage.complaints_of(stage.recipe.text);
  expect_said(said, "asks for the auth 'oauth'; the connector 'woocommerce' has basic, oauth1");
  expect_said(said, "oauth1");
}

TEST(ConnectorFile, OneOverlapIsNotSaidTwiceDifferently) {
  Stage stage("woocommerce");
  expect_said(stage.complaints_of(changed(stage, "window: { overlap: 5m }", "window: { overlap: 6m }")), "say the same twice");
}

TEST(ConnectorFile, OrdersThatChangeUnseenAreReadByTheTimeOfPlacingToo) {
  Stage stage("woocommerce"), douyin("douyin");
  EXPECT_TRUE(stage.connector().capabilities().changes_unseen);
  EXPECT_FALSE(douyin.connector().capabilities().changes_unseen);
  EXPECT_EQ(stage.connector().capabilities().nightly_overlap, Duration(24 * 3600 * 1000));
  expect_said(stage.complaints_of(changed(stage, "read_placed_orders:", "read_other_orders:")), "`read_placed_orders` must say how");
}

TEST(ConnectorFile, AListOfPagesMustEndSomewhere) {
  Stage stage("douyin");
  expect_said(stage.complaints_of(changed(stage, "page: { number: page, from: 1, total: /data/total }", "page: { number: page, from: 1 }")),
              "nothing says which page is the last");
}

TEST(ConnectorFile, ABatchMustSayWhoseAnswerIsWhose) {
  Stage stage("woocommerce");
  expect_said(stage.complaints_of(changed(stage, "send: price, in: /update, max: 100, list: /update, match: position, error: /error",
                                          "send: price, in: /update, max: 100")),
              "which answer belongs to which entry");
}

TEST(ConnectorFile, AStepThatReadsNeedsAWayToRead) {
  Stage stage("wechat-shop");
  expect_said(stage.complaints_of(changed(stage, "read_listing: {", "#")), "`read_listing` must say how");
}

TEST(ConnectorFile, ASettingThatTheFileSpeaksOfMustBeInTheChannelAndIsMissedThere) {
  Stage stage("douyin");
  stage.recipe.settings.erase("shop_id");
  stage.recipe.channel_file = "channels.d/market.yaml";
  stage.recipe.places["settings"] = {"channels.d/market.yaml", 3, 11};
  EXPECT_EQ(
      stage.complaints_of(stage.recipe.text),
      "channels.d/market.yaml:3:11: the connector 'douyin' needs 'shop_id' (the shop's number), write `shop_id: …` under `settings:`\n");
}

TEST(ConnectorFile, ASettingThatWasComplainedOfIsNotMissedToo) {
  Stage stage("woocommerce");
  stage.recipe.settings.erase("url");
  expect_said(stage.complaints_of(stage.recipe.text), "needs 'url' (the shop's address), write `url: …`");
  stage.recipe.complained = {"settings/url"};
  Complaints complaints;
  EXPECT_NE(make(stage.recipe, stage.ports(), complaints), nullptr);
  EXPECT_EQ(text_of(complaints), "");
}

TEST(ConnectorFile, AMissingSecretIsMissedWhereTheChannelNamesIt) {
  Stage stage("woocommerce");
  stage.secrets.erase("key");
  stage.recipe.channel_file = "channels.d/shop.yaml";
  stage.recipe.places["secrets/key"] = {"channels.d/shop.yaml", 4, 17};
  expect_said(stage.complaints_of(stage.recipe.text),
              "channels.d/shop.yaml:4:17: the channel 'shop' needs the secret 'key' (the consumer key, ck_…): there is no secret 'key'");
}

TEST(ConnectorFile, WhatIsSpokenOfMustBeDeclared) {
  Stage setting("douyin");
  auto said = setting.complaints_of(changed(setting, "  shop_id: the shop's number\n", ""));
  expect_said(said, "${shop_id} says nothing in auth");
  Stage secret("woocommerce");
  said = secret.complaints_of(changed(secret, "user: key,", "user: kay,"));
  expect_said(said, "'kay' stands neither under `settings:` nor under `secrets:` of this file, did you mean 'key'?");
}

TEST(ConnectorFile, WhatIsDeclaredMustBeSpokenOf) {
  Stage stage("douyin");
  expect_said(stage.complaints_of(changed(stage, "secrets:\n", "  region: where the shop is\nsecrets:\n")),
              "nothing in this file speaks of 'region'");
}

TEST(ConnectorFile, WhatIsDeclaredSaysWhatItIs) {
  Stage stage("douyin");
  expect_said(stage.complaints_of(changed(stage, "shop_id: the shop's number", "shop_id:")), "'shop_id' says nothing: what is it");
}

TEST(ConnectorFile, AFaultInAKindOfAuthThatTheChannelDoesNotUseIsSaidAndItsSecretsAreNotMissed) {
  Stage stage("woocommerce");
  expect_said(stage.complaints_of(changed(stage, "hash: sha256", "hash: md5")), "'hash' must be one of sha256, sha1");
  Stage other("woocommerce");
  std::string text = changed(other, "key: key, secret: secret, put: query", "key: key2, secret: secret, put: query");
  text.replace(text.find("  key: the consumer key"), 0, "  key2: another key\n");
  EXPECT_EQ(other.complaints_of(text), "");
}

TEST(ConnectorFile, ADuplicateKeyDoesNotHideTheOtherFaults) {
  Stage stage("woocommerce");
  const auto said = stage.complaints_of(changed(stage, "kind: storefront\n", "kind: storefront\nkind: shop\nlimts: {}\n"));
  expect_said(said, "'kind' stands here a second time");
  expect_said(said, "unknown key 'limts'");
}

TEST(Capabilities, OfWooCommerce) {
  Stage stage("woocommerce");
  const auto& facts = stage.connector().capabilities();
  EXPECT_EQ(facts.stock, channel::StockWrites::absolute);
  EXPECT_EQ(facts.takes, channel::Takes::by_state);
  EXPECT_FALSE(facts.takes_in.at("pending"));
  EXPECT_TRUE(facts.takes_in.at("on-hold"));
  EXPECT_TRUE(facts.takes_in.at("processing"));
  EXPECT_EQ(facts.gives_back, (std::set{channel::GivesBack::unpaid_cancel, channel::GivesBack::paid_cancel}));
  EXPECT_EQ(facts.stock_batch, 100U);
  EXPECT_EQ(facts.price_batch, 100U);
  EXPECT_EQ(facts.concurrency, 4U);
  EXPECT_TRUE(facts.can_look && facts.listings_by_id && facts.reads_orders && facts.pushes_content && facts.pushes_price);
  EXPECT_TRUE(facts.actions.count("refund") && facts.actions.count("cancel_order") && facts.actions.count("subscribe"));
  EXPECT_FALSE(facts.idempotency_key || facts.compare_and_set || facts.sold_moves_modified || facts.has_mark);
  EXPECT_TRUE(facts.own_write_echoes && facts.lists_replace && facts.changed_at_trusted);
}

TEST(Capabilities, OfTheChineseShops) {
  Stage wechat("wechat-shop"), douyin("douyin");
  EXPECT_EQ(wechat.connector().capabilities().stock, channel::StockWrites::delta);
  EXPECT_EQ(wechat.connector().capabilities().takes, channel::Takes::placed);
  EXPECT_EQ(wechat.connector().capabilities().gives_back, std::set{channel::GivesBack::unpaid_cancel});
  EXPECT_EQ(wechat.connector().capabilities().stock_batch, 1U);
  EXPECT_TRUE(wechat.connector().capabilities().refunds_only_asked);
  EXPECT_FALSE(wechat.connector().capabilities().actions.count("cancel_order"));
  EXPECT_EQ(douyin.connector().capabilities().stock, channel::StockWrites::both);
  EXPECT_TRUE(douyin.connector().capabilities().idempotency_key);
}

TEST(Capabilities, TheChannelsFileMayBeStricter) {
  Stage stage("woocommerce");
  stage.recipe.overrides = json("{'settle_ms': 2000, 'concurrency': 1, 'requests_per_second': 3}");
  const auto& facts = stage.connector().capabilities();
  EXPECT_EQ(facts.settle, Duration(2000));
  EXPECT_EQ(facts.concurrency, 1U);
  EXPECT_EQ(facts.requests_per_second, 3U);
}

}  // namespace
}  // namespace tally::rest::test
