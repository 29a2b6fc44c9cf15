// An order's way from `tallyd order ship` to the signature, with a pretend kuaidi100 beside the shop.
#include "support/pretend_tracker.hpp"
#include "support/street.hpp"

namespace tally::tests {
namespace {

class Parcels : public ::testing::Test {
 protected:
  Parcels() {
    street.write_channel("shop");
    write_file(street.file("config/secrets/track_key"), std::string(PretendTracker::key) + "\n");
    write_file(street.file("config/secrets/track_customer"), std::string(PretendTracker::customer) + "\n");
    write_file(street.file("config/secrets/track_salt"), std::string(PretendTracker::salt) + "\n");
  }
  void open(const std::string& more = {}) {
    write_file(street.channel_file("parcels"), "connector: kuaidi100\nurl: " + tracker.url() +
                                                   "\nsecrets: { key: track_key, customer: track_customer, salt: track_salt }\n" + more);
    street.open();
    street.import(three_products());
    street.release({"shop"});
  }
  std::string sent(const std::string& carrier, const std::string& number) {
    const Json order = street.tell("shop", "buy", Json::object({{"sku", "TEE"}, {"quantity", 1}}));
    const std::string id = order.text_or("id");
    EXPECT_TRUE(street.soon([&] { return street.tallyd({"order", "show", id}).code == 0; })) << order.dump();
    street.done({"order", "ship", id, "--carrier", carrier, "--tracking", number});
    return id;
  }
  Json parcel(const std::string& id) {
    const Json order = street.done({"order", "show", id});
    const Json* parcels = order.find("parcels");
    return parcels && !parcels->empty() ? parcels->as_array().front() : Json();
  }

  PretendTracker tracker;
  Street street{{platform("shop", "woocommerce")}};
};

TEST_F(Parcels, AParcelThatWasSentIsFollowedAndItsOrderIsCompletedByTheSignature) {
  open("tables: { carriers: { dhl: yuantong } }\n");
  const std::string id = sent("dhl", "YT8800001");
  ASSERT_TRUE(street.soon([&] { return tracker.followers().contains("YT8800001"); }));
  EXPECT_EQ(tracker.followers()["YT8800001"].company, "yuantong");
  EXPECT_EQ(tracker.followers()["YT8800001"].phone, "") << "this carrier needs no telephone number";
  ASSERT_TRUE(street.soon([&] { return parcel(id).text_or("watch") == "followed"; }));
  const auto stock = street.available("TEE");

  tracker.moved("YT8800001", "5", "2026-01-02 09:00:00", "派件员:李四,电话:13800138000");
  EXPECT_EQ(tracker.push("YT8800001", "polling", "a stranger"), "HTTP 401");
  EXPECT_NE(tracker.push("YT8800001").find("\"result\":true"), std::string::npos);
  ASSERT_TRUE(street.soon([&] { return parcel(id).text_or("state") == "delivering"; }));
  const std::string shown = street.done({"order", "show", id}).dump() + street.tallyd({"explain", "--order", id, "--channel", "shop"}).out;
  EXPECT_EQ(shown.find("李四"), std::string::npos);
  EXPECT_EQ(shown.find("13800138000"), std::string::npos);

  EXPECT_EQ(street.done({"order", "show", id}).text_or("state"), "shipped");
  EXPECT_EQ(street.status().at("/trackers/0/on_their_way")->integer().value(), 1);

  tracker.moved("YT8800001", "3", "2026-01-02 10:00:00", "已签收,签收人:张三");
  for (int twice = 0; twice < 2; ++twice)
    EXPECT_NE(tracker.push("YT8800001", "shutdown").find("\"returnCode\":\"200\""), std::string::npos);
  ASSERT_TRUE(street.soon([&] { return street.done({"order", "show", id}).text_or("state") == "completed"; }));
  EXPECT_EQ(parcel(id).text_or("state"), "signed");
  EXPECT_EQ(parcel(id).text_or("event_at"), "2026-01-02T02:00:00Z");
  EXPECT_EQ(street.available("TEE"), stock);
  EXPECT_EQ(street.status().at("/trackers/0/on_their_way")->integer().value(), 0);
  const Ended told = street.tallyd({"explain", "--order", id, "--channel", "shop"});
  EXPECT_NE(told.out.find("parcel.signed"), std::string::npos) << told.out;
  EXPECT_EQ(told.out.find("张三"), std::string::npos) << told.out;
  EXPECT_EQ(tracker.complaints(), std::vector<std::string>{});
  EXPECT_EQ(tracker.subscriptions(), 1);
  EXPECT_EQ(tracker.queries(), 0);
}

TEST_F(Parcels, WhatTheTrackerRefusesIsSaidWithTheWayOutAndTheShopGoesOn) {
  tracker.refuse_all("601");
  open("tables: { carriers: { dhl: yuantong } }\n");
  const std::string id = sent("dhl", "YT8800002");
  ASSERT_TRUE(street.soon([&] { return !street.problem("parcels are not tracked").is_null(); }));
  EXPECT_NE(street.problem("parcels are not tracked").text_or("todo").find("renew"), std::string::npos);
  ASSERT_TRUE(street.soon([&] { return street.done({"order", "show", id}).at("/tasks/0/state")->as_string() == "confirmed"; }));
  tracker.refuse_all("");
  street.done({"reload"});
  EXPECT_TRUE(street.soon([&] { return parcel(id).text_or("watch") == "followed"; }));
  EXPECT_TRUE(street.problem("parcels are not tracked").is_null());
}

TEST_F(Parcels, ACarrierThatItsTableDoesNotKnowIsNotTrackedAndSaysSo) {
  open();
  const std::string id = sent("dpd", "D1");
  EXPECT_EQ(parcel(id).text_or("watch"), "untracked");
  EXPECT_NE(parcel(id).text_or("problem").find("dpd"), std::string::npos);
  EXPECT_EQ(tracker.subscriptions(), 0);
}

}  // namespace
}  // namespace tally::tests
