// From the merchant's files to connectors and rules. The only code, with main.cpp, that knows all modules;
// README.md says what stands where.
#pragma once

#include "assemble_account.hpp"
#include "base/complaint.hpp"
#include "base/log.hpp"
#include "channel/registry.hpp"
#include "engine/budgets.hpp"
#include "engine/engine.hpp"
#include "http/curl_http.hpp"
#include "http/limited_http.hpp"
#include "mapping/mapping.hpp"
#include "settings/settings.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

namespace tally {

/// What connectors are lent. Lives as long as the process.
struct Lent {
  explicit Lent(const Clock& c, Log l) : clock(c), log(std::move(l)), budgets(c) {}
  const Clock& clock;
  Log log;
  engine::Budgets budgets;  ///< to be opened with the store
  http::CurlHttp http;

  /// `http` within so many requests a second; the same channel at the same rate keeps its budget over a reload.
  http::Http& within(const std::string& channel, unsigned requests_per_second);

 private:
  std::map<std::pair<std::string, unsigned>, http::LimitedHttp> limited_;
};

struct Assembled {
  settings::Settings settings;
  engine::Config config;
  std::vector<engine::ChannelSetup> channels;
  std::vector<Account> accounts;                                  ///< one a channel, in their order
  std::vector<std::shared_ptr<const mapping::Mapping>> mappings;  ///< one a channel, in their order
};

/// How much of what the files name on the disk is tried (assemble_disk.hpp): the store not while this process has it open; the folders of
/// channels only where somebody asks whether all is in order, for what runs waits for a share that is not mounted yet.
enum class Disk { untried, store, all };

/// Reads the folder and builds every channel. All complaints at once; nothing if there was one.
std::optional<Assembled> assemble(const std::filesystem::path& folder, Lent& lent, Disk disk, Complaints& complaints);

/// One mapping by its name alone, for `tallyd test`.
struct MappingFile {
  std::string name;
  std::filesystem::path file;
};
std::vector<MappingFile> mapping_files(const settings::Settings& settings);
std::shared_ptr<const mapping::Mapping> compile_mapping(const settings::Settings& settings, const MappingFile& file,
                                                        const mapping::ChannelContext& context, Complaints& complaints);

/// connectors/all.cpp: the only list of coded connectors.
const channel::Registry& coded_connectors();

}  // namespace tally
