#include "settings/reading.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace tally::settings {
namespace {

constexpr std::size_t most_channels = 64;          // a node runs as many lanes
constexpr std::size_t most_bytes = (1 << 20) + 1;  // one more than a YAML file may have: the parser complains of it

/// What belongs to the installed program: the share folder that the environment names, else the build tree or the installation around the
/// program.
std::vector<std::filesystem::path> installed(std::string_view what) {
  if (const char* share = std::getenv("TALLYD_SHARE"); share != nullptr && *share != '\0') return {std::filesystem::path(share) / what};
  std::error_code failed;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failed);
  if (failed) return {};
  std::vector<std::filesystem::path> found;
  for (const char* around : {"../..", "../share/tallyd"}) {
    const std::filesystem::path folder = (program.parent_path() / around / what).lexically_normal();
    if (std::filesystem::is_directory(folder, failed)) found.push_back(folder);
  }
  return found;
}

std::vector<std::filesystem::path> folders_of(const std::filesystem::path& own, std::string_view what) {
  std::vector<std::filesystem::path> folders{own / what};
  for (std::filesystem::path& each : installed(what)) folders.push_back(std::move(each));
  return folders;
}

std::optional<std::string> bytes_of(const std::filesystem::path& file, Reading& reading) {
  std::error_code unseen;
  const auto kind = std::filesystem::status(file, unseen).type();
  if (kind != std::filesystem::file_type::regular && kind != std::filesystem::file_type::not_found && !unseen) {
    reading.complain({file.string()}, "this is no file with text in it but a folder, a pipe or a device", "put a file there");
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    reading.complain({file.string()}, "the file cannot be opened", "look at its name and permissions");
    return std::nullopt;
  }
  std::string bytes(most_bytes, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (stream.bad()) {
    reading.complain({file.string()}, "the file cannot be read");
    return std::nullopt;
  }
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

/// There is no tallyd.yaml in it.
void complain_of_folder(const std::filesystem::path& folder, Reading& reading) {
  const std::string how = "name the folder where tallyd.yaml lies with --config DIR or TALLYD_CONFIG";
  std::error_code failed;
  const auto kind = std::filesystem::status(folder, failed).type();
  if (kind == std::filesystem::file_type::directory) {
    reading.complain({(folder / "tallyd.yaml").string()}, "there is no such file", "write one (config/tallyd.yaml shows how), or " + how);
  } else if (kind == std::filesystem::file_type::not_found) {
    reading.complain({folder.string()}, "there is no such folder", how);
  } else if (failed) {
    reading.complain({folder.string()}, "the folder cannot be looked at: " + failed.message(), how);
  } else {
    reading.complain({folder.string()}, "this is a file, and a configuration is a folder", how);
  }
}

/// The file as it stands; null if it cannot be read.
yaml::Node load_tallyd(Settings& settings, Reading& reading) {
  const std::filesystem::path file = settings.folder / "tallyd.yaml";
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) {
    complain_of_folder(settings.folder, reading);
    return {};
  }
  const auto text = bytes_of(file, reading);
  auto node = text ? yaml::parse(*text, file.string(), reading.complaints) : std::nullopt;
  if (!node) return {};
  read_tallyd(*node, settings, reading);
  return std::move(*node);
}

/// By name, so that every reading and every message comes in the same order.
std::vector<std::filesystem::path> channel_files(const std::filesystem::path& folder, Reading& reading) {
  std::vector<std::filesystem::path> files;
  std::error_code failed;
  if (!std::filesystem::is_directory(folder, failed)) return files;
  for (std::filesystem::directory_iterator each(folder, failed), end; !failed && each != end; each.increment(failed)) {
    const std::filesystem::path& file = each->path();
    if (file.filename().string().starts_with('.')) continue;
    if (file.extension() == ".yml") reading.complain({file.string()}, "a channel's file ends in .yaml", "rename it");
    if (file.extension() == ".yaml") files.push_back(file);
  }
  if (failed) reading.complain({folder.string()}, "the folder cannot be read: " + failed.message());
  std::sort(files.begin(), files.end());
  if (files.size() > most_channels) {
    reading.complain({folder.string()},
                     "there are " + std::to_string(files.size()) + " channels; at most " + std::to_string(most_channels) + " run at once");
    files.resize(most_channels);
  }
  return files;
}

void load_channel(const std::filesystem::path& file, Settings& settings, Reading& reading) {
  const std::string name = file.stem().string();
  if (!is_plain_name(name)) {
    reading.complain({file.string()}, "'" + name + "' cannot be a channel's name", "use lower-case letters, digits and '-', at most 40");
  }
  auto text = bytes_of(file, reading);
  if (!text) return;
  const auto node = yaml::parse(*text, file.string(), reading.complaints);
  Channel channel = node ? read_channel(*node, settings.folder, reading) : Channel();
  channel.id = ChannelId(name);
  channel.file = file.string();
  channel.text = std::move(*text);
  settings.channels.push_back(std::move(channel));
}

void check_mentions(const std::vector<Mention>& mentions, const std::string& kind, const std::vector<std::string>& names,
                    Reading& reading) {
  for (const Mention& mention : mentions) {
    if (std::find(names.begin(), names.end(), mention.name) != names.end()) continue;
    reading.complain(mention.place, "there is no " + kind + " '" + mention.name + "'", did_you_mean(mention.name, names));
  }
}

void check_across(Settings& settings, Reading& reading) {
  std::vector<std::string> channels, locations;
  for (const Channel& channel : settings.channels) channels.push_back(channel.id.text);
  for (const Location& location : settings.locations) locations.push_back(location.id.text);
  check_mentions(reading.channels_meant, "channel", channels, reading);
  // None: tallyd.yaml could not be read, and nobody can say which locations it names.
  if (!locations.empty()) check_mentions(reading.locations_meant, "location", locations, reading);
  for (Channel& channel : settings.channels) {
    const bool named = !channel.locations.empty();
    for (const Location& location : settings.locations) {
      const bool elsewhere = !location.held_by.empty() && location.held_by != channel.id.text;
      const bool has = std::find(channel.locations.begin(), channel.locations.end(), location.id) != channel.locations.end();
      if (has && elsewhere)
        reading.complain(channel.place_of("locations"),
                         "what lies at '" + location.id.text + "' is held by " + location.held_by + "'s platform, which sells it itself",
                         "leave it out here");
      if (!named && !elsewhere) channel.locations.push_back(location.id);
    }
    if (!named && channel.locations.empty() && !settings.locations.empty())
      reading.complain(channel.place_of(""), "there is no location that '" + channel.id.text + "' can sell from", "add one to tallyd.yaml");
  }
}

/// What stands at the path, or the nearest around it.
const yaml::Node* nearest_node(const yaml::Node& tree, std::string_view path) {
  for (;;) {
    if (const yaml::Node* node = node_at(tree, path)) return node;
    const auto slash = path.rfind('/');
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }
}

}  // namespace

std::string_view name_of(Policy policy) {
  switch (policy) {
    case Policy::observe:
      return "observe";
    case Policy::create_only:
      return "create_only";
    case Policy::no_retire:
      return "no_retire";
    case Policy::full:
      return "full";
  }
  return {};
}

Place Channel::place_of(std::string_view path) const {
  const yaml::Node* node = nearest_node(tree, path);
  return node->place.file.empty() ? Place{file, 0, 0} : node->place;
}

bool Channel::says(std::string_view path) const {
  return node_at(tree, path) != nullptr;
}

Settings read(const std::filesystem::path& folder, Reading& reading) {
  Settings settings;
  std::error_code failed;
  settings.folder = std::filesystem::absolute(folder, failed).lexically_normal();
  if (failed) settings.folder = folder;
  const yaml::Node tallyd = load_tallyd(settings, reading);
  settings.connector_folders = folders_of(settings.folder, "connectors");
  settings.mapping_folders = folders_of(settings.folder, "mappings");
  for (const std::filesystem::path& file : channel_files(settings.folder / "channels.d", reading)) load_channel(file, settings, reading);
  check_across(settings, reading);
  check_contradictions(tallyd, settings, reading);
  return settings;
}

Settings read(const std::filesystem::path& folder, Complaints& complaints) {
  Reading reading{complaints, {}, {}, {}, {}};
  return read(folder, reading);
}

std::optional<Settings> load(const std::filesystem::path& folder, Complaints& complaints) {
  const std::size_t before = complaints.size();
  Settings settings = read(folder, complaints);
  if (complaints.size() == before) return settings;
  put_in_order(complaints);
  return std::nullopt;
}

}  // namespace tally::settings
