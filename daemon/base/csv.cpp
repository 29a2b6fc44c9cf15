#include "base/csv.hpp"

#include <csv.h>
#include <iconv.h>
#include <utf8proc.h>

#include <cerrno>
#include <memory>

namespace tally::csv {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::size_t most_bytes = std::size_t{256} << 20;
constexpr std::size_t most_cells = 10'000;  // of one record

/// libcsv calls back without saying where it is, so it is fed one line of the text at a time.
class Reader {
 public:
  explicit Reader(char separator) {
    ensure(csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) == 0, "libcsv does not know its own options");
    csv_set_delim(&parser_, static_cast<unsigned char>(separator));
  }
  ~Reader() { csv_free(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Result<std::vector<Record>> read(std::string_view bytes) {
    std::size_t line = 1;
    for (std::size_t at = 0; at < bytes.size(); ++line) {
      const std::size_t end = line_end(bytes, at);
      const std::string_view piece = bytes.substr(at, end - at);
      if (!within_record_) current_.line = line;
      // Blank lines between records are skipped by libcsv and begin nothing.
      within_record_ = within_record_ || piece.find_first_not_of(" \t\r\n") != std::string_view::npos;
      if (csv_parse(&parser_, piece.data(), piece.size(), on_cell, on_record, this) != piece.size()) return broken(line);
      if (too_many_cells_) return error(Fault::invalid, "line " + std::to_string(line) + ": more than 10000 cells in one record");
      at = end;
    }
    if (csv_fini(&parser_, on_cell, on_record, this) != 0) return broken(line);
    if (too_many_cells_) return error(Fault::invalid, "line " + std::to_string(line) + ": more than 10000 cells in one record");
    return std::move(records_);
  }

 private:
  static std::size_t line_end(std::string_view bytes, std::size_t at) {
    const std::size_t end = bytes.find_first_of("\r\n", at);
    if (end == std::string_view::npos) return bytes.size();
    return bytes.substr(end, 2) == "\r\n" ? end + 2 : end + 1;
  }

  static void on_cell(void* text, std::size_t length, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    reader.too_many_cells_ = reader.too_many_cells_ || reader.current_.cells.size() == most_cells;
    if (!reader.too_many_cells_) reader.current_.cells.emplace_back(static_cast<const char*>(text), length);
  }

  static void on_record(int, void* self) {
    auto& reader = *static_cast<Reader*>(self);
    reader.records_.push_back(std::exchange(reader.current_, Record{}));
    reader.within_record_ = false;
  }

  Error broken(std::size_t line) {
    const std::string where = "line " + std::to_string(line) + ": ";
    const std::string begun = current_.line == line ? "" : " in the record that begins on line " + std::to_string(current_.line);
    if (csv_error(&parser_) != CSV_EPARSE) return error(Fault::invalid, where + csv_strerror(csv_error(&parser_)));
    return error(Fault::invalid, where + "a quotation mark is not closed or stands within a cell" + begun, {},
                 "put the whole cell in quotation marks and double those inside it");
  }

  csv_parser parser_{};
  Record current_;
  bool within_record_ = false;
  bool too_many_cells_ = false;
  std::vector<Record> records_;
};

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

Result<std::vector<Record>> parse(std::string_view bytes, char separator) {
  if (bytes.size() > most_bytes) return error(Fault::invalid, "more than 256 MiB of comma-separated values", {}, "split the file");
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  return Reader(separator).read(bytes);
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
