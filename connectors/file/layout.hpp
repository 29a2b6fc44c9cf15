// What connector.yaml and the channel's settings say of a drop folder, checked whole.
#pragma once

#include "base/complaint.hpp"
#include "channel/registry.hpp"
#include "connectors/file/zone.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tally::file {

/// Our name of a column → how it may be spelt in a header.
using Columns = std::map<std::string, std::vector<std::string>, std::less<>>;

enum class Encoding { utf8, gb18030 };

struct Layout {
  std::string connector, channel;
  std::filesystem::path folder;       ///< the channel's
  std::string sales, counts, offers;  ///< folders below it
  Columns sales_columns, counts_columns;
  Duration finished_after{500};        ///< a file that nobody has written to for so long is whole
  Encoding encoding = Encoding::utf8;  ///< of what we write, and of what is read where it shows none itself
  Zone zone;
  bool numbers_restart = true;           ///< receipts are numbered anew each day: one is known by its number and its day
  std::string currency;                  ///< of sales that name none; empty: left open
  std::uintmax_t max_bytes = 64u << 20;  ///< of a file
  std::size_t max_rows = 1'000'000;      ///< of a file
  channel::Capabilities facts;
};

/// Nothing if there were complaints.
std::optional<Layout> compile_layout(const channel::Recipe& recipe, Complaints& complaints);

}  // namespace tally::file
