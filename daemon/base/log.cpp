#include "base/log.hpp"

#include "base/csv.hpp"
#include "base/time.hpp"

#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tally {
namespace {

constexpr std::size_t longest_record = std::size_t{16} << 10;

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

/// The bytes at `at` that must not reach a reader's terminal or end the line: control characters of ASCII and C1, and Unicode's line ends.
std::size_t control_length(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20 || byte == 0x7f) return 1;
  if (byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) return 2;
  if (text.substr(at, 3) == "\xe2\x80\xa8" || text.substr(at, 3) == "\xe2\x80\xa9") return 3;
  return 0;
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  for (const char c : bytes) {
    out += "\\x";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 0xf];
  }
}

std::string escaped(std::string_view text, bool quoted) {
  const bool clean_utf8 = csv::is_utf8(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    std::size_t length = control_length(text, at);
    if (length == 0 && !clean_utf8 && static_cast<unsigned char>(c) >= 0x80) length = 1;
    if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    } else if (length > 0) {
      append_hex(out, text.substr(at, length));
    } else {
      if (quoted && (c == '"' || c == '\\')) out += '\\';
      out += c;
    }
    at += std::max<std::size_t>(1, length);
  }
  return out;
}

bool needs_quotes(std::string_view value) {
  if (value.empty() || !csv::is_utf8(value)) return true;
  for (std::size_t at = 0; at < value.size(); ++at) {
    if (control_length(value, at) > 0 || value[at] == ' ' || value[at] == '=' || value[at] == '"' || value[at] == '\\') return true;
  }
  return false;
}

std::string record_text(std::string_view message, std::initializer_list<Log::Field> fields) {
  std::string out = escaped(message.substr(0, longest_record), false);
  for (const Log::Field& field : fields) {
    const std::string_view value = std::string_view(field.second).substr(0, longest_record);
    out += " ";
    out += field.first;
    out += "=";
    out += needs_quotes(value) ? "\"" + escaped(value, true) + "\"" : std::string(value);
  }
  if (out.size() > longest_record) {
    std::size_t end = longest_record;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;  // not within a character
    out.resize(end);
    out += "... (cut)";
  }
  return out;
}

enum class Style { dated, journal };

/// What spdlog puts around a record: its own patterns would let a line break through.
class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(Style style) : style_(style) {}

  void format(const spdlog::details::log_msg& record, spdlog::memory_buf_t& out) override {
    const Word word = word_of(record.level);
    if (style_ == Style::journal) {
      append(out, word.priority);
    } else {
      append(out, format_iso_fixed(std::chrono::floor<Duration>(record.time)) + " ");
      append(out, word.text);
    }
    append(out, std::string_view(record.payload.data(), record.payload.size()));
    append(out, "\n");
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LineFormatter>(style_); }

 private:
  struct Word {
    std::string_view text;
    std::string_view priority;  ///< as sd-daemon(3) numbers them
  };

  static Word word_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::debug:
        return {"debug   ", "<7>"};
      case spdlog::level::warn:
        return {"warning ", "<4>"};
      case spdlog::level::err:
        return {"error   ", "<3>"};
      default:
        return {"info    ", "<6>"};
    }
  }

  /// Always with milliseconds, so that the columns line up.
  static std::string format_iso_fixed(Time time) {
    const std::string ms = std::to_string(time.time_since_epoch().count() % 1000);
    return format_naive(time) + "." + std::string(ms.size() < 3 ? 3 - ms.size() : 0, '0') + ms + "Z";
  }

  static void append(spdlog::memory_buf_t& out, std::string_view text) { out.append(text.data(), text.data() + text.size()); }

  Style style_;
};

/// Whether standard error is the stream that the journal said it would read (systemd.exec(5)): the variable is inherited, the stream may
/// not be.
bool stderr_is_journal() {
  const char* named = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (!named || isatty(STDERR_FILENO) || fstat(STDERR_FILENO, &status) != 0) return false;
  return std::string(named) == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

}  // namespace

struct Log::Sink {
  spdlog::logger logger;

  Sink(spdlog::sink_ptr to, Style style, Level least) : logger("tallyd", std::move(to)) {
    logger.set_formatter(std::make_unique<LineFormatter>(style));
    logger.set_level(level_of(least));
    logger.flush_on(spdlog::level::trace);
  }
};

Log Log::to_stderr(Level least) {
  Log log;
  log.sink_ =
      std::make_shared<Sink>(std::make_shared<spdlog::sinks::stderr_sink_mt>(), stderr_is_journal() ? Style::journal : Style::dated, least);
  return log;
}

Log Log::to_file(const std::string& path, Level least) {
  Log log;
  log.sink_ = std::make_shared<Sink>(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path), Style::dated, least);
  return log;
}

void Log::write(Level level, std::string_view message, std::initializer_list<Field> fields) const {
  if (!sink_ || !sink_->logger.should_log(level_of(level))) return;
  const std::string record = record_text(message, fields);
  sink_->logger.log(spdlog::log_clock::time_point(SystemClock().now().time_since_epoch()), spdlog::source_loc{}, level_of(level),
                    spdlog::string_view_t(record.data(), record.size()));
}

}  // namespace tally
