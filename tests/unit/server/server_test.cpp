#include "server/listener.hpp"
#include "server/peer.hpp"
#include "wire.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

namespace tally::server::test {
namespace {

TEST_F(ServerTest, StoppingLetsARequestFinishAndClosesIdleConnections) {
  intake.at_once.reset();
  start();
  Wire idle = tcp(), busy = tcp();
  ASSERT_EQ(status_of(idle.ask(get("/livez"))), 200);
  busy.say(post("/hooks/shop", "{}"));
  ASSERT_TRUE(intake.wait_for(1));
  std::thread stopping([&] { server->stop(); });
  EXPECT_EQ(idle.hear_all(), "");
  EXPECT_TRUE(idle.closed);
  intake.commit(channel::Reply{.status = 200, .body = "success"});
  const std::string answer = busy.hear_all();
  EXPECT_EQ(status_of(answer), 200);
  EXPECT_TRUE(says(answer, "Connection: close"));
  stopping.join();
  EXPECT_FALSE(tcp().connected());
}

TEST_F(ServerTest, TheSocketIsForTheOwnUserAndGroupAndGoesWithTheServer) {
  start();
  struct stat found {};
  ASSERT_EQ(stat(socket_path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0660u);
  server.reset();
  EXPECT_FALSE(std::filesystem::exists(socket_path()));
}

TEST_F(ServerTest, ALeftoverSocketIsReplacedAndALiveOneIsNot) {
  start();
  Server second(Addresses{.listen = {}, .socket = socket_path()}, intake, admin, clock, Log());
  const auto refused = second.start();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::locked);
  EXPECT_EQ(status_of(local().ask(get("/livez"))), 200) << "the first one still answers";

  const auto leftover = folder / "left.sock";
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  leftover.string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(socket);
  Server third(Addresses{.listen = {}, .socket = leftover}, intake, admin, clock, Log());
  const auto started = third.start();
  ASSERT_TRUE(started) << started.error().text();
  EXPECT_EQ(status_of(Wire::local(leftover).ask(get("/livez"))), 200);
}

TEST_F(ServerTest, AFileThatIsNoSocketIsNeverRemoved) {
  std::ofstream(folder / "data") << "precious";
  Server wrong(Addresses{.listen = {}, .socket = folder / "data"}, intake, admin, clock, Log());
  EXPECT_FALSE(wrong.start());
  EXPECT_EQ(std::filesystem::file_size(folder / "data"), 8u);
}

TEST_F(ServerTest, APortThatIsTakenIsAnErrorThatSaysWhatToDo) {
  start();
  Server second(Addresses{.listen = "127.0.0.1:" + std::to_string(server->port()), .socket = {}}, intake, admin, clock, Log());
  const auto refused = second.start();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(says(refused.error().text(), "another program"));
}

TEST_F(ServerTest, TheListenersThreadShowsThatItLives) {
  start();
  EXPECT_TRUE(server->answers());
  server->stop();
  EXPECT_FALSE(server->answers());
}

TEST_F(ServerTest, AnotherUserIsRefusedEvenWhereTheFileWouldLetThemIn) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  start();
  std::filesystem::permissions(folder, std::filesystem::perms::all);
  ASSERT_EQ(chmod(socket_path().c_str(), 0666), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (setgroups(0, nullptr) != 0 || setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
    Wire wire = local();
    if (!wire.connected()) _exit(3);
    _exit(wire.ask(get("/livez")).empty() ? 0 : 1);
  }
  int result = -1;
  waitpid(child, &result, 0);
  ASSERT_TRUE(WIFEXITED(result));
  EXPECT_EQ(WEXITSTATUS(result), 0);
}

TEST(Peer, RootTheOwnUserAndTheOwnGroupMaySpeak) {
  EXPECT_TRUE(may_speak({.user = 0, .groups = {0}}, 990, 990));
  EXPECT_TRUE(may_speak({.user = 990, .groups = {5}}, 990, 990));
  EXPECT_TRUE(may_speak({.user = 1000, .groups = {1000, 990}}, 990, 990));
  EXPECT_FALSE(may_speak({.user = 1000, .groups = {1000, 27}}, 990, 990));
}

TEST(Listen, AddressesAreReadOrRefused) {
  EXPECT_EQ(parse_listen(":0")->address().to_string(), "127.0.0.1");
  EXPECT_EQ(parse_listen("localhost:80")->port(), 80);
  EXPECT_EQ(parse_listen("[::1]:8780")->address().to_string(), "::1");
  EXPECT_EQ(parse_listen("0.0.0.0:8780")->address().to_string(), "0.0.0.0");
  for (const char* wrong : {"", "8780", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:80x", "shop.example.com:80"})
    EXPECT_FALSE(parse_listen(wrong)) << wrong;
}

TEST(Listen, AnIpv6NetworkIsCountedAsOne) {
  const auto counted = [](const char* text) { return counted_as(boost::asio::ip::make_address(text)); };
  EXPECT_EQ(counted("2001:db8::1"), counted("2001:db8::ffff"));
  EXPECT_NE(counted("2001:db8::1"), counted("2001:db8:0:1::1"));
  EXPECT_EQ(counted("::ffff:192.0.2.1"), "192.0.2.1");
}

}  // namespace
}  // namespace tally::server::test
