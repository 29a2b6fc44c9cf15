// The log: one line a record, fields as key=value, no secret and no buyer's data. spdlog stands behind it;
// line breaks in values are escaped.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tally {

enum class Level { debug, info, warning, error };

/// Any thread. Handed to the parts; a default-made Log writes nowhere.
class Log {
 public:
  using Field = std::pair<std::string_view, std::string>;
  struct Sink;

  Log() = default;
  /// To standard error: plain with the time on a terminal, with a priority prefix "<6>" under systemd.
  static Log to_stderr(Level least);
  /// Appends to a file.
  static Log to_file(const std::string& path, Level least);

  void write(Level level, std::string_view message, std::initializer_list<Field> fields = {}) const;
  void debug(std::string_view message, std::initializer_list<Field> fields = {}) const { write(Level::debug, message, fields); }
  void info(std::string_view message, std::initializer_list<Field> fields = {}) const { write(Level::info, message, fields); }
  void warning(std::string_view message, std::initializer_list<Field> fields = {}) const { write(Level::warning, message, fields); }
  void error(std::string_view message, std::initializer_list<Field> fields = {}) const { write(Level::error, message, fields); }

 private:
  std::shared_ptr<Sink> sink_;
};

}  // namespace tally
