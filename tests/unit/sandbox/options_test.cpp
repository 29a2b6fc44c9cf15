#include "connectors/sandbox/shopper.hpp"
#include "pretend.hpp"

namespace tally::sandbox {
namespace {

std::string refusal_of(const std::string& config) {
  const auto read = options_from(json(config));
  return read ? "" : read.error().text();
}

TEST(SandboxOptions, say_which_key_or_dialect_is_unknown_and_what_was_meant) {
  EXPECT_NE(refusal_of(R"({"sead": 1, "platforms": []})").find("seed"), std::string::npos);
  EXPECT_NE(refusal_of(R"({"platforms": [{"name": "a", "dialect": "woocomerce"}]})").find("woocommerce"), std::string::npos);
  EXPECT_NE(refusal_of(R"({"platforms": [{"name": "a", "dialect": "till"}]})").find("folder"), std::string::npos);
  EXPECT_NE(refusal_of(R"({"platforms": [{"name": "a", "dialect": "douyin", "port": 70000}]})").find("port"), std::string::npos);
  EXPECT_NE(refusal_of(R"({"platforms": [{"name": "a", "dialect": "douyin"}, {"name": "a", "dialect": "douyin"}]})").find("'a'"),
            std::string::npos);
  EXPECT_EQ(refusal_of(R"({"platforms": [{"name": "a", "dialect": "douyin"}]})"), "");
}

TEST(SandboxOptions, a_port_that_is_taken_is_an_error_and_nothing_is_left_running) {
  Pretend first(json(R"({"name": "shop", "dialect": "woocommerce"})"));
  const std::string port = first.origin.substr(first.origin.rfind(':') + 1);
  Sandbox second(
      *options_from(json(R"({"platforms": [{"name": "other", "dialect": "douyin"}, {"name": "shop", "dialect": "woocommerce", "port": )" +
                         port + "}]}")),
      Log());
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().fault, Fault::io);
}

TEST(RunSandbox, prints_one_line_with_every_address_and_ends_when_asked) {
  testing::internal::CaptureStdout();
  int asked = 0;
  const auto ended = run_sandbox(
      json(R"({"platforms": [{"name": "a", "dialect": "douyin"}, {"name": "b", "dialect": "wechat-shop"}]})"),
      [&asked] { return ++asked > 1; }, Log());
  const std::string printed = testing::internal::GetCapturedStdout();
  EXPECT_TRUE(ended);
  EXPECT_EQ(std::count(printed.begin(), printed.end(), '\n'), 1);
  const Json about = json(printed);
  EXPECT_GT(about.at("/control/port")->integer().value(), 0);
  EXPECT_EQ(about.at("/platforms/1/name")->as_string(), "b");
  EXPECT_TRUE(about.at("/platforms/1/url")->as_string().starts_with("http://127.0.0.1:"));
}

std::vector<Shelf> shelves() {
  return {{"a", {{"MUG", 5}, {"CUP", 1}, {"GONE", 0}}}, {"b", {{"MUG", 3}}}, {"empty", {{"MUG", 0}}}};
}

TEST(ShoppersOfOneSeed, decide_the_same_and_only_for_what_is_there) {
  Shoppers first(42, {}), second(42, {});
  for (int i = 0; i < 300; ++i) {
    const auto one = first.next(shelves()), other = second.next(shelves());
    ASSERT_TRUE(one && other);
    EXPECT_EQ(one->platform + one->sku + std::to_string(one->quantity), other->platform + other->sku + std::to_string(other->quantity));
    EXPECT_NE(one->sku, "GONE");
    EXPECT_NE(one->platform, "empty");
    EXPECT_GE(one->quantity, 1);
    EXPECT_LE(one->quantity, one->sku == "CUP" ? 1 : (one->platform == "a" ? 5 : 3));
  }
  EXPECT_FALSE(first.next({{"a", {{"MUG", 0}}}}));
}

TEST(ShoppersOfOneSeed, go_for_the_last_unit_when_that_is_their_habit) {
  Shoppers greedy(1, {.last_unit_percent = 100, .unpaid_percent = 0, .cancel_percent = 0});
  for (int i = 0; i < 20; ++i) {
    const auto purchase = greedy.next({shelves()[0]});
    EXPECT_EQ(purchase->sku, "CUP");
    EXPECT_EQ(purchase->quantity, 1);
    EXPECT_TRUE(purchase->paid);
    EXPECT_FALSE(purchase->cancels);
  }
}

}  // namespace
}  // namespace tally::sandbox
