// tallyd channel moved, and what a plan and a command line say of what stands still or is missing
#include "desk.hpp"

#include "cli/plan_view.hpp"

#include <sys/stat.h>

namespace tally::cli::test {
namespace {

class ChannelCommands : public CliTest {};

TEST_F(ChannelCommands, MovedSaysBothAddressesAndThatTheChannelObserves) {
  std::string asked;
  parts.move_channel = [&](const std::filesystem::path& config, const std::string& channel, const std::string& author) -> Result<Json> {
    asked = config.string() + " " + channel + (author.empty() ? "" : " by somebody");
    return Json::object({{"channel", channel}, {"before", "x, url a.example"}, {"after", "x, url b.example"}});
  };
  EXPECT_EQ(tallyd({"channel", "moved", "shop"}), exit_ok) << err.str();
  EXPECT_EQ(asked, folder.string() + " shop by somebody");
  EXPECT_TRUE(printed("shop was x, url a.example and is now x, url b.example")) << out.str();
  EXPECT_TRUE(printed("tallyd channel release shop")) << out.str();
}

TEST_F(ChannelCommands, MovedWhileTheDaemonRunsEndsAsLocked) {
  parts.move_channel = [](const auto&, const auto&, const auto&) -> Result<Json> { return error(Fault::locked, "a daemon has it"); };
  EXPECT_EQ(tallyd({"channel", "moved", "shop", "--json"}), exit_locked);
  EXPECT_EQ(json_out().find("error")->text_or("fault"), "locked");
}

TEST_F(ChannelCommands, APlanTellsWhatWaitsForAPersonFromWhatWasRefused) {
  const auto plan = Json::parse(R"({"empty":false,"items":[
    {"channel":"shop","action":"price","thing":"A","held":true},
    {"channel":"shop","action":"stock","thing":"B","held":true,"reason":"the shop refused it"},
    {"channel":"shop","action":"update","thing":"C","held":false}]})");
  const std::string text = plan_text(console, *plan, 10);
  EXPECT_NE(text.find("price (held)"), std::string::npos) << text;
  EXPECT_NE(text.find("stock (parked)"), std::string::npos) << text;
  EXPECT_EQ(text.find("update ("), std::string::npos) << text;
}

TEST_F(ChannelCommands, AnOptionWithoutItsValueIsNamedAndNotTheCommand) {
  EXPECT_EQ(run_cli({"--config"}, parts, console), exit_error);
  EXPECT_TRUE(complained("--config")) << err.str();
  EXPECT_FALSE(complained("is no command")) << err.str();
}

TEST_F(ChannelCommands, APipeForTallydYamlHangsNoCommand) {
  ASSERT_EQ(::mkfifo((folder / "tallyd.yaml").c_str(), 0600), 0);
  EXPECT_EQ(tallyd({"status"}), exit_unavailable) << err.str();
}

}  // namespace
}  // namespace tally::cli::test
