#include "opened.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/ledger.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"
#include "store/session.hpp"
#include "store/standing.hpp"

namespace tally::store {
namespace {

const ChannelNo shop{1};
const LocationNo shelf{1};
const VariantNo thing{1};

Time at(std::int64_t seconds) {
  return from_ms(1'767'225'600'000 + seconds * 1000);
}

class Rows : public Opened {
 protected:
  /// Everything in one transaction; what the test expects is said inside.
  void within(const std::function<void(Session&)>& work) {
    const auto done = write(work);
    ASSERT_TRUE(done.has_value()) << done.error().text();
  }
};

Movement movement(const std::string& cause, Quantity on_hand, Quantity reserved, Time effective = at(0)) {
  return {thing, shelf, "adjust", {on_hand, reserved}, cause, effective, ""};
}

using Ledger = Rows;

TEST_F(Ledger, ACauseMovesStockOnce) {
  within([](Session& session) {
    EXPECT_TRUE(append(session, movement("a", 5, 0), at(0)));
    EXPECT_FALSE(append(session, movement("a", 5, 0), at(1)));
    EXPECT_TRUE(append(session, movement("b", -2, 3), at(2)));
    const auto row = stock_at(session, thing, shelf);
    ASSERT_TRUE(row.has_value());
    EXPECT_EQ(row->sum, (Effect{3, 3}));
    EXPECT_EQ(movements_of(session, thing, 10).size(), 2u);
  });
}

TEST_F(Ledger, ItsSumsAreCheckedAgainstTheMovements) {
  within([](Session& session) {
    Product product;
    product.code = product.title = "P";
    product.variants.emplace_back();
    product.variants.front().sku = Sku("A");
    put_product(session, product, at(0));
    append(session, movement("a", 5, 1), at(0));
    EXPECT_TRUE(check_sums(session).empty());
    session.sql << "UPDATE stock SET on_hand = on_hand + 1";
    EXPECT_EQ(check_sums(session).size(), 1u);
  });
}

TEST_F(Ledger, TellsWhatLayThereAtAMoment) {
  within([](Session& session) {
    append(session, movement("a", 10, 0, at(10)), at(100));
    append(session, movement("b", -3, 0, at(20)), at(101));
    EXPECT_EQ(on_hand_as_of(session, thing, shelf, at(9)), 0);
    EXPECT_EQ(on_hand_as_of(session, thing, shelf, at(10)), 10);
    EXPECT_EQ(on_hand_as_of(session, thing, shelf, at(20)), 7);
  });
}

TEST_F(Ledger, HoldsMoreThanThirtyTwoBits) {
  within([](Session& session) {
    append(session, movement("a", 5'000'000'000, 0), at(0));
    EXPECT_EQ(stock_at(session, thing, shelf)->sum.on_hand, 5'000'000'000);
  });
}

Mark marked(Time since, bool by_order = false, std::int64_t batch = 0) {
  Mark m;
  m.channel = shop;
  m.aspect = "stock";
  m.thing = 1;
  m.since = since;
  m.cause = "test";
  m.by_order = by_order;
  m.batch = batch;
  return m;
}

using Marks = Rows;

TEST_F(Marks, OfOneThingCoalesceAndKeepTheFirstMoment) {
  within([](Session& session) {
    mark(session, marked(at(1)));
    mark(session, marked(at(2), true));
    const auto due = due_marks(session, shop, "stock", at(3), 10);
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due.front().generation, 2);
    EXPECT_EQ(due.front().since, at(1));
    EXPECT_TRUE(due.front().by_order);
  });
}

TEST_F(Marks, StandInTheOrderOfTheirRankAndWhatHasNoneTakesNoPlace) {
  within([](Session& session) {
    for (std::int64_t thing = 1; thing <= 1000; ++thing) {
      auto one = marked(at(thing));
      one.thing = thing;
      mark(session, one);
    }
    const auto due = due_marks(session, shop, "stock", at(2000), 4, [](std::int64_t thing, std::int64_t generation) {
      EXPECT_EQ(generation, 1);
      const auto rank = thing >= 999 ? 0 : 1000 - thing;
      return thing <= 500 ? std::nullopt : std::optional<std::int64_t>(rank);
    });
    ASSERT_EQ(due.size(), 4u);
    EXPECT_EQ(due[0].thing, 999);
    EXPECT_EQ(due[1].thing, 1000);
    EXPECT_EQ(due[2].thing, 998);
    EXPECT_EQ(due[3].thing, 997);
  });
}

TEST_F(Marks, ThatWereMadeAnewMeanwhileAreNotCleared) {
  within([](Session& session) {
    mark(session, marked(at(1)));
    const auto taken = find_mark(session, shop, "stock", 1);
    mark(session, marked(at(2)));
    clear_mark(session, *taken);
    EXPECT_TRUE(find_mark(session, shop, "stock", 1).has_value());
    clear_mark(session, *find_mark(session, shop, "stock", 1));
    EXPECT_FALSE(find_mark(session, shop, "stock", 1).has_value());
  });
}

TEST_F(Marks, OfAnOpenBatchWaitForIt) {
  within([](Session& session) {
    const auto batch = open_batch(session, "test", at(0));
    mark(session, marked(at(1), false, batch));
    EXPECT_TRUE(due_marks(session, shop, "stock", at(9), 10).empty());
    close_batch(session, batch);
    EXPECT_EQ(due_marks(session, shop, "stock", at(9), 10).size(), 1u);
  });
}

TEST_F(Marks, OfAnOrderDoNotWaitForTheImportThatMarkedTheSameAfterIt) {
  within([](Session& session) {
    mark(session, marked(at(1), true));
    mark(session, marked(at(2), false, open_batch(session, "test", at(0))));
    EXPECT_EQ(due_marks(session, shop, "stock", at(9), 10).size(), 1u);
  });
}

TEST_F(Marks, OfAPriceNeverPassTheImportThatMarkedThemAfterANewListing) {
  within([](Session& session) {
    Mark bound = marked(at(1), true), imported = marked(at(2), false, open_batch(session, "test", at(0)));
    bound.aspect = imported.aspect = "price";
    mark(session, bound);
    mark(session, imported);
    EXPECT_TRUE(due_marks(session, shop, "price", at(9), 10).empty()) << "the guard has not seen it yet";
    close_batch(session, imported.batch);
    hold(session, {"d1", shop, "price", "too many", at(3), 1}, {1});
    EXPECT_TRUE(due_marks(session, shop, "price", at(9), 10).empty()) << "and what it holds stays held";
  });
}

TEST_F(Marks, OfTwoBatchesWaitForTheOneThatMarkedThemLast) {
  within([](Session& session) {
    const auto first = open_batch(session, "test", at(0)), second = open_batch(session, "test", at(0));
    mark(session, marked(at(1), false, second));
    mark(session, marked(at(2), false, first));
    mark(session, marked(at(3)));  // what is no import's says nothing about them
    close_batch(session, second);
    EXPECT_TRUE(due_marks(session, shop, "stock", at(9), 10).empty());
    close_batch(session, first);
    EXPECT_EQ(due_marks(session, shop, "stock", at(9), 10).size(), 1u);
  });
}

TEST_F(Marks, ThatAreHeldWaitUnlessAnOrderCausedThem) {
  within([](Session& session) {
    mark(session, marked(at(1)));
    hold(session, {"digest", shop, "stock", "too many", at(0), 1}, {1});
    EXPECT_TRUE(due_marks(session, shop, "stock", at(9), 10).empty());
    mark(session, marked(at(2), true));
    EXPECT_EQ(due_marks(session, shop, "stock", at(9), 10).size(), 1u);
    EXPECT_TRUE(remove_hold(session, "digest"));
    EXPECT_FALSE(remove_hold(session, "digest"));
  });
}

TEST_F(Marks, ThatAreParkedAreTriedAgainWhenSomethingMarksThemAnew) {
  within([](Session& session) {
    mark(session, marked(at(1)));
    park_mark(session, *find_mark(session, shop, "stock", 1), "refused", "7");
    EXPECT_TRUE(due_marks(session, shop, "stock", at(9), 10).empty());
    EXPECT_EQ(standing_of(session, shop).parked, 1);
    mark(session, marked(at(2)));
    const auto due = due_marks(session, shop, "stock", at(9), 10);
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due.front().parked_hash, "7") << "what was refused is remembered";
  });
}

TEST_F(Marks, ThatAreDelayedComeWhenTheirTimeComesOrSomethingNewHappens) {
  within([](Session& session) {
    mark(session, marked(at(1)));
    delay_mark(session, *find_mark(session, shop, "stock", 1), at(100));
    EXPECT_TRUE(due_marks(session, shop, "stock", at(99), 10).empty());
    EXPECT_EQ(next_due_mark(session, shop), at(100));
    EXPECT_EQ(due_marks(session, shop, "stock", at(100), 10).size(), 1u);
    mark(session, marked(at(2)));
    EXPECT_EQ(due_marks(session, shop, "stock", at(3), 10).size(), 1u);
  });
}

TEST_F(Marks, TheMeterCountsThingsAndNotTimes) {
  within([](Session& session) {
    meter(session, shop, "stock.zero", 1, at(0));
    meter(session, shop, "stock.zero", 1, at(10));
    meter(session, shop, "stock.zero", 2, at(20));
    EXPECT_EQ(metered_since(session, shop, "stock.zero", at(0)), 2);
    EXPECT_EQ(metered_since(session, shop, "stock.zero", at(15)), 1);
  });
}

using Intents = Rows;

TEST_F(Intents, WithoutAResultAreFoundAndCollectWhatIsImportedMeanwhile) {
  within([](Session& session) {
    Intent intent;
    intent.channel = shop;
    intent.aspect = "stock";
    intent.thing = 1;
    intent.value = 4;
    intent.committed_at = at(1);
    const auto no = add_intent(session, intent);
    collect_step(session, no, 2);
    collect_step(session, no, -1);
    const auto open = open_intent_of(session, shop, "stock", 1);
    ASSERT_TRUE(open.has_value());
    EXPECT_EQ(open->taken_since, 2);
    EXPECT_EQ(open->given_since, -1);
    finish_intent(session, no, "confirmed", "", at(2));
    EXPECT_TRUE(open_intents(session, shop).empty());
    EXPECT_EQ(last_intents(session, shop, "stock", 1, 5).front().outcome, "confirmed");
  });
}

IntentNo written(Session& session, std::int64_t thing, Time when, const std::string& outcome = "confirmed") {
  Intent intent;
  intent.channel = shop;
  intent.aspect = "stock";
  intent.thing = thing;
  intent.committed_at = when;
  const auto no = add_intent(session, intent);
  if (!outcome.empty()) finish_intent(session, no, outcome, "", when);
  return no;
}

TEST_F(Intents, ThatAreFinishedAndOldGoButForTheNewestOfEachThing) {
  within([](Session& session) {
    for (int i = 0; i < 30; ++i) written(session, 1, at(i));
    for (int i = 30; i < 33; ++i) written(session, 2, at(i));
    EXPECT_FALSE(forget_intents(session, at(100), 20, 1000, at(200)));
    EXPECT_EQ(last_intents(session, shop, "stock", 1, 100).size(), 20u);
    EXPECT_EQ(last_intents(session, shop, "stock", 1, 100).front().committed_at, at(29));
    EXPECT_EQ(last_intents(session, shop, "stock", 2, 100).size(), 3u);
  });
}

TEST_F(Intents, WithoutAResultOrYoungStay) {
  within([](Session& session) {
    const auto in_the_air = written(session, 1, at(0), "");
    for (int i = 1; i < 30; ++i) written(session, 1, at(i));
    EXPECT_FALSE(forget_intents(session, at(6), 20, 1000, at(200)));
    EXPECT_TRUE(get_intent(session, in_the_air).has_value());
    EXPECT_EQ(last_intents(session, shop, "stock", 1, 100).size(), 25u) << "the one in the air, and 24 that are young";
  });
}

TEST_F(Intents, OfAThingThatIsWrittenSeldomGoToo) {
  within([](Session& session) {
    for (int i = 0; i < 100; ++i) {
      written(session, 1, at(i));
      forget_intents(session, at(i - 5), 20, 1000, at(i));  // so few are newer than those that just became old
      EXPECT_LE(last_intents(session, shop, "stock", 1, 100).size(), 26u);
    }
    EXPECT_FALSE(forget_intents(session, at(200), 20, 1000, at(200)));
    EXPECT_EQ(last_intents(session, shop, "stock", 1, 100).size(), 20u);
  });
}

using Orders = Rows;

OrderRow order_row(const std::string& id, Time accepted, Quantity taken) {
  OrderRow row;
  row.channel = shop;
  row.id = id;
  row.revision = 1;
  row.state = "pending";
  row.document = row.resolved = row.claim = Json::array();
  row.taken = Json::Array{Json::Array{thing.value, taken}};
  row.accepted_at = accepted;
  return row;
}

TEST_F(Orders, AreWrittenOnceAndChangedOnlyFromTheRevisionBefore) {
  within([](Session& session) {
    auto row = order_row("7", at(1), 2);
    row.no = insert_order(session, row);
    row.revision = 3;
    EXPECT_FALSE(update_order(session, row));
    row.revision = 2;
    EXPECT_TRUE(update_order(session, row));
    EXPECT_FALSE(update_order(session, row));
    EXPECT_EQ(find_order(session, shop, "7")->revision, 2);
  });
  EXPECT_EQ(write([](Session& session) { insert_order(session, order_row("7", at(2), 1)); }).error().fault, Fault::io)
      << "an id is one order";
}

TEST_F(Orders, TellWhatWasTakenSinceAMoment) {
  within([](Session& session) {
    for (int i = 0; i < 120; ++i) insert_order(session, order_row(std::to_string(i), at(i), 2));
    EXPECT_EQ(taken_since(session, shop, thing, at(100)), 40);
    EXPECT_EQ(taken_since(session, shop, thing, at(0)), 240);
    EXPECT_EQ(taken_since(session, ChannelNo(2), thing, at(0)), 0);
    EXPECT_EQ(taken_since(session, shop, VariantNo(2), at(0)), 0);
  });
}

TEST_F(Orders, ThatWaitForASkuAreFoundByIt) {
  within([](Session& session) {
    set_unresolved(session, OrderNo(4), {"A", "B"});
    EXPECT_EQ(orders_waiting_for(session, "A"), std::vector<OrderNo>{OrderNo(4)});
    set_unresolved(session, OrderNo(4), {"B"});
    EXPECT_TRUE(orders_waiting_for(session, "A").empty());
  });
}

TEST_F(Orders, AddBackIsTheSumOverThem) {
  within([](Session& session) {
    set_add_back(session, shop, thing, OrderNo(1), 2);
    set_add_back(session, shop, thing, OrderNo(2), -3);
    EXPECT_EQ(add_back(session, shop, thing), -1);
    set_add_back(session, shop, thing, OrderNo(2), 0);
    EXPECT_EQ(add_back(session, shop, thing), 2);
  });
}

using Offers = Rows;

TEST_F(Offers, KeepEveryFieldAndTellWhichAreOwedALook) {
  within([](Session& session) {
    OfferRow offer;
    offer.channel = shop;
    offer.variant = thing;
    offer.low = 3, offer.high = 7;
    offer.anchor_from = at(1), offer.anchor_to = at(2);
    offer.suspect = true;
    offer.owed_look_at = at(50);
    offer.price_sent = "10.00 EUR";
    put_offer(session, offer);
    const auto found = find_offer(session, shop, thing);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->high, 7);
    EXPECT_EQ(found->anchor_to, at(2));
    EXPECT_EQ(found->price_sent, "10.00 EUR");
    EXPECT_TRUE(offers_owed_a_look(session, shop, at(49), 10).empty());
    EXPECT_EQ(offers_owed_a_look(session, shop, at(50), 10).size(), 1u);
    EXPECT_EQ(next_owed_look(session, shop), at(50));
  });
}

TEST_F(Offers, AreNoLongerSuspectOnceOrdersWereReadThatBeganAfterTheLook) {
  within([](Session& session) {
    OfferRow offer;
    offer.channel = shop;
    offer.variant = thing;
    offer.suspect = true;
    offer.anchor_to = at(10);
    put_offer(session, offer);
    EXPECT_TRUE(clear_suspects(session, shop, at(9)).empty());
    EXPECT_EQ(clear_suspects(session, shop, at(10)).size(), 1u);
    EXPECT_FALSE(find_offer(session, shop, thing)->suspect);
  });
}

using Inbox = Rows;

TEST_F(Inbox, GivesEachChannelItsOwnRowsInTheirOrder) {
  within([](Session& session) {
    const auto channel = open_channel(session, "shop").no, other = open_channel(session, "other").no;
    const auto first = add_inbox(session, {0, channel, "hook", "order", "{\"a\": 1}", {{"x-topic", "order"}}, at(1)});
    add_inbox(session, {0, other, "hook", "order", "{}", {}, at(2)});
    const auto third = add_inbox(session, {0, channel, "read", "order", "{}", {}, at(3)});
    const auto rows = inbox_after(session, channel, 0, 10);
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows.front().no, first);
    EXPECT_EQ(rows.front().headers.at("x-topic"), "order");
    set_applied_through(session, channel, first);
    EXPECT_EQ(unread_rows(session, channel), 1);
    EXPECT_EQ(last_inbox_row(session, channel), third);
  });
}

TEST_F(Inbox, ForgetsWhatWasAppliedLongAgoButNotWhatIsParked) {
  within([](Session& session) {
    const auto channel = open_channel(session, "shop").no;
    const auto first = add_inbox(session, {0, channel, "hook", "order", "{}", {}, at(1)});
    const auto second = add_inbox(session, {0, channel, "hook", "order", "{}", {}, at(2)});
    const auto third = add_inbox(session, {0, channel, "hook", "order", "{}", {}, at(3)});
    park_row(session, first, channel, "unreadable", at(4));
    set_applied_through(session, channel, second);
    forget_inbox(session, channel, at(100));
    EXPECT_TRUE(inbox_row(session, first).has_value());
    EXPECT_FALSE(inbox_row(session, second).has_value());
    EXPECT_TRUE(inbox_row(session, third).has_value());
  });
}

TEST_F(Inbox, AParkedRowKeepsItsFirstMomentAndIsParkedOnce) {
  within([](Session& session) {
    park_row(session, 7, shop, "unreadable", at(1));
    park_row(session, 7, shop, "still unreadable", at(9));
    park_row(session, 8, ChannelNo(2), "another channel's", at(9));
    EXPECT_EQ(parked_row(session, 7)->since, at(1));
    EXPECT_EQ(parked_row(session, 7)->reason, "still unreadable");
    EXPECT_EQ(parked_rows(session).size(), 2u);
    EXPECT_EQ(parked_rows(session, 7).front().no, 8);
    EXPECT_EQ(parked_rows_of(session, shop, 0, 10).size(), 1u);
    EXPECT_TRUE(parked_rows_of(session, shop, 7, 10).empty());
    EXPECT_TRUE(unpark_row(session, 7));
    EXPECT_FALSE(unpark_row(session, 7));
    EXPECT_FALSE(parked_row(session, 7).has_value());
  });
}

TEST_F(Inbox, PokesOfOneThingCoalesceAtTheEarlierMoment) {
  within([](Session& session) {
    add_poke(session, shop, "order", "7", at(50));
    add_poke(session, shop, "order", "7", at(20));
    add_poke(session, shop, "order", "7", at(90));
    const auto all = pokes(session, shop, "order", 10);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all.front().not_before, at(20));
    remove_poke(session, shop, "order", "7", all.front().generation - 1);
    EXPECT_EQ(pokes(session, shop, "order", 10).size(), 1u) << "it was poked again since";
    remove_poke(session, shop, "order", "7", all.front().generation);
    EXPECT_TRUE(pokes(session, shop, "order", 10).empty());
  });
}

TEST_F(Inbox, PokesOfOneKindAreNotCountedAmongThoseOfAnother) {
  within([](Session& session) {
    for (int i = 0; i < 150; ++i) add_poke(session, shop, "listing", std::to_string(i), at(i));
    add_poke(session, shop, "order", "7", at(900));
    add_poke(session, shop, "order", "8", at(500));
    const auto orders = pokes(session, shop, "order", 10);
    ASSERT_EQ(orders.size(), 2u);
    EXPECT_EQ(orders.front().subject, "8") << "the earliest first";
    EXPECT_EQ(orders.front().kind, "order");
    EXPECT_EQ(pokes(session, shop, "listing", 10).size(), 10u);
  });
}

using Catalogue = Rows;

Product product(const std::string& code, const std::string& sku) {
  Product product;
  product.code = product.title = code;
  product.variants.emplace_back();
  product.variants.front().sku = Sku(sku);
  return product;
}

TEST_F(Catalogue, AnUnchangedProductIsNotWrittenAgain) {
  within([](Session& session) {
    EXPECT_TRUE(put_product(session, product("P", "A"), at(0)).created);
    EXPECT_FALSE(put_product(session, product("P", "A"), at(1)).changed);
    auto other = product("P", "A");
    other.title = "Another";
    EXPECT_TRUE(put_product(session, other, at(2)).changed);
    EXPECT_EQ(find_product(session, "P")->product.title, "Another");
  });
}

TEST_F(Catalogue, ASkuBelongsToOneProduct) {
  within([](Session& session) {
    put_product(session, product("P", "A"), at(0));
    const auto put = put_product(session, product("Q", "A"), at(1));
    ASSERT_EQ(put.taken.size(), 1u);
    EXPECT_EQ(put.taken[0].sku, Sku("A"));
    EXPECT_EQ(put.taken[0].code, "P");
    EXPECT_FALSE(find_product(session, "Q").has_value());
  });
}

TEST_F(Catalogue, ABundleNamesTheComponentsThatAreMissing) {
  within([](Session& session) {
    put_product(session, product("P", "A"), at(0));
    auto bundle = product("K", "K");
    bundle.variants.front().bundle = {{Sku("A"), 2}, {Sku("Z"), 1}};
    put_product(session, bundle, at(0));
    EXPECT_EQ(put_bundles(session, bundle).missing, std::vector<Sku>{Sku("Z")});
    const auto variant = find_variant(session, Sku("A"));
    EXPECT_EQ(bundles_with(session, variant->no), std::vector<VariantNo>{find_variant(session, Sku("K"))->no});
  });
}

TEST_F(Catalogue, AThingIsFoundByItsRemoteIdOnThatChannelOnly) {
  within([](Session& session) {
    put_remote(session, shop, "variant", "1", "@id", "v9");
    put_remote(session, shop, "variant", "2", "@stock", "v9");
    EXPECT_EQ(thing_with_id(session, shop, "variant", "v9"), "1");
    EXPECT_FALSE(thing_with_id(session, ChannelNo(2), "variant", "v9").has_value());
    put_remote(session, shop, "variant", "1", "@id", "v10");
    EXPECT_EQ(remote_id(session, shop, "variant", "1", "@id"), "v10");
    forget_remote(session, shop, "variant", "1");
    EXPECT_TRUE(remote_ids(session, shop, "variant", "1").empty());
  });
}

using Journal = Rows;

TEST_F(Journal, AProblemKeepsItsFirstMomentAndItsNewestReason) {
  within([](Session& session) {
    set_problem(session, {shop, "order", "A", "refused", "look", at(1)});
    set_problem(session, {shop, "order", "A", "refused again", "look", at(9)});
    const auto rows = problems(session, 10);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows.front().since, at(1));
    EXPECT_EQ(rows.front().reason, "refused again");
    clear_problem(session, shop, "order", "A");
    EXPECT_TRUE(problems(session, 10).empty());
  });
}

TEST_F(Journal, TellsOfAThingNewestFirst) {
  within([](Session& session) {
    journal(session, {0, at(1), "order.new", "inbox:1", shop, "7", "{}"});
    journal(session, {0, at(2), "order.changed", "inbox:2", shop, "7", "{}"});
    journal(session, {0, at(3), "order.new", "inbox:3", shop, "8", "{}"});
    const auto of = journal_of(session, "7", 10);
    ASSERT_EQ(of.size(), 2u);
    EXPECT_EQ(of.front().what, "order.changed");
    EXPECT_EQ(journal_after(session, of.front().sequence, 10).size(), 1u);
    EXPECT_EQ(last_sequence(session), 3);
  });
}

TEST_F(Journal, WhatIsDueIsToldInItsOrder) {
  within([](Session& session) {
    set_due(session, {"expiry", 2, at(20)});
    set_due(session, {"expiry", 1, at(10)});
    set_due(session, {"expiry", 1, at(15)});
    EXPECT_EQ(next_due(session), at(15));
    EXPECT_TRUE(due_by(session, at(14), 10).empty());
    EXPECT_EQ(due_by(session, at(20), 10).size(), 2u);
    clear_due(session, "expiry", 1);
    EXPECT_EQ(next_due(session), at(20));
  });
}

}  // namespace
}  // namespace tally::store
