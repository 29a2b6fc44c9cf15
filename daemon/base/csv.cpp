#include "base/csv.hpp"

#include <csv.h>
#include <iconv.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <variant>

namespace tally::csv {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t most_bytes = std::size_t{256} << 20;
constexpr std::size_t most_broken = 1'000;  // beyond it each further one could cost a whole record's length again

std::string row_from(std::size_t line, std::size_t until) {
  return line == until ? "" : " (the record begins on line " + std::to_string(line) + ")";
}

/// libcsv calls back without saying where it is, so it is fed one line of the text at a time; and it cannot go on behind an error, so each
/// record that is broken ends one parser and the next line begins with a fresh one.
class Reader {
 public:
  Reader(std::string_view bytes, char separator) : bytes_(bytes), separator_(separator) { start(); }
  ~Reader() { csv_free(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::size_t line() const { return line_; }  ///< the next one to be read

  /// The next record; nothing at the end. After an error the reader stands on the line after the record's first.
  std::variant<std::monostate, Record, Broken> next() {
    record_ = {};
    ended_ = false;
    problem_ = nullptr;
    std::size_t first_end = 0, begun = 0;
    while (!at_end()) {
      const std::string_view piece = bytes_.substr(at_, line_end() - at_);
      if (begun == 0) {
        record_.line = line_;
        start_ = at_;
        first_end = at_ + piece.size();
        // Blank lines between records are skipped by libcsv and begin nothing.
        if (piece.find_first_not_of(" \t\r\n") != std::string_view::npos) begun = line_;
      }
      if (begun != 0) {
        if (at_ + piece.size() - start_ > most_bytes_a_record) return broken("the record has more than 4 MiB", first_end);
        if (line_ - begun >= most_lines_a_record) return broken("a quotation mark is not closed within 2,000 lines", first_end);
      }
      if (csv_parse(&parser_, piece.data(), piece.size(), on_cell, on_record, this) != piece.size())
        return broken("a quotation mark is not closed, or stands within a cell", first_end);
      if (problem_ != nullptr) return broken(problem_, first_end);
      at_ += piece.size();
      ++line_;
      if (ended_) return std::move(record_);
    }
    if (begun == 0) return {};
    --line_;  // the last one that was read
    if (csv_fini(&parser_, on_cell, on_record, this) != 0) return broken("a quotation mark is not closed before the file ends", first_end);
    if (problem_ != nullptr) return broken(problem_, first_end);
    ++line_;
    return std::move(record_);
  }

  /// Whether each line of the record that `next` gave last could be a row of so many cells by itself: then the quoted cell that runs over
  /// them has swallowed rows. A comma of prose has a space behind it and separates nothing.
  bool looks_like_rows(std::size_t width) const {
    if (width < 3) return false;
    for (std::size_t at = start_; at < at_;) {
      const std::string_view line = bytes_.substr(at, line_length(at));
      at += line.size();
      std::size_t separators = 0;
      for (std::size_t i = 0; i < line.size(); ++i) separators += line[i] == separator_ && line.substr(i + 1, 1) != " ";
      if (separators + 1 < width && line.find_first_not_of(" \t\r\n") != std::string_view::npos) return false;
    }
    return true;
  }

  /// Goes back to the line after this record's first, which was the last that `next` gave.
  Broken take_back(const Record& record, std::string what) {
    record_.line = record.line;
    --line_;
    return broken(std::move(what), start_ + line_length(start_));
  }

 private:
  bool at_end() const { return at_ == bytes_.size(); }

  void start() {
    ensure(csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) == 0, "libcsv does not know its own options");
    csv_set_delim(&parser_, static_cast<unsigned char>(separator_));
  }

  std::size_t line_length(std::size_t from) const {
    const std::size_t end = bytes_.find_first_of("\r\n", from);
    if (end == std::string_view::npos) return bytes_.size() - from;
    return end - from + (bytes_.substr(end, 2) == "\r\n" ? 2 : 1);
  }
  std::size_t line_end() const { return at_ + line_length(at_); }

  Broken broken(std::string what, std::size_t go_on_at) {
    csv_free(&parser_);
    start();
    Broken result{.line = record_.line, .until = line_, .what = std::move(what)};
    at_ = go_on_at;
    line_ = record_.line + 1;
    return result;
  }

  static void on_cell(void* text, std::size_t length, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    if (length > most_bytes_a_cell) reader.problem_ = "a cell has more than 1 MiB";
    if (reader.record_.cells.size() == most_cells_a_record) reader.problem_ = "more than 10000 cells in one record";
    if (reader.problem_ == nullptr) reader.record_.cells.emplace_back(static_cast<const char*>(text), length);
  }

  static void on_record(int, void* self) { static_cast<Reader*>(self)->ended_ = true; }

  csv_parser parser_{};
  std::string_view bytes_;
  char separator_;
  std::size_t at_ = 0, line_ = 1;
  std::size_t start_ = 0;  ///< of the record
  Record record_;
  bool ended_ = false;
  const char* problem_ = nullptr;
};

bool is_blank(const Record& record) {
  return std::all_of(record.cells.begin(), record.cells.end(),
                     [](const std::string& cell) { return cell.find_first_not_of(" \t\r\n") == std::string::npos; });
}

Result<std::string_view> without_mark(std::string_view bytes) {
  if (bytes.size() > most_bytes) return error(Fault::invalid, "more than 256 MiB of comma-separated values", {}, "split the file");
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  return bytes;
}

class Converter {
 public:
  Converter() : handle_(iconv_open("UTF-8", "GB18030")) {}
  ~Converter() {
    if (usable()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool usable() const { return handle_ != reinterpret_cast<iconv_t>(-1); }
  iconv_t handle() const { return handle_; }

 private:
  iconv_t handle_;
};

}  // namespace

char take_separator(std::string_view& bytes) {
  constexpr std::string_view line_end = "\r\n";
  const bool says = bytes.size() > 5 && bytes.starts_with("sep=") && line_end.find(bytes[5]) != std::string_view::npos;
  if (says && bytes[4] != '"' && line_end.find(bytes[4]) == std::string_view::npos) {
    const char said = bytes[4];
    bytes.remove_prefix(5);
    return said;
  }
  std::array<std::pair<char, std::size_t>, 3> candidates{{{',', 0}, {';', 0}, {'\t', 0}}};
  bool quoted = false;
  for (const char c : bytes) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n' || c == '\r') break;
    for (auto& [separator, count] : candidates) count += c == separator;
  }
  return std::max_element(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return a.second < b.second; })->first;
}

Result<std::vector<Record>> parse(std::string_view bytes, char separator) {
  const auto text = without_mark(bytes);
  if (!text) return text.error();
  Reader reader(*text, separator);
  std::vector<Record> records;
  for (;;) {
    auto next = reader.next();
    if (std::holds_alternative<std::monostate>(next)) return records;
    if (const auto* broken = std::get_if<Broken>(&next))
      return error(Fault::invalid, "line " + std::to_string(broken->until) + ": " + broken->what + row_from(broken->line, broken->until),
                   {}, "put the whole cell in quotation marks and double those inside it");
    records.push_back(std::move(std::get<Record>(next)));
  }
}

Result<Salvage> salvage(std::string_view bytes, char separator) {
  const auto text = without_mark(bytes);
  if (!text) return text.error();
  Reader reader(*text, separator);
  Salvage found;
  std::size_t width = 0;
  for (;;) {
    auto next = reader.next();
    if (std::holds_alternative<std::monostate>(next)) return found;
    if (auto* record = std::get_if<Record>(&next)) {
      if (width == 0 && !is_blank(*record)) width = record->cells.size();
      const std::size_t cells = record->cells.size(), last = reader.line() - 1;
      const bool swallowed = last != record->line && reader.looks_like_rows(width);
      if ((cells == width && !swallowed) || last == record->line || is_blank(*record)) {
        found.records.push_back(std::move(*record));
        continue;
      }
      const std::string result = swallowed ? "takes whole rows into it"
                                           : "leaves " + std::to_string(cells) + " cells where the header has " + std::to_string(width);
      next = reader.take_back(
          *record, "a quoted cell runs on to line " + std::to_string(last) + " and " + result + ": a quotation mark is not closed");
    }
    found.broken.push_back(std::move(std::get<Broken>(next)));
    if (found.broken.size() > most_broken)
      return error(Fault::invalid, "more than " + std::to_string(most_broken) + " records whose quotation marks do not add up", {},
                   "export the file again as CSV");
  }
}

std::string line(const std::vector<std::string>& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& cell = cells[i];
    if (i > 0) out += ',';
    const bool spaced = !cell.empty() && (cell.front() == ' ' || cell.front() == '\t' || cell.back() == ' ' || cell.back() == '\t');
    const bool blank_line = cells.size() == 1 && cell.empty();
    if (!spaced && !blank_line && cell.find_first_of(",;\t\"\r\n") == std::string::npos) {
      out += cell;
      continue;
    }
    out += '"';
    for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    out += '"';
  }
  return out + "\n";
}

Result<std::string> from_gb18030(std::string_view bytes) {
  const Converter converter;
  if (!converter.usable()) return error(Fault::internal, "iconv knows no GB18030", {}, "install the C library's gconv modules");
  std::string out;
  std::string piece(std::size_t{64} << 10, '\0');
  char* from = const_cast<char*>(bytes.data());  // iconv only reads there, its signature is older than const
  std::size_t left = bytes.size();
  while (left > 0) {
    char* to = piece.data();
    std::size_t room = piece.size();
    const std::size_t done = iconv(converter.handle(), &from, &left, &to, &room);
    const int why = errno;
    out.append(piece.data(), piece.size() - room);
    if (done == static_cast<std::size_t>(-1) && why != E2BIG) {
      return error(Fault::invalid, "neither UTF-8 nor GB18030 at byte " + std::to_string(bytes.size() - left), {},
                   "save the file as UTF-8");
    }
  }
  return out;
}

bool is_utf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const utf8proc_uint8_t*>(bytes.data());
  for (std::size_t at = 0; at < bytes.size();) {
    if (data[at] < 0x80) {
      ++at;
      continue;
    }
    utf8proc_int32_t c = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(data + at, static_cast<utf8proc_ssize_t>(bytes.size() - at), &c);
    if (length <= 0) return false;
    at += static_cast<std::size_t>(length);
  }
  return true;
}

Result<std::string> to_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
    return error(Fault::invalid, "the text is UTF-16", {}, "save the file as UTF-8");
  if (!is_utf8(bytes)) return from_gb18030(bytes);
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  return std::string(bytes);
}

}  // namespace tally::csv
