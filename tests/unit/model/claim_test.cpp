#include "model/claim.hpp"

#include <gmock/gmock.h>

namespace tally {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr VariantNo shirt(1), box(2);
constexpr LocationNo main_store(1), branch(2);

OrderLine line(const char* id, Quantity quantity) {
  OrderLine made;
  made.id = id;
  made.quantity = quantity;
  return made;
}

Order order(OrderState state, Quantity quantity = 5) {
  Order made;
  made.state = state;
  made.lines = {line("a", quantity)};
  return made;
}

void ship(Order& order, Quantity quantity, const char* of = "a") {
  order.shipments.push_back({"", "", "", "", {{of, quantity, std::nullopt, false}}, std::nullopt});
}

void refund(Order& order, Quantity quantity, bool restocked) {
  order.refunds.push_back({"", "", std::nullopt, {{"a", quantity, std::nullopt, restocked}}, std::nullopt});
}

ResolvedLine stands_for(const char* line, std::vector<ResolvedLine::Part> parts) {
  ResolvedLine made;
  made.line = line;
  made.parts = std::move(parts);
  return made;
}

const std::vector<ResolvedLine> resolved{stands_for("a", {{shirt, 1, main_store}})};

Effect effect(const Order& order, ReserveAt reserve = ReserveAt::placed, bool expired = false) {
  const Claim claim = claim_of(order, resolved, reserve, expired);
  return claim.empty() ? Effect{} : claim.begin()->second;
}

TEST(Claim, a_pending_order_reserves_from_placing_until_it_expires) {
  EXPECT_EQ(effect(order(OrderState::pending)), (Effect{0, 5}));
  EXPECT_EQ(effect(order(OrderState::pending), ReserveAt::placed, true), (Effect{0, 0}));
  EXPECT_EQ(effect(order(OrderState::pending), ReserveAt::paid), (Effect{0, 0}));
}

TEST(Claim, what_is_paid_held_or_released_reserves_even_when_an_expiry_was_noted) {
  for (const auto state : {OrderState::paid, OrderState::held, OrderState::released}) {
    EXPECT_EQ(effect(order(state), ReserveAt::paid, true), (Effect{0, 5})) << name_of(state);
  }
}

TEST(Claim, what_left_is_off_the_shelf_and_the_rest_stays_reserved) {
  Order given = order(OrderState::part_shipped);
  ship(given, 2);
  EXPECT_EQ(effect(given), (Effect{-2, 3}));
  ship(given, 1);
  EXPECT_EQ(effect(given), (Effect{-3, 2}));
}

TEST(Claim, a_parcel_without_lines_is_everything_that_was_open) {
  Order given = order(OrderState::part_shipped);
  ship(given, 2);
  given.shipments.push_back({});
  EXPECT_EQ(effect(given), (Effect{-5, 0}));
}

TEST(Claim, shipped_and_completed_without_parcels_mean_that_all_left) {
  EXPECT_EQ(effect(order(OrderState::shipped)), (Effect{-5, 0}));
  EXPECT_EQ(effect(order(OrderState::completed)), (Effect{-5, 0}));
}

TEST(Claim, what_no_parcel_of_a_completed_order_names_left_too) {
  Order given = order(OrderState::completed);
  ship(given, 2);
  EXPECT_EQ(effect(given), (Effect{-5, 0}));
  refund(given, 3, false);
  EXPECT_EQ(effect(given), (Effect{-2, 0})) << "their money went back before they left";
  Order other = order(OrderState::shipped);
  ship(other, 4, "b");
  EXPECT_EQ(effect(other), (Effect{-5, 0}));
}

TEST(Claim, what_came_back_to_the_shelf_is_there_again_and_only_that) {
  Order given = order(OrderState::completed);
  refund(given, 2, true);
  refund(given, 1, false);
  EXPECT_EQ(effect(given), (Effect{-3, 0}));
}

TEST(Claim, an_order_that_arrives_cancelled_moves_nothing) {
  EXPECT_THAT(claim_of(order(OrderState::cancelled), resolved, ReserveAt::placed, false), IsEmpty());
}

TEST(Claim, a_cancelled_order_keeps_off_the_shelf_what_had_left_and_not_come_back) {
  Order given = order(OrderState::cancelled);
  ship(given, 5);
  refund(given, 2, true);
  EXPECT_EQ(effect(given), (Effect{-3, 0}));
}

TEST(Claim, units_that_never_left_cannot_come_back_and_only_free_the_reservation) {
  Order cancelled = order(OrderState::cancelled);
  refund(cancelled, 5, true);
  EXPECT_EQ(effect(cancelled), (Effect{0, 0})) << "a cancellation that the platform calls a restocked refund";
  Order paid = order(OrderState::paid);
  refund(paid, 2, true);
  EXPECT_EQ(effect(paid), (Effect{0, 3}));
  paid.state = OrderState::shipped;
  ship(paid, 3);
  EXPECT_EQ(effect(paid), (Effect{-3, 0})) << "the three that left are gone";
}

TEST(Claim, money_moves_no_stock) {
  Order given = order(OrderState::refunded);
  ship(given, 2);
  EXPECT_EQ(effect(given), (Effect{-2, 0})) << "what has not left by then will not leave";
  Order done = order(OrderState::refunded);
  done.fulfilment = FulfilmentState::done;
  EXPECT_EQ(effect(done), (Effect{-5, 0})) << "refunded without a return keeps the goods out";
  for (const auto state : {OrderState::refunded, OrderState::cancelled}) {
    Order named = order(state);
    named.fulfilment = FulfilmentState::done;
    ship(named, 2);
    EXPECT_EQ(effect(named), (Effect{-5, 0})) << "and those that no parcel names: " << name_of(state);
  }
}

TEST(Claim, a_unit_that_the_buyer_sent_back_had_left_though_no_parcel_names_it) {
  auto over = order(OrderState::completed, 3);
  ship(over, 1);
  EXPECT_EQ(effect(over), (Effect{-3, 0}));
  refund(over, 1, true);
  over.refunds.back().had_left = true;
  EXPECT_EQ(effect(over), (Effect{-2, 0}));
}

TEST(Claim, a_line_without_a_sensible_quantity_claims_nothing) {
  for (const Quantity quantity : {Quantity(0), Quantity(-3), Quantity(INT64_MAX)})
    EXPECT_EQ(effect(order(OrderState::paid, quantity)), Effect{}) << quantity;
}

TEST(Claim, goods_that_come_back_on_a_paper_of_their_own_go_onto_the_shelf) {
  Order given = order(OrderState::completed, 0);
  refund(given, 2, true);
  EXPECT_EQ(effect(given), (Effect{2, 0})) << "a till's return names no sale";
}

TEST(Claim, negative_numbers_in_parcels_and_refunds_move_nothing) {
  Order given = order(OrderState::part_shipped);
  ship(given, -2);
  refund(given, -2, true);
  EXPECT_EQ(effect(given), (Effect{0, 5}));
}

TEST(Claim, an_unresolved_line_claims_nothing_until_it_resolves) {
  EXPECT_THAT(claim_of(order(OrderState::paid), {}, ReserveAt::placed, false), IsEmpty());
  EXPECT_THAT(claim_of(order(OrderState::paid), {stands_for("a", {})}, ReserveAt::placed, false), IsEmpty());
}

TEST(Claim, a_bundle_claims_its_parts_where_they_lie) {
  const std::vector<ResolvedLine> bundle{stands_for("a", {{shirt, 2, main_store}, {box, 1, branch}})};
  Order given = order(OrderState::part_shipped, 3);
  ship(given, 1);
  EXPECT_THAT(claim_of(given, bundle, ReserveAt::placed, false),
              ElementsAre(Pair(std::pair(shirt, main_store), Effect{-2, 4}), Pair(std::pair(box, branch), Effect{-1, 2})));
}

TEST(Claim, lines_of_the_same_variant_add_up) {
  Order given = order(OrderState::paid, 2);
  given.lines.push_back(line("b", 3));
  const std::vector<ResolvedLine> both{stands_for("a", {{shirt, 1, main_store}}), stands_for("b", {{shirt, 1, main_store}})};
  EXPECT_THAT(claim_of(given, both, ReserveAt::placed, false), ElementsAre(Pair(std::pair(shirt, main_store), Effect{0, 5})));
}

TEST(LineCount, tells_ordered_cancelled_shipped_and_returned) {
  Order given = order(OrderState::part_shipped);
  ship(given, 2);
  refund(given, 4, true);
  const LineCount count = count_of(given, given.lines[0]);
  EXPECT_EQ(count.ordered, 5);
  EXPECT_EQ(count.shipped, 2);
  EXPECT_EQ(count.cancelled, 3);
  EXPECT_EQ(count.returned, 1);
  EXPECT_EQ(count.open(), 0);
}

TEST(Claim, each_parcel_and_each_return_moves_its_units_at_its_own_moment) {
  Order sold = order(OrderState::part_shipped);
  ship(sold, 2);
  ship(sold, 1);
  sold.shipments[0].at = from_ms(1000);
  sold.shipments[1].at = from_ms(3000);
  refund(sold, 3, true);  // two of them never left
  sold.refunds[0].at = from_ms(5000);
  const auto moves = moves_of(sold, resolved);
  EXPECT_THAT(moves, ElementsAre(Pair(Pair(shirt, main_store), ElementsAre(GoodsMoved{from_ms(1000), -2}, GoodsMoved{from_ms(3000), -1},
                                                                           GoodsMoved{from_ms(5000), 1}))));
}

TEST(Claim, no_parcel_leaves_before_its_order_was_placed_and_a_day_is_no_moment) {
  Order sold = order(OrderState::part_shipped);
  sold.placed_at = from_ms(2000);
  ship(sold, 2);
  ship(sold, 1);
  ship(sold, 1);
  sold.shipments[0].at = from_ms(1000);
  sold.shipments[1].at = from_ms(3000);
  sold.shipments[2].day = from_ms(1000);
  const auto moves = moves_of(sold, resolved);
  EXPECT_THAT(moves, ElementsAre(Pair(Pair(shirt, main_store), ElementsAre(GoodsMoved{from_ms(2000), -2}, GoodsMoved{from_ms(3000), -1},
                                                                           GoodsMoved{std::nullopt, -1}))));
}

TEST(Claim, what_moved_comes_to_what_is_claimed_on_hand) {
  std::vector<Order> orders{order(OrderState::shipped), order(OrderState::completed), order(OrderState::paid), order(OrderState::refunded)};
  for (const Quantity parcel : {1, 2, 5, 9}) {
    for (const Quantity back : {0, 1, 3, 7}) {
      orders.push_back(order(OrderState::part_shipped));
      ship(orders.back(), parcel);
      orders.back().shipments.push_back({});  // everything that was open
      refund(orders.back(), back, true);
      orders.push_back(order(OrderState::shipped));
      refund(orders.back(), back, true);
      orders.back().lines.front().restocked = back + 1;
    }
  }
  for (const auto& each : orders) {
    Quantity sum = 0;
    for (const auto& [key, moves] : moves_of(each, resolved)) {
      for (const auto& moved : moves) sum += moved.units;
    }
    EXPECT_EQ(sum, effect(each).on_hand) << to_json(each).dump();
  }
}

}  // namespace
}  // namespace tally
