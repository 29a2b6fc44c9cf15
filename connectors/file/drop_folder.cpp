#include "connectors/file/drop_folder.hpp"

#include "base/crypto.hpp"
#include "base/csv.hpp"

#include <algorithm>

namespace tally::file {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_remembered = 10'000;  // files; the ledger is cut to it when it is twice as long
constexpr int most_of_one_name = 10'000;
constexpr std::uintmax_t most_ledger_bytes = 16u << 20;

bool unfinished_name(const std::string& name) {
  return name.starts_with('.') || name.ends_with(".tmp") || name.ends_with(".part") || name.ends_with("~") || name.ends_with(".filepart");
}

Error refused(const fs::path& path, const std::string& doing, const std::error_code& code) {
  return error(Fault::io, "cannot " + doing + ": " + code.message(), path.string(), "check that the daemon may read and write there");
}

bool older(const Dropped& a, const Dropped& b) {
  return a.written != b.written ? a.written < b.written : a.name < b.name;
}

}  // namespace

std::string hash_of(std::string_view bytes) {
  return crypto::hex(crypto::digest(crypto::Digest::sha256, bytes));
}

Result<std::vector<Dropped>> DropFolder::finished(Duration quiet, std::size_t most) const {
  if (auto made = make_folder(folder_); !made) return made.error();
  std::error_code code;
  fs::directory_iterator entries(folder_, code);
  if (code) return refused(folder_, "list the folder", code);
  std::vector<Dropped> files;
  const auto now = fs::file_time_type::clock::now();
  for (const auto& entry : entries) {
    const auto name = entry.path().filename().string();
    if (unfinished_name(name) || entry.symlink_status(code).type() != fs::file_type::regular) continue;
    Dropped file{.name = name, .size = entry.file_size(code), .written = {}};
    if (code) continue;  // taken away meanwhile
    file.written = entry.last_write_time(code);
    if (code) continue;
    // A time in the future is another machine's clock: it says nothing, and waiting for it could take for ever.
    if (now >= file.written && now - file.written < quiet) continue;
    files.push_back(std::move(file));
  }
  const auto count = std::min(files.size(), most);
  std::partial_sort(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(count), files.end(), older);
  files.resize(count);
  return files;
}

Result<std::string> DropFolder::read(const Dropped& file, std::uintmax_t most) const {
  const auto path = folder_ / file.name;
  auto bytes = read_whole(path, most);
  if (!bytes) return bytes.error();
  std::error_code code;
  const auto written = fs::last_write_time(path, code);
  if (code || written != file.written || bytes->size() != file.size)
    return error(Fault::locked, "the file is still being written", path.string());
  return bytes;
}

Result<std::set<std::string, std::less<>>> DropFolder::ledger() const {
  std::set<std::string, std::less<>> hashes;
  const auto path = folder_ / "done" / "read.csv";
  const auto bytes = read_whole(path, most_ledger_bytes);
  if (!bytes && bytes.error().fault == Fault::not_found) return hashes;
  if (!bytes) return bytes.error();
  // Read by hand, not as CSV: a line that was cut off by a power failure must not hide the others.
  std::vector<std::string_view> lines;
  for (std::size_t from = 0; from < bytes->size();) {
    const auto to = std::min(bytes->find('\n', from), bytes->size());
    lines.push_back(std::string_view(*bytes).substr(from, to - from));
    from = to + 1;
  }
  for (const auto line : lines) hashes.emplace(line.substr(0, line.find(',')));
  if (lines.size() <= 2 * most_remembered) return hashes;
  std::string kept;
  for (std::size_t i = lines.size() - most_remembered; i < lines.size(); ++i) kept += std::string(lines[i]) + "\n";
  if (auto cut = replace_whole(path, kept); !cut)
    log_.warning("the list of files read grows and cannot be cut", {{"why", cut.error().text()}});
  return hashes;
}

Result<fs::path> DropFolder::day_folder(Time now) const {
  const auto done = folder_ / "done";
  if (auto made = make_folder(done); !made) return made.error();
  auto day = done / format_naive(now).substr(0, 10);
  if (auto made = make_folder(day); !made) return made.error();
  return day;
}

/// Never over a file that is there: the second of one name is NAME.2, and so on.
Result<void> DropFolder::move(const std::string& name, const fs::path& to) const {
  std::error_code code;
  for (int number = 1; number <= most_of_one_name; ++number) {
    const auto target = number == 1 ? to : fs::path(to.string() + "." + std::to_string(number));
    if (fs::symlink_status(target, code).type() != fs::file_type::not_found) continue;
    fs::rename(folder_ / name, target, code);
    if (code) return refused(folder_ / name, "move the file to " + target.string(), code);
    return {};
  }
  return error(Fault::io, "there are too many files of this name already", to.string(), "empty that folder");
}

Result<void> DropFolder::archive(const std::string& name, const std::string& hash, Time now) const {
  auto day = day_folder(now);
  if (!day) return day.error();
  if (auto noted = append(folder_ / "done" / "read.csv", csv::line({hash, name, format_iso(now)})); !noted) return noted;
  return move(name, *day / name);
}

Result<void> DropFolder::archive_duplicate(const std::string& name, Time now) const {
  auto day = day_folder(now);
  if (!day) return day.error();
  return move(name, *day / (name + ".duplicate"));
}

Result<void> DropFolder::set_aside(const std::string& name) const {
  const auto errors = folder_ / "errors";
  if (auto made = make_folder(errors); !made) return made;
  return move(name, errors / name);
}

Result<void> DropFolder::report(const std::string& name, const std::vector<RefusedRow>& refused) const {
  const auto errors = folder_ / "errors";
  if (auto made = make_folder(errors); !made) return made;
  std::string text = csv::line({"line", "reason", "row"});
  for (const auto& one : refused) text += csv::line({std::to_string(one.line), one.reason, one.row});
  // A till that calls every file sales.csv must not lose yesterday's report; the same report again is the one that is there.
  for (int number = 1; number <= most_of_one_name; ++number) {
    const auto path = errors / (name + (number == 1 ? "" : "." + std::to_string(number)) + ".refused.csv");
    const auto there = read_whole(path, text.size() + 1);
    if (there && *there == text) return {};
    if (!there && there.error().fault == Fault::not_found) return replace_whole(path, text);
  }
  return error(Fault::io, "there are too many reports of this name already", (errors / name).string(), "empty that folder");
}

bool DropFolder::reported(const std::string& name) const {
  std::error_code code;
  return std::filesystem::exists(folder_ / "errors" / (name + ".refused.csv"), code);
}

}  // namespace tally::file
