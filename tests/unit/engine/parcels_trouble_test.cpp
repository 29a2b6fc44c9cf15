// Parcels whose tracker does not work, tells what is old, or says who people are; and those that come back to their order.
#include "parcel_house.hpp"

namespace tally::engine {
namespace {

TEST_F(Parcels, WhatAServiceSaysNamesNobodyAmongTheProblemsEither) {
  open();
  tracker->trouble = error(Fault::rejected, "this number is of Canary BUYER, telephone 138 0013 8000");
  sent({{"yto", "YT1"}});
  ASSERT_EQ(problems("parcel").size(), 1u);
  const std::string shown = parcel("YT1").problem + problems("parcel").front().reason;
  EXPECT_NE(shown.find("this number is of ***"), std::string::npos) << shown;
  for (const auto* secret : {"Canary", "BUYER", "0013", "8000"}) EXPECT_EQ(shown.find(secret), std::string::npos) << shown;
  tracker->trouble = error(Fault::forbidden, "the account of Canary Buyer has expired");
  sent({{"yto", "YT2"}});
  ASSERT_EQ(problems("tracker").size(), 1u);
  EXPECT_EQ(problems("tracker").front().reason.find("Canary"), std::string::npos) << problems("tracker").front().reason;
}

TEST_F(Parcels, ATrackerThatDoesNotWorkIsToldUntilItDoes) {
  for (const auto fault : {Fault::transient, Fault::broken, Fault::unknown, Fault::io}) {
    tracker->trouble.reset();
    open();
    const std::string number = "YT" + std::to_string(static_cast<int>(fault));
    tracker->trouble = error(fault, "it is out of order");
    sent({{"yto", number}});
    for (int i = 0; i < 60; ++i) later(minute);
    ASSERT_EQ(problems("tracker").size(), 1u) << name_of(fault);
    EXPECT_NE(problems("tracker").front().reason.find("it is out of order"), std::string::npos);
    EXPECT_NE(problems("tracker").front().todo.find("url"), std::string::npos);
    const auto shown = [&] {
      Json json;
      write([&](store::Session& session) { json = tracker_json(session, *core->world().find_any("parcels")); });
      return json.text_or("problem");
    };
    EXPECT_NE(shown().find("it is out of order"), std::string::npos);
    tracker->trouble.reset();
    for (int i = 0; i < 400; ++i) later(minute);
    EXPECT_TRUE(problems("tracker").empty()) << name_of(fault);
    EXPECT_EQ(shown(), "");
    EXPECT_EQ(parcel(number).watch, "followed");
  }
}

TEST_F(Parcels, OneCallInVainIsNoTrouble) {
  open();
  tracker->trouble = error(Fault::transient, "busy");
  later(Duration(300000));
  sent({{"yto", "YT1"}});
  ASSERT_FALSE(tracker->followed.empty());
  EXPECT_TRUE(problems("tracker").empty());
}

TEST_F(Parcels, ANumberThatWasCorrectedAndCorrectedBackIsTrackedAgain) {
  open();
  const auto id = sent({{"yto", "YT1"}});
  const auto named = [&](const std::string& number) {
    const auto row = order(id);
    Order shown = platform_order(row);
    shown.shipments.at(0).tracking = number;
    write([&](store::Session& session) { keep_parcels(session, core->world(), row, shown, clock.now()); });
    come_to_rest();
  };
  named("YT2");
  ASSERT_EQ(parcel("YT1").watch, "over");
  named("YT1");
  EXPECT_EQ(parcel("YT1").watch, "followed");
  EXPECT_EQ(parcel("YT2").watch, "over");
  EXPECT_EQ(tracker->followed, (std::vector<std::string>{"YT1", "YT2", "YT1"}));
  push(told("YT1", "signed", minutes_ago(1), "", "ended"));
  named("YT2");
  named("YT1");
  EXPECT_EQ(parcel("YT1").watch, "over") << "it was signed for";
}

TEST_F(Parcels, AnOlderEndEndsNothing) {
  open();
  sent({{"yto", "YT1"}});
  push(told("YT1", "delivering", minutes_ago(5)));
  const auto before = parcel("YT1");
  for (const auto* watch : {"given_up", "ended", "goes_on"}) {
    pass(minute);
    push(told("YT1", "in_transit", before.event_at - minute, "", watch));
    EXPECT_EQ(parcel("YT1").watch, "followed") << watch;
    EXPECT_EQ(parcel("YT1").problem, "") << watch;
    EXPECT_EQ(parcel("YT1").next_due, before.next_due) << watch;
  }
}

TEST_F(Parcels, OneThatItsTrackerGivesUpIsTriedAgainADayLaterHoweverOftenThatIsTold) {
  open();
  sent({{"yto", "YT1"}});
  push(told("YT1", "in_transit", minutes_ago(5)));
  const Time at = parcel("YT1").event_at;
  push(told("YT1", "in_transit", at, "", "given_up"));
  const auto told_once = parcel("YT1");
  EXPECT_EQ(told_once.watch, "wanted");
  EXPECT_NE(told_once.problem, "");
  later(hour);
  push(told("YT1", "in_transit", at, "", "given_up"));
  EXPECT_EQ(parcel("YT1").next_due, told_once.next_due);
  later(day);
  EXPECT_EQ(tracker->followed.size(), 2u);
  push(told("YT1", "in_transit", at, "", "ended"));
  EXPECT_EQ(parcel("YT1").watch, "over");
}

TEST_F(Parcels, WhoeverTakesATrackerForAShopIsTold) {
  open();
  EXPECT_EQ(no_channel(core->world(), "parcels", "undo").text().find("there is no channel"), std::string::npos);
  EXPECT_NE(no_channel(core->world(), "parcels", "undo").what.find("sells nothing"), std::string::npos);
  EXPECT_EQ(no_channel(core->world(), "parcel", "undo").what, "there is no channel 'parcel'");
}

}  // namespace
}  // namespace tally::engine
