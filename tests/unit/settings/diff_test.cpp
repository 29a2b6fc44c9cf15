#include "configuration.hpp"

#include "settings/diff.hpp"

namespace tally::settings {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(Configuration, reloading_what_did_not_change_changes_nothing) {
  given("channels.d/a.yaml", "connector: x\n");
  EXPECT_TRUE(difference(loaded(), loaded()).empty());
}

TEST_F(Configuration, a_reload_names_the_channels_that_came_changed_and_went) {
  given("channels.d/a.yaml", "connector: x\n");
  given("channels.d/b.yaml", "connector: x\n");
  given("channels.d/c.yaml", "connector: x\n");
  const Settings before = loaded();
  given("channels.d/a.yaml", "connector: x\nsweep: 2h\n");
  std::filesystem::remove(folder_ / "channels.d/b.yaml");
  given("channels.d/d.yaml", "connector: x\n");
  const Change change = difference(before, loaded());
  EXPECT_THAT(change.added, ElementsAre(ChannelId("d")));
  EXPECT_THAT(change.changed, ElementsAre(ChannelId("a")));
  EXPECT_THAT(change.removed, ElementsAre(ChannelId("b")));
  EXPECT_THAT(change.keys, IsEmpty());
}

TEST_F(Configuration, a_channel_that_sells_from_all_locations_changes_with_them) {
  given("channels.d/a.yaml", "connector: x\n");
  given("channels.d/b.yaml", "connector: x\nlocations: [main]\n");
  const Settings before = loaded();
  given("tallyd.yaml", "locations: { main: {}, second: {} }\n");
  const Change change = difference(before, loaded());
  EXPECT_THAT(change.changed, ElementsAre(ChannelId("a")));
  EXPECT_THAT(change.keys, ElementsAre("locations"));
}

TEST_F(Configuration, what_a_running_daemon_cannot_follow_is_told_apart) {
  const Settings before = loaded();
  given("tallyd.yaml", "listen: 127.0.0.1:9000\nlog_level: debug\n");
  const Change change = difference(before, loaded());
  EXPECT_THAT(change.keys, ElementsAre("listen", "log_level"));
  EXPECT_THAT(change.needs_restart, ElementsAre("listen"));
}

}  // namespace
}  // namespace tally::settings
