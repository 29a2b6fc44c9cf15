// Which orders the API lists.
#include "office.hpp"

namespace tally::engine {
namespace {

class OrderList : public Office {
 protected:
  void SetUp() override {
    Office::SetUp();
    sit_still();
  }
  void order(const std::string& id, const std::vector<std::string>& skus) {
    Json lines = Json::array();
    for (const auto& sku : skus) lines.push_back(Json::object({{"sku", sku}, {"quantity", 1}}));
    store::OrderRow row;
    row.channel = shop_no;
    row.id = id;
    row.state = "paid";
    row.resolved = Json::array();
    row.document = Json::object({{"currency", "EUR"}, {"lines", std::move(lines)}});
    write([&](store::Session& session) { store::insert_order(session, row); });
  }
  /// Their ids, page by page, until no cursor leads on.
  std::vector<std::string> listed(const std::string& sku, std::size_t limit) {
    std::vector<std::string> pages;
    Query query{.channel = {}, .sku = sku, .state = {}, .cursor = {}, .limit = limit};
    do {
      const auto answer = engine->orders(query);
      EXPECT_TRUE(answer.has_value()) << answer.error().text();
      if (!answer) return pages;
      pages.emplace_back();
      for (const auto& item : answer->find("items")->as_array()) pages.back() += item.text_or("id") + " ";
      query.cursor = answer->text_or("cursor");
    } while (!query.cursor.empty() && pages.size() < 20);
    return pages;
  }
};

using Pages = std::vector<std::string>;

TEST_F(OrderList, ShowedEveryOrderWhateverSkuWasAskedFor) {
  order("1", {"A"});
  order("2", {"B"});
  order("3", {"B", "A"});
  EXPECT_EQ(listed("A", 10), (Pages{"3 1 "}));
  EXPECT_EQ(listed(" B ", 10), (Pages{"3 2 "}));
  EXPECT_EQ(listed("C", 10), (Pages{""}));
  EXPECT_EQ(listed("", 10), (Pages{"3 2 1 "}));
}

TEST_F(OrderList, LosesNoOrderOfASkuBetweenPages) {
  for (int no = 1; no <= 1203; ++no) order(std::to_string(no), {no % 400 == 0 || no == 1 ? "A" : "B"});
  EXPECT_EQ(listed("A", 2), (Pages{"1200 800 ", "400 1 "}));
  EXPECT_EQ(listed("A", 3), (Pages{"1200 800 400 ", "1 "}));
}

}  // namespace
}  // namespace tally::engine
