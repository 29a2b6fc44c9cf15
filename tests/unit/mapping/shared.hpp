// What the tests of the mapping have in common: compiling from text, from the shipped files, from the examples beside the repository.
#pragma once

#include "mapping/compiled.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace tally::mapping {

inline std::filesystem::path source_folder() {
  return TALLYD_SOURCE_DIR;
}

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

inline Json json(std::string_view text) {
  auto parsed = Json::parse(text);
  if (!parsed) throw std::runtime_error("a test's JSON is wrong: " + parsed.error().what + " in " + std::string(text));
  return *parsed;
}

inline std::optional<std::string> shipped_text(std::string_view name) {
  const auto path = source_folder() / "mappings" / (std::string(name) + ".yaml");
  return std::filesystem::exists(path) ? std::optional(file_text(path)) : std::nullopt;
}

struct Compilation {
  std::shared_ptr<const Mapping> mapping;
  Complaints complaints;
  const Compiled& compiled() const { return dynamic_cast<const Compiled&>(*mapping); }
};

inline Compilation compile(std::string_view text, const ChannelContext& context = {}, const FindText& find = shipped_text) {
  Compilation out;
  out.mapping = Mapping::compile("test", text, "test.yaml", context, find, out.complaints);
  return out;
}

/// "mapping: test" and the document, which must be without fault.
inline Compilation compile_well(const std::string& text, const ChannelContext& context = {}) {
  Compilation out = compile("mapping: test\n" + text, context);
  EXPECT_EQ(text_of(out.complaints), "");
  if (!out.mapping) throw std::runtime_error("the mapping of a test does not compile");
  return out;
}

inline Json pushed(const Compilation& made, std::string_view document, const Json& fields, Say say = Say::everything) {
  auto result = made.mapping->push(document, fields, say);
  if (!result) throw std::runtime_error(result.error().text());
  return result->document;
}

inline Read read(const Compilation& made, std::string_view document, const Json& shown, const Json& known = Json()) {
  auto result = made.mapping->read(document, shown, known);
  if (!result) throw std::runtime_error(result.error().text());
  return *result;
}

inline std::optional<yaml::Node> overlay(std::string_view text) {
  Complaints complaints;
  auto node = yaml::parse(text, "channel.yaml", complaints);
  EXPECT_EQ(text_of(complaints), "");
  return node;
}

}  // namespace tally::mapping
