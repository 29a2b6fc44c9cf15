// What is refused when a mapping is loaded, and where.
#include "shared.hpp"

namespace tally::mapping {
namespace {

std::string complaints_of(const std::string& text, const ChannelContext& context = {}) {
  return text_of(compile("mapping: test\n" + text, context).complaints);
}

TEST(Compile, names_the_nearest_field_with_file_line_and_column) {
  const std::string all = complaints_of("price: { id: \"${@id}\",\n  amount: \"${pricee | decimal}\" }\n");
  EXPECT_EQ(all.rfind("test.yaml:3:", 0), 0u) << all;
  EXPECT_NE(all.find("there is no field 'pricee', did you mean 'price'?"), std::string::npos) << all;
}

TEST(Compile, tells_all_that_is_wrong_at_once) {
  const auto made = compile(
      "mapping: test\nprice: { a: \"${pric | decimal}\", b: \"${price | decimall}\", c: \"${price | table x}\", d: \"${price\" }\nprise: "
      "{}\n");
  EXPECT_EQ(made.mapping, nullptr);
  EXPECT_EQ(made.complaints.size(), 5u) << text_of(made.complaints);
}

TEST(Compile, asks_for_the_spelling_of_amounts_times_and_measures) {
  EXPECT_NE(complaints_of("price: { a: \"${price}\" }").find("an amount is spelt by"), std::string::npos);
  EXPECT_NE(complaints_of("price: { a: \"${weight}\" }").find("a measure is spelt by"), std::string::npos);
  EXPECT_NE(complaints_of("shipment: { a: \"${at}\" }").find("a time is spelt by"), std::string::npos);
  EXPECT_NE(complaints_of("price: { a: \"${sku | decimal}\" }").find("`decimal` needs a number or an amount, and is given text"),
            std::string::npos);
}

TEST(Compile, refuses_blank_for_quantities_and_selling_prices) {
  EXPECT_NE(complaints_of("stock: { a: \"${available | blank 0}\" }").find("is refused on quantities"), std::string::npos);
  EXPECT_NE(complaints_of("price: { a: \"${price | decimal | blank ''}\" }").find("is refused on quantities"), std::string::npos);
  EXPECT_EQ(complaints_of("stock: { a: \"${available}\", b: \"${before | blank null}\" }"), "");
}

TEST(Compile, asks_for_every_word_that_is_written) {
  const std::string all =
      complaints_of("tables: { s: { live: on, paused: off } }\nlisting: { id: \"${@id}\", state: \"${state | table s}\" }");
  EXPECT_NE(all.find("'ended' is written and has no spelling"), std::string::npos) << all;
}

TEST(Compile, needs_no_word_for_what_is_only_read) {
  EXPECT_EQ(complaints_of("tables: { s: { live: on } }\nlisting: { id: \"${@id}\", $read: { state: \"${state | table s}\" } }"), "");
}

TEST(Compile, refuses_rows_that_are_no_words_of_ours) {
  const std::string all = complaints_of(
      "tables: { s: { live: on, paused: off, ended: gone, pausd: x } }\nlisting: { id: \"${@id}\", state: \"${state | table s}\" }");
  EXPECT_NE(all.find("'pausd' is no word of ours, did you mean 'paused'?"), std::string::npos) << all;
}

TEST(Compile, finds_branches_that_are_never_written_or_never_read) {
  EXPECT_NE(complaints_of("price: { $one: [ { a: \"${sku}\" }, { b: \"${sku}\" } ] }").find("never written"), std::string::npos);
  EXPECT_NE(
      complaints_of("level: { sku: \"${sku}\", $one: [ { a: \"${available}\" }, { a: \"${available}\", kind: x } ] }").find("never read"),
      std::string::npos);
  EXPECT_EQ(complaints_of("level: { sku: \"${sku}\", $one: [ { a: \"${available}\", kind: x }, { a: \"${available}\" } ] }"), "");
}

TEST(Compile, says_what_an_order_must_read) {
  const std::string all = complaints_of("order: { id: \"${@id}\", total: \"${total | decimal}\" }");
  EXPECT_NE(all.find("does not read changed_at"), std::string::npos) << all;
  EXPECT_NE(all.find("does not read lines"), std::string::npos) << all;
  EXPECT_EQ(all.find("does not read total"), std::string::npos) << all;
}

TEST(Compile, checks_conditions_against_the_model) {
  EXPECT_NE(complaints_of("shipped: { $if: order.state == 'shiped', a: b }").find("did you mean 'shipped'?"), std::string::npos);
  EXPECT_NE(complaints_of("price: { a: \"${sku + 1}\" }").find("only numbers"), std::string::npos);
  EXPECT_NE(complaints_of("price: { $if: sku == 3, a: b }").find("can never be equal"), std::string::npos);
}

TEST(Compile, a_list_inside_text_stands_alone) {
  EXPECT_EQ(complaints_of("price: { a: { $text: json, $list: [ { sku: \"${sku}\" } ] } }"), "");
  EXPECT_NE(complaints_of("price: { a: { $list: [ { sku: \"${sku}\" } ] } }").find("$list: stands alone"), std::string::npos);
  EXPECT_NE(complaints_of("price: { a: { $text: json, b: 1, $list: [ { sku: \"${sku}\" } ] } }").find("$list: stands alone"),
            std::string::npos);
}

TEST(Compile, helps_where_the_quotes_were_forgotten) {
  const std::string all = complaints_of("price: { id: ${@id} }");
  EXPECT_NE(all.find("quote"), std::string::npos) << all;
}

TEST(Extends, merges_by_key_takes_away_and_keeps_what_was_there) {
  // given
  const std::string base = "mapping: base\nprice: { id: \"${@id}\", a: 1, tags: [x], inner: { b: 2, c: 3 } }\n";
  const auto find = [&](std::string_view name) { return name == "base" ? std::optional(base) : std::nullopt; };
  // when
  const auto made = compile("mapping: test\nextends: base\nprice: { a: ~, tags: [..., y], inner: { c: 4 } }\n", {}, find);
  // then
  ASSERT_EQ(text_of(made.complaints), "");
  EXPECT_EQ(pushed(made, "price", json(R"({"@id":"1"})")), json(R"({"id":"1","tags":["x","y"],"inner":{"b":2,"c":4}})"));
}

TEST(Extends, never_in_a_circle) {
  const auto find = [](std::string_view) { return std::optional<std::string>("mapping: a\nextends: a\n"); };
  const auto made = compile("mapping: test\nextends: a\n", {}, find);
  EXPECT_NE(text_of(made.complaints).find("extends itself"), std::string::npos);
  EXPECT_NE(text_of(compile("mapping: test\nextends: nowhere\n").complaints).find("there is no mapping 'nowhere'"), std::string::npos);
}

TEST(Extends, the_channels_file_fills_the_tables_that_are_its_own) {
  ChannelContext context;
  context.overlay = overlay("tables: { carriers: { dhl: DHL Express } }");
  const auto made = compile("mapping: test\ntables: { carriers: channel }\nshipment: { by: \"${carrier | table carriers}\" }", context);
  ASSERT_EQ(text_of(made.complaints), "");
  EXPECT_EQ(pushed(made, "shipment", json(R"({"carrier":"dhl"})")), json(R"({"by":"DHL Express"})"));
  // and a word that it does not have refuses the push and says where to add it
  const auto refused = made.mapping->push("shipment", json(R"({"carrier":"ups"})"), Say::everything);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::rejected);
  EXPECT_NE(refused.error().text().find("the table 'carriers' has no entry for 'ups'"), std::string::npos);
}

TEST(FileTests, a_promise_that_is_not_kept_is_a_complaint_at_its_place) {
  const auto made = compile_well(
      "price: { p: \"${price | decimal}\" }\ntests:\n  - { push: price, given: { price: 12.5 EUR }, then: { p: \"12.5\" } }\n");
  const Complaints failures = made.mapping->run_tests();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].place.line, 4);
  EXPECT_EQ(failures[0].what, "push price: /p is \"12.50\", expected \"12.5\"");
}

TEST(FileTests, an_unknown_field_in_what_is_given_is_no_passing_test) {
  const auto made = compile_well("price: { p: \"${sku}\" }\ntests:\n  - { push: price, given: { skuu: A }, then: ~ }\n");
  EXPECT_NE(text_of(made.mapping->run_tests()).find("there is no field 'skuu'"), std::string::npos);
}

TEST(OneWay, holes_are_listed_with_their_reason) {
  const auto made =
      compile_well("listing: { id: \"${@id}\", t: \"${title | cut 5}\", u: \"${code}-${brand}\", $push: { d: \"${description}\" } }");
  const auto holes = made.mapping->one_way_holes();
  ASSERT_EQ(holes.size(), 4u);
  EXPECT_NE(holes[0].find("${title | cut 5}: a filter of it cannot be undone"), std::string::npos) << holes[0];
  EXPECT_NE(holes[3].find("stands under $push"), std::string::npos) << holes[3];
}

}  // namespace
}  // namespace tally::mapping
