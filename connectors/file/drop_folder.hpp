// One folder that another program drops files into: which of them are whole, which have been read before, and where they go afterwards.
//
//   NAME.csv               dropped; .tmp, .part and names that begin with a dot are somebody's unfinished work
//   done/2026-01-02/NAME   read, and the reading is in the store
//   done/read.csv          hash, name and time of what was read: the same bytes dropped again are recognised
//   errors/NAME.refused.csv  line, reason and text of every row that could not be used (NAME.2.refused.csv if there is another of that
//   name) errors/NAME            a file of which nothing could be used
#pragma once

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "connectors/file/storage.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace tally::file {

struct Dropped {
  std::string name;
  std::uintmax_t size = 0;
  std::filesystem::file_time_type written;
};

struct RefusedRow {
  std::size_t line = 0;
  std::string reason;
  std::string row;  ///< as CSV
};

class DropFolder {
 public:
  DropFolder(std::filesystem::path folder, Log log) : folder_(std::move(folder)), log_(std::move(log)) {}

  const std::filesystem::path& folder() const { return folder_; }
  /// Whole files, the oldest first, at most `most`. The folder is made if it is not there.
  Result<std::vector<Dropped>> finished(Duration quiet, std::size_t most) const;
  /// `locked` if it changed while it was read: then it was not whole after all.
  Result<std::string> read(const Dropped& file, std::uintmax_t most) const;

  /// Hashes of what was read before.
  Result<std::set<std::string, std::less<>>> ledger() const;
  /// Notes the hash, then moves the file below done/. A crash in between leaves a file that the ledger knows: it is archived at the next
  /// look.
  Result<void> archive(const std::string& name, const std::string& hash, Time now) const;
  Result<void> archive_duplicate(const std::string& name, Time now) const;
  /// Moves a file of which nothing could be used below errors/.
  Result<void> set_aside(const std::string& name) const;
  /// Writes errors/NAME.refused.csv; the same report again changes nothing.
  Result<void> report(const std::string& name, const std::vector<RefusedRow>& refused) const;
  /// Whether a file of this name was reported before.
  bool reported(const std::string& name) const;

 private:
  Result<void> move(const std::string& name, const std::filesystem::path& to) const;
  Result<std::filesystem::path> day_folder(Time now) const;

  std::filesystem::path folder_;
  Log log_;
};

/// What a file's content is known by.
std::string hash_of(std::string_view bytes);

}  // namespace tally::file
