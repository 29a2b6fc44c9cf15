// Whose word stands where a field is changed on the channel, in the catalogue, or on both sides.
#include "engine/pins.hpp"
#include "market.hpp"

#include <gmock/gmock.h>

namespace tally::engine {
namespace {

using memory::Terms;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration one_sweep = 61min;

/// A platform that shows the first twelve letters of a title, which its mapping knows, and a description in a paragraph, which it does not;
/// how either looks it says only when it is read.
class Narrow final : public channel::Connector {
 public:
  explicit Narrow(memory::Platform& platform) : memory_(platform) {}
  const channel::Capabilities& capabilities() const override { return memory_.capabilities(); }
  std::vector<channel::Problem> check(const Json& product) const override { return memory_.check(product); }
  std::vector<Result<channel::Applied>> push(std::span<const channel::Change> changes) override {
    std::vector<channel::Change> cut(changes.begin(), changes.end());
    for (auto& change : cut) {
      change.fields = narrow(change.fields);
      if (const Json* text = change.fields.find("description")) change.fields.set("description", "<p>" + text->scalar_text() + "</p>");
    }
    auto answers = memory_.push(cut);
    for (auto& answer : answers) {
      if (answer) answer->shown.reset();
    }
    return answers;
  }
  Result<channel::Page> read_listings(const channel::Want& want) override { return memory_.read_listings(want); }
  Result<channel::Page> read_orders(const channel::Want& want) override { return memory_.read_orders(want); }
  Result<channel::Door> authenticate(const channel::Webhook& webhook) const override { return memory_.authenticate(webhook); }
  Result<std::vector<channel::Event>> parse(const channel::Document& document, const Json& known) const override {
    auto events = memory_.parse(document, known);
    for (auto& event : *events) {  // what we know spells what is said: so it is what we know
      const std::string title = known.text_or("title");
      if (event.tree.find("title") && title.substr(0, 12) == event.tree.text_or("title")) event.tree.set("title", title);
    }
    return events;
  }
  Json spell(std::string_view kind, const Json& fields) const override { return memory_.spell(kind, narrow(fields)); }

 private:
  static Json narrow(Json tree) {
    if (tree.find("title")) tree.set("title", tree.text_or("title").substr(0, 12));
    return tree;
  }
  memory::MemoryConnector memory_;
};

class Ownership : public Market {
 protected:
  /// The shop, with one product that says nothing but its title, and another channel on which everything is the master's.
  memory::Platform& open(const std::map<std::string, Owner>& owners, bool narrow = false) {
    auto& shop = add_shop("shop", {});
    shops.back()->config.owners = owners;
    add_shop("other", {});
    add_product("A", 9);
    begin_with(narrow);
    return shop;
  }
  void begin_with(bool narrow) {
    if (!narrow) return begin();
    Config config;
    config.locations = {{"main", ""}};
    core = std::make_unique<Core>(*store, clock, Log(), config, 1);
    std::vector<ChannelSetup> setups;
    for (const auto& shop : shops) setups.push_back({shop->config, std::make_shared<Narrow>(*shop->platform)});
    ASSERT_TRUE(core->set_channels(config, std::move(setups)).has_value());
    write([&](store::Session& session) {
      for (const auto& channel : core->world().channels) {
        store::set_released(session, channel->no, true);
        channel->released = true;
      }
    });
    come_to_rest();
    live(60s);
  }
  memory::Platform& other() { return *shops.back()->platform; }

  /// Typed in at the platform's own pages, of which nobody tells us.
  void hand(memory::Platform& platform, const std::string& field, const Json& value) {
    Json fields = platform.listings().front().content;
    fields.set("@id", platform.listings().front().id);
    fields.set(field, value);
    const std::string key = "hand:" + std::to_string(++hands_);
    ASSERT_TRUE(platform.write({.key = key, .action = channel::ActionKind::put_listing, .fields = fields}).has_value());
  }
  /// As an import does.
  void import(const std::string& field, const Json& value) {
    write([&](store::Session& session) {
      const auto row = store::find_product(session, "P-A");
      Json tree = to_json(row->product);
      tree.set(field, value);
      store::put_product(session, *product_from_json(tree), clock.now());
      mark_all(session, row->no);
    });
  }
  void import_price(std::int64_t cents) {
    write([&](store::Session& session) {
      auto row = store::find_product(session, "P-A");
      row->product.variants.front().price = Money{cents, Currency{"EUR"}};
      store::put_product(session, row->product, clock.now());
      mark_all(session, row->no);
    });
  }
  void mark_all(store::Session& session, ProductNo product) {
    for (const auto& channel : core->world().channels) {
      mark_aspect(session, channel->no, "content", product.value, {"import:1", false, 0}, clock.now());
      mark_aspect(session, channel->no, "price", store::find_variant(session, Sku("A"))->no.value, {"import:1", false, 0}, clock.now());
    }
  }
  Json here(const std::string& field) {
    Json value;
    write([&](store::Session& session) {
      const Json tree = to_json(store::find_product(session, "P-A")->product);
      if (const Json* found = tree.find(field)) value = *found;
    });
    return value;
  }
  static Json on(const memory::Platform& platform, const std::string& field) {
    const Json* value = platform.listings().front().content.find(field);
    return value ? *value : Json();
  }
  static std::string price_on(const memory::Platform& platform) { return platform.offer_of_sku("A")->price.find("amount")->scalar_text(); }
  std::size_t writes(const std::vector<Call>& calls, const std::string& aspect, const std::string& channel) {
    const auto made = pushes(calls, aspect);
    return static_cast<std::size_t>(std::count_if(made.begin(), made.end(), [&](const Call& call) { return call.channel == no(channel); }));
  }
  /// What the journal says of the fields in question, the newest last.
  std::vector<std::string> journalled(const std::string& what) {
    std::vector<std::string> fields;
    write([&](store::Session& session) {
      for (const auto& entry : store::journal_after(session, 0, 10000)) {
        if (entry.what == what) fields.push_back(Json::parse(entry.detail)->find("fields")->dump());
      }
    });
    return fields;
  }
  int drifts_on_the_shop() {
    int times = 0;
    write([&](store::Session& session) {
      for (const auto& entry : store::journal_after(session, 0, 10000))
        times += entry.what == "drift" && entry.channel == no("shop") ? 1 : 0;
    });
    return times;
  }
  void pin_description(const std::string& text) {
    write([&](store::Session& session) {
      const Json wish = Json::object({{"channel", "shop"}, {"sku", "A"}, {"description", text}});
      const auto pins = pins_wanted(session, core->world(), wish, "anna", clock.now());
      ASSERT_TRUE(pins.has_value()) << pins.error().text();
      set_pins(session, *pins, {"pinned by anna", false, 0}, clock.now());
    });
  }
  void pin_price(const std::string& amount) {
    write([&](store::Session& session) {
      const Json wish = Json::object({{"channel", "shop"}, {"sku", "A"}, {"price", amount}});
      const auto pins = pins_wanted(session, core->world(), wish, "anna", clock.now());
      ASSERT_TRUE(pins.has_value()) << pins.error().text();
      set_pins(session, *pins, {"pinned by anna", false, 0}, clock.now());
    });
  }
  void unpin() {
    write([&](store::Session& session) {
      const auto pins = pins_named(session, core->world(), Json::object({{"channel", "shop"}, {"sku", "A"}}));
      ASSERT_TRUE(pins.has_value()) << pins.error().text();
      clear_pins(session, *pins, {"unpinned by anna", false, 0}, clock.now());
    });
  }

 private:
  int hands_ = 0;
};

using FieldOfTheMaster = Ownership;
using FieldOfTheChannel = Ownership;
using FieldOfTheNewest = Ownership;
using PriceOfTheChannel = Ownership;

TEST_F(FieldOfTheMaster, IsPutBackWhenAHandChangesItThere) {
  auto& shop = open({{"description", Owner::channel}});
  hand(shop, "title", "Best in town");
  live(one_sweep);
  EXPECT_EQ(on(shop, "title"), "P-A");
  EXPECT_EQ(here("title"), "P-A");
}

TEST_F(FieldOfTheChannel, IsTakenOverWhenItIsChangedThereAndNothingIsWrittenBack) {
  auto& shop = open({{"description", Owner::channel}, {"tags", Owner::channel}});
  hand(shop, "description", "Now with sleeves");
  hand(shop, "tags", Json::Array{"summer", "sale"});
  const auto calls = live(one_sweep);
  EXPECT_EQ(here("description"), "Now with sleeves");
  EXPECT_EQ(here("tags"), Json(Json::Array{"summer", "sale"}));
  EXPECT_EQ(writes(calls, "content", "shop"), 0u);
  EXPECT_EQ(on(other(), "description"), "Now with sleeves") << "it is the catalogue's word now";
  EXPECT_THAT(journalled("content.adopted"),
              ElementsAre(R"({"description":{"from":null,"to":"Now with sleeves"},"tags":{"from":null,"to":["summer","sale"]}})"));
  EXPECT_EQ(drifts_on_the_shop(), 0);
}

TEST_F(FieldOfTheChannel, IsTakenOverWhenItIsEmptiedThereButForATitle) {
  auto& shop = open({{"description", Owner::channel}, {"title", Owner::channel}});
  hand(shop, "description", "Now with sleeves");
  live(one_sweep);
  hand(shop, "description", "");
  hand(shop, "title", "");
  live(one_sweep);
  EXPECT_EQ(here("description"), Json());
  EXPECT_EQ(here("title"), "P-A");
  EXPECT_EQ(on(shop, "title"), "P-A");
}

TEST_F(FieldOfTheChannel, IsNotOverwrittenByAnImport) {
  auto& shop = open({{"description", Owner::channel}});
  hand(shop, "description", "By people who know it");
  live(one_sweep);
  import("description", "As the supplier's file says every night");
  import("title", "Tee");
  live(one_sweep);
  EXPECT_EQ(on(shop, "title"), "Tee");
  EXPECT_EQ(on(shop, "description"), "By people who know it");
  EXPECT_EQ(on(other(), "description"), "As the supplier's file says every night") << "elsewhere the master's word stands";
  EXPECT_EQ(here("description"), "As the supplier's file says every night");

  hand(shop, "description", "Once more by people");
  live(one_sweep);
  EXPECT_EQ(here("description"), "Once more by people");
  EXPECT_EQ(on(other(), "description"), "Once more by people");
}

// The two differ because of the import; the hand was at another field.
TEST_F(FieldOfTheChannel, DoesNotTakeAnImportBackBecauseAnotherFieldWasChangedThere) {
  auto& shop = open({{"description", Owner::channel}, {"brand", Owner::channel}});
  hand(shop, "brand", "Ours");
  shop.refuse("A", "closed for today");
  import("description", "From the file");
  live(one_sweep);
  EXPECT_EQ(here("brand"), "Ours");
  EXPECT_EQ(here("description"), "From the file");
  EXPECT_EQ(on(other(), "description"), "From the file");
}

// Nobody told us of the edit, and the next sweep is an hour away.
TEST_F(FieldOfTheChannel, ThatWasChangedThereSinceTheLastLookSurvivesAWriteOfAnotherField) {
  auto& shop = open({{"description", Owner::channel}});
  live(2min);
  hand(shop, "description", "Typed in a minute ago");
  import("title", "Tee");
  const auto calls = live(10s);
  EXPECT_EQ(on(shop, "title"), "Tee");
  EXPECT_EQ(on(shop, "description"), "Typed in a minute ago");
  EXPECT_EQ(here("description"), "Typed in a minute ago");
  EXPECT_EQ(writes(calls, "content", "shop"), 1u);
}

TEST_F(FieldOfTheChannel, IsWrittenAllTheSameWhereTheLookFailsThreeTimes) {
  auto& shop = open({{"description", Owner::channel}});
  live(2min);
  import("title", "Tee");
  live(1min, without(Call::Kind::look, error(Fault::rejected, "not today")));
  EXPECT_EQ(on(shop, "title"), "Tee");
}

// A shop that was there before us: nobody knows which of the two is the newer.
TEST_F(FieldOfTheChannel, StandsThereWhereAListingIsFoundAndTheCatalogueKeepsItsOwn) {
  auto& shop = add_shop("shop", {});
  shops.back()->config.owners = {{"description", Owner::channel}, {"price", Owner::channel}};
  add_shop("other", {});
  add_product("A", 9);
  write([&](store::Session& session) {
    auto row = store::find_product(session, "P-A");
    row->product.description = "Ours";
    store::put_product(session, row->product, clock.now());
  });
  Json typed = Json::object({{"code", "P-A"}, {"title", "Typed in"}, {"description", "Theirs"}});
  typed.set("variants",
            Json::Array{Json::object({{"sku", "A"}, {"available", 3}, {"price", *Json::parse(R"({"amount": 8, "currency": "EUR"})")}})});
  shop.list_by_hand(typed);
  begin();
  live(one_sweep);
  EXPECT_EQ(on(shop, "title"), "Typed in") << "a person is asked";
  write([&](store::Session& session) {
    for (const auto& held : store::holds(session)) {
      for (const auto thing : store::held_things(session, held.digest))
        mark_aspect(session, held.channel, held.aspect, thing, {"released by anna", true, 0}, clock.now());
      store::remove_hold(session, held.digest);
    }
  });
  live(one_sweep);
  EXPECT_EQ(on(shop, "title"), "P-A");
  EXPECT_EQ(on(shop, "description"), "Theirs");
  EXPECT_EQ(here("description"), "Ours");
  EXPECT_EQ(on(other(), "description"), "Ours");
  EXPECT_EQ(price_on(shop), "8");
}

TEST_F(FieldOfTheChannel, ComesBackWhenAPinEnds) {
  auto& shop = open({{"description", Owner::channel}});
  hand(shop, "description", "Theirs");
  live(one_sweep);
  import("description", "From the file");
  pin_description("Black Friday");
  live(one_sweep);
  EXPECT_EQ(on(shop, "description"), "Black Friday");
  hand(shop, "description", "Black Fryday");
  live(one_sweep);
  EXPECT_EQ(on(shop, "description"), "Black Friday");
  unpin();
  live(one_sweep);
  EXPECT_EQ(on(shop, "description"), "Theirs");
  EXPECT_EQ(here("description"), "From the file") << "what a pin said is nobody's change";
}

TEST_F(FieldOfTheNewest, IsTakenOverWhenOnlyTheChannelChangedItAndSentWhenOnlyWeDid) {
  auto& shop = open({{"title", Owner::newest}});
  hand(shop, "title", "Best in town");
  live(one_sweep);
  EXPECT_EQ(here("title"), "Best in town");
  EXPECT_EQ(on(other(), "title"), "Best in town");
  import("title", "Tee");
  live(one_sweep);
  EXPECT_EQ(on(shop, "title"), "Tee");
  EXPECT_EQ(here("title"), "Tee");
  EXPECT_THAT(journalled("content.adopted"), ElementsAre(R"({"title":{"from":"P-A","to":"Best in town"}})"));
  EXPECT_THAT(journalled("content.kept"), IsEmpty());
}

TEST_F(FieldOfTheNewest, ChangedOnBothSidesIsWhatWasSeenLastAndTheLoserIsInTheJournal) {
  auto& shop = open({{"title", Owner::newest}});
  live(2min);
  import("title", "Tee");
  hand(shop, "title", "Best in town");
  live(10s);
  EXPECT_EQ(here("title"), "Best in town");
  EXPECT_EQ(on(shop, "title"), "Best in town");
  EXPECT_THAT(journalled("content.adopted"), ElementsAre(R"({"title":{"from":"Tee","to":"Best in town"}})"));
}

TEST_F(FieldOfTheNewest, ChangedHereAfterTheLookBeganIsOursAndTheLoserIsInTheJournal) {
  auto& shop = open({{"title", Owner::newest}});
  hand(shop, "title", "Best in town");
  bool changed = false;
  live(one_sweep, [&](const Call& call) {
    auto outcome = perform(call, connector_of(call));
    if (call.kind == Call::Kind::sweep && call.channel == no("shop") && !changed) {
      changed = true;
      import("title", "Tee");
    }
    return outcome;
  });
  ASSERT_TRUE(changed);
  EXPECT_EQ(here("title"), "Tee");
  EXPECT_EQ(on(shop, "title"), "Tee");
  EXPECT_THAT(journalled("content.kept"), ElementsAre(R"({"title":{"here":"Tee","there":"Best in town"}})"));
  EXPECT_THAT(journalled("content.adopted"), IsEmpty());
}

// The platform did as it was told, the answer was lost, and nothing else gets through for a while: our own word there is nobody's change.
TEST_F(FieldOfTheNewest, ThatAnUnansweredWriteOfOursChangedThereIsNoHandsChange) {
  auto& shop = open({{"title", Owner::newest}});
  live(2min);
  import("title", "Lost");
  bool lost = false;
  live(10min, [&](const Call& call) {
    if (call.kind != Call::Kind::push || call.channel != no("shop")) return perform(call, connector_of(call));
    if (lost) return all_answered(call, error(Fault::transient, "closed for today"));
    lost = true;
    perform(call, connector_of(call));
    import("title", "Wanted");
    return all_answered(call, error(Fault::unknown, "no answer"));
  });
  ASSERT_TRUE(lost);
  EXPECT_EQ(on(shop, "title"), "Lost");
  live(one_sweep);
  EXPECT_EQ(here("title"), "Wanted");
  EXPECT_EQ(on(shop, "title"), "Wanted");
  EXPECT_THAT(journalled("content.adopted"), IsEmpty());
}

TEST_F(FieldOfTheNewest, ThatThePlatformCutsOffIsNotTakenOverShorter) {
  auto& shop = open({{"title", Owner::newest}}, true);
  import("title", "A tee of heavy cotton");
  live(one_sweep);
  EXPECT_EQ(on(shop, "title"), "A tee of hea");
  import("title", "Shirt of heavy cotton");
  live(one_sweep);
  EXPECT_EQ(on(shop, "title"), "Shirt of hea");
  EXPECT_EQ(here("title"), "Shirt of heavy cotton");
  hand(shop, "title", "By hand");
  live(one_sweep);
  EXPECT_EQ(here("title"), "By hand");
}

TEST_F(FieldOfTheNewest, ThatThePlatformSpellsAnotherWayIsNotTakenOverUntilAHandChangesIt) {
  auto& shop = open({{"description", Owner::newest}}, true);
  import("description", "Warm");
  live(one_sweep);
  EXPECT_EQ(on(shop, "description"), "<p>Warm</p>");
  EXPECT_EQ(here("description"), "Warm");
  hand(shop, "description", "<p>Hot</p>");
  live(one_sweep);
  EXPECT_EQ(here("description"), "<p>Hot</p>");
}

TEST_F(PriceOfTheChannel, IsOursWhenItIsListedAndNeverWrittenAgain) {
  auto& shop = open({{"price", Owner::channel}});
  EXPECT_EQ(price_on(shop), "10");
  ASSERT_TRUE(shop.set_price(id(shop, "A"), *Json::parse(R"({"amount": 7, "currency": "EUR"})")).has_value());
  auto calls = live(one_sweep);
  import_price(2500);
  import("title", "Tee");  // a listing's content may carry its price
  const auto more = live(one_sweep);
  EXPECT_EQ(price_on(shop), "7");
  EXPECT_EQ(price_on(other()), "25");
  EXPECT_EQ(writes(calls, "price", "shop") + writes(more, "price", "shop"), 0u);
  for (const auto& call : pushes(more, "content")) {
    if (call.channel != no("shop")) continue;
    EXPECT_EQ(call.changes.front().fields.find("variants")->as_array().front().find("price")->find("amount")->scalar_text(), "7");
  }
  EXPECT_EQ(drifts_on_the_shop(), 0);
  EXPECT_EQ(offer(shop, "A").price_confirmed, "7.00 EUR");
}

TEST_F(PriceOfTheChannel, GivesWayToAPinAndStaysWhereThePinLeftIt) {
  auto& shop = open({{"price", Owner::channel}});
  pin_price("5");
  live(one_sweep);
  EXPECT_EQ(price_on(shop), "5");
  ASSERT_TRUE(shop.set_price(id(shop, "A"), *Json::parse(R"({"amount": 7, "currency": "EUR"})")).has_value());
  live(one_sweep);
  EXPECT_EQ(price_on(shop), "5") << "what a person fixed is put back";
  unpin();
  live(one_sweep);
  EXPECT_EQ(price_on(shop), "5");
  ASSERT_TRUE(shop.set_price(id(shop, "A"), *Json::parse(R"({"amount": 7, "currency": "EUR"})")).has_value());
  live(one_sweep);
  EXPECT_EQ(price_on(shop), "7");
}

TEST_F(Ownership, OfAListingThatCannotBeReadByItselfKeepsNoTextWaiting) {
  auto& shop = open({{"title", Owner::newest}});
  live(one_sweep);
  write([&](store::Session& session) {
    const auto variant = store::find_variant(session, Sku("A"));
    auto product = store::get_product(session, variant->product)->product;
    product.title = "Another title";
    store::put_product(session, product, clock.now());
    mark_aspect(session, no("shop"), "content", variant->product.value, {"import:1", false, 0}, clock.now());
  });
  const auto broken_listing = [&](const Call& call) {
    const bool reads_one = call.kind == Call::Kind::look && !call.pokes.empty();
    return reads_one ? all_answered(call, error(Fault::broken, "500")) : perform(call, connector_of(call));
  };
  live(20min, broken_listing);
  EXPECT_EQ(shop.listings().front().content.text_or("title"), "Another title");
}

}  // namespace
}  // namespace tally::engine
