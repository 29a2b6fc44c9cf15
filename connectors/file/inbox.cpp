#include "connectors/file/inbox.hpp"

#include <algorithm>
#include <set>

namespace tally::file {

namespace {

constexpr std::size_t most_documents = 1000;  // of a page: one transaction of the engine
constexpr std::size_t most_files = 50;        // of a page: its cursor names them all
constexpr std::size_t most_listed = 200;      // files looked at in one go

std::vector<RefusedRow> refused_of(const Reading& reading) {
  std::vector<RefusedRow> refused = reading.refused;
  if (!reading.unusable.empty()) refused.push_back({1, "the whole file: " + reading.unusable, {}});
  return refused;
}

}  // namespace

Inbox::Inbox(const Layout& layout, const Clock& clock, Log log)
    : layout_(layout), clock_(clock), log_(log), sales_(layout.folder / layout.sales, log), counts_(layout.folder / layout.counts, log) {}

Result<std::vector<Inbox::Pending>> Inbox::pending() const {
  std::error_code code;
  if (!std::filesystem::is_directory(layout_.folder, code)) {
    return error(Fault::transient, "the folder of the till is not there", layout_.folder.string(),
                 "make it, or mount the share that it lies on");
  }
  std::vector<Pending> all;
  for (const auto kind : {Delivered::Kind::sales, Delivered::Kind::counts}) {
    auto files = folder(kind).finished(layout_.finished_after, most_listed + stuck_.size());
    if (!files) return error(Fault::transient, files.error().what, files.error().where, files.error().todo);
    for (auto& file : *files) all.push_back({kind, std::move(file)});
  }
  std::stable_sort(all.begin(), all.end(), [](const Pending& a, const Pending& b) { return a.file.written < b.file.written; });
  return all;
}

std::optional<Inbox::Content> Inbox::content_of(const Pending& pending) const {
  if (pending.file.size > layout_.max_bytes)
    return Content{.hash = "too-large-" + std::to_string(pending.file.size), .bytes = {}, .too_large = true};
  auto bytes = folder(pending.kind).read(pending.file, layout_.max_bytes);
  if (bytes) return Content{.hash = hash_of(*bytes), .bytes = std::move(*bytes)};
  const auto fault = bytes.error().fault;
  if (fault != Fault::locked && fault != Fault::not_found) {
    log_.warning("a file of the till cannot be read",
                 {{"channel", layout_.channel}, {"file", pending.file.name}, {"why", bytes.error().text()}});
  }
  return {};
}

Reading Inbox::understand(const Pending& pending, const std::string& bytes) const {
  const bool sales = pending.kind == Delivered::Kind::sales;
  return sales ? read_sales(bytes, pending.file.name, layout_) : read_counts(bytes, pending.file.name, layout_);
}

void Inbox::acknowledge(const Delivered& delivered) {
  if (delivered.next > 0) return;  // only a part of it is committed
  const auto& from = folder(delivered.kind);
  const auto path = from.folder() / delivered.name;
  std::error_code code;
  const auto size = std::filesystem::file_size(path, code);
  if (code) return;  // it moved away at an earlier acknowledgement
  const auto bytes = size > layout_.max_bytes ? Result<std::string>(std::string()) : read_whole(path, layout_.max_bytes);
  const auto hash = size > layout_.max_bytes ? "too-large-" + std::to_string(size) : bytes ? hash_of(*bytes) : std::string();
  if (bytes && hash != delivered.hash) {
    log_.info("a file changed after it was read and is read again", {{"channel", layout_.channel}, {"file", delivered.name}});
    return;
  }
  const auto moved = !bytes               ? Result<void>(bytes.error())
                     : delivered.unusable ? from.set_aside(delivered.name)
                                          : from.archive(delivered.name, hash, clock_.now());
  if (moved) {
    stuck_.erase({delivered.kind, delivered.name});
    return;
  }
  const bool news = stuck_.insert_or_assign({delivered.kind, delivered.name}, delivered).second;
  if (news)
    log_.error("a file was read and cannot be moved away",
               {{"channel", layout_.channel}, {"file", delivered.name}, {"why", moved.error().text()}});
}

void Inbox::archive_duplicate(const Pending& pending, const std::string& hash) {
  const auto moved = folder(pending.kind).archive_duplicate(pending.file.name, clock_.now());
  if (moved) {
    log_.info("a file has been read before and was archived", {{"channel", layout_.channel}, {"file", pending.file.name}});
    return;
  }
  const Delivered same{.kind = pending.kind, .name = pending.file.name, .hash = hash};
  const bool news = stuck_.insert_or_assign({same.kind, same.name}, same).second;
  if (news)
    log_.error("a file was read before and cannot be moved away",
               {{"channel", layout_.channel}, {"file", same.name}, {"why", moved.error().text()}});
}

void Inbox::say_refused(const Pending& pending, const Reading& reading) const {
  const auto refused = refused_of(reading);
  if (refused.empty()) return;
  const auto reported = folder(pending.kind).report(pending.file.name, refused);
  if (!reported)
    log_.error("the report of refused rows cannot be written", {{"channel", layout_.channel}, {"why", reported.error().text()}});
  log_.warning("rows of a file were refused", {{"channel", layout_.channel},
                                               {"file", pending.file.name},
                                               {"rows", std::to_string(refused.size())},
                                               {"line", std::to_string(refused.front().line)},
                                               {"reason", refused.front().reason}});
}

std::optional<channel::Document> Inbox::report_of(const Pending& pending, const Reading& reading) const {
  const auto refused = refused_of(reading);
  if (refused.empty() && !folder(pending.kind).reported(pending.file.name)) return {};
  const auto written = std::chrono::file_clock::to_sys(pending.file.written).time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(written).count();
  const std::string file = folder(pending.kind).folder().filename().string() + "/" + pending.file.name;
  // With the moment, so that the same file dropped another day is not taken for the one that is known.
  Json body = Json::object({{"file", file}, {"written", format_iso(from_ms(ms))}, {"rows", static_cast<std::int64_t>(refused.size())}});
  if (!refused.empty()) body.set("line", static_cast<std::int64_t>(refused.front().line)).set("reason", refused.front().reason);
  return channel::Document{.kind = "report", .body = body.dump(), .headers = {{"about", file}}};
}

void Inbox::deliver(const Pending& pending, const std::string& hash, std::size_t start, const Reading& reading, channel::Page& page,
                    Cursor& taken) {
  Delivered delivered{.kind = pending.kind, .name = pending.file.name, .hash = hash, .unusable = !reading.unusable.empty()};
  const auto room = most_documents - page.documents.size();
  const auto end = std::min(reading.documents.size(), start + room);
  for (auto i = start; i < end; ++i) page.documents.push_back(reading.documents[i]);
  if (end < reading.documents.size()) delivered.next = end;
  taken.push_back(std::move(delivered));
}

Result<channel::Page> Inbox::read(const std::string& text) {
  const std::lock_guard lock(reading_);
  const auto cursor = cursor_of(text);
  if (!cursor) return cursor.error();
  for (const auto& delivered : *cursor) acknowledge(delivered);
  // What could not be moved is tried again with each new reading, not with each page.
  if (cursor->empty()) {
    for (const auto& [name, delivered] : Stuck(stuck_)) acknowledge(delivered);
  }
  auto files = pending();
  if (!files) return files.error();
  channel::Page page;
  Cursor taken;
  std::map<Delivered::Kind, std::set<std::string, std::less<>>> known;
  for (const auto& next : *files) {
    if (page.documents.size() >= most_documents || taken.size() >= most_files) break;
    if (!known.contains(next.kind)) {
      auto ledger = folder(next.kind).ledger();
      // Without it a file dropped twice is read twice, which changes nothing; sales that wait would.
      if (!ledger) log_.warning("the list of files read cannot be read", {{"channel", layout_.channel}, {"why", ledger.error().text()}});
      known[next.kind] = ledger ? std::move(*ledger) : std::set<std::string, std::less<>>();
    }
    auto content = content_of(next);
    if (!content) continue;
    const auto stuck = stuck_.find({next.kind, next.file.name});
    if (stuck != stuck_.end() && stuck->second.hash == content->hash) continue;
    if (known[next.kind].contains(content->hash)) {
      archive_duplicate(next, content->hash);
      continue;
    }
    const bool twin =
        std::any_of(taken.begin(), taken.end(), [&](const Delivered& one) { return one.kind == next.kind && one.hash == content->hash; });
    if (twin) continue;  // the ledger knows it when this page has been acknowledged
    const auto begun = std::find_if(cursor->begin(), cursor->end(), [&](const Delivered& one) {
      return one.next > 0 && one.kind == next.kind && one.name == next.file.name && one.hash == content->hash;
    });
    const auto start = begun == cursor->end() ? 0 : begun->next;
    if (!open_ || open_->first != content->hash || start == 0) {
      open_.emplace(content->hash, content->too_large ? Reading{} : understand(next, content->bytes));
      if (content->too_large) open_->second.unusable = "it has more than " + std::to_string(layout_.max_bytes >> 20) + " MiB: split it";
      if (auto report = report_of(next, open_->second)) open_->second.documents.push_back(std::move(*report));
    }
    if (start == 0) say_refused(next, open_->second);
    deliver(next, content->hash, start, open_->second, page, taken);
  }
  if (taken.empty() || taken.back().next == 0) open_.reset();
  page.cursor = text_of(taken);
  return page;
}

Result<channel::Page> Inbox::find(const std::vector<Json>& receipts) {
  const std::lock_guard lock(reading_);
  std::set<std::string, std::less<>> wanted;
  for (const auto& receipt : receipts) wanted.insert(receipt.text_or("@id"));
  auto files = pending();
  if (!files) return files.error();
  channel::Page page;
  for (const auto& next : *files) {
    if (next.kind != Delivered::Kind::sales) continue;
    const auto content = content_of(next);
    if (!content || content->too_large) continue;
    for (auto& document : understand(next, content->bytes).documents) {
      const auto body = Json::parse(document.body);
      if (body && wanted.contains(id_of(*body, layout_))) page.documents.push_back(std::move(document));
    }
  }
  return page;
}

}  // namespace tally::file
