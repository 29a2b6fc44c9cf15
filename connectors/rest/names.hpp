// What `${…}` means while a request is built: the thing's tree, what the operation adds, the channel's settings, and its secrets.
#pragma once

#include "base/complaint.hpp"
#include "base/json.hpp"
#include "channel/registry.hpp"
#include "mapping/mapping.hpp"
#include "yaml/yaml.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tally::rest {

/// The channel's settings and secrets. Remembers every secret it handed out, to take it out of what is logged. Any thread.
class Vault {
 public:
  Vault(Json settings, channel::Ports ports);

  const Json& settings() const { return settings_; }
  const channel::Ports& ports() const { return ports_; }
  /// A setting of that name as text, else the secret. The error names what is missing, never a value.
  Result<std::string> value(const std::string& name) const;
  Result<std::string> secret(const std::string& name) const;
  /// Keeps a rotated secret for the next start, and only then hands it out. The error means: it was not kept, do not use it.
  Result<void> store(const std::string& name, const std::string& value);
  /// A text that came from elsewhere (an access token): never to be shown.
  void remember(const std::string& value) const;
  /// At most 200 bytes on one line, with every known secret taken out.
  std::string shown(std::string_view text) const;

 private:
  Json settings_;
  channel::Ports ports_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> secrets_;
  mutable std::set<std::string> hidden_;
};

/// Layers of names, the innermost first. Trees that were added must outlive it; not for sharing between threads.
class Names {
 public:
  explicit Names(const Vault& vault, bool with_secrets = false) : vault_(&vault), with_secrets_(with_secrets) {}

  Names& add(const Json& tree);
  Names& set(const std::string& name, Json value);
  /// "listing.@id": nothing where there is no value or null.
  const Json* find(std::string_view path) const;

 private:
  const Vault* vault_;
  bool with_secrets_;
  std::vector<const Json*> layers_;
  std::map<std::string, Json, std::less<>> own_;
  mutable std::map<std::string, Json, std::less<>> revealed_;
};

/// The value at a dotted path of a tree; nothing where a step is missing or the value is null.
const Json* at_path(const Json& tree, std::string_view path);

/// One `${name | filters}` as it stands in the file.
struct Hole {
  std::string name;
  Place place;
  bool has_default = false;  ///< `| default X`: need not have a value
};
/// All holes below a node, `$$` respected.
std::vector<Hole> holes_of(const yaml::Node& node);

/// A template of the connector file.
class Text {
 public:
  static std::optional<Text> compile(const yaml::Node& node, Complaints& complaints);

  const std::vector<Hole>& holes() const { return holes_; }
  std::optional<Json> fill(const Names& names) const;
  /// As text. The error names the first hole without a value. `encoded`: values are percent-encoded, for paths.
  Result<std::string> text(const Names& names, bool encoded = false) const;

 private:
  mapping::Template template_;
  std::vector<Hole> holes_;
};

}  // namespace tally::rest
