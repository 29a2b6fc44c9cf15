// A batch whose answer lists its failures only, each named by a field of what was sent.
#include "unit/rest/stage.hpp"

namespace tally::rest::test {
namespace {

using channel::ActionKind;
using channel::Change;

class FailuresOnly : public ::testing::Test {
 protected:
  FailuresOnly() {
    std::string& text = stage.recipe.text;
    const auto from = text.find("set_stock:");
    text.replace(
        from, text.find('\n', from) - from,
        "set_stock: { post: /products/batch, send: stock, in: /update, max: 100, failed: { list: /failures, match: { /thing: id }, "
        "why: /why } }");
  }

  /// Two changes, of the things 40 and 41.
  std::vector<Result<channel::Applied>> pushed(const std::string& answer) {
    stage.platform.answers("POST", "/products/batch", 200, answer);
    std::vector<Change> changes;
    for (int i = 0; i < 2; ++i) {
      const Json fields = Json::object({{"@id", std::to_string(40 + i)}, {"sku", "S" + std::to_string(i)}, {"available", i}});
      changes.push_back({"k" + std::to_string(i), ActionKind::set_stock, fields, {}});
    }
    auto results = stage.connector().push(changes);
    ensure(results.size() == 2, "one result a change");
    return results;
  }

  Stage stage{"woocommerce"};
};

TEST_F(FailuresOnly, WhatIsNotListedHasWorked) {
  for (const char* answer : {"{}", "{'failures':null}", "{'failures':[]}"}) {
    for (const auto& result : pushed(answer)) EXPECT_TRUE(result) << answer;
  }
  const auto results = pushed("{'failures':[{'thing':41,'why':'not today'}]}");
  EXPECT_TRUE(results[0]);
  ASSERT_FALSE(results[1]);
  EXPECT_EQ(results[1].error().fault, Fault::rejected);
}

TEST_F(FailuresOnly, AFailureOfSomethingThatWasNotSentIsNotTakenForSuccess) {
  const auto results = pushed("{'failures':[{'thing':7,'why':'not today'},{'thing':41,'why':'not today'}]}");
  ASSERT_FALSE(results[0]);
  EXPECT_EQ(results[0].error().fault, Fault::unknown);
  EXPECT_EQ(results[0].error().what, "a failure names none of what was sent");
  ASSERT_FALSE(results[1]);
  EXPECT_EQ(results[1].error().fault, Fault::rejected);
}

TEST_F(FailuresOnly, AListOfFailuresThatIsNoneIsNotUnderstood) {
  for (const auto& result : pushed("{'failures':{'41':'not today'}}")) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().fault, Fault::broken);
  }
}

}  // namespace
}  // namespace tally::rest::test
