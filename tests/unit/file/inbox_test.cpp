#include "till.hpp"

#include <gmock/gmock.h>

namespace tally::file {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Inbox : public Till {
 protected:
  std::string one(const std::string& receipt) const { return sales_header + receipt + ",1,A,1,5,,,5,EUR,2026-03-01T10:00:00Z\n"; }
};

TEST_F(Inbox, MovesAFileOnlyWhenItsReadingIsCommitted) {
  drop("sales/a.csv", one("R1"));
  const auto first = page();
  ASSERT_THAT(first.documents, SizeIs(1));
  EXPECT_TRUE(there("sales/a.csv"));
  // when: the daemon dies before the commit, so the cursor never comes back
  open();
  const auto again = page();
  ASSERT_THAT(again.documents, SizeIs(1));
  EXPECT_EQ(again.documents[0].body, first.documents[0].body);
  EXPECT_EQ(again.cursor, first.cursor);
  // when: the commit went through
  const auto last = page(again.cursor);
  EXPECT_THAT(last.documents, IsEmpty());
  EXPECT_THAT(last.cursor, IsEmpty()) << "the reading is complete";
  EXPECT_FALSE(there("sales/a.csv"));
  EXPECT_TRUE(there("sales/done/2026-03-01/a.csv"));
}

TEST_F(Inbox, LeavesUnfinishedWorkAlone) {
  drop("sales/whole.csv", one("R1"));
  std::ofstream(folder_ / "sales/upload.csv.part") << one("R2");
  std::ofstream(folder_ / "sales/upload.tmp") << one("R3");
  std::ofstream(folder_ / "sales/.hidden.csv") << one("R4");
  fs::create_symlink("/etc/hostname", folder_ / "sales/link.csv");
  EXPECT_THAT(reading(), SizeIs(1));
  EXPECT_TRUE(there("sales/upload.csv.part"));
}

TEST_F(Inbox, WaitsForAFileThatIsStillBeingWritten) {
  settings_.set("finished_after", "1h");
  open();
  fs::create_directories(folder_ / "sales");
  std::ofstream(folder_ / "sales/half.csv") << sales_header << "R1,1,A,";
  EXPECT_THAT(reading(), IsEmpty());
  EXPECT_TRUE(there("sales/half.csv"));
  EXPECT_FALSE(there("sales/errors/half.csv.refused.csv"));
  // when: it was finished long enough ago
  std::ofstream(folder_ / "sales/half.csv", std::ios::app) << "1,5,,,5,EUR,2026-03-01T10:00:00Z\n";
  fs::last_write_time(folder_ / "sales/half.csv", fs::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_THAT(reading(), SizeIs(1));
}

TEST_F(Inbox, KnowsTheSameFileWhenItIsDroppedAgain) {
  drop("sales/a.csv", one("R1"));
  EXPECT_THAT(reading(), SizeIs(1));
  open();
  drop("sales/copy of a.csv", one("R1"));
  EXPECT_THAT(reading(), IsEmpty());
  EXPECT_TRUE(there("sales/done/2026-03-01/copy of a.csv.duplicate"));
  EXPECT_THAT(bytes_of(folder_ / "sales/done/read.csv"), HasSubstr(",a.csv,2026-03-01T12:00:00Z"));
}

TEST_F(Inbox, ReadsTwoCopiesThatLieThereTogetherOnce) {
  drop("sales/a.csv", one("R1"));
  drop("sales/b.csv", one("R1"));
  EXPECT_THAT(reading(), SizeIs(1));
  EXPECT_FALSE(there("sales/a.csv"));
  EXPECT_FALSE(there("sales/b.csv"));
}

TEST_F(Inbox, ReadsAFileAgainThatChangedAfterItWasRead) {
  drop("sales/a.csv", one("R1"));
  const auto first = page();
  drop("sales/a.csv", one("R2"));
  const auto second = page(first.cursor);
  ASSERT_THAT(second.documents, SizeIs(1));
  EXPECT_THAT(second.documents[0].body, HasSubstr("R2"));
}

TEST_F(Inbox, KeepsFilesOfOneNameApart) {
  drop("sales/sales.csv", one("R1"));
  EXPECT_THAT(reading(), SizeIs(1));
  drop("sales/sales.csv", one("R2"));
  EXPECT_THAT(reading(), SizeIs(1));
  EXPECT_TRUE(there("sales/done/2026-03-01/sales.csv"));
  EXPECT_TRUE(there("sales/done/2026-03-01/sales.csv.2"));
}

TEST_F(Inbox, KeepsAFileThatCannotBeMovedAndReadsTheOthers) {
  // given: done/ is a file, so that nothing can be moved below it
  fs::create_directories(folder_ / "sales");
  std::ofstream(folder_ / "sales/done") << "in the way";
  drop("sales/a.csv", one("R1"));
  const auto first = page();
  ASSERT_THAT(first.documents, SizeIs(2)) << "the receipt, and that `done` holds no sales";
  // then: the reading ends, it does not go round in circles
  const auto last = page(first.cursor);
  EXPECT_THAT(last.documents, IsEmpty());
  EXPECT_THAT(last.cursor, IsEmpty());
  EXPECT_TRUE(there("sales/a.csv"));
  // when: the way is free, the next reading moves it without reading it twice
  fs::remove(folder_ / "sales/done");
  EXPECT_THAT(reading(), IsEmpty());
  EXPECT_TRUE(there("sales/done/2026-03-01/a.csv"));
}

TEST_F(Inbox, DoesNotTakeAMissingShareForAnEmptyOne) {
  fs::remove_all(folder_);
  const auto result = connector_->read_orders({.what = channel::Want::What::orders, .since = {}, .until = {}, .cursor = {}, .things = {}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::transient);
  EXPECT_FALSE(fs::exists(folder_)) << "and does not make it";
}

TEST_F(Inbox, RefusesACursorThatPointsElsewhere) {
  for (const char* cursor : {"17", R"([{"in":"sales","name":"../../etc/passwd","hash":"x"}])"}) {
    channel::Want want{.what = channel::Want::What::orders, .since = {}, .until = {}, .cursor = cursor, .things = {}};
    const auto result = connector_->read_orders(want);
    ASSERT_FALSE(result) << cursor;
    EXPECT_EQ(result.error().fault, Fault::invalid);
  }
}

TEST_F(Inbox, TellsOfAFileOfWhichNothingCouldBeUsed) {
  drop("sales/bad.csv", "a;b\n");
  const auto first = page();
  ASSERT_THAT(first.documents, SizeIs(1));
  EXPECT_EQ(first.documents[0].headers.at("about"), "sales/bad.csv");
  const auto parsed = connector_->parse(first.documents[0], {});
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().text(), HasSubstr("sales/bad.csv: line 1 was refused: the whole file: "));
  page(first.cursor);
  // when: a good file of that name comes
  drop("sales/bad.csv", one("R1"));
  const auto good = page();
  ASSERT_THAT(good.documents, SizeIs(2));
  EXPECT_EQ(good.documents[1].headers.at("about"), "sales/bad.csv");
  const auto ended = connector_->parse(good.documents[1], {});
  ASSERT_TRUE(ended);
  EXPECT_THAT(*ended, IsEmpty());
}

TEST_F(Inbox, TellsOfAReceiptOfWhichNoRowCouldBeUsed) {
  drop("sales/a.csv", sales_header + "R1,1,A,x,5,,,5,EUR,2026-03-01T10:00:00Z\n");
  const auto first = page();
  ASSERT_THAT(first.documents, SizeIs(1));
  const auto parsed = connector_->parse(first.documents[0], {});
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().text(), HasSubstr("line 2 was refused: quantity: 'x' is not a whole number"));
}

TEST_F(Inbox, FindsCertainReceiptsWithoutMovingAnything) {
  drop("sales/a.csv", one("R1"));
  drop("sales/b.csv", one("R2"));
  channel::Want want;
  want.what = channel::Want::What::orders;
  want.things = {Json::object({{"@id", "R2@2026-03-01"}})};
  const auto found = connector_->read_orders(want);
  ASSERT_TRUE(found);
  ASSERT_THAT(found->documents, SizeIs(1));
  EXPECT_THAT(found->documents[0].body, HasSubstr("R2"));
  EXPECT_TRUE(there("sales/b.csv"));
}

}  // namespace
}  // namespace tally::file
