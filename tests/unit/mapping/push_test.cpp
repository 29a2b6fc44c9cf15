// Filling documents.
#include "shared.hpp"

namespace tally::mapping {
namespace {

TEST(Push, a_hole_alone_keeps_its_type_and_text_around_it_makes_text) {
  const auto made = compile_well("stock: { n: \"${available}\", id: \"gid://x/${@id}\", dollar: \"$${available}\" }");
  EXPECT_EQ(pushed(made, "stock", json(R"({"@id":"7","available":3})")).dump(), R"({"n":3,"id":"gid://x/7","dollar":"${available}"})");
}

TEST(Push, what_has_no_value_is_left_out_with_the_literals_around_it) {
  const auto made = compile_well("price: { a: 1, meta: [ { key: hs, value: \"${hs_code}\" }, { key: sku, value: \"${sku}\" } ] }");
  EXPECT_EQ(pushed(made, "price", json(R"({"sku":"A"})")), json(R"({"a":1,"meta":[{"key":"sku","value":"A"}]})"));
}

TEST(Push, a_document_that_comes_to_nothing_is_not_sent) {
  const auto made = compile_well("price: { kind: price, id: \"${@id}\" }\nshipped: { $if: order.state == 'shipped', status: completed }");
  EXPECT_TRUE(pushed(made, "price", Json::object()).is_null());
  EXPECT_TRUE(pushed(made, "shipped", json(R"({"order":{"state":"paid"}})")).is_null());
  EXPECT_EQ(pushed(made, "shipped", json(R"({"order":{"state":"shipped"}})")), json(R"({"status":"completed"})"));
}

TEST(Push, blank_is_how_none_is_written) {
  const auto made =
      compile_well("price: { a: \"${hs_code | blank ''}\", b: \"${compare_at | minor | blank 0}\", c: \"${barcode | blank null}\" }");
  EXPECT_EQ(pushed(made, "price", Json::object()).dump(), R"({"a":"","b":0,"c":null})");
}

TEST(Push, names_places_and_the_only_variant_of_paths) {
  const auto made = compile_well(
      "listing: { id: \"${@id}\", sku: \"${variant.sku}\", cat: \"${category.name}\", v: [ { $for: v in variants, c: "
      "\"${v.option_values.Color}\", first: \"${v.option_values.1}\" } ], alts: \"${images.alt}\" }");
  const Json product =
      json(R"({"options":[{"name":"Size","values":["M"]}],"categories":[{"name":"Tops"}],"images":[{"alt":"a"},{"url":"u"},{"alt":"b"}],
    "variants":[{"sku":"A","option_values":[{"name":"Size","value":"M"},{"name":"Color","value":"Red"}]}]})");
  EXPECT_EQ(pushed(made, "listing", product), json(R"({"cat":"Tops","v":[{"c":"Red","first":"M"}],"alts":["a","b"]})"));
  EXPECT_EQ(pushed(made, "listing", json(R"({"variants":[{"sku":"A"}]})")), json(R"({"sku":"A"})"));
}

TEST(Push, expressions_calculate_exactly) {
  const auto made = compile_well(
      "price: { gross: \"${price * 1.19 | decimal}\", shown: \"${compare_at ?? price | decimal}\", off: \"${compare_at - price | "
      "decimal}\", cheap: \"${price < 10 }\" }");
  EXPECT_EQ(pushed(made, "price", json(R"({"price":{"amount":9.99,"currency":"EUR"}})")),
            json(R"({"gross":"11.89","shown":"9.99","cheap":true})"));
}

TEST(Push, amounts_have_the_digits_of_their_currency) {
  const auto made = compile_well("price: { d: \"${price | decimal}\", m: \"${price | minor}\", n: \"${price | number}\" }");
  EXPECT_EQ(pushed(made, "price", json(R"({"price":{"amount":1500,"currency":"JPY"}})")).dump(), R"({"d":"1500","m":1500,"n":1500})");
  EXPECT_EQ(pushed(made, "price", json(R"({"price":{"amount":1.5,"currency":"KWD"}})")).dump(), R"({"d":"1.500","m":1500,"n":1.5})");
}

TEST(Push, settings_of_the_channel_are_literals) {
  ChannelContext context;
  context.settings = json(R"({"marketplace":"A1","unit":"lbs"})");
  const auto made = compile_well(
      "price: { m: \"${channel.marketplace}\", none: \"${channel.other}\", w: \"${weight | unit channel.unit | decimal 3}\" }", context);
  EXPECT_EQ(pushed(made, "price", json(R"({"weight":{"value":350,"unit":"g"}})")), json(R"({"m":"A1","w":"0.772"})"));
}

TEST(Push, a_required_value_that_is_missing_refuses_the_push) {
  const auto made = compile_well("listing: { id: \"${@id}\", b: \"${brand | required}\" }");
  const auto refused = made.mapping->push("listing", json(R"({"@id":"1"})"), Say::everything);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::rejected);
}

TEST(Push, a_part_is_one_list_and_the_whole_can_go_without_it) {
  const auto made = compile_well(
      "listing: { id: \"${@id}\", rows: [ { $for: v in variants, sku: \"${v.sku}\" } ], pics: [ { $for: i in images, src: \"${i.url}\" } ] "
      "}");
  const Json product = json(R"({"@id":"1","variants":[{"sku":"B"},{"sku":"A"}],"images":[{"url":"u"}]})");
  EXPECT_EQ(pushed(made, "listing/rows", product), json(R"([{"sku":"B"},{"sku":"A"}])")) << "in the model's order";
  EXPECT_EQ(pushed(made, "listing-rows", product), json(R"({"id":"1","pics":[{"src":"u"}]})"));
  EXPECT_EQ(pushed(made, "listing-rows-pics", product), json(R"({"id":"1"})"));
  EXPECT_TRUE(pushed(made, "listing/pics", json(R"({"@id":"1"})")).is_null());
  EXPECT_EQ(made.mapping->list_of("listing", "listing/rows"), "variants");
  EXPECT_EQ(made.mapping->list_of("listing", "rows"), "variants");
  EXPECT_EQ(made.mapping->list_of("listing", "id"), "");
  EXPECT_EQ(made.mapping->push("listing/row", product, Say::everything).error().fault, Fault::not_found);
}

TEST(Push, new_variants_of_a_known_product_are_said_in_full) {
  const auto made = compile_well(
      "listing: { id: \"${@id}\", rows: [ { $for: v in variants, sku: \"${v.sku}\", price: \"${v.price | decimal}\", stock: [ { $for: s in "
      "v.stock, at: \"${s.location.@id}\", n: \"${s.available}\" } ] } ] }");
  const Json product = json(R"({"@id":"1","@known":true,"variants":[
    {"sku":"A","@known":true,"price":{"amount":1,"currency":"EUR"},"stock":[{"location":{"@id":"9"},"available":3}]},
    {"sku":"B","price":{"amount":2,"currency":"EUR"},"stock":[{"location":{"@id":"9"},"available":4}]}]})");
  EXPECT_EQ(pushed(made, "listing/rows", product, Say::content),
            json(R"([{"sku":"A"},{"sku":"B","price":"2.00","stock":[{"at":"9","n":4}]}])"));
}

TEST(Spell, says_content_only_without_ids_and_what_is_only_written_or_only_read) {
  const auto made = compile_well(
      "tables: { s: { live: 5, paused: 11, ended: 6 } }\n"
      "listing: { id: \"${@id}\", name: \"${title}\", $push: { pic: \"${images.url}\" }, $read: { status: \"${state | table s}\" },\n"
      "  rows: [ { $for: v in variants, id: \"${v.@id}\", sku: \"${v.sku}\", price: \"${v.price | decimal}\", n: \"${v.available}\" } ] }");
  const Json product = json(
      R"({"@id":"1","title":"Mug","state":"live","images":[{"url":"u"}],"variants":[{"@id":"2","sku":"A","price":{"amount":1,"currency":"EUR"},"available":3}]})");
  EXPECT_EQ(made.mapping->spell("listing", product), json(R"({"name":"Mug","rows":[{"sku":"A"}]})"));
}

TEST(Filters, outside_documents) {
  const auto filtered = [](std::string_view spec, const Json& value) { return *apply_filters(spec, value); };
  EXPECT_EQ(filtered("time epoch", Json("2026-01-01T00:00:00Z")), Json(1767225600));
  EXPECT_EQ(filtered("time naive", Json("2026-01-01T08:00:00+08:00")), Json("2026-01-01T00:00:00"));
  EXPECT_EQ(filtered("time +08:00", Json("2026-01-01T00:00:00Z")), Json("2026-01-01 08:00:00"));
  EXPECT_EQ(filtered("time -03:30", Json("2026-01-01T00:00:00Z")), Json("2025-12-31 20:30:00"));
  EXPECT_EQ(filtered("time http", Json("2026-10-21T07:28:00Z")), Json("Wed, 21 Oct 2026 07:28:00 GMT"));
  EXPECT_EQ(filtered("text", Json(5)), Json("5"));
  EXPECT_EQ(filtered("upper | cut 2", Json("abc")), Json("AB"));
  EXPECT_EQ(filtered("join '|'", json(R"(["a","b"])")), Json("a|b"));
  EXPECT_EQ(filtered("minor", json(R"({"amount":12.345,"currency":"EUR"})")), Json(1234));
  EXPECT_EQ(filtered("plain", Json("<p>a &amp; b</p><!-- c --><ul><li>x</li></ul> 1 < 2")), Json("a & b\nx\n\n 1 < 2"));
  EXPECT_EQ(filtered("cut 2", Json("短袖衫")), Json("短袖"));
  EXPECT_EQ(filtered("default 'a b'", Json()), Json("a b"));
  EXPECT_EQ(apply_filters("decimall", Json(1)).error().todo, "did you mean 'decimal'?");
  EXPECT_FALSE(apply_filters("decimal", Json("abc")));
}

TEST(Templates, leave_out_what_is_empty_and_keep_the_type_of_a_hole_alone) {
  // given
  Complaints complaints;
  const auto node = overlay(
      "query: { since: \"${since | time epoch}\", page: \"${page}\", fixed: true, in: [ \"${a}\", \"${b}\" ] }\npath: "
      "/orders/${order.@id}/refunds\n");
  const auto made = Template::compile(*node, complaints);
  ASSERT_TRUE(made) << text_of(complaints);
  const auto with = [&](const Json& names) { return made->fill([&](std::string_view path) { return names.find(path); }); };
  // then
  EXPECT_EQ(*with(json(R"({"since":"2026-01-01T00:00:00Z","page":2,"b":"x","order.@id":"7"})")),
            json(R"({"query":{"since":1767225600,"page":2,"fixed":true,"in":["x"]},"path":"/orders/7/refunds"})"));
  EXPECT_FALSE(with(Json::object())) << "it has holes and none was filled";
}

TEST(Templates, know_no_expressions_no_tables_and_no_dollar_keys) {
  Complaints complaints;
  EXPECT_FALSE(Template::compile(*overlay("{ a: \"${x + 1}\", b: \"${x | table t}\", $if: y }"), complaints));
  EXPECT_EQ(complaints.size(), 3u) << text_of(complaints);
}

}  // namespace
}  // namespace tally::mapping
