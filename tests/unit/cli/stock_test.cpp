// `tallyd stock` and `tallyd order route` before a daemon that answers what the test says.
#include "desk.hpp"

namespace tally::cli::test {
namespace {

class StockCommands : public CliTest {
 protected:
  std::string write_file(const std::string& text) {
    const auto file = folder / "goods.csv";
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }
};

TEST_F(StockCommands, AFileIsSentWithItsLinesAndWhatWasRefusedIsSaidByLine) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock",
              R"({"cause":"receipt:12ab","applied":1,"again":0,"refused":[{"line":3,"sku":"X","why":"there is no SKU 'X'"}],"held":[]})");
  const auto file = write_file("sku,quantity,reason\nA-1,12,\nX,3,late\n");
  EXPECT_EQ(tallyd({"stock", "receive", "--file", file, "--location", "main", "--reason", "delivery 7"}), exit_partly) << err.str();
  EXPECT_EQ(
      fake.asked().back(),
      R"(POST /api/v1/stock {"kind":"receipt","rows":[{"line":2,"sku":"A-1","quantity":"12","location":"main","reason":"delivery 7"},)"
      R"({"line":3,"sku":"X","quantity":"3","reason":"late","location":"main"}]})");
  EXPECT_TRUE(printed("1 row recorded as receipt:12ab")) << out.str();
  EXPECT_TRUE(printed("line 3: there is no SKU 'X'")) << out.str();
}

TEST_F(StockCommands, AFileMayBeSeparatedAsSpreadsheetsDo) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock", R"({"cause":"count:12ab","applied":1,"again":0,"refused":[],"held":[]})");
  for (const char* text : {"sku;counted;reason\r\nA-1;12;a,b\r\n;;\r\n", "sku\tcounted\treason\nA-1\t12\ta,b\n"}) {
    EXPECT_EQ(tallyd({"stock", "count", "--file", write_file(text)}), exit_ok) << err.str();
    EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock {"kind":"count","rows":[{"line":2,"sku":"A-1","quantity":"12","reason":"a,b"}]})");
  }
  EXPECT_EQ(tallyd({"stock", "count", "--file", write_file("sep=|\nsku|counted\nA;1|12\n")}), exit_ok) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock {"kind":"count","rows":[{"line":3,"sku":"A;1","quantity":"12"}]})");
}

TEST_F(StockCommands, ARowWithMoreCellsThanTheHeaderIsToldToTheDaemonAsUnreadable) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock", R"({"cause":"receipt:12ab","applied":1,"again":0,"refused":[{"line":2,"sku":"","why":"said"}],"held":[]})");
  EXPECT_EQ(tallyd({"stock", "receive", "--file", write_file("sku,quantity\nSHIRT,1,000\nTEE,5\nCAP\n")}), exit_partly) << err.str();
  const std::string sent = fake.asked().back();
  EXPECT_NE(sent.find(R"({"line":2,"unreadable":"the row has 3 cells, the header 2: )"), std::string::npos) << sent;
  EXPECT_NE(sent.find("write 1000, not 1,000"), std::string::npos) << sent;
  EXPECT_NE(sent.find(R"({"line":3,"sku":"TEE","quantity":"5"})"), std::string::npos) << sent;
  EXPECT_NE(sent.find(R"({"line":4,"unreadable":"the row has 1 cells, the header 2: )"), std::string::npos) << sent;
  EXPECT_EQ(sent.find("SHIRT"), std::string::npos) << "no cell of it is trusted";
}

TEST_F(StockCommands, AFileOfWesternExcelIsRefusedRatherThanReadAsChinese) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock", R"({"cause":"receipt:12ab","applied":1,"again":0,"refused":[],"held":[]})");
  const auto file = write_file("sku,quantity,reason\nA-1,12,Caf\xe9 M\xfcller\n");
  EXPECT_EQ(tallyd({"stock", "receive", "--file", file}), exit_error);
  EXPECT_TRUE(complained("neither UTF-8 nor clearly GB18030")) << err.str();
  EXPECT_TRUE(complained("--encoding latin1")) << err.str();
  EXPECT_TRUE(fake.asked().empty()) << "nothing was sent";

  EXPECT_EQ(tallyd({"stock", "receive", "--file", file, "--encoding", "latin1"}), exit_ok) << err.str();
  EXPECT_NE(fake.asked().back().find("Café Müller"), std::string::npos) << fake.asked().back();
  EXPECT_EQ(tallyd({"stock", "receive", "--file", write_file("sku,quantity,reason\nA-1,12,\xb5\xea\xc3\xe6\n")}), exit_ok) << err.str();
  EXPECT_NE(fake.asked().back().find("店面"), std::string::npos) << "what is clearly Chinese needs no option";
}

TEST_F(StockCommands, AnAdjustmentBelowZeroIsDoneAndSaid) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock", R"({"moved":true,"cause":"adjust:17","location":"store","on_hand":-3,"reserved":0,"available":-3})");
  EXPECT_EQ(tallyd({"stock", "adjust", "A-1", "-8", "--location", "store"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("recorded as adjust:17")) << out.str();
  EXPECT_TRUE(
      complained("warning: A-1: now -3 on hand at store, fewer than none; did you mean `tallyd stock count A-1 UNITS --location store`"))
      << err.str();
  EXPECT_TRUE(complained("`tallyd stock reverse adjust:17`")) << err.str();
  EXPECT_EQ(tallyd({"stock", "adjust", "A-1", "-8", "--json"}), exit_ok);
  EXPECT_NE(json_out().text_or("warning").find("now -3 on hand"), std::string::npos) << out.str();
  EXPECT_EQ(err.str(), "");
}

TEST_F(StockCommands, AnAdjustmentThatLeavesSomethingIsNoWarning) {
  with_daemon().answer("/api/v1/stock", R"({"moved":true,"cause":"adjust:17","on_hand":0,"reserved":0,"available":0})");
  EXPECT_EQ(tallyd({"stock", "adjust", "A-1", "-8"}), exit_ok);
  EXPECT_EQ(err.str(), "");
}

TEST_F(StockCommands, AFileThatTakesShelvesBelowZeroNamesThem) {
  with_daemon().answer("/api/v1/stock", R"({"cause":"adjust:12ab","applied":2,"again":0,"refused":[],"held":[],
      "below_zero":[{"line":3,"sku":"A-1","location":"main","on_hand":-2,"available":-4}]})");
  EXPECT_EQ(tallyd({"stock", "adjust", "--file", write_file("sku,quantity\nB-1,1\nA-1,-9\n")}), exit_ok) << err.str();
  EXPECT_TRUE(complained("line 3: A-1 at main is now below zero: on hand -2, available -4")) << err.str();
  EXPECT_TRUE(complained("`tallyd stock reverse adjust:12ab`")) << err.str();
}

TEST_F(StockCommands, AFileThatWasRecordedBeforeSaysHowToForceIt) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock", R"({"cause":"count:12ab","applied":0,"again":2,"refused":[],"held":[]})");
  const auto file = write_file("sku,counted,counted_at\nA-1,12,2026-11-21T18:00:00+01:00\nA-2,0,\n");
  EXPECT_EQ(tallyd({"stock", "count", "--file", file}), exit_ok) << err.str();
  EXPECT_TRUE(printed("nothing was done again; --again does it")) << out.str();
  EXPECT_EQ(tallyd({"stock", "count", "--file", file, "--again"}), exit_ok);
  EXPECT_NE(fake.asked().back().find(R"("again":true)"), std::string::npos);
}

TEST_F(StockCommands, AFileOfAnotherKindIsRefusedBeforeItIsSent) {
  auto& fake = with_daemon();
  const auto file = write_file("sku,quantity\nA-1,12\n");
  EXPECT_EQ(tallyd({"stock", "count", "--file", file}), exit_error);
  EXPECT_TRUE(complained("the column 'quantity' is not known here")) << err.str();
  EXPECT_TRUE(complained("known are sku, counted, location, reason, counted_at")) << err.str();
  EXPECT_EQ(tallyd({"stock", "receive", "--file", write_file("sku\nA-1\n")}), exit_error);
  EXPECT_TRUE(complained("the column 'quantity' is missing")) << err.str();
  EXPECT_EQ(tallyd({"stock", "receive", "A-1", "3", "--file", file}), exit_error);
  EXPECT_EQ(tallyd({"stock", "receive", "A-1"}), exit_error);
  EXPECT_EQ(tallyd({"stock", "receive", "--file", (folder / "none.csv").string()}), exit_error);
  EXPECT_TRUE(fake.asked().empty());
}

TEST_F(StockCommands, WhatTheGuardHoldsEndsWithItsExitCode) {
  with_daemon().answer("/api/v1/stock", R"({"cause":"count:12ab","applied":20,"again":0,"refused":[],"held":["9f"]})");
  EXPECT_EQ(tallyd({"stock", "count", "--file", write_file("sku,counted\nA-1,0\n")}), exit_guard);
  EXPECT_TRUE(printed("tallyd release 9f")) << out.str();
}

TEST_F(StockCommands, GoodsAreSentAndArrive) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock", R"({"moved":true,"cause":"transfer:7:out","transfer":7,"on_hand":6,"reserved":0,"available":6})");
  EXPECT_EQ(tallyd({"stock", "transfer", "A-1", "4", "--from", "main", "--to", "store"}), exit_ok) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock {"kind":"transfer","sku":"A-1","quantity":4,"from":"main","to":"store"})");
  EXPECT_TRUE(printed("tallyd stock arrive 7")) << out.str();
  EXPECT_EQ(tallyd({"stock", "arrive", "7", "--units", "3"}), exit_ok) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock {"kind":"arrive","transfer":7,"quantity":3})");
  EXPECT_EQ(tallyd({"stock", "transfer", "A-1", "4", "--from", "main", "--to", "store", "--arrived"}), exit_ok);
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock {"kind":"arrive","transfer":7})");
}

TEST_F(StockCommands, QuotasAreSetEndedAndListed) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock/quotas",
              R"({"quota":3,"channel":"shop","sku":"A-1","units":20,"left":20,"from":"x","until":"y","state":"planned"})");
  fake.answer(
      "/api/v1/stock/rules",
      R"({"quotas":[{"quota":3,"channel":"shop","sku":"A-1","units":20,"left":17,"from":"x","until":"y","state":"running"}],"transfers":[]})");
  EXPECT_EQ(tallyd({"stock", "quota", "A-1", "--channel", "shop", "--units", "20", "--from", "2026-11-27T00:00:00+01:00", "--until",
                    "2026-11-28T00:00:00+01:00"}),
            exit_ok)
      << err.str();
  EXPECT_EQ(
      fake.asked().back(),
      R"(POST /api/v1/stock/quotas {"sku":"A-1","channel":"shop","units":20,"until":"2026-11-28T00:00:00+01:00","from":"2026-11-27T00:00:00+01:00"})");
  EXPECT_EQ(tallyd({"stock", "quota-end", "3"}), exit_ok);
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock/quotas {"end":3})");
  EXPECT_EQ(tallyd({"stock", "rules"}), exit_ok);
  EXPECT_TRUE(printed("running")) << out.str();
  EXPECT_TRUE(printed("17")) << out.str();
}

TEST_F(StockCommands, ACauseIsReversedOnceAndTheSecondTimeSaysSo) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock/reverse", R"({"reversed":2,"held":[]})");
  fake.answer("/api/v1/stock/reverse", R"({"reversed":0,"held":[]})");
  EXPECT_EQ(tallyd({"stock", "reverse", "count:12ab"}), exit_ok) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock/reverse {"cause":"count:12ab"})");
  EXPECT_TRUE(printed("2 movements reversed"));
  EXPECT_EQ(tallyd({"stock", "reverse", "count:12ab"}), exit_ok);
  EXPECT_TRUE(printed("had been reversed before"));
}

TEST_F(StockCommands, OversellsAreListedWithWhatWouldHavePreventedThem) {
  with_daemon().answer(
      "/api/v1/stock/oversells",
      R"({"items":[{"at":"t","sku":"A-1","short":1,"order":"wechat/7","cause":"","other_order":"shop/3","delay_ms":2000,"rule":"buffer ≥ 1 on wechat"}]})");
  EXPECT_EQ(tallyd({"stock", "oversells"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("buffer ≥ 1 on wechat")) << out.str();
  EXPECT_TRUE(printed("wechat/7"));
}

TEST_F(StockCommands, WhatNoOrderTookIsNamedByItsCauseInBothPlaces) {
  const std::string record =
      R"({"at":"t","sku":"A-1","short":2,"order":"","cause":"adjust:17","other_order":"","delay_ms":0,"rule":"none: less was there"})";
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/stock/oversells", "{\"items\":[" + record + "]}");
  fake.answer("/api/v1/status", "{\"version\":\"1\",\"uptime_ms\":1,\"channels\":[],\"oversold\":[" + record + "]}");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"stock", "oversells"}, {"status"}}) {
    EXPECT_EQ(tallyd(words), exit_ok) << err.str();
    EXPECT_TRUE(printed("adjust:17")) << out.str();
    EXPECT_TRUE(printed("no order")) << out.str();
    EXPECT_FALSE(printed("0 ms")) << "no order was known late: " << out.str();
  }
}

TEST_F(StockCommands, AnOrderIsRoutedToAnotherLocation) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/stock/route", R"({"order":"7","location":"store","moved":1})");
  EXPECT_EQ(tallyd({"order", "route", "7", "--location", "store", "--channel", "shop"}), exit_ok) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/stock/route {"order":"7","location":"store","channel":"shop"})");
  EXPECT_TRUE(printed("1 part comes from store")) << out.str();
}

}  // namespace
}  // namespace tally::cli::test
