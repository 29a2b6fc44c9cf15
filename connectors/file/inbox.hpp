// Reads the sales and counts of a till, each file once, and moves a file away only when what it said has been committed.
#pragma once

#include "connectors/file/cursor.hpp"
#include "connectors/file/drop_folder.hpp"
#include "connectors/file/reading.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace tally::file {

class Inbox {
 public:
  Inbox(const Layout& layout, const Clock& clock, Log log);

  /// Acknowledges what the cursor names, then gives the documents of the next files. One reading at a time; a second waits.
  Result<channel::Page> read(const std::string& cursor);
  /// The documents of certain receipts among the files that are still there; nothing is acknowledged.
  Result<channel::Page> find(const std::vector<Json>& receipts);

 private:
  struct Pending {
    Delivered::Kind kind;
    Dropped file;
  };
  /// Names (and hashes) of files that could not be moved.
  using Stuck = std::map<std::pair<Delivered::Kind, std::string>, Delivered>;

  const DropFolder& folder(Delivered::Kind kind) const { return kind == Delivered::Kind::sales ? sales_ : counts_; }
  Result<std::vector<Pending>> pending() const;
  void acknowledge(const Delivered& delivered);
  void archive_duplicate(const Pending& pending, const std::string& hash);
  /// Adds the file's documents to the page, from `start` on.
  void deliver(const Pending& pending, const std::string& hash, std::size_t start, const Reading& reading, channel::Page& page,
               Cursor& taken);
  Reading understand(const Pending& pending, const std::string& bytes) const;
  void say_refused(const Pending& pending, const Reading& reading) const;
  /// What parse() refuses, so that the file shows as a problem; of a good file whose namesake was refused, what ends that problem.
  std::optional<channel::Document> report_of(const Pending& pending, const Reading& reading) const;
  /// The bytes' hash and, unless it is too large, the bytes; nothing for a file that is not whole yet or went away.
  struct Content {
    std::string hash, bytes;
    bool too_large = false;
  };
  std::optional<Content> content_of(const Pending& pending) const;

  const Layout& layout_;
  const Clock& clock_;
  Log log_;
  DropFolder sales_, counts_;
  std::mutex reading_;
  Stuck stuck_;
  /// The file that a page ended in, so that the next page need not read it again. Only a saving: without it the file is read anew.
  std::optional<std::pair<std::string, Reading>> open_;
};

}  // namespace tally::file
