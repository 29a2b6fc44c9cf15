#include "yaml/yaml.hpp"

#include <gmock/gmock.h>

namespace tally::yaml {
namespace {

using testing::ElementsAre;

class YamlReader : public testing::Test {
 protected:
  const Node& given(std::string_view text) {
    root_ = *parse(text, "f.yaml", complaints_);
    return root_;
  }
  std::vector<std::string> complaints() const {
    std::vector<std::string> texts;
    for (const Complaint& complaint : complaints_) texts.push_back(complaint.text());
    return texts;
  }

  Complaints complaints_;
  Node root_;
};

TEST_F(YamlReader, answers_with_the_values_that_were_asked_for) {
  Reader reader(given("a: word\nb: 7\nc: 0.5\nd: no\ne: 5m\nf: two\ng: [x, 1]\nh: alone\n"), "the file", complaints_);
  EXPECT_EQ(reader.text("a"), "word");
  EXPECT_EQ(reader.integer("b", 0, 10), 7);
  EXPECT_EQ(reader.decimal("c"), Decimal::of(5, 1));
  EXPECT_EQ(reader.boolean("d"), false);
  EXPECT_EQ(reader.duration("e"), std::chrono::minutes(5));
  EXPECT_EQ(reader.choice("f", {"one", "two"}), 1u);
  EXPECT_THAT(reader.texts("g"), ElementsAre("x", "1"));
  EXPECT_THAT(reader.texts("h"), ElementsAre("alone"));
  reader.finish();
  EXPECT_THAT(complaints(), ElementsAre());
}

TEST_F(YamlReader, a_missing_key_is_nothing_and_no_complaint_unless_required) {
  Reader reader(given("a: 1\n"), "the file", complaints_);
  EXPECT_FALSE(reader.has("b"));
  EXPECT_FALSE(reader.text("b"));
  EXPECT_THAT(reader.texts("c"), ElementsAre());
  reader.required("a");
  reader.required("d");
  reader.finish();
  EXPECT_THAT(complaints(), ElementsAre("f.yaml:1:1: the file needs the key 'd'"));
}

TEST_F(YamlReader, what_may_stand_in_the_part_that_was_refused_is_not_missed) {
  Reader reader(given("<<: { policy: full }\nother: 1\n"), "the file", complaints_);
  reader.required("policy");
  reader.finish();
  EXPECT_THAT(complaints(),
              ElementsAre("f.yaml:1:1: merge keys (<<) are not read, write the keys out", "f.yaml:2:1: unknown key 'other' in the file"));
}

TEST_F(YamlReader, an_unknown_key_is_refused_with_the_nearest_known_one) {
  Reader reader(given("polcy: full\nother: 1\n"), "the channel's file", complaints_);
  reader.text("policy");
  reader.finish();
  EXPECT_THAT(complaints(), ElementsAre("f.yaml:1:1: unknown key 'polcy' in the channel's file, did you mean 'policy'?",
                                        "f.yaml:2:1: unknown key 'other' in the channel's file"));
}

TEST_F(YamlReader, says_what_was_expected_and_what_is_there) {
  Reader reader(given("a: [1]\nb: 70\nc: '7'\nd: maybe\ne: 5\nf: tow\ng: { x: 1 }\nh:\n"), "the file", complaints_);
  EXPECT_FALSE(reader.text("a"));
  EXPECT_FALSE(reader.integer("b", 0, 9));
  EXPECT_FALSE(reader.integer("c", 0, 9));
  EXPECT_FALSE(reader.boolean("d"));
  EXPECT_FALSE(reader.duration("e"));
  EXPECT_FALSE(reader.choice("f", {"one", "two"}));
  EXPECT_THAT(reader.texts("g"), ElementsAre());
  EXPECT_FALSE(reader.decimal("h"));
  reader.finish();
  EXPECT_THAT(complaints(), ElementsAre("f.yaml:1:4: 'a' must be text, but is a list",                                         //
                                        "f.yaml:2:4: 'b' must be a whole number from 0 to 9, but is '70'",                     //
                                        "f.yaml:3:4: 'c' must be a whole number from 0 to 9, but is the text \"7\"",           //
                                        "f.yaml:4:4: 'd' must be yes or no, but is 'maybe'",                                   //
                                        "f.yaml:5:4: 'e' must be a time with its unit such as 30s, 5m, 2h or 7d, but is '5'",  //
                                        "f.yaml:6:4: 'f' must be one of one, two, but is 'tow', did you mean 'two'?",          //
                                        "f.yaml:7:4: 'g' must be a list of texts, but is a map",                               //
                                        "f.yaml:8:1: 'h' must be a number, but is nothing"));
}

TEST_F(YamlReader, what_is_no_map_is_complained_of_once_and_answers_with_nothing) {
  Reader reader(given("- 1\n"), "the file", complaints_);
  EXPECT_FALSE(reader.text("a"));
  reader.required("a");
  reader.finish();
  EXPECT_THAT(complaints(), ElementsAre("f.yaml:1:1: the file must be a map of keys, but is a list"));
}

TEST_F(YamlReader, remembers_what_was_asked_for) {
  Reader reader(given("a: 1\n"), "the file", complaints_);
  reader.text("a");
  reader.integer("b", 0, 1);
  reader.text("a");
  EXPECT_THAT(reader.asked(), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace tally::yaml
