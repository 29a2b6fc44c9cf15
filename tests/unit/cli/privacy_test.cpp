// `tallyd privacy` and `order show --clear` before a daemon that answers what the test says.
#include "desk.hpp"

namespace tally::cli::test {
namespace {

class PrivacyCommands : public CliTest {};

TEST_F(PrivacyCommands, ErasingSaysInNumbersWhatIsGone) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/privacy/erase", R"({"orders":2,"documents":5,"waiting":0})");
  EXPECT_EQ(tallyd({"privacy", "erase", "--buyer", "ada@example.com"}), exit_ok) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/privacy/erase {"buyer":"ada@example.com"})");
  EXPECT_TRUE(printed("the buyer of 2 orders, and 5 raw documents")) << out.str();
}

TEST_F(PrivacyCommands, ErasingIsDoneInPartWhileDocumentsThatNobodyHasReadNameTheBuyer) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/privacy/erase", R"({"orders":1,"documents":0,"waiting":1})");
  EXPECT_EQ(tallyd({"privacy", "erase", "--order", "7", "--channel", "shop"}), exit_partly);
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/privacy/erase {"order":"7","channel":"shop"})");
  EXPECT_TRUE(printed("1 raw document names an erased buyer too")) << out.str();
}

TEST_F(PrivacyCommands, ErasingAgainSaysWhatIsGoneSince) {
  with_daemon().answer("/api/v1/privacy/erase", R"({"orders":0,"documents":3,"waiting":0,"again":true})");
  EXPECT_EQ(tallyd({"privacy", "erase", "--order", "7"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("erased before; now 3 raw documents too")) << out.str();
}

TEST_F(PrivacyCommands, ErasingNobodyOrTwoAtOnceIsRefusedBeforeItIsSent) {
  auto& fake = with_daemon();
  EXPECT_EQ(tallyd({"privacy", "erase"}), exit_error);
  EXPECT_EQ(tallyd({"privacy", "erase", "--buyer", "ada@example.com", "--order", "7"}), exit_error);
  EXPECT_TRUE(fake.asked().empty());
}

TEST_F(PrivacyCommands, GivingUpAllBuyersNeedsAYes) {
  bool forgotten = false;
  parts.forget_keys = [&](const std::filesystem::path&) {
    forgotten = true;
    return Result<void>();
  };
  EXPECT_EQ(tallyd({"privacy", "forget-all"}), exit_error);
  EXPECT_FALSE(forgotten);
  EXPECT_EQ(tallyd({"privacy", "forget-all", "--yes"}), exit_ok) << err.str();
  EXPECT_TRUE(forgotten);
}

TEST_F(PrivacyCommands, AnOrderIsShownInClearByASecondQuestionOnly) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/orders/7", R"({"channel":"shop","id":"7","state":"paid","lines":[],"buyer":{"name":"A***"}})");
  fake.answer("/api/v1/orders/7/reveal", R"({"channel":"shop","id":"7","buyer":{"name":"Ada"},"erased":false})");
  EXPECT_EQ(tallyd({"order", "show", "7"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("buyer: A***")) << out.str();
  for (const auto& question : fake.asked()) EXPECT_EQ(question.find("reveal"), std::string::npos);
  EXPECT_EQ(tallyd({"order", "show", "7", "--clear"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("buyer: Ada")) << out.str();
}

}  // namespace
}  // namespace tally::cli::test
