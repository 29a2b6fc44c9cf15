// From where an order is sent: the merchant's rules by country, region, SKU and channel.
#include "stock_house.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Routes : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    config.locations = {{"main", ""}, {"london", ""}, {"dublin", ""}};
    for (const char* name : {"one", "two"}) add_shop(name, {});
    rules("two").locations = {"main", "dublin"};
    for (const char* sku : {"A", "B"}) add_product(sku, 0);
  }
  void stocked() {
    open();
    for (const char* location : {"main", "london", "dublin"}) {
      put("A", location, 5);
      put("B", location, 5);
    }
  }
  static std::function<void(Json&)> to(const std::string& country, const std::string& region = "") {
    return [=](Json& tree) { tree.set("ship_to", Json::object({{"country", country}, {"region", region}})); };
  }
  void sold(const std::string& on, const std::string& id, const std::string& sku, Quantity units, const std::function<void(Json&)>& where) {
    order(on, id, "paid", {{sku, units}}, clock.now(), where);
  }
  Quantity reserved(const std::string& sku, const std::string& location) { return at(sku, location).reserved; }
  std::string journal_of(const std::string& id) {
    std::string details;
    write([&](store::Session& session) {
      for (const auto& entry : store::journal_of(session, id, 100)) details += entry.detail;
    });
    return details;
  }
};

TEST_F(Routes, TheFirstRuleThatAnOrderMeetsSaysWhere) {
  config.routing = {{.countries = {"GB", "IE"}, .from = {"london", "dublin"}}, {.from = {"dublin"}}};
  stocked();
  sold("one", "1", "A", 1, to("ie"));
  EXPECT_EQ(reserved("A", "london"), 1) << "whatever its capitals";
  sold("one", "2", "A", 1, to("FR"));
  EXPECT_EQ(reserved("A", "dublin"), 1);
  sold("one", "3", "A", 1, {});
  EXPECT_EQ(reserved("A", "dublin"), 2) << "any country, and none";
  EXPECT_THAT(journal_of("1"), HasSubstr(R"("routed_by":"country GB, IE: from london, dublin")"));
  EXPECT_THAT(journal_of("3"), HasSubstr(R"("routed_by":"any country: from dublin")"));
}

TEST_F(Routes, WithoutARuleTheChannelsOwnOrderHolds) {
  config.routing = {{.countries = {"GB"}, .from = {"london"}}};
  stocked();
  sold("one", "1", "A", 1, to("FR"));
  sold("one", "2", "A", 1, {});
  EXPECT_EQ(reserved("A", "main"), 2);
  EXPECT_THAT(journal_of("1"), Not(HasSubstr("routed_by")));
}

TEST_F(Routes, RegionSkuAndChannelAreAskedToo) {
  config.routing = {{.countries = {"GB"}, .regions = {"Northern Ireland"}, .from = {"dublin"}},
                    {.skus = {"B"}, .from = {"london"}},
                    {.channels = {"two"}, .from = {"dublin"}}};
  stocked();
  sold("one", "1", "A", 1, to("GB", "Northern ireland"));
  EXPECT_EQ(reserved("A", "dublin"), 1);
  sold("one", "2", "A", 1, to("GB", "Kent"));
  EXPECT_EQ(reserved("A", "main"), 1);
  order("one", "3", "paid", {{"A", 1}, {"B", 1}});
  EXPECT_EQ(reserved("A", "london") + reserved("B", "london"), 2) << "one line has it, the order goes whole";
  sold("two", "4", "A", 1, {});
  EXPECT_EQ(reserved("A", "dublin"), 2);
}

TEST_F(Routes, WhatTheRulesLocationsDoNotHaveComesFromTheChannelsOthers) {
  config.routing = {{.countries = {"GB"}, .from = {"london"}}};
  stocked();
  sold("one", "1", "A", 6, to("GB"));
  EXPECT_EQ(reserved("A", "london"), 6) << "nobody has six: the rule's first owes them";
  sold("one", "2", "B", 5, to("GB"));
  sold("one", "3", "B", 5, to("GB"));
  EXPECT_EQ(reserved("B", "london"), 5);
  EXPECT_EQ(reserved("B", "main"), 5) << "it was on offer, so it is sent";
}

TEST_F(Routes, ALocationThatTheChannelDoesNotSellFromShipsNothingOfIt) {
  config.routing = {{.countries = {"GB"}, .from = {"london"}}, {.countries = {"GB"}, .from = {"london", "dublin"}}};
  stocked();
  sold("two", "1", "A", 1, to("GB"));
  EXPECT_EQ(reserved("A", "london"), 0);
  EXPECT_EQ(reserved("A", "dublin"), 1) << "the first rule is passed over";
}

TEST_F(Routes, AnOrderThatHasItsPlaceIsNotMovedByAChangedRuleOrAddress) {
  config.routing = {{.countries = {"GB"}, .from = {"london"}}};
  stocked();
  sold("one", "1", "A", 1, to("GB"));
  config.routing = {{.from = {"dublin"}}};
  open();
  pass(1min);
  order("one", "1", "paid", {{"A", 2}}, clock.now(), to("FR"));
  EXPECT_EQ(reserved("A", "london"), 2) << "its line stays where it is";
  order("one", "1", "paid", {{"A", 2}, {"B", 1}}, clock.now(), to("FR"));
  EXPECT_EQ(reserved("A", "london"), 2);
  EXPECT_EQ(reserved("B", "dublin"), 1) << "a line that comes is routed by the rules of now";
}

}  // namespace
}  // namespace tally::engine
