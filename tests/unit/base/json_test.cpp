#include "base/json.hpp"

#include <gtest/gtest.h>

using namespace tally;

namespace {

Json parsed(std::string_view text) {
  auto value = Json::parse(text);
  EXPECT_TRUE(value) << text << (value ? "" : value.error().text());
  return value ? *value : Json();
}

TEST(Json, keeps_the_text_of_every_number) {
  for (const char* number :
       {"0", "-0", "1", "-17", "1.0", "0.10", "9007199254740993", "18446744073709551615", "18446744073709551616", "-9223372036854775809",
        "12345678901234567890123456789", "19.990000000000000001", "1e5", "1E+05", "-2.50e-3", "123456789.123456789012345"}) {
    EXPECT_EQ(parsed(number).number_text(), number);
    EXPECT_EQ(parsed(std::string("[") + number + "]").dump(), std::string("[") + number + "]");
    EXPECT_EQ(parsed(std::string("{\"n\" : ") + number + " }").find("n")->number_text(), number);
  }
}

TEST(Json, keeps_the_order_of_members) {
  const char* text = R"({"z":1,"a":{"y":[true,false,null],"b":"x"},"m":[]})";
  EXPECT_EQ(parsed(text).dump(), text);
  EXPECT_EQ(parsed(text).dump_sorted(), R"({"a":{"b":"x","y":[true,false,null]},"m":[],"z":1})");
}

TEST(Json, refuses_a_duplicate_key_at_any_depth_and_names_it) {
  const auto twice = Json::parse(R"({"ok":[{"price":1,"sku":"a","price":2}]})");
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().what.find("'price'"), std::string::npos);
  EXPECT_FALSE(Json::parse(R"({"a":1,"\u0061":2})")) << "the same key in another spelling";
  EXPECT_TRUE(Json::parse(R"([{"a":1},{"a":2}])"));
}

TEST(Json, refuses_what_is_not_strictly_json) {
  for (const char* text :
       {"",    " ",        "{",   "[1,]",  "{\"a\":1,}", "{'a':1}", "{a:1}",    "01",      "1.",          ".5",           "+1",
        "NaN", "Infinity", "tru", "[1] 2", "[1]]",       "// x\n1", "\"a\nb\"", "\"\\x\"", "\"\\ud800\"", "1e99999999999"}) {
    const auto value = Json::parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().fault, Fault::invalid);
  }
  EXPECT_FALSE(Json::parse("\xef\xbb\xbf{}")) << "a byte order mark";
  EXPECT_FALSE(Json::parse(std::string_view("[1]\0", 4)));
}

TEST(Json, refuses_invalid_utf8) {
  EXPECT_FALSE(Json::parse("\"\xff\""));
  EXPECT_FALSE(Json::parse("\"\xc0\xaf\"")) << "overlong";
  EXPECT_FALSE(Json::parse("\"\xed\xa0\x80\"")) << "a surrogate";
  EXPECT_EQ(parsed("\"caf\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80\"").as_string(),
            "caf\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80");
  EXPECT_EQ(parsed(R"("\ud83d\ude00\u00e9")").as_string(), "\xf0\x9f\x98\x80\xc3\xa9");
}

TEST(Json, says_at_which_byte_it_stopped) {
  const auto value = Json::parse(R"({"a": 1, "b": x})");
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().what.find("byte 14"), std::string::npos) << value.error().what;
  EXPECT_NE(Json::parse("[1] x").error().what.find("byte 4"), std::string::npos);
}

TEST(Json, is_as_deep_as_allowed_and_no_deeper) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Json::parse(nested(32)));
  EXPECT_FALSE(Json::parse(nested(33)));
  EXPECT_TRUE(Json::parse(nested(3), 3));
  EXPECT_FALSE(Json::parse(nested(4), 3));
  EXPECT_FALSE(Json::parse(std::string(1'000'000, '[')));
}

TEST(Json, a_document_of_millions_of_tiny_values_is_refused_before_it_fills_the_memory) {
  std::string text = "[1";
  for (int i = 0; i < 2'000'000; ++i) text += ",1";
  const auto value = Json::parse(text + "]");
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().what.find("2000000"), std::string::npos);
}

TEST(Json, an_object_of_many_keys_is_read_in_reasonable_time) {
  std::string text = "{\"k\":0";
  for (int i = 0; i < 100'000; ++i) text += ",\"k" + std::to_string(i) + "\":1";
  EXPECT_EQ(parsed(text + "}").as_object().size(), 100'001u);
}

TEST(Json, long_strings_and_keys_arrive_whole) {
  const std::string long_text(300'000, 'x');
  const Json value = parsed("{\"" + long_text.substr(0, 5000) + "\":\"" + long_text + "\\n" + long_text + "\"}");
  EXPECT_EQ(value.as_object()[0].first.size(), 5000u);
  EXPECT_EQ(value.as_object()[0].second.as_string(), long_text + "\n" + long_text);
}

TEST(Json, is_equal_by_value_of_numbers_and_regardless_of_the_order_of_members) {
  EXPECT_EQ(parsed(R"({"a":1.0,"b":[1,2]})"), parsed(R"({"b":[1e0,2],"a":1})"));
  EXPECT_FALSE(parsed("[1,2]") == parsed("[2,1]"));
  EXPECT_FALSE(parsed("1") == parsed("\"1\""));
  EXPECT_FALSE(parsed(R"({"a":1})") == parsed(R"({"a":1,"b":2})"));
  EXPECT_FALSE(parsed(R"({"a":1,"c":2})") == parsed(R"({"a":1,"b":2})"));
  EXPECT_FALSE(parsed("9007199254740993") == parsed("9007199254740992")) << "as doubles they would be equal";
  EXPECT_EQ(parsed("1e400"), parsed("1e400")) << "beyond decimals the text decides";
}

TEST(Json, finds_what_a_pointer_points_to) {
  const Json order = parsed(R"({"line_items":[{"id":7},{"id":8}],"a/b":1,"m~n":2,"":3,"x":{"":4}})");
  EXPECT_EQ(order.at("/line_items/1/id")->number_text(), "8");
  EXPECT_EQ(order.at("/a~1b")->number_text(), "1");
  EXPECT_EQ(order.at("/m~0n")->number_text(), "2");
  EXPECT_EQ(order.at("/x/")->number_text(), "4");
  EXPECT_EQ(order.at(""), &order);
  EXPECT_EQ(order.at("/"), &order);
  for (const char* nowhere : {"line_items", "/line_items/2", "/line_items/01", "/line_items/-", "/line_items/x", "/line_items/-1",
                              "/nothing/more", "/m~n", "/m~", "/line_items/0/id/x", "/line_items/99999999999999999999"}) {
    EXPECT_EQ(order.at(nowhere), nullptr) << nowhere;
  }
}

TEST(Json, sets_replaces_and_erases_members) {
  Json document;
  document.set("sku", "A-1").set("quantity", 3).set("sku", "A-2");
  document.set("tags", Json::array().push_back("new").push_back(nullptr));
  EXPECT_EQ(document.dump(), R"({"sku":"A-2","quantity":3,"tags":["new",null]})");
  document.erase("quantity");
  document.erase("never there");
  EXPECT_EQ(document.find("quantity"), nullptr);
  EXPECT_EQ(document.text_or("sku"), "A-2");
  EXPECT_EQ(document.text_or("tags", "none"), "none");
}

TEST(Json, reads_numbers_that_platforms_write_as_text) {
  const Json order = parsed(R"({"total":"19.90","count":"3","rate":2.0,"half":2.5,"name":"x","yes":true})");
  EXPECT_EQ(order.find("total")->decimal()->text(), "19.9");
  EXPECT_EQ(order.integer_or("count"), 3);
  EXPECT_EQ(order.integer_or("rate"), 2);
  EXPECT_EQ(order.integer_or("half", -1), -1);
  EXPECT_EQ(order.integer_or("name", -1), -1);
  EXPECT_FALSE(order.find("yes")->integer());
  EXPECT_TRUE(order.bool_or("yes"));
  EXPECT_EQ(order.find("rate")->scalar_text(), "2.0");
  EXPECT_EQ(order.find("yes")->scalar_text(), "true");
  EXPECT_EQ(order.scalar_text(), "");
}

TEST(Json, escapes_what_must_be_escaped_and_reads_it_back) {
  const std::string text = std::string("\"\\/\b\f\n\r\t\x01\x1f ") + std::string(1, '\0') + "\xc3\xa9";
  const Json value(text);
  EXPECT_EQ(value.dump(), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f \\u0000\xc3\xa9\"");
  EXPECT_EQ(parsed(value.dump()).as_string(), text);
}

TEST(Json, pretty_is_the_same_document_in_lines) {
  const Json value = parsed(R"({"a":[1,{"b":2}],"c":{},"d":[]})");
  EXPECT_EQ(value.pretty(), "{\n  \"a\": [\n    1,\n    {\n      \"b\": 2\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
  EXPECT_EQ(parsed(value.pretty()), value);
}

TEST(Json, knows_what_is_empty) {
  for (const char* text : {"null", "\"\"", "[]", "{}"}) EXPECT_TRUE(parsed(text).empty()) << text;
  for (const char* text : {"0", "false", "\" \"", "[null]", "{\"a\":null}"}) EXPECT_FALSE(parsed(text).empty()) << text;
}

TEST(Json, an_answer_that_was_cut_inside_a_character_is_still_written_so_that_it_can_be_read) {
  const std::string cut = std::string("T\xE6\x81\xA4").substr(0, 3), overlong = "\xC0\xAF", surrogate = "\xED\xA0\x80";
  for (const auto& text : {cut, overlong, surrogate, std::string("\xFF")}) {
    const auto read = Json::parse(Json::object({{"why", text}}).dump());
    ASSERT_TRUE(read.has_value()) << text.size();
    EXPECT_NE(read->text_or("why").find("\xEF\xBF\xBD"), std::string::npos);
  }
  EXPECT_EQ(parsed(Json("T恤 €😀").dump()).as_string(), "T恤 €😀");
}

}  // namespace
