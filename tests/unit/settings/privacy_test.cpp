// How long buyers stay, as a merchant writes it.
#include "configuration.hpp"

namespace tally::settings {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Configuration, buyers_and_raw_documents_stay_as_long_as_it_says) {
  EXPECT_EQ(loaded().privacy.keep_raw, Duration(30 * 24h));
  EXPECT_EQ(loaded().privacy.keep_buyers, Duration(400 * 24h));
  given("tallyd.yaml", "privacy: { keep_raw: 7d, keep_buyers: 90d }\n");
  EXPECT_EQ(loaded().privacy.keep_raw, Duration(7 * 24h));
  EXPECT_EQ(loaded().privacy.keep_buyers, Duration(90 * 24h));
}

TEST_F(Configuration, raw_documents_never_stay_longer_than_a_month) {
  given("tallyd.yaml", "privacy: { keep_raw: 31d, keep_buyer: 90d }\n");
  EXPECT_THAT(complaints(), ElementsAre(HasSubstr("'keep_raw' must be from 1h to 30d, but is 31d"), HasSubstr("keep_buyer")));
}

}  // namespace
}  // namespace tally::settings
