// A merchant with several locations, whose orders arrive as trees: for the rules of stock.
#pragma once

#include "engine/number.hpp"
#include "engine/orders.hpp"
#include "engine/quota.hpp"
#include "engine/timer.hpp"
#include "house.hpp"
#include "store/journal.hpp"
#include "store/orders.hpp"

namespace tally::engine {

class StockHouse : public House {
 protected:
  using Lines = std::vector<std::pair<std::string, Quantity>>;

  ChannelConfig& rules(const std::string& channel) {
    for (auto& shop : shops) {
      if (shop->config.name == channel) return shop->config;
    }
    ADD_FAILURE() << channel;
    return shops.front()->config;
  }
  /// As at the start, and after a reload of the rules.
  void open() {
    if (!core) core = std::make_unique<Core>(*store, clock, Log(), config, 1);
    std::vector<ChannelSetup> setups;
    for (const auto& shop : shops) setups.push_back({shop->config, shop->connector});
    ASSERT_TRUE(core->set_channels(config, std::move(setups)).has_value());
    write([&](store::Session& session) {
      for (const auto& channel : core->world().channels) {
        store::set_released(session, channel->no, true);
        channel->released = true;
      }
    });
  }
  Channel& channel(const std::string& name) { return *core->world().find(name); }

  VariantNo variant(const std::string& sku) {
    VariantNo no;
    write([&](store::Session& session) { no = store::find_variant(session, Sku(sku))->no; });
    return no;
  }
  LocationNo place(const std::string& name) {
    LocationNo no;
    write([&](store::Session& session) { no = store::open_location(session, name); });
    return no;
  }
  void put(const std::string& sku, const std::string& location, Quantity units) {
    const auto no = variant(sku);
    const auto where = place(location);
    write([&](store::Session& session) {
      append_change(session, no, where, "receipt", units, "put:" + std::to_string(++causes_), "", clock.now(), clock.now());
    });
  }
  Effect at(const std::string& sku, const std::string& location) {
    const auto no = variant(sku);
    const auto where = place(location);
    Effect sum;
    write([&](store::Session& session) {
      if (const auto row = store::stock_at(session, no, where)) sum = row->sum;
    });
    return sum;
  }
  StockNumber number(const std::string& on, const std::string& sku) {
    const auto no = variant(sku);
    StockNumber result;
    write([&](store::Session& session) { result = stock_number(session, channel(on), no); });
    return result;
  }

  /// The channel's document of an order, as it is now; fetched.
  void order(const std::string& on, const std::string& id, const std::string& state, const Lines& lines, Time placed,
             const std::function<void(Json&)>& more = {}) {
    Json tree = Json::object({{"@id", id}, {"number", id}, {"state", state}, {"placed_at", format_iso(placed)}});
    tree.set("changed_at", format_iso(clock.now()));
    Json list = Json::array();
    for (const auto& [sku, quantity] : lines)
      list.push_back(Json::object({{"@id", std::to_string(list.as_array().size() + 1)}, {"sku", sku}, {"quantity", quantity}}));
    tree.set("lines", std::move(list));
    if (more) more(tree);
    OrderDocument document;
    if (const Json* doubts = tree.find("doubts")) {
      for (const auto& doubt : doubts->as_array()) document.doubts.push_back(doubt.as_string());
      tree.erase("doubts");
    }
    document.body_hash = tree.dump();
    document.tree = std::move(tree);
    document.fetched = true;
    document.row = ++documents_;
    document.received_at = clock.now();
    write([&](store::Session& session) {
      const auto applied = apply_order(session, core->world(), channel(on), document, [](ChannelNo, VariantNo, const OwnStep&) {});
      ASSERT_TRUE(applied.has_value()) << applied.error().text();
    });
  }
  void order(const std::string& on, const std::string& id, const std::string& state, const Lines& lines) {
    order(on, id, state, lines, clock.now());
  }
  store::OrderRow order_row(const std::string& on, const std::string& id) {
    std::optional<store::OrderRow> row;
    write([&](store::Session& session) { row = store::find_order(session, channel(on).no, id); });
    EXPECT_TRUE(row.has_value()) << id;
    return row.value_or(store::OrderRow{});
  }
  std::vector<store::Oversell> oversells() {
    std::vector<store::Oversell> rows;
    write([&](store::Session& session) { rows = store::oversells(session, 100); });
    return rows;
  }
  bool count(const std::string& sku, const std::string& location, Quantity counted, Time as_of) {
    const auto no = variant(sku);
    const auto where = place(location);
    bool taken = false;
    const std::string cause = "count:" + std::to_string(++causes_);
    write([&](store::Session& session) { taken = append_count(session, no, where, counted, as_of, cause, "", clock.now()); });
    return taken;
  }
  /// Everything that is due now is done.
  void ring() {
    for (int round = 0; round < 10; ++round) {
      const auto next = do_due(core->world());
      ASSERT_TRUE(next.has_value()) << next.error().text();
      if (!*next || **next > clock.now()) return;
    }
    ADD_FAILURE() << "what is due never ends";
  }
  bool marked(const std::string& on, const std::string& sku) {
    const auto no = variant(sku);
    bool found = false;
    write([&](store::Session& session) { found = store::find_mark(session, channel(on).no, "stock", no.value).has_value(); });
    return found;
  }
  void clear_marks() {
    write([&](store::Session& session) {
      for (const auto& each : core->world().channels) {
        for (const auto& mark : store::marks_of_channel(session, each->no, "stock")) store::clear_mark(session, mark);
      }
    });
  }
  /// How often the journal says so.
  int told(const std::string& what) {
    int times = 0;
    write([&](store::Session& session) {
      for (const auto& entry : store::journal_after(session, 0, 10000)) times += entry.what == what ? 1 : 0;
    });
    return times;
  }

  Config config{.currency = "EUR", .locations = {{"main", ""}}, .guard = {}};

 private:
  int causes_ = 0;
  std::int64_t documents_ = 0;
};

}  // namespace tally::engine
