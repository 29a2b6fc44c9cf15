// Why a channel shows its number: the event that changed it, and what that was then.
#include "engine/engine.hpp"
#include "stock_house.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

class Explained : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    for (const char* name : {"one", "two"}) add_shop(name, {});
    add_product("A", 10);
    open();
    come_to_rest();
  }
  std::string story(const std::string& on) {
    Engine engine(*store, clock, Log(), config, 2, "test", {});
    std::vector<ChannelSetup> setups;
    for (const auto& shop : shops) setups.push_back({shop->config, shop->connector});
    EXPECT_TRUE(engine.set_channels(config, std::move(setups)).has_value());
    const auto told = engine.explain("A", on);
    EXPECT_TRUE(told.has_value()) << told.error().text();
    return told ? told->text_or("text") : "";
  }
  void a_look_finds_a_difference(const std::string& on) {
    const auto no = variant("A");
    write([&](store::Session& session) { mark_aspect(session, channel(on).no, "stock", no.value, {"look", false, 0}, clock.now()); });
  }
};

TEST_F(Explained, AMovementIsLabelledWithWhatItsOrderWasThen) {
  const Time placed = clock.now();
  order("two", "7", "pending", {{"A", 2}}, placed);
  for (const char* state : {"paid", "shipped"}) {
    pass(Duration(60000));
    order("two", "7", state, {{"A", 2}}, placed);
  }
  const std::string text = story("one");
  EXPECT_THAT(text, HasSubstr("on hand +0, reserved +2, by order 7 of two (then pending)"));
  EXPECT_THAT(text, HasSubstr("on hand -2, reserved -2, by order 7 of two (then shipped)"));
  EXPECT_THAT(text, Not(HasSubstr("reserved +2, by order 7 of two (then shipped)")));
}

TEST_F(Explained, TheOrderBehindANumberIsItsCauseThoughALookCameBetween) {
  order("two", "7", "paid", {{"A", 2}});
  a_look_finds_a_difference("one");
  EXPECT_THAT(story("one"), HasSubstr("it waits to be pushed, because of order 7 of two (then paid)"));
  come_to_rest();
  EXPECT_THAT(story("one"), HasSubstr("because of order 7 of two (then paid); the platform: confirmed"));
  EXPECT_THAT(story("one"), Not(HasSubstr("look, which found")));
}

TEST_F(Explained, AHandsEditIsFoundByTheLook) {
  a_look_finds_a_difference("one");
  EXPECT_THAT(story("one"), HasSubstr("because of a look, which found it otherwise there"));
  receive_goods("A", 3);
  EXPECT_THAT(story("one"), HasSubstr("it waits to be pushed, because of receipt:1")) << "the receipt changed the number since";
}

}  // namespace
}  // namespace tally::engine
