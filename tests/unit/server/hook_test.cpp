#include "wire.hpp"

namespace tally::server::test {
namespace {

TEST_F(ServerTest, ADeliveryIsAnsweredOnlyAfterItsCommit) {
  intake.at_once.reset();
  start();
  Wire wire = tcp();
  wire.say(post("/hooks/wechat-shop?nonce=1", "<xml/>", "X-Topic: order\r\n"));
  ASSERT_TRUE(intake.wait_for(1));
  EXPECT_EQ(wire.hear_all(Duration(200)), "") << "answered before the commit";
  intake.commit(channel::Reply{.status = 200, .content_type = "application/json", .body = R"({"code":0})"});
  const std::string answer = wire.hear_answer();
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_EQ(body_of(answer), R"({"code":0})");
  EXPECT_TRUE(says(answer, "Content-Type: application/json\r\n"));
  EXPECT_EQ(intake.channels[0], "wechat-shop");
  EXPECT_EQ(intake.webhooks[0].method, "POST");
  EXPECT_EQ(intake.webhooks[0].query, "nonce=1");
  EXPECT_EQ(intake.webhooks[0].body, "<xml/>");
  EXPECT_EQ(intake.webhooks[0].headers.at("x-topic"), "order");
}

TEST_F(ServerTest, AChallengeByGetIsHandedOverToo) {
  start();
  EXPECT_EQ(status_of(tcp().ask(get("/hooks/shop?echostr=77"))), 200);
  EXPECT_EQ(intake.webhooks.at(0).method, "GET");
  EXPECT_EQ(intake.webhooks.at(0).query, "echostr=77");
}

TEST_F(ServerTest, ADoubledSignatureArrivesAsNoSignatureAtAll) {
  start();
  tcp().ask(post("/hooks/shop", "{}", "X-Signature: good\r\nX-Signature: bad\r\n"));
  EXPECT_EQ(intake.webhooks.at(0).headers.at("x-signature"), "good, bad");
}

struct Refusal {
  Fault fault;
  int status;
};

class Refused : public ServerTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(Refused, DeliveriesGetTheStatusThatTellsThePlatformWhatToDo) {
  intake.at_once = error(GetParam().fault, "key 'abc' does not fit", "channels.d/shop.yaml:3:1");
  start();
  Wire wire = tcp();
  wire.say(post("/hooks/shop", "{}"));
  const std::string heard = wire.hear_all();
  EXPECT_EQ(status_of(heard), GetParam().status);
  EXPECT_TRUE(says(heard, "Content-Type: application/problem+json"));
  EXPECT_FALSE(says(heard, "abc")) << "a stranger is told nothing of our insides";
  EXPECT_FALSE(says(heard, "shop.yaml"));
  EXPECT_EQ(says(heard, "Retry-After: "), GetParam().status == 503);
  EXPECT_TRUE(wire.closed);
  const auto body = Json::parse(body_of(heard).substr(0, body_of(heard).find('\n')));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->integer_or("status"), GetParam().status);
  EXPECT_FALSE(body->text_or("title").empty());
  EXPECT_FALSE(body->text_or("type").empty());
  EXPECT_FALSE(body->text_or("detail").empty());
}

INSTANTIATE_TEST_SUITE_P(Faults, Refused,
                         ::testing::Values(Refusal{Fault::not_found, 404}, Refusal{Fault::unauthorized, 401}, Refusal{Fault::locked, 503},
                                           Refusal{Fault::invalid, 400}, Refusal{Fault::io, 503}, Refusal{Fault::internal, 500}),
                         [](const auto& info) { return std::string(name_of(info.param.fault)); });

TEST_F(ServerTest, SomethingThatIsNoChannelNameNeverReachesTheIntake) {
  start();
  for (const char* target : {"/hooks/", "/hooks/a/b", "/hooks/..", "/hooks/%2e", "/hooks/a.yaml"}) {
    EXPECT_EQ(status_of(tcp().ask(post(target, "{}"))), 404) << target;
  }
  EXPECT_EQ(status_of(tcp().ask("PUT /hooks/shop HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n")), 405);
  EXPECT_TRUE(intake.webhooks.empty());
}

TEST_F(ServerTest, RequestsThatCameTogetherAreAnsweredInTheirOrder) {
  start();
  Wire wire = tcp();
  wire.say(post("/hooks/a", "1") + post("/hooks/b", "2") + get("/livez"));
  EXPECT_EQ(body_of(wire.hear_answer()), "success");
  EXPECT_EQ(body_of(wire.hear_answer()), "success");
  EXPECT_EQ(body_of(wire.hear_answer()), "alive\n");
  EXPECT_EQ(intake.channels, (std::vector<std::string>{"a", "b"}));
}

TEST_F(ServerTest, ADeliveryWhoseCommitTakesTooLongIsToBeDeliveredAgain) {
  intake.at_once.reset();
  Limits limits;
  limits.commit_time = Duration(200);
  start(limits);
  Wire wire = tcp();
  wire.say(post("/hooks/shop", "{}"));
  EXPECT_EQ(status_of(wire.hear_all()), 503);
  intake.commit(channel::Reply{});  // too late, and harmless
}

TEST_F(ServerTest, ACommitAfterTheServerIsGoneHarmsNothing) {
  intake.at_once.reset();
  Limits limits;
  limits.grace = Duration(100);
  start(limits);
  Wire wire = tcp();
  wire.say(post("/hooks/shop", "{}"));
  ASSERT_TRUE(intake.wait_for(1));
  server.reset();
  intake.commit(channel::Reply{});
  EXPECT_EQ(wire.hear_all(), "");
  EXPECT_TRUE(wire.closed);
}

TEST_F(ServerTest, AStatusThatDoesNotExistIsOurFaultAndSaysSo) {
  intake.at_once = channel::Reply{.status = 7, .content_type = {}, .body = {}};
  start();
  EXPECT_EQ(status_of(tcp().ask(post("/hooks/shop", "{}"))), 500);
}

TEST_F(ServerTest, AnAnswerWithoutContentHasNoBody) {
  intake.at_once = channel::Reply{.status = 204, .body = "ignored"};
  start();
  Wire wire = tcp();
  const std::string answer = wire.ask(post("/hooks/shop", "{}"));
  EXPECT_EQ(status_of(answer), 204);
  EXPECT_FALSE(says(answer, "ignored"));
  EXPECT_EQ(status_of(wire.ask(get("/livez"))), 200);
}

}  // namespace
}  // namespace tally::server::test
