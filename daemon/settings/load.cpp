#include "settings/reading.hpp"

#include <algorithm>
#include <fstream>

namespace tally::settings {
namespace {

constexpr std::size_t most_channels = 64;          // a node runs as many lanes
constexpr std::size_t most_bytes = (1 << 20) + 1;  // one more than a YAML file may have: the parser complains of it

std::optional<std::string> bytes_of(const std::filesystem::path& file, Reading& reading) {
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

void load_tallyd(Settings& settings, Reading& reading) {
  const std::filesystem::path file = settings.folder / "tallyd.yaml";
  std::error_code failed;
  if (!std::filesystem::exists(file, failed)) {
    reading.complain({file.string()}, "there is no such file",
                     "write one (config/tallyd.yaml shows how), or name the folder where it lies");
    return;
  }
  const auto text = bytes_of(file, reading);
  if (!text) return;
  if (const auto node = yaml::parse(*text, file.string(), reading.complaints)) read_tallyd(*node, settings, reading);
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
  check_mentions(reading.locations_meant, "location", locations, reading);
  for (Channel& channel : settings.channels) {
    if (!channel.locations.empty()) continue;
    for (const Location& location : settings.locations) channel.locations.push_back(location.id);
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

std::optional<Settings> load(const std::filesystem::path& folder, Reading& reading) {
  const std::size_t before = reading.complaints.size();
  Settings settings;
  std::error_code failed;
  settings.folder = std::filesystem::absolute(folder, failed).lexically_normal();
  if (failed) settings.folder = folder;
  load_tallyd(settings, reading);
  for (const std::filesystem::path& file : channel_files(settings.folder / "channels.d", reading)) load_channel(file, settings, reading);
  if (!settings.locations.empty()) check_across(settings, reading);  // none: tallyd.yaml could not be read, and has been complained of
  if (reading.complaints.size() != before) return std::nullopt;
  return settings;
}

std::optional<Settings> load(const std::filesystem::path& folder, Complaints& complaints) {
  Reading reading{complaints, {}, {}, {}, {}};
  return load(folder, reading);
}

}  // namespace tally::settings
