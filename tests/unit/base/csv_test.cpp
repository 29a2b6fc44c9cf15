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

TEST(Csv, takes_the_separator_that_the_first_line_has_or_names) {
  const auto taken = [](std::string_view bytes) {
    const char separator = csv::take_separator(bytes);
    return std::string(1, separator) + std::string(bytes);
  };
  EXPECT_EQ(taken("a,b;c,d\n;;;;\n"), ",a,b;c,d\n;;;;\n");
  EXPECT_EQ(taken("a;\"b,c,d,e\";f\n"), ";a;\"b,c,d,e\";f\n") << "what is quoted separates nothing";
  EXPECT_EQ(taken("a\tb"), "\ta\tb");
  EXPECT_EQ(taken("sku"), ",sku");
  EXPECT_EQ(taken(""), ",");
  EXPECT_EQ(taken("sep=|\r\na|b"), "|\r\na|b");
  EXPECT_EQ(taken("sep=\n\na;b"), ",sep=\n\na;b") << "a line break separates nothing";
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

std::vector<std::string> first_cells(const csv::Salvage& found) {
  std::vector<std::string> cells;
  for (const auto& record : found.records) cells.push_back(record.cells.front());
  return cells;
}

TEST(CsvSalvage, a_quote_that_is_never_closed_costs_one_row) {
  // given: the quote of line 3 is open, and no other stands behind it
  const auto found = csv::salvage("sku,title,stock\nA,one,1\nB,\"two,2\nC,three,3\nD,four,4\n");
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(first_cells(*found), (Cells{"sku", "A", "C", "D"}));
  EXPECT_EQ(found->records[2].line, 4u);
  ASSERT_EQ(found->broken.size(), 1u);
  EXPECT_EQ(found->broken[0].line, 3u);
  EXPECT_NE(found->broken[0].what.find("before the file ends"), std::string::npos) << found->broken[0].what;
}

TEST(CsvSalvage, an_open_quote_before_quoted_rows_costs_one_row) {
  const auto found = csv::salvage("sku,title\r\n\"A\",\"one\r\n\"B\",\"two\"\r\n\"C\",\"three\"\r\n");
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(first_cells(*found), (Cells{"sku", "B", "C"}));
  ASSERT_EQ(found->broken.size(), 1u);
  EXPECT_EQ(found->broken[0].line, 2u);
  EXPECT_EQ(found->broken[0].until, 3u);
}

TEST(CsvSalvage, two_open_quotes_that_close_each_other_swallow_no_rows_between) {
  // given: the stray quote of line 5 closes the one that line 2 left open, and what follows it is a separator
  const auto found = csv::salvage("sku,title,stock\nA,\"one,1\nB,two,2\nC,three,3\nD,4 inch\",4\nE,five,5\n");
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(first_cells(*found), (Cells{"sku", "B", "C", "E"}));
  ASSERT_EQ(found->broken.size(), 2u);
  EXPECT_EQ(found->broken[0].line, 2u);
  EXPECT_NE(found->broken[0].what.find("takes whole rows"), std::string::npos) << found->broken[0].what;
  EXPECT_EQ(found->broken[1].line, 5u);

  // given: the same, where the row that comes of it has a cell too many
  const auto more = csv::salvage("sku,title,stock\nA,\"one,1\nB, two,2\nC\",three,3\nD,four,4\n");
  ASSERT_TRUE(more) << more.error().text();
  EXPECT_EQ(first_cells(*more), (Cells{"sku", "B", "D"}));
  ASSERT_EQ(more->broken.size(), 2u);
  EXPECT_NE(more->broken[0].what.find("4 cells where the header has 3"), std::string::npos) << more->broken[0].what;
}

TEST(CsvSalvage, a_description_of_many_lines_stays_one_cell) {
  std::string text = "sku,description,stock\nA,\"";
  for (int i = 0; i < 1500; ++i) text += "<li>\"\"line\"\", " + std::to_string(i) + "</li>\n";
  text += "\",1\nB,plain,2\n";
  const auto found = csv::salvage(text);
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_TRUE(found->broken.empty());
  ASSERT_EQ(first_cells(*found), (Cells{"sku", "A", "B"}));
  EXPECT_EQ(found->records[2].line, 1503u);
}

TEST(CsvSalvage, an_open_quote_swallows_no_more_than_the_limits) {
  std::string text = "sku,title\nA,\"open\n";
  for (std::size_t i = 0; i < csv::most_lines_a_record + 100; ++i) text += "S" + std::to_string(i) + ",t\n";
  text += "Z,\"closes\"\n";
  const auto found = csv::salvage(text);
  ASSERT_TRUE(found) << found.error().text();
  ASSERT_EQ(found->broken.size(), 1u);
  EXPECT_NE(found->broken[0].what.find("2,000 lines"), std::string::npos) << found->broken[0].what;
  EXPECT_EQ(found->records.size(), csv::most_lines_a_record + 102);

  const auto fat = csv::salvage("a,b\n1," + std::string(csv::most_bytes_a_cell + 1, 'x') + "\n2," +
                                std::string(csv::most_bytes_a_record + 1, 'y') + "\n3,z\n");
  ASSERT_TRUE(fat) << fat.error().text();
  EXPECT_EQ(first_cells(*fat), (Cells{"a", "3"}));
  ASSERT_EQ(fat->broken.size(), 2u);
  EXPECT_NE(fat->broken[0].what.find("1 MiB"), std::string::npos);
  EXPECT_NE(fat->broken[1].what.find("4 MiB"), std::string::npos);
}

TEST(CsvSalvage, gives_up_where_quotes_mean_nothing) {
  std::string text = "a,b\n";
  for (int i = 0; i < 1'100; ++i) text += "5\" pipe,1\n";
  EXPECT_FALSE(csv::salvage(text));
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
