#include "store/catalogue.hpp"

#include "store/session.hpp"

namespace tally::store {
namespace {

ProductRow product_row(Int no, const std::string& document) {
  auto tree = Json::parse(document);
  ensure(tree.has_value(), "a stored product is JSON");
  auto product = product_from_json(*tree);
  ensure(product.has_value(), "a stored product is a product");
  return {ProductNo(no), std::move(*product)};
}

ProductNo write_product(Session& session, const Product& product, ProductNo known, Time now) {
  std::string document = to_json(product).dump(), code = product.code;
  Int at = to_ms(now), no = known.value;
  if (no != 0) {
    session.sql << "UPDATE product SET document = :d, changed_at = :t WHERE product_no = :n", use(document), use(at), use(no);
  } else {
    session.sql << "INSERT INTO product (code, document, changed_at) VALUES (:c, :d, :t) RETURNING product_no", use(code), use(document),
        use(at), into(no);
  }
  return ProductNo(no);
}

/// Nothing when its product lets it go.
std::optional<Taken> kept_by_owner(Session& session, const VariantRow& row) {
  Int no = row.no.value, owner = row.product.value, listed = 0;
  std::string code;
  session.sql << "SELECT code FROM product WHERE product_no = :p", use(owner), into(code);
  session.sql << "SELECT EXISTS (SELECT 1 FROM offer WHERE variant_no = :v) OR (NOT EXISTS (SELECT 1 FROM variant WHERE product_no = :p "
                 "AND variant_no <> :w) AND EXISTS (SELECT 1 FROM listing WHERE product_no = :q AND state <> 'absent'))",
      use(no), use(owner), use(no), use(owner), into(listed);
  if (!row.on_sale && listed == 0) return std::nullopt;
  return Taken{Sku(row.sku), code, row.on_sale};
}

void let_go(Session& session, const VariantRow& row, Time now) {
  auto owner = get_product(session, row.product);
  if (std::erase_if(owner->product.variants, [&](const Variant& variant) { return variant.sku.text == row.sku; }) == 0) return;
  if (owner->product.variants.empty()) owner->product.state = SaleState::ended;  // nothing of it is left to list
  write_product(session, owner->product, owner->no, now);
}

}  // namespace

ChannelRow open_channel(Session& session, const std::string& name) {
  for (auto& row : all_channels(session)) {
    if (row.name == name) return row;
  }
  Int no = 0;
  session.sql << "SELECT COALESCE(MAX(channel_no), 0) + 1 FROM channel", into(no);
  session.sql << "INSERT INTO channel (channel_no, name) VALUES (:no, :name)", use(no), use(name);
  return {ChannelNo(no), name, false, "", 0};
}

std::vector<ChannelRow> all_channels(Session& session) {
  std::vector<ChannelRow> rows;
  Int no = 0, released = 0, through = 0;
  std::string name, paused, account;
  soci::statement st =
      (session.sql.prepare << "SELECT channel_no, name, released, paused, applied_through, account FROM channel ORDER BY channel_no",
       into(no), into(name), into(released), into(paused), into(through), into(account));
  st.execute();
  while (st.fetch()) rows.push_back({ChannelNo(no), name, released != 0, paused, through, account});
  return rows;
}

void set_released(Session& session, ChannelNo channel, bool released) {
  session.stirred.insert(channel.value);
  Int no = channel.value, value = released ? 1 : 0;
  session.sql << "UPDATE channel SET released = :r WHERE channel_no = :no", use(value), use(no);
}

void set_paused(Session& session, ChannelNo channel, const std::string& why) {
  Int no = channel.value;
  session.sql << "UPDATE channel SET paused = :p WHERE channel_no = :no", use(why), use(no);
}

void set_account(Session& session, ChannelNo channel, const std::string& account) {
  Int no = channel.value;
  session.sql << "UPDATE channel SET account = :a WHERE channel_no = :no", use(account), use(no);
}

bool has_history(Session& session, ChannelNo channel) {
  Int no = channel.value, any = 0;
  session.sql << "SELECT EXISTS (SELECT 1 FROM remote WHERE channel_no = :a) OR EXISTS (SELECT 1 FROM listing WHERE channel_no = :b) OR "
                 "EXISTS (SELECT 1 FROM orders WHERE channel_no = :c)",
      use(no), use(no), use(no), into(any);
  return any != 0;
}

LocationNo open_location(Session& session, const std::string& name) {
  Int no = 0;
  session.sql << "SELECT location_no FROM location WHERE name = :n", use(name), into(no);
  if (session.sql.got_data()) return LocationNo(no);
  session.sql << "SELECT COALESCE(MAX(location_no), 0) + 1 FROM location", into(no);
  session.sql << "INSERT INTO location (location_no, name) VALUES (:no, :name)", use(no), use(name);
  return LocationNo(no);
}

std::string location_name(Session& session, LocationNo location) {
  Int no = location.value;
  std::string name;
  session.sql << "SELECT name FROM location WHERE location_no = :n", use(no), into(name);
  return name;
}

std::optional<ProductRow> find_product(Session& session, const std::string& code) {
  Int no = 0;
  std::string document;
  session.sql << "SELECT product_no, document FROM product WHERE code = :c", use(code), into(no), into(document);
  if (!session.sql.got_data()) return std::nullopt;
  return product_row(no, document);
}

std::optional<ProductRow> get_product(Session& session, ProductNo product) {
  Int no = product.value;
  std::string document;
  session.sql << "SELECT document FROM product WHERE product_no = :n", use(no), into(document);
  if (!session.sql.got_data()) return std::nullopt;
  return product_row(no, document);
}

std::vector<ProductRow> products_after(Session& session, ProductNo after, std::size_t limit) {
  std::vector<ProductRow> rows;
  Int no = 0, from = after.value, most = static_cast<Int>(limit);
  std::string document;
  soci::statement st =
      (session.sql.prepare << "SELECT product_no, document FROM product WHERE product_no > :a ORDER BY product_no LIMIT :l", use(from),
       use(most), into(no), into(document));
  st.execute();
  while (st.fetch()) rows.push_back(product_row(no, document));
  return rows;
}

std::int64_t count_products(Session& session) {
  Int count = 0;
  session.sql << "SELECT COUNT(*) FROM product", into(count);
  return count;
}

Put put_product(Session& session, const Product& product, Time now) {
  Put put;
  const auto before = find_product(session, product.code);
  std::vector<VariantRow> come_over;
  for (const auto& variant : product.variants) {
    const auto row = find_variant(session, variant.sku);
    if (!row || (before && row->product == before->no)) continue;
    if (auto taken = kept_by_owner(session, *row))
      put.taken.push_back(std::move(*taken));
    else
      come_over.push_back(*row);
  }
  if (!put.taken.empty()) return put;
  put.created = !before;
  put.changed = !before || !(before->product == product);
  if (!put.changed) {
    put.no = before->no;
    return put;
  }
  for (const auto& row : come_over) let_go(session, row, now);
  put.no = write_product(session, product, before ? before->no : ProductNo(), now);
  Int no = put.no.value;
  for (const auto& variant : product.variants) {
    std::string sku = variant.sku.text;
    session.sql << "INSERT INTO variant (sku, product_no) VALUES (:s, :p) ON CONFLICT (sku) DO UPDATE SET product_no = excluded.product_no",
        use(sku), use(no);
  }
  for (const auto& row : variants_of(session, put.no)) {
    const Variant* variant = product.find(Sku(row.sku));
    const bool sold = variant && variant->state != SaleState::ended;
    if (sold == row.on_sale) continue;
    Int of = row.no.value, on_sale = sold ? 1 : 0;
    session.sql << "UPDATE variant SET on_sale = :s WHERE variant_no = :n", use(on_sale), use(of);
    put.moved.push_back(row.no);
  }
  return put;
}

PutBundles put_bundles(Session& session, const Product& product) {
  PutBundles put;
  for (const auto& variant : product.variants) {
    const auto bundle = find_variant(session, variant.sku);
    if (!bundle) continue;
    const auto before = components_of(session, bundle->no);
    if (variant.bundle.empty() && before.empty()) continue;
    Int no = bundle->no.value;
    session.sql << "DELETE FROM component WHERE variant_no = :n", use(no);
    for (const auto& part : variant.bundle) {
      const auto component = find_variant(session, part.sku);
      if (!component) {
        put.missing.push_back(part.sku);
        continue;
      }
      Int component_no = component->no.value, quantity = part.quantity;
      session.sql
          << "INSERT INTO component (variant_no, component_no, quantity) VALUES (:b, :c, :q) ON CONFLICT (variant_no, component_no) "
             "DO UPDATE SET quantity = quantity + excluded.quantity",
          use(no), use(component_no), use(quantity);
    }
    if (components_of(session, bundle->no) != before) put.changed.push_back(bundle->no);
  }
  return put;
}

std::optional<VariantRow> find_variant(Session& session, const Sku& sku) {
  Int no = 0, product = 0, on_sale = 0;
  session.sql << "SELECT variant_no, product_no, on_sale FROM variant WHERE sku = :s", use(sku.text), into(no), into(product),
      into(on_sale);
  if (!session.sql.got_data()) return std::nullopt;
  return VariantRow{VariantNo(no), ProductNo(product), sku.text, on_sale != 0};
}

std::optional<VariantRow> get_variant(Session& session, VariantNo variant) {
  Int no = variant.value, product = 0, on_sale = 0;
  std::string sku;
  session.sql << "SELECT sku, product_no, on_sale FROM variant WHERE variant_no = :n", use(no), into(sku), into(product), into(on_sale);
  if (!session.sql.got_data()) return std::nullopt;
  return VariantRow{variant, ProductNo(product), sku, on_sale != 0};
}

std::vector<VariantRow> variants_of(Session& session, ProductNo product) {
  std::vector<VariantRow> rows;
  Int no = 0, of = product.value, on_sale = 0;
  std::string sku;
  soci::statement st = (session.sql.prepare << "SELECT variant_no, sku, on_sale FROM variant WHERE product_no = :p ORDER BY variant_no",
                        use(of), into(no), into(sku), into(on_sale));
  st.execute();
  while (st.fetch()) rows.push_back({VariantNo(no), product, sku, on_sale != 0});
  return rows;
}

std::vector<ComponentRow> components_of(Session& session, VariantNo bundle) {
  std::vector<ComponentRow> rows;
  Int no = bundle.value, component = 0, quantity = 0;
  soci::statement st = (session.sql.prepare << "SELECT component_no, quantity FROM component WHERE variant_no = :n ORDER BY component_no",
                        use(no), into(component), into(quantity));
  st.execute();
  while (st.fetch()) rows.push_back({VariantNo(component), quantity});
  return rows;
}

std::vector<VariantNo> bundles_with(Session& session, VariantNo component) {
  std::vector<VariantNo> rows;
  Int no = component.value, bundle = 0;
  soci::statement st =
      (session.sql.prepare << "SELECT variant_no FROM component WHERE component_no = :n ORDER BY variant_no", use(no), into(bundle));
  st.execute();
  while (st.fetch()) rows.push_back(VariantNo(bundle));
  return rows;
}

void put_remote(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing, const std::string& name,
                const std::string& text) {
  Int no = channel.value;
  session.sql
      << "INSERT INTO remote (channel_no, kind, thing, name, text) VALUES (:c, :k, :t, :n, :x) ON CONFLICT (channel_no, kind, thing, name) "
         "DO UPDATE SET text = excluded.text WHERE text <> excluded.text",
      use(no), use(kind), use(thing), use(name), use(text);
}

std::optional<std::string> remote_id(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing,
                                     const std::string& name) {
  Int no = channel.value;
  std::string text;
  session.sql << "SELECT text FROM remote WHERE channel_no = :c AND kind = :k AND thing = :t AND name = :n", use(no), use(kind), use(thing),
      use(name), into(text);
  if (!session.sql.got_data()) return std::nullopt;
  return text;
}

std::vector<RemoteRow> remote_ids(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing) {
  std::vector<RemoteRow> rows;
  Int no = channel.value;
  RemoteRow row;
  soci::statement st =
      (session.sql.prepare << "SELECT name, text FROM remote WHERE channel_no = :c AND kind = :k AND thing = :t ORDER BY name", use(no),
       use(kind), use(thing), into(row.name), into(row.text));
  st.execute();
  while (st.fetch()) rows.push_back(row);
  return rows;
}

std::optional<std::string> thing_with_id(Session& session, ChannelNo channel, const std::string& kind, const std::string& text) {
  Int no = channel.value;
  std::string thing, name = "@id";
  session.sql << "SELECT thing FROM remote WHERE channel_no = :c AND kind = :k AND text = :x AND name = :n ORDER BY thing LIMIT 1", use(no),
      use(kind), use(text), use(name), into(thing);
  if (!session.sql.got_data()) return std::nullopt;
  return thing;
}

void forget_remote(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing) {
  Int no = channel.value;
  session.sql << "DELETE FROM remote WHERE channel_no = :c AND kind = :k AND thing = :t", use(no), use(kind), use(thing);
}

}  // namespace tally::store
