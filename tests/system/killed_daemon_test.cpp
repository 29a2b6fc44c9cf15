// What was acknowledged outlives the process that acknowledged it.
#include "support/street.hpp"

#include <httplib.h>

#include <csignal>
#include <cstdlib>

namespace tally::tests {
namespace {

/// Entries of this list (offers, orders) over all platforms; 0 while the platforms are not there.
std::size_t entries(const std::filesystem::path& folder, const std::string& list) {
  const auto platforms = Json::parse(content_of(folder / "platforms.json"));
  if (!platforms) return 0;
  httplib::Client control("127.0.0.1", static_cast<int>(platforms->find("control")->integer_or("port")));
  std::size_t count = 0;
  for (const Json& platform : platforms->find("platforms")->as_array()) {
    const auto answer = control.Get("/platforms/" + platform.text_or("name") + "/" + list);
    const auto body = answer ? Json::parse(answer->body) : Result<Json>(Json());
    if (body && body->find(list)) count += body->find(list)->as_array().size();
  }
  return count;
}

pid_t daemon_of(const std::filesystem::path& folder) {
  return static_cast<pid_t>(std::strtol(content_of(folder / "daemon.pid").c_str(), nullptr, 10));
}

TEST(KilledDaemon, LosesNothingAndRepeatsNothing) {
  const Folder folder;
  const auto stage = folder.path() / "demo";
  Process demo;
  demo.start(program(), {"run", "--demo", "--orders", "60", "--json", "--seed", "3", "--keep", stage.string()}, folder.path() / "out",
             folder.path() / "err");
  const auto said = [&] { return content_of(folder.path() / "err"); };

  // When it dies while it creates listings …
  ASSERT_TRUE(eventually([&] { return entries(stage, "offers") >= 100 || !demo.runs(); }, seconds(60)));
  ASSERT_TRUE(demo.runs()) << said();
  const pid_t first = daemon_of(stage);
  ASSERT_GT(first, 1);
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  // … and its successor while shoppers buy,
  ASSERT_TRUE(eventually([&] { return entries(stage, "orders") >= 20 || !demo.runs(); }, seconds(120)));
  ASSERT_TRUE(demo.runs()) << said();
  const pid_t second = daemon_of(stage);
  ASSERT_NE(second, first) << "the daemon was started again";
  ASSERT_EQ(::kill(second, SIGKILL), 0);
  EXPECT_LT(entries(stage, "orders"), 60u) << "it died among the orders, not after them";

  // then every order is here once, and every platform shows what it should.
  const auto code = demo.wait(seconds(200));
  ASSERT_TRUE(code.has_value()) << "the demonstration did not end";
  const Json verdict = Ended{.code = *code, .out = content_of(folder.path() / "out"), .err = {}}.json();
  EXPECT_EQ(*code, 0) << verdict.dump() << said();
  EXPECT_EQ(verdict.integer_or("orders"), 60);
  EXPECT_EQ(verdict.integer_or("imported"), 60);
  for (const auto* what : {"lost", "duplicated", "drift", "oversold_unexplained", "over_limit"})
    EXPECT_EQ(verdict.integer_or(what, -1), 0) << what;
  EXPECT_NE(daemon_of(stage), second);
}

}  // namespace
}  // namespace tally::tests
