#include "yaml/yaml.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace tally::yaml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::optional<Node> parsed(std::string_view text) {
  Complaints complaints;
  auto node = parse(text, "f.yaml", complaints);
  EXPECT_EQ(text_of(complaints), "");
  return node;
}

std::vector<std::string> complaints_of(std::string_view text) {
  Complaints complaints;
  parse(text, "f.yaml", complaints);
  std::vector<std::string> texts;
  for (const Complaint& complaint : complaints) texts.push_back(complaint.text());
  return texts;
}

TEST(YamlParse, keeps_keys_in_order_and_every_node_knows_its_place) {
  const auto node = parsed("b: 1\na:\n  - x\n  - { c: y }\n");
  ASSERT_TRUE(node);
  EXPECT_THAT(node->keys(), ElementsAre("b", "a"));
  EXPECT_EQ(node->members[1].key_place.text(), "f.yaml:2:1");
  EXPECT_EQ(node->find("a")->items[0].place.text(), "f.yaml:3:5");
  EXPECT_EQ(node->find("a")->items[1].find("c")->place.text(), "f.yaml:4:10");
}

TEST(YamlParse, counts_columns_in_characters_not_in_bytes) {
  const auto node = parsed("{ 尺码: 大, ü: x }\n");
  ASSERT_TRUE(node);
  EXPECT_EQ(node->find("尺码")->place.column, 7);
  EXPECT_EQ(node->find("ü")->place.column, 13);
}

TEST(YamlParse, an_empty_file_and_one_of_comments_only_are_nothing_without_complaint) {
  for (const char* text : {"", "\n\n", "# only words\n"}) {
    const auto node = parsed(text);
    ASSERT_TRUE(node) << text;
    EXPECT_TRUE(node->is_null());
    EXPECT_THAT(node->keys(), IsEmpty());
    EXPECT_EQ(node->place.line, 1);
  }
}

TEST(YamlParse, a_byte_order_mark_and_windows_line_ends_change_nothing) {
  const auto node = parsed(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: two\r\n");
  ASSERT_TRUE(node);
  EXPECT_EQ(node->members[0].key_place.text(), "f.yaml:1:1");
  EXPECT_EQ(node->find("b")->scalar, "two");
}

TEST(YamlParse, plain_words_have_the_types_of_json_and_quoted_ones_are_text) {
  const auto node =
      parsed("[true, True, yes, no, NO, null, ~, 12, 012, -0.5, 1e3, +49, 0x1F, 1_000, 12:30, .5, '12', \"true\", 9007199254740993]");
  ASSERT_TRUE(node);
  EXPECT_EQ(node->to_json().dump(),
            R"([true,"True","yes","no","NO",null,null,12,"012",-0.5,1e3,"+49","0x1F","1_000","12:30",".5","12","true",9007199254740993])");
}

TEST(YamlParse, refuses_aliases_anchors_merge_keys_and_tags_and_says_all_at_once) {
  EXPECT_THAT(complaints_of("a: &x 1\nb: *x\nc: { <<: 2 }\nd: !!str 1\n"),
              ElementsAre(HasSubstr("f.yaml:1:4: anchors"), HasSubstr("f.yaml:2:4: aliases"), HasSubstr("f.yaml:3:6: merge keys"),
                          HasSubstr("f.yaml:4:4: tags")));
}

TEST(YamlParse, a_quoted_merge_sign_is_a_key_like_any_other) {
  EXPECT_EQ(parsed("\"<<\": 2")->find("<<")->scalar, "2");
}

TEST(YamlParse, refuses_a_key_that_stands_twice_and_names_the_first) {
  EXPECT_THAT(complaints_of("a: 1\nb:\n  a: 2\na: 3\n"),
              ElementsAre("f.yaml:4:1: 'a' stands here a second time, it stands in line 1 already"));
}

TEST(YamlParse, refuses_keys_that_are_no_words) {
  EXPECT_THAT(complaints_of("? [a, b]\n: 1\n"), ElementsAre(HasSubstr("where a key is expected")));
  EXPECT_THAT(complaints_of("null: 1\n"), ElementsAre(HasSubstr("the word null")));
}

TEST(YamlParse, refuses_a_second_document) {
  EXPECT_THAT(complaints_of("a: 1\n---\nb: 2\n"), ElementsAre(HasSubstr("second document")));
}

TEST(YamlParse, what_is_refused_is_left_out_and_the_rest_is_there_to_be_judged) {
  const auto rest_of = [](std::string_view text) {
    Complaints complaints;
    const auto node = parse(text, "f.yaml", complaints);
    EXPECT_FALSE(complaints.empty()) << text;
    return node ? node->to_json().dump() + (node->torn ? " torn" : "") : "nothing";
  };
  EXPECT_EQ(rest_of("a: 1\na: { b: 2 }\nc: 3\n"), R"({"a":1,"c":3})");
  EXPECT_EQ(rest_of("a: &x 1\nb: !!int 2\n"), R"({"a":1,"b":2})");
  EXPECT_EQ(rest_of("z: &x 1\na: *x\nb: 2\n"), R"({"z":1,"b":2} torn)");
  EXPECT_EQ(rest_of("<<: { c: 1 }\nb: 2\n"), R"({"b":2} torn)");
  EXPECT_EQ(rest_of("? [a]\n: { c: 1 }\nb: 2\n"), R"({"b":2} torn)");
  EXPECT_EQ(rest_of("a: 1\n---\na: 2\n"), R"({"a":1})");
  EXPECT_EQ(rest_of("a: 1\nb: \"open\n"), R"({"a":1} torn)");
  EXPECT_EQ(rest_of("a: [&x 1, *x, 3]\n"), R"({"a":[1,3]})");
  EXPECT_EQ(rest_of("a: *nowhere\n"), "nothing");
  EXPECT_EQ(rest_of("a: [1\n"), "nothing");
}

TEST(YamlParse, a_control_character_behind_a_backslash_is_one_too) {
  EXPECT_THAT(complaints_of("a: \"x\\0y\"\n"), ElementsAre("f.yaml:1:4: a control character stands in this text, take it out"));
}

TEST(YamlParse, a_hole_in_braces_without_quotes_is_named_where_it_stands) {
  EXPECT_THAT(complaints_of("listing:\n  x: { id: ${id | text} }\n"),
              ElementsAre("f.yaml:2:12: a hole ${…} inside { } or [ ] needs quotes, write \"${…}\""));
  EXPECT_THAT(complaints_of("ü: [ \"${fine}\", '${fine}', # ${fine}\n  ${a} ]\n"), ElementsAre(HasSubstr("f.yaml:2:3: a hole")));
}

TEST(YamlParse, a_hole_in_a_line_of_its_own_needs_no_quotes) {
  EXPECT_EQ(parsed("id: ${v.weight | unit kg}\n")->find("id")->scalar, "${v.weight | unit kg}");
}

TEST(YamlParse, an_error_elsewhere_is_not_blamed_on_a_hole_that_is_quoted) {
  EXPECT_THAT(complaints_of("a: { b: \"${x}\", c: [1 }\n"), ElementsAre(testing::Not(HasSubstr("hole"))));
}

TEST(YamlParse, quotes_that_do_not_end_are_refused_although_the_parser_takes_them) {
  EXPECT_THAT(complaints_of("a: \"xx\nb: 1\n"), ElementsAre("f.yaml:1:4: the quotes that begin here do not end"));
  EXPECT_THAT(complaints_of("a: 'it''s\n"), ElementsAre(HasSubstr("f.yaml:1:4: the quotes")));
  EXPECT_EQ(parsed("a: 'it''s'\nb: \"q\\\"\"\nc: |\n  'tis\n")->find("a")->scalar, "it's");
}

TEST(YamlParse, tabs_in_the_indentation_are_named_as_what_they_are) {
  EXPECT_THAT(complaints_of("a:\n\t- b\n"), ElementsAre(HasSubstr("f.yaml:2:2: a tab")));
}

TEST(YamlParse, refuses_what_is_not_utf8_or_not_text_with_its_line) {
  EXPECT_THAT(complaints_of("a: 1\nb: \xFF\n"), ElementsAre(HasSubstr("f.yaml:2: this line is not UTF-8")));
  EXPECT_THAT(complaints_of(std::string_view("a: 1\nb: \0x\n", 11)), ElementsAre(HasSubstr("f.yaml:2: a control character")));
}

TEST(YamlParse, has_a_limit_on_bytes_and_on_levels) {
  EXPECT_THAT(complaints_of("a: " + std::string(1 << 20, 'x')), ElementsAre(HasSubstr("at most 1048576")));
  EXPECT_TRUE(parsed(std::string(50, '[') + std::string(50, ']')));
  EXPECT_THAT(complaints_of(std::string(51, '[') + std::string(51, ']')), ElementsAre(HasSubstr("more than 50 levels")));
  EXPECT_THAT(complaints_of(std::string(100'000, '[')), ElementsAre(HasSubstr("more than 50 levels")));
}

TEST(YamlParse, stops_counting_complaints_when_nobody_would_read_on) {
  std::string text = "a: &x 1\n";
  for (int i = 0; i < 1000; ++i) text += "k" + std::to_string(i) + ": *x" + "\n";
  Complaints complaints;
  parse(text, "f.yaml", complaints);
  EXPECT_GE(complaints.size(), 99u);
  EXPECT_LE(complaints.size(), 101u);
}

TEST(YamlParse, reads_every_example_there_is) {
  const auto folder = std::filesystem::path(TALLYD_SOURCE_DIR) / "../shared/examples";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no ../shared/examples";
  int files = 0;
  for (const auto& each : std::filesystem::directory_iterator(folder)) {
    if (each.path().extension() != ".yaml") continue;
    std::ostringstream text;
    text << std::ifstream(each.path()).rdbuf();
    Complaints complaints;
    EXPECT_TRUE(parse(text.str(), each.path().filename().string(), complaints)) << text_of(complaints);
    ++files;
  }
  EXPECT_GT(files, 0);
}

}  // namespace
}  // namespace tally::yaml
