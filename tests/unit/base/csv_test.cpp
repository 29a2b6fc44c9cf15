#include "base/csv.hpp"

#include <gtest/gtest.h>

using namespace tally;

namespace {

using Cells = std::vector<std::string>;

TEST(Csv, reads_cells_quotes_and_line_breaks_inside_quotes) {
  const auto records = csv::parse("sku,title\r\nA-1,\"a \"\"big\"\" mug\"\r\nA-2,\"two\nlines\"\n");
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), 3u);
  EXPECT_EQ((*records)[1].cells, (Cells{"A-1", "a \"big\" mug"}));
  EXPECT_EQ((*records)[2].cells, (Cells{"A-2", "two\nlines"}));
}

TEST(Csv, knows_the_line_each_record_began_on) {
  const auto records = csv::parse(
      "\xef\xbb\xbf"
      "h\n\n  \na,\"1\r\n2\r\n3\"\r\n\r\nb\rc");
  ASSERT_TRUE(records) << records.error().text();
  ASSERT_EQ(records->size(), 4u);
  EXPECT_EQ((*records)[0].line, 1u);
  EXPECT_EQ((*records)[0].cells, Cells{"h"}) << "without the byte order mark";
  EXPECT_EQ((*records)[1].line, 4u) << "blank lines begin no record";
  EXPECT_EQ((*records)[2].line, 8u);
  EXPECT_EQ((*records)[3].line, 9u) << "a lone carriage return ends a line too, and the last line needs no end";
  EXPECT_EQ((*records)[3].cells, Cells{"c"});
}

TEST(Csv, takes_another_separator_and_empty_cells) {
  EXPECT_EQ((*csv::parse("a;;c\n", ';'))[0].cells, (Cells{"a", "", "c"}));
  EXPECT_EQ((*csv::parse("a\t\t\n", '\t'))[0].cells, (Cells{"a", "", ""}));
  EXPECT_TRUE(csv::parse("")->empty());
}

TEST(Csv, says_on_which_line_a_quote_is_wrong) {
  const auto open = csv::parse("a,b\nc,\"d\ne,f\n");
  ASSERT_FALSE(open);
  EXPECT_NE(open.error().what.find("begins on line 2"), std::string::npos) << open.error().what;
  const auto inside = csv::parse("a\n5\" pipe,3\n");
  ASSERT_FALSE(inside);
  EXPECT_NE(inside.error().what.find("line 2"), std::string::npos) << inside.error().what;
  EXPECT_FALSE(csv::parse("\"a\"b,c\n"));
}

TEST(Csv, refuses_a_record_of_absurdly_many_cells) {
  EXPECT_FALSE(csv::parse(std::string(20'000, ',') + "\n"));
}

TEST(Csv, reads_back_every_line_it_writes) {
  const std::vector<Cells> lines{
      {"a", "b"}, {""}, {"", ""}, {"1,5", "x;y", "tab\there"}, {"\"quoted\"", "two\nlines", "cr\rhere"}, {" kept ", "\t"}, {"中文", "é"}};
  std::string text;
  for (const Cells& cells : lines) text += csv::line(cells);
  const auto records = csv::parse(text);
  ASSERT_TRUE(records);
  ASSERT_EQ(records->size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ((*records)[i].cells, lines[i]);
  EXPECT_EQ(csv::line({"plain", "3"}), "plain,3\n");
}

TEST(Gb18030, becomes_utf8) {
  EXPECT_EQ(*csv::from_gb18030("\xd6\xd0\xce\xc4,1"), "中文,1");
  EXPECT_EQ(*csv::from_gb18030("\x81\x30\x84\x36"), "\xc2\xa5") << "four bytes";
  std::string many, wanted;
  for (int i = 0; i < 100'000; ++i) {
    many += "\xd6\xd0";
    wanted += "中";
  }
  EXPECT_EQ(*csv::from_gb18030(many), wanted) << "more than one buffer";
}

TEST(Gb18030, refuses_bytes_that_are_none_and_says_where) {
  const auto text = csv::from_gb18030("ab\xd6\xd0\xff\xff");
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().what.find("byte 4"), std::string::npos) << text.error().what;
  EXPECT_FALSE(csv::from_gb18030("a\xd6")) << "half a character at the end";
}

TEST(ToUtf8, keeps_utf8_and_converts_only_the_rest) {
  EXPECT_EQ(*csv::to_utf8("\xef\xbb\xbf中文"), "中文");
  EXPECT_EQ(*csv::to_utf8("\xd6\xd0\xce\xc4"), "中文");
  EXPECT_EQ(*csv::to_utf8("plain"), "plain");
  const auto wide =
      csv::to_utf8(std::string_view("\xff\xfe"
                                    "a\0b\0",
                                    6));
  ASSERT_FALSE(wide);
  EXPECT_NE(wide.error().what.find("UTF-16"), std::string::npos);
}

TEST(IsUtf8, refuses_overlong_forms_surrogates_and_broken_ends) {
  EXPECT_TRUE(csv::is_utf8(""));
  EXPECT_TRUE(csv::is_utf8("a\xc3\xa9\xf0\x9f\x98\x80"));
  for (const char* bytes : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\xe4\xb8", "\x80", "\xff"})
    EXPECT_FALSE(csv::is_utf8(bytes));
}

}  // namespace
