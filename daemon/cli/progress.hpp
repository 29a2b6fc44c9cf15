// How far long work is: a bar on a terminal, JSON lines where a program listens, nothing else otherwise.
#pragma once

#include "cli/console.hpp"

#include <string>

namespace tally::cli {

class Progress {
 public:
  Progress(Console& console, bool json, std::string what) : console_(console), json_(json), what_(std::move(what)) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void step(std::size_t done, std::size_t total);
  /// One line that replaces the last.
  void say(const std::string& text);
  /// Takes the line away, before anything else is printed.
  void clear();

 private:
  Console& console_;
  bool json_;
  std::string what_;
  std::string last_;
};

/// "importing  ██████░░░░  120/191"
std::string bar(const std::string& what, std::size_t done, std::size_t total, std::size_t width);

}  // namespace tally::cli
