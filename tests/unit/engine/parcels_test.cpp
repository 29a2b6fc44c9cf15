// Parcels from the sending to the signature: followed once, asked for seldom, told in any order, and what follows for their orders.
#include "parcel_house.hpp"

namespace tally::engine {
namespace {

TEST_F(Parcels, EachIsFollowedOnceWhateverIsReadAgainAndHoweverOftenWeStart) {
  open();
  const auto id = sent({{"yto", "YT 1"}, {"sf", "SF2"}});
  auto followed = tracker->followed;
  std::sort(followed.begin(), followed.end());
  EXPECT_EQ(followed, (std::vector<std::string>{"SF2", "YT1"}));
  for (int i = 0; i < 3; ++i) {
    open();
    later(hour);
  }
  EXPECT_EQ(tracker->followed.size(), 2u);
  ASSERT_EQ(rows_of(id).size(), 2u);
  for (const auto& row : rows_of(id)) EXPECT_EQ(row.watch, "followed");
  EXPECT_TRUE(tracker->asked.empty()) << "it tells by itself";
}

TEST_F(Parcels, FollowingThatNobodyAnsweredIsAskedForAgain) {
  open();
  tracker->trouble = error(Fault::unknown, "no answer");
  sent({{"yto", "YT1"}});
  ASSERT_GE(tracker->followed.size(), 1u);
  tracker->trouble.reset();
  for (int i = 0; i < 30; ++i) later(minute);
  EXPECT_EQ(parcel("YT1").watch, "followed");
}

TEST_F(Parcels, ABudgetThatIsUsedUpPutsOffALookUntilItOpensAndTheNumberCountsAsUntouched) {
  Budgets budgets(clock);
  ASSERT_TRUE(budgets.open(*store).has_value());
  channel::Budget looks;
  looks.name = "looks";
  looks.operations = {"read_parcel"};
  looks.most = 1;
  looks.every = 5 * hour;
  tracker->facts.tells_of_parcels = false;
  tracker->purse = budgets.for_channel("parcels")({looks});
  open();
  sent({{"yto", "YT1"}, {"sf", "SF2"}});
  for (int i = 0; i < 20 && tracker->asked.empty(); ++i) later(10 * minute);
  const Time first = clock.now();
  for (int i = 0; i < 27; ++i) later(10 * minute);
  ASSERT_EQ(tracker->asked.size(), 1u);
  const std::string other = tracker->asked.contains("YT1") ? "SF2" : "YT1";
  EXPECT_EQ(parcel(other).asked_at, long_ago);
  EXPECT_EQ(parcel(other).tries, 0);
  for (int i = 0; i < 6; ++i) later(10 * minute);
  ASSERT_FALSE(tracker->asked[other].empty()) << "not at the end of another two hours";
  EXPECT_GE(tracker->asked[other].front(), first + 4 * hour);
  tracker->purse.reset();
}

TEST_F(Parcels, ALookThatNeverLeftIsTriedAgainSoonAndOnlyWhatWasAskedKeepsItsHalfHour) {
  tracker->facts.tells_of_parcels = false;
  open();
  tracker->no_room = true;
  sent({{"yto", "YT1"}});
  for (int i = 0; i < 15; ++i) later(10 * minute);
  EXPECT_EQ(parcel("YT1").asked_at, long_ago);
  tracker->no_room = false;
  for (int i = 0; i < 3; ++i) later(minute);
  ASSERT_EQ(tracker->asked["YT1"].size(), 1u);
  const Time first = tracker->asked["YT1"].front();
  tracker->no_room = true;
  for (int i = 0; i < 13; ++i) later(10 * minute);
  EXPECT_LE(parcel("YT1").asked_at, first) << "the look after two hours did not leave";
  tracker->no_room = false;
  later(2 * minute);
  ASSERT_EQ(tracker->asked["YT1"].size(), 2u);
  EXPECT_TRUE(problems("tracker").empty());
}

TEST_F(Parcels, FollowingThatWasToldToWaitComesBackThenAndNotBefore) {
  open();
  tracker->trouble = error(Fault::not_yet, "the budget is used up");
  tracker->trouble->retry_after = 2 * hour;
  sent({{"yto", "YT1"}});
  for (int i = 0; i < 10; ++i) later(10 * minute);
  EXPECT_EQ(tracker->followed.size(), 1u);
  tracker->trouble.reset();
  for (int i = 0; i < 3; ++i) later(10 * minute);
  EXPECT_EQ(parcel("YT1").watch, "followed");
}

TEST_F(Parcels, AreSignedForWhicheverOrderTheNewsComeInAndTwice) {
  open();
  std::vector<int> turn{0, 1, 2, 3};
  int parcels = 0;
  do {
    const std::string number = "YT" + std::to_string(100 + parcels++);
    sent({{"yto", number}});
    const std::vector<std::string> news{told(number, "picked_up", minutes_ago(240), "picked up"),
                                        told(number, "in_transit", minutes_ago(180)), told(number, "delivering", minutes_ago(60)),
                                        told(number, "signed", minutes_ago(60), "signed", "ended")};
    for (const int i : turn) {
      push(news[i]);
      push(news[i]);
    }
    const auto row = parcel(number);
    EXPECT_EQ(row.state, "signed") << turn[0] << turn[1] << turn[2] << turn[3];
    EXPECT_EQ(row.event, "signed");
    EXPECT_EQ(row.watch, "over");
  } while (std::next_permutation(turn.begin(), turn.end()));
  EXPECT_EQ(parcels, 24);
  EXPECT_EQ(parked(), 0u);
}

TEST_F(Parcels, AnOrderIsCompletedWhenTheLastOfItsParcelsIsSignedForAndNothingMoves) {
  open();
  const auto id = sent({{"yto", "YT1"}, {"sf", "SF2"}});
  ASSERT_EQ(order(id).state, "shipped");
  const auto before = sums();
  const auto writes = one->offer_of_sku("A")->history.size();
  push(told("YT1", "signed", minutes_ago(2)));
  EXPECT_EQ(order(id).state, "shipped");
  const auto revision = order(id).revision;
  push(told("SF2", "signed", minutes_ago(1)));
  EXPECT_EQ(order(id).state, "completed");
  EXPECT_EQ(order(id).revision, revision + 1);
  push(told("SF2", "signed", minutes_ago(1)));
  EXPECT_EQ(order(id).revision, revision + 1) << "told twice, it has the effect of once";
  later(hour);
  open();
  later(hour);
  EXPECT_EQ(order(id).state, "completed");
  EXPECT_EQ(sums().on_hand, before.on_hand);
  EXPECT_EQ(sums().reserved, before.reserved);
  EXPECT_EQ(one->offer_of_sku("A")->history.size(), writes) << "its channel is told nothing";
}

TEST_F(Parcels, OneThatIsTakenBackMakesTheOrderShippedAgain) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  push(told("YT1", "signed", minutes_ago(9)));
  ASSERT_EQ(order(id).state, "completed");
  push(told("YT1", "problem", minutes_ago(3)));
  EXPECT_EQ(order(id).state, "shipped");
  EXPECT_EQ(problems("parcel").size(), 1u);
}

TEST_F(Parcels, WhatComesBackIsAProblemWithTheOrdersNumberAndNoStock) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  const auto before = sums();
  for (const auto* state : {"problem", "refused", "returning", "returned"}) {
    pass(minute);
    push(told("YT1", state, minutes_ago(0)));
    ASSERT_EQ(problems("parcel").size(), 1u) << state;
    EXPECT_NE(problems("parcel").front().reason.find(id), std::string::npos);
    EXPECT_FALSE(problems("parcel").front().todo.empty());
  }
  EXPECT_EQ(sums().on_hand, before.on_hand) << "nothing is put back by itself";
  EXPECT_EQ(order(id).state, "shipped");
  ASSERT_TRUE(one->refund(id, true).has_value());
  later(Duration(300000));
  EXPECT_TRUE(problems("parcel").empty()) << "the goods are booked and the money is back";
}

TEST_F(Parcels, AProblemThatTheCarrierSolvedIsNoneAnyMore) {
  open();
  sent({{"yto", "YT1"}});
  push(told("YT1", "problem", minutes_ago(5)));
  ASSERT_EQ(problems("parcel").size(), 1u);
  push(told("YT1", "delivering", minutes_ago(1)));
  EXPECT_TRUE(problems("parcel").empty());
  push(told("YT1", "problem", minutes_ago(5)));
  EXPECT_TRUE(problems("parcel").empty()) << "that was before";
}

TEST_F(Parcels, NobodyStandsInWhatIsKeptOfThem) {
  open();
  sent({{"yto", "YT1"}});
  push(told("YT1", "delivering", minutes_ago(5), std::string("派件员:李四,电话:13800138000, for ") + memory::canary));
  const auto row = parcel("YT1");
  EXPECT_EQ(row.event.find("李四"), std::string::npos) << row.event;
  EXPECT_EQ(row.event.find("138001"), std::string::npos) << row.event;
  EXPECT_EQ(row.event.find(memory::canary), std::string::npos) << row.event;
  EXPECT_NE(row.event.find("派件员"), std::string::npos) << row.event;
}

TEST_F(Parcels, OfABuyerWhoWasErasedTheStatesStayAndNoSentenceDoes) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  push(told("YT1", "delivering", minutes_ago(5), "at the door"));
  const auto key = order(id).sealed_by;
  const auto no = order(id).no;
  write([&](store::Session& session) {
    store::forget_parcel_events(session, no);
    ASSERT_TRUE(store::erase(session, {clock.now(), key, "", {}}).has_value());
  });
  EXPECT_EQ(parcel("YT1").event, "");
  push(told("YT1", "signed", minutes_ago(1), "given to somebody"));
  EXPECT_EQ(parcel("YT1").event, "");
  EXPECT_EQ(order(id).state, "completed");
}

TEST_F(Parcels, ANumberThatNobodyHasAndGarbageAreToldAndInNobodysWay) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  push(told("ZZ9", "signed", minutes_ago(1)));
  EXPECT_EQ(parked(), 0u);
  push("no json");
  push(R"({"state": "signed"})");
  push(told("YT1", "signed", clock.now() + day * 3));
  EXPECT_EQ(parked(), 3u);
  EXPECT_EQ(problems("inbox").size(), 3u);
  push(told("YT1", "signed", minutes_ago(1)));
  EXPECT_EQ(order(id).state, "completed");
  std::vector<store::Entry> entries;
  write([&](store::Session& session) { entries = store::journal_of(session, "ZZ9", 10); });
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries.front().what, "parcel.unknown");
}

TEST_F(Parcels, ANumberIsNeverAskedForWithinHalfAnHourHoweverOftenWeStartAndWhateverFails) {
  tracker->facts.tells_of_parcels = false;
  open();
  sent({{"yto", "YT1"}});
  const std::vector<std::optional<Error>> moods{std::nullopt, error(Fault::transient, "busy"), error(Fault::not_yet, "nothing so far"),
                                                error(Fault::rejected, "no"), error(Fault::unauthorized, "expired")};
  for (int i = 0; i < 2 * 24 * 60 / 7; ++i) {
    later(minute * 7);
    if (i % 5 == 0) tracker->trouble = moods[static_cast<std::size_t>(i / 5) % moods.size()];
    if (i % 11 == 0) open();
  }
  const auto& times = tracker->asked["YT1"];
  ASSERT_GE(times.size(), 8u);
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], minute * 30) << i;
  EXPECT_TRUE(tracker->followed.empty());
}

TEST_F(Parcels, WhatIsSignedForIsNotAskedForAnyMore) {
  tracker->facts.tells_of_parcels = false;
  open();
  const auto id = sent({{"yto", "YT1"}});
  tracker->answers["YT1"] = *Json::parse(told("YT1", "signed", clock.now()));
  for (int i = 0; i < 5; ++i) later(hour);
  EXPECT_EQ(order(id).state, "completed");
  const auto times = tracker->asked["YT1"].size();
  EXPECT_EQ(times, 1u);
  for (int i = 0; i < 30; ++i) later(hour);
  EXPECT_EQ(tracker->asked["YT1"].size(), times);
}

TEST_F(Parcels, AfterSixtyDaysPeopleLookForIt) {
  tracker->facts.tells_of_parcels = false;
  open();
  const auto id = sent({{"yto", "YT1"}});
  for (int i = 0; i < 62; ++i) later(day);
  EXPECT_EQ(parcel("YT1").watch, "over");
  ASSERT_EQ(problems("parcel").size(), 1u);
  EXPECT_NE(problems("parcel").front().reason.find(id), std::string::npos);
  const auto times = tracker->asked["YT1"].size();
  later(day);
  EXPECT_EQ(tracker->asked["YT1"].size(), times);
}

TEST_F(Parcels, OneThatIsFollowedAndOfWhichNothingIsHeardIsAskedFor) {
  open();
  sent({{"yto", "YT1"}});
  for (int i = 0; i < 4 * 24; ++i) later(hour);
  EXPECT_EQ(tracker->asked["YT1"].size(), 1u);
}

TEST_F(Parcels, AnAccountThatHasExpiredIsSaidOnceTriedSeldomAndInNobodysWay) {
  open();
  tracker->trouble = error(Fault::forbidden, "expired", "", "renew it");
  sent({{"yto", "YT1"}});
  for (int i = 0; i < 24 * 6; ++i) later(minute * 10);
  EXPECT_LE(tracker->followed.size(), 16u);
  EXPECT_GE(tracker->followed.size(), 4u);
  ASSERT_EQ(problems("tracker").size(), 1u);
  EXPECT_NE(problems("tracker").front().todo.find("renew it"), std::string::npos);
  EXPECT_TRUE(core->world().find("one")->paused.empty());
  const auto other = sent({{"yto", "YT2"}});
  EXPECT_EQ(order(other).state, "shipped") << "orders go on";
  tracker->trouble.reset();
  for (int i = 0; i < 48; ++i) later(minute * 10);
  EXPECT_TRUE(problems("tracker").empty());
  EXPECT_EQ(parcel("YT1").watch, "followed");
}

TEST_F(Parcels, ACarrierThatNobodyTracksIsLeftWithAReasonUntilSomebodyDoes) {
  open();
  const auto id = sent({{"pigeon", "P1"}});
  ASSERT_EQ(rows_of(id).size(), 1u);
  EXPECT_EQ(parcel("P1").watch, "untracked");
  EXPECT_NE(parcel("P1").problem.find("pigeon"), std::string::npos);
  EXPECT_TRUE(tracker->followed.empty());
  EXPECT_TRUE(problems("parcel").empty()) << "it is as it was without a tracker";
  tracker->facts.carriers.insert("pigeon");
  open();
  later(minute);
  EXPECT_EQ(tracker->followed, std::vector<std::string>{"P1"});
}

TEST_F(Parcels, WithoutATrackerThereAreNoneAndOneThatComesLaterFindsWhatIsOnItsWay) {
  open(false);
  const auto id = sent({{"yto", "YT1"}});
  EXPECT_TRUE(rows_of(id).empty());
  open();
  later(minute);
  EXPECT_EQ(tracker->followed, std::vector<std::string>{"YT1"});
  open(false);
  EXPECT_EQ(parcel("YT1").watch, "untracked");
  open();
  later(minute);
  EXPECT_EQ(parcel("YT1").watch, "followed");
}

TEST_F(Parcels, WhatCannotReachUsAnyMoreIsAskedForInstead) {
  open();
  sent({{"yto", "YT1"}});
  ASSERT_EQ(parcel("YT1").watch, "followed");
  tracker->facts.tells_of_parcels = false;
  open();
  for (int i = 0; i < 3; ++i) later(hour);
  EXPECT_GE(tracker->asked["YT1"].size(), 1u);
}

TEST_F(Parcels, ATrackerSellsNothing) {
  open();
  sent({{"yto", "YT1"}});
  EXPECT_EQ(core->world().channels.size(), 1u);
  const auto no = core->world().find_any("parcels")->no;
  write([&](store::Session& session) {
    for (const auto* aspect : {"content", "stock", "price"}) EXPECT_TRUE(store::marks_of_channel(session, no, aspect).empty()) << aspect;
  });
}

}  // namespace
}  // namespace tally::engine
