#include "wire.hpp"

#include <thread>

namespace tally::server::test {
namespace {

TEST_F(ServerTest, AHeadThatComesTooSlowlyIsRefusedHoweverOftenAByteArrives) {
  Limits limits;
  limits.head_time = Duration(300);
  start(limits);
  Wire wire = tcp();
  const auto begin = std::chrono::steady_clock::now();
  for (const char c : std::string("GET /livez HTTP")) {
    if (!wire.say(std::string(1, c))) break;
    std::this_thread::sleep_for(Duration(40));
  }
  const std::string heard = wire.hear_all();
  EXPECT_EQ(status_of(heard), 408) << heard;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4));
}

TEST_F(ServerTest, ABodyThatComesTooSlowlyIsRefused) {
  Limits limits;
  limits.body_time = Duration(300);
  start(limits);
  Wire wire = tcp();
  wire.say("POST /hooks/shop HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
  EXPECT_EQ(status_of(wire.hear_all()), 408);
  EXPECT_TRUE(intake.webhooks.empty());
}

TEST_F(ServerTest, AConnectionThatSaysNothingIsClosedWithoutAWord) {
  Limits limits;
  limits.head_time = Duration(200);
  start(limits);
  Wire wire = tcp();
  EXPECT_EQ(wire.hear_all(), "");
  EXPECT_TRUE(wire.closed);
}

TEST_F(ServerTest, AKeptConnectionIsClosedWhenIdle) {
  Limits limits;
  limits.idle = Duration(200);
  start(limits);
  Wire wire = tcp();
  EXPECT_EQ(status_of(wire.ask(get("/livez"))), 200);
  EXPECT_EQ(wire.hear_all(), "");
  EXPECT_TRUE(wire.closed);
}

TEST_F(ServerTest, AHeadOfMoreThanEightKibIsRefused) {
  start();
  Wire fits = tcp(), too_long = tcp();
  const std::string begin = "GET /livez HTTP/1.1\r\nHost: t\r\nX: ", end = "\r\n\r\n";
  const std::size_t room = Limits{}.head - begin.size() - end.size();
  EXPECT_EQ(status_of(fits.ask(begin + std::string(room, 'a') + end)), 200);
  too_long.say(begin + std::string(room + 1, 'a') + end);
  EXPECT_EQ(status_of(too_long.hear_all()), 431);
}

TEST_F(ServerTest, AHundredFieldsAreReadAndOneMoreIsRefused) {
  start();
  const auto with_fields = [](int count) {
    std::string text = "GET /livez HTTP/1.1\r\nHost: t\r\n";
    for (int n = 1; n < count; ++n) text += "X-" + std::to_string(n) + ": y\r\n";
    return text + "\r\n";
  };
  EXPECT_EQ(status_of(tcp().ask(with_fields(100))), 200);
  EXPECT_EQ(status_of(tcp().ask(with_fields(101))), 400);
}

TEST_F(ServerTest, ABodyOfAMebibyteIsTakenAndOneByteMoreIsRefused) {
  start();
  const std::size_t most = Limits{}.hook_body;
  EXPECT_EQ(status_of(tcp().ask(post("/hooks/shop", std::string(most, 'a')))), 200);
  ASSERT_EQ(intake.webhooks.size(), 1u);
  EXPECT_EQ(intake.webhooks[0].body.size(), most);

  Wire announced = tcp();
  EXPECT_EQ(status_of(announced.ask("POST /hooks/shop HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(most + 1) + "\r\n\r\n")),
            413);
  EXPECT_EQ(intake.webhooks.size(), 1u);
}

TEST_F(ServerTest, ARefusalOfALargeBodyReachesAClientThatIsStillSending) {
  start();
  Wire wire = tcp();
  const std::string head = "POST /hooks/shop HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  wire.say(head);
  for (int n = 0; n < 40; ++n) EXPECT_TRUE(wire.say("10000\r\n" + std::string(0x10000, 'a') + "\r\n")) << n;
  const std::string heard = wire.hear_answer();
  EXPECT_EQ(status_of(heard), 413) << heard;
  wire.hang_up();
  wire.hear_all();
  EXPECT_TRUE(wire.closed);
  EXPECT_FALSE(wire.reset);
  EXPECT_TRUE(intake.webhooks.empty());
}

TEST_F(ServerTest, TheSixtyFifthConnectionOfAnAddressIsTurnedAwayUntilAnotherLeaves) {
  start();
  std::vector<Wire> wires;
  for (std::size_t n = 0; n < Limits{}.per_address; ++n) {
    wires.push_back(tcp());
    ASSERT_EQ(status_of(wires.back().ask(get("/livez"))), 200);
  }
  Wire one_more = tcp();
  EXPECT_EQ(status_of(one_more.hear_all()), 503);
  EXPECT_EQ(status_of(local().ask(get("/livez"))), 200) << "the command line is not counted under an address";
  wires.pop_back();
  int status = 0;
  for (int tries = 0; tries < 50 && status != 200; ++tries) {
    std::this_thread::sleep_for(Duration(20));
    status = status_of(tcp().ask(get("/livez")));
  }
  EXPECT_EQ(status, 200);
}

TEST_F(ServerTest, NoMoreConnectionsThanTheLimitInAll) {
  Limits limits;
  limits.connections = 3;
  start(limits);
  Wire a = tcp(), b = tcp(), c = local();
  for (Wire* wire : {&a, &b, &c}) ASSERT_EQ(status_of(wire->ask(get("/livez"))), 200);
  EXPECT_EQ(status_of(tcp().hear_all()), 503);
}

TEST_F(ServerTest, AConnectionServesSoManyRequestsAndThenCloses) {
  Limits limits;
  limits.requests = 3;
  start(limits);
  Wire wire = tcp();
  EXPECT_FALSE(says(wire.ask(get("/livez")), "Connection: close"));
  EXPECT_FALSE(says(wire.ask(get("/livez")), "Connection: close"));
  EXPECT_TRUE(says(wire.ask(get("/livez")), "Connection: close"));
  EXPECT_EQ(wire.hear_all(), "");
  EXPECT_TRUE(wire.closed);
}

TEST_F(ServerTest, TooManyBodiesAtOnceAreRefusedForNow) {
  Limits limits;
  limits.bodies = limits.hook_body;
  start(limits);
  Wire first = tcp();
  first.say("POST /hooks/shop HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::this_thread::sleep_for(Duration(100));
  const std::string refused = tcp().ask(post("/hooks/shop", "x"));
  EXPECT_EQ(status_of(refused), 503);
  EXPECT_TRUE(says(refused, "Retry-After: 1"));
  EXPECT_EQ(status_of(first.ask("1\r\na\r\n0\r\n\r\n")), 200);
  EXPECT_EQ(status_of(tcp().ask(post("/hooks/shop", "x"))), 200);
}

TEST_F(ServerTest, AClientThatAsksFirstIsToldToGoOn) {
  start();
  Wire wire = tcp();
  wire.say("POST /hooks/shop HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(status_of(wire.hear_answer()), 100);
  EXPECT_EQ(status_of(wire.ask("ok")), 200);
  Wire too_large = tcp();
  EXPECT_EQ(status_of(too_large.ask("POST /hooks/shop HTTP/1.1\r\nHost: t\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n")),
            413);
}

TEST_F(ServerTest, QuestionsBeyondTheLimitAreRefusedWhileTheEngineIsSlow) {
  Limits limits;
  limits.waiting = 2;
  start(limits);
  std::atomic<bool> go = false;
  admin.before_answer = [&] {
    while (!go) std::this_thread::sleep_for(Duration(5));
  };
  Wire a = local(), b = local();
  a.say(get("/api/v1/status"));
  b.say(get("/api/v1/status"));
  std::this_thread::sleep_for(Duration(100));
  EXPECT_EQ(status_of(local().ask(get("/api/v1/status"))), 503);
  EXPECT_EQ(status_of(tcp().ask(get("/livez"))), 200) << "a slow engine does not hold up the door";
  go = true;
  EXPECT_EQ(status_of(a.hear_answer()), 200);
  EXPECT_EQ(status_of(b.hear_answer()), 200);
}

}  // namespace
}  // namespace tally::server::test
