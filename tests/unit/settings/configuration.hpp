// A merchant's configuration in a folder of its own that goes with the test.
#pragma once

#include "settings/settings.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace tally::settings {

class Configuration : public testing::Test {
 protected:
  Configuration() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tallyd-settings-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    for (const char* name : {"RUNTIME_DIRECTORY", "CREDENTIALS_DIRECTORY", "TALLYD_SHARE"}) unsetenv(name);
    given("tallyd.yaml", "");
  }
  ~Configuration() override { std::filesystem::remove_all(folder_); }

  void given(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  Settings loaded() {
    Complaints complaints;
    auto settings = load(folder_, complaints);
    EXPECT_TRUE(settings) << text_of(complaints);
    return settings.value_or(Settings());
  }

  /// Without the folder, so that a test can say the whole text.
  std::vector<std::string> complaints() {
    Complaints complaints;
    EXPECT_FALSE(load(folder_, complaints));
    std::vector<std::string> texts;
    for (const Complaint& complaint : complaints) {
      std::string text = complaint.text();
      const std::string prefix = folder_.string() + "/";
      for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
      texts.push_back(text);
    }
    return texts;
  }

  std::filesystem::path folder_;
};

}  // namespace tally::settings
