// The laws of a mapping (DESIGN: mapping), over generated products and orders, for every mapping that is shipped.
#include "generated.hpp"
#include "model/order.hpp"
#include "shared.hpp"

#include <cstdlib>

namespace tally::mapping {
namespace {

/// Several hundred cases a law, unless the one who runs the tests says otherwise.
class ManyCases : public testing::Environment {
 public:
  void SetUp() override { ::setenv("RC_PARAMS", "max_success=300", 0); }
};
const auto* const many_cases = testing::AddGlobalTestEnvironment(new ManyCases);

struct Laws : testing::TestWithParam<std::string> {
  Compilation made;
  bool woo = false;

  void SetUp() override {
    ChannelContext context;
    context.settings = json(R"({"weight_unit":"lbs"})");
    context.overlay = overlay("tables: { category: { Clothing: '6033', Tops: '6057' }, leaf: { Tops: '20005' } }");
    made = compile(*shipped_text(GetParam()), context);
    ASSERT_EQ(text_of(made.complaints), "");
    woo = GetParam() == "woocommerce";
  }
  Json shown(std::string_view document, const Json& tree) const { return made.compiled().shown(document, tree); }
  Json truth_of(const Json& product) const { return generated::with_ids(product, woo || GetParam() == "till"); }

  /// What a platform makes of it: entries of others, another order where none counts, its own words beside ours.
  Json lived_in(Json remote, bool shuffled = true) const {
    remote.set("date_modified_elsewhere", "2026-03-02T09:15:11");
    if (!woo) return remote;
    if (remote.find("meta_data") == nullptr) remote.set("meta_data", Json::array());
    remote.find("meta_data")->push_back(json(R"({"id":9,"key":"_plugin","value":"x"})"));
    if (Json* attributes = remote.find("attributes"); attributes != nullptr && shuffled)
      std::reverse(attributes->as_array().begin(), attributes->as_array().end());
    if (Json* images = remote.find("images")) {
      for (Json& each : images->as_array()) each.set("src", Json("https://shop/" + each.text_or("id")));
    }
    return remote;
  }
};

/// Remote ids taken off, and fields without a value.
Json ours(const Json& tree) {
  if (tree.is_array()) {
    Json list = Json::array();
    for (const Json& each : tree.as_array()) list.push_back(ours(each));
    return list;
  }
  if (!tree.is_object()) return tree;
  Json object = Json::object();
  for (const auto& [key, value] : tree.as_object()) {
    Json inside = ours(value);
    if (!key.starts_with('@') && !inside.empty()) object.set(key, std::move(inside));
  }
  return object;
}

/// Where `found` does not have what `expected` has.
std::string lacking(const Json& expected, const Json* found, const std::string& path = {}) {
  if (found == nullptr) return path + " is missing";
  if (expected.is_object() && found->is_object()) {
    for (const auto& [key, value] : expected.as_object()) {
      if (auto what = lacking(value, found->find(key), path + "/" + key); !what.empty()) return what;
    }
    return {};
  }
  if (expected.is_array() && found->is_array() && expected.as_array().size() == found->as_array().size()) {
    for (std::size_t i = 0; i < expected.as_array().size(); ++i) {
      if (auto what = lacking(expected.as_array()[i], &found->as_array()[i], path + "/" + std::to_string(i)); !what.empty()) return what;
    }
    return {};
  }
  return expected == *found ? std::string() : path + ": " + expected.dump() + " became " + found->dump();
}

void require(const std::string& difference) {
  if (!difference.empty()) RC_FAIL(difference);
}

TEST_P(Laws, first_what_was_pushed_and_is_read_back_is_unchanged_and_nothing_is_left_to_send) {
  EXPECT_TRUE(rc::check([&] {
    // given a product, and the platform that shows it under its own ids
    const Json product = generated::product();
    const Json remote = shown("listing", truth_of(product));
    // when it is read on top of what we have
    const Read back = read(made, "listing", lived_in(remote), product);
    // then
    RC_ASSERT(back.doubts.empty());
    require(lacking(ours(product), &back.tree));
    require(lacking(ours(back.tree), &product));
    require(lacking(shown("listing", back.tree), &remote));
    RC_ASSERT(product_from_json(back.tree).has_value());
    RC_ASSERT(made.mapping->spell("listing", back.tree).dump_sorted() == made.mapping->spell("listing", product).dump_sorted());
  }));
}

TEST_P(Laws, second_a_document_read_into_nothing_and_pushed_is_the_same) {
  EXPECT_TRUE(rc::check([&] {
    // given
    const Json remote = shown("listing", truth_of(generated::product()));
    // when
    const Json again = shown("listing", read(made, "listing", lived_in(remote, false)).tree);
    // then
    require(lacking(again, &remote));
    require(lacking(remote, &again));
  }));
}

TEST_P(Laws, third_what_the_mapping_does_not_name_is_as_it_was) {
  EXPECT_TRUE(rc::check([&] {
    // given a product that was changed on the platform
    Json product = truth_of(generated::product());
    product.set("@mark", "ours");
    Json changed = product;
    changed.set("title", "Another");
    for (Json& v : changed.find("variants")->as_array()) v.set("price", generated::money(4711));
    // when
    const Read back = read(made, "listing", lived_in(shown("listing", changed)), product);
    // then what no listing speaks of is still there
    RC_ASSERT(back.tree.text_or("title") == "Another");
    RC_ASSERT(back.tree.text_or("@mark") == "ours");
    const auto& before = product.find("variants")->as_array();
    const auto& after = back.tree.find("variants")->as_array();
    RC_ASSERT(before.size() == after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      RC_ASSERT(after[i].find("price")->find("amount")->decimal().value() == Decimal::of(4711, 2));
      for (const char* field : {"cost", "tax_class"}) {
        RC_ASSERT((before[i].find(field) == nullptr) == (after[i].find(field) == nullptr));
        if (before[i].find(field) != nullptr) RC_ASSERT(*before[i].find(field) == *after[i].find(field));
      }
    }
  }));
}

TEST_P(Laws, fourth_an_update_of_content_says_nothing_of_price_and_stock) {
  EXPECT_TRUE(rc::check([&] {
    // given a product that the channel has confirmed, and the same with other prices and quantities
    Json product = truth_of(generated::product());
    product.set("@known", true);
    for (Json& v : product.find("variants")->as_array()) v.set("@known", true);
    Json other = product;
    for (Json& v : other.find("variants")->as_array()) {
      v.set("price", generated::money(123'456));
      v.set("available", 77);
      if (v.find("compare_at") != nullptr) {
        v.erase("compare_at");
      } else {
        v.set("compare_at", generated::money(222'222));
      }
    }
    // then the update is the same to the last byte, and what is new is said in full
    RC_ASSERT(pushed(made, "listing", product, Say::content).dump() == pushed(made, "listing", other, Say::content).dump());
    RC_ASSERT(pushed(made, "listing", product).dump() != pushed(made, "listing", other).dump());
  }));
}

TEST_P(Laws, orders_too_are_unchanged_by_reading_what_they_spell) {
  EXPECT_TRUE(rc::check([&] {
    // given
    const Json order = generated::order();
    const Json remote = shown("order", order);
    // when
    const Read onto = read(made, "order", remote, order);
    Read fresh = read(made, "order", remote);
    // then
    RC_ASSERT(onto.doubts.empty() && fresh.doubts.empty());
    RC_ASSERT(order_from_json(onto.tree).has_value() && order_from_json(fresh.tree).has_value());
    require(lacking(order, &onto.tree));
    fresh.tree.erase("platform_state");  // the same place once more, as text
    const Json again = shown("order", fresh.tree);
    require(lacking(again, &remote));
    require(lacking(remote, &again));
  }));
}

INSTANTIATE_TEST_SUITE_P(Mapping, Laws, testing::Values("woocommerce", "wechat-shop", "douyin", "till"), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tally::mapping
