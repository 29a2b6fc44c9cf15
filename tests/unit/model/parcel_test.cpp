// What couriers write of a parcel, shown without the people in it.
#include "model/parcel.hpp"

#include <gtest/gtest.h>

namespace tally {
namespace {

TEST(CouriersSentence, NamesNobody) {
  const std::vector<std::pair<std::string, std::string>> sentences{
      {"已签收,签收人:张三,感谢使用", "已签收,签收人:***,感谢使用"},
      {"签收人: 张三", "签收人: ***"},
      {"签收人：本人 已签收", "签收人：*** 已签收"},
      {"派件员:李四,电话:13800138000", "派件员:***,电话:***"},
      {"快件交给李四，正在派送途中（联系电话：138-0013-8000）", "快件交给***，正在派送途中（联系电话：***）"},
      {"【杭州】的李四（021-62345678）正在第1次派件", "【杭州】的***（***）正在第1次派件"},
      {"您的快件已由张三签收", "您的快件已由***签收"},
      {"投递员 王五 138****1234", "投递员 *** ***"},
      {"Signed by: JOHN Q SMITH, front door", "Signed by: ***, front door"},
      {"Delivered to Mary Jones. Thank you", "Delivered to ***. Thank you"},
      {"【上海市】快件已到达 上海转运中心", "【上海市】快件已到达 上海转运中心"},
      {"Arrived at unit 12 of 3 in Leipzig", "Arrived at unit 12 of 3 in Leipzig"},
  };
  for (const auto& [said, shown] : sentences) EXPECT_EQ(without_people(said, {}), shown);
}

TEST(CouriersSentence, NamesTheBuyerNowhere) {
  EXPECT_EQ(without_people("Left in the porch for anna müller as asked", {"Anna Müller"}), "Left in the porch for *** as asked");
  EXPECT_EQ(without_people("快件放在张三丰家门口", {"张三丰"}), "快件放在***家门口");
}

TEST(CouriersSentence, EndsSomewhereAndNeverInsideACharacter) {
  std::string endless;
  for (int i = 0; i < 1000; ++i) endless += "快";
  const std::string shown = without_people(endless, {});
  EXPECT_LE(shown.size(), 204u);
  EXPECT_EQ(shown.size() % 3, 0u);
}

TEST(PhoneEnd, IsOfTheNumberItselfAndOnlyWhereItIsShown) {
  EXPECT_EQ(phone_end("+86 138-0013-5678"), "5678");
  EXPECT_EQ(phone_end("138****5678"), "5678");
  EXPECT_EQ(phone_end("13800135678转9021"), "5678");
  EXPECT_EQ(phone_end("1380013****"), "");
  EXPECT_EQ(phone_end(""), "");
}

TEST(TrackingNumber, IsTheSameHoweverItIsTyped) {
  EXPECT_EQ(plain_tracking("yt 88-0001"), "YT880001");
}

}  // namespace
}  // namespace tally
