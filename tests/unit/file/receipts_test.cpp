// A receipt that comes again: as another sale, as a correction, or as what cannot be told apart and changes nothing.
#include "till.hpp"

#include <gmock/gmock.h>

namespace tally::file {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Receipts : public Till {
 protected:
  void unique() {
    settings_.set("receipts", "unique");
    open();
  }
  /// The documents of one file of sales.
  std::vector<Json> sold(const std::string& rows) {
    drop("sales/" + std::to_string(++files_) + ".csv", sales_header + rows);
    return reading();
  }
  Result<std::vector<channel::Event>> parsed(const Json& body, const Json& known) const {
    return connector_->parse({.kind = "order", .body = body.dump(), .headers = {}}, known);
  }
  static std::string row(const std::string& receipt, const std::string& line, const std::string& sku, int quantity, const std::string& at) {
    return receipt + "," + line + "," + sku + "," + std::to_string(quantity) + ",5,,,,EUR," + at + "\n";
  }

 private:
  int files_ = 0;
};

TEST_F(Receipts, WhoseNumberBeginsAgainTheNextDayAreOtherOrders) {
  const auto first = sold(row("SC1", "1", "A", 1, "2026-11-21 10:00"));
  const auto second = sold(row("SC1", "1", "B", 1, "2026-11-22 09:00"));
  ASSERT_THAT(first, SizeIs(1));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_EQ(event("order", first[0]).tree.text_or("@id"), "SC1@2026-11-21");
  EXPECT_EQ(event("order", second[0]).tree.text_or("@id"), "SC1@2026-11-22");
  EXPECT_EQ(event("order", second[0]).tree.text_or("number"), "SC1");
}

TEST_F(Receipts, OfTwoDaysInOneFileAreTwoOrdersAndTheRowsOfEachStayTogether) {
  const auto bodies = sold(row("SC1", "1", "A", 1, "2026-11-21 10:00") + row("SC1", "1", "B", 2, "2026-11-22 09:00") +
                           row("SC1", "2", "C", 3, "2026-11-21 10:00") + "SC1,2,A,many,5,,,,EUR,2026-11-22 09:00\n");
  ASSERT_THAT(bodies, SizeIs(3)) << "and what was refused";
  EXPECT_THAT(bodies[0].find("lines")->as_array(), SizeIs(2));
  EXPECT_EQ(bodies[0].find("refused"), nullptr) << "the refused row is of the other day";
  EXPECT_THAT(bodies[1].find("lines")->as_array(), SizeIs(1));
  EXPECT_THAT(event("order", bodies[1]).doubts, ElementsAre(HasSubstr("line 5 of 1.csv was refused")));
}

TEST_F(Receipts, CorrectedOnTheSameDayReplaceTheOneBefore) {
  const auto known = event("order", sold(row("SC1", "1", "A", 1, "2026-11-21 10:00"))[0]).tree;
  const auto again = parsed(sold(row("SC1", "1", "A", 2, "2026-11-21 10:00") + row("SC1", "2", "B", 1, "2026-11-21 10:00"))[0], known);
  ASSERT_TRUE(again.has_value()) << again.error().text();
  EXPECT_EQ(again->front().tree.text_or("@id"), known.text_or("@id"));
  EXPECT_THAT(again->front().tree.find("lines")->as_array(), SizeIs(2));
}

TEST_F(Receipts, WithWhollyOtherGoodsAreRefusedUnlessTheOldOnesAreTakenBack) {
  const auto known = event("order", sold(row("SC1", "1", "A", 1, "2026-11-21 10:00"))[0]).tree;
  const auto other = parsed(sold(row("SC1", "1", "B", 1, "2026-11-21 18:00"))[0], known);
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().fault, Fault::rejected);
  EXPECT_THAT(other.error().text(), HasSubstr("receipt SC1 of 2026-11-21 came again and names none of what it sold before"));
  const auto corrected = parsed(sold(row("SC1", "1", "A", 1, "2026-11-21 10:00") + row("SC1", "2", "A", -1, "2026-11-21 10:00") +
                                     row("SC1", "3", "B", 1, "2026-11-21 10:00"))[0],
                                known);
  EXPECT_TRUE(corrected.has_value());
}

TEST_F(Receipts, ThatAreUniqueAreRefusedOnAnotherDayWithBothDates) {
  unique();
  const auto known = event("order", sold(row("SC1", "1", "A", 1, "2026-11-21 10:00"))[0]).tree;
  EXPECT_EQ(known.text_or("@id"), "SC1");
  const auto bodies = sold(row("SC1", "1", "A", 1, "2026-11-22 09:00"));
  const auto other = parsed(bodies[0], known);
  ASSERT_FALSE(other.has_value());
  EXPECT_THAT(other.error().text(), AllOf(HasSubstr("of 2026-11-22"), HasSubstr("of 2026-11-21"), HasSubstr("receipts: daily")));
  // when: the merchant says that numbers begin again, what was parked is read again
  settings_.set("receipts", "daily");
  open();
  EXPECT_EQ(event("order", bodies[0]).tree.text_or("@id"), "SC1@2026-11-22");
}

TEST_F(Receipts, AreNumberedByAWordThatExists) {
  Complaints complaints;
  settings_.set("receipts", "weekly");
  EXPECT_EQ(make(recipe(complaints), ports(), complaints), nullptr);
  EXPECT_THAT(text_of(complaints), HasSubstr("'weekly'"));
}

TEST_F(Receipts, LoseOneRowByAnOpenQuotationMarkAndTheFileGoesOn) {
  std::string rows;
  for (int i = 1; i <= 15; ++i) rows += "R" + std::to_string(i) + ",1," + (i == 7 ? "\"A" : "A") + ",1,5,,,5,EUR,2026-03-01T10:00:00Z\n";
  const auto bodies = sold(rows + "R7,2,B,1,5,,,5,EUR,2026-03-01T10:00:00Z\n");
  ASSERT_THAT(bodies, SizeIs(16)) << "14 whole receipts, the other row of R7, and what was refused";
  EXPECT_THAT(bytes_of(folder_ / "sales/errors/1.csv.refused.csv"), HasSubstr("\n8,"));
  for (const auto& body : bodies) {
    if (body.text_or("receipt") == "R7")
      EXPECT_THAT(event("order", body).doubts, ElementsAre(HasSubstr("line 8 of 1.csv was refused"))) << "it lacks a line";
    else
      EXPECT_EQ(body.find("refused"), nullptr) << body.dump();
  }
}

TEST_F(Receipts, OfWhichThousandsOfRowsAreRefusedSayTheFirstAndHowManyOthers) {
  // given: one number for a whole day, and a column that is wrong
  std::string rows = row("SC1", "1", "A", 1, "2026-11-21 10:00");
  for (int i = 2; i <= 10'002; ++i) rows += "SC1," + std::to_string(i) + ",A,many,5,,,,EUR,2026-11-21 10:00\n";
  // when
  const auto doubts = event("order", sold(rows)[0]).doubts;
  // then
  ASSERT_THAT(doubts, SizeIs(100));
  EXPECT_THAT(doubts.front(), HasSubstr("line 3 of 1.csv was refused"));
  EXPECT_EQ(doubts.back(), "9902 more rows of 1.csv were refused, see errors/");
}

TEST_F(Receipts, LoseOneCountByAnOpenQuotationMark) {
  drop("counts/c.csv",
       "sku,counted,counted_at\n\"A,1,2026-03-01 10:00\nB,2,2026-03-01 10:00\nC,96385074,2026-03-01 10:00\nD,4,2026-03-01 10:00\n");
  const auto bodies = reading();
  ASSERT_THAT(bodies, SizeIs(3)) << "B and D, and what was refused";
  EXPECT_EQ(bodies[0].text_or("sku"), "B");
  EXPECT_THAT(bytes_of(folder_ / "counts/errors/c.csv.refused.csv"),
              AllOf(HasSubstr("\n2,"), HasSubstr("\n4,counted: 96385074 cannot lie on a shelf")));
}

}  // namespace
}  // namespace tally::file
