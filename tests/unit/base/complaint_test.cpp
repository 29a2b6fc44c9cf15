#include "base/complaint.hpp"

#include <gtest/gtest.h>

namespace tally {
namespace {

TEST(Complaints, come_by_file_and_line_and_each_once) {
  Complaints complaints{{{"b.yaml", 1, 1}, "x", ""}, {{"a.yaml", 10, 1}, "x", ""}, {{"a.yaml", 2, 9}, "x", ""},
                        {{"a.yaml", 2, 3}, "y", ""}, {{"b.yaml", 1, 1}, "x", ""},  {{"a.yaml"}, "whole", ""}};
  put_in_order(complaints);
  EXPECT_EQ(text_of(complaints), "a.yaml: whole\na.yaml:2:3: y\na.yaml:2:9: x\na.yaml:10:1: x\nb.yaml:1:1: x\n");
}

TEST(Complaints, beyond_a_hundred_are_counted) {
  Complaints complaints(137, {{"a.yaml", 1, 1}, "x", ""});
  const std::string text = text_of(complaints);
  EXPECT_EQ(text.size(), 100 * std::string("a.yaml:1:1: x\n").size() + std::string("and 37 more\n").size());
  EXPECT_TRUE(text.ends_with("\nand 37 more\n"));
  complaints.resize(100);
  EXPECT_FALSE(text_of(complaints).ends_with("more\n"));
}

}  // namespace
}  // namespace tally
