#include "configuration.hpp"

#include <sys/stat.h>

namespace tally::settings {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Secrets : public Configuration {
 protected:
  Secrets() {
    given("secrets/shop_key", "from-file\n");
    chmod((folder_ / "secrets/shop_key").c_str(), 0600);
  }
  ~Secrets() override {
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv("TALLYD_SECRET_SHOP_KEY");
    unsetenv("TALLYD_SECRET_TILL_KEY");
  }
};

TEST_F(Secrets, one_trailing_line_break_is_cut) {
  EXPECT_EQ(*secret(folder_, "shop_key"), "from-file");
}

TEST_F(Secrets, of_several_lines_or_with_other_bytes_than_text_are_refused_and_not_repeated) {
  for (const std::string& bytes : {std::string("two\n\n"), std::string("one\ntwo\n"), std::string("tw\0o\n", 5)}) {
    given("secrets/shop_key", bytes);
    const auto found = secret(folder_, "shop_key");
    ASSERT_FALSE(found.has_value());
    EXPECT_NE(found.error().text().find("more than one line"), std::string::npos) << found.error().text();
    EXPECT_EQ(found.error().text().find("two"), std::string::npos) << found.error().text();
  }
}

TEST_F(Secrets, credentials_come_before_the_file_and_the_file_before_the_environment) {
  setenv("TALLYD_SECRET_SHOP_KEY", "from-environment", 1);
  EXPECT_EQ(*secret(folder_, "shop_key"), "from-file");
  given("credentials/shop_key", "from-systemd");
  setenv("CREDENTIALS_DIRECTORY", (folder_ / "credentials").c_str(), 1);
  EXPECT_EQ(*secret(folder_, "shop_key"), "from-systemd");
  std::filesystem::remove(folder_ / "credentials/shop_key");
  std::filesystem::remove(folder_ / "secrets/shop_key");
  EXPECT_EQ(*secret(folder_, "shop_key"), "from-environment");
}

TEST_F(Secrets, a_name_in_the_environment_is_in_capitals_with_underscores) {
  setenv("TALLYD_SECRET_TILL_KEY", "x", 1);
  EXPECT_EQ(*secret(folder_, "till-key"), "x");
}

TEST_F(Secrets, a_file_that_others_may_read_is_refused_without_telling_what_is_in_it) {
  chmod((folder_ / "secrets/shop_key").c_str(), 0640);
  const auto found = secret(folder_, "shop_key");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().text(), AllOf(HasSubstr("others may read"), HasSubstr("chmod 600"), Not(HasSubstr("from-file"))));
}

TEST_F(Secrets, a_missing_one_says_where_it_was_looked_for) {
  const auto found = secret(folder_, "nothing");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::not_found);
  EXPECT_THAT(found.error().text(), AllOf(HasSubstr((folder_ / "secrets/nothing").string()), HasSubstr("$TALLYD_SECRET_NOTHING")));
}

TEST_F(Secrets, a_name_never_leads_out_of_the_folder) {
  given("outside", "x");
  for (const char* name : {"../outside", "..", ".", "", "a/b", "sec ret", "\xC3\xBC"}) {
    const auto found = secret(folder_, name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().fault, Fault::invalid) << name;
    EXPECT_FALSE(store_secret(folder_, name, "x")) << name;
  }
}

TEST_F(Secrets, an_empty_file_and_a_folder_are_no_secrets) {
  given("secrets/empty", "\n");
  chmod((folder_ / "secrets/empty").c_str(), 0600);
  EXPECT_EQ(secret(folder_, "empty").error().fault, Fault::invalid);
  std::filesystem::create_directory(folder_ / "secrets/folder");
  EXPECT_EQ(secret(folder_, "folder").error().fault, Fault::invalid);
}

TEST_F(Secrets, a_rotated_token_replaces_the_old_one_and_stays_private) {
  ASSERT_TRUE(store_secret(folder_, "shop_key", "rotated"));
  EXPECT_EQ(*secret(folder_, "shop_key"), "rotated");
  struct stat facts {};
  ASSERT_EQ(stat((folder_ / "secrets/shop_key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  const auto files = std::distance(std::filesystem::directory_iterator(folder_ / "secrets"), std::filesystem::directory_iterator());
  EXPECT_EQ(files, 1) << "nothing is left beside it";
}

TEST_F(Secrets, the_folder_is_made_where_there_is_none) {
  std::filesystem::remove_all(folder_ / "secrets");
  ASSERT_TRUE(store_secret(folder_, "token", "t"));
  EXPECT_EQ(*secret(folder_, "token"), "t");
  EXPECT_EQ(std::filesystem::status(folder_ / "secrets").permissions(), std::filesystem::perms::owner_all);
}

TEST_F(Secrets, where_it_cannot_be_stored_the_error_names_the_place_and_not_the_value) {
  const auto stored = store_secret(folder_ / "not-there", "token", "value-to-keep");
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().fault, Fault::io);
  EXPECT_THAT(stored.error().text(), AllOf(HasSubstr("not-there"), Not(HasSubstr("value-to-keep"))));
}

}  // namespace
}  // namespace tally::settings
