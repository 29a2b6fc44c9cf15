#include "cli/whole_number.hpp"

#include "cli/console.hpp"

#include <charconv>

namespace tally::cli {

CLI::Validator whole_number(std::int64_t least, std::int64_t most) {
  const bool open_end = most == std::numeric_limits<std::int64_t>::max();
  const std::string range = "from " + grouped(least) + (open_end ? " on" : " to " + grouped(most));
  const auto check = [=](const std::string& word) -> std::string {
    const std::string text = word.substr(std::min(word.find_first_not_of(' '), word.size()));  // cli.cpp puts a space before a minus
    std::int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, number);
    if (fault == std::errc() && stop == end && number >= least && number <= most) return {};
    return "must be a whole number " + range + ", but is '" + text + "'";
  };
  return {check, "", "whole_number"};
}

}  // namespace tally::cli
