#include "cli/calm.hpp"

#include "desk.hpp"

namespace tally::cli::test {
namespace {

std::string channel(const std::string& name, int pending, const std::string& swept, const std::string& more = {}) {
  return R"({"name":")" + name + R"(","state":"ok","policy":"full","pending":)" + std::to_string(pending) +
         R"(,"unread_rows":0,"parked":0,"last_sweep":")" + swept + "\"" + more + "}";
}
std::string status(const std::string& channels, const std::string& holds = {}) {
  return R"({"differences":0,"channels":[)" + channels + R"(],"holds":[)" + holds + "]}";
}

TEST_F(CliTest, SyncWaitsUntilTheChannelWasLookedAtAndNothingIsPending) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", R"({"started":["shop"]})");
  const std::string other = "," + channel("other", 99, "never");
  fake.answer("/api/v1/status", status(channel("shop", 0, "10:00") + other));  // before
  fake.answer("/api/v1/status", status(channel("shop", 0, "10:00") + other));  // not looked at yet
  fake.answer("/api/v1/status", status(channel("shop", 191, "10:01") + other));
  fake.answer("/api/v1/status", status(channel("shop", 7, "10:01") + other));
  fake.answer("/api/v1/status", status(channel("shop", 0, "10:01") + other));
  EXPECT_EQ(tallyd({"sync", "--channel", "shop"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("In sync: 0 differences"));
  const auto asked = fake.asked();
  EXPECT_EQ(asked.at(1), R"(POST /api/v1/sync {"channel":"shop"})");
  EXPECT_EQ(asked.size(), 6u) << "it ended at the first calm look, not before";
}

TEST_F(CliTest, SyncTellsItsProgressOnATerminalAndAsJsonLines) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", R"({"started":["shop"]})");
  for (const int pending : {5, 5, 3, 0}) fake.answer("/api/v1/status", status(channel("shop", pending, pending == 5 ? "1" : "2")));
  console.live = true;
  EXPECT_EQ(tallyd({"sync", "--json"}), exit_ok);
  EXPECT_TRUE(printed(R"("text":"shop: 3 to go")")) << out.str();
  EXPECT_TRUE(json_out().bool_or("calm"));
  EXPECT_EQ(err.str(), "");
}

TEST_F(CliTest, SyncEndsWithThreeWhenSomethingWasParked) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", "{}");
  fake.answer("/api/v1/status", status(channel("shop", 0, "1")));
  fake.answer(
      "/api/v1/status",
      R"({"differences":0,"channels":[{"name":"shop","state":"ok","policy":"full","pending":0,"unread_rows":0,"parked":2,"last_sweep":"2"}]})");
  EXPECT_EQ(tallyd({"sync"}), exit_partly);
  EXPECT_TRUE(printed("Done: 0 differences among 0 offers; 2 parked."));
  EXPECT_FALSE(printed("In sync"));
}

TEST_F(CliTest, SyncEndsWithEightWhenTheRestWaitsForAPerson) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", "{}");
  fake.answer("/api/v1/status", status(channel("shop", 40, "1")));
  fake.answer("/api/v1/status", status(channel("shop", 0, "2", R"(,"held":40)")));
  EXPECT_EQ(tallyd({"sync"}), exit_guard);
  EXPECT_TRUE(printed("tallyd release"));
}

TEST_F(CliTest, SyncEndsWithSixWhenAChannelIsPaused) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", "{}");
  fake.answer(
      "/api/v1/status",
      R"({"differences":0,"channels":[{"name":"shop","state":"paused","reason":"credentials refused","policy":"full","pending":4}]})");
  EXPECT_EQ(tallyd({"sync"}), exit_unavailable);
  EXPECT_TRUE(printed("shop is paused: credentials refused"));
  EXPECT_FALSE(printed("In sync"));
}

TEST_F(CliTest, SyncWaitsForTheHealthyChannelsAndThenNamesEachThatIsPaused) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", "{}");
  const auto paused = [](const std::string& name, const std::string& fault) {
    return R"({"name":")" + name + R"(","state":"paused","reason":"out of order","fault":")" + fault + R"(","policy":"full","pending":4},)";
  };
  const std::string ill = paused("till", "forbidden") + paused("market", "transient");
  for (const int pending : {9, 9, 4, 0}) fake.answer("/api/v1/status", status(ill + channel("shop", pending, pending == 9 ? "1" : "2")));
  EXPECT_EQ(tallyd({"sync"}), exit_credentials);
  EXPECT_EQ(fake.asked().size(), 5u) << "it waited for the shop";
  for (const char* text : {"till is paused: out of order", "market is paused: out of order"}) EXPECT_TRUE(printed(text)) << out.str();
  EXPECT_EQ(tallyd({"sync", "--json"}), exit_credentials);
  EXPECT_EQ(json_out().find("paused")->as_array().size(), 2u);
}

TEST_F(CliTest, SyncSaysWhatIsNotInSyncInsteadOfCallingItSo) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", "{}");
  fake.answer("/api/v1/status", status(channel("shop", 0, "1")));
  fake.answer("/api/v1/status",
              status(channel("shop", 0, "2", R"(,"offers":1880,"not_listed":11,"parked_rows":2,"oldest_unverified_s":41)")));
  EXPECT_EQ(tallyd({"sync"}), exit_partly);
  EXPECT_EQ(out.str(),
            "Done: 0 differences among 1,880 offers; 11 not listed yet, 2 parked, oldest unverified 41 s.\n"
            "`tallyd status` gives the reasons.\n");
}

TEST_F(CliTest, SyncIsNotInSyncWhileOffersWereNeverLookedAtAndThatIsNoFailure) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", "{}");
  fake.answer("/api/v1/status", status(channel("shop", 0, "1")));
  fake.answer("/api/v1/status", status(channel("shop", 0, "2", R"(,"offers":3,"never_looked":3)")));
  EXPECT_EQ(tallyd({"sync"}), exit_ok);
  EXPECT_EQ(out.str(), "Done: 0 differences among 3 offers; 3 never looked at.\n");
}

TEST_F(CliTest, SyncDoesNotWaitForEver) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/sync", "{}");
  fake.answer("/api/v1/status", status(channel("shop", 4, "1")));
  EXPECT_EQ(tallyd({"sync", "--wait", "50ms"}), exit_partly);
  EXPECT_TRUE(printed("Not done after 50ms"));
  EXPECT_EQ(tallyd({"sync", "--wait", "50"}), exit_error) << "a time without a unit";
}

TEST(Calm, AnObservingChannelIsCalmOnceItWasLookedAt) {
  const auto at = [](const char* swept) {
    return *Json::parse(
        R"({"channels":[{"name":"new","state":"ok","policy":"observe","pending":191,"unread_rows":0,"parked":0,"last_sweep":)" +
        std::string(swept) + "}]}");
  };
  Calm calm(at("null"), {});
  EXPECT_EQ(calm.look(at("null")), Calm::State::busy);
  EXPECT_EQ(calm.look(at("\"now\"")), Calm::State::calm);
}

TEST(Calm, WaitsForWhatALookHasJustFoundButNotForEver) {
  const auto at = [](const std::string& swept, int differences) {
    return *Json::parse(status(channel("shop", 0, swept, R"(,"differences":)" + std::to_string(differences))));
  };
  Calm calm(at("1", 0), {});
  EXPECT_EQ(calm.look(at("2", 1)), Calm::State::busy);
  EXPECT_EQ(calm.look(at("2", 0)), Calm::State::calm);
  Calm lasting(at("1", 0), {});
  int looks = 1;
  while (lasting.look(at("2", 1)) != Calm::State::calm && looks < 1000) ++looks;
  EXPECT_LT(looks, 100);
}

TEST(Calm, AnImportThatIsHeldElsewhereDoesNotHideWhatIsToBeSent) {
  const std::string both = R"(,"held":40)";
  Calm calm(*Json::parse(status(channel("shop", 30, "1", both))), {});
  EXPECT_EQ(calm.look(*Json::parse(status(channel("shop", 30, "2", both)))), Calm::State::busy);
  EXPECT_EQ(calm.look(*Json::parse(status(channel("shop", 0, "2", both)))), Calm::State::held);
}

TEST(Calm, AChannelThatNeverTellsOfASweepIsCalmAfterALongQuiet) {
  const Json quiet = *Json::parse(
      R"({"channels":[{"name":"till","state":"ok","policy":"full","pending":0,"unread_rows":0,"parked":0,"last_sweep":null}]})");
  Calm calm(quiet, {"till"});
  int looks = 1;
  while (calm.look(quiet) != Calm::State::calm && looks < 1000) ++looks;
  EXPECT_GT(looks, 10);
  EXPECT_LT(looks, 100);
}

}  // namespace
}  // namespace tally::cli::test
