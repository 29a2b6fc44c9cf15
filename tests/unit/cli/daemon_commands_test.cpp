#include "desk.hpp"

namespace tally::cli::test {
namespace {

constexpr const char* status_json = R"({"uptime_ms":90000,"version":"1.2.3","differences":1,"converged":false,"last_decrease_ms":312,
  "channels":[
    {"name":"shop","connector":"woocommerce","policy":"full","state":"ok","protection":"by look","offers":1891,"pending":3,
     "differences":1,"not_listed":11,"unread_rows":2,"parked":1,"parked_rows":1,"held":40,"oldest_unverified_s":41},
    {"name":"店铺","connector":"douyin","policy":"observe","state":"paused","reason":"credentials refused","offers":12,"pending":0,
     "differences":0,"not_listed":191,"waiting_for_release":191,"unread_rows":0,"parked":0,"oldest_unverified_s":9}],
  "problems":[{"channel":"shop","thing":"A-1","aspect":"price","reason":"the price is below the floor","since":"2026-01-02T03:04:05Z",
     "todo":"raise it"},
     {"channel":"shop","thing":"17","aspect":"inbox","reason":"no such state","since":"2026-01-02T03:04:05Z",
      "todo":"`tallyd replay 17`, or `tallyd discard 17` drops it"}],
  "holds":[{"digest":"ab12cd","channel":"shop","aspect":"price","count":40,"reason":"more than 5 % of the offers",
     "since":"2026-01-02T03:04:05Z"}],
  "inbox":{"unread":2,"parked":0},
  "oversold":[{"sku":"B-2","order":"17","other_order":"18","delay_ms":350,"rule":"last unit"}]})";

TEST_F(CliTest, StatusShowsChannelsProblemsHoldsAndWhetherAllIsWell) {
  with_daemon().answer("/api/v1/status", status_json);
  ASSERT_EQ(tallyd({"status"}), 0) << err.str();
  for (const char* text :
       {"1,891", "credentials refused", "the price is below the floor", "raise it", "ab12cd", "tallyd release DIGEST", "B-2", "350 ms",
        "1 difference among 1,903 offers; 11 not listed yet, 3 changes pending, 40 held, 2 parked, 2 unread, oldest unverified 41 s",
        "191 waiting for `tallyd channel release`", "店铺 is paused", "tallyd replay 17", "tallyd discard 17", "312 ms"}) {
    EXPECT_TRUE(printed(text)) << text << "\n" << out.str();
  }
  EXPECT_EQ(out.str().find('\x1b'), std::string::npos) << "no colours where no terminal is";
  EXPECT_EQ(tallyd({"status", "--json"}), 0);
  EXPECT_EQ(json_out(), *Json::parse(status_json));
}

TEST_F(CliTest, StatusCountsWhatDiffersWhereItOnlyObserves) {
  with_daemon().answer("/api/v1/status", R"({"version":"1","uptime_ms":1,"differences":0,"observed_differences":35,"channels":[
    {"name":"shop","state":"ok","policy":"observe","offers":900,"differences":0,"observed_differences":35}]})");
  ASSERT_EQ(tallyd({"status"}), 0) << err.str();
  EXPECT_TRUE(printed("35 differences among 900 offers; 35 of them where the policy is `observe`")) << out.str();
  EXPECT_FALSE(printed("In sync")) << out.str();
}

TEST_F(CliTest, StatusSaysHowManyWebhooksWorkAndWhereOrdersComeByTheListAlone) {
  with_daemon().answer("/api/v1/status", R"({"version":"1","uptime_ms":1,"channels":[
    {"name":"shop","policy":"full","webhooks":{"how":"by itself","wanted":3,"active":3,"checked_at":"2026-11-21T19:48:00Z","checked_s":720,
     "revived":1,"revived_at":"2026-11-21T18:02:00Z"}},
    {"name":"second","policy":"full","webhooks":{"how":"by itself","wanted":3,"active":2,"checked_at":"2026-11-21T19:48:00Z","checked_s":5,
     "revived":0}},
    {"name":"fresh","policy":"observe","webhooks":{"how":"by itself"}},
    {"name":"lonely","policy":"full","webhooks":{"how":"no address","orders_every_s":300}},
    {"name":"mini","policy":"full","webhooks":{"how":"by hand","orders_every_s":300}},
    {"name":"till","policy":"full"}]})");
  ASSERT_EQ(tallyd({"status"}), 0) << err.str();
  for (const char* line :
       {"shop: webhooks 3 of 3 active, checked 12 min ago; revived 1 in the last 24 hours, last at 2026-11-21T18:02:00Z\n",
        "second: webhooks 2 of 3 active, checked 5 s ago\n", "fresh: webhooks are entered when the channel is released\n",
        "lonely: orders come by its list alone, every 5 min: "}) {
    EXPECT_TRUE(printed(line)) << line << "\n" << out.str();
  }
  EXPECT_FALSE(printed("mini: ") || printed("till: ")) << out.str();
}

TEST_F(CliTest, StatusSaysInSyncOnlyWhenNothingIsMissing) {
  const auto says_in_sync = [&](const std::string& more) {
    daemon.reset();
    with_daemon().answer("/api/v1/status", R"({"version":"1","uptime_ms":1,"channels":[{"name":"shop","state":"ok","policy":"full",
      "offers":3)" + more + "}]}");
    EXPECT_EQ(tallyd({"status"}), 0);
    return printed("In sync: ");
  };
  EXPECT_TRUE(says_in_sync(""));
  for (const char* count :
       {"differences", "not_listed", "in_doubt", "pending", "waiting", "held", "parked", "parked_rows", "unread_rows", "never_looked"}) {
    EXPECT_FALSE(says_in_sync(",\"" + std::string(count) + "\":1")) << count;
    EXPECT_TRUE(printed("among 3 offers")) << out.str();
  }
}

TEST_F(CliTest, ParkedDocumentsAreReadAgainByRowByChannelOrAll) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/inbox/replay", R"({"applied":1,"parked":[]})");
  EXPECT_EQ(tallyd({"replay", "17"}), exit_ok) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/inbox/replay {"rows":[17]})");
  EXPECT_EQ(out.str(), "1 document applied, 0 still parked.\n");
  EXPECT_EQ(tallyd({"replay", "--channel", "shop"}), exit_ok);
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/inbox/replay {"channel":"shop"})");
  EXPECT_EQ(tallyd({"replay", "17", "--channel", "shop"}), exit_error) << "one or the other";
  EXPECT_EQ(tallyd({"replay", "seventeen"}), exit_error);
}

TEST_F(CliTest, ReadingAgainGoesOnUntilNothingIsLeftAndTellsWhatStaysParked) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/inbox/replay", R"({"applied":499,"parked":[{"row":3,"channel":"shop","reason":"no such state"}],"cursor":501})");
  fake.answer("/api/v1/inbox/replay", R"({"applied":7,"parked":[]})");
  EXPECT_EQ(tallyd({"replay"}), exit_partly);
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/inbox/replay {"cursor":501})");
  EXPECT_EQ(out.str(), "row 3 (shop): no such state\n506 documents applied, 1 still parked.\n");
}

TEST_F(CliTest, ANumberDiscardsAParkedDocumentAndADigestAHeldSet) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/inbox/17/discard", R"({"row":17,"reason":"no such state"})");
  fake.answer("/api/v1/holds/123456789012/discard", R"({"count":4})");
  EXPECT_EQ(tallyd({"discard", "17"}), exit_ok) << err.str();
  EXPECT_EQ(out.str(), "row 17: dropped (no such state)\n");
  EXPECT_EQ(tallyd({"discard", "123456789012"}), exit_ok) << err.str();
  EXPECT_EQ(fake.asked().back(), "POST /api/v1/holds/123456789012/discard {}");
}

TEST_F(CliTest, EachComplaintOfAReloadStandsOnItsOwnLine) {
  with_daemon().answer("/api/v1/reload", R"({"applied":false,"complaints":["a.yaml:1:1: no","b.yaml:2:3: neither"]})");
  EXPECT_EQ(tallyd({"reload"}), exit_configuration);
  EXPECT_TRUE(complained("a.yaml:1:1: no\nb.yaml:2:3: neither\n")) << err.str();
  EXPECT_EQ(tallyd({"reload", "--json"}), exit_configuration);
  EXPECT_EQ(json_out().find("complaints")->as_array().size(), 2u);
}

TEST_F(CliTest, ColoursAreUsedOnATerminal) {
  with_daemon().answer("/api/v1/status", status_json);
  console.colours = true;
  EXPECT_EQ(tallyd({"status"}), 0);
  EXPECT_TRUE(printed("\x1b[31mpaused\x1b[0m")) << out.str();
}

TEST_F(CliTest, APlanShowsTheEffectFirstAndEndsWithTwo) {
  with_daemon().answer("/api/v1/plan", R"({"empty":false,"digest":"d1",
    "items":[{"channel":"shop","action":"price","thing":"T-Shirt","sku":"A-1","before":{"amount":"10.00","currency":"EUR"},
              "after":{"amount":"11.20","currency":"EUR"},"cause":"rule"},
             {"channel":"shop","action":"stock","thing":"T-Shirt","sku":"A-2","before":3,"after":0,"cause":"count","held":true}],
    "totals":[{"channel":"shop","creates":191,"updates":0,"prices":1,"stocks":1,"to_zero":1,"largest_price_change_percent":12}]})");
  EXPECT_EQ(tallyd({"plan", "--channel", "shop"}), exit_changes) << err.str();
  EXPECT_EQ(daemon->asked().back(), "GET /api/v1/plan?channel=shop");
  EXPECT_TRUE(printed("shop: 191 creates · 1 price change, the largest 12 % · 1 stock change · 1 offer to zero\n")) << out.str();
  EXPECT_TRUE(printed("10.00 EUR → 11.20 EUR"));
  EXPECT_TRUE(printed("stock (held)"));
  EXPECT_EQ(tallyd({"plan", "--lines", "1"}), exit_changes);
  EXPECT_FALSE(printed("A-2"));
  EXPECT_TRUE(printed("and 1 more"));
}

TEST_F(CliTest, AnEmptyPlanEndsWithZero) {
  with_daemon().answer("/api/v1/plan", R"({"empty":true,"items":[],"totals":[{"channel":"shop","creates":0}]})");
  EXPECT_EQ(tallyd({"plan"}), exit_ok);
  EXPECT_TRUE(printed("Nothing to do"));
  EXPECT_EQ(tallyd({"plan", "--json"}), exit_ok);
  EXPECT_TRUE(json_out().bool_or("empty"));
}

TEST_F(CliTest, APlanWorksWithoutADaemonAndIsLockedWhereTheStoreIs) {
  std::string asked = "nothing";
  parts.open_offline = [&](const std::filesystem::path&) -> Result<Offline> {
    return Offline{.import = {}, .plan = [&](const std::string& channel) -> Result<Json> {
                     asked = channel;
                     return Json::object({{"empty", true}});
                   }};
  };
  EXPECT_EQ(tallyd({"plan", "--channel", "till"}), exit_ok) << err.str();
  EXPECT_EQ(asked, "till");
  parts.open_offline = [&](const std::filesystem::path&) -> Result<Offline> { return error(Fault::locked, "a daemon holds the store"); };
  EXPECT_EQ(tallyd({"plan"}), exit_locked);
  parts.open_offline = [&](const std::filesystem::path&) -> Result<Offline> {
    return error(Fault::invalid, "tallyd.yaml:1:1: 'stor' is unknown", in_the_configuration);
  };
  EXPECT_EQ(tallyd({"plan"}), exit_configuration);
  EXPECT_EQ(tallyd({"plan", "--json"}), exit_configuration);
  EXPECT_EQ(json_out().integer_or("exit"), exit_configuration);
}

TEST_F(CliTest, ExplainPrintsTheSentences) {
  with_daemon().answer("/api/v1/explain",
                       R"({"sku":"A 1","channel":"shop","number":3,"steps":[],"text":"shop shows 3\nbecause 5 lie there"})");
  EXPECT_EQ(tallyd({"explain", "A 1", "--channel", "shop"}), 0);
  EXPECT_EQ(daemon->asked().back(), "GET /api/v1/explain?sku=A%201&channel=shop");
  EXPECT_EQ(out.str(), "shop shows 3\nbecause 5 lie there\n");
  EXPECT_EQ(tallyd({"explain", "A-1"}), exit_error) << "which channel?";
  EXPECT_EQ(tallyd({"explain", "A", "--channel", "shop", "--aspect", "price"}), 0);
  EXPECT_EQ(daemon->asked().back(), "GET /api/v1/explain?sku=A&channel=shop&aspect=price");
  EXPECT_EQ(tallyd({"explain", "--order", "7", "--channel", "shop"}), 0);
  EXPECT_EQ(daemon->asked().back(), "GET /api/v1/explain?order=7&channel=shop");
  for (const std::vector<std::string>& unclear : {std::vector<std::string>{"explain", "--channel", "shop"},
                                                  {"explain", "A", "--order", "7", "--channel", "shop"},
                                                  {"explain", "A", "--channel", "shop", "--aspect", "weather"}})
    EXPECT_EQ(tallyd(unclear), exit_error) << unclear.back();
}

TEST_F(CliTest, AReloadThatIsNotAppliedEndsWithFourAndSaysWhy) {
  with_daemon().answer("/api/v1/reload", R"({"applied":false,"channels":{},"complaints":["channels.d/a.yaml:1:1: no"]})");
  EXPECT_EQ(tallyd({"reload"}), exit_configuration);
  EXPECT_TRUE(complained("channels.d/a.yaml:1:1: no"));
  EXPECT_TRUE(complained("goes on with the configuration that it has"));
  daemon.reset();
  with_daemon().answer("/api/v1/reload", R"({"applied":true,"channels":{"added":["b","c"],"changed":[],"removed":[]},"complaints":[]})");
  EXPECT_EQ(tallyd({"reload"}), 0);
  EXPECT_TRUE(printed("added: b, c"));
}

TEST_F(CliTest, ReleasesAndDiscardsNameExactlyWhatTheyMean) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/channels/shop/release", R"({"policy":"full"})");
  fake.answer("/api/v1/holds/ab12/release", R"({"count":40})");
  fake.answer("/api/v1/holds/ab12/discard", R"({"count":1})");
  EXPECT_EQ(tallyd({"channel", "release", "shop"}), 0) << err.str();
  EXPECT_TRUE(printed("its policy is now full"));
  EXPECT_EQ(tallyd({"release", "ab12"}), 0);
  EXPECT_EQ(out.str(), "ab12: released, 40 changes\n");
  EXPECT_EQ(tallyd({"discard", "ab12"}), 0);
  EXPECT_EQ(out.str(), "ab12: discarded, 1 change\n");
  EXPECT_EQ(fake.asked(), (std::vector<std::string>{"POST /api/v1/channels/shop/release {}", "POST /api/v1/holds/ab12/release {}",
                                                    "POST /api/v1/holds/ab12/discard {}"}));
}

TEST_F(CliTest, StockIsReceivedAdjustedAndCounted) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/stock", R"({"on_hand":9,"reserved":2,"available":7})");
  EXPECT_EQ(tallyd({"stock", "receive", "A-1", "12", "--location", "main", "--reason", "delivery 7"}), 0) << err.str();
  EXPECT_EQ(fake.asked().back(),
            R"(POST /api/v1/stock {"sku":"A-1","kind":"receipt","quantity":12,"location":"main","reason":"delivery 7"})");
  EXPECT_EQ(out.str(), "A-1: recorded; on hand 9, reserved 2, available 7\n");
  EXPECT_EQ(tallyd({"stock", "adjust", "A-1", "-3"}), 0) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock {"sku":"A-1","kind":"adjust","quantity":-3})");
  EXPECT_EQ(tallyd({"stock", "count", "A-1", "0"}), 0);
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock {"sku":"A-1","kind":"count","quantity":0})");
  const std::size_t before = fake.asked().size();
  for (const char* wrong : {"many", "1.5", "", "99999999999999999999", "-3"})
    EXPECT_EQ(tallyd({"stock", "count", "A-1", wrong}), exit_error) << wrong;
  EXPECT_EQ(fake.asked().size(), before) << "nothing of that was sent";
}

TEST_F(CliTest, OrdersAndProductsAreListedWithWhatIsAskedFor) {
  FakeDaemon& fake = with_daemon();
  fake.answer(
      "/api/v1/orders",
      R"({"items":[{"channel":"shop","id":"17","number":"#1017","state":"paid","total":"12.50 EUR","currency":"EUR","holds":["unknown sku"],
      "lines":[{"sku":"A-1","quantity":2},{"sku":"","quantity":1}],"placed_at":"2026-01-02T03:04:05Z"},
      {"channel":"till","id":"SC1@2026-11-21","number":"SC1","state":"completed","holds":[],"lines":[]}],"cursor":"c2"})");
  EXPECT_EQ(tallyd({"order", "list", "--channel", "shop", "--state", "paid", "--limit", "1"}), 0) << err.str();
  EXPECT_EQ(fake.asked().back(), "GET /api/v1/orders?channel=shop&state=paid&limit=1");
  for (const char* text : {"17 (#1017) ", " SC1@2026-11-21  ", "12.50 EUR", "2 × A-1, 1 × unknown", "unknown sku", "more: --cursor c2"})
    EXPECT_TRUE(printed(text)) << text << out.str();

  fake.answer("/api/v1/products",
              R"({"items":[{"code":"MH01","title":"吊带衫","variants":[{"sku":"MH01-S","option_values":[{"name":"Size","value":"S"}],
      "price":{"amount":"52.00","currency":"EUR"}}],"stock":[{"sku":"MH01-S","location":"main","on_hand":5,"reserved":1,"available":4},
      {"sku":"MH01-S","location":"high-street","on_hand":2,"reserved":0,"available":2}]}]})");
  EXPECT_EQ(tallyd({"product", "list", "--sku", "MH01-S"}), 0);
  EXPECT_EQ(fake.asked().back(), "GET /api/v1/products?sku=MH01-S&limit=50");
  EXPECT_TRUE(printed("吊带衫"));
  EXPECT_TRUE(printed("52.00 EUR        7         1          6\n")) << out.str();
}

TEST_F(CliTest, AnOrderIsShownWithWhatWentBackAndWhatIsLeftToDo) {
  FakeDaemon& fake = with_daemon();
  const std::string order = R"({"channel":"shop","id":"7","state":"paid","lines":[{"line":"1","sku":"A","quantity":2}],
      "refunds":[{"@id":"9","amount":{"amount":19.9,"currency":"EUR"},"at":"2026-11-22T04:48:34Z","reason":"too small",
                  "lines":[{"line":{"@id":"1"},"quantity":1,"restocked":true}]}])";
  fake.answer("/api/v1/orders/7", order + "}");
  EXPECT_EQ(tallyd({"order", "show", "7"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("refund 19.9 EUR, 1 of line 1 back on the shelf 2026-11-22T04:48:34Z too small")) << out.str();
  fake.answer("/api/v1/order-tasks", order + R"(,"todo":"no money goes back by this"})");
  EXPECT_EQ(tallyd({"order", "cancel", "7"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("no money goes back by this\n")) << out.str();
}

TEST_F(CliTest, TextFromAPlatformCannotMoveTheCursor) {
  with_daemon().answer("/api/v1/products", R"({"items":[{"code":"x","title":"evil\u001b[2Jtitle","variants":[{"sku":"A"}]}]})");
  EXPECT_EQ(tallyd({"product", "list"}), 0);
  EXPECT_EQ(out.str().find('\x1b'), std::string::npos);
  EXPECT_TRUE(printed("title"));
}

}  // namespace
}  // namespace tally::cli::test
