// A connector on a stage: its real files, a platform whose answers are written down, a clock that stands still, secrets in a map.
#pragma once

#include "base/json.hpp"
#include "connectors/rest/rest.hpp"
#include "mapping/mapping.hpp"
#include "yaml/yaml.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

namespace tally::rest::test {

inline std::filesystem::path source() {
  return TALLYD_SOURCE_DIR;
}

inline std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// JSON written with single quotes, which it has none of otherwise.
inline Json json(std::string text) {
  for (char& c : text) c = c == '\'' ? '"' : c;
  auto parsed = Json::parse(text);
  EXPECT_TRUE(parsed) << text << (parsed ? "" : parsed.error().text());
  return parsed ? *parsed : Json();
}

/// What stands there as text, or "(nothing)".
inline std::string text_at(const Json& json, std::string_view pointer) {
  const Json* value = json.at(pointer);
  return value ? value->scalar_text() : "(nothing)";
}

/// Plays one side of a recorded conversation: each request must be the next one expected.
class Platform final : public http::Http {
 public:
  struct Line {
    std::string method, address;  ///< the address must contain it
    Result<http::Response> answer;
  };

  /// Answers with JSON in single quotes, or with any other text as it is.
  Platform& answers(const std::string& method, const std::string& address, unsigned status, std::string body,
                    std::vector<http::Header> headers = {}) {
    if (body.starts_with("{") || body.starts_with("[")) {
      for (char& c : body) c = c == '\'' ? '"' : c;
    }
    script.push_back({method, address, http::Response{status, std::move(headers), std::move(body)}});
    return *this;
  }
  Platform& fails(const std::string& method, const std::string& address, Fault fault) {
    script.push_back({method, address, error(fault, "the line was cut")});
    return *this;
  }

  Result<http::Response> send(const http::Request& request) override {
    const std::lock_guard lock(mutex);
    requests.push_back(request);
    if (script.empty()) {
      ADD_FAILURE() << "nobody expected " << request.method << " " << request.url << "\n" << request.body;
      return error(Fault::transient, "nobody expected this request");
    }
    Line line = std::move(script.front());
    script.pop_front();
    EXPECT_EQ(line.method, request.method) << request.url;
    EXPECT_NE(request.url.find(line.address), std::string::npos) << "expected " << line.address << " in " << request.url;
    return line.answer;
  }

  Json sent(std::size_t index) const {
    const auto parsed = index < requests.size() ? Json::parse(requests[index].body) : Result<Json>(error(Fault::invalid, "not sent"));
    EXPECT_TRUE(parsed) << "request " << index;
    return parsed ? *parsed : Json();
  }

  std::mutex mutex;
  std::deque<Line> script;
  std::vector<http::Request> requests;
};

class StillClock final : public Clock {
 public:
  Time now() const override { return at; }
  Duration since_start() const override { return at - from_ms(1'700'000'000'000); }
  Time at = from_ms(1'762'000'000'000);  // 2025-11-01T12:26:40Z
};

struct Stage {
  explicit Stage(std::string name) : name(std::move(name)) {
    recipe.channel = "shop";
    recipe.connector = this->name;
    recipe.file = this->name + "/connector.yaml";
    recipe.text = text_of_file(source() / "connectors" / this->name / "connector.yaml");
    recipe.settings = Json::object({{"currency", "EUR"}, {"weight_unit", "kg"}});
    if (this->name == "woocommerce") {
      recipe.settings.set("url", "https://shop.example.com");
      secrets = {{"key", "ck_x"}, {"secret", "cs_y"}, {"webhook_secret", "wh_secret"}};
    } else if (this->name == "wechat-shop") {
      recipe.settings.set("currency", "CNY");
      recipe.settings.set("appid", "wx0001");
      secrets = {{"secret", "app_secret_1"}, {"push_token", "AAAAA"}, {"aes_key", std::string(43, 'A')}};
    } else if (this->name == "douyin") {
      recipe.settings.set("currency", "CNY").set("shop_id", 4463798).set("app_key", "7000000000000000001");
      secrets = {{"secret", "dy_secret"}};
    }
  }

  std::shared_ptr<const mapping::Mapping> mapping(Complaints& complaints) {
    mapping::ChannelContext context;
    context.settings = recipe.settings;
    context.currency = recipe.settings.text_or("currency");
    context.overlay = yaml::parse(tables, "tables", complaints);
    const auto path = source() / "mappings" / (name + ".yaml");
    return mapping::Mapping::compile(
        name, text_of_file(path), path.filename().string(), context, [](std::string_view) { return std::nullopt; }, complaints);
  }

  channel::Ports ports() {
    channel::Ports ports;
    ports.http = &platform;
    ports.clock = &clock;
    ports.seed = 7;
    ports.secret = [this](const std::string& wanted) -> Result<std::string> {
      const auto found = secrets.find(wanted);
      if (found == secrets.end()) return error(Fault::not_found, "there is no secret '" + wanted + "'");
      return found->second;
    };
    ports.store_secret = [this](const std::string& wanted, const std::string& value) -> Result<void> {
      stored.emplace_back(wanted, value);
      if (!store_works) return error(Fault::io, "the disk is full");
      secrets[wanted] = value;
      return {};
    };
    ports.meter = meter;
    return ports;
  }

  /// What is wrong with the file, one a line.
  std::string complaints_of(const std::string& text) {
    recipe.text = text;
    Complaints complaints;
    if (!recipe.mapping) recipe.mapping = mapping(complaints);
    const bool refused = make(recipe, ports(), complaints) == nullptr;
    EXPECT_EQ(refused, !complaints.empty());
    return text_of(complaints);
  }

  channel::Connector& connector() {
    if (!made) {
      Complaints complaints;
      if (!recipe.mapping) recipe.mapping = mapping(complaints);
      made = make(recipe, ports(), complaints);
      EXPECT_TRUE(complaints.empty()) << text_of(complaints);
    }
    ensure(made != nullptr, "the connector compiles");
    return *made;
  }

  Result<channel::Applied> push(channel::ActionKind action, Json fields, std::optional<Json> ticket = {}) {
    const channel::Change change{"key-1", action, std::move(fields), std::move(ticket)};
    auto results = connector().push({&change, 1});
    ensure(results.size() == 1, "one result a change");
    return std::move(results.front());
  }

  std::string name;
  std::string tables = "tables: { carriers: { dhl: DHL }, category: { Clothing: '6033' }, leaf: { Tops: '20005' } }";
  channel::Recipe recipe;
  Platform platform;
  StillClock clock;
  std::map<std::string, std::string> secrets;
  std::vector<std::pair<std::string, std::string>> stored;
  bool store_works = true;
  channel::MakeMeter meter;
  std::unique_ptr<channel::Connector> made;
};

}  // namespace tally::rest::test
