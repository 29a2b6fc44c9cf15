// What the merchant does with orders: at once in the ledger, once on the channel.
#include "store/order_tasks.hpp"
#include "engine/order_facts.hpp"
#include "engine/order_wish.hpp"
#include "engine/orders.hpp"
#include "house.hpp"
#include "store/ledger.hpp"
#include "store/orders.hpp"

namespace tally::engine {
namespace {

using memory::Platform;

/// A memory channel that also takes parcels, cancellations and refunds, and shows them in its orders.
class Post final : public channel::Connector {
 public:
  enum class Fate { served, answer_lost, request_lost, refused };

  explicit Post(Platform& platform) : platform_(platform), inner_(platform) {
    facts_ = inner_.capabilities();
    facts_.actions.insert({"confirm_shipment", "cancel_order", "refund"});
    facts_.carriers = {"dhl", "sf"};
  }
  const channel::Capabilities& capabilities() const override { return facts_; }
  std::vector<channel::Problem> check(const Json& product) const override { return inner_.check(product); }
  Result<channel::Page> read_listings(const channel::Want& want) override { return inner_.read_listings(want); }
  Result<channel::Door> authenticate(const channel::Webhook& webhook) const override { return inner_.authenticate(webhook); }
  Result<std::vector<channel::Event>> parse(const channel::Document& d, const Json& known) const override { return inner_.parse(d, known); }
  Json spell(std::string_view kind, const Json& fields) const override { return inner_.spell(kind, fields); }

  std::vector<Result<channel::Applied>> push(std::span<const channel::Change> changes) override {
    const auto& change = changes.front();
    const bool of_order = change.action == channel::ActionKind::confirm_shipment || change.action == channel::ActionKind::cancel_order ||
                          change.action == channel::ActionKind::refund;
    if (!of_order) return inner_.push(changes);
    const Fate fate = std::exchange(next, Fate::served);
    ++asked;
    if (fate == Fate::refused) return {error(Fault::rejected, "no")};
    if (fate != Fate::request_lost) take(change);
    if (fate != Fate::served) return {error(Fault::unknown, "no answer")};
    return {channel::Applied{Json::object({{"@id", "p" + std::to_string(++ids_)}}), {}, {}, {}}};
  }
  Result<channel::Page> read_orders(const channel::Want& want) override {
    auto page = inner_.read_orders(want);
    if (!page) return page;
    for (auto& document : page->documents) {
      Json tree = *Json::parse(document.body);
      const std::string id = tree.find("@id")->scalar_text();
      for (auto* list : {&parcels, &refunds}) {
        if (list->contains(id) && !(gives_no_refunds && list == &refunds))
          tree.set(list == &parcels ? "shipments" : "refunds", (*list)[id]);
      }
      document.body = tree.dump();
      if (gives_no_refunds) document.headers[channel::lacks_header] = "the channel did not give its refunds";
    }
    return page;
  }

  Fate next = Fate::served;
  std::size_t asked = 0;
  std::map<std::string, Json> parcels, refunds;  ///< by order
  bool gives_no_refunds = false;

 private:
  void take(const channel::Change& change) {
    const std::string id = change.fields.find("order")->find("@id")->scalar_text();
    if (change.action == channel::ActionKind::cancel_order) {
      ASSERT_TRUE(platform_.cancel(id).has_value());
      return;
    }
    Json fact = change.fields;
    for (const auto* beside : {"order", "key", "return_money", "cancels"}) fact.erase(beside);
    auto& list = change.action == channel::ActionKind::refund ? refunds : parcels;
    if (!list.contains(id)) list[id] = Json::array();
    for (auto& line : fact.find("lines")->as_array()) {  // a platform's own words
      line.set("line", Json::object({{"@id", *line.find("line")->find("@id")}}));
      line.erase("restocked");
    }
    list[id].push_back(std::move(fact));
  }

  Platform& platform_;
  memory::MemoryConnector inner_;
  channel::Capabilities facts_;
  int ids_ = 0;
};

class OrderTasks : public House {
 protected:
  void open() {
    add_product("A", 9);
    Config config;
    config.locations = {{"main", ""}};
    core = std::make_unique<Core>(*store, clock, Log(), config, 1);
    std::vector<ChannelSetup> setups;
    for (const auto& shop : shops) {
      auto connector = shop->config.name == "one" ? std::static_pointer_cast<channel::Connector>(post) : shop->connector;
      setups.push_back({shop->config, connector});
    }
    ASSERT_TRUE(core->set_channels(config, std::move(setups)).has_value());
    write([&](store::Session& session) {
      for (const auto& channel : core->world().channels) {
        store::set_released(session, channel->no, true);
        channel->released = true;
      }
    });
    come_to_rest();
    pass(Duration(10000));
  }
  void SetUp() override {
    House::SetUp();
    one = &add_shop("one", {});
    other = &add_shop("other", {});
    post = std::make_shared<Post>(*one);
    open();
  }

  std::string sold(Quantity units) {
    const auto id = one->buy({{one->offer_of_sku("A")->id, units}});
    EXPECT_TRUE(id.has_value());
    read_again();
    return *id;
  }
  void read_again() {
    pass(Duration(300000));
    come_to_rest();
  }
  store::OrderRow row(const std::string& id) {
    std::optional<store::OrderRow> found;
    write([&](store::Session& session) { found = store::find_order(session, core->world().find("one")->no, id); });
    return found.value_or(store::OrderRow{});
  }
  /// As `tallyd order …` does it; the number of the task.
  std::int64_t wish(const std::string& id, const std::string& json) {
    std::int64_t number = 0;
    write([&](store::Session& session) {
      const auto order = store::find_order(session, core->world().find("one")->no, id);
      auto task = task_of(*Json::parse(json), with_tasks(platform_order(*order), store::order_tasks_of(session, order->no)),
                          *core->world().find("one"), clock.now());
      ASSERT_TRUE(task.has_value()) << task.error().text();
      task->order = order->no, task->channel = order->channel, task->at = clock.now();
      if (task->kind != "cancel") task->document.set("mark", "m" + std::to_string(++marks_));
      number = store::add_order_task(session, *task);
      reconsider_order(session, core->world(), order->no, "ada");
    });
    return number;
  }
  /// What is said to a wish that cannot be; "taken": it can.
  std::string refusal(const std::string& id, const std::string& json) {
    std::string text;
    write([&](store::Session& session) {
      const auto order = store::find_order(session, core->world().find("one")->no, id);
      const auto task = task_of(*Json::parse(json), with_tasks(platform_order(*order), store::order_tasks_of(session, order->no)),
                                *core->world().find("one"), clock.now());
      text = task ? "taken" : task.error().text();
    });
    return text;
  }
  store::OrderTask task(std::int64_t no) {
    std::optional<store::OrderTask> found;
    write([&](store::Session& session) { found = store::get_order_task(session, no); });
    return found.value_or(store::OrderTask{});
  }
  Effect sums() {
    Effect found;
    write([&](store::Session& session) {
      const auto stock = store::stock_at(session, store::find_variant(session, Sku("A"))->no, store::open_location(session, "main"));
      if (stock) found = stock->sum;
    });
    return found;
  }
  Quantity there(const Platform& platform) { return platform.offer_of_sku("A")->number; }

  Platform *one = nullptr, *other = nullptr;
  std::shared_ptr<Post> post;

 private:
  int marks_ = 0;
};

TEST_F(OrderTasks, AParcelMovesStockAtOnceAndNotAgainWhenThePlatformShowsIt) {
  const auto id = sold(3);
  ASSERT_EQ(there(*other), 6);
  const auto no = wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T 1", "lines": [{"sku": "A", "quantity": 2}]})");
  EXPECT_EQ(sums().on_hand, 7);
  EXPECT_EQ(sums().reserved, 1);
  EXPECT_EQ(row(id).state, "part_shipped");
  come_to_rest();
  EXPECT_EQ(task(no).state, "confirmed");
  read_again();
  ASSERT_EQ(post->parcels[id].as_array().size(), 1u);
  EXPECT_EQ(sums().on_hand, 7);
  EXPECT_EQ(sums().reserved, 1);
  EXPECT_EQ(there(*other), 6);
  EXPECT_EQ(there(*one), 6);
}

TEST_F(OrderTasks, SeveralParcelsMakeTheOrderWhole) {
  const auto id = sold(3);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1", "lines": [{"sku": "A", "quantity": 2}]})");
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T2"})");
  EXPECT_EQ(row(id).state, "shipped");
  read_again();
  EXPECT_EQ(post->parcels[id].as_array().size(), 2u);
  EXPECT_EQ(sums().on_hand, 6);
  EXPECT_EQ(sums().reserved, 0);
}

TEST_F(OrderTasks, AParcelWithoutAnswerIsLookedForAndNotSentAgainWhenItIsThere) {
  const auto id = sold(2);
  post->next = Post::Fate::answer_lost;
  const auto no = wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})");
  come_to_rest();
  EXPECT_EQ(task(no).state, "in_doubt");
  for (int i = 0; i < 10; ++i) read_again();
  EXPECT_EQ(task(no).state, "confirmed");
  EXPECT_EQ(post->asked, 1u);
  EXPECT_EQ(post->parcels[id].as_array().size(), 1u);
}

TEST_F(OrderTasks, ARefundWithoutAnAnswerIsNotPaidAgainWhileTheChannelDoesNotGiveTheRefunds) {
  const auto id = sold(2);
  post->next = Post::Fate::answer_lost;
  post->gives_no_refunds = true;
  const auto no = wish(id, R"({"kind": "refund", "lines": [{"sku": "A", "quantity": 1}]})");
  for (int i = 0; i < 10; ++i) read_again();
  EXPECT_EQ(task(no).state, "in_doubt");
  EXPECT_EQ(post->asked, 1u);
  post->gives_no_refunds = false;
  for (int i = 0; i < 10; ++i) read_again();
  EXPECT_EQ(task(no).state, "confirmed");
  EXPECT_EQ(post->asked, 1u);
  EXPECT_EQ(post->refunds[id].as_array().size(), 1u);
}

TEST_F(OrderTasks, AParcelThatNeverArrivedIsSentAgainOnceItMustHaveLanded) {
  const auto id = sold(2);
  post->next = Post::Fate::request_lost;
  const auto no = wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})");
  come_to_rest();
  pass(Duration(30000));
  come_to_rest();
  EXPECT_EQ(post->asked, 1u) << "it may still land";
  for (int i = 0; i < 3; ++i) {
    pass(Duration(61000));
    come_to_rest();
  }
  EXPECT_EQ(task(no).state, "confirmed");
  EXPECT_EQ(post->asked, 2u);
  EXPECT_EQ(post->parcels[id].as_array().size(), 1u);
}

TEST_F(OrderTasks, AfterARestartAParcelInTheAirIsLookedForFirst) {
  const auto id = sold(2);
  const auto no = wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})");
  for (auto& call : decided()) perform(call, connector_of(call));  // it arrives, and nobody hears the answer
  ASSERT_EQ(post->parcels[id].as_array().size(), 1u);
  core.reset();
  open();
  for (int i = 0; i < 3; ++i) read_again();
  EXPECT_EQ(task(no).state, "confirmed");
  EXPECT_EQ(post->asked, 1u);
  EXPECT_EQ(post->parcels[id].as_array().size(), 1u);
}

TEST_F(OrderTasks, ACancelledOrderIsFreeElsewhereAtOnceAndItsOwnChannelIsNotRaisedTwice) {
  const auto id = sold(4);
  ASSERT_EQ(there(*other), 5);
  const auto no = wish(id, R"({"kind": "cancel", "reason": "asked"})");
  EXPECT_EQ(sums().reserved, 0);
  come_to_rest();
  EXPECT_EQ(task(no).state, "confirmed");
  read_again();
  read_again();
  EXPECT_EQ(there(*other), 9);
  EXPECT_EQ(there(*one), 9);
}

TEST_F(OrderTasks, ARefusedCancellationIsNoneAndAPersonIsTold) {
  const auto id = sold(4);
  post->next = Post::Fate::refused;
  const auto no = wish(id, R"({"kind": "cancel"})");
  come_to_rest();
  EXPECT_EQ(task(no).state, "refused");
  EXPECT_EQ(sums().reserved, 4);
  read_again();
  EXPECT_EQ(there(*other), 5);
}

TEST_F(OrderTasks, ARefusedParcelHasLeftAllTheSame) {
  const auto id = sold(2);
  post->next = Post::Fate::refused;
  const auto no = wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})");
  come_to_rest();
  EXPECT_EQ(task(no).state, "refused");
  EXPECT_EQ(sums().on_hand, 7);
}

TEST_F(OrderTasks, ARefundWithGoodsBackRaisesEveryChannelOnce) {
  const auto id = sold(3);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})");
  read_again();
  wish(id, R"({"kind": "refund", "lines": [{"sku": "A", "quantity": 1}], "amount": "5", "restock": true})");
  EXPECT_EQ(sums().on_hand, 7);
  read_again();
  read_again();
  ASSERT_EQ(post->refunds[id].as_array().size(), 1u);
  EXPECT_EQ(sums().on_hand, 7) << "the platform's own refund and ours are one";
  EXPECT_EQ(there(*other), 7);
  EXPECT_EQ(there(*one), 7);
}

TEST_F(OrderTasks, MoneyAloneMovesNoStock) {
  const auto id = sold(3);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})");
  wish(id, R"({"kind": "refund", "lines": [{"sku": "A", "quantity": 1}], "amount": "5"})");
  read_again();
  EXPECT_EQ(post->refunds[id].as_array().size(), 1u);
  EXPECT_EQ(sums().on_hand, 6);
  EXPECT_EQ(there(*other), 6);
}

TEST_F(OrderTasks, APartThatWillNotLeaveIsFreeForTheOthersAndItsOwn) {
  const auto id = sold(3);
  wish(id, R"({"kind": "cancel", "lines": [{"sku": "A", "quantity": 1}]})");
  EXPECT_EQ(sums().reserved, 2);
  read_again();
  read_again();
  EXPECT_EQ(there(*other), 7);
  EXPECT_EQ(there(*one), 7);
}

TEST_F(OrderTasks, GoodsThatComeBackAreOnTheShelf) {
  const auto id = sold(3);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})");
  read_again();
  const auto asked = post->asked;
  const auto no = wish(id, R"({"kind": "return", "lines": [{"sku": "A", "quantity": 2}]})");
  read_again();
  EXPECT_EQ(sums().on_hand, 8);
  EXPECT_EQ(there(*other), 8);
  EXPECT_EQ(task(no).state, "done");
  EXPECT_EQ(post->asked, asked) << "no channel is told";
}

TEST_F(OrderTasks, GoodsThatComeBackWhileTheRestIsStillToLeaveCancelNothing) {
  const auto id = sold(4);  // of 9
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1", "lines": [{"sku": "A", "quantity": 2}]})");
  wish(id, R"({"kind": "return", "lines": [{"sku": "A", "quantity": 2}]})");
  read_again();
  EXPECT_EQ(sums().on_hand, 9);
  EXPECT_EQ(sums().reserved, 2) << "the other two are still promised";
  EXPECT_EQ(there(*other), 7);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T2", "lines": [{"sku": "A", "quantity": 2}]})");
  read_again();
  EXPECT_EQ(sums().on_hand, 7);
  EXPECT_EQ(sums().reserved, 0);
}

TEST_F(OrderTasks, WhatCannotBeDoneIsSaidBeforeItIsStored) {
  const auto id = sold(2);
  const auto refusal = [&](const std::string& json) { return this->refusal(id, json); };
  EXPECT_NE(refusal(R"({"kind": "ship", "carrier": "pigeon", "tracking": "T1"})").find("dhl, sf"), std::string::npos);
  EXPECT_NE(refusal(R"({"kind": "ship", "carrier": "dhl"})").find("tracking number"), std::string::npos);
  EXPECT_NE(refusal(R"({"kind": "ship", "carrier": "dhl", "tracking": "T1", "lines": [{"sku": "A", "quantity": 3}]})").find("only 2"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"kind": "ship", "carrier": "dhl", "tracking": "T1", "lines": [{"sku": "B"}]})").find("has no B"),
            std::string::npos);
  EXPECT_NE(refusal(R"({"kind": "return"})").find("nothing of this order has left"), std::string::npos);
  EXPECT_NE(refusal(R"({"kind": "refund", "amount": "1.999"})").find("more digits behind the point than EUR has"), std::string::npos);
  EXPECT_NE(refusal(R"({"kind": "refund", "amount": "1e1"})").find("is no amount"), std::string::npos);
  EXPECT_NE(refusal(R"({"kind": "burn"})").find("ship, cancel, refund or return"), std::string::npos);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1", "lines": [{"sku": "A", "quantity": 1}]})");
  EXPECT_NE(refusal(R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})").find("there already"), std::string::npos);
  EXPECT_NE(refusal(R"({"kind": "cancel"})").find("has left"), std::string::npos);
}

TEST_F(OrderTasks, ANumberThatIsSpeltOtherwiseIsNoSecondParcelAndOneWithoutLettersIsNone) {
  // given: a parcel of one of three
  const auto id = sold(3);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "JD001", "lines": [{"sku": "A", "quantity": 1}]})");
  // when: the rest is to leave under the same number, or none
  const auto ship = [&](const std::string& number) {
    return refusal(id, R"({"kind": "ship", "carrier": "dhl", "tracking": ")" + number + R"(", "lines": [{"sku": "A", "quantity": 2}]})");
  };
  // then
  for (const char* spelt : {"JD001", "jd 001", "JD-001"})
    EXPECT_NE(ship(spelt).find("a parcel JD001 of this order is there already"), std::string::npos) << spelt;
  for (const char* none : {"-", " - "}) EXPECT_NE(ship(none).find("needs its tracking number"), std::string::npos) << none;
  EXPECT_EQ(ship("JD002"), "taken");
}

TEST_F(OrderTasks, AParcelOfOursLeftAtItsMomentAlsoWhereThePlatformKeepsTheDayAlone) {
  const auto id = sold(3);
  const auto no = wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1"})");
  Order order = platform_order(row(id));
  order.shipments = {{"p1", "DHL Paket", "T1", "", {}, std::nullopt}};
  const Order both = with_tasks(order, {task(no)});
  ASSERT_EQ(both.shipments.size(), 1u);
  EXPECT_EQ(both.shipments.front().at, parse_iso(task(no).document.text_or("at")).value());
}

TEST_F(OrderTasks, AParcelThatHadNoNumberIsNotTheOneWithoutAnotherNumber) {
  const auto id = sold(3);
  Order order = platform_order(row(id));
  order.shipments = {{"p1", "dhl", "", "", {{order.lines.front().id, 1, std::nullopt, false}}, std::nullopt}};
  store::OrderTask task;
  task.kind = "ship";
  task.document = *Json::parse(R"({"carrier": "dhl", "tracking": "-", "mark": "m1"})");
  EXPECT_EQ(with_tasks(order, {task}).shipments.size(), 2u);
}

TEST_F(OrderTasks, AnOrderThatThePlatformCompletesBesideOurParcelHasLeftAsAWhole) {
  const auto id = sold(3);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1", "lines": [{"sku": "A", "quantity": 1}]})");
  const auto stored = row(id);
  Order order = platform_order(stored);
  order.state = OrderState::completed;
  std::vector<store::OrderTask> tasks;
  write([&](store::Session& session) { tasks = store::order_tasks_of(session, stored.no); });
  const Order whole = with_tasks(order, tasks);
  EXPECT_EQ(count_of(whole, whole.lines.front()).shipped, 3);
}

TEST_F(OrderTasks, WhatLeftBesideOurParcelStaysGoneWhenThePlatformTakesTheOrderBack) {
  // given: our parcel of one of three, on a platform that names none and says that the order is over
  const auto id = sold(3);
  wish(id, R"({"kind": "ship", "carrier": "dhl", "tracking": "T1", "lines": [{"sku": "A", "quantity": 1}]})");
  come_to_rest();
  post->parcels.clear();
  const auto says = [&](const char* state) {
    Json tree = to_json(platform_order(row(id)));
    for (const char* unsaid : {"fulfilment", "shipments"}) tree.erase(unsaid);
    tree.set("state", state);
    OrderDocument document;
    document.body_hash = tree.dump();
    document.tree = std::move(tree);
    document.fetched = true;
    document.row = row(id).inbox_row + 1;
    document.received_at = clock.now();
    write([&](store::Session& session) {
      const auto taken =
          apply_order(session, core->world(), *core->world().find("one"), document, [](ChannelNo, VariantNo, const OwnStep&) {});
      ASSERT_TRUE(taken.has_value()) << taken.error().text();
    });
  };
  says("completed");
  ASSERT_EQ(sums(), (Effect{6, 0}));
  // when, then
  for (const char* ended : {"refunded", "cancelled"}) {
    says(ended);
    EXPECT_EQ(sums(), (Effect{6, 0})) << ended;
  }
}

TEST(OrderFacts, WhatLeftInNoParcelIsNoParcelForThePlatform) {
  Order order;
  order.shipments.resize(2);
  order.shipments.back().tracking = "T1";
  const Json tree = tree_for_connector(order);
  ASSERT_EQ(tree.find("shipments")->as_array().size(), 1u);
  EXPECT_EQ(tree.at("/shipments/0/tracking")->scalar_text(), "T1");
}

TEST(OrderFacts, APartThatNamesWhatWasSoldIsOfThatLine) {
  Json tree = *Json::parse(
      R"({"lines": [{"offer": {"@id": "x"}}, {"offer": {"@id": "y"}}], "shipments": [{"lines": [{"line": {"offer": {"@id": "y"}}, "quantity": 1}]}]})");
  name_lines(tree);
  EXPECT_EQ(tree.at("/shipments/0/lines/0/line/@id")->scalar_text(), "2");
}

/// Two lines of 2 and 3 of the same offer, and after-sales of so many units of it, told in this order with these states.
Json lines_of_one_offer(const std::vector<std::pair<Quantity, std::string>>& after_sales) {
  Json tree = *Json::parse(R"({"lines": [{"offer": {"@id": "x"}, "quantity": 2}, {"offer": {"@id": "x"}, "quantity": 3}]})");
  Json list = Json::array();
  for (const auto& [units, state] : after_sales) {
    Json ref = *Json::parse(R"({"line": {"offer": {"@id": "x"}}, "amount": {"amount": 9, "currency": "EUR"}})");
    list.push_back(Json::object({{"state", state}, {"lines", Json::Array{ref.set("quantity", units)}}}));
  }
  return tree.set("after_sales", std::move(list));
}

/// "1:2" are 2 units of the first line.
std::string named_by(const Json& after_sale) {
  std::string parts;
  for (const auto& ref : after_sale.find("lines")->as_array())
    parts += (parts.empty() ? "" : " ") + ref.at("/line/@id")->scalar_text() + ":" + std::to_string(ref.integer_or("quantity"));
  return parts;
}

TEST(OrderFacts, APartThatNamesAnOfferOfTwoLinesIsOfEachInTurn) {
  Json tree = lines_of_one_offer({{1, "done"}, {3, "done"}, {1, "done"}});
  name_lines(tree);
  EXPECT_EQ(named_by(*tree.at("/after_sales/0")), "1:1");
  EXPECT_EQ(named_by(*tree.at("/after_sales/1")), "1:1 2:2");
  EXPECT_EQ(named_by(*tree.at("/after_sales/2")), "2:1");
  EXPECT_NE(tree.at("/after_sales/1/lines/0/amount"), nullptr);
  EXPECT_EQ(tree.at("/after_sales/1/lines/1/amount"), nullptr) << "an amount is not paid twice";
}

TEST(OrderFacts, MoreThanTheLinesOfAnOfferIsOfTheLast) {
  Json tree = lines_of_one_offer({{9, "done"}});
  name_lines(tree);
  EXPECT_EQ(named_by(*tree.at("/after_sales/0")), "1:2 2:7");
}

TEST(OrderFacts, AnAfterSaleThatCameToNothingLeavesItsUnitsToTheNextOne) {
  Json tree = lines_of_one_offer({{5, "over"}, {5, "done"}});
  name_lines(tree);
  EXPECT_EQ(named_by(*tree.at("/after_sales/1")), "1:2 2:3");
}

}  // namespace
}  // namespace tally::engine
