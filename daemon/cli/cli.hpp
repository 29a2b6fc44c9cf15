// The command line: reads the words, asks the daemon over its Unix socket, shows the answer. What needs more than the daemon's API is done
// by `Parts`, which main builds, so that this folder knows neither the store nor the connectors.
#pragma once

#include "base/complaint.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tally::cli {

/// tallyd run
struct RunOptions {
  std::filesystem::path config;                 ///< the folder of tallyd.yaml
  std::optional<std::filesystem::path> socket;  ///< --socket or TALLYD_SOCKET: instead of what the settings say
  bool json = false;                            ///< the log as JSON lines
};

/// tallyd run --demo
struct DemoOptions {
  std::optional<std::uint64_t>
      orders;  ///< place so many, wait for calm, print the result as the last line, end; nothing: go on until stopped
  std::uint64_t seed = 1;
  bool json = false;                            ///< no table; JSON lines
  std::optional<std::filesystem::path> keep;    ///< work in this folder and leave it; otherwise in a temporary one that is removed
  std::optional<std::filesystem::path> replay;  ///< shopping from a file instead of at random
  std::optional<std::filesystem::path> socket;
};

/// tallyd sandbox
struct SandboxOptions {
  std::optional<std::filesystem::path> config;  ///< which platforms, on which ports; nothing: one of each
  bool json = false;
};

/// tallyd import: what a product file says, before anybody has taken it.
struct ImportOptions {
  std::filesystem::path config;
  std::filesystem::path file;
  std::string location;  ///< where the stock in the file lies; empty: the first location of tallyd.yaml
  std::string encoding;  ///< one of `encodings`; empty: what the file shows itself
};
inline const std::vector<std::string> encodings{"utf8", "gb18030", "latin1"};
struct CatalogueFile {
  std::string format;                ///< in words: "WooCommerce product export"
  std::size_t rows = 0;              ///< records read, without the header
  Json::Array products;              ///< trees (model/product.hpp), each sellable
  Json::Array stock;                 ///< {sku, location, counted, line}; a blank cell is not here
  Json::Array changes;               ///< {sku, set, counted, …} as engine::Admin::import takes them: a file that updates what is there
  Json::Array keep;                  ///< names of fields that the file says nothing of
  Json::Array corrected;             ///< {line, kind, what}: read otherwise than it stands, and why
  Json::Array refused;               ///< {line, column, reason, scope}: a row that is not in `products`, or a stock cell of one that is
  std::vector<std::string> summary;  ///< what was read, refused and corrected, in numbers, a sentence each
};

/// tallyd test
struct TestOptions {
  std::filesystem::path config;
  std::vector<std::string> mappings;  ///< names; all when empty
};

/// The engine without a daemon. Holds the store's lock as long as it lives.
struct Offline {
  std::function<Result<Json>(const Json& chunk, const std::string& author)> import;  ///< as engine::Admin::import
  std::function<Result<Json>(const std::string& channel)> plan;                      ///< as engine::Admin::plan
};

/// What main does for the command line. Each is called at most once a process; every function must be set.
struct Parts {
  std::string version;
  /// These three run until they are done or told to stop, and answer with the exit code.
  std::function<int(const RunOptions&)> run;
  std::function<int(const DemoOptions&)> demo;
  std::function<int(const SandboxOptions&)> sandbox;
  /// Reads and compiles everything that the configuration names. What is wrong goes into `complaints`; the answer tells what was
  /// understood: {channels: [{name, connector, mapping, policy, protection, one_way: [text], one_way_installed: [text]}], warnings:
  /// [text]}, the first list of holes in the merchant's own files, the second in those that tallyd brings. An Error only where nothing
  /// could be read at all.
  std::function<Result<Json>(const std::filesystem::path& config, Complaints& complaints)> check;
  /// Runs the tests inside the mapping files: one complaint a failure, {mappings: [{name, file, tests, failed}]}. Complaints and no failure
  /// are of the configuration. An Error where a mapping is named that is not there.
  std::function<Result<Json>(const TestOptions&, Complaints& complaints)> test;
  /// Reads a product file of any format that is known by its header; calls `progress` now and then. An Error where it is none, or cannot be
  /// read at all.
  std::function<Result<CatalogueFile>(const ImportOptions&, const std::function<void(std::size_t done, std::size_t total)>& progress)>
      read_catalogue;
  /// Fault::locked when a daemon holds the store.
  std::function<Result<Offline>(const std::filesystem::path& config)> open_offline;
  /// For a store whose keys are lost: gives up what they sealed and begins a new file of keys. Fault::locked when a daemon holds the store.
  std::function<Result<void>(const std::filesystem::path& config)> forget_keys;
  /// Another address in the channel's file is the account that the store knows: {channel, before, after}. The channel observes again.
  /// Fault::locked when a daemon holds the store, rejected where it is the address that it was.
  std::function<Result<Json>(const std::filesystem::path& config, const std::string& channel, const std::string& author)> move_channel;
};

/// The socket of the daemon that runs with the configuration in this folder, also when the configuration has faults: `socket:` of its
/// tallyd.yaml; else the service's, /run/tallyd/tallyd.sock, for /etc/tallyd; else tallyd.sock beside tallyd.yaml.
std::filesystem::path socket_of(const std::filesystem::path& config);

/// Reads the command line, does it, answers with the exit code (exit_code.hpp). Never throws.
int run_cli(int argc, char** argv, const Parts& parts);

}  // namespace tally::cli
