// `limits: budgets:` of a connector's file: what it may say, and that a platform that counts never sees one request too many.
#include "stage.hpp"

#include "engine/budgets.hpp"
#include "http/curl_http.hpp"

#include <httplib.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace tally::rest::test {
namespace {

using channel::ActionKind;
using channel::Want;

/// The real file with these budgets, a line each.
std::string with_budgets(const std::string& name, const std::vector<std::string>& budgets) {
  std::string text = text_of_file(source() / "connectors" / name / "connector.yaml");
  const auto at = text.find("limits: {"), end = text.find("\n", at);
  const std::string line = text.substr(at, end - at);
  const auto from = line.find('{') + 1;
  std::string list = "limits:\n  budgets:\n";
  for (const auto& budget : budgets) list += "    - " + budget + "\n";
  const std::string deadline = line.find("deadline") == std::string::npos ? "" : "  deadline: 20s\n";
  EXPECT_LT(from, line.size());
  text.replace(at, end - at, list + deadline + "  concurrency: 4");
  return text;
}

struct BudgetFile : testing::Test {
  Stage stage{"woocommerce"};
  std::string complaints(const std::string& budget) { return stage.complaints_of(with_budgets("woocommerce", {budget})); }
};

TEST_F(BudgetFile, WhatAPlatformPublishesCanBeSaid) {
  for (const char* budget : {"{ name: order list, operations: [read_orders, read_order], most: 20, every: 1h }",
                             "{ name: calls, most: 5000, every: day, day_starts: \"00:00 America/Los_Angeles\" }",
                             "{ name: revisions, operations: [put_listing, retire_listing], most: 250, every: 24h, entity: \"@id\" }",
                             "{ name: a minute, most: 600, every: 1m, keep: 100 }", "{ name: one, most: 1, every: 7d, keep: 0 }"})
    EXPECT_EQ(complaints(budget), "");
}

TEST_F(BudgetFile, WhatContradictsItselfIsRefusedWhereItStands) {
  const std::pair<const char*, const char*> refused[] = {
      {"{ name: b, most: 5, every: 1h, operations: [read_order, read_ordres] }", "'read_ordres' is no operation of this file"},
      {"{ name: b, most: 5, every: 1h, operations: [read_order, read_order] }", "'read_order' stands here a second time"},
      {"{ name: b, most: 5, every: 1h, operations: [] }", "no operation is named"},
      {"{ name: b, most: 0, every: 1h }", "most"},
      {"{ name: b, every: 1h }", "most"},
      {"{ name: b, most: 5 }", "every"},
      {"{ most: 5, every: 1h }", "name"},
      {"{ name: b, most: 5, every: 500ms }", "1s to 31d"},
      {"{ name: b, most: 5, every: 0s }", "1s to 31d"},
      {"{ name: \"\", most: 5, every: 1h }", "cannot be empty"},
      {"{ name: \"  \", most: 5, every: 1h }", "cannot be empty"},
      {"{ name: b, most: 5, every: 60d }", "1s to 31d"},
      {"{ name: b, most: 5, every: fortnight }", "every"},
      {"{ name: b, most: 5, every: day }", "must be known when it starts"},
      {"{ name: b, most: 5, every: 24h, day_starts: \"00:00 UTC\" }", "only a day starts somewhere"},
      {"{ name: b, most: 5, every: day, day_starts: \"00:00 Mars\" }", "there is no time zone 'Mars'"},
      {"{ name: b, most: 5, every: day, day_starts: midnight }", "says no hour of a place"},
      {"{ name: b, most: 5, every: 1h, keep: 5 }", "nothing is left for the rest"},
      {"{ name: b, most: 5, every: 1h, entity: \"@id\" }", "name them in `operations`"},
      {"{ name: b, most: 5, every: 1h, operations: [read_order], entity: \"@id\" }", "only writes are counted for each"},
      {"{ name: b, most: 5, every: 1h, operations: [put_listing], entity: code }", "names ${code}"},
      {"{ name: b, most: 5, every: 1h, pace: 3 }", "pace"},
  };
  for (const auto& [budget, why] : refused) {
    const std::string said = complaints(budget);
    EXPECT_NE(said.find(why), std::string::npos) << budget << "\n" << said;
    EXPECT_EQ(said.find("woocommerce/connector.yaml:"), 0U) << said;
  }
  EXPECT_NE(complaints("{ name: b, most: 5, every: 1h, operations: [read_ordres] }").find("read_orders"), std::string::npos)
      << "the name that was meant";
  const auto twice = with_budgets("woocommerce", {"{ name: b, most: 5, every: 1h }", "{ name: b, most: 6, every: 1h }"});
  EXPECT_NE(stage.complaints_of(twice).find("two budgets named 'b'"), std::string::npos);
}

TEST_F(BudgetFile, OfATrackerNamesFollowingAndLooking) {
  Stage tracker("kuaidi100");
  tracker.recipe.settings = json("{'currency':'CNY','hook_url':'https://hooks.example.com/hooks/parcels'}");
  tracker.secrets = {{"key", "QUERYKEY"}, {"customer", "CUSTOMER1"}, {"salt", "SALTY"}};
  const auto said = [&](const std::string& budget) { return tracker.complaints_of(with_budgets("kuaidi100", {budget})); };
  EXPECT_EQ(said("{ name: looks, operations: [read_parcel], most: 500, every: day, day_starts: \"00:00 Asia/Shanghai\" }"), "");
  EXPECT_EQ(said("{ name: both, operations: [follow_parcel, read_parcel], most: 60, every: 1m }"), "");
  EXPECT_NE(said("{ name: b, operations: [read_parcel], most: 5, every: 1h, entity: now }").find("only writes are counted for each"),
            std::string::npos);
}

TEST_F(BudgetFile, AChannelMayHaveLessAndNotMore) {
  stage.recipe.channel_file = "channels.d/shop.yaml";
  stage.recipe.places["limits/budgets/calls"] = {"channels.d/shop.yaml", 9, 21};
  const std::string budget = "{ name: calls, most: 100, every: 1h }";
  stage.recipe.overrides = json("{'budgets':{'calls':50}}");
  EXPECT_EQ(complaints(budget), "");
  stage.recipe.overrides = json("{'budgets':{'calls':101}}");
  EXPECT_EQ(complaints(budget), "channels.d/shop.yaml:9:21: the budget 'calls' is 100 every 1h: a channel can only have less\n");
  stage.recipe.overrides = json("{'budgets':{'cals':10}}");
  EXPECT_NE(complaints(budget).find("knows no budget 'cals'"), std::string::npos);
}

/// A shop on a socket that counts, and a daemon that may be restarted.
class Counting : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("tallyd-rest-budgets-" + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    server_.Get(R"(/wp-json/wc/v3/orders)", [this](const httplib::Request& request, httplib::Response& response) {
      ++orders_;
      response.set_header("X-WP-TotalPages", "50");
      const std::string page = request.get_param_value("page");
      response.set_content("[{\"id\":" + page + ",\"refunds\":[]}]", "application/json");
    });
    server_.Put(R"(/wp-json/wc/v3/products/(\d+))", [this](const httplib::Request& request, httplib::Response& response) {
      ++revisions_;
      response.set_content("{\"id\":" + request.matches[1].str() + "}", "application/json");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
    ASSERT_TRUE(http_.allow("127.0.0.1:" + std::to_string(port_)));
  }
  void TearDown() override {
    connector_.reset();
    http_.stop();
    server_.stop();
    thread_.join();
    budgets_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start(const std::vector<std::string>& budgets) {
    connector_.reset();
    budgets_.reset();
    store_.reset();
    store::Options options;
    options.durable = false;
    auto opened = store::Database::open("sqlite:" + (folder_ / "tally.db").string(), std::move(options), clock_, Log());
    ASSERT_TRUE(opened) << opened.error().text();
    store_ = std::move(*opened);
    budgets_ = std::make_unique<engine::Budgets>(clock_);
    ASSERT_TRUE(budgets_->open(*store_));
    Stage stage("woocommerce");
    stage.recipe.text = with_budgets("woocommerce", budgets);
    stage.recipe.settings.set("url", "http://127.0.0.1:" + std::to_string(port_));
    Complaints complaints;
    stage.recipe.mapping = stage.mapping(complaints);
    auto ports = stage.ports();
    ports.http = &http_;
    ports.clock = &clock_;
    ports.secret = [](const std::string&) -> Result<std::string> { return std::string("key"); };
    ports.meter = budgets_->for_channel("shop");
    connector_ = make(stage.recipe, ports, complaints);
    ASSERT_TRUE(connector_) << text_of(complaints);
  }
  /// Page after page, until somebody says no.
  Error read_on() {
    Want want;
    want.what = Want::What::orders;
    want.since = from_ms(1'700'000'000'000);
    for (int i = 0; i < 100; ++i) {
      const auto page = connector_->read_orders(want);
      if (!page) return page.error();
      want.cursor = page->cursor;
    }
    ADD_FAILURE() << "nobody said no";
    return {};
  }
  Result<channel::Applied> revise(const std::string& id) {
    channel::Change change{"1", ActionKind::retire_listing, json("{'code':'P','title':'P','variants':[]}")};
    change.fields.set("@id", id);
    auto results = connector_->push({&change, 1});
    return std::move(results.front());
  }

  std::filesystem::path folder_;
  SystemClock clock_;
  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
  std::atomic<int> orders_ = 0, revisions_ = 0;
  http::CurlHttp http_;
  std::unique_ptr<store::Database> store_;
  std::unique_ptr<engine::Budgets> budgets_;
  std::unique_ptr<channel::Connector> connector_;
};

TEST_F(Counting, EachPageIsARequestAndNoneLeavesThatIsOneTooMany) {
  const std::vector<std::string> list{"{ name: order list, operations: [read_orders], most: 7, every: 1h, keep: 2 }"};
  start(list);
  const Error refused = read_on();
  EXPECT_EQ(refused.fault, Fault::not_yet) << refused.text();
  EXPECT_NE(refused.what.find("the budget 'order list' (7 every 1h) is used up; it opens at "), std::string::npos) << refused.text();
  EXPECT_EQ(refused.where, "shop: read_orders");
  EXPECT_GT(refused.retry_after.value_or(Duration(0)), Duration(3600000));
  EXPECT_EQ(orders_, 7) << "orders may use what is kept";
  start(list);
  EXPECT_EQ(read_on().fault, Fault::not_yet);
  EXPECT_EQ(orders_, 7) << "a restart refills nothing";
}

TEST_F(Counting, OneListingThatIsUsedUpHoldsUpNoOther) {
  start({"{ name: revisions, operations: [retire_listing], most: 3, every: 24h, keep: 0, entity: \"@id\" }"});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(revise("11"));
  const auto refused = revise("11");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("is used up for 11"), std::string::npos) << refused.error().text();
  EXPECT_TRUE(revise("12"));
  EXPECT_EQ(revisions_, 4);
}

TEST_F(Counting, ThreadsTogetherSendNoneTooMany) {
  start({"{ name: order list, operations: [read_orders], most: 12, every: 1h }"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) threads.emplace_back([this] { read_on(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(orders_, 12);
}

/// Grants so many requests and notes what for.
class Purse final : public channel::Meter {
 public:
  Purse(std::size_t most, std::vector<channel::Errand>& errands) : most_(most), errands_(errands) {}
  Result<void> take(const channel::Errand& errand) override {
    if (errands_.size() >= most_) return error(Fault::not_yet, "the purse is empty");
    errands_.push_back(errand);
    return {};
  }
  std::optional<Time> opens(std::string_view, bool) const override { return std::nullopt; }
  std::vector<channel::Spent> spent() const override { return {}; }

 private:
  std::size_t most_;
  std::vector<channel::Errand>& errands_;
};

struct Asked : testing::Test {
  std::vector<channel::Errand> errands;
  void give(Stage& stage, std::size_t most) {
    stage.recipe.text = with_budgets(stage.name, {"{ name: calls, most: 100, every: 1h }"});
    stage.meter = [this, most](const std::vector<channel::Budget>&) { return std::make_unique<Purse>(most, errands); };
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& errand : errands) all.push_back(errand.operation + (errand.urgent ? "!" : ""));
    return all;
  }
};

TEST_F(Asked, ATokenAndEachFetchedOrderAreRequestsToo) {
  Stage stage("wechat-shop");
  give(stage, 3);
  stage.platform.answers("POST", "/cgi-bin/stable_token", 200, "{'access_token':'t','expires_in':7200}");
  stage.platform.answers("POST", "/channels/ec/order/list/get", 200,
                         "{'errcode':0,'order_id_list':['8','9'],'next_key':'','has_more':false}");
  stage.platform.answers("POST", "/channels/ec/order/get", 200, "{'errcode':0,'order':{'order_id':'8','create_time':1761991300}}");
  Want want;
  want.what = Want::What::orders;
  want.since = from_ms(1'761'990'000'000);
  want.until = from_ms(1'761'993'000'000);
  const auto page = stage.connector().read_orders(want);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().fault, Fault::not_yet);
  EXPECT_EQ(names(), (std::vector<std::string>{"auth!", "read_orders!", "read_orders!"}));
}

TEST_F(Asked, ATokenThatIsRenewedAndTheRequestThatIsSentAgainAreCounted) {
  Stage stage("wechat-shop");
  give(stage, 10);
  stage.platform.answers("POST", "/cgi-bin/stable_token", 200, "{'access_token':'t','expires_in':7200}");
  stage.platform.answers("POST", "/channels/ec/order/get", 200, "{'errcode':42001,'errmsg':'expired'}");
  stage.platform.answers("POST", "/cgi-bin/stable_token", 200, "{'access_token':'u','expires_in':7200}");
  stage.platform.answers("POST", "/channels/ec/order/get", 200, "{'errcode':0,'order':{'order_id':'8','create_time':1761991300}}");
  Want want;
  want.what = Want::What::orders;
  want.things = {json("{'@id':'8'}")};
  ASSERT_TRUE(stage.connector().read_orders(want));
  EXPECT_EQ(names(), (std::vector<std::string>{"auth!", "read_order!", "auth!", "read_order!"}));
}

TEST_F(Asked, OfCertainThingsThoseThatWereAskedForCount) {
  Stage stage("woocommerce");
  give(stage, 2);
  for (const char* id : {"1", "2"})
    stage.platform.answers("GET", std::string("/orders/") + id, 200, std::string("{'id':") + id + ",'refunds':[]}");
  Want want;
  want.what = Want::What::orders;
  for (const char* id : {"1", "2", "3"}) want.things.push_back(Json::object({{"@id", id}}));
  const auto page = stage.connector().read_orders(want);
  ASSERT_TRUE(page) << page.error().text();
  EXPECT_EQ(page->documents.size(), 2U);
  EXPECT_EQ(page->asked, std::optional<std::size_t>(2));
}

TEST_F(Asked, AParcelThatABudgetHasNoRoomForWasNotAskedFor) {
  Stage stage("kuaidi100");
  stage.recipe.settings = json("{'currency':'CNY','hook_url':'https://hooks.example.com/hooks/parcels'}");
  stage.secrets = {{"key", "QUERYKEY"}, {"customer", "CUSTOMER1"}, {"salt", "SALTY"}};
  give(stage, 1);
  stage.platform.answers("POST", "/poll/query.do", 200, "{'result':false,'returnCode':'500','message':'not seen yet'}");
  Want want;
  want.what = Want::What::parcels;
  want.things = {json("{'carrier':'yto','tracking':'YT1'}")};
  const auto early = stage.connector().read_listings(want);
  ASSERT_FALSE(early) << "the platform was asked, and it says that the carrier has not seen it";
  EXPECT_EQ(early.error().fault, Fault::not_yet);
  const auto refused = stage.connector().read_listings(want);
  ASSERT_TRUE(refused) << refused.error().text();
  EXPECT_EQ(refused->asked, std::optional<std::size_t>(0));
  EXPECT_EQ(names(), (std::vector<std::string>{"read_parcel"}));
}

TEST_F(Asked, WebhooksForWhichABudgetHasNoRoomAreNoTrouble) {
  Stage stage("woocommerce");
  stage.recipe.settings.set("hook_url", "https://hooks.example.com/hooks/shop");
  give(stage, 1);
  stage.platform.answers("GET", "/webhooks", 200, "[]");
  const auto none = stage.push(ActionKind::subscribe, Json::object());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault, Fault::not_yet) << none.error().text();
}

TEST_F(Asked, OnlyWhatADecreaseWaitsForIsUrgent) {
  Stage stage("woocommerce");
  give(stage, 10);
  for (const bool urgent : {true, false}) {
    stage.platform.answers("POST", "/products/batch", 200, "{'update':[{'id':1}]}");
    stage.platform.answers("GET", "/products?", 200, "[{'id':1,'stock_quantity':3}]");
    channel::Change change{"1", ActionKind::set_stock, json("{'@id':'1','sku':'A','available':3,'listing':{'@id':'1'}}")};
    change.urgent = urgent;
    stage.connector().push({&change, 1});
    Want want;
    want.what = Want::What::stock;
    want.things = {json("{'@id':'1','sku':'A'}")};
    want.urgent = urgent;
    ASSERT_TRUE(stage.connector().read_listings(want));
  }
  EXPECT_EQ(names(), (std::vector<std::string>{"set_stock!", "read_stock!", "set_stock", "read_stock"}));
}

}  // namespace
}  // namespace tally::rest::test
