#include "store/standing.hpp"

#include "base/crypto.hpp"
#include "store/inbox.hpp"
#include "store/session.hpp"

namespace tally::store {
namespace {

std::int64_t counted(Session& session, const std::string& what, ChannelNo channel) {
  Int c = channel.value, count = 0;
  session.sql << "SELECT COUNT(*) FROM " + what, use(c), into(count);
  return count;
}

/// In the words of the partial indexes (schema/0004), or they are not used.
std::int64_t differences_of(Session& session, ChannelNo channel) {
  return counted(session, "offer WHERE channel_no = :c AND suspect = 1", channel) +
         counted(session,
                 "offer WHERE channel_no = :c AND price_observed <> '' AND price_observed_at > price_sent_at AND "
                 "price_observed <> price_confirmed",
                 channel) +
         counted(session, "problem WHERE channel_no = :c AND kind = 'listing'", channel) +
         counted(session,
                 "listing l JOIN product d ON d.product_no = l.product_no WHERE l.channel_no = :c AND l.state = 'gone' AND "
                 "COALESCE(d.document ->> 'state', '') <> 'ended'",
                 channel);
}

void count_marks(Session& session, ChannelNo channel, Standing& standing) {
  Int c = channel.value, count = 0, unlisted = 0;
  std::string fate;
  soci::statement st =
      (session.sql.prepare
           << "SELECT CASE WHEN m.parked <> '' AND m.discarded_by <> '' THEN 'left alone' WHEN m.parked <> '' THEN 'parked' "
              "WHEN m.batch <> 0 AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.batch_no = m.batch AND b.closed = 1) THEN 'waiting' "
              "WHEN m.by_order = 0 AND EXISTS (SELECT 1 FROM held_item i JOIN held h ON h.digest = i.digest "
              "WHERE i.thing = m.thing AND h.channel_no = m.channel_no AND h.aspect = m.aspect) THEN 'held' ELSE 'pending' END AS fate, "
              "COUNT(*), SUM(CASE WHEN m.aspect = 'content' AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.channel_no = m.channel_no AND "
              "l.product_no = m.thing AND l.state IN ('bound', 'gone')) THEN 1 ELSE 0 END) "
              "FROM mark m WHERE m.channel_no = :c GROUP BY fate ORDER BY fate",
       use(c), into(fate), into(count), into(unlisted));
  st.execute();
  while (st.fetch()) {
    if (fate == "left alone") {
      standing.left_alone = count;
      continue;
    }
    standing.not_listed += unlisted;
    (fate == "parked" ? standing.parked : fate == "waiting" ? standing.waiting : fate == "held" ? standing.held : standing.pending) = count;
  }
}

}  // namespace

Standing standing_of(Session& session, ChannelNo channel) {
  Standing standing;
  standing.offers = counted(session, "offer WHERE channel_no = :c", channel);
  standing.listings = counted(session, "listing WHERE channel_no = :c AND state = 'bound'", channel);
  standing.differences = differences_of(session, channel);
  standing.in_doubt = counted(session, "listing WHERE channel_no = :c AND state = 'in_doubt'", channel);
  standing.never_looked = counted(session, "offer WHERE channel_no = :c AND verified_at = 0", channel);
  count_marks(session, channel, standing);
  standing.unread_rows = unread_rows(session, channel);
  standing.parked_rows = counted(session, "parked_row WHERE channel_no = :c", channel);
  Int c = channel.value, oldest = 0;
  session.sql << "SELECT COALESCE(MIN(verified_at), 0) FROM offer WHERE channel_no = :c AND verified_at > 0", use(c), into(oldest);
  if (oldest != 0) standing.oldest_verified = from_ms(oldest);
  return standing;
}

std::string store_name(Session& session) {
  std::string identity;
  session.sql << "SELECT identity FROM keys_file ORDER BY identity LIMIT 1", into(identity);
  return crypto::hex(crypto::digest(crypto::Digest::sha256, "store " + identity)).substr(0, 16);
}

}  // namespace tally::store
