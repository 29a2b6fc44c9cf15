// What a channel's file says, held against what its connector and its mapping take. Neither of the two knows the other's half.
#pragma once

#include "base/complaint.hpp"
#include "channel/asked.hpp"
#include "mapping/mapping.hpp"
#include "settings/settings.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tally {

/// One setting or secret of a channel's file.
struct Said {
  std::string path;  ///< "settings/url" (wherever in the file it stands), "secrets/key"
  std::string name;
  Place key_place, place;
  bool is_faulty = false;  ///< its value was complained of
};
std::vector<Said> said_by(const settings::Channel& channel);

/// What a mapping's text speaks of, with all that it extends and what the channel's file lays over it.
struct MappingText {
  std::set<std::string> settings;  ///< NAME of each `channel.NAME`
  std::set<std::string> tables;    ///< that it has, or that a hole uses
  std::set<std::string> fields;    ///< first names of all holes in `listing` that are read, not only written
  bool reads_price = false;        ///< of a listing's offers
  Place listing;                   ///< where the document stands
  std::string bytes;               ///< of all its files
};

/// Refuses settings and secrets that neither connector nor mapping takes. `mapping`: nothing if its file cannot be read; then only secrets.
void check_asked(const settings::Channel& channel, const channel::Asked& asked, const std::optional<MappingText>& mapping,
                 Complaints& complaints);
/// Refuses fields under `owners:` that are not the master's and that this channel's documents do not hold.
void check_owners(const settings::Channel& channel, const MappingText& mapping, Complaints& complaints);

/// Refuses tables of the channel's file that nothing of its mapping uses.
void check_tables(const settings::Channel& channel, const MappingText& mapping, Complaints& complaints);

/// Refuses what only a channel that sells can be told, in the file of one that tracks parcels.
void check_tracker(const settings::Channel& channel, Complaints& complaints);

/// Adds what one text of the mapping speaks of.
void add_text(const yaml::Node& root, MappingText& text);
/// Adds the tables that one of the mapping's own files has.
void add_tables(const yaml::Node& root, MappingText& text);

}  // namespace tally
