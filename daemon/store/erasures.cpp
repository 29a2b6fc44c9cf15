#include "store/erasures.hpp"

#include "base/json.hpp"
#include "store/buyers.hpp"
#include "store/session.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tally::store {
namespace {

constexpr std::uintmax_t largest_list = 64 << 20;

Error list_error(Fault fault, const std::filesystem::path& file, const std::string& what) {
  return error(fault, what, file.string(), "the list of erasures must stay: restore it from where it was last whole");
}

Json line_of(const Erasure& erasure) {
  Json raw = Json::array();
  for (const auto row : erasure.raw) raw.push_back(row);
  Json line = Json::object({{"at", format_iso(erasure.at)}, {"key", erasure.key}});
  if (!erasure.buyer.empty()) line.set("buyer", erasure.buyer);
  line.set("raw", std::move(raw));
  return line;
}

Result<Erasure> erasure_in(std::string_view line) {
  const auto json = Json::parse(line);
  if (!json) return json.error();
  const auto at = parse_iso(json->text_or("at"));
  const Json* raw = json->find("raw");
  Erasure erasure{at ? *at : Time(), json->text_or("key"), json->text_or("buyer"), {}};
  if (!at || json->find("key") == nullptr || raw == nullptr || !raw->is_array())
    return error(Fault::invalid, "'at', 'key' or 'raw' is missing");
  for (const Json& row : raw->as_array()) {
    const auto no = row.integer();
    if (!no) return no.error();
    erasure.raw.push_back(*no);
  }
  return erasure;
}

/// The whole line or nothing of it: half a line would run into the next one, and the list could not be read any more.
Result<void> append(const std::filesystem::path& file, std::string line) {
  const int list = ::open(file.c_str(), O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
  if (list < 0) return list_error(Fault::io, file, std::string("cannot be opened: ") + std::strerror(errno));
  struct stat before {};
  char last = '\n';
  bool written = ::fstat(list, &before) == 0 && (before.st_size == 0 || ::pread(list, &last, 1, before.st_size - 1) == 1);
  std::string why = std::strerror(errno);
  if (written) {
    if (last != '\n') line.insert(line.begin(), '\n');
    errno = ENOSPC;  // what a write that stops half-way means, and does not say
    written = ::write(list, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && ::fsync(list) == 0;
    why = std::strerror(errno);
    if (!written && ::ftruncate(list, before.st_size) != 0) why += "; take the half line at its end out";
  }
  ::close(list);
  if (!written) return list_error(Fault::io, file, "cannot be written: " + why);
  return {};
}

/// A row that came after the erasure under the same number is another one: the store was restored from before it.
std::vector<std::int64_t> rows_of_then(Session& session, const Erasure& erasure) {
  std::vector<std::int64_t> rows;
  for (const auto row : erasure.raw) {
    Int no = row, at = 0;
    session.sql << "SELECT received_at FROM inbox WHERE row_no = :n", use(no), into(at);
    if (session.sql.got_data() && from_ms(at) <= erasure.at) rows.push_back(row);
  }
  return rows;
}

/// By line. A last one that was cut off is taken out: nothing was erased then, and whoever asked for it was not told that it was.
Result<std::vector<Erasure>> list_in(const std::filesystem::path& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed == std::errc::no_such_file_or_directory) return std::vector<Erasure>();
  if (failed || size > largest_list) return list_error(Fault::io, file, failed ? failed.message() : "is larger than 64 MiB");
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return list_error(Fault::io, file, "cannot be read");
  std::vector<Erasure> list;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    auto erasure = erasure_in(std::string_view(text).substr(from, end - from));
    if (!erasure && end == text.size()) {
      std::filesystem::resize_file(file, from, failed);
      if (failed) return list_error(Fault::io, file, "the half line at its end cannot be taken out: " + failed.message());
      break;
    }
    if (!erasure) return list_error(Fault::invalid, file.string() + ":" + std::to_string(list.size() + 1), erasure.error().what);
    list.push_back(std::move(*erasure));
    from = end + 1;
  }
  return list;
}

std::string plain_of(std::string_view text) {
  std::string plain;
  for (const char c : text) plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto from = plain.find_first_not_of(" \t\r\n"), to = plain.find_last_not_of(" \t\r\n");
  return from == std::string::npos ? "" : plain.substr(from, to - from + 1);
}

bool names(const Json& value, const std::vector<std::string>& plain_texts) {
  if (value.is_array())
    return std::any_of(value.as_array().begin(), value.as_array().end(), [&](const Json& entry) { return names(entry, plain_texts); });
  if (value.is_object())
    return std::any_of(value.as_object().begin(), value.as_object().end(),
                       [&](const auto& member) { return names(member.second, plain_texts); });
  const std::string text = value.scalar_text();
  return !text.empty() && std::binary_search(plain_texts.begin(), plain_texts.end(), plain_of(text));
}

bool body_names(const std::string& body, const std::vector<std::string>& plain_texts) {
  if (const auto json = Json::parse(body)) return names(*json, plain_texts);
  const std::string plain = plain_of(body);
  return std::any_of(plain_texts.begin(), plain_texts.end(), [&](const auto& text) { return plain.find(text) != std::string::npos; });
}

}  // namespace

std::filesystem::path erasures_beside(const std::filesystem::path& store) {
  auto file = store;
  return file.replace_extension("erasures.jsonl");
}

Result<Erased> erase(Session& session, const Erasure& erasure) {
  if (auto noted = append(session.erasures, line_of(erasure).dump() + "\n"); !noted) return noted.error();
  Erased done;
  if (!erasure.key.empty()) done.orders = erase_buyer(session, erasure.key);
  const auto raw = drop_raw(session, erasure.raw);
  done.documents = raw.dropped;
  done.waiting = raw.kept;
  return done;
}

Result<void> erase_again(Session& session) {
  const auto list = list_in(session.erasures);
  if (!list) return list.error();
  for (const auto& erasure : *list) {
    if (!erasure.key.empty()) erase_buyer(session, erasure.key);
    drop_raw(session, rows_of_then(session, erasure));
  }
  return {};
}

std::vector<std::int64_t> raw_naming(Session& session, const std::vector<std::string>& texts, std::int64_t& after, std::size_t limit) {
  std::vector<std::string> plain;
  for (const auto& text : texts) plain.push_back(plain_of(text));
  std::sort(plain.begin(), plain.end());
  std::vector<std::int64_t> found;
  Int from = after, most = static_cast<Int>(limit), no = 0, channel = 0, at = 0;
  std::string body;
  soci::statement st = (session.sql.prepare << "SELECT row_no, channel_no, body, received_at FROM inbox WHERE row_no > :a ORDER BY row_no "
                                               "LIMIT :l",
                        use(from), use(most), into(no), into(channel), into(body), into(at));
  st.execute();
  std::size_t looked_at = 0;
  for (; st.fetch(); ++looked_at) {
    after = no;
    const auto opened = opened_body(session, ChannelNo(channel), body, from_ms(at));
    if (opened && body_names(*opened, plain)) found.push_back(no);
  }
  if (looked_at < limit) after = 0;
  return found;
}

Result<std::vector<std::int64_t>> listed_raw(Session& session) {
  const auto list = list_in(session.erasures);
  if (!list) return list.error();
  std::set<std::int64_t> found;
  for (const auto& erasure : *list) {
    const auto rows = rows_of_then(session, erasure);
    found.insert(rows.begin(), rows.end());
  }
  return std::vector<std::int64_t>(found.begin(), found.end());
}

}  // namespace tally::store
