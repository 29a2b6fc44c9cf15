// The mapping files that come with the daemon.
#include "shared.hpp"

namespace tally::mapping {
namespace {

class Shipped : public testing::TestWithParam<std::string> {};

TEST_P(Shipped, compiles_and_keeps_its_own_promises) {
  // given
  const auto text = shipped_text(GetParam());
  ASSERT_TRUE(text);
  Complaints complaints;
  // when
  const auto mapping = Mapping::compile(GetParam(), *text, "mappings/" + GetParam() + ".yaml", {}, shipped_text, complaints);
  // then
  ASSERT_EQ(text_of(complaints), "");
  ASSERT_NE(mapping, nullptr);
  EXPECT_EQ(text_of(mapping->run_tests()), "");
  EXPECT_NE(text->find("\ntests:"), std::string::npos) << "a mapping without tests promises nothing";
}

INSTANTIATE_TEST_SUITE_P(Mapping, Shipped, testing::Values("woocommerce", "wechat-shop", "douyin", "till"), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tally::mapping
