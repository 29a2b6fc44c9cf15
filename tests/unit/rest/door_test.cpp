// WooCommerce's door: the signed delivery, the unsigned ping, and what a stored delivery says.
#include "unit/rest/stage.hpp"

#include "base/crypto.hpp"
#include "connectors/rest/auth.hpp"
#include "connectors/rest/ids.hpp"

namespace tally::rest::test {
namespace {

using channel::Event;

channel::Webhook delivery(const std::string& topic, const std::string& body, const std::string& secret = "wh_secret") {
  return {"POST",
          "",
          {{"x-wc-webhook-topic", topic},
           {"x-wc-webhook-delivery-id", "always-the-same"},
           {"x-wc-webhook-signature", crypto::base64(crypto::hmac(crypto::Digest::sha256, secret, body))}},
          body};
}

const std::string whole_order =
    R"({"id":7,"status":"on-hold","currency":"EUR","date_modified_gmt":"2025-11-01T12:00:00","total":"5.00","refunds":[],)"
    R"("line_items":[{"id":1,"product_id":44,"variation_id":0,"quantity":1,"subtotal":"5.00","total":"5.00","total_tax":"0.00","sku":"MUG"}]})";

TEST(WooDoor, AWholeOrderIsAnOrderAndAPoke) {
  Stage stage("woocommerce");
  const auto door = stage.connector().authenticate(delivery("order.updated", whole_order));
  ASSERT_TRUE(door) << door.error().text();
  EXPECT_EQ(door->reply.status, 200U);
  ASSERT_EQ(door->deliveries.size(), 1U);
  EXPECT_EQ(door->deliveries.front().headers.at("x-wc-webhook-topic"), "order.updated");
  const auto events = stage.connector().parse(door->deliveries.front(), Json());
  ASSERT_TRUE(events) << events.error().text();
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ(events->at(0).what, Event::What::order);
  EXPECT_EQ(events->at(0).platform_state, "on-hold");
  EXPECT_EQ(*events->at(0).changed_at, *parse_iso("2025-11-01T12:00:00Z"));
  EXPECT_EQ(events->at(1).what, Event::What::poke);
  EXPECT_EQ(events->at(1).subject, "7");
  EXPECT_EQ(events->at(1).subject_kind, "order");
}

TEST(WooDoor, AnOrderWithShortRefundsAndADeletedOneAreOnlyPokes) {
  Stage stage("woocommerce");
  std::string refunded = whole_order;
  refunded.replace(refunded.find(R"("refunds":[])"), 12, R"("refunds":[{"id":9,"total":"-1.00"}])");
  for (const auto& [topic, body] : {std::pair{"order.updated", refunded}, std::pair{"order.deleted", std::string(R"({"id":7})")}}) {
    const auto door = stage.connector().authenticate(delivery(topic, body));
    const auto events = stage.connector().parse(door->deliveries.at(0), Json());
    ASSERT_TRUE(events) << events.error().text();
    ASSERT_EQ(events->size(), 1U) << topic;
    EXPECT_EQ(events->front().what, Event::What::poke);
  }
}

TEST(WooDoor, AnOrderThatCannotBeReadIsAnErrorAndNotAWishToLookAgain) {
  Stage stage("woocommerce");
  for (const std::string body :
       {"[]", "{}", R"("text")", "5", "null", "no json", R"({"id":{"a":1}})", R"({"id":[]})",
        R"({"id":12345,"status":"processing","line_items":[],"date_modified_gmt":"garbage"})",
        R"({"id":12345,"status":"processing","line_items":[],"date_modified_gmt":"2025-99-01T12:00:00"})",
        R"({"id":12345,"status":"processing","line_items":"zz","date_modified_gmt":"2025-11-01T12:00:00"})",
        R"({"id":12345,"status":"processing","line_items":{"1":{"id":1}},"date_modified_gmt":"2025-11-01T12:00:00"})"}) {
    const auto door = stage.connector().authenticate(delivery("order.created", body));
    ASSERT_TRUE(door) << body;
    ASSERT_EQ(door->deliveries.size(), 1U) << body;
    const auto events = stage.connector().parse(door->deliveries.front(), Json());
    EXPECT_FALSE(events) << body;
    if (events) continue;
    EXPECT_EQ(events.error().fault, Fault::broken) << body;
  }
}

TEST(WooDoor, AnOrderWithoutLinesYetIsLookedAtAgain) {
  Stage stage("woocommerce");
  const auto door = stage.connector().authenticate(delivery("order.created", R"({"id":7,"status":"processing","line_items":[]})"));
  const auto events = stage.connector().parse(door->deliveries.at(0), Json());
  ASSERT_TRUE(events) << events.error().text();
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->front().subject, "7");
}

TEST(WooDoor, TwoDeliveriesOfOneSecondHaveDifferentIds) {
  Stage stage("woocommerce");
  const auto a = stage.connector().authenticate(delivery("order.created", R"({"id":7})")),
             b = stage.connector().authenticate(delivery("order.created", R"({"id":8})"));
  EXPECT_NE(a->deliveries.at(0).headers.at("delivery-id"), b->deliveries.at(0).headers.at("delivery-id"));
}

TEST(WooDoor, ATopicThatDoesNotConcernUsSaysNothing) {
  Stage stage("woocommerce");
  const auto door = stage.connector().authenticate(delivery("coupon.created", R"({"id":7})"));
  const auto events = stage.connector().parse(door->deliveries.at(0), Json());
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_TRUE(events->empty());
}

TEST(WooDoor, NoByteMayChange) {
  Stage stage("woocommerce");
  const auto good = delivery("order.updated", whole_order);
  for (std::size_t i = 0; i < good.body.size(); ++i) {
    auto bad = good;
    bad.body[i] = static_cast<char>(bad.body[i] ^ 0x20);
    EXPECT_FALSE(stage.connector().authenticate(bad)) << i;
  }
  auto cut = good;
  cut.body.pop_back();
  EXPECT_FALSE(stage.connector().authenticate(cut));
  auto unsigned_one = good;
  unsigned_one.headers.erase("x-wc-webhook-signature");
  EXPECT_FALSE(stage.connector().authenticate(unsigned_one));
  EXPECT_FALSE(stage.connector().authenticate(delivery("order.updated", whole_order, "another secret")));
}

TEST(WooDoor, TheUnsignedPingIsAnsweredAndNothingElseThatIsUnsigned) {
  Stage stage("woocommerce");
  const auto ping = stage.connector().authenticate({"POST", "", {}, "webhook_id=12"});
  ASSERT_TRUE(ping) << ping.error().text();
  EXPECT_EQ(ping->reply.status, 200U);
  EXPECT_TRUE(ping->deliveries.empty());
  for (const char* body : {"webhook_id=12&order=7", "order=7", "", "{}", "webhook_id=%zz"}) {
    EXPECT_FALSE(stage.connector().authenticate({"POST", "", {}, body})) << body;
  }
  EXPECT_FALSE(stage.connector().authenticate({"GET", "", {}, "webhook_id=12"}));
}

TEST(WooDoor, ASignedBodyThatCannotBeReadIsStoredAndParkedLater) {
  Stage stage("woocommerce");
  const auto door = stage.connector().authenticate(delivery("order.updated", "not json"));
  ASSERT_TRUE(door);
  ASSERT_EQ(door->deliveries.size(), 1U);
  EXPECT_EQ(stage.connector().parse(door->deliveries.front(), Json()).error().fault, Fault::broken);
}

/// The second code span of the line that begins with `| Woo OAuth1`: what an independent implementation made of the first.
TEST(OAuth1, AnIndependentImplementationsSignature) {
  const auto path = source() / "../shared/channels/global.md";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the reference material is not beside the checkout";
  std::istringstream text(text_of_file(path));
  std::string line;
  while (std::getline(text, line) && !line.starts_with("| Woo OAuth1")) {
  }
  ASSERT_TRUE(text) << "the vector is gone from global.md";
  const auto last = line.rfind('`'), before = line.rfind('`', last - 1);
  const std::string expected = line.substr(before + 1, last - before - 1);
  const Pairs parameters{{"page", "2"},
                         {"per_page", "100"},
                         {"oauth_consumer_key", "ck_x"},
                         {"oauth_nonce", "nonce" + std::string(28, '0')},
                         {"oauth_signature_method", "HMAC-SHA256"},
                         {"oauth_timestamp", "1700000000"},
                         {"oauth_version", "1.0"}};
  EXPECT_EQ(oauth1_signature(crypto::Digest::sha256, "GET", "http://127.0.0.1:1/wp-json/wc/v3/orders", parameters, "cs_y"), expected);
}

TEST(RemoteIds, ArePickedOutAndPutBackBySkuUrlAndPath) {
  const Json shown = json(
      "{'@id':5,'@known':true,'title':'x','variants':[{'sku':'B','@id':2,'price':1},{'sku':'C','@id':3}],'categories':[{'name':'T','path':["
      "'M','T'],'@id':9}],'images':[{'url':'u'}]}");
  const Json ids = ids_of(shown);
  EXPECT_EQ(ids,
            json("{'@id':5,'variants':[{'sku':'B','@id':2},{'sku':'C','@id':3}],'categories':[{'name':'T','path':['M','T'],'@id':9}]}"));
  Json mine =
      json("{'variants':[{'sku':'A'},{'sku':'B','@id':1}],'categories':[{'name':'T','path':['W','T']},{'name':'T','path':['M','T']}]}");
  put_ids(mine, ids);
  EXPECT_EQ(mine, json("{'@id':5,'variants':[{'sku':'A'},{'sku':'B','@id':2}],'categories':[{'name':'T','path':['W','T']},{'name':'T','"
                       "path':['M','T'],'@id':9}]}"))
      << "what has the same name elsewhere is another thing; what was made anew has a new id";
}

}  // namespace
}  // namespace tally::rest::test
