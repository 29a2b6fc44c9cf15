// What couriers write of a parcel, shown without the people in it.
#include "model/without_people.hpp"

#include <gtest/gtest.h>

namespace tally {
namespace {

using Said = std::vector<std::pair<std::string, std::string>>;

TEST(CouriersSentence, NamesNobody) {
  const Said sentences{
      {"已签收,签收人:张三,感谢使用", "已签收,签收人:***,感谢使用"},
      {"签收人: 张三", "签收人: ***"},
      {"签收人：本人 已签收", "签收人：*** 已签收"},
      {"签收人：张 三，感谢使用", "签收人：***，感谢使用"},
      {"已签收（签收人（张三）感谢使用）", "已签收（签收人（***）感谢使用）"},
      {"派件员:李四,电话:13800138000", "派件员:***,电话:***"},
      {"快件交给李四，正在派送途中（联系电话：138-0013-8000）", "快件交给***，正在派送途中（联系电话：***）"},
      {"【杭州】的李四（021-62345678）正在第1次派件", "【杭州】的***）正在第1次派件"},
      {"您的快件已由张三签收", "您的快件已由***签收"},
      {"您的快件已由 John Smith 签收", "您的快件已由 *** 签收"},
      {"投递员 王五 138****1234", "投递员 ***"},
      {"Signed by: JOHN Q SMITH, front door", "Signed by: ***, front door"},
      {"Ｓｉｇｎｅｄ　ｂｙ：Ｊｏｈｎ，front door", "Ｓｉｇｎｅｄ　ｂｙ：***，front door"},
      {"Signed  by Mrs. J. Smith, at the front door", "Signed  by ***, at the front door"},
      {"It was left, signed by Élodie de la Tour, front door", "It was left, signed by ***, front door"},
      {"Delivered to Mary Jones. Thank you", "Delivered to ***. Thank you"},
      {"【上海市】快件已到达 上海转运中心", "【上海市】快件已到达 上海转运中心"},
      {"Arrived at unit 12 of 3 in Leipzig", "Arrived at unit 12 of 3 in Leipzig"},
  };
  for (const auto& [said, shown] : sentences) EXPECT_EQ(without_people(said, {}), shown);
}

TEST(CouriersSentence, HidesAPersonToTheEndHoweverLongTheNameIs) {
  const std::string name = "Maria Magdalena Josefa Antonia Wolkenstein-Trostburg von und zu Hohenfels";
  EXPECT_EQ(without_people("At the front door of the house, parcel signed by " + name, {}),
            "At the front door of the house, parcel signed by ***");
}

TEST(CouriersSentence, HidesNumbersHoweverTheirDigitsAreGroupedAndWritten) {
  const Said sentences{
      {"Nobody at home, called +49 30 000 000", "Nobody at home, called +***"},
      {"Nobody at home, called 138 0013 8000 twice", "Nobody at home, called *** twice"},
      {"电话１３８００１３８０００，无人接听", "电话***，无人接听"},
      {"电话138—0013—8000，无人接听", "电话***，无人接听"},
      {"电话(138) 0013.8000，无人接听", "电话(***，无人接听"},
      {"电话一三八零零一三八零零零，无人接听", "电话***，无人接听"},
      {"电话١٣٨٠٠١٣٨٠٠٠，无人接听", "电话***，无人接听"},
  };
  for (const auto& [said, shown] : sentences) EXPECT_EQ(without_people(said, {}), shown);
}

TEST(CouriersSentence, HidesPartsOfTheOrdersOwnTelephone) {
  const People people{{}, {"+86 138-0013-8000"}};
  EXPECT_EQ(without_people("短信已发送至尾号8000的手机", people), "短信已发送至尾号***的手机");
  EXPECT_EQ(without_people("短信已发送至尾号９０２１的手机", people), "短信已发送至尾号９０２１的手机");
  EXPECT_EQ(without_people("called 138, then 0013, then 8000", people), "called ***, then ***, then ***");
}

TEST(CouriersSentence, NamesTheBuyerNowhere) {
  const People anna{{"Anna Müller"}, {}}, ada{{"Ada Buyer", "Ada"}, {}}, sanfeng{{"张三丰"}, {}}, ou{{"Ōu O'Neil", "Li"}, {}};
  EXPECT_EQ(without_people("Left in the porch for anna müller as asked", anna), "Left in the porch for *** *** as asked");
  EXPECT_EQ(without_people("Left in the porch for ANNA MÜLLER as asked", anna), "Left in the porch for *** *** as asked");
  EXPECT_EQ(without_people("Left in the porch for Mu\u0308ller as asked", anna), "Left in the porch for *** as asked");
  EXPECT_EQ(without_people("Left in the porch for Ｍüｌｌｅｒ as asked", anna), "Left in the porch for *** as asked");
  EXPECT_EQ(without_people("Left in the porch for AnnaMuller as asked", anna), "Left in the porch for *** as asked");
  EXPECT_EQ(without_people("Ada was not at home", ada), "*** was not at home");
  EXPECT_EQ(without_people("Ada Buyer was not at home", ada), "*** *** was not at home");
  EXPECT_EQ(without_people("ADA's neighbours in Adana were not at home", ada), "***'s neighbours in Adana were not at home");
  EXPECT_EQ(without_people("For Li O'Neil, in the porch at Lindau", ou), "For *** ***'***, in the porch at Lindau");
  EXPECT_EQ(without_people("快件放在张三丰家门口", sanfeng), "快件放在***家门口");
  EXPECT_EQ(without_people("快件放在张 三丰家门口", sanfeng), "快件放在***家门口");
  EXPECT_EQ(without_people("快件放在三丰家门口", sanfeng), "快件放在***家门口");
  EXPECT_EQ(without_people("快件放在张先生家门口", sanfeng), "快件放在***家门口");
}

TEST(CouriersSentence, OfWhichHardlyAWordIsLeftIsNotShown) {
  EXPECT_EQ(without_people("派件员：Maria Magdalena Josefa Smith", {}), "");
}

TEST(CouriersSentence, EndsSomewhereAndNeverInsideACharacter) {
  std::string endless;
  for (int i = 0; i < 1000; ++i) endless += "快";
  const std::string shown = without_people(endless, {});
  EXPECT_LE(shown.size(), 204u);
  EXPECT_GE(shown.size(), 198u);
  EXPECT_EQ(shown.size() % 3, 0u);
  for (int i = 0; i < 2000; ++i) endless += "快";
  EXPECT_EQ(without_people(endless, {}), "") << "no courier writes so much";
  EXPECT_EQ(without_people("", {{""}, {""}}), "");
  EXPECT_EQ(without_people("at the \xff door", {}), "at the \xff door");
}

}  // namespace
}  // namespace tally
