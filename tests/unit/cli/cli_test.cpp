#include "cli/cli.hpp"

#include "desk.hpp"

namespace tally::cli::test {
namespace {

TEST_F(CliTest, TheVersionIsPrinted) {
  EXPECT_EQ(tallyd({"--version"}), 0);
  EXPECT_EQ(out.str(), "tallyd 1.2.3\n");
}

TEST_F(CliTest, HelpListsEveryCommand) {
  EXPECT_EQ(tallyd({"--help"}), 0);
  for (const char* name : {"run", "check", "test", "plan", "sync", "status", "explain", "import", "sandbox", "reload", "channel", "release",
                           "discard", "order", "product", "stock"}) {
    EXPECT_TRUE(printed(std::string("\n  ") + name + " ")) << name;
  }
}

TEST_F(CliTest, AMistypedCommandIsAnErrorWithTheOneThatWasMeant) {
  EXPECT_EQ(tallyd({"statsu"}), exit_error);
  EXPECT_TRUE(complained("did you mean 'status'?")) << err.str();
}

TEST_F(CliTest, AWordThatIsNoCommandIsNamedWithTheOneThatWasMeant) {
  struct Case {
    std::vector<std::string> words;
    const char* said;
  };
  for (const Case& each :
       {Case{{"statuss"}, "'statuss' is no command of `tallyd` (did you mean 'status'?"},
        Case{{"--socket", "import", "statuss"}, "'statuss' is no command of `tallyd`"},
        Case{{"--json=no", "order", "fnd"}, "'fnd' is no command of `tallyd order` (did you mean 'find'?"},
        Case{{"stock", "zzzzz", "A-1"}, "'zzzzz' is no command of `tallyd stock` (`tallyd stock --help` lists"},
        Case{{"order"}, "`tallyd order` alone is no command (`tallyd order --help` lists"}, Case{{}, "`tallyd` alone is no command"}}) {
    EXPECT_EQ(tallyd(each.words), exit_error);
    EXPECT_TRUE(complained(each.said)) << err.str();
  }
}

TEST_F(CliTest, ANumberThatIsNoneOrIsOutsideIsRefusedInWords) {
  EXPECT_EQ(tallyd({"run", "--demo", "--seed", "-1"}), exit_error);
  EXPECT_TRUE(complained("--seed: must be a whole number from 0 on, but is '-1'")) << err.str();
  EXPECT_EQ(tallyd({"run", "--demo", "--orders", "-5"}), exit_error);
  EXPECT_TRUE(complained("--orders: must be a whole number from 1 to 10,000,000, but is '-5'")) << err.str();
  EXPECT_EQ(tallyd({"order", "list", "--limit", "99999999999999999999"}), exit_error);
  EXPECT_TRUE(complained("--limit: must be a whole number from 1 to 1,000, but is '99999999999999999999'")) << err.str();
  EXPECT_EQ(tallyd({"stock", "quota-end", "3x"}), exit_error);
  EXPECT_TRUE(complained("QUOTA: must be a whole number from 1 on, but is '3x'")) << err.str();
}

TEST_F(CliTest, AFolderGivenForAFileIsTheReadersMistake) {
  const std::string dir = folder.string();
  for (const auto& words : {std::vector<std::string>{"stock", "count", "--file", dir}, {"plan", "--apply", dir}}) {
    with_daemon();
    EXPECT_EQ(tallyd(words), exit_error);
    EXPECT_TRUE(complained(dir + ": this is a folder")) << err.str();
    daemon.reset();
  }
  std::ofstream(folder / "file") << "x";
  EXPECT_EQ(tallyd({"run", "--demo", "--keep", (folder / "file").string()}), exit_error);
  EXPECT_TRUE(complained("--keep: '" + (folder / "file").string() + "' is a file, and a folder is meant")) << err.str();
}

TEST_F(CliTest, AnUnknownOptionIsAnErrorThatPointsToTheHelp) {
  EXPECT_EQ(tallyd({"status", "--colour"}), exit_error);
  EXPECT_TRUE(complained("--colour"));
  EXPECT_TRUE(complained("--help"));
}

TEST_F(CliTest, WithoutADaemonTheReaderIsToldHowToStartOne) {
  EXPECT_EQ(tallyd({"status"}), exit_unavailable);
  EXPECT_TRUE(complained("no daemon answers on " + (folder / "tallyd.sock").string()));
  EXPECT_TRUE(complained("tallyd run"));
  EXPECT_EQ(out.str(), "");
}

TEST_F(CliTest, WithJsonAnErrorIsJsonToo) {
  EXPECT_EQ(tallyd({"status", "--json"}), exit_unavailable);
  const Json answer = json_out();
  EXPECT_EQ(answer.integer_or("exit"), exit_unavailable);
  EXPECT_EQ(answer.find("error")->text_or("fault"), "transient");
}

TEST_F(CliTest, ADaemonThatHangsUpWithoutAnAnswerIsLocked) {
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder / "tallyd.sock").string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listening, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listening, 5), 0);
  std::thread rude([&] {
    for (int n = 0; n < 2; ++n) ::close(::accept(listening, nullptr, nullptr));
  });
  EXPECT_EQ(tallyd({"status"}), exit_locked);
  EXPECT_TRUE(complained("does not answer"));
  rude.join();
  ::close(listening);
}

TEST_F(CliTest, RefusalsOfTheDaemonBecomeExitCodes) {
  struct Case {
    const char* fault;
    int status, code;
  };
  for (const Case& each : {Case{"not_found", 404, exit_error}, Case{"locked", 503, exit_locked}, Case{"held", 422, exit_guard},
                           Case{"unauthorized", 401, exit_credentials}, Case{"transient", 503, exit_unavailable}}) {
    with_daemon().refuse("/api/v1/status", each.status, each.fault, "because of the moon");
    EXPECT_EQ(tallyd({"status"}), each.code) << each.fault;
    EXPECT_TRUE(complained("because of the moon"));
    daemon.reset();
  }
}

TEST_F(CliTest, TheSocketIsFoundEvenWhereTheConfigurationIsBroken) {
  EXPECT_EQ(socket_of(folder), folder / "tallyd.sock");
  std::ofstream(folder / "tallyd.yaml") << "socket: run/here.sock\nnonsense: [1\n";
  EXPECT_EQ(socket_of(folder), folder / "tallyd.sock") << "no YAML at all";
  std::ofstream(folder / "tallyd.yaml") << "socket: run/here.sock\nno_such_key: 1\n";
  EXPECT_EQ(socket_of(folder), folder / "run/here.sock");
  EXPECT_EQ(socket_of("/etc/tallyd"), "/run/tallyd/tallyd.sock");
}

TEST_F(CliTest, TheSocketMayBeNamedByOptionOrEnvironment) {
  FakeDaemon elsewhere(folder / "b.sock");
  elsewhere.answer("/api/v1/channels", R"({"items":[]})");
  EXPECT_EQ(tallyd({"channel", "list", "--socket", (folder / "b.sock").string()}), 0) << err.str();
  setenv("TALLYD_SOCKET", (folder / "b.sock").c_str(), 1);
  EXPECT_EQ(tallyd({"--json", "channel", "list"}), 0);
  EXPECT_EQ(out.str(), "{\"items\":[]}\n");
  unsetenv("TALLYD_SOCKET");
}

TEST_F(CliTest, RunHandsItsOptionsToThePartThatRuns) {
  RunOptions run;
  DemoOptions demo;
  parts.run = [&](const RunOptions& options) { return run = options, 17; };
  parts.demo = [&](const DemoOptions& options) { return demo = options, 18; };
  EXPECT_EQ(tallyd({"run"}), 17);
  EXPECT_EQ(run.config, folder);
  EXPECT_FALSE(run.json);
  EXPECT_EQ(tallyd({"run", "--demo", "--orders", "500", "--seed", "7", "--keep", "here", "--json"}), 18);
  EXPECT_EQ(demo.orders, 500u);
  EXPECT_EQ(demo.seed, 7u);
  EXPECT_EQ(demo.keep, "here");
  EXPECT_TRUE(demo.json);
  EXPECT_FALSE(demo.replay);
  EXPECT_EQ(tallyd({"run", "--demo"}), 18);
  EXPECT_FALSE(demo.orders);
  EXPECT_EQ(tallyd({"run", "--orders", "5"}), exit_error) << "shopping without the demo";
  EXPECT_EQ(tallyd({"run", "--demo", "--orders", "0"}), exit_error);
}

TEST_F(CliTest, CheckPrintsEveryComplaintAndEndsWithFour) {
  parts.check = [&](const std::filesystem::path&, Complaints& complaints) -> Result<Json> {
    complaints.push_back({.place = {"channels.d/shop.yaml", 3, 1}, .what = "unknown key 'polcy'", .hint = "did you mean 'policy'?"});
    complaints.push_back({.place = {"tallyd.yaml", 9, 4}, .what = "second", .hint = {}});
    return Json::object();
  };
  EXPECT_EQ(tallyd({"check"}), exit_configuration);
  EXPECT_TRUE(complained("channels.d/shop.yaml:3:1: unknown key 'polcy'"));
  EXPECT_TRUE(complained("tallyd.yaml:9:4: second"));
  EXPECT_TRUE(complained("2 complaints"));
  EXPECT_EQ(tallyd({"check", "--json"}), exit_configuration);
  EXPECT_EQ(json_out().find("complaints")->as_array().size(), 2u);

  parts.check = [&](const std::filesystem::path&, Complaints&) -> Result<Json> {
    return Json::parse(
        R"({"channels":[{"name":"shop","connector":"woocommerce","protection":"by look","one_way":["listing.sku: cut"],
            "one_way_installed":["listing.title: cut"]}],
            "warnings":["twins"]})");
  };
  EXPECT_EQ(tallyd({"check"}), 0);
  EXPECT_TRUE(printed("by look"));
  EXPECT_TRUE(printed("listing.sku: cut"));
  EXPECT_FALSE(printed("listing.title: cut")) << "nobody but tallyd can mend what tallyd brings";
  EXPECT_TRUE(printed("warning: twins"));
  EXPECT_EQ(tallyd({"check", "--all"}), 0);
  EXPECT_TRUE(printed("listing.sku: cut"));
  EXPECT_TRUE(printed("listing.title: cut"));
}

TEST_F(CliTest, CheckSaysWhatComesOutOfTheBudgetsOfAPlatform) {
  parts.check = [&](const std::filesystem::path&, Complaints&) -> Result<Json> {
    return Json::parse(
        R"({"channels":[{"name":"shop","orders_every_s":180,"budgets":[
             {"name":"order list","terms":"20 every 1h","keep":0,"entity":""},
             {"name":"revisions","terms":"250 every 24h","keep":1025,"entity":"@id"}]},
            {"name":"parcels","budgets":[{"name":"looks","terms":"500 every 24h","keep":0,"entity":""}]},
            {"name":"till","orders_every_s":300,"budgets":[]}],"warnings":[]})");
  };
  EXPECT_EQ(tallyd({"check"}), 0);
  EXPECT_TRUE(
      printed("shop: orders are read every 3 min; requests: order list 20 every 1h, revisions 250 every 24h for each @id (1,025 kept)\n"))
      << out.str();
  EXPECT_TRUE(printed("parcels: requests: looks 500 every 24h\n")) << "it has no orders: " << out.str();
  EXPECT_FALSE(printed("till: ")) << out.str();
}

TEST_F(CliTest, TestCountsAndFailsWithOne) {
  parts.test = [&](const TestOptions& options, Complaints& complaints) -> Result<Json> {
    if (!options.mappings.empty())
      complaints.push_back({.place = {options.mappings[0] + ".yaml", 5, 1}, .what = "got 1, not 2", .hint = {}});
    return Json::parse(options.mappings.empty() ? R"({"mappings":[{"name":"till","tests":1000,"failed":0}]})"
                                                : R"({"mappings":[{"name":"till","tests":1000,"failed":1}]})");
  };
  EXPECT_EQ(tallyd({"test"}), 0);
  EXPECT_TRUE(printed("1,000 tests hold."));
  EXPECT_EQ(tallyd({"test", "till"}), exit_error);
  EXPECT_TRUE(complained("till.yaml:5:1: got 1, not 2"));
}

TEST_F(CliTest, TestEndsWithFourWhereTheConfigurationCannotBeRead) {
  parts.test = [&](const TestOptions&, Complaints& complaints) -> Result<Json> {
    complaints.push_back({.place = {"/etc/tallyd"}, .what = "there is no such folder", .hint = {}});
    return Json::object({{"mappings", Json::array()}});
  };
  EXPECT_EQ(tallyd({"test"}), exit_configuration);
  EXPECT_TRUE(complained("/etc/tallyd: there is no such folder"));
}

TEST_F(CliTest, AnExceptionIsAnErrorAndNoCrash) {
  parts.check = [&](const std::filesystem::path&, Complaints&) -> Result<Json> { throw std::runtime_error("out of luck"); };
  EXPECT_EQ(tallyd({"check"}), exit_error);
  EXPECT_TRUE(complained("out of luck"));
}

}  // namespace
}  // namespace tally::cli::test
