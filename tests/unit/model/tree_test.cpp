#include "model/order.hpp"
#include "model/product.hpp"

#include <gmock/gmock.h>

namespace tally {
namespace {

using testing::HasSubstr;

Money euro(std::int64_t minor) {
  return Money{minor, Currency{"EUR"}};
}

Json json(std::string_view text) {
  auto parsed = Json::parse(text);
  EXPECT_TRUE(parsed) << text;
  return *parsed;
}

Product shirt() {
  Product product;
  product.code = "shirt";
  product.title = "Shirt";
  product.state = SaleState::paused;
  product.categories = {{"Tops", {"Clothing", "Tops"}}};
  product.tags = {"new"};
  product.images = {{"https://x/1.jpg", ""}, {"", ""}};
  product.options = {{"Color", {"Red", "Blue"}}};
  product.attributes = {{"material", {"cotton"}}};
  Variant red;
  red.sku = Sku("S-R");
  red.option_values = {{"Color", "Red"}};
  red.image = Image{"https://x/r.jpg", "red"};
  red.price = euro(1250);
  red.compare_at = Money{1500, Currency{"JPY"}};
  red.weight = Measure{Decimal(350), "g"};
  red.bundle = {{Sku("A"), 2}};
  product.variants = {red, Variant{}};
  return product;
}

Order bought() {
  Order order;
  order.id = "7";
  order.number = "#7";
  order.state = OrderState::part_shipped;
  order.payment = PaymentState::void_;
  order.fulfilment = FulfilmentState::part;
  OrderLine line;
  line.id = "71";
  line.offer = {"81", "8"};
  line.sku = Sku("S-R");
  line.quantity = 2;
  line.amount = euro(2500);
  line.unit_price = Decimal::of(12345, 3);
  order.lines = {line};
  order.fees = {{"f", "Box", euro(100), std::nullopt}};
  order.total = euro(2600);
  order.tax_included = true;
  order.currency = Currency{"EUR"};
  order.buyer.email = "a@example.com";
  order.ship_to.given_name = "Ann";
  order.holds = {"group"};
  order.shipments = {{"p1", "DHL", "123", "", {{"71", 1, std::nullopt, false}}, from_ms(1767322800000), "m1", from_ms(1767312000000)}};
  order.refunds = {{"r1", "broken", euro(1250), {{"71", 1, euro(1250), true}}, std::nullopt}};
  order.placed_at = from_ms(1767322800123);
  order.platform_state = "processing";
  return order;
}

TEST(ProductTree, has_the_models_names_and_leaves_out_what_has_no_value) {
  Product product;
  product.code = "a";
  Variant variant;
  variant.sku = Sku("A");
  variant.price = euro(1250);
  variant.weight = Measure{Decimal::of(77, 2), "lb"};
  product.variants = {variant};
  EXPECT_EQ(
      to_json(product).dump(),
      R"({"code":"a","state":"live","variants":[{"sku":"A","state":"live","price":{"amount":12.5,"currency":"EUR"},"weight":{"value":0.77,"unit":"lb"}}]})");
}

TEST(ProductTree, is_read_back_as_it_was) {
  const auto read = product_from_json(to_json(shirt()));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, shirt());
}

TEST(OrderTree, is_read_back_as_it_was) {
  const auto read = order_from_json(to_json(bought()));
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read, bought());
}

TEST(OrderTree, the_platforms_ids_stand_under_at) {
  const Json tree = to_json(bought());
  EXPECT_EQ(tree.text_or("@id"), "7");
  EXPECT_EQ(tree.find("id"), nullptr);
  EXPECT_EQ(tree.at("/lines/0/@id")->as_string(), "71");
  EXPECT_EQ(tree.at("/lines/0/offer")->dump(), R"({"@id":"81","listing":{"@id":"8"}})");
  EXPECT_EQ(tree.at("/fees/0/@id")->as_string(), "f");
  EXPECT_EQ(tree.at("/shipments/0/lines/0/line")->dump(), R"({"@id":"71"})");
  EXPECT_EQ(tree.at("/refunds/0/@id")->as_string(), "r1");
}

TEST(OrderTree, words_times_and_amounts_are_spelt_as_the_model_says) {
  const Json tree = to_json(bought());
  EXPECT_EQ(tree.text_or("state"), "part_shipped");
  EXPECT_EQ(tree.text_or("payment"), "void");
  EXPECT_EQ(tree.text_or("placed_at"), "2026-01-02T03:00:00.123Z");
  EXPECT_EQ(tree.text_or("currency"), "EUR");
  EXPECT_EQ(tree.at("/total")->dump(), R"({"amount":26,"currency":"EUR"})");
  EXPECT_EQ(tree.at("/lines/0/unit_price")->dump(), "12.345");
}

TEST(OrderTree, numbers_may_come_as_text_and_ids_as_numbers) {
  const auto order = order_from_json(json(R"({"@id":9007199254740993,"lines":[{"@id":1,"offer":{"@id":2},"quantity":"3","unit_price":"0.10",
      "amount":{"amount":"0.30","currency":"EUR"}}],"total":"0.30 EUR"})"));
  ASSERT_TRUE(order) << order.error().text();
  EXPECT_EQ(order->id, "9007199254740993");
  EXPECT_EQ(order->lines[0].offer.id, "2");
  EXPECT_EQ(order->lines[0].quantity, 3);
  EXPECT_EQ(order->lines[0].amount, euro(30));
  EXPECT_EQ(order->total, euro(30));
}

TEST(ProductTree, amounts_keep_every_digit) {
  const auto product = product_from_json(json(R"({"variants":[{"price":{"amount":90071992547409.93,"currency":"EUR"}}]})"));
  ASSERT_TRUE(product);
  EXPECT_EQ(product->variants[0].price, euro(9007199254740993));
  EXPECT_EQ(to_json(*product).at("/variants/0/price/amount")->number_text(), "90071992547409.93");
}

TEST(ProductTree, remote_ids_and_what_a_channel_adds_are_read_over) {
  const auto product = product_from_json(json(R"({"@id":"1","@known":true,"code":"a","category":{"name":"x"},"variant":{"sku":"A"},
      "variants":[{"@stock":"5","sku":"A","available":3,"index":1,"listing":{"@id":"1"},"stock":[{"location":{"@id":"9"},"available":3}]}]})"));
  ASSERT_TRUE(product) << product.error().text();
  EXPECT_EQ(product->variants[0].sku, Sku("A"));
  EXPECT_TRUE(order_from_json(json(R"({"@id":"1","ship_to":{"@phone_cipher":"x"},"parts":[{"@id":"2"}],"ship_by":"us"})")));
}

TEST(ProductTree, null_is_no_value) {
  const auto product =
      product_from_json(json(R"({"code":"a","title":null,"tags":null,"variants":[{"price":null,"weight":null,"state":null}]})"));
  ASSERT_TRUE(product);
  EXPECT_EQ(product->title, "");
  EXPECT_FALSE(product->variants[0].price);
}

TEST(ProductTree, a_sku_is_trimmed_and_in_normal_form) {
  EXPECT_EQ(product_from_json(json(R"({"variants":[{"sku":" e\u0301 "}]})"))->variants[0].sku, Sku("\u00e9"));
}

TEST(ProductTree, a_measure_and_an_amount_may_be_written_as_a_person_would) {
  const auto product = product_from_json(json(R"({"variants":[{"price":"12.50 EUR","weight":"0.35 kg"}]})"));
  ASSERT_TRUE(product) << product.error().text();
  EXPECT_EQ(product->variants[0].price, euro(1250));
  EXPECT_EQ(product->variants[0].weight, (Measure{Decimal::of(35, 2), "kg"}));
}

struct Refused {
  const char* text;
  const char* says;
};

class ProductTreeRefuses : public testing::TestWithParam<Refused> {};

TEST_P(ProductTreeRefuses, naming_the_place) {
  const auto product = product_from_json(json(GetParam().text));
  ASSERT_FALSE(product);
  EXPECT_EQ(product.error().fault, Fault::invalid);
  EXPECT_THAT(product.error().text(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Documents, ProductTreeRefuses,
    testing::Values(
        Refused{R"([])", "the document: an object is expected"},
        Refused{R"({"titel":"x"})", "titel: there is no such field, did you mean 'title'?"},
        Refused{R"({"variants":[{},{"prise":1}]})", "variants[1].prise: there is no such field, did you mean 'price'?"},
        Refused{R"({"variants":{}})", "variants: a list is expected"},
        Refused{R"({"state":"dead"})", "state: 'dead' is none of live, paused, ended"},
        Refused{R"({"variants":[{"price":{"amount":"12,5","currency":"EUR"}}]})", "variants[0].price.amount: '12,5' is no number"},
        Refused{R"({"variants":[{"price":{"amount":1}}]})", "variants[0].price: the currency is missing"},
        Refused{R"({"variants":[{"price":{"amount":1,"currency":"Euro"}}]})", "variants[0].price.currency: 'Euro' is no currency"},
        Refused{R"({"variants":[{"price":{"amount":1e20,"currency":"EUR"}}]})", "variants[0].price: '1e20' is out of range"},
        Refused{R"({"variants":[{"price":{"amount":1,"currency":"EUR","vat":2}}]})", "variants[0].price.vat"},
        Refused{R"({"variants":[{"weight":"heavy"}]})", "variants[0].weight: a number and its unit"},
        Refused{R"({"variants":[{"bundle":[{"sku":"A","quantity":1.5}]}]})", "variants[0].bundle[0].quantity: '1.5' is no whole number"},
        Refused{R"({"title":true})", "title: text is expected"}, Refused{R"({"tags":["a",{}]})", "tags[1]: text is expected"}));

TEST(OrderTree, refuses_with_the_place_too) {
  const auto says = [](std::string_view text) { return order_from_json(json(text)).error().text(); };
  EXPECT_THAT(says(R"({"placed_at":"yesterday"})"), HasSubstr("placed_at: 'yesterday' is no moment"));
  EXPECT_THAT(says(R"({"tax_included":"yes"})"), HasSubstr("tax_included: true or false"));
  EXPECT_THAT(says(R"({"payment":"void_"})"),
              HasSubstr("payment: 'void_' is none of pending, part_paid, paid, part_refunded, refunded, void"));
  EXPECT_THAT(says(R"({"lines":[{"offer":{"listing":"8"}}]})"), HasSubstr("lines[0].offer.listing: an object is expected"));
  EXPECT_THAT(says(R"({"refunds":[{"lines":[{"line":"7"}]}]})"), HasSubstr("refunds[0].lines[0].line: an object is expected"));
  EXPECT_THAT(says(R"({"lines":[{"offr":{}}]})"), HasSubstr("did you mean 'offer'?"));
}

TEST(ProductTree, a_list_has_a_limit) {
  Json tags = Json::array();
  for (int i = 0; i <= 10'000; ++i) tags.push_back(Json("x"));
  EXPECT_THAT(product_from_json(Json::object({{"tags", tags}})).error().text(), HasSubstr("tags: a list of more than 10000"));
}

}  // namespace
}  // namespace tally
