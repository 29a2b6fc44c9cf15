#include "base/csv.hpp"
#include "pretend.hpp"

#include <filesystem>
#include <fstream>

namespace tally::sandbox {
namespace {

namespace fs = std::filesystem;

class TillSandbox : public ::testing::Test {
 protected:
  TillSandbox() : folder(fs::temp_directory_path() / ("till-" + crypto::hex(crypto::random_bytes(8)))), till(platform(folder)) {}
  ~TillSandbox() override { fs::remove_all(folder); }

  static Json platform(const fs::path& folder) {
    return Json::object({{"name", "till"}, {"dialect", "till"}, {"folder", folder.string()}, {"currency", "EUR"}});
  }
  std::vector<std::string> files(const std::string& kind) const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder / kind)) {
      std::ifstream file(entry.path(), std::ios::binary);
      if (!entry.path().filename().string().starts_with("."))
        found.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return found;
  }
  std::vector<std::vector<std::string>> rows(const std::string& kind) const {
    std::vector<std::vector<std::string>> all;
    for (const std::string& bytes : files(kind)) {
      const auto records = csv::parse(csv::to_utf8(bytes).value()).value();
      for (std::size_t i = 1; i < records.size(); ++i) all.push_back(records[i].cells);
    }
    return all;
  }
  void offer(const std::string& name, const std::string& text) const {
    std::ofstream(folder / "offers" / ("." + name + ".tmp")) << text;
    fs::rename(folder / "offers" / ("." + name + ".tmp"), folder / "offers" / name);
  }

  fs::path folder;
  Pretend till;
};

TEST_F(TillSandbox, shows_what_the_offers_say_and_counts_each_change_as_a_write) {
  offer("offers.csv", "sku,title,barcode,price,currency,available\nMUG,\"A mug, blue\",,12.50,EUR,7\n");
  EXPECT_TRUE(eventually([&] { return till.shown("MUG") == 7; }));
  EXPECT_EQ(till.offer("MUG").text_or("price"), "12.50");
  EXPECT_EQ(till.offer("MUG").text_or("title"), "A mug, blue");
  offer("offers.csv", "sku,title,barcode,price,currency,available\nMUG,\"A mug, blue\",,13.00,EUR,5\n");
  EXPECT_TRUE(eventually([&] { return till.shown("MUG") == 5; }));
  const Json counters = till.look("counters");
  EXPECT_EQ(counters.find("stock_history")->as_array().size(), 2u);
  EXPECT_EQ(counters.at("/stock_history/1/cause")->as_string(), "write");
}

TEST_F(TillSandbox, a_blank_number_in_the_offers_is_not_zero) {
  offer("offers.csv", "sku,title,barcode,price,currency,available\nMUG,Mug,,12.50,EUR,7\n");
  EXPECT_TRUE(eventually([&] { return till.shown("MUG") == 7; }));
  offer("offers.csv", "sku,title,barcode,price,currency,available\nMUG,Better mug,,12.50,EUR,\n");
  EXPECT_TRUE(eventually([&] { return till.offer("MUG").text_or("title") == "Better mug"; }));
  EXPECT_EQ(till.shown("MUG"), 7);
}

TEST_F(TillSandbox, setting_a_shelf_writes_a_count) {
  till.tell("stock", json(R"({"sku": "MUG", "quantity": 4})"));
  ASSERT_TRUE(eventually([&] { return !files("counts").empty(); }));
  EXPECT_EQ(files("counts")[0].substr(0, files("counts")[0].find_first_of("\r\n")), "sku,counted,counted_at");
  EXPECT_EQ(rows("counts")[0][0], "MUG");
  EXPECT_EQ(rows("counts")[0][1], "4");
}

TEST_F(TillSandbox, sells_what_is_not_there_and_writes_it_down_as_the_merchant_agreed) {
  till.tell("stock", json(R"({"sku": "MUG", "quantity": 1})"));
  offer("offers.csv", "sku,title,barcode,price,currency,available\nMUG,Mug,,12.50,EUR,0\n");
  EXPECT_TRUE(eventually([&] { return till.offer("MUG").text_or("price") == "12.50"; }));
  const std::string receipt = till.buy("MUG", 2).text_or("id");
  EXPECT_EQ(till.offer("MUG").integer_or("shelf"), -1);

  ASSERT_TRUE(eventually([&] { return !files("sales").empty(); }));
  EXPECT_TRUE(files("sales")[0].starts_with("receipt,line,sku,quantity,unit_price,discount,tax,total,currency,sold_at"));
  const auto row = rows("sales").at(0);
  EXPECT_EQ(std::vector<std::string>(row.begin(), row.end() - 1),
            (std::vector<std::string>{receipt, "1", "MUG", "2", "12.50", "0.00", "0.00", "25.00", "EUR"}));
  EXPECT_TRUE(parse_iso(row.back()));
}

TEST_F(TillSandbox, a_return_is_a_receipt_with_a_negative_quantity) {
  till.tell("stock", json(R"({"sku": "MUG", "quantity": 5})"));
  const std::string receipt = till.buy("MUG", 2).text_or("id");
  till.tell("orders/" + receipt + "/refund", json(R"({"quantity": 1})"));
  ASSERT_TRUE(eventually([&] { return rows("sales").size() == 2; }));
  const auto all = rows("sales");
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const auto& row) { return row[0] != receipt && row[3] == "-1"; }));
  EXPECT_EQ(till.offer("MUG").integer_or("shelf"), 4);
}

TEST_F(TillSandbox, a_return_that_names_a_line_twice_brings_all_of_it_back) {
  till.tell("stock", json(R"({"sku": "MUG", "quantity": 9})"));
  const Json sold = till.tell("sell", json(R"({"lines": [{"sku": "MUG", "quantity": 7, "price": "2.50"}]})"));
  const std::string receipt = sold.at("/order/id")->as_string();
  Json wish = json(R"({"lines": [{"line": 0, "quantity": 2}, {"line": 0, "quantity": 3}], "restock": true})");
  till.tell("return", wish.set("order", receipt));
  ASSERT_TRUE(eventually([&] { return rows("sales").size() == 2; }));
  std::int64_t left = 9;
  for (const auto& row : rows("sales")) left -= std::stoll(row[3]);
  EXPECT_EQ(left, 7);
  EXPECT_EQ(till.offer("MUG").integer_or("shelf"), 7);
}

TEST_F(TillSandbox, some_files_are_gb18030_and_none_is_ever_seen_half_written) {
  till.tell("stock", json(R"({"sku": "MUG", "quantity": 500})"));
  std::size_t bought = 0;
  const auto chinese = [&] {
    const auto all = files("sales");
    return std::any_of(all.begin(), all.end(), [](const std::string& bytes) { return !csv::is_utf8(bytes); });
  };
  while (bought < 60) {
    EXPECT_FALSE(till.buy("MUG").text_or("id").empty());
    ++bought;
    for (const std::string& bytes : files("sales")) EXPECT_EQ(bytes.back(), '\n');
  }
  EXPECT_TRUE(eventually([&] { return rows("sales").size() == bought; }));
  EXPECT_TRUE(chinese());
}

TEST_F(TillSandbox, told_to_repeat_itself_it_drops_the_same_bytes_twice) {
  till.tell("stock", json(R"({"sku": "MUG", "quantity": 5})"));
  till.misbehave("duplicate_percent", 100);
  till.buy("MUG");
  ASSERT_TRUE(eventually([&] { return files("sales").size() == 2; }));
  EXPECT_EQ(files("sales")[0], files("sales")[1]);
}

}  // namespace
}  // namespace tally::sandbox
