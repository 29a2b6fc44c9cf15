// Pins, undo and saved plans, as the API hands them over.
#include "office.hpp"

namespace tally::engine {
namespace {

class AdminPins : public Office {
 protected:
  Json answered(const Result<Json>& answer) {
    EXPECT_TRUE(answer.has_value()) << answer.error().text();
    return answer ? *answer : Json::object();
  }
  static Json::Array items(const Json& answer, const char* name = "items") {
    const Json* list = answer.find(name);
    return list ? list->as_array() : Json::Array();
  }
};

TEST_F(AdminPins, APinIsListedExplainedAndClearedByTheNameOfItsSku) {
  sit_still();
  import("A", true);
  const Json wish = *Json::parse(R"({"sku": "A", "channel": "shop", "price": "12.50", "title": "Sale"})");
  EXPECT_EQ(items(answered(engine->pin(wish, "anna"))).size(), 2u);
  const auto listed = items(answered(engine->pins({.channel = "shop", .sku = {}, .state = {}, .cursor = {}})));
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_EQ(listed[0].text_or("value"), "12.50 EUR");
  EXPECT_EQ(listed[0].text_or("author"), "anna");
  EXPECT_EQ(listed[1].find("value")->text_or("title"), "Sale");
  const std::string story = answered(engine->explain("A", "shop", "stock")).text_or("text");
  EXPECT_NE(story.find("its price is 12.50 EUR, pinned by anna"), std::string::npos) << story;
  EXPECT_NE(story.find("the rules say 10.00 EUR"), std::string::npos) << story;
  EXPECT_EQ(answered(engine->unpin(*Json::parse(R"({"sku": "A", "channel": "shop", "aspect": "price"})"), "anna")).integer_or("cleared"),
            1);
  EXPECT_EQ(items(answered(engine->pins({}))).size(), 1u);
  EXPECT_EQ(answered(engine->unpin(*Json::parse(R"({"all": true, "channel": "shop"})"), "anna")).integer_or("cleared"), 1);
  EXPECT_FALSE(engine->unpin(*Json::parse(R"({"channel": "shop"})"), "anna").has_value());
  EXPECT_FALSE(engine->pin(*Json::parse(R"({"sku": "X", "channel": "shop", "price": "1"})"), "anna").has_value());
}

TEST_F(AdminPins, ADryRunOfAnUndoSaysWhatItWouldDoAndDoesNothing) {
  work();
  ASSERT_TRUE(engine->release_channel("shop", "test").has_value());
  import("A", true);
  const auto price = [&] {
    const auto offers = engine->offers({.channel = "shop", .sku = "A", .state = {}, .cursor = {}});
    return offers && !items(*offers).empty() ? items(*offers)[0].find("price")->text_or("confirmed") : std::string();
  };
  ASSERT_TRUE(soon([&] { return price() == "10.00 EUR"; }));
  const std::string then = format_iso(clock.now());
  clock.pass(Duration(60000));
  Json dearer = product("A");
  dearer.find("variants")->as_array().front().set("price", *Json::parse(R"({"amount": 12, "currency": "EUR"})"));
  ASSERT_TRUE(engine->import(Json::object({{"products", Json::Array{dearer}}}), "test").has_value());
  ASSERT_TRUE(soon([&] { return price() == "12.00 EUR"; }));
  Json wish = Json::object({{"channel", "shop"}, {"to", then}, {"dry_run", true}});
  EXPECT_EQ(answered(engine->undo(wish, "anna")).integer_or("prices"), 1);
  EXPECT_TRUE(items(answered(engine->pins({}))).empty());
  wish.erase("dry_run");
  const auto undone = answered(engine->undo(wish, "anna"));
  EXPECT_EQ(items(undone).front().text_or("to"), "10.00 EUR");
  EXPECT_TRUE(soon([&] { return price() == "10.00 EUR"; }));
  EXPECT_FALSE(engine->undo(Json::object({{"channel", "none"}, {"to", then}}), "anna").has_value());
}

TEST_F(AdminPins, APlanThatIsAppliedEndsTheObserving) {
  work();
  import("A", true);
  import("B", true);
  ASSERT_TRUE(soon([&] { return !shop().text_or("last_sweep").empty(); }));
  Json plan = answered(engine->plan("shop"));
  ASSERT_EQ(items(plan).size(), 2u);
  Json::Array lines = items(plan);
  lines.pop_back();
  plan.set("lines", lines);
  const auto applied = answered(engine->apply_plan(plan, "anna"));
  EXPECT_EQ(applied.integer_or("applied"), 1);
  EXPECT_EQ(items(applied, "held").size(), 1u);
  EXPECT_TRUE(soon([&] { return shop().integer_or("offers") == 1; }));
  EXPECT_EQ(shop().text_or("policy"), "full");
  EXPECT_EQ(shop().integer_or("held"), 1);
}

}  // namespace
}  // namespace tally::engine
