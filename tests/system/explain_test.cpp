// Every number can be explained.
#include "support/street.hpp"

#include <algorithm>

namespace tally::tests {
namespace {

/// Where the first step of this kind with this text stands; -1 when there is none.
long step_with(const Json& story, const std::string& what, const std::string& text) {
  const auto& steps = story.find("steps")->as_array();
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const Json& step) {
    return step.text_or("what") == what && step.text_or("text").find(text) != std::string::npos;
  });
  return found == steps.end() ? -1 : found - steps.begin();
}

TEST(Explain, TellsFromTheReceiptToThePlatformsReply) {
  // Given a receipt, a listing on two shops, and an order on one of them,
  Street street({platform("shop", "woocommerce"), platform("outlet", "woocommerce")});
  street.write_channel("shop", "stock: { buffer: 2 }\n");
  street.write_channel("outlet");
  street.open();
  street.import(three_products());
  street.done({"stock", "receive", "TEE", "4", "--reason", "delivery note 77"});
  street.release({"shop", "outlet"});
  ASSERT_EQ(street.shown("shop", "TEE"), 12);
  const Json order = street.tell("outlet", "buy", Json::object({{"sku", "TEE"}, {"quantity", 3}, {"state", "paid"}}));
  ASSERT_TRUE(street.soon([&] { return street.shown("shop", "TEE") == 9; }));
  ASSERT_TRUE(street.soon([&] { return street.status().bool_or("converged"); }));

  // when somebody asks why the shop shows nine,
  const Json story = street.done({"explain", "TEE", "--channel", "shop"});
  EXPECT_EQ(story.integer_or("number"), 9);

  // then the story begins with the count and the receipt, names the order, the rule, and ends with what the platform said.
  const long counted = step_with(story, "movement", "on hand +10"), received = step_with(story, "movement", "delivery note 77");
  const long sold = step_with(story, "movement", "order " + order.find("id")->scalar_text() + " of outlet");
  const long ruled = step_with(story, "rule", "buffer 2"), pushed = step_with(story, "push", "order " + order.find("id")->scalar_text());
  EXPECT_GE(counted, 0) << story.pretty();
  EXPECT_GT(received, counted) << story.pretty();
  EXPECT_GT(sold, received) << story.pretty();
  EXPECT_GT(ruled, sold) << story.pretty();
  EXPECT_GT(pushed, ruled) << story.pretty();
  EXPECT_GE(step_with(story, "push", "set to 9"), 0) << story.pretty();
  EXPECT_GE(step_with(story, "push", "the platform: confirmed"), 0) << story.pretty();
  EXPECT_GT(step_with(story, "belief", "its number is 9"), pushed) << story.pretty();

  // The price, the content, and the order itself have a story too.
  EXPECT_GE(step_with(street.done({"explain", "TEE", "--channel", "shop", "--aspect", "price"}), "confirmed", "19.90 CNY"), 0);
  EXPECT_GE(step_with(street.done({"explain", "TEE", "--channel", "shop", "--aspect", "content"}), "push", "the platform: confirmed"), 0);
  const Json own = street.done({"explain", "--order", order.find("id")->scalar_text(), "--channel", "outlet"});
  const long bytes = step_with(own, "bytes", "bytes with the digest"), revision = step_with(own, "event", "order.new");
  EXPECT_GE(bytes, 0) << own.pretty();
  EXPECT_GT(revision, bytes) << own.pretty();
  EXPECT_GT(step_with(own, "movement", "reserved +3"), revision) << own.pretty();
}

TEST(Explain, SaysWhatIsNotThere) {
  Street street({platform("shop", "woocommerce")});
  street.write_channel("shop");
  street.open();
  street.import(three_products());
  for (const auto& words :
       {std::vector<std::string>{"explain", "NOBODY", "--channel", "shop"}, {"explain", "TEE", "--channel", "nowhere"}}) {
    const Ended ended = street.tallyd(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_NE(ended.json().find("error"), nullptr) << ended.out;
    EXPECT_NE((ended.out + ended.err).find(words[1] == "NOBODY" ? "NOBODY" : "nowhere"), std::string::npos) << ended.out;
  }
  const Json story = street.done({"explain", "TEE", "--channel", "shop"});  // known, and not listed yet
  EXPECT_GE(step_with(story, "listing", "not listed"), 0) << story.pretty();
}

}  // namespace
}  // namespace tally::tests
