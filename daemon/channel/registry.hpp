// From the name in a channel's file to a connector that speaks to it.
#pragma once

#include "base/complaint.hpp"
#include "base/log.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "channel/connector.hpp"
#include "http/http.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace tally::mapping {
class Mapping;
}

namespace tally::channel {

/// What a connector is handed, and all that it may use of the world. Owned by main, outlives every connector.
struct Ports {
  http::Http* http = nullptr;
  const Clock* clock = nullptr;
  std::uint64_t seed = 0;                                              ///< for nonces and jitter
  std::function<Result<std::string>(const std::string& name)> secret;  ///< by the connector's own name: "webhook_secret"
  std::function<Result<void>(const std::string& name, const std::string& value)> store_secret;  ///< a rotated token, before its first use
  Log log;
  MakeMeter meter = {};  ///< may be empty where nothing is sent
};

/// Everything that makes one channel's connector.
struct Recipe {
  std::string channel;    ///< the channel's name
  std::string connector;  ///< the connector's name
  std::string file;       ///< of connector.yaml, for complaints; its folder may hold NAME.graphql
  std::string text;       ///< connector.yaml
  Json settings;          ///< the channel's own: ${url}, ${shop_id} …; `hook_url` is where the platform reaches us, empty if it cannot
  std::string auth;       ///< which kind of auth; empty: the first
  Json overrides;         ///< of the channel's file: {settle_ms, concurrency, requests_per_second, budgets: {NAME: most}}
  std::shared_ptr<const mapping::Mapping> mapping;        ///< null if it is faulty and was complained of: the rest is checked, nothing made
  std::string channel_file = {};                          ///< for complaints of what the merchant said, or did not say
  std::map<std::string, Place, std::less<>> places = {};  ///< of what that file says: "auth", "settings/shop_id" (url, too), "secrets/key"
  std::set<std::string, std::less<>> complained = {};     ///< the same paths, whose value is faulty: not a second complaint of them

  /// Where it stands, or its section, or the file.
  Place place_of(std::string_view path) const {
    for (const std::string_view each : {path, path.substr(0, path.find('/'))}) {
      if (const auto found = places.find(each); found != places.end()) return found->second;
    }
    return {channel_file, 0, 0};
  }
};

/// Nothing if there were complaints.
using Make = std::function<std::unique_ptr<Connector>(const Recipe&, const Ports&, Complaints&)>;

/// The coded connectors by the word behind `over:` in connector.yaml: http (the default; connectors/rest), files (connectors/file), memory.
using Registry = std::map<std::string, Make, std::less<>>;

}  // namespace tally::channel
