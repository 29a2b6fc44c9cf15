// Three months of a real shop's order book over four pretend platforms: every invoice has a place, and the goods are accounted for.
#include "support/street.hpp"

#include <zlib.h>

#include <array>
#include <cstdlib>
#include <set>

namespace tally::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t invoices_of_the_quick_tier = 40;
constexpr std::size_t invoices_of_the_book = 4894;

fs::path order_book() {
  return fs::path(TALLYD_SOURCE_DIR).parent_path() / "shared/data/online-retail-2010-12-to-2011-02.csv.gz";
}

/// Its first invoices, as a plain file. No cell of this book has a line break.
std::size_t copy_first(std::size_t most, const fs::path& to) {
  const gzFile book = ::gzopen(order_book().c_str(), "rb");
  std::array<char, 4096> row{};
  std::set<std::string> invoices;
  std::string text;
  for (bool header = true; ::gzgets(book, row.data(), row.size()) != nullptr; header = false) {
    const std::string line = row.data();
    if (!header) invoices.insert(line.substr(0, line.find(',')));
    if (invoices.size() > most) break;
    text += line;
  }
  ::gzclose(book);
  write_file(to, text);
  return std::min(most, invoices.size());
}

struct Replayed {
  int code = -1;
  Json verdict;
  std::string said;
};

Replayed replay(const fs::path& file, const fs::path& folder, milliseconds patience) {
  Process demo;
  demo.start(program(), {"run", "--demo", "--replay", file.string(), "--json", "--keep", (folder / "demo").string()}, folder / "out",
             folder / "err");
  const auto code = demo.wait(patience);
  const std::string said = content_of(folder / "err");
  if (!code) return {.code = -1, .verdict = {}, .said = "it did not end. " + said};
  return {.code = *code, .verdict = Ended{.code = *code, .out = content_of(folder / "out"), .err = {}}.json(), .said = said};
}

void expect_all_accounted_for(const Replayed& replayed, std::size_t invoices) {
  const Json& verdict = replayed.verdict;
  ASSERT_TRUE(verdict.is_object()) << replayed.said;
  EXPECT_EQ(replayed.code, 0) << verdict.dump() << replayed.said;
  for (const auto* what : {"lost", "duplicated", "drift", "oversold_unexplained", "over_limit"})
    EXPECT_EQ(verdict.integer_or(what, -1), 0) << what << ": " << verdict.dump();
  EXPECT_EQ(verdict.integer_or("imported", -1), verdict.integer_or("orders"));
  std::int64_t by_reason = 0;
  for (const auto& [reason, count] : verdict.find("held_reasons")->as_object()) by_reason += *count.integer();
  EXPECT_EQ(by_reason, verdict.integer_or("held"));
  EXPECT_EQ(verdict.integer_or("orders") + verdict.integer_or("returns") + verdict.integer_or("adjustments") + verdict.integer_or("held"),
            static_cast<std::int64_t>(invoices))
      << verdict.dump();
}

TEST(Replay, EveryInvoiceOfARealOrderBookHasAPlaceAndTheGoodsAreAccountedFor) {
  if (!fs::exists(order_book())) GTEST_SKIP() << "no order book at " << order_book();
  const Folder folder;
  const char* whole = std::getenv("TALLYD_REPLAY");
  if (whole != nullptr && std::string(whole) == "whole") {
    expect_all_accounted_for(replay(order_book(), folder.path(), std::chrono::hours(2)), invoices_of_the_book);
    return;
  }
  const std::size_t invoices = copy_first(invoices_of_the_quick_tier, folder.path() / "book.csv");
  expect_all_accounted_for(replay(folder.path() / "book.csv", folder.path(), seconds(280)), invoices);
}

/// An order book of one day, row by row: invoice, SKU, units, customer.
struct Rows {
  std::string text = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
  void add(const std::string& invoice, const std::string& sku, int units, const std::string& customer) {
    text += invoice + "," + sku + ",Mug " + sku + "," + std::to_string(units) + ",12/1/10 8:26,2.55," + customer + ",United Kingdom\n";
  }
};

TEST(Replay, GoodsThatComeBackOverSeveralRowsAndBeforeTheirSaleWasReadAreThereOnce) {
  Rows book;
  // 600003, 600007: the market; 600002, 600006: the mini shop; 600004: the till (the number says which). All of it goes back at once.
  for (const char* number : {"600003", "600007", "600002", "600006", "600004"}) {
    const std::string invoice = number, sku = "2" + invoice.substr(2);
    book.add(invoice, sku, 4, invoice);
    book.add(invoice, sku, 6, invoice);
    for (const int units : {1, 2, 7}) book.add("C" + invoice, sku, -units, invoice);
  }
  // Nine tenths of what a week sells arrive: with these there is enough of everything for the orders before.
  for (const char* sku : {"20003", "20007", "20002", "20006", "20004"}) book.add("600001", sku, 100, "somebody");
  const Folder folder;
  write_file(folder.path() / "book.csv", book.text);
  const auto replayed = replay(folder.path() / "book.csv", folder.path(), seconds(120));
  expect_all_accounted_for(replayed, 11);
  EXPECT_EQ(replayed.verdict.integer_or("orders"), 6) << replayed.verdict.dump();
  EXPECT_EQ(replayed.verdict.integer_or("returns"), 5) << replayed.verdict.dump();
}

TEST(Replay, AFileThatIsNoOrderBookIsRefusedWithItsPlace) {
  const Folder folder;
  write_file(folder.path() / "book.csv",
             "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
             "1,A,Mug,two,12/1/10 8:26,2.55,17850,United Kingdom\n");
  const auto refused = replay(folder.path() / "book.csv", folder.path(), seconds(20));
  EXPECT_EQ(refused.code, 1);
  const Json* error = refused.verdict.find("error");
  ASSERT_NE(error, nullptr) << refused.verdict.dump() << refused.said;
  EXPECT_TRUE(error->text_or("where").ends_with("book.csv:2")) << error->dump();
  EXPECT_EQ(error->text_or("what"), "the quantity 'two' is no whole number");
}

}  // namespace
}  // namespace tally::tests
