// The connector file of the WeChat shop: tokens that run out, windows that hold too much, audits that take days, an encrypted door.
#include "unit/rest/stage.hpp"

#include "base/crypto.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

namespace tally::rest::test {
namespace {

using channel::ActionKind;
using channel::Event;
using channel::Want;

constexpr const char* token_answer = "{'access_token':'TOKEN_ONE_SECRET','expires_in':7200}";

Json change_of(const char* way, int size) {
  return Json::object({{"@id", "20000001"},
                       {"sku", "A"},
                       {"listing", json("{'@id':'10000001'}")},
                       {"available", 3},
                       {"change", Json::object({{"way", way}, {"size", size}, {"signed", way == std::string("up") ? size : -size}})}});
}

TEST(WeChatToken, IsAskedForOnceAndTravelsInTheQuery) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/cgi-bin/stable_token", 200, token_answer);
  for (int i = 0; i < 2; ++i)
    stage.platform.answers("POST", "/channels/ec/product/stock/update?access_token=TOKEN_ONE_SECRET", 200, "{'errcode':0}");
  ASSERT_TRUE(stage.push(ActionKind::set_stock, change_of("down", 2)));
  ASSERT_TRUE(stage.push(ActionKind::set_stock, change_of("up", 1)));
  EXPECT_EQ(stage.platform.sent(0).text_or("secret"), "app_secret_1");
  EXPECT_EQ(stage.platform.sent(1), json("{'product_id':'10000001','sku_id':'20000001','diff_type':2,'num':2}"));
  EXPECT_EQ(stage.platform.sent(2), json("{'product_id':'10000001','sku_id':'20000001','diff_type':1,'num':1}"));
}

TEST(WeChatToken, OneThatIsAboutToRunOutIsRenewedBeforeItsUse) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer).answers("POST", "stock/update", 200, "{'errcode':0}");
  ASSERT_TRUE(stage.push(ActionKind::set_stock, change_of("down", 2)));
  stage.clock.at += Duration(7200'000 - 59'000);
  stage.platform.answers("POST", "/stable_token", 200, "{'access_token':'TWO','expires_in':7200}")
      .answers("POST", "access_token=TWO", 200, "{'errcode':0}");
  EXPECT_TRUE(stage.push(ActionKind::set_stock, change_of("down", 2)));
}

TEST(WeChatToken, OneThatIsRefusedIsRenewedOnceAndTheSameBytesAreSentAgain) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer)
      .answers("POST", "stock/update", 200, "{'errcode':42001,'errmsg':'expired'}");
  stage.platform.answers("POST", "/stable_token", 200, "{'access_token':'TWO','expires_in':7200}")
      .answers("POST", "access_token=TWO", 200, "{'errcode':0}");
  ASSERT_TRUE(stage.push(ActionKind::set_stock, change_of("down", 2)));
  EXPECT_EQ(stage.platform.requests[1].body, stage.platform.requests[3].body);
}

TEST(WeChatToken, OneThatIsRefusedTwiceIsUnauthorized) {
  Stage stage("wechat-shop");
  for (int i = 0; i < 2; ++i) {
    stage.platform.answers("POST", "/stable_token", 200, token_answer)
        .answers("POST", "stock/update", 200, "{'errcode':40001,'errmsg':'bad TOKEN_ONE_SECRET'}");
  }
  const auto result = stage.push(ActionKind::set_stock, change_of("down", 2));
  EXPECT_EQ(result.error().fault, Fault::unauthorized);
  EXPECT_EQ(result.error().text().find("TOKEN_ONE_SECRET"), std::string::npos) << result.error().text();
}

TEST(WeChatToken, WrongCredentialsAreUnauthorizedHoweverThePlatformCallsThem) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, "{'errcode':40125,'errmsg':'invalid appsecret app_secret_1'}");
  const auto result = stage.push(ActionKind::set_stock, change_of("down", 2));
  EXPECT_EQ(result.error().fault, Fault::unauthorized);
  EXPECT_EQ(result.error().text().find("app_secret_1"), std::string::npos);
}

TEST(WeChatToken, ManyCallsThatFindItExpiredAskOnce) {
  class Expiring final : public http::Http {
   public:
    Result<http::Response> send(const http::Request& request) override {
      if (request.url.find("stable_token") != std::string::npos) {
        const int now = ++issued;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return http::Response{200, {}, R"({"access_token":"T)" + std::to_string(now) + R"(","expires_in":7200})"};
      }
      const bool old = request.url.find("access_token=T1") != std::string::npos && expired;
      return http::Response{200, {}, old ? R"({"errcode":42001})" : R"({"errcode":0})"};
    }
    std::atomic<int> issued{0};
    std::atomic<bool> expired{false};
  } platform;
  Stage stage("wechat-shop");
  auto ports = stage.ports();
  ports.http = &platform;
  Complaints complaints;
  stage.recipe.mapping = stage.mapping(complaints);
  stage.made = make(stage.recipe, ports, complaints);
  ASSERT_TRUE(stage.made) << text_of(complaints);
  ASSERT_TRUE(stage.push(ActionKind::set_stock, change_of("down", 2)));
  platform.expired = true;
  std::atomic<int> fine{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { fine += stage.push(ActionKind::set_stock, change_of("down", 2)) ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(fine, 4);
  EXPECT_EQ(platform.issued, 2);
}

TEST(WeChatErrors, EachHasItsKind) {
  const std::vector<std::pair<const char*, Fault>> answers{
      {"{'errcode':45009}", Fault::throttled},   {"{'errcode':10020112}", Fault::not_yet},
      {"{'errcode':48001}", Fault::forbidden},   {"{'errcode':61004}", Fault::elsewhere},
      {"{'errcode':10020052}", Fault::missing},  {"{'errcode':10020289}", Fault::not_yet},
      {"{'errcode':10020219}", Fault::conflict}, {"{'errcode':10020055}", Fault::rejected},
      {"{'errcode':-1}", Fault::unknown}};  // a change that may have been added is not added again
  for (const auto& [answer, fault] : answers) {
    Stage stage("wechat-shop");
    stage.platform.answers("POST", "/stable_token", 200, token_answer).answers("POST", "stock/update", 200, answer);
    EXPECT_EQ(stage.push(ActionKind::set_stock, change_of("down", 2)).error().fault, fault) << answer;
  }
}

TEST(WeChatErrors, A403WithoutACodeIsOurAddressAndNoTokenIsRenewed) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer).answers("POST", "stock/update", 403, "<html>forbidden</html>");
  EXPECT_EQ(stage.push(ActionKind::set_stock, change_of("down", 2)).error().fault, Fault::elsewhere);
  EXPECT_TRUE(stage.platform.script.empty());
}

Json shirt() {
  return json(
      "{'code':'P-1','title':'T','state':'live','categories':[{'name':'Clothing','path':['Clothing']}],'images':[{'url':'https://"
      "pics.example/a.jpg'}],"
      "'options':[{'name':'Size','values':['M']}],"
      "'variants':[{'sku':'A-M','price':{'amount':59,'currency':'CNY'},'available':3,'option_values':[{'name':'Size','value':'M'}]}]}");
}

TEST(WeChatListing, PicturesFirstThenTheAuditThenTheIdsThenOnSale) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer);
  stage.platform.answers("POST", "/shop/ec/basics/img/upload", 200, "{'errcode':0,'pic_file':{'img_url':'https://mm/1.jpg'}}");
  stage.platform.answers("POST", "/product/add", 200, "{'errcode':0,'data':{'product_id':'10000001'}}");
  stage.platform.answers("POST", "/product/get", 200, "{'errcode':0,'product':{'product_id':'10000001','edit_status':2}}");
  const auto waiting = stage.push(ActionKind::put_listing, shirt());
  ASSERT_TRUE(waiting) << waiting.error().text();
  ASSERT_TRUE(waiting->ticket && waiting->again_at);
  EXPECT_EQ(*waiting->again_at, stage.clock.at + Duration(300'000));
  EXPECT_EQ(text_at(waiting->learned, "/@id"), "10000001");
  EXPECT_EQ(text_at(waiting->learned, "/images/0/@url"), "https://mm/1.jpg");
  EXPECT_LT(waiting->ticket->dump().size(), 4096U);
  EXPECT_EQ(text_at(stage.platform.sent(2), "/head_imgs/0"), "https://mm/1.jpg");
  EXPECT_EQ(text_at(stage.platform.sent(2), "/skus/0/stock_num"), "3");

  stage.clock.at += Duration(300'000);
  const char* passed =
      "{'errcode':0,'product':{'product_id':'10000001','title':'T','status':0,'edit_status':4,'skus':[{'sku_id':'20000001','sku_code':'A-M'"
      ",'stock_num':3,'sale_price':5900}]}}";
  stage.platform.answers("POST", "/product/get", 200, passed)
      .answers("POST", "/product/listing", 200, "{'errcode':0}")
      .answers("POST", "/product/get", 200, passed);
  const auto done = stage.push(ActionKind::put_listing, shirt(), waiting->ticket);
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_FALSE(done->ticket.has_value());
  EXPECT_EQ(text_at(done->learned, "/variants/0/@id"), "20000001");
  EXPECT_EQ(text_at(done->learned, "/@listed"), "yes");
  ASSERT_TRUE(done->shown.has_value());
}

TEST(WeChatListing, ARefusalByTheAuditIsToldInThePlatformsWords) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer);
  stage.platform.answers("POST", "/product/get", 200,
                         "{'errcode':0,'product':{'edit_status':3,'audit_info':{'reject_reason':'no licence'}}}");
  const auto result =
      stage.push(ActionKind::put_listing, shirt(), json("{'step':1,'since':1762000000000,'new':true,'ids':{'@id':'10000001'}}"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::rejected);
  EXPECT_NE(result.error().what.find("no licence"), std::string::npos);
}

TEST(WeChatListing, AnAuditThatNeverEndsIsGivenUp) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer)
      .answers("POST", "/product/get", 200, "{'errcode':0,'product':{'edit_status':2}}");
  stage.clock.at += Duration(8LL * 24 * 3600 * 1000);
  const auto result =
      stage.push(ActionKind::put_listing, shirt(), json("{'step':1,'since':1762000000000,'new':true,'ids':{'@id':'10000001'}}"));
  EXPECT_EQ(result.error().fault, Fault::rejected);
  EXPECT_NE(result.error().what.find("7d"), std::string::npos);
}

TEST(WeChatPrice, NeedsNoAudit) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer)
      .answers("POST", "/channels/ec/product/auditfree", 200, "{'errcode':0}");
  ASSERT_TRUE(
      stage.push(ActionKind::set_price, json("{'@id':'20000001','listing':{'@id':'10000001'},'price':{'amount':59,'currency':'CNY'}}")));
  EXPECT_EQ(text_at(stage.platform.sent(1), "/skus/0/sale_price"), "5900");
}

TEST(WeChatLook, GivesTheVariantWithItsNumber) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer);
  stage.platform.answers("POST", "/product/stock/get", 200, "{'errcode':0,'data':{'normal_stock_num':4,'total_num':5}}");
  Want want;
  want.what = Want::What::stock;
  want.things = {json("{'sku':'A','@id':'20000001','listing':{'@id':'10000001'}}")};
  const auto page = stage.connector().read_listings(want);
  ASSERT_TRUE(page) << page.error().text();
  const auto events = stage.connector().parse(page->documents.front(), Json());
  EXPECT_EQ(events->front().tree.integer_or("available"), 5);
  EXPECT_EQ(text_at(events->front().tree, "/@id"), "20000001");
}

TEST(WeChatOrders, AWindowThatHoldsTooMuchIsHalvedAndTheRestFollows) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer);
  stage.platform.answers("POST", "/order/list/get", 200, "{'errcode':31042}").answers("POST", "/order/list/get", 200, "{'errcode':31042}");
  stage.platform.answers("POST", "/order/list/get", 200, "{'errcode':0,'order_id_list':['1'],'next_key':'k','has_more':false}");
  stage.platform.answers("POST", "/order/get", 200, "{'errcode':0,'order':{'order_id':'1','status':20,'update_time':1761999000}}");
  Want want;
  want.since = stage.clock.at - Duration(4000'000);
  want.until = stage.clock.at;
  const auto first = stage.connector().read_orders(want);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(first->documents.size(), 1U);
  EXPECT_EQ(text_at(stage.platform.sent(3), "/update_time_range/start_time"), "1761996000");
  EXPECT_EQ(text_at(stage.platform.sent(3), "/update_time_range/end_time"), "1761997000");
  ASSERT_FALSE(first->cursor.empty()) << "three quarters of the window are unread";
  stage.platform.answers("POST", "/order/list/get", 200, "{'errcode':0,'order_id_list':[],'next_key':'','has_more':false}");
  want.cursor = first->cursor;
  const auto second = stage.connector().read_orders(want);
  ASSERT_TRUE(second);
  EXPECT_EQ(text_at(stage.platform.sent(5), "/update_time_range/start_time"), "1761997000");
  EXPECT_EQ(text_at(stage.platform.sent(5), "/update_time_range/end_time"), "1762000000");
}

TEST(WeChatOrders, ALongTimeIsReadInWindowsOfSevenDaysPageByPage) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer);
  Want want;
  want.since = stage.clock.at - Duration(10LL * 24 * 3600 * 1000);
  stage.platform.answers("POST", "/order/list/get", 200, "{'errcode':0,'order_id_list':['1'],'next_key':'abc','has_more':true}");
  stage.platform.answers("POST", "/order/get", 200, "{'errcode':0,'order':{'order_id':'1'}}");
  const auto first = stage.connector().read_orders(want);
  ASSERT_TRUE(first) << first.error().text();
  stage.platform.answers("POST", "/order/list/get", 200, "{'errcode':0,'order_id_list':['2'],'next_key':'x','has_more':false}");
  stage.platform.answers("POST", "/order/get", 200, "{'errcode':10020052,'errmsg':'deleted meanwhile'}");
  want.cursor = first->cursor;
  const auto second = stage.connector().read_orders(want);
  ASSERT_TRUE(second) << second.error().text();
  EXPECT_TRUE(second->documents.empty());
  EXPECT_EQ(text_at(stage.platform.sent(3), "/next_key"), "abc");
  EXPECT_EQ(text_at(stage.platform.sent(3), "/update_time_range/start_time"),
            text_at(stage.platform.sent(1), "/update_time_range/start_time"));
  stage.platform.answers("POST", "/order/list/get", 200, "{'errcode':0,'order_id_list':[],'next_key':'','has_more':false}");
  want.cursor = second->cursor;
  ASSERT_TRUE(stage.connector().read_orders(want));
  EXPECT_EQ(text_at(stage.platform.sent(5), "/next_key"), "(nothing)");
  EXPECT_EQ(text_at(stage.platform.sent(5), "/update_time_range/end_time"), "1762000000");
}

TEST(WeChatOrders, ACursorThatStandsStillIsNotFollowedForEver) {
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/stable_token", 200, token_answer);
  Want want;
  want.since = stage.clock.at - Duration(1000'000);
  for (int i = 0; i < 2; ++i)
    stage.platform.answers("POST", "/order/list/get", 200, "{'errcode':0,'order_id_list':[],'next_key':'same','has_more':true}");
  const auto first = stage.connector().read_orders(want);
  want.cursor = first->cursor;
  EXPECT_EQ(stage.connector().read_orders(want).error().fault, Fault::broken);
}

/// A delivery made with the door's own keys.
channel::Webhook delivery(const std::string& message, const std::string& token = "AAAAA") {
  const std::string sealed = *crypto::wechat_encrypt(std::string(43, 'A'), "wx0001", message, "0123456789abcdef");
  std::vector<std::string> parts{token, "1762000000", "nonce1", sealed};
  std::sort(parts.begin(), parts.end());
  const std::string signature = crypto::hex(crypto::digest(crypto::Digest::sha1, parts[0] + parts[1] + parts[2] + parts[3]));
  return {"POST",
          "signature=x&timestamp=1762000000&nonce=nonce1&encrypt_type=aes&msg_signature=" + signature,
          {},
          R"({"ToUserName":"gh_1","Encrypt":")" + sealed + R"("})"};
}

TEST(WeChatDoor, AMessageIsVerifiedDecryptedStoredAndUnderstood) {
  for (std::size_t length = 0; length < 40; ++length) {  // every padding from 1 to 32
    Stage stage("wechat-shop");
    const std::string message =
        R"({"Event":"channels_ec_order_new","CreateTime":1762000000,"order_info":{"order_id":3705115058471208928},"x":")" +
        std::string(length, 'x') + "\"}";
    const auto door = stage.connector().authenticate(delivery(message));
    ASSERT_TRUE(door) << door.error().text();
    EXPECT_EQ(door->reply.body, "success");
    ASSERT_EQ(door->deliveries.size(), 1U);
    EXPECT_EQ(door->deliveries.front().body, message);
    const auto events = stage.connector().parse(door->deliveries.front(), Json());
    ASSERT_TRUE(events) << events.error().text();
    ASSERT_EQ(events->size(), 1U);
    EXPECT_EQ(events->front().what, Event::What::poke);
    EXPECT_EQ(events->front().subject_kind, "order");
    EXPECT_EQ(events->front().subject, "3705115058471208928");
  }
}

TEST(WeChatDoor, NoByteOfAMessageMayChange) {
  Stage stage("wechat-shop");
  const auto good = delivery(R"({"Event":"channels_ec_order_pay"})");
  ASSERT_TRUE(stage.connector().authenticate(good));
  const auto sealed_from = good.body.find("Encrypt") + 10;
  for (std::size_t i = sealed_from; i + 2 < good.body.size(); ++i) {
    auto bad = good;
    bad.body[i] = bad.body[i] == 'A' ? 'B' : 'A';
    if (bad.body == good.body) continue;
    const auto door = stage.connector().authenticate(bad);
    ASSERT_FALSE(door) << i;
    EXPECT_EQ(door.error().fault, Fault::unauthorized);
  }
  for (const char* part : {"timestamp=", "nonce=", "msg_signature="}) {
    auto bad = good;
    auto& c = bad.query[bad.query.find(part) + std::string(part).size()];
    c = c == '7' ? '8' : '7';
    EXPECT_FALSE(stage.connector().authenticate(bad)) << part;
  }
}

TEST(WeChatDoor, TheSignatureThatDoesNotCoverTheBodyIsNotTaken) {
  Stage stage("wechat-shop");
  auto plain = delivery("{}");
  std::vector<std::string> parts{"AAAAA", "1762000000", "nonce1"};
  std::sort(parts.begin(), parts.end());
  plain.query =
      "timestamp=1762000000&nonce=nonce1&signature=" + crypto::hex(crypto::digest(crypto::Digest::sha1, parts[0] + parts[1] + parts[2]));
  EXPECT_FALSE(stage.connector().authenticate(plain));
}

TEST(WeChatDoor, TheOldTokenIsGoodWhileTheNewOneSpreads) {
  Stage stage("wechat-shop");
  stage.secrets["push_token_old"] = "BBBBB";
  EXPECT_TRUE(stage.connector().authenticate(delivery("{}", "BBBBB")));
  EXPECT_TRUE(stage.connector().authenticate(delivery("{}", "AAAAA")));
  EXPECT_FALSE(stage.connector().authenticate(delivery("{}", "CCCCC")));
}

TEST(WeChatDoor, ASignedMessageThatCannotBeOpenedIsStoredAndUnderstoodOnceTheKeyIsRight) {
  Stage wrong("wechat-shop"), right("wechat-shop");
  wrong.secrets["aes_key"] = std::string(42, 'B') + "A";
  const auto door = wrong.connector().authenticate(delivery(R"({"Event":"channels_ec_order_pay","order_info":{"order_id":"5"}})"));
  ASSERT_TRUE(door) << door.error().text();
  ASSERT_EQ(door->deliveries.size(), 1U);
  EXPECT_FALSE(wrong.connector().parse(door->deliveries.front(), Json()));
  const auto events = right.connector().parse(door->deliveries.front(), Json());
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(events->front().subject, "5");
}

TEST(WeChatDoor, TheAddressIsGreetedBack) {
  Stage stage("wechat-shop");
  std::vector<std::string> parts{"AAAAA", "1", "n"};
  std::sort(parts.begin(), parts.end());
  const std::string signature = crypto::hex(crypto::digest(crypto::Digest::sha1, parts[0] + parts[1] + parts[2]));
  channel::Webhook greeting{"GET", "signature=" + signature + "&timestamp=1&nonce=n&echostr=hello%201", {}, ""};
  const auto door = stage.connector().authenticate(greeting);
  ASSERT_TRUE(door) << door.error().text();
  EXPECT_EQ(door->reply.body, "hello 1");
  EXPECT_TRUE(door->deliveries.empty());
  greeting.query.replace(greeting.query.find("nonce=n"), 7, "nonce=m");
  EXPECT_FALSE(stage.connector().authenticate(greeting));
}

TEST(WeChatDoor, ThePlatformsOwnVector) {
  const auto path = source() / "../shared/channels/vectors_cn.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the reference material is not beside the checkout";
  const auto vectors = Json::parse(text_of_file(path));
  ASSERT_TRUE(vectors);
  const Json *signature = nullptr, *cipher = nullptr;
  for (const auto& vector : vectors->as_array()) {
    if (vector.text_or("id") == "WX-3") signature = &vector;
    if (vector.text_or("id") == "WX-4") cipher = &vector;
  }
  ASSERT_TRUE(signature && cipher);
  Stage stage("wechat-shop");
  stage.secrets["push_token"] = text_at(*signature, "/parts/0");
  stage.secrets["aes_key"] = cipher->text_or("aes_key43");
  stage.recipe.settings.set("appid", cipher->text_or("appid"));
  channel::Webhook webhook{"POST",
                           "timestamp=" + text_at(*signature, "/parts/1") + "&nonce=" + text_at(*signature, "/parts/2") +
                               "&msg_signature=" + signature->text_or("expect"),
                           {},
                           Json::object({{"ToUserName", "gh"}, {"Encrypt", text_at(*signature, "/parts/3")}}).dump()};
  const auto door = stage.connector().authenticate(webhook);
  ASSERT_TRUE(door) << door.error().text();
  EXPECT_EQ(door->deliveries.at(0).body, cipher->text_or("expect"));
}

TEST(WeChatShipment, AParcelTravelsUnderThePlatformsCodeAndOneWithoutAnswerIsUnknown) {
  const Json parcel = json(
      "{'carrier':'sf','tracking':'SF01','lines':[{'line':{'offer':{'@id':'20','listing':{'@id':'10'}}},'quantity':1}],'order':{'@id':'"
      "3705'}}");
  Stage stage("wechat-shop");
  stage.platform.answers("POST", "/cgi-bin/stable_token", 200, "{'access_token':'t','expires_in':7200}");
  stage.platform.answers("POST", "/channels/ec/order/delivery/send", 200, "{'errcode':0}");
  const auto sent = stage.push(ActionKind::confirm_shipment, parcel);
  ASSERT_TRUE(sent) << sent.error().text();
  EXPECT_EQ(text_at(stage.platform.sent(1), "/delivery_list/0/delivery_id"), "SF");
  EXPECT_EQ(text_at(stage.platform.sent(1), "/delivery_list/0/product_infos/0/product_cnt"), "1");
  stage.platform.answers("POST", "/channels/ec/order/delivery/send", 502, "<h1>Bad Gateway</h1>");
  EXPECT_EQ(stage.push(ActionKind::confirm_shipment, parcel).error().fault, Fault::unknown);
}

}  // namespace
}  // namespace tally::rest::test
