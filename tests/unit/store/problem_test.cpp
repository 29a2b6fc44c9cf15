// A problem is there as long as its cause; one of each kind.
#include "opened.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/session.hpp"

namespace tally::store {
namespace {

class Problem : public Opened {
 protected:
  void SetUp() override {
    Opened::SetUp();
    ASSERT_TRUE(write([&](Session& session) {
                  shop = open_channel(session, "shop").no;
                  Product product;
                  product.code = product.title = "P";
                  product.variants.emplace_back();
                  product.variants.front().sku = Sku("A");
                  this->product = put_product(session, product, clock.now()).no;
                  variant = find_variant(session, Sku("A"))->no;
                }).has_value());
  }
  /// There while its cause is, not shown once it is not, and then not kept either.
  void solved_by(const std::string& kind, const std::string& thing, const std::function<void(Session&)>& cause,
                 const std::function<void(Session&)>& cure) {
    ASSERT_TRUE(write([&](Session& session) {
                  cause(session);
                  set_problem(session, {shop, kind, thing, "refused", "correct it", clock.now()});
                  forget_solved_problems(session);
                  EXPECT_EQ(problems(session, 10).size(), 1u) << kind << " is not solved yet";
                  cure(session);
                  EXPECT_TRUE(problems(session, 10).empty()) << kind;
                  forget_solved_problems(session);
                  Int kept = 0;
                  session.sql << "SELECT COUNT(*) FROM problem", soci::into(kept);
                  EXPECT_EQ(kept, 0) << kind;
                }).has_value());
  }
  void park(Session& session, const std::string& aspect, std::int64_t thing) {
    mark(session, {.channel = shop, .aspect = aspect, .thing = thing});
    park_mark(session, *find_mark(session, shop, aspect, thing), "refused", "7");
  }
  void clear(Session& session, const std::string& aspect, std::int64_t thing) {
    clear_mark(session, *find_mark(session, shop, aspect, thing));
  }

  ChannelNo shop;
  ProductNo product;
  VariantNo variant;
};

TEST_F(Problem, OfANumberOrAPriceEndsWithItsMark) {
  for (const std::string aspect : {"stock", "price"}) {
    solved_by(
        aspect, "A", [&](Session& session) { park(session, aspect, variant.value); },
        [&](Session& session) { clear(session, aspect, variant.value); });
  }
}

TEST_F(Problem, OfAListingsContentEndsWithItsMark) {
  solved_by(
      "content", "P", [&](Session& session) { park(session, "content", product.value); },
      [&](Session& session) { clear(session, "content", product.value); });
}

TEST_F(Problem, StaysWhileWhatWasRefusedIsTriedAgain) {
  ASSERT_TRUE(write([&](Session& session) {
                park(session, "price", variant.value);
                set_problem(session, {shop, "price", "A", "refused", "correct it", clock.now()});
                mark(session, {.channel = shop, .aspect = "price", .thing = variant.value});
                EXPECT_EQ(problems(session, 10).size(), 1u);
              }).has_value());
}

TEST_F(Problem, OfAListingThatThePlatformDoesNotKnowEndsWhenItIsBoundAgain) {
  solved_by(
      "content", "P", [&](Session& session) { put_listing(session, {.channel = shop, .product = product, .state = "gone"}); },
      [&](Session& session) { put_listing(session, {.channel = shop, .product = product, .state = "bound"}); });
}

TEST_F(Problem, OfAListingThatWasNotSeenEndsWithTheProduct) {
  solved_by(
      "listing", "P", [&](Session& session) { put_listing(session, {.channel = shop, .product = product, .state = "bound"}); },
      [&](Session& session) {
        Product ended;
        ended.code = ended.title = "P";
        ended.state = SaleState::ended;
        ended.variants.emplace_back();
        ended.variants.front().sku = Sku("A");
        put_product(session, ended, clock.now());
      });
}

TEST_F(Problem, OfADocumentEndsWhenItIsParkedNoMore) {
  solved_by(
      "inbox", "17", [&](Session& session) { park_row(session, 17, shop, "unreadable", clock.now()); },
      [](Session& session) { unpark_row(session, 17); });
}

TEST_F(Problem, OfTheGuardEndsWithItsHold) {
  solved_by(
      "guard", "d1",
      [&](Session& session) {
        hold(session, {"d1", shop, "price", "too many", clock.now(), 1}, {variant.value});
      },
      [](Session& session) { remove_hold(session, "d1"); });
}

TEST_F(Problem, OfAChannelEndsWhenItIsWorkedOnAgain) {
  solved_by(
      "channel", "shop", [&](Session& session) { set_paused(session, shop, "credentials refused"); },
      [&](Session& session) { set_paused(session, shop, ""); });
}

}  // namespace
}  // namespace tally::store
