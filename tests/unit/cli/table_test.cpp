#include "cli/table.hpp"
#include "cli/demo_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace tally::cli::test {
namespace {

/// Columns of the longest line.
std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0, begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
    widest = std::max(widest, width_of(text.substr(begin, end - begin)));
  return widest;
}

struct Paper {
  std::ostringstream out, err;
  Console console{.out = out, .err = err};
};

TEST(Width, IsWhatATerminalShows) {
  EXPECT_EQ(width_of("abc"), 3u);
  EXPECT_EQ(width_of("店铺"), 4u);
  EXPECT_EQ(width_of("e\u0301"), 1u) << "a letter with a combining accent";
  EXPECT_EQ(width_of("Ünïcode"), 7u);
  EXPECT_EQ(width_of(""), 0u);
  EXPECT_EQ(width_of("👨‍👩‍👧"), 2u) << "one picture of several code points";
}

TEST(Table, OneLongCellInAPipeStaysWholeAndPadsNoOtherLine) {
  Paper paper;
  Table table({{"TITLE"}, {"SKU"}});
  const std::string longest(5000, 'x');
  table.add({{longest}, {"LONG"}});
  table.add({{"Mug"}, {"MUG"}});
  const std::string text = table.text(paper.console);
  EXPECT_NE(text.find(longest + "  LONG\n"), std::string::npos);
  EXPECT_LT(widest_line(text.substr(text.find("Mug"))), 100u);
}

TEST(Cut, NeverSplitsACharacterAndKeepsWithinItsColumns) {
  EXPECT_EQ(cut("店铺名称", 8), "店铺名称");
  EXPECT_EQ(cut("店铺名称", 7), "店铺名…");
  EXPECT_EQ(cut("店铺名称", 6), "店铺…");
  EXPECT_EQ(cut("abc", 2), "a…");
  EXPECT_EQ(cut("abc", 0), "");
  for (std::size_t columns = 1; columns < 12; ++columns) EXPECT_LE(width_of(cut("a店b铺c名d称e\u0301", columns)), columns);
}

TEST(Printable, TakesControlCharactersAndTurnedDirectionsOut) {
  EXPECT_EQ(printable("a\nb\tc"), "a b c");
  EXPECT_EQ(printable("a\x1b[31mb"), "a�[31mb");
  EXPECT_EQ(printable("x\u202Ey"), "x�y");
  EXPECT_EQ(printable("\xff\xfe"), "��");
  EXPECT_EQ(printable("店铺"), "店铺");
}

TEST(Numbers, AreGroupedByThousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1891), "1,891");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
  EXPECT_EQ(counted(1, "variant", "variants"), "1 variant");
  EXPECT_EQ(counted(1891, "variant", "variants"), "1,891 variants");
}

TEST(Table, LinesUpChineseAndLatinText) {
  Paper paper;
  Table table({{"NAME"}, {"N", Table::Side::right}, {"END"}});
  table.add({{"店铺"}, {"7"}, {"x"}});
  table.add({{"shop"}, {"1,000"}, {""}});
  EXPECT_EQ(table.text(paper.console),
            "NAME      N  END\n"
            "店铺      7  x\n"
            "shop  1,000\n");
}

TEST(Table, CutsLongCellsOnATerminalAloneForWhoeverReadsAPipeNeedsThemWhole) {
  Paper paper;
  Table table({{"WHAT TO DO", Table::Side::left, 12}, {"N"}});
  table.add({{"tallyd order release 17 --channel shop"}, {"1"}});
  EXPECT_EQ(table.text(paper.console),
            "WHAT TO DO                              N\n"
            "tallyd order release 17 --channel shop  1\n");
  paper.console.terminal = true;
  EXPECT_EQ(table.text(paper.console),
            "WHAT TO DO    N\n"
            "tallyd orde…  1\n");
}

TEST(Table, ColoursDoNotChangeTheWidths) {
  Paper paper;
  Table table({{"A"}, {"B"}});
  table.add({{"red", Colour::red}, {"x"}});
  const std::string plain = table.text(paper.console);
  paper.console.colours = true;
  std::string coloured = table.text(paper.console);
  EXPECT_NE(plain, coloured);
  for (const char* code : {"\x1b[31m", "\x1b[2m", "\x1b[0m"}) {
    for (std::size_t at = coloured.find(code); at != std::string::npos; at = coloured.find(code))
      coloured.erase(at, std::string(code).size());
  }
  EXPECT_EQ(plain, coloured);
}

const Json demo_status = *Json::parse(R"({"differences":0,"last_decrease_ms":312,"channels":[
  {"name":"storefront","state":"ok","offers":212,"pending":3,"differences":0,"parked":0,"oldest_unverified_s":2},
  {"name":"抖音小店","state":"backing_off","offers":212,"pending":0,"differences":1,"parked":0,"oldest_unverified_s":5}]})");

TEST(DemoTable, ShowsChannelsOffersOrdersDriftAndTheLastDecrease) {
  Paper paper;
  paper.console.width = 80;
  const DemoFacts facts{
      .running = Duration(83'000), .seed = 7, .orders = {{"storefront", 12}, {"抖音小店", 30}}, .note = "Ctrl-C ends the demo"};
  const std::string text = draw_demo(paper.console, demo_status, facts);
  EXPECT_EQ(text,
            "tallyd demo · 00:01:23 · seed 7\n"
            "42 orders · drift 0 · last decrease 312 ms\n"
            "\n"
            "CHANNEL     STATE        OFFERS  PENDING  ORDERS  DRIFT  PARKED\n"
            "storefront  ok              212        3      12      0       0\n"
            "抖音小店    backing_off     212        0      30      1       0\n"
            "\n"
            "1 difference among 424 offers; 3 changes pending, oldest unverified 5 s\n"
            "Ctrl-C ends the demo\n");
}

TEST(DemoTable, NoLineIsWiderThanTheTerminal) {
  Paper paper;
  DemoFacts facts{.running = Duration(0), .seed = 1, .orders = {}, .note = std::string(500, 'x')};
  for (const std::size_t width : {72u, 80u, 200u}) {
    paper.console.width = width;
    std::istringstream lines(draw_demo(paper.console, demo_status, facts));
    for (std::string line; std::getline(lines, line);) EXPECT_LT(width_of(line), width) << line;
  }
}

TEST(DemoTable, ADaemonThatSaysNothingYetIsNoTrouble) {
  Paper paper;
  EXPECT_NE(draw_demo(paper.console, Json::object(), {}).find("no channels yet"), std::string::npos);
  EXPECT_EQ(draw_demo_line(Json::object(), {}), "00:00:00  0 orders · drift 0 · no decrease yet\n");
}

TEST(Screen, DrawsOverTheLastPictureAndGivesTheCursorBack) {
  std::ostringstream out;
  {
    Screen screen(out, true);
    screen.show("a\nb\n");
    EXPECT_EQ(out.str(), "\x1b[?25l\r\x1b[Ja\nb\n");
    out.str({});
    screen.show("c\n");
    EXPECT_EQ(out.str(), "\x1b[2A\r\x1b[Jc\n");
    out.str({});
  }
  EXPECT_EQ(out.str(), "\x1b[?25h");
}

TEST(Screen, WithoutATerminalPrintsOnlyWhatIsNew) {
  std::ostringstream out;
  {
    Screen screen(out, false);
    screen.show("a\n");
    screen.show("a\n");
    screen.show("b\n");
  }
  EXPECT_EQ(out.str(), "a\nb\n");
}

}  // namespace
}  // namespace tally::cli::test
