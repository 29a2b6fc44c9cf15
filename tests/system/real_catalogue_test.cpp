// A real shop's export, from the file to the platform.
#include "support/street.hpp"

#include <algorithm>

namespace tally::tests {
namespace {

std::size_t creates_in(const Json& plan) {
  const auto& items = plan.find("items")->as_array();
  return static_cast<std::size_t>(
      std::count_if(items.begin(), items.end(), [](const Json& item) { return item.text_or("action") == "create"; }));
}

std::size_t corrected(const Json& report, const std::string& kind) {
  const auto& rows = report.find("corrected")->as_array();
  return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [&](const Json& row) { return row.text_or("kind") == kind; }));
}

TEST(RealCatalogue, IsImportedPlannedAndListed) {
  const auto file = std::filesystem::path(TALLYD_SOURCE_DIR) / "../shared/data/woocommerce-luma-products.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the real catalogue is not here: " << file;

  // Given an empty storefront that takes as many requests as it gets, and a daemon that may send them,
  Json shop = platform("shop", "woocommerce");
  shop.set("limit", Json::object({{"requests", 100'000}, {"window_ms", 1000}}));
  Street street({shop});
  street.write_channel("shop", "limits: { requests_per_second: 2000, concurrency: 8 }\nsweep: 10m\n");
  street.open();

  // when the export is imported, all of it is understood,
  const Json report = street.done({"import", file.string()});
  EXPECT_EQ(report.integer_or("products"), 191);
  EXPECT_EQ(report.integer_or("variants"), 1891);
  EXPECT_EQ(report.integer_or("created"), 191);
  EXPECT_TRUE(report.find("refused_rows")->empty()) << report.find("refused_rows")->dump();
  EXPECT_TRUE(report.find("refused")->empty()) << report.find("refused")->dump();
  EXPECT_GE(corrected(report, "options"), 14u);

  // the plan lists every product,
  const Ended planned = street.tallyd({"plan"});
  EXPECT_EQ(planned.code, 2);
  EXPECT_EQ(creates_in(planned.json()), 191u);

  // one sync makes them all,
  street.done({"channel", "release", "shop"});
  const Ended synced = street.tallyd({"sync", "--wait", "200s"}, seconds(220));
  EXPECT_EQ(synced.code, 0) << synced.out << synced.err;
  EXPECT_EQ(street.ask("shop", "offers").find("offers")->as_array().size(), 1891u);
  EXPECT_EQ(street.ask("shop", "counters").integer_or("over_limit"), 0);

  // and nothing is left to do.
  const Ended again = street.tallyd({"plan"});
  EXPECT_EQ(again.code, 0) << again.out.substr(0, 2000);
  EXPECT_TRUE(again.json().bool_or("empty"));
}

}  // namespace
}  // namespace tally::tests
