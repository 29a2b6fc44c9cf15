// The addresses of the stock reach the engine with what they were given.
#include "wire.hpp"

#include <pwd.h>

namespace tally::server::test {
namespace {

TEST_F(ServerTest, WhatIsAskedOfTheStockReachesTheEngine) {
  const std::string by = std::string(" by ") + getpwuid(geteuid())->pw_name;
  start();
  Wire wire = local();
  wire.ask(post("/api/v1/stock", R"({"kind":"receipt","rows":[{"sku":"A","quantity":1}]})"));
  EXPECT_EQ(admin.asked(), R"(stock {"kind":"receipt","rows":[{"sku":"A","quantity":1}]})" + by);
  wire.ask(post("/api/v1/stock/reverse", R"({"cause":"receipt:17"})"));
  EXPECT_EQ(admin.asked(), "reverse receipt:17" + by);
  wire.ask(post("/api/v1/stock/quotas", R"({"end":3})"));
  EXPECT_EQ(admin.asked(), R"(quota {"end":3})" + by);
  wire.ask(post("/api/v1/stock/route", R"({"order":"7"})"));
  EXPECT_EQ(admin.asked(), R"(route {"order":"7"})" + by);
  wire.ask(get("/api/v1/stock/oversells?limit=5"));
  EXPECT_EQ(admin.asked(), "oversells ||||5");
  EXPECT_EQ(status_of(wire.ask(get("/api/v1/stock/rules"))), 200);
  EXPECT_EQ(status_of(wire.ask(get("/api/v1/stock/reverse"))), 405);
}

}  // namespace
}  // namespace tally::server::test
