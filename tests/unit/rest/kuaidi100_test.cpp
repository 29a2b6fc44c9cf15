// Kuaidi100's two signatures, what it is told, what it pushes, and what its codes mean.
#include "unit/rest/stage.hpp"

#include "base/crypto.hpp"
#include "connectors/rest/frame.hpp"

namespace tally::rest::test {
namespace {

using channel::ActionKind;
using channel::Event;
using channel::Want;

struct Tracker : Stage {
  explicit Tracker(const std::string& hook_url = "https://hooks.example.com/hooks/parcels") : Stage("kuaidi100") {
    recipe.settings = Json::object({{"currency", "CNY"}, {"hook_url", hook_url}});
    secrets = {{"key", "QUERYKEY"}, {"customer", "CUSTOMER1"}, {"salt", "SALTY"}};
    tables = "tables: { carriers: { hermes: hermesde } }";
  }
  Json field(std::size_t request, const std::string& name) {
    const auto form = parse_form(platform.requests.at(request).body);
    const auto parsed = Json::parse(form->at(name));
    return parsed ? *parsed : Json(form->at(name));
  }
  Result<channel::Page> look(const std::string& parcel) {
    Want want;
    want.what = Want::What::parcels;
    want.things.push_back(json(parcel));
    return connector().read_listings(want);
  }
};

/// As the platform does it.
channel::Webhook pushed(const std::string& param, const std::string& salt) {
  std::string sign = crypto::hex(crypto::digest(crypto::Digest::md5, param + salt));
  for (char& c : sign) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return {"POST", "", {{"content-type", "application/x-www-form-urlencoded"}}, "sign=" + sign + "&param=" + crypto::url_encode(param)};
}

const std::string signed_for =
    R"({"status":"shutdown","message":"","lastResult":{"message":"ok","state":"3","status":"200","com":"yuantong","nu":"YT8800001",)"
    R"("data":[{"time":"2026-11-21 10:00:00","ftime":"2026-11-21 10:00:00","context":"已签收,签收人:张三","status":"签收"}]}})";

TEST(Kuaidi100, IsAskedUnderTheSignatureThatWasReckonedByHand) {
  Tracker tracker;
  tracker.platform.answers("POST", "https://poll.kuaidi100.com/poll/query.do", 200,
                           R"({"message":"ok","state":"5","status":"200","com":"shunfeng","nu":"SF1002","data":[]})");
  const auto page = tracker.look("{'carrier':'sf','tracking':'SF1002','phone_end':'5678'}");
  ASSERT_TRUE(page) << page.error().text();
  const auto form = parse_form(tracker.platform.requests.at(0).body);
  ASSERT_TRUE(form);
  EXPECT_EQ(form->at("param"),
            R"({"com":"shunfeng","num":"SF1002","phone":"5678","from":"","to":"","resultv2":"1","show":"0","order":"desc"})");
  // md5 of the text above, QUERYKEY and CUSTOMER1 behind each other, by md5sum.
  EXPECT_EQ(form->at("sign"), "511E9EF2F91BEE90B86FE202CB0DEB97");
  EXPECT_EQ(form->at("customer"), "CUSTOMER1");
  ASSERT_EQ(page->documents.size(), 1u);
  const auto events = tracker.connector().parse(page->documents.front(), Json());
  ASSERT_TRUE(events) << events.error().text();
  EXPECT_EQ(events->front().what, Event::What::parcel);
  EXPECT_EQ(events->front().tree.text_or("state"), "delivering");
}

TEST(Kuaidi100, GetsNoTelephoneNumberWhereItNeedsNone) {
  Tracker tracker;
  tracker.platform.answers("POST", "/poll", 200, "{'result':true,'returnCode':'200','message':'ok'}");
  ASSERT_TRUE(tracker.push(ActionKind::follow_parcel, json("{'carrier':'yto','tracking':'YT8800001','phone_end':'5678'}")));
  const Json param = tracker.field(0, "param");
  EXPECT_EQ(param.text_or("company"), "yuantong");
  EXPECT_EQ(text_at(param, "/parameters/phone"), "");
  EXPECT_EQ(text_at(param, "/parameters/callbackurl"), "https://hooks.example.com/hooks/parcels");
  EXPECT_EQ(text_at(param, "/parameters/salt"), "SALTY");
  EXPECT_EQ(param.text_or("key"), "QUERYKEY");
}

TEST(Kuaidi100, TakesAParcelThatIsFollowedAlreadyForFollowed) {
  Tracker tracker;
  tracker.platform.answers("POST", "/poll", 200, "{'result':false,'returnCode':'501','message':'重复订阅'}");
  EXPECT_TRUE(tracker.push(ActionKind::follow_parcel, json("{'carrier':'yto','tracking':'YT8800001'}")));
}

TEST(Kuaidi100, SaysWhatToDoAboutEachRefusal) {
  const std::vector<std::tuple<std::string, Fault, std::string>> refusals{
      {"601", Fault::forbidden, "renew"},  {"600", Fault::unauthorized, "key"},   {"701", Fault::rejected, "carrier"},
      {"702", Fault::rejected, "carrier"}, {"408", Fault::rejected, "telephone"}, {"500", Fault::not_yet, ""}};
  for (const auto& [code, fault, todo] : refusals) {
    Tracker tracker;
    tracker.platform.answers("POST", "/poll", 200, "{'result':false,'returnCode':'" + code + "','message':'no'}");
    const auto followed = tracker.push(ActionKind::follow_parcel, json("{'carrier':'yto','tracking':'YT8800001'}"));
    ASSERT_FALSE(followed) << code;
    EXPECT_EQ(followed.error().fault, fault) << code << ": " << followed.error().text();
    EXPECT_NE(followed.error().todo.find(todo), std::string::npos) << code << ": " << followed.error().todo;
    EXPECT_EQ(followed.error().text().find("QUERYKEY"), std::string::npos);
  }
}

TEST(Kuaidi100, RefusesACarrierThatItsTableDoesNotKnow) {
  Tracker tracker;
  EXPECT_FALSE(tracker.push(ActionKind::follow_parcel, json("{'carrier':'pigeon','tracking':'1'}")));
  EXPECT_TRUE(tracker.platform.requests.empty());
  EXPECT_FALSE(tracker.connector().capabilities().carriers.contains("pigeon"));
  EXPECT_TRUE(tracker.connector().capabilities().carriers.contains("hermes")) << "the channel's own table adds carriers";
}

TEST(Kuaidi100Door, TakesWhatIsSignedAndAnswersInItsWords) {
  Tracker tracker;
  const auto door = tracker.connector().authenticate(pushed(signed_for, "SALTY"));
  ASSERT_TRUE(door) << door.error().text();
  EXPECT_EQ(*Json::parse(door->reply.body), json("{'result':true,'returnCode':'200','message':'成功'}"));
  ASSERT_EQ(door->deliveries.size(), 1u);
  EXPECT_EQ(door->deliveries.front().kind, "parcel");
  const auto events = tracker.connector().parse(door->deliveries.front(), Json());
  ASSERT_TRUE(events) << events.error().text();
  ASSERT_EQ(events->size(), 1u);
  const Json& tree = events->front().tree;
  EXPECT_EQ(tree.text_or("tracking"), "YT8800001");
  EXPECT_EQ(tree.text_or("state"), "signed");
  EXPECT_EQ(tree.text_or("watch"), "ended");
  EXPECT_EQ(text_at(tree, "/events/0/at"), "2026-11-21T02:00:00Z") << "its times are those of China";
}

TEST(Kuaidi100Door, TakesNothingElse) {
  Tracker tracker;
  EXPECT_FALSE(tracker.connector().authenticate(pushed(signed_for, "another")));
  auto changed = pushed(signed_for, "SALTY");
  changed.body.replace(changed.body.find("8800001"), 7, "8800002");
  EXPECT_FALSE(tracker.connector().authenticate(changed));
  EXPECT_FALSE(tracker.connector().authenticate({"POST", "", {}, "param=" + crypto::url_encode(signed_for)})) << "unsigned";
  EXPECT_FALSE(tracker.connector().authenticate({"POST", "", {}, ""}));
  EXPECT_FALSE(tracker.connector().authenticate({"GET", "", {}, ""}));
  tracker.secrets["salt_old"] = "another";
  EXPECT_TRUE(tracker.connector().authenticate(pushed(signed_for, "another"))) << "parcels that were followed under the salt before";
}

TEST(Kuaidi100Door, GarbageThatIsSignedIsKeptAndNotUnderstood) {
  Tracker tracker;
  for (const std::string param : {"no json", "{}", R"({"status":"polling"})", R"({"status":"polling","lastResult":[]})"}) {
    const auto door = tracker.connector().authenticate(pushed(param, "SALTY"));
    ASSERT_TRUE(door) << param;
    ASSERT_EQ(door->deliveries.size(), 1u);
    const auto events = tracker.connector().parse(door->deliveries.front(), Json());
    EXPECT_TRUE(!events || events->empty() || events->front().tree.text_or("tracking").empty()) << param;
  }
}

TEST(Kuaidi100, TellsByItselfOnlyWhereItCanReachUs) {
  EXPECT_TRUE(Tracker().connector().capabilities().tells_of_parcels);
  EXPECT_FALSE(Tracker("").connector().capabilities().tells_of_parcels);
  EXPECT_TRUE(Tracker("").connector().capabilities().tracks_parcels);
}

TEST(ASignedForm, BelongsToItsOwnRequestAndToAForm) {
  Tracker tracker;
  std::string text = tracker.recipe.text;
  const std::string put = "put: { form: sign } }";
  text.replace(text.find(put), put.size(), "put: { query: sign } }");
  EXPECT_NE(tracker.complaints_of(text).find("signed in its form"), std::string::npos);
  Tracker other;
  text = other.recipe.text;
  const std::string read = "read_parcel:";
  text.replace(text.find(read), read.size(), "read_stock:");
  EXPECT_NE(other.complaints_of(text).find("read_parcel"), std::string::npos);
}

}  // namespace
}  // namespace tally::rest::test
