// What the readers of the merchant's files share while a configuration is being read. Inside daemon/settings only.
#pragma once

#include "settings/settings.hpp"

#include <functional>
#include <set>

namespace tally::settings {

/// A name in one file of something that must exist in another; checked when all have been read.
struct Mention {
  Place place;
  std::string name;
};

/// The sections of a file ("" is the top, "locations/*" each of the locations) and the keys that each may have.
using Sections = std::map<std::string, std::set<std::string>>;

struct Reading {
  Complaints& complaints;
  std::vector<Mention> channels_meant;   ///< names of channels
  std::vector<Mention> locations_meant;  ///< names of locations
  Sections tallyd_keys, channel_keys;    ///< what was asked for; the schemas in config/ are tested against it

  void complain(const Place& place, std::string what, std::string hint = {}) {
    complaints.push_back({place, std::move(what), std::move(hint)});
  }
  /// Ends the reading of a section: complains of unknown keys, notes the known.
  void finish(yaml::Reader& reader, Sections& sections, const std::string& section);
};

/// The node at "stock/cap" or "locations/0"; null if there is none.
const yaml::Node* node_at(const yaml::Node& root, std::string_view path);

/// 'TEXT' for "but is …"; a long one is not repeated.
std::string shown(const std::string& text);
/// Lower-case letters, digits and '-', beginning with a letter or a digit, at most 40: it stands in addresses and on command lines.
bool is_plain_name(std::string_view text);
/// A name that a secret may have: letters, digits, '_', '.', '-', at most 40, not beginning with '.'.
bool is_secret_name(std::string_view text);
/// The text without '/' at its end if it is http(s)://HOST[:PORT][/PATH], without a password in it; else a complaint.
std::optional<std::string> url_in(yaml::Reader& reader, std::string_view key);
/// "4%" as 0.04, within [least, most] percent. `meaning` is told with one that is outside.
std::optional<Decimal> percent_in(yaml::Reader& reader, std::string_view key, std::int64_t least, std::int64_t most,
                                  const std::string& meaning);
/// Within [least, most].
std::optional<Duration> duration_in(yaml::Reader& reader, std::string_view key, Duration least, Duration most);
std::optional<std::string> currency_in(yaml::Reader& reader, std::string_view key);
/// Each as two capitals; complains of the others and hands them on.
std::vector<std::string> countries_in(yaml::Reader& reader, std::string_view key);

StockRule read_stock(const yaml::Node& node, Reading& reading);
PriceRule read_price(const yaml::Node& node, Reading& reading);
OrderRule read_orders(const yaml::Node& node, Reading& reading);
/// `review:` of tallyd.yaml: a list of rules.
void read_review(const yaml::Node& node, Settings& settings, Reading& reading);
/// Rules that can never hold an order because of what the channels sell in.
void check_review(const yaml::Node& tallyd, const Settings& settings, Reading& reading);

/// `routing:` of tallyd.yaml: a list of rules.
void read_routing(const yaml::Node& node, Settings& settings, Reading& reading);
/// Locations that ship nothing for a rule's channels, and rules that no order ever comes to.
void check_routing(const yaml::Node& tallyd, const Settings& settings, Reading& reading);

/// tallyd.yaml into everything of `settings` but its channels.
void read_tallyd(const yaml::Node& node, Settings& settings, Reading& reading);
/// One file of channels.d; `id`, `file` and `text` are the caller's.
Channel read_channel(const yaml::Node& node, const std::filesystem::path& folder, Reading& reading);
/// As settings::read(), noting the keys.
Settings read(const std::filesystem::path& folder, Reading& reading);

/// The name of a connector or a mapping, which becomes part of a path; else a complaint and nothing.
std::optional<std::string> file_name_in(const yaml::Node& node, std::string_view key, Reading& reading);
/// Whatever two places of these files say that cannot both be meant; each complaint stands at one and names the other.
void check_contradictions(const yaml::Node& tallyd, const Settings& settings, Reading& reading);

}  // namespace tally::settings
