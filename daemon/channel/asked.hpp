// What a connector takes from a channel's file: `settings:` and `secrets:` of connector.yaml.
#pragma once

#include "base/complaint.hpp"
#include "yaml/yaml.hpp"

#include <map>
#include <string>
#include <vector>

namespace tally::channel {

/// Name → what it is, in the words of whoever has to fill it in.
struct Asked {
  std::map<std::string, std::string, std::less<>> settings, secrets;

  std::vector<std::string> setting_names() const;
  std::vector<std::string> secret_names() const;
};

/// Asks for both keys and complains of names that are none or say nothing.
Asked take_asked(yaml::Reader& connector_file, Complaints& complaints);

}  // namespace tally::channel
