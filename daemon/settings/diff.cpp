#include "settings/diff.hpp"

#include <algorithm>

namespace tally::settings {
namespace {

const Channel* find(const std::vector<Channel>& channels, const ChannelId& id) {
  const auto found = std::find_if(channels.begin(), channels.end(), [&](const Channel& each) { return each.id == id; });
  return found == channels.end() ? nullptr : &*found;
}

bool same(const std::vector<Location>& a, const std::vector<Location>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Location& x, const Location& y) {
    return x.id == y.id && x.name == y.name && x.counted_by == y.counted_by && x.held_by == y.held_by && x.counts_free == y.counts_free &&
           x.knows_after == y.knows_after;
  });
}

bool same(const Guard& a, const Guard& b) {
  return a.to_zero == b.to_zero && a.price == b.price && a.ends == b.ends && a.creates == b.creates && a.least == b.least;
}

}  // namespace

Change difference(const Settings& before, const Settings& after) {
  Change change;
  for (const Channel& channel : after.channels) {
    const Channel* old = find(before.channels, channel.id);
    if (old == nullptr) {
      change.added.push_back(channel.id);
    } else if (old->text != channel.text || old->locations != channel.locations) {
      change.changed.push_back(channel.id);
    }
  }
  for (const Channel& channel : before.channels) {
    if (find(after.channels, channel.id) == nullptr) change.removed.push_back(channel.id);
  }
  const auto note = [&](bool equal, const char* key, bool restart = false) {
    if (equal) return;
    change.keys.emplace_back(key);
    if (restart) change.needs_restart.emplace_back(key);
  };
  note(before.store == after.store, "store", true);
  note(before.listen == after.listen, "listen", true);
  note(before.socket == after.socket, "socket", true);
  note(before.public_url == after.public_url, "public_url");
  note(before.currency == after.currency, "currency");
  note(before.log_level == after.log_level, "log_level");
  note(same(before.locations, after.locations), "locations");
  note(before.catalogue_watch == after.catalogue_watch && before.catalogue_channel == after.catalogue_channel, "catalogue");
  note(before.attributes == after.attributes, "attributes");
  note(same(before.guard, after.guard), "guard");
  note(before.review == after.review, "review");
  note(before.routing == after.routing, "routing");
  note(before.privacy == after.privacy, "privacy");
  return change;
}

}  // namespace tally::settings
