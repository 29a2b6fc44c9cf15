// The addresses of pins, undo and saved plans reach the engine with what they were given.
#include "wire.hpp"

#include <pwd.h>

namespace tally::server::test {
namespace {

TEST_F(ServerTest, WhatIsPinnedUndoneAndAppliedReachesTheEngine) {
  const std::string by = std::string(" by ") + getpwuid(geteuid())->pw_name;
  start();
  Wire wire = local();
  wire.ask(post("/api/v1/pins", R"({"sku":"A","price":"1"})"));
  EXPECT_EQ(admin.asked(), R"(pin {"sku":"A","price":"1"})" + by);
  wire.ask(post("/api/v1/pins/clear", R"({"all":true})"));
  EXPECT_EQ(admin.asked(), R"(unpin {"all":true})" + by);
  wire.ask(get("/api/v1/pins?channel=shop&limit=5"));
  EXPECT_EQ(admin.asked(), "pins shop||||5");
  wire.ask(post("/api/v1/undo", R"({"to":"T"})"));
  EXPECT_EQ(admin.asked(), R"(undo {"to":"T"})" + by);
  wire.ask(post("/api/v1/plan/apply", R"({"lines":[]})"));
  EXPECT_EQ(admin.asked(), R"(apply_plan {"lines":[]})" + by);
}

}  // namespace
}  // namespace tally::server::test
