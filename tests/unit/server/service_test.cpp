#include "server/service.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

namespace tally::server::test {
namespace {

/// Stands where systemd would.
class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    std::string name = (std::filesystem::temp_directory_path() / "tallyd-service-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder_ / "notify").string().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
  }
  ~ServiceTest() override {
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    ::close(socket_);
    std::filesystem::remove_all(folder_);
  }
  std::string told(Duration time = Duration(2000)) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(time.count())) <= 0) return {};
    char bytes[1024];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
  }

 private:
  std::filesystem::path folder_;
  int socket_ = -1;
};

TEST_F(ServiceTest, EachStepIsToldOnce) {
  Service service;
  service.ready("4 channels");
  EXPECT_EQ(told(), "READY=1\nSTATUS=4 channels");
  service.reloading();
  EXPECT_TRUE(told().starts_with("RELOADING=1\n"));
  service.status("two\nlines");
  EXPECT_EQ(told(), "STATUS=two lines");
  service.stopping();
  EXPECT_TRUE(told().starts_with("STOPPING=1\n"));
}

TEST_F(ServiceTest, TheWatchdogIsFedWhileTheDaemonIsHealthy) {
  setenv("WATCHDOG_USEC", "150000", 1);
  ASSERT_EQ(Service::watchdog_period(), Duration(150));
  std::atomic<bool> healthy = true;
  Service service;
  service.watch([&] { return healthy.load(); });
  EXPECT_EQ(told(), "WATCHDOG=1");
  EXPECT_EQ(told(), "WATCHDOG=1");
  healthy = false;
  while (!told(Duration(200)).empty()) {
  }
  EXPECT_EQ(told(Duration(300)), "") << "an unhealthy daemon feeds no watchdog";
}

TEST_F(ServiceTest, WithoutAWatchdogNothingIsSaid) {
  EXPECT_FALSE(Service::watchdog_period());
  Service service;
  service.watch([] { return true; });
  EXPECT_EQ(told(Duration(100)), "");
}

}  // namespace
}  // namespace tally::server::test
