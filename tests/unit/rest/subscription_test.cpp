// Webhooks that the connector enters, finds and revives in a shop that answers on a real socket.
#include "http/curl_http.hpp"
#include "stage.hpp"
#include "unit/sandbox/pretend.hpp"

namespace tally::rest {
namespace {

using channel::ActionKind;
using test::Stage;

class OwnWebhooks : public ::testing::Test {
 protected:
  OwnWebhooks() {
    owner.set_basic_auth("ck_x", "cs_y");
    EXPECT_TRUE(http.allow(shop.origin.substr(std::string("http://").size())));
    stage.recipe.settings.set("url", shop.origin).set("hook_url", ear.url());
    stage.recipe.auth = "basic";
    Complaints complaints;
    stage.recipe.mapping = stage.mapping(complaints);
    auto ports = stage.ports();
    ports.http = &http;
    ports.clock = &clock;
    stage.made = make(stage.recipe, ports, complaints);
    EXPECT_TRUE(complaints.empty()) << text_of(complaints);
  }

  Result<channel::Applied> look_after_them() { return stage.push(ActionKind::subscribe, Json::object()); }
  /// What a check that must be answered tells.
  Json checked() {
    const auto applied = look_after_them();
    EXPECT_TRUE(applied) << applied.error().text();
    return applied && applied->shown ? *applied->shown : Json::object();
  }
  std::vector<Json> entered() {
    std::vector<Json> all;
    for (int page = 1;; ++page) {
      const auto answer = owner.Get("/wp-json/wc/v3/webhooks?per_page=100&page=" + std::to_string(page));
      const auto list = Json::parse(answer ? answer->body : "[]");
      if (!list || !list->is_array() || list->empty()) return all;
      for (const Json& hook : list->as_array()) all.push_back(hook);
    }
  }
  Json enter(const std::string& topic, const std::string& url, const std::string& status = "active") {
    const Json wish = Json::object({{"topic", topic}, {"delivery_url", url}, {"secret", "another"}, {"status", status}});
    return sandbox::said(owner.Post("/wp-json/wc/v3/webhooks", wish.dump(), "application/json")).json();
  }
  Json write(const Json& hook, const std::string& status) {
    const std::string path = "/wp-json/wc/v3/webhooks/" + hook.find("id")->number_text();
    return sandbox::said(owner.Put(path, Json::object({{"status", status}}).dump(), "application/json")).json();
  }
  std::vector<Json> to(const std::string& url) {
    auto all = entered();
    std::erase_if(all, [&](const Json& hook) { return hook.text_or("delivery_url") != url; });
    return all;
  }
  static std::size_t active(const std::vector<Json>& hooks) {
    return static_cast<std::size_t>(
        std::count_if(hooks.begin(), hooks.end(), [](const Json& hook) { return hook.text_or("status") == "active"; }));
  }

  sandbox::Ear ear;
  sandbox::Pretend shop{Json::object({{"name", "shop"},
                                      {"dialect", "woocommerce"},
                                      {"auth", "basic"},
                                      {"limit", Json::object({{"requests", 100'000}, {"window_ms", 1000}})},
                                      {"secrets", Json::object({{"key", "ck_x"}, {"secret", "cs_y"}, {"webhook_secret", "wh_secret"}})}})};
  httplib::Client owner{shop.origin};
  http::CurlHttp http;
  SystemClock clock;
  Stage stage{"woocommerce"};
};

TEST_F(OwnWebhooks, AreEnteredOnceAndProveThemselvesAtTheDoor) {
  const Json first = checked();
  EXPECT_EQ(first.integer_or("wanted"), 5);
  EXPECT_EQ(first.integer_or("active"), 5);
  EXPECT_EQ(first.find("made")->as_array().size(), 5u);
  const Json second = checked();
  EXPECT_EQ(second.integer_or("active"), 5);
  EXPECT_TRUE(second.find("made")->empty() && second.find("revived")->empty()) << second.dump();
  EXPECT_EQ(entered().size(), 5u);

  const Json mug =
      Json::object({{"name", "Mug"}, {"sku", "MUG"}, {"regular_price", "5.00"}, {"manage_stock", true}, {"stock_quantity", 5}});
  owner.Post("/wp-json/wc/v3/products", mug.dump(), "application/json");
  shop.buy("MUG");
  const auto heard = ear.wait_for([](const auto& one) { return one.header("X-WC-Webhook-Topic") == "order.created"; });
  ASSERT_TRUE(heard);
  const channel::Webhook delivery{
      "POST",
      "",
      {{"x-wc-webhook-topic", "order.created"}, {"x-wc-webhook-signature", heard->header("X-WC-Webhook-Signature")}},
      heard->body};
  const auto door = stage.connector().authenticate(delivery);
  ASSERT_TRUE(door) << door.error().text();
  EXPECT_EQ(door->deliveries.size(), 1u);
}

TEST_F(OwnWebhooks, ThatAreOffAreRevivedAndThoseOfOthersStayAsTheyAre) {
  const Json others = enter("order.created", "http://127.0.0.1:9/elsewhere", "disabled");
  checked();
  for (const Json& hook : to(ear.url())) {
    if (hook.text_or("topic").starts_with("order.")) write(hook, "disabled");
  }
  ASSERT_EQ(active(to(ear.url())), 2u);
  const Json revived = checked();
  EXPECT_EQ(revived.find("revived")->dump(), R"(["order.created","order.updated","order.deleted"])");
  EXPECT_TRUE(revived.find("made")->empty()) << "none is made beside one that can be revived";
  EXPECT_EQ(revived.integer_or("active"), 5);
  EXPECT_EQ(active(to(ear.url())), 5u);
  ASSERT_EQ(to("http://127.0.0.1:9/elsewhere").size(), 1u);
  EXPECT_EQ(to("http://127.0.0.1:9/elsewhere")[0].dump(), others.dump());
}

TEST_F(OwnWebhooks, BehindAFullPageOfOthersAreFoundAndNotMadeAgain) {
  for (int i = 0; i < 110; ++i) enter("coupon.created", "http://127.0.0.1:9/" + std::to_string(i));
  checked();
  const Json again = checked();
  EXPECT_TRUE(again.find("made")->empty()) << again.dump();
  EXPECT_EQ(to(ear.url()).size(), 5u);
}

TEST_F(OwnWebhooks, OfWhichOneWorksAreNotRevivedBesideIt) {
  enter("order.created", ear.url(), "disabled");
  enter("order.created", ear.url());
  const Json found = checked();
  EXPECT_TRUE(found.find("revived")->empty()) << found.dump();
  EXPECT_EQ(found.find("made")->as_array().size(), 4u);
}

TEST_F(OwnWebhooks, AreNotMadeWhereTheirListCannotBeRead) {
  shop.misbehave("error_5xx_percent", 100);
  const auto failed = look_after_them();
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().fault, Fault::transient) << failed.error().text();
  shop.misbehave("error_5xx_percent", 0);
  EXPECT_TRUE(entered().empty());

  shop.misbehave("garbage_percent", 100);
  EXPECT_FALSE(look_after_them());
  shop.misbehave("garbage_percent", 0);
  EXPECT_TRUE(entered().empty());
}

TEST_F(OwnWebhooks, OfWhichOneIsRefusedTellWhatWasDoneAndWhy) {
  for (int i = 0; i < 498; ++i) enter("coupon.created", "http://127.0.0.1:9/" + std::to_string(i));
  const Json half = checked();  // the pretend shop keeps 500
  EXPECT_EQ(half.find("made")->as_array().size(), 2u) << half.dump();
  EXPECT_EQ(half.integer_or("active"), 2);
  EXPECT_NE(half.text_or("why").find("webhooks"), std::string::npos) << half.dump();
}

}  // namespace
}  // namespace tally::rest
