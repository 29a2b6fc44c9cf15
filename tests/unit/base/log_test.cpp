#include "base/log.hpp"

#include "base/time.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

using namespace tally;

namespace {

class LogFile : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/tally-log-XXXXXX";
    folder_ = mkdtemp(pattern);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "log"; }
  std::vector<std::string> lines() const {
    std::ifstream in(path());
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(LogFile, a_record_is_one_line_with_its_time_level_message_and_fields) {
  Log::to_file(path(), Level::info).info("pushed stock", {{"channel", "shop"}, {"count", "3"}});
  ASSERT_EQ(lines().size(), 1u);
  EXPECT_TRUE(
      std::regex_match(lines()[0], std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info    pushed stock channel=shop count=3)")))
      << lines()[0];
}

TEST_F(LogFile, nobody_can_forge_a_record_or_move_the_cursor_with_a_value) {
  const Log log = Log::to_file(path(), Level::debug);
  log.warning("line\nbreak\r in \x1b[31m message",
              {{"title", "a\n2026-01-01T00:00:00.000Z error   forged"}, {"c1", "x\xc2\x85y"}, {"ls", "x\xe2\x80\xa8y"}, {"bad", "x\xffy"}});
  ASSERT_EQ(lines().size(), 1u);
  const std::string line = lines()[0];
  EXPECT_NE(line.find(R"(line\nbreak\r in \x1b[31m message)"), std::string::npos) << line;
  EXPECT_NE(line.find(R"(title="a\n2026-01-01T00:00:00.000Z error   forged")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"(c1="x\xc2\x85y")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"(ls="x\xe2\x80\xa8y")"), std::string::npos) << line;
  EXPECT_NE(line.find(R"(bad="x\xffy")"), std::string::npos) << line;
}

TEST_F(LogFile, values_that_could_be_misread_stand_in_quotes) {
  Log::to_file(path(), Level::debug).error("x", {{"a", "two words"}, {"b", "k=v"}, {"c", "say \"hi\"\\"}, {"d", ""}, {"e", "中文"}});
  EXPECT_NE(lines().at(0).find(R"(error   x a="two words" b="k=v" c="say \"hi\"\\" d="" e=中文)"), std::string::npos) << lines().at(0);
}

TEST_F(LogFile, what_is_below_the_least_level_is_not_written) {
  const Log log = Log::to_file(path(), Level::warning);
  log.debug("no");
  log.info("no");
  log.warning("yes");
  log.error("yes");
  EXPECT_EQ(lines().size(), 2u);
}

TEST_F(LogFile, a_record_has_a_largest_size) {
  Log::to_file(path(), Level::info).info(std::string(1 << 20, 'm'), {{"v", std::string(1 << 20, 'v')}});
  ASSERT_EQ(lines().size(), 1u);
  EXPECT_LT(lines()[0].size(), 20'000u);
  EXPECT_TRUE(lines()[0].ends_with("(cut)"));
}

TEST_F(LogFile, records_of_several_threads_do_not_mix) {
  const Log log = Log::to_file(path(), Level::info);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      for (int i = 0; i < 200; ++i) log.info("same", {{"n", "1"}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(lines().size(), 800u);
  for (const std::string& line : lines()) EXPECT_TRUE(line.ends_with("info    same n=1")) << line;
}

TEST_F(LogFile, another_log_appends_to_the_same_file) {
  Log::to_file(path(), Level::info).info("one");
  Log::to_file(path(), Level::info).info("two");
  EXPECT_EQ(lines().size(), 2u);
}

TEST_F(LogFile, under_systemd_a_priority_stands_in_place_of_the_time) {
  const int saved = dup(STDERR_FILENO);
  ASSERT_NE(std::freopen(path().c_str(), "w", stderr), nullptr);
  struct stat status {};
  ASSERT_EQ(fstat(STDERR_FILENO, &status), 0);
  setenv("JOURNAL_STREAM", (std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino)).c_str(), 1);
  Log::to_stderr(Level::debug).error("broken pipe", {{"channel", "shop"}});
  Log::to_stderr(Level::debug).debug("detail");
  setenv("JOURNAL_STREAM", "1:1", 1);  // inherited from a service whose standard error was another stream
  Log::to_stderr(Level::debug).info("dated");
  unsetenv("JOURNAL_STREAM");
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  ASSERT_EQ(lines().size(), 3u);
  EXPECT_EQ(lines()[0], "<3>broken pipe channel=shop");
  EXPECT_EQ(lines()[1], "<7>detail");
  EXPECT_TRUE(lines()[2].starts_with("20")) << lines()[2];
}

TEST(Log, made_by_default_writes_nowhere) {
  EXPECT_NO_THROW(Log().error("nobody hears this"));
}

}  // namespace
