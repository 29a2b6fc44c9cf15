// Five platforms sell the last units at the same time, each by its own number: what was sold too many is counted, and told.
#include "support/street.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>

namespace tally::tests {
namespace {

constexpr std::int64_t stock = 40;
constexpr int shoppers_a_platform = 12;  // sixty in all
const std::array<std::string, 5> platforms{"shop", "outlet", "mini", "market", "till"};

std::string forty_tees() {
  return "code,title,description,category,image,sku,price,stock\n"
         "TEE,Tee,A plain tee,Clothes,https://pictures.example.com/tee.jpg,TEE,19.90,40\n";
}

/// All shoppers at once, those of a platform one behind the other, each for one unit. The orders that the platforms accepted.
std::set<std::string> race(Street& street) {
  std::array<std::set<std::string>, platforms.size()> accepted;
  std::array<std::thread, platforms.size()> queues;
  std::atomic<bool> go{false};
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    queues[i] = std::thread([&, i] {
      while (!go) std::this_thread::yield();
      for (int shopper = 0; shopper < shoppers_a_platform; ++shopper) {
        const Json order = street.tell(platforms[i], "buy", Json::object({{"sku", "TEE"}, {"quantity", 1}}));
        if (!order.find("refused")) accepted[i].insert(platforms[i] + "/" + order.text_or("id"));
      }
    });
  }
  go = true;
  for (auto& queue : queues) queue.join();
  std::set<std::string> all;
  for (const auto& orders : accepted) all.insert(orders.begin(), orders.end());
  return all;
}

/// "buffer ≥ 3 on mini", or why no rule would have helped.
bool names_a_rule(const std::string& rule) {
  if (rule.starts_with("none: ")) return true;
  return std::any_of(platforms.begin(), platforms.end(), [&](const std::string& name) { return rule.ends_with(" on " + name); });
}

class Race : public ::testing::Test {
 protected:
  Race()
      : street_({platform("shop", "woocommerce"), platform("outlet", "woocommerce"), platform("mini", "wechat-shop"),
                 platform("market", "douyin"), platform("till", "till")}) {
    for (const auto& name : platforms) {
      street_.write_channel(name);
      if (name != "till") street_.enter_hook(name);
    }
    street_.open();
    street_.import(forty_tees());
    street_.release({platforms.begin(), platforms.end()});
  }

  Street street_;
};

TEST_F(Race, WhatSixtyShoppersBoughtTooManyIsOversoldToTheUnitAndEachTimeBothOrdersAreNamed) {
  for (const auto& name : platforms) {
    ASSERT_TRUE(street_.soon([&] { return street_.shown(name, "TEE") == stock; })) << name;
  }

  const auto orders = race(street_);
  const std::int64_t sold = static_cast<std::int64_t>(orders.size()), too_many = sold - stock;
  ASSERT_GT(too_many, 0) << "the platforms refused so many that nothing was left to tell";

  ASSERT_TRUE(street_.soon([&] { return street_.available("TEE") == -too_many; }, seconds(30))) << sold << " were sold";
  for (const auto& name : platforms) {
    EXPECT_TRUE(street_.soon([&] { return street_.shown(name, "TEE") == 0; }, seconds(30))) << name << " still shows some";
  }
  std::int64_t told = 0;
  const Json status = street_.status();
  for (const Json& record : status.find("oversold")->as_array()) {
    ASSERT_EQ(record.text_or("sku"), "TEE");
    told += record.integer_or("short");
    EXPECT_TRUE(orders.contains(record.text_or("order"))) << record.dump();
    EXPECT_TRUE(orders.contains(record.text_or("other_order"))) << record.dump();
    EXPECT_NE(record.text_or("order"), record.text_or("other_order"));
    EXPECT_GE(record.integer_or("delay_ms", -1), 0) << record.dump();
    EXPECT_TRUE(names_a_rule(record.text_or("rule"))) << record.dump();
  }
  EXPECT_EQ(told, too_many);
}

}  // namespace
}  // namespace tally::tests
