// The commented examples, the JSON Schemas and the code must say the same.
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
  Examples() { settings_ = load(config, reading_); }
  Complaints complaints_;
  Reading reading_{complaints_, {}, {}, {}, {}};
  std::optional<Settings> settings_;
};

TEST_F(Examples, load_as_they_are) {
  ASSERT_TRUE(settings_) << text_of(complaints_);
  EXPECT_EQ(settings_->channels.size(), 4u);
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

TEST(Schemas, refuse_what_the_code_refuses) {
  EXPECT_NE(faults_by("channel.schema.json", "connector: x\nbufer: 1\n"), "");
  EXPECT_NE(faults_by("channel.schema.json", "stock: { buffer: 1 }\n"), "");
  EXPECT_NE(faults_by("channel.schema.json", "connector: x\nstock: { share: 80 }\n"), "");
  EXPECT_NE(faults_by("channel.schema.json", "connector: x\nsecrets: { key: a secret with spaces }\n"), "");
  EXPECT_NE(faults_by("tallyd.schema.json", "log_level: loud\n"), "");
  EXPECT_NE(faults_by("tallyd.schema.json", "attributes: { season: { one_of: [] } }\n"), "");
}

}  // namespace
}  // namespace tally::settings
