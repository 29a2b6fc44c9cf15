// The commented examples, the JSON Schemas and the code must say the same.
#include "configuration.hpp"

#include "settings/reading.hpp"

#include <gmock/gmock.h>
#include <boost/json.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace tally::settings {
namespace {

const std::filesystem::path config = std::filesystem::path(TALLYD_SOURCE_DIR) / "config";

std::string bytes_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// Properties by section, in the spelling of Sections: "locations/*" for what stands under additionalProperties.
void gather(const boost::json::value& schema, const std::string& section, Sections& found) {
  const auto* object = schema.if_object();
  if (object == nullptr) return;
  const std::string prefix = section.empty() ? "" : section + "/";
  if (const auto* properties = object->if_contains("properties")) {
    for (const auto& [name, property] : properties->as_object()) {
      found[section].insert(std::string(name));
      gather(property, prefix + std::string(name), found);
    }
  }
  if (const auto* others = object->if_contains("additionalProperties")) gather(*others, prefix + "*", found);
  if (const auto* items = object->if_contains("items")) gather(*items, prefix + "*", found);
  if (const auto* branches = object->if_contains("anyOf")) {
    for (const auto& branch : branches->as_array()) gather(branch, section, found);
  }
}

Sections sections_of(const std::string& schema) {
  Sections found;
  gather(boost::json::parse(bytes_of(config / schema)), "", found);
  return found;
}

std::string faults_by(const std::string& schema_file, const std::string& yaml) {
  const boost::json::value schema_json = boost::json::parse(bytes_of(config / schema_file));
  valijson::Schema schema;
  valijson::adapters::BoostJsonAdapter schema_adapter(schema_json);
  valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(schema_adapter, schema);
  Complaints complaints;
  const auto node = yaml::parse(yaml, "given", complaints);
  if (!node) return text_of(complaints);
  const boost::json::value document = boost::json::parse(node->to_json().dump());
  valijson::adapters::BoostJsonAdapter target(document);
  valijson::Validator validator(valijson::Validator::kStrongTypes);
  valijson::ValidationResults results;
  std::string text;
  if (!validator.validate(schema, target, &results)) {
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      for (const std::string& step : error.context) text += step;
      text += ": " + error.description + "\n";
    }
  }
  return text;
}

class Examples : public testing::Test {
 protected:
  Examples() { settings_ = read(config, reading_); }
  Complaints complaints_;
  Reading reading_{complaints_, {}, {}, {}, {}};
  Settings settings_;
};

TEST_F(Examples, load_as_they_are) {
  EXPECT_EQ(text_of(complaints_), "");
  EXPECT_EQ(settings_.channels.size(), 4u);
}

TEST_F(Examples, show_every_section_there_is) {
  EXPECT_EQ(reading_.tallyd_keys.size(), sections_of("tallyd.schema.json").size());
  EXPECT_EQ(reading_.channel_keys.size(), sections_of("channel.schema.json").size());
}

TEST_F(Examples, are_valid_by_the_schemas) {
  EXPECT_EQ(faults_by("tallyd.schema.json", bytes_of(config / "tallyd.yaml")), "");
  for (const auto& file : std::filesystem::directory_iterator(config / "channels.d")) {
    EXPECT_EQ(faults_by("channel.schema.json", bytes_of(file.path())), "") << file.path();
  }
}

TEST_F(Examples, the_schema_of_tallyd_yaml_has_the_keys_that_are_read_and_no_others) {
  EXPECT_EQ(sections_of("tallyd.schema.json"), reading_.tallyd_keys);
}

TEST_F(Examples, the_schema_of_a_channel_has_the_keys_that_are_read_and_no_others) {
  EXPECT_EQ(sections_of("channel.schema.json"), reading_.channel_keys);
}

class Verdicts : public Configuration {
 protected:
  /// What the code says of the same file, alone in a configuration.
  bool code_refuses(const std::string& schema, const std::string& yaml) {
    given("tallyd.yaml", schema == "tallyd.schema.json" ? yaml : "");
    if (schema == "channel.schema.json") given("channels.d/given.yaml", yaml);
    Complaints complaints;
    return !load(folder_, complaints);
  }
  void both_refuse(const std::string& schema, const std::string& yaml) {
    EXPECT_NE(faults_by(schema, yaml), "") << "the schema takes " << yaml;
    EXPECT_TRUE(code_refuses(schema, yaml)) << "the code takes " << yaml;
  }
  void both_take(const std::string& schema, const std::string& yaml) {
    EXPECT_EQ(faults_by(schema, yaml), "") << yaml;
    EXPECT_FALSE(code_refuses(schema, yaml)) << "the code refuses " << yaml;
  }
};

TEST_F(Verdicts, of_a_channel_are_the_same_by_schema_and_code) {
  const std::string schema = "channel.schema.json";
  for (const char* bad : {"bufer: 1",
                          "stock: { share: 80 }",
                          "stock: { buffer: -1 }",
                          "stock: { buffer: 1.5 }",
                          "stock: { cap: 1000001 }",
                          "stock: { capp: 1 }",
                          "stock: [1]",
                          "secrets: { key: a secret with spaces }",
                          "secrets: { key: [a] }",
                          "url: ftp://a.example",
                          "url: https://me@a.example",
                          "url: a.example",
                          "url: https://a.example?k=1",
                          "currency: eur",
                          "weight_unit: stone",
                          "policy: ful",
                          "price: { add: 4 }",
                          "price: { round_to: 1.5 }",
                          "price: { round_to: 1 }",
                          "price: { floor: price * 2 }",
                          "price: { floor: 0 }",
                          "price: { ceiling: -5 }",
                          "price: { ceiling: cost * }",
                          "price: { ad: 4% }",
                          "orders: { every: 5 }",
                          "orders: { reserve: never }",
                          "orders: { evry: 5m }",
                          "sweep: 1w",
                          "settle: soon",
                          "limits: { concurrency: 65 }",
                          "limits: { requests_per_second: 0 }",
                          "limits: { per_second: 2 }",
                          "limits: { budgets: { calls: 0 } }",
                          "limits: { budgets: [calls] }",
                          "mapping: [a]",
                          "mapping: ../a",
                          "mapping: { extends: ../a }",
                          "tables: a",
                          "settings: { a: [1] }",
                          "settings: [a]",
                          "owners: { a: channel }",
                          "owners: { title: merchant }",
                          "owners: { price: newest }",
                          "owners: [title]",
                          "locations: { a: 1 }",
                          "hosts: a.example"}) {
    both_refuse(schema, std::string("connector: x\n") + bad + "\n");
  }
  for (const char* bad : {"policy: full\n", "connector: ../x\n", "connector: [x]\n", "connector:\n", "- connector\n"})
    both_refuse(schema, bad);
}

TEST_F(Verdicts, of_good_files_are_good_by_both) {
  for (const char* good :
       {"", "stock:", "url: http://127.0.0.1:8080/shop", "settings: { a: 1, b: yes, c: text }",
        "owners: { title: channel, price: channel }", "price: { add: -10%, floor: cost*1.1 }", "price: { floor: 0.5, ceiling: cost * 20 }",
        "price: { ceiling: 1500 }", "stock: { share: 33.3%, buffer: 0 }", "locations: main", "mapping: { extends: other }",
        "mapping: other", "secrets: { key: my.key-1 }", "settle: 250ms"}) {
    both_take("channel.schema.json", std::string("connector: x\n") + good + "\n");
  }
  std::filesystem::remove_all(folder_ / "channels.d");
  for (const char* good : {"", "store: sqlite:/tmp/a.db\n", "listen: \"[::1]:8780\"\n", "locations: { a: }\n",
                           "guard: { least: 0, price: 2.5% }\n", "attributes: { season: { one_of: spring } }\n",
                           "public_url: https://hooks.example.com/t\n", "routing: [{ country: \"*\", from: main }]\n"}) {
    both_take("tallyd.schema.json", good);
  }
}

TEST_F(Verdicts, of_tallyd_yaml_are_the_same_by_schema_and_code) {
  const std::string schema = "tallyd.schema.json";
  for (const char* bad : {"log_level: loud",
                          "attributes: { season: { one_of: [] } }",
                          "attributes: { season: colour }",
                          "store: mysql:x",
                          "store: postgresql://u:p@db/x",
                          "listen: 8780",
                          "public_url: hooks",
                          "public_url: https://u:p@h",
                          "currency: Euro",
                          "locations: { Main: }",
                          "locations: { a: { nam: x } }",
                          "locations: [a]",
                          "catalogue: {}",
                          "catalogue: { watch: a, channel: b }",
                          "guard: { to_zero: 20 }",
                          "guard: { least: -1 }",
                          "guard: { lest: 1 }",
                          "curency: EUR",
                          "- a",
                          "routing: [{ from: main }]",
                          "routing: [{ country: GB }]",
                          "routing: { country: GB, from: main }",
                          "routing: [{ region: Kent, sku: A, from: main }]",
                          "routing: [{ country: GB, from: [] }]"}) {
    both_refuse(schema, std::string(bad) + "\n");
  }
}

}  // namespace
}  // namespace tally::settings
