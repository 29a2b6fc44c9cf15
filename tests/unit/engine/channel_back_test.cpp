// A channel that a reload takes out and puts back: what came meanwhile is made up for.
#include "stock_house.hpp"

namespace tally::engine {
namespace {

class ChannelBack : public StockHouse {
 protected:
  void SetUp() override {
    StockHouse::SetUp();
    for (const char* name : {"one", "two"}) add_shop(name, {});
    add_product("A", 10);
    open();
  }
  /// The configuration without this channel, while `meanwhile` happens.
  void without(const std::string& name, const std::function<void()>& meanwhile) {
    const auto found = std::find_if(shops.begin(), shops.end(), [&](const auto& shop) { return shop->config.name == name; });
    ASSERT_NE(found, shops.end());
    auto taken = std::move(*found);
    shops.erase(found);
    open();
    meanwhile();
    shops.push_back(std::move(taken));
    open();
  }
  /// As an import does.
  void import(const std::string& sku) {
    add_product(sku, 5);
    write([&](store::Session& session) { resolve_waiting(session, core->world(), sku, [](ChannelNo, VariantNo, const OwnStep&) {}); });
  }
};

TEST_F(ChannelBack, ALineWhoseSkuCameWhileItsChannelWasOutIsReserved) {
  order("one", "1", "paid", {{"A", 1}, {"ghost", 2}});
  without("one", [&] {
    import("ghost");
    EXPECT_EQ(at("ghost", "main").reserved, 0) << "nobody can say what its channel claims";
  });
  EXPECT_EQ(at("ghost", "main").reserved, 2);
  EXPECT_TRUE(platform_order(order_row("one", "1")).holds.empty());
  EXPECT_EQ(number("two", "ghost").available, 3);
}

TEST_F(ChannelBack, ATitleAndAPriceThatChangedWhileItWasOutAreComparedAndSent) {
  ProductNo product;
  write([&](store::Session& session) {
    product = store::find_variant(session, Sku("A"))->product;
    for (const auto& channel : core->world().channels) {
      store::OfferRow offer;
      offer.channel = channel->no;
      offer.variant = store::find_variant(session, Sku("A"))->no;
      store::put_offer(session, offer);
      store::ListingRow listing;
      listing.channel = channel->no;
      listing.product = product;
      listing.state = "bound";
      store::put_listing(session, listing);
      for (const char* aspect : {"content", "price"}) {
        for (const auto& mark : store::due_marks(session, channel->no, aspect, clock.now(), 100)) store::clear_mark(session, mark);
      }
    }
  });
  const auto marks = [&](const char* aspect, std::int64_t thing) {
    bool found = false;
    write([&](store::Session& session) { found = store::find_mark(session, channel("one").no, aspect, thing).has_value(); });
    return found;
  };
  without("one", [] {});
  EXPECT_TRUE(marks("content", product.value));
  EXPECT_TRUE(marks("price", variant("A").value));
}

TEST_F(ChannelBack, AfterARestartToo) {
  order("one", "1", "paid", {{"ghost", 2}});
  without("one", [&] {
    import("ghost");
    core.reset();
    open();
  });
  EXPECT_EQ(at("ghost", "main").reserved, 2);
  const auto revision = order_row("one", "1").revision;
  open();
  EXPECT_EQ(order_row("one", "1").revision, revision) << "what is resolved is not resolved again";
}

}  // namespace
}  // namespace tally::engine
