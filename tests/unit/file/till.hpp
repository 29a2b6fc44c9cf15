// A till for tests: a real folder, the connector over it with the shipped connector.yaml, and a clock that the test sets.
#pragma once

#include "connectors/file/file.hpp"
#include "mapping/mapping.hpp"

#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace tally::file {

namespace fs = std::filesystem;

class SetClock final : public Clock {
 public:
  Time now() const override { return now_; }
  Duration since_start() const override { return Duration(0); }
  Time now_ = *parse_iso("2026-03-01T12:00:00Z");
};

inline std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

class Till : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "till-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    settings_ = Json::object({{"folder", name}, {"currency", "EUR"}, {"finished_after", "0s"}});
    open();
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  /// A new connector over the same folder, as after a restart.
  void open() {
    Complaints complaints;
    connector_ = make(recipe(complaints), ports(), complaints);
    ASSERT_TRUE(connector_) << text_of(complaints);
  }

  channel::Recipe recipe(Complaints& complaints) const {
    const auto source = fs::path(TALLYD_SOURCE_DIR);
    channel::Recipe recipe{.channel = "shop-till",
                           .connector = "till",
                           .file = "connectors/till/connector.yaml",
                           .text = {},
                           .settings = settings_,
                           .auth = {},
                           .overrides = Json::object(),
                           .mapping = {},
                           .channel_file = "channels.d/shop-till.yaml"};
    recipe.text = bytes_of(source / "connectors/till/connector.yaml");
    mapping::ChannelContext context;
    context.settings = settings_;
    recipe.mapping =
        mapping::Mapping::compile("till", bytes_of(source / "mappings/till.yaml"), "mappings/till.yaml", context, {}, complaints);
    return recipe;
  }

  channel::Ports ports() const {
    channel::Ports ports;
    ports.clock = &clock_;
    return ports;
  }

  void drop(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    const auto beside = folder_ / (name + ".part");
    std::ofstream(beside, std::ios::binary) << text;
    fs::rename(beside, folder_ / name);
    // One after the other, however fast the test is.
    static int second = 0;
    fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() - std::chrono::hours(1) + std::chrono::seconds(++second));
  }

  bool there(const std::string& name) const { return fs::exists(folder_ / name); }

  channel::Page page(const std::string& cursor = {}) {
    channel::Want want;
    want.what = channel::Want::What::orders;
    want.cursor = cursor;
    auto page = connector_->read_orders(want);
    if (!page) {
      ADD_FAILURE() << page.error().text();
      return {};
    }
    return std::move(*page);
  }

  /// A whole reading: page after page, each acknowledged by the next.
  std::vector<Json> reading() {
    std::vector<Json> bodies;
    std::string cursor;
    do {
      const auto next = page(cursor);
      for (const auto& document : next.documents) bodies.push_back(*Json::parse(document.body));
      cursor = next.cursor;
    } while (!cursor.empty());
    return bodies;
  }

  channel::Event event(const std::string& kind, const Json& body) {
    channel::Document document;
    document.kind = kind;
    document.body = body.dump();
    auto events = connector_->parse(document, {});
    if (!events || events->size() != 1) {
      ADD_FAILURE() << (events ? "no event" : events.error().text());
      return {};
    }
    return events->front();
  }

  fs::path folder_;
  Json settings_;
  SetClock clock_;
  std::unique_ptr<channel::Connector> connector_;
};

inline const std::string sales_header = "receipt,line,sku,quantity,unit_price,discount,tax,total,currency,sold_at\n";

}  // namespace tally::file
