#include "model/privacy.hpp"

#include <gtest/gtest.h>

namespace tally {
namespace {

Json an_order() {
  return *Json::parse(
      R"({"@id": "7", "note": "Ring twice", "buyer": {"name": "Mary Müller", "email": "Mary.M@Example.com", "phone": "+44 20 7946 0912"},
    "ship_to": {"name": "Mary Müller", "line1": "Secret Street 5", "postcode": "EC1A 1BB", "city": "London", "country": "GB"}})");
}

TEST(PersonOf, IsMaskedButForCityAndCountry) {
  EXPECT_EQ(person_of(an_order(), false).dump(),
            R"({"buyer":{"name":"M*** M***","email":"M***@***","phone":"+44 ***12"},"ship_to":{"name":"M*** M***","line1":"***",)"
            R"("postcode":"***","city":"London","country":"GB"},"note":"***"})");
}

TEST(PersonOf, IsClearWhereThatIsAskedFor) {
  const Json person = person_of(an_order(), true);
  EXPECT_EQ(person.find("buyer")->text_or("email"), "Mary.M@Example.com");
  EXPECT_EQ(person.find("@id"), nullptr);
}

TEST(Masked, KeepsAWholeCharacterOfANameAndNothingOfAShortNumber) {
  EXPECT_EQ(masked({"buyer", "name"}, "张伟"), "张***");
  EXPECT_EQ(masked({"buyer", "phone"}, "13800138000"), "***00");
  EXPECT_EQ(masked({"buyer", "phone"}, "12"), "***");
  EXPECT_EQ(masked({"buyer", "phone"}, "+4930123456"), "***56") << "where the country's code ends cannot be told";
  EXPECT_EQ(masked({"buyer", "email"}, ""), "");
}

TEST(StripPersonal, LeavesWhatRoutingNeeds) {
  Json order = an_order();
  EXPECT_TRUE(strip_personal(order));
  EXPECT_EQ(order.dump(), R"({"@id":"7","ship_to":{"city":"London","country":"GB"}})");
  EXPECT_FALSE(strip_personal(order));
}

TEST(PersonalPlaces, AreAllTextFieldsOfAnOrderOfTheModel) {
  Order order;
  order.buyer = {"n", "e", "p"};
  order.ship_to = {"n", "g", "f", "p", "1", "2", "d", "c", "r", "z", "GB"};
  order.note = "n";
  Json tree = to_json(order);
  for (const auto& place : personal_places) EXPECT_NE(personal_value(tree, place), nullptr) << place.object << "." << place.field;
  strip_personal(tree);
  EXPECT_EQ(tree.find("buyer"), nullptr);
  EXPECT_EQ(tree.find("ship_to")->dump(), R"({"city":"c","region":"r","country":"GB"})");
}

TEST(BuyerIdentity, IsTheSameHoweverTheAddressIsTyped) {
  EXPECT_EQ(buyer_identity(an_order()), "email:mary.m@example.com");
  EXPECT_EQ(buyer_identity_of(" MARY.m@example.COM "), buyer_identity(an_order()));
  EXPECT_EQ(buyer_identity_of("+44 20 7946-0912"), "phone:442079460912");
  EXPECT_EQ(buyer_identity_of("Mary"), "") << "names are shared by people";
  EXPECT_EQ(buyer_identity(Json::object({{"@id", "7"}})), "");
}

TEST(MaskedSentence, HidesAddressesAndNumbersAndLeavesIdsAlone) {
  EXPECT_EQ(masked_sentence("orders.yaml:3:1: 'mary@example.com' or +44 20 7946 0912 is no state"),
            "orders.yaml:3:1: 'm***@***' or +44 ***12 is no state");
  for (const std::string text :
       {"order 4819812345678901234 of 2026-01-01T00:00:00Z", "the id @id is missing", "a+b = +5 %", "", "@", "+", "张三 @ home"})
    EXPECT_EQ(masked_sentence(text), text);
}

TEST(Privacy, OfAPlatformsDocumentOnlyWhatTheOrderSaysOpenlyIsShown) {
  const auto json = [](const char* text) { return *Json::parse(text); };
  const Json order =
      json(R"({"@id": "90071992", "state": "paid", "note": "ring twice", "buyer": {"name": "Ann Lee"}, "lines": [{"sku": "A-1"}]})");
  const Json shown =
      masked_document(json(R"({"id": 90071992, "status": "processing", "ann@example.com": true, "who": "Ann Lee", "note": "ring twice",
                                              "phone": 442079460958, "n": 2, "postcode": "10115", "zip": 10115, "born": "1980-05-05", "total": "12.50", "at": "2026-01-01T00:00:00Z", "items": [{"code": "A-1", "gift": "for Bob"}]})"),
                      order, {"processing"});
  EXPECT_EQ(shown.dump(),
            json(R"({"id": 90071992, "status": "processing", "a***@***": true, "who": "***", "note": "***", "phone": "***", "n": 2,
                                   "postcode": "***", "zip": "***", "born": "***", "total": "12.50", "at": "2026-01-01T00:00:00Z", "items": [{"code": "A-1", "gift": "***"}]})")
                .dump());
}

}  // namespace
}  // namespace tally
