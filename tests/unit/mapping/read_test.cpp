// Reading documents on top of what is known.
#include "shared.hpp"

#include <gmock/gmock.h>

namespace tally::mapping {
namespace {

const std::string order_text =
    "order: { id: \"${@id}\", at: \"${changed_at | time epoch}\", currency: \"${currency}\", total: \"${total | decimal}\", note: \"${note "
    "| blank ''}\",\n"
    "  lines: [ { $for: l in lines, id: \"${l.@id}\", sku: \"${l.sku}\", n: \"${l.quantity}\", sum: \"${l.amount | minor}\" } ] }\n";

TEST(Reading, an_absent_key_says_nothing_and_null_or_blank_say_none) {
  const auto made = compile_well(order_text);
  const Json known = json(R"({"@id":"1","note":"ring twice","total":{"amount":5,"currency":"EUR"}})");
  EXPECT_EQ(read(made, "order", json("{}"), known).tree.text_or("note"), "ring twice");
  EXPECT_EQ(read(made, "order", json(R"({"note":""})"), known).tree.find("note"), nullptr);
  EXPECT_EQ(read(made, "order", json(R"({"note":null,"total":null})"), known).tree.find("total"), nullptr);
}

TEST(Reading, what_is_no_list_where_one_is_expected_is_a_doubt_and_changes_nothing) {
  const auto made = compile_well(order_text);
  const Json known = json(R"({"@id":"1","lines":[{"@id":"1","sku":"A","quantity":2}]})");
  for (const std::string shown : {R"({"lines":"zz"})", R"({"lines":5})", R"({"lines":{"1":{"id":2,"n":1}}})", R"({"lines":true})"}) {
    const auto got = read(made, "order", json(shown), known);
    EXPECT_EQ(*got.tree.find("lines"), *known.find("lines")) << shown;
    ASSERT_EQ(got.doubts.size(), 1u) << shown;
    EXPECT_NE(got.doubts.front().find("a list is expected here"), std::string::npos) << got.doubts.front();
  }
  for (const std::string shown : {R"({"lines":""})", R"({"lines":{}})", R"({"lines":null})", "{}"})
    EXPECT_TRUE(read(made, "order", json(shown), known).doubts.empty()) << shown;
}

TEST(Reading, never_changes_what_already_spells_what_is_there) {
  ChannelContext context;
  context.settings = json(R"({"weight_unit":"lb"})");
  const auto made = compile_well(
      "listing: { id: \"${@id}\", rows: [ { $for: v in variants, sku: \"${v.sku}\", w: \"${v.weight | unit channel.weight_unit | decimal "
      "2}\" } ] }",
      context);
  const Json known = json(R"({"variants":[{"sku":"A","weight":{"value":350,"unit":"g"}}]})");
  EXPECT_EQ(read(made, "listing", json(R"({"rows":[{"sku":"A","w":"0.770"}]})"), known).tree, known);
  EXPECT_EQ(*read(made, "listing", json(R"({"rows":[{"sku":"A","w":"0.78"}]})"), known).tree.at("/variants/0/weight"),
            json(R"({"value":0.78,"unit":"lb"})"));
}

TEST(Reading, amounts_are_in_the_currency_of_the_document_wherever_it_stands) {
  const auto made = compile_well(order_text);
  const Json tree = read(made, "order", json(R"({"id":7,"lines":[{"id":1,"sum":1500}],"total":"1500","currency":"JPY"})")).tree;
  EXPECT_EQ(*tree.find("total"), json(R"({"amount":1500,"currency":"JPY"})"));
  EXPECT_EQ(*tree.at("/lines/0/amount"), json(R"({"amount":1500,"currency":"JPY"})"));
  EXPECT_EQ(tree.text_or("@id"), "7");
}

TEST(Reading, another_currency_is_a_doubt_and_never_converted) {
  const auto order = compile_well(order_text);
  const Read read_order = read(order, "order", json(R"({"currency":"USD","total":"6.00"})"),
                               json(R"({"currency":"EUR","total":{"amount":5,"currency":"EUR"}})"));
  EXPECT_EQ(read_order.doubts.size(), 1u);
  EXPECT_EQ(read_order.tree.text_or("currency"), "EUR");

  const auto listing = compile_well(
      "listing: { id: \"${@id}\", rows: [ { $for: v in variants, sku: \"${v.sku}\", p: \"${v.price | number}\", c: \"${v.price.currency}\" "
      "} ] }");
  const Json known = json(R"({"variants":[{"sku":"A","price":{"amount":5,"currency":"EUR"}}]})");
  const Read dollars = read(listing, "listing", json(R"({"rows":[{"sku":"A","c":"USD","p":6}]})"), known);
  EXPECT_EQ(dollars.tree, known);
  ASSERT_EQ(dollars.doubts.size(), 1u);
  EXPECT_EQ(dollars.doubts[0], "variants[A].price: 'USD' is another currency than EUR; amounts are never converted");
  EXPECT_EQ(*read(listing, "listing", json(R"({"rows":[{"sku":"B","c":"EUR","p":6}]})")).tree.at("/variants/0/price"),
            json(R"({"amount":6,"currency":"EUR"})"));
}

TEST(Reading, an_unknown_word_is_a_doubt_and_leaves_the_field_alone) {
  const auto made =
      compile_well("tables: { s: { live: on, paused: off, ended: gone } }\nlisting: { id: \"${@id}\", s: \"${state | table s}\" }");
  const Read odd = read(made, "listing", json(R"({"s":"maybe"})"), json(R"({"state":"paused"})"));
  EXPECT_EQ(odd.tree.text_or("state"), "paused");
  ASSERT_EQ(odd.doubts.size(), 1u);
  EXPECT_EQ(odd.doubts[0], "state: 'maybe' is not in the table 's'");
  EXPECT_THAT(read(made, "listing", json(R"({"s":{"code":"on"}})"), Json::object()).doubts,
              testing::ElementsAre("state: an object is not in the table 's'"));
}

TEST(Reading, a_branch_whose_condition_denies_a_field_takes_it_away) {
  const auto made = compile_well(
      "listing: { id: \"${@id}\", rows: [ { $for: v in variants, sku: \"${v.sku}\",\n"
      "  $one: [ { $if: not v.compare_at, sale: \"\", regular: \"${v.price | decimal}\" }, { regular: \"${v.compare_at | decimal}\", sale: "
      "\"${v.price | decimal}\" } ] } ] }");
  const Json known = json(R"({"variants":[{"sku":"A","price":{"amount":4,"currency":"EUR"},"compare_at":{"amount":5,"currency":"EUR"}}]})");
  const Json tree = read(made, "listing", json(R"({"rows":[{"sku":"A","sale":"","regular":"5.00"}]})"), known).tree;
  EXPECT_EQ(*tree.at("/variants/0"), json(R"({"sku":"A","price":{"amount":5,"currency":"EUR"}})")) << "the sale was ended by hand";
}

const std::string rows_text =
    "listing: { id: \"${@id}\", rows: [ { $for: v in variants, id: \"${v.@id}\", sku: \"${v.sku}\", bar: \"${v.barcode}\" } ], pics: [ { "
    "$for: i in images, id: \"${i.@id}\", $push: { src: \"${i.url}\" } } ] }";

TEST(ReadingLists, entries_pair_by_the_platforms_id_then_by_our_key) {
  const auto made = compile_well(rows_text);
  const Json known =
      json(R"({"variants":[{"sku":"A","@id":"1","cost":{"amount":1,"currency":"EUR"}},{"sku":"B","cost":{"amount":2,"currency":"EUR"}}]})");
  const Json tree = read(made, "listing", json(R"({"rows":[{"id":2,"sku":"B"},{"id":1,"sku":"renamed"},{"id":3,"sku":"C"}]})"), known).tree;
  EXPECT_EQ(
      tree.find("variants")->dump(),
      R"([{"sku":"renamed","@id":"1","cost":{"amount":1,"currency":"EUR"}},{"sku":"B","cost":{"amount":2,"currency":"EUR"},"@id":"2"},{"@id":"3","sku":"C"}])");
}

TEST(ReadingLists, without_a_key_those_that_have_no_id_yet_pair_by_place) {
  const auto made = compile_well(rows_text);
  const Json tree = read(made, "listing", json(R"({"pics":[{"id":11},{"id":12}]})"), json(R"({"images":[{"url":"a"},{"url":"b"}]})")).tree;
  EXPECT_EQ(tree.find("images")->dump(), R"([{"url":"a","@id":"11"},{"url":"b","@id":"12"}])");
}

TEST(ReadingLists, what_the_platform_no_longer_has_goes_but_short_forms_say_nothing) {
  const auto made = compile_well(rows_text);
  const Json known = json(R"({"variants":[{"sku":"A","@id":"1"},{"sku":"B","@id":"2"}]})");
  EXPECT_EQ(read(made, "listing", json(R"({"rows":[{"id":2,"sku":"B"}]})"), known).tree.find("variants")->as_array().size(), 1u);
  EXPECT_EQ(read(made, "listing", json(R"({"rows":[2]})"), known).tree, known);
  EXPECT_EQ(read(made, "listing", json(R"({"rows":[]})"), known).tree.find("variants"), nullptr);
}

TEST(ReadingLists, a_part_keeps_what_it_does_not_mention) {
  const auto made = compile_well(rows_text);
  const Json known = json(R"({"variants":[{"sku":"A"},{"sku":"B"}]})");
  EXPECT_EQ(read(made, "listing/rows", json(R"([{"id":2,"sku":"B"}])"), known).tree,
            json(R"({"variants":[{"sku":"A"},{"sku":"B","@id":"2"}]})"));
  EXPECT_EQ(read(made, "listing/rows", json(R"({"id":1,"sku":"A"})"), known).tree,
            json(R"({"variants":[{"sku":"A","@id":"1"},{"sku":"B"}]})"));
}

TEST(ReadingLists, a_path_through_a_list_fills_its_entries) {
  const auto made = compile_well("listing: { id: \"${@id}\", pics: \"${images.@url}\" }");
  const Json tree =
      read(made, "listing", json(R"({"pics":["x","y"]})"), json(R"({"images":[{"url":"a"},{"url":"b","@url":"x"},{"url":"c"}]})")).tree;
  EXPECT_EQ(tree.find("images")->dump(), R"([{"url":"b","@url":"x"},{"url":"a","@url":"y"}])");
}

TEST(Reading, text_around_a_hole_is_stripped_and_packed_text_is_parsed) {
  const auto made = compile_well(
      "tables: { k: { order: o } }\nevent: { kind: \"${kind | table k}\", data: { $text: json, id: \"gid://Order/${subject}\" } }");
  const Json tree = read(made, "event", json(R"({"kind":"o","data":"{\"id\":\"gid://Order/92233720368547758079\"}"})")).tree;
  EXPECT_EQ(tree, json(R"({"kind":"order","subject":"92233720368547758079"})"));
  EXPECT_FALSE(read(made, "event", json(R"({"data":"{"})")).doubts.empty());
}

TEST(Reading, a_list_packed_into_text_goes_both_ways) {
  const auto made =
      compile_well("listing: { id: \"${@id}\", rows: { $text: json, $list: [ { $for: v in variants, sku: \"${v.sku}\" } ] } }");
  const Json product = json(R"({"@id":"1","variants":[{"sku":"A"},{"sku":"B"}]})");
  const Json packed = pushed(made, "listing", product);
  EXPECT_EQ(packed, json(R"({"id":"1","rows":"[{\"sku\":\"A\"},{\"sku\":\"B\"}]"})"));
  EXPECT_EQ(read(made, "listing", packed).tree, product);
}

TEST(Reading, skips_another_kind_of_document) {
  const auto made = compile_well("level: { type: level, sku: \"${sku}\", n: \"${available}\" }");
  EXPECT_TRUE(read(made, "level", json(R"({"type":"price","sku":"A","n":3})")).skipped);
  EXPECT_FALSE(read(made, "level", json(R"({"type":"level","sku":"A","n":3})")).skipped);
}

TEST(Reading, one_place_feeds_two_fields) {
  const auto both = compile_well(
      "tables: { s: { paid: [20, 13] }, h: { group: 13 } }\n"
      "order: { id: \"${@id}\", at: \"${changed_at | time iso}\", total: \"${total | decimal}\", lines: [ { $for: l in lines, id: "
      "\"${l.@id}\" } ],\n"
      "  s: \"${state | table s}\", $read: [ { s: \"${holds | table h}\" } ] }");
  const Read held = read(both, "order", json(R"({"s":13})"));
  EXPECT_EQ(*held.tree.find("holds"), json(R"(["group"])"));
  EXPECT_EQ(held.tree.text_or("state"), "paid");
  const Read free = read(both, "order", json(R"({"s":20})"), held.tree);
  EXPECT_TRUE(free.doubts.empty()) << "20 is known, if not as a hold";
  EXPECT_EQ(free.tree.find("holds"), nullptr);
}

TEST(Reading, numbers_beyond_reason_are_doubts_or_errors_and_nothing_worse) {
  const auto made = compile_well(order_text);
  for (const char* odd :
       {R"({"at":"9e35"})", R"({"total":"1e30"})", R"({"lines":[{"id":1,"n":99999999999999999999}]})",
        R"({"lines":[{"id":1,"sum":{"a":1}}]})", R"({"total":[1,2]})", R"({"lines":{"id":1}})", R"({"lines":[[1]]})", R"({"id":{}})"}) {
    const auto result = made.mapping->read("order", json(odd), Json());
    if (result) {
      EXPECT_EQ(result->tree.find("total"), nullptr) << odd;
    }
  }
  EXPECT_FALSE(made.mapping->read("order", json("[]"), Json()));
}

}  // namespace
}  // namespace tally::mapping
