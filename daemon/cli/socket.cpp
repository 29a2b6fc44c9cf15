#include "cli/cli.hpp"
#include "yaml/yaml.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace tally::cli {
namespace {

const std::filesystem::path installed = "/etc/tallyd";
const std::filesystem::path of_the_service = "/run/tallyd";
constexpr const char* name = "tallyd.sock";

/// What the file says, be the rest of it right or wrong: a broken configuration must not keep a person from the daemon that still runs on
/// the last good one.
std::string named_in(const std::filesystem::path& file) {
  std::error_code unseen;
  if (!std::filesystem::is_regular_file(file, unseen)) return {};
  const std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  Complaints not_ours;
  const auto node = yaml::parse(text.str(), file.string(), not_ours);
  const yaml::Node* socket = node ? node->find("socket") : nullptr;
  return socket != nullptr && socket->is_scalar() ? socket->scalar : std::string();
}

}  // namespace

std::filesystem::path socket_of(const std::filesystem::path& config) {
  std::error_code missing;
  const auto folder = std::filesystem::absolute(config, missing).lexically_normal();
  if (const std::string named = named_in(folder / "tallyd.yaml"); !named.empty()) return (folder / named).lexically_normal();
  if (const char* runtime = std::getenv("RUNTIME_DIRECTORY"); runtime != nullptr && *runtime != '\0') {
    const std::string all = runtime;
    return std::filesystem::path(all.substr(0, all.find(':'))) / name;
  }
  const bool is_installed = folder == installed || folder == installed / "";
  return (is_installed ? of_the_service : folder) / name;
}

}  // namespace tally::cli
