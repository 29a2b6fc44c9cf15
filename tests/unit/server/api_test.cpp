#include "wire.hpp"

#include <pwd.h>

namespace tally::server::test {
namespace {

std::string own_name() {
  return getpwuid(geteuid())->pw_name;
}

TEST_F(ServerTest, HealthAndMetricsAnswerOverTcp) {
  admin.answer("metrics", Json::parse(R"({"items":[
    {"name":"tallyd_orders_total","help":"Orders taken","type":"counter","labels":{"channel":"a\"b"},"value":5},
    {"name":"tallyd_drift","help":"Offers that differ","type":"gauge","labels":{},"value":0},
    {"name":"tallyd_orders_total","type":"counter","labels":{"channel":"c"},"value":7}]})"));
  start();
  Wire wire = tcp();
  EXPECT_EQ(body_of(wire.ask(get("/livez"))), "alive\n");
  EXPECT_EQ(body_of(wire.ask(get("/readyz"))), "ready\n");
  const std::string metrics = wire.ask(get("/metrics"));
  EXPECT_TRUE(says(metrics, "application/openmetrics-text"));
  EXPECT_TRUE(says(metrics,
                   "# TYPE tallyd_orders counter\n# HELP tallyd_orders Orders taken\ntallyd_orders_total{channel=\"a\\\"b\"} 5\n"
                   "tallyd_orders_total{channel=\"c\"} 7\n"));
  EXPECT_TRUE(says(metrics, "# TYPE tallyd_drift gauge\n"));
  EXPECT_TRUE(says(metrics, "tallyd_http_connections 1\n"));
  EXPECT_TRUE(metrics.ends_with("# EOF\n"));
}

TEST_F(ServerTest, ADaemonThatCannotStoreIsNotReadyAndSaysWhy) {
  intake.trouble = "the disk is full";
  start();
  const std::string answer = tcp().ask(get("/readyz"));
  EXPECT_EQ(status_of(answer), 503);
  EXPECT_TRUE(says(answer, "the disk is full"));
}

TEST_F(ServerTest, TheApiIsClosedOverTcp) {
  start();
  for (const char* target : {"/api/v1/status", "/api/v1/events", "/api/v1/nothing", "/api"}) {
    const std::string answer = tcp().ask(get(target));
    EXPECT_EQ(status_of(answer), 401) << target;
    EXPECT_TRUE(says(answer, "application/problem+json"));
  }
  EXPECT_EQ(status_of(tcp().ask(post("/api/v1/reload", "{}"))), 401);
  EXPECT_EQ(admin.asked(), "");
}

TEST_F(ServerTest, QuestionsReachTheEngineWithTheirParameters) {
  start();
  Wire wire = local();
  EXPECT_EQ(status_of(wire.ask(get("/api/v1/offers?channel=shop&sku=A%2F1+x&state=drift&cursor=c&limit=7"))), 200);
  EXPECT_EQ(admin.asked(), "offers shop|A/1 x|drift|c|7");
  wire.ask(get("/api/v1/orders"));
  EXPECT_EQ(admin.asked(), "orders ||||100");
  wire.ask(get("/api/v1/products?limit=1000"));
  EXPECT_EQ(admin.asked(), "products ||||1000");
  wire.ask(get("/api/v1/plan?channel=shop"));
  EXPECT_EQ(admin.asked(), "plan shop");
  wire.ask(get("/api/v1/explain?sku=A&channel=shop"));
  EXPECT_EQ(admin.asked(), "explain A@shop stock");
  wire.ask(get("/api/v1/explain?sku=A&channel=shop&aspect=price"));
  EXPECT_EQ(admin.asked(), "explain A@shop price");
  wire.ask(get("/api/v1/explain?order=7&channel=shop"));
  EXPECT_EQ(admin.asked(), "explain_order 7@shop");
}

TEST_F(ServerTest, DeedsReachTheEngineWithWhoDidThem) {
  start();
  Wire wire = local();
  const std::string by = " by " + own_name();
  EXPECT_EQ(status_of(wire.ask(post("/api/v1/import", R"({"products":[]})"))), 200);
  EXPECT_EQ(admin.asked(), R"(import {"products":[]})" + by);
  wire.ask(post("/api/v1/stock", R"({"sku":"A"})"));
  EXPECT_EQ(admin.asked(), R"(stock {"sku":"A"})" + by);
  wire.ask(post("/api/v1/sync", R"({"channel":"shop"})"));
  EXPECT_EQ(admin.asked(), "sync shop" + by);
  wire.ask(post("/api/v1/reload", ""));
  EXPECT_EQ(admin.asked(), "reload " + by);
  wire.ask(post("/api/v1/channels/shop/release", ""));
  EXPECT_EQ(admin.asked(), "release_channel shop" + by);
  wire.ask(post("/api/v1/holds/ab12/release", ""));
  EXPECT_EQ(admin.asked(), "release ab12" + by);
  wire.ask(post("/api/v1/holds/ab12/discard", ""));
  EXPECT_EQ(admin.asked(), "discard ab12" + by);
  wire.ask(post("/api/v1/inbox/replay", R"({"rows":[17]})"));
  EXPECT_EQ(admin.asked(), R"(replay {"rows":[17]})" + by);
  wire.ask(post("/api/v1/inbox/17/discard", ""));
  EXPECT_EQ(admin.asked(), "discard_row 17" + by);
}

TEST_F(ServerTest, WhatCannotBeAskedIsRefusedWithTheReason) {
  start();
  EXPECT_EQ(status_of(local().ask(get("/api/v1/orders?limit=0"))), 400);
  EXPECT_EQ(status_of(local().ask(get("/api/v1/orders?limit=1001"))), 400);
  EXPECT_EQ(status_of(local().ask(get("/api/v1/orders?limit=ten"))), 400);
  for (const auto* question : {"sku=A", "sku=A&order=7&channel=shop", "channel=shop", "order=7&channel=shop&aspect=price"})
    EXPECT_EQ(status_of(local().ask(get(std::string("/api/v1/explain?") + question))), 400) << question;
  EXPECT_EQ(status_of(local().ask(get("/api/v1/orders?state=%zz"))), 400);
  EXPECT_EQ(status_of(local().ask(get("/api/v1/orders?state=a&state=b"))), 400);
  EXPECT_EQ(status_of(local().ask(post("/api/v1/import", "[1]"))), 400);
  EXPECT_EQ(status_of(local().ask(post("/api/v1/import", "{"))), 400);
  EXPECT_EQ(status_of(local().ask(get("/api/v1/nothing"))), 404);
  EXPECT_EQ(status_of(local().ask(post("/api/v1/channels//release", ""))), 404);
  EXPECT_EQ(status_of(local().ask(post("/api/v1/channels/a/b/release", ""))), 404);
  const std::string unknown = local().ask(get("/api/v1/orders?chanel=shop"));
  EXPECT_EQ(status_of(unknown), 400);
  EXPECT_TRUE(says(unknown, "channel"));
  const std::string method = local().ask(get("/api/v1/reload"));
  EXPECT_EQ(status_of(method), 405);
  EXPECT_TRUE(says(method, "Allow: POST"));
  EXPECT_EQ(admin.asked(), "");
}

TEST_F(ServerTest, AnErrorOfTheEngineIsAProblemDocument) {
  admin.answer("plan", error(Fault::not_found, "no channel is called 'shap'", {}, "did you mean 'shop'?"));
  start();
  const std::string answer = local().ask(get("/api/v1/plan?channel=shap"));
  EXPECT_EQ(status_of(answer), 404);
  const auto body = Json::parse(body_of(answer).substr(0, body_of(answer).find('\n')));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->text_or("type"), "urn:tallyd:not_found");
  EXPECT_EQ(body->text_or("title"), "Not Found");
  EXPECT_EQ(body->integer_or("status"), 404);
  EXPECT_TRUE(says(body->text_or("detail"), "did you mean 'shop'?"));
}

TEST_F(ServerTest, AnExceptionInTheEngineIsAnAnswerAndTheServerGoesOn) {
  admin.before_answer = [] { throw std::runtime_error("out of luck"); };
  start();
  EXPECT_EQ(status_of(local().ask(get("/api/v1/status"))), 500);
  EXPECT_EQ(status_of(tcp().ask(get("/livez"))), 200);
}

TEST_F(ServerTest, EventsAreAListUnlessAStreamIsAskedFor) {
  admin.happen(3);
  start();
  const std::string answer = local().ask(get("/api/v1/events?cursor=1&limit=1"));
  EXPECT_TRUE(says(answer, "Content-Type: application/json"));
  EXPECT_TRUE(says(answer, R"("event 2")"));
  EXPECT_FALSE(says(answer, R"("event 3")"));
}

TEST_F(ServerTest, AStreamTellsWhatHappenedAndThenWhatHappens) {
  admin.happen(2);
  Limits limits;
  limits.poll = Duration(50);
  start(limits);
  Wire wire = local();
  wire.say("GET /api/v1/events HTTP/1.1\r\nHost: t\r\nAccept: text/event-stream\r\nLast-Event-ID: 1\r\n\r\n");
  const auto heard = [&](const std::string& what) {
    return says(wire.hear([&](const std::string& text) { return says(text, what); }), what);
  };
  EXPECT_TRUE(heard("Content-Type: text/event-stream"));
  EXPECT_TRUE(heard("id: 2\ndata: {\"sequence\":2,\"what\":\"event 2\"}\n\n"));
  EXPECT_FALSE(says(wire.hear_all(Duration(1)), "event 1"));
  admin.happen(205);
  EXPECT_TRUE(heard("id: 205\n"));
}

TEST_F(ServerTest, NoMoreStreamsThanTheLimitAndAStreamThatHangsUpMakesRoom) {
  Limits limits;
  limits.streams = 1;
  start(limits);
  const std::string ask = "GET /api/v1/events HTTP/1.1\r\nHost: t\r\nAccept: text/event-stream\r\n\r\n";
  {
    Wire first = local();
    first.say(ask);
    first.hear([](const std::string& text) { return says(text, "text/event-stream"); });
    EXPECT_EQ(status_of(local().ask(ask)), 503);
  }
  int status = 0;
  for (int tries = 0; tries < 50 && status != 200; ++tries) {
    std::this_thread::sleep_for(Duration(20));
    Wire next = local();
    next.say(ask);
    status = status_of(next.hear([](const std::string& text) { return text.size() > 20; }));
  }
  EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace tally::server::test
