// The connector file of the Douyin shop: signed requests, tokens that rotate, deliveries by the dozen.
#include "unit/rest/stage.hpp"

#include "base/crypto.hpp"
#include "connectors/rest/frame.hpp"

namespace tally::rest::test {
namespace {

using channel::ActionKind;
using channel::Event;
using channel::Want;

constexpr const char* token_answer = "{'code':10000,'data':{'access_token':'ACCESS_1','refresh_token':'REFRESH_1','expires_in':604800}}";

std::string query_value(const std::string& url, const std::string& name) {
  const auto form = parse_form(url.substr(url.find('?') + 1));
  return form && form->count(name) ? form->at(name) : "(nothing)";
}

Json change() {
  return json(
      "{'@id':'17','sku':'A','listing':{'@id':'34'},'key':'intent-9','available':5,'before':7,'change':{'way':'down','size':2,'signed':-2}"
      "}");
}

TEST(DouyinSignature, CoversTheVeryBytesThatAreSent) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200, token_answer).answers("POST", "/sku/syncStock", 200, "{'code':10000,'data':{}}");
  ASSERT_TRUE(stage.push(ActionKind::set_stock, change()));
  for (const auto& request : stage.platform.requests) {
    const std::string method = query_value(request.url, "method"), time = query_value(request.url, "timestamp");
    const std::string base =
        "dy_secretapp_key7000000000000000001method" + method + "param_json" + request.body + "timestamp" + time + "v2dy_secret";
    EXPECT_EQ(query_value(request.url, "sign"), crypto::hex(crypto::hmac(crypto::Digest::sha256, "dy_secret", base))) << request.url;
    EXPECT_EQ(request.body, Json::parse(request.body)->dump_sorted());
    EXPECT_EQ(request.url.find("dy_secret"), std::string::npos);
  }
  EXPECT_EQ(query_value(stage.platform.requests[1].url, "method"), "sku.syncStock");
  EXPECT_EQ(query_value(stage.platform.requests[1].url, "access_token"), "ACCESS_1");
  EXPECT_EQ(query_value(stage.platform.requests[1].url, "timestamp"), "1762000000");
  EXPECT_EQ(query_value(stage.platform.requests[0].url, "access_token"), "(nothing)");
  EXPECT_EQ(stage.platform.sent(1), json("{'product_id':'34','sku_id':'17','incremental':true,'idempotent_id':'intent-9','stock_num':-2}"));
}

TEST(DouyinSignature, ThePlatformsOwnVector) {
  const auto path = source() / "../shared/channels/vectors_cn.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the reference material is not beside the checkout";
  const auto vectors = Json::parse(text_of_file(path));
  ASSERT_TRUE(vectors);
  for (const auto& vector : vectors->as_array()) {
    if (vector.text_or("id") != "DY-1") continue;
    Signature signature;
    signature.keyed = true;
    signature.key = "secret";
    std::string around;
    for (const auto& [name, value] : vector.find("params")->as_object()) around += name + value.scalar_text();
    signature.pieces = {{Piece::From::secret, "secret", {}}, {Piece::From::body, {}, {}}, {Piece::From::secret, "secret", {}}};
    Message message;
    message.body = around;
    message.secret = [&](const std::string&) -> Result<std::string> { return vector.text_or("secret"); };
    const auto signed_text = sign(signature, message);
    ASSERT_TRUE(signed_text);
    EXPECT_EQ(*signed_text, vector.text_or("expect"));
    EXPECT_TRUE(same_signature(signature, *signed_text, vector.text_or("expect")));
  }
}

TEST(DouyinToken, TheNextRefreshTokenIsKeptBeforeTheAccessTokenIsUsed) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200, token_answer)
      .answers("POST", "/sku/syncStock", 200, "{'code':40003,'sub_code':'isv.access-token-expired'}");
  stage.platform.answers("POST", "/token/refresh", 200,
                         "{'code':10000,'data':{'access_token':'ACCESS_2','refresh_token':'REFRESH_2','expires_in':604800}}");
  stage.platform.answers("POST", "access_token=ACCESS_2", 200, "{'code':10000}");
  ASSERT_TRUE(stage.push(ActionKind::set_stock, change()));
  const std::vector<std::pair<std::string, std::string>> kept{{"refresh_token", "REFRESH_1"}, {"refresh_token", "REFRESH_2"}};
  EXPECT_EQ(stage.stored, kept);
  EXPECT_EQ(stage.platform.sent(2).text_or("refresh_token"), "REFRESH_1");
  EXPECT_EQ(stage.platform.requests[1].body, stage.platform.requests[3].body) << "the same key, the same bytes";
}

TEST(DouyinToken, OneThatCannotBeKeptIsNotUsed) {
  Stage stage("douyin");
  stage.store_works = false;
  stage.platform.answers("POST", "/token/create", 200, token_answer);
  const auto result = stage.push(ActionKind::set_stock, change());
  EXPECT_EQ(result.error().fault, Fault::io);
  EXPECT_TRUE(stage.platform.script.empty());
}

TEST(DouyinToken, ARefreshTokenThatRanOutIsNoDeadEnd) {
  Stage stage("douyin");
  stage.secrets["refresh_token"] = "REFRESH_0";
  stage.platform.answers("POST", "/token/refresh", 200, "{'code':40003,'sub_code':'isv.refresh-token-invalid','sub_msg':'used up'}");
  stage.platform.answers("POST", "/token/create", 200, token_answer).answers("POST", "/sku/syncStock", 200, "{'code':10000}");
  EXPECT_TRUE(stage.push(ActionKind::set_stock, change()));
}

TEST(DouyinErrors, ATimeoutOrTroubleIsUnknownThoughThereIsAKey) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200, token_answer).fails("POST", "/sku/syncStock", Fault::unknown);
  stage.platform.answers("POST", "/sku/syncStock", 200, "{'code':20000,'sub_msg':'busy'}")
      .answers("POST", "/sku/syncStock", 429, "{'code':20000,'sub_code':'isp.call-limited'}", {{"retry-after", "1"}});
  EXPECT_EQ(stage.push(ActionKind::set_stock, change()).error().fault, Fault::unknown);
  EXPECT_EQ(stage.push(ActionKind::set_stock, change()).error().fault, Fault::unknown) << "busy with what? The next change has another key";
  const auto limited = stage.push(ActionKind::set_stock, change());
  EXPECT_EQ(limited.error().fault, Fault::throttled);
  EXPECT_EQ(limited.error().retry_after, Duration(1000));
}

TEST(DouyinOrders, PagesCountFromZeroAndGoOnByTime) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200, token_answer);
  stage.platform.answers("POST", "/order/searchList", 200,
                         "{'code':10000,'data':{'total':3,'shop_order_list':[{'order_id':'1','update_time':1761999000},{'order_id':'2','"
                         "update_time':1761999500}]}}");
  Want want;
  want.since = stage.clock.at - Duration(3600'000);
  const auto first = stage.connector().read_orders(want);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(1), "/page"), "0");
  EXPECT_EQ(text_at(stage.platform.sent(1), "/update_time_start"), "1761996400");
  stage.platform.answers("POST", "/order/searchList", 200,
                         "{'code':10000,'data':{'total':2,'shop_order_list':[{'order_id':'2','update_time':1761999500},{'order_id':'3','"
                         "update_time':1761999600}]}}");
  want.cursor = first->cursor;
  const auto second = stage.connector().read_orders(want);
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(2), "/page"), "0");
  EXPECT_EQ(text_at(stage.platform.sent(2), "/update_time_start"), "1761999499");
}

TEST(DouyinOrders, OneIsReadWhole) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200, token_answer);
  stage.platform.answers("POST", "/order/orderDetail", 200,
                         "{'code':10000,'data':{'shop_order_detail':{'order_id':'6920','order_status':105,'update_time':1762000000}}}");
  Want want;
  want.things = {json("{'@id':'6920'}")};
  const auto page = stage.connector().read_orders(want);
  ASSERT_TRUE(page) << page.error().text();
  const auto events = stage.connector().parse(page->documents.at(0), Json());
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(events->front().platform_state, "105");
  EXPECT_EQ(events->front().tree.text_or("state"), "paid");
}

channel::Webhook delivery(const std::string& body, bool hmac) {
  const std::string base = "7000000000000000001" + body + "dy_secret";
  channel::Webhook webhook{"POST", "", {{"app-id", "7000000000000000001"}}, body};
  webhook.headers["event-sign"] =
      crypto::hex(hmac ? crypto::hmac(crypto::Digest::sha256, "dy_secret", base) : crypto::digest(crypto::Digest::md5, base));
  if (hmac) webhook.headers["sign-method"] = "hmac-sha256";
  return webhook;
}

constexpr const char* two_messages =
    R"([{"tag":"100","msg_id":"m1","data":"{\"p_id\":6920000000000000001,\"update_time\":1762000000}"},{"tag":"400","msg_id":"m2","data":"{\"product_id\":5}"}])";

TEST(DouyinDoor, EveryMessageOfADeliveryIsADeliveryOfItsOwn) {
  for (const bool hmac : {false, true}) {
    Stage stage("douyin");
    const auto door = stage.connector().authenticate(delivery(two_messages, hmac));
    ASSERT_TRUE(door) << door.error().text();
    EXPECT_EQ(*Json::parse(door->reply.body), json("{'code':0,'msg':'success'}"));
    EXPECT_EQ(door->reply.content_type, "application/json");
    ASSERT_EQ(door->deliveries.size(), 2U);
    EXPECT_EQ(door->deliveries[0].headers.at("delivery-id"), "m1");
    const auto events = stage.connector().parse(door->deliveries[0], Json());
    ASSERT_TRUE(events) << events.error().text();
    EXPECT_EQ(events->front().what, Event::What::poke);
    EXPECT_EQ(events->front().subject, "6920000000000000001");
  }
}

TEST(DouyinDoor, NoByteMayChangeAndTheMethodIsNotOursToGuess) {
  Stage stage("douyin");
  for (const bool hmac : {false, true}) {
    const auto good = delivery(two_messages, hmac);
    for (std::size_t i = 0; i < good.body.size(); ++i) {
      auto bad = good;
      bad.body[i] = static_cast<char>(bad.body[i] ^ 1);
      EXPECT_FALSE(stage.connector().authenticate(bad)) << i;
    }
    for (std::size_t i = 0; i < good.headers.at("event-sign").size(); ++i) {
      auto bad = good;
      bad.headers["event-sign"][i] = bad.headers["event-sign"][i] == '0' ? '1' : '0';
      EXPECT_FALSE(stage.connector().authenticate(bad)) << i;
    }
  }
  auto unknown = delivery(two_messages, true);
  unknown.headers["sign-method"] = "none";
  EXPECT_FALSE(stage.connector().authenticate(unknown));
  unknown.headers.erase("event-sign");
  EXPECT_FALSE(stage.connector().authenticate(unknown));
}

TEST(DouyinDoor, TheProbeIsAnsweredAndNothingIsStored) {
  Stage stage("douyin");
  const std::string probe = R"([{"tag":"0","msg_id":"0","data":"2026-01-01T00:00:00"}])";
  for (const auto& webhook : {delivery(probe, false), channel::Webhook{"POST", "", {}, probe}}) {
    const auto door = stage.connector().authenticate(webhook);
    ASSERT_TRUE(door) << door.error().text();
    EXPECT_TRUE(door->deliveries.empty());
    EXPECT_EQ(*Json::parse(door->reply.body), json("{'code':0,'msg':'success'}"));
  }
  const std::string mixed = R"([{"tag":"0","msg_id":"0"},{"tag":"100","msg_id":"m1"}])";
  EXPECT_FALSE(stage.connector().authenticate({"POST", "", {}, mixed})) << "an unsigned message beside a probe is an unsigned message";
}

TEST(DouyinShipment, AParcelTravelsUnderOurMarkAndTheirIdIsKept) {
  Stage stage("douyin");
  stage.platform.answers("POST", "/token/create", 200,
                         "{'code':10000,'data':{'access_token':'t','refresh_token':'r','expires_in':604800}}");
  stage.platform.answers("POST", "/order/logisticsAddMultiPack", 200, "{'code':10000,'data':{'pack_list':[{'pack_id':'77'}]}}");
  const auto sent = stage.push(
      channel::ActionKind::confirm_shipment,
      json("{'mark':'m1','carrier':'sf','tracking':'SF01','lines':[{'line':{'@id':'6921'},'quantity':1}],'order':{'@id':'6920'}}"));
  ASSERT_TRUE(sent) << sent.error().text();
  EXPECT_EQ(text_at(sent->learned, "/@id"), "77");
  EXPECT_EQ(text_at(stage.platform.sent(1), "/request_id"), "m1");
  EXPECT_EQ(text_at(stage.platform.sent(1), "/pack_list/0/company_code"), "shunfeng");
}

}  // namespace
}  // namespace tally::rest::test
