#include "store/agreed.hpp"

#include "store/session.hpp"

namespace tally::store {

std::vector<AgreedRow> agreed_of(Session& session, ChannelNo channel, ProductNo product) {
  std::vector<AgreedRow> rows;
  AgreedRow row{channel, product, "", "", "", ""};
  Int c = channel.value, p = product.value;
  soci::statement st = (session.sql.prepare << "SELECT field, there, here, sent FROM agreed WHERE channel_no = :c AND product_no = :p "
                                               "ORDER BY field",
                        use(c), use(p), into(row.field), into(row.there), into(row.here), into(row.sent));
  st.execute();
  while (st.fetch()) rows.push_back(row);
  return rows;
}

void put_agreed(Session& session, const AgreedRow& row) {
  Int channel = row.channel.value, product = row.product.value;
  session.sql << "INSERT INTO agreed (channel_no, product_no, field, there, here, sent) VALUES (:c, :p, :f, :t, :h, :s) ON CONFLICT "
                 "(channel_no, product_no, field) DO UPDATE SET there = excluded.there, here = excluded.here, sent = excluded.sent",
      use(channel), use(product), use(row.field), use(row.there), use(row.here), use(row.sent);
}

Time product_changed_at(Session& session, ProductNo product) {
  Int no = product.value, at = 0;
  session.sql << "SELECT COALESCE(MAX(changed_at), 0) FROM product WHERE product_no = :p", use(no), into(at);
  return from_ms(at);
}

}  // namespace tally::store
