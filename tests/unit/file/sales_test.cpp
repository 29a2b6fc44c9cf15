#include "model/order.hpp"
#include "till.hpp"

#include <gmock/gmock.h>

namespace tally::file {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Sales : public Till {};

Order order_of(const channel::Event& event) {
  auto order = order_from_json(event.tree);
  if (!order) {
    ADD_FAILURE() << order.error().text();
    return {};
  }
  return *order;
}

TEST_F(Sales, ArriveAsOneDocumentAReceiptAndReturnsStandApart) {
  // given: a receipt of two lines, and one that sells one thing and takes another back
  drop("sales/day.csv", sales_header +
                            "R1,1,TEE-S,2,19.90,1.80,,38.00,EUR,2026-03-01T10:00:00Z\n"
                            "R2,1,MUG,1,8.00,,,8.00,EUR,2026-03-01T10:05:00Z\n"
                            "R1,2,MUG,1,8.00,,,8.00,EUR,2026-03-01T10:00:00Z\n"
                            "R2,2,TEE-S,-1,19.90,,,-19.90,EUR,2026-03-01T10:05:00Z\n");
  const auto bodies = reading();
  ASSERT_THAT(bodies, SizeIs(2));
  EXPECT_EQ(bodies[0].text_or("receipt"), "R1");
  EXPECT_EQ(bodies[0].text_or("total"), "46");

  const auto sold = event("order", bodies[0]);
  EXPECT_THAT(sold.doubts, IsEmpty());
  EXPECT_EQ(sold.changed_at, *parse_iso("2026-03-01T10:00:00Z"));
  auto order = order_of(sold);
  EXPECT_EQ(order.id, "R1@2026-03-01");
  EXPECT_EQ(order.number, "R1");
  EXPECT_EQ(order.state, OrderState::completed);
  ASSERT_THAT(order.lines, SizeIs(2));
  EXPECT_EQ(order.lines[0].sku.text, "TEE-S");
  EXPECT_EQ(order.lines[0].quantity, 2);
  EXPECT_THAT(complete(order), IsEmpty());
  EXPECT_EQ(order.lines[0].amount, (Money{3980, {"EUR"}}));
  EXPECT_EQ(order.total, (Money{4600, {"EUR"}}));

  const auto mixed = order_of(event("order", bodies[1]));
  EXPECT_EQ(mixed.total, (Money{800, {"EUR"}})) << "what was sold; what was given back is the refund";
  ASSERT_THAT(mixed.refunds, SizeIs(1));
  EXPECT_EQ(mixed.refunds[0].amount, (Money{1990, {"EUR"}}));
  ASSERT_THAT(mixed.refunds[0].lines, SizeIs(1));
  EXPECT_EQ(mixed.refunds[0].lines[0].line, "2");
  EXPECT_EQ(mixed.refunds[0].lines[0].quantity, 1);
  EXPECT_TRUE(mixed.refunds[0].lines[0].restocked);
  ASSERT_THAT(mixed.lines, SizeIs(2));
  EXPECT_EQ(mixed.lines[1].sku.text, "TEE-S");
  EXPECT_EQ(mixed.lines[1].quantity, 0) << "nothing of it was sold here";
}

TEST_F(Sales, OfAReceiptThatOnlyTakesBackAreADocumentToo) {
  drop("sales/back.csv", sales_header + "R9,1,MUG,-2,8.00,,,-16.00,EUR,2026-03-01T10:00:00Z\n");
  const auto bodies = reading();
  ASSERT_THAT(bodies, SizeIs(1));
  const auto order = order_of(event("order", bodies[0]));
  EXPECT_EQ(order.state, OrderState::completed);
  ASSERT_THAT(order.refunds, SizeIs(1));
  EXPECT_EQ(order.refunds[0].lines[0].quantity, 2);
  EXPECT_EQ(order.total, (Money{0, {"EUR"}}));
}

TEST_F(Sales, WithTaxOnTopAddUp) {
  drop("sales/tax.csv",
       sales_header + "R1,1,A,2,10.00,,3.80,23.80,EUR,2026-03-01T10:00:00Z\nR2,1,A,2,11.90,,3.80,23.80,EUR,2026-03-01T10:00:00Z\n");
  const auto bodies = reading();
  ASSERT_THAT(bodies, SizeIs(2));
  for (const auto& body : bodies) {
    auto order = order_of(event("order", body));
    EXPECT_THAT(complete(order), IsEmpty()) << body.dump();
    EXPECT_EQ(order.total, (Money{2380, {"EUR"}}));
    EXPECT_EQ(order.tax, (Money{380, {"EUR"}}));
  }
}

TEST_F(Sales, AreReadFromGb18030UnderChineseHeadersInLocalTime) {
  settings_.set("time_zone", "Asia/Shanghai").set("currency", "CNY");
  open();
  // given: 小票号,行号,商品编码,数量,单价,金额,销售时间 in GB18030
  drop("sales/cn.csv",
       "\xD0\xA1\xC6\xB1\xBA\xC5,\xD0\xD0\xBA\xC5,\xC9\xCC\xC6\xB7\xB1\xE0\xC2\xEB,\xCA\xFD\xC1\xBF,\xB5\xA5\xBC\xDB,\xBD\xF0\xB6\xEE,"
       "\xCF\xFA\xCA\xDB\xCA\xB1\xBC\xE4\n"
       "R1,1,\xB1\xAD-1,2,5.5,11,2026/3/1 9:30\n");
  const auto bodies = reading();
  ASSERT_THAT(bodies, SizeIs(1));
  const auto order = order_of(event("order", bodies[0]));
  EXPECT_EQ(order.lines[0].sku.text, "杯-1");
  EXPECT_EQ(order.changed_at, *parse_iso("2026-03-01T01:30:00Z"));
  EXPECT_EQ(order.total, (Money{1100, {"CNY"}}));
}

TEST_F(Sales, InLatin1AreRefusedWithTheWayOutRatherThanReadAsChinese) {
  drop("sales/western.csv", sales_header + "R1,1,CAF\xc9-1,1,5,,,5,EUR,2026-03-01T10:00:00Z\n");
  const auto bodies = reading();
  ASSERT_THAT(bodies, SizeIs(1)) << "the report alone";
  EXPECT_THAT(bodies[0].text_or("reason"), HasSubstr("neither UTF-8 nor clearly GB18030"));
  EXPECT_THAT(bodies[0].text_or("reason"), HasSubstr("encoding: gb18030"));
}

TEST_F(Sales, ThatDoNotShowTheirEncodingAreReadInTheTillsOwn) {
  settings_.set("encoding", "gb18030");
  open();
  // given: one rare character, 镕, which could be two letters of the West as well
  drop("sales/rare.csv", sales_header +
                             "R1,1,\xe9"
                             "F-1,1,5,,,5,EUR,2026-03-01T10:00:00Z\n");
  const auto bodies = reading();
  ASSERT_THAT(bodies, SizeIs(1));
  EXPECT_EQ(order_of(event("order", bodies[0])).lines[0].sku.text, "镕-1");
}

TEST_F(Sales, RowsThatCannotBeUsedAreReportedByLineAndTheOthersGoOn) {
  drop("sales/bad.csv", sales_header +
                            "R1,1,A,1,5,,,5,EUR,2026-03-01T10:00:00Z\n"
                            "R1,2,,1,5,,,5,EUR,2026-03-01T10:00:00Z\n"
                            "R2,1,A,one,5,,,5,EUR,2026-03-01T10:00:00Z\n"
                            "R3,1,A,1,5,,,5,EUR,yesterday\n"
                            "R4,1,A,1,5\n"
                            "R5,1,A,1,,,,,EUR,2026-03-01T10:00:00Z\n"
                            "R6,1,\"B, large\",1,5,,,5,EUR,2026-03-01T10:00:00Z\n");
  const auto bodies = reading();
  ASSERT_THAT(bodies, SizeIs(3)) << "R1 without its second line, R6, and what was refused";
  const auto held = event("order", bodies[0]);
  EXPECT_THAT(held.doubts, ElementsAre(HasSubstr("line 3 of bad.csv was refused: sku: blank")))
      << "an order that lacks a line is held for a person";
  const auto report = bytes_of(folder_ / "sales/errors/bad.csv.refused.csv");
  EXPECT_THAT(report, HasSubstr("line,reason,row\n"));
  EXPECT_THAT(report, HasSubstr("\n3,sku: blank,"));
  EXPECT_THAT(report, HasSubstr("\n4,quantity: 'one' is not a whole number,"));
  EXPECT_THAT(report, HasSubstr("\n5,sold_at: 'yesterday' is not a time,"));
  EXPECT_THAT(report, HasSubstr("\n6,\"the row has 5 cells, the header 10\","));
  EXPECT_THAT(report, HasSubstr("\n7,\"total: blank, and so is unit_price\","));
  EXPECT_TRUE(there("sales/done/2026-03-01/bad.csv"));
}

TEST_F(Sales, OfAFileThatIsNoneAreSetAsideWithTheReason) {
  drop("sales/letter.csv", "Dear Sir,\nplease find enclosed\n");
  EXPECT_THAT(reading(), SizeIs(1)) << "what was refused";
  EXPECT_TRUE(there("sales/errors/letter.csv"));
  EXPECT_THAT(bytes_of(folder_ / "sales/errors/letter.csv.refused.csv"), HasSubstr("no column 'receipt'"));
  EXPECT_FALSE(there("sales/letter.csv"));
}

TEST_F(Sales, OfManyReceiptsComePageByPage) {
  std::string text = sales_header;
  for (int i = 0; i < 2500; ++i) text += "R" + std::to_string(i) + ",1,A,1,5,,,5,EUR,2026-03-01T10:00:00Z\n";
  drop("sales/many.csv", text);
  const auto first = page();
  EXPECT_THAT(first.documents, SizeIs(1000));
  const auto second = page(first.cursor);
  EXPECT_THAT(second.documents, SizeIs(1000));
  EXPECT_TRUE(there("sales/many.csv")) << "not all of it is committed";
  open();  // a restart in the middle goes on from the cursor
  const auto third = page(second.cursor);
  EXPECT_THAT(third.documents, SizeIs(500));
  EXPECT_EQ(Json::parse(third.documents.back().body)->text_or("receipt"), "R2499");
  EXPECT_THAT(page(third.cursor).cursor, IsEmpty());
  EXPECT_FALSE(there("sales/many.csv"));
}

TEST_F(Sales, CountsComeWithTheMomentOfCounting) {
  settings_.set("time_zone", "+01:00");
  open();
  drop("counts/week.csv",
       "sku,counted,counted_at\nTEE-S,7,2026-03-01 18:00:00\nMUG,,2026-03-01 18:00:00\nCUP,-1,2026-03-01 18:00:00\nJAR,0,2026-03-01 "
       "18:00:00\n");
  const auto all = page();
  ASSERT_THAT(all.documents, SizeIs(3)) << "two counts, and what was refused";
  EXPECT_EQ(all.documents[0].kind, "level");
  const auto counted = event("level", *Json::parse(all.documents[0].body));
  EXPECT_EQ(counted.what, channel::Event::What::level);
  EXPECT_EQ(counted.tree.text_or("sku"), "TEE-S");
  EXPECT_EQ(counted.tree.integer_or("available"), 7);
  EXPECT_EQ(counted.changed_at, *parse_iso("2026-03-01T17:00:00Z"));
  EXPECT_THAT(bytes_of(folder_ / "counts/errors/week.csv.refused.csv"), HasSubstr("3,\"counted: blank, and blank is not zero\""));
}

}  // namespace
}  // namespace tally::file
