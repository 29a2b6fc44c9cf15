// Channels, locations, products, variants, bundles, and the remote ids of all things.
// Functions throw soci_error, which Database turns into Fault::io.
#pragma once

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "model/product.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

struct ChannelRow {
  ChannelNo no;
  std::string name;
  bool released = false;
  std::string paused;  ///< why nothing is tried; empty: it runs
  std::int64_t applied_through = 0;
  std::string account = {};  ///< on its platform, in words; empty: nobody said yet
};

/// The row of that name, made if there is none.
ChannelRow open_channel(Session& session, const std::string& name);
std::vector<ChannelRow> all_channels(Session& session);
void set_released(Session& session, ChannelNo channel, bool released);
void set_paused(Session& session, ChannelNo channel, const std::string& why);
void set_account(Session& session, ChannelNo channel, const std::string& account);
/// Whether anything was ever bound, listed or bought there.
bool has_history(Session& session, ChannelNo channel);

LocationNo open_location(Session& session, const std::string& name);
std::string location_name(Session& session, LocationNo location);

struct ProductRow {
  ProductNo no;
  Product product;
};

struct VariantRow {
  VariantNo no;
  ProductNo product;
  std::string sku;
  bool on_sale = true;  ///< false: ended in the catalogue, or no longer in its product; its number is 0 where it is listed
};

std::optional<ProductRow> find_product(Session& session, const std::string& code);
std::optional<ProductRow> get_product(Session& session, ProductNo no);
/// In order of their numbers, after `after`, at most `limit`.
std::vector<ProductRow> products_after(Session& session, ProductNo after, std::size_t limit);
std::int64_t count_products(Session& session);

/// A SKU that another product has and does not let go: it is on sale there, or listed on a channel.
struct Taken {
  Sku sku;
  std::string code;     ///< of the product that has it
  bool on_sale = true;  ///< false: it has ended there, and is still listed
};

/// Creates or replaces; variants keep their numbers by SKU. A SKU that has ended elsewhere and is listed nowhere comes over from there.
struct Put {
  ProductNo no;
  bool created = false;
  bool changed = false;
  std::vector<Taken> taken;      ///< not empty: nothing was written
  std::vector<VariantNo> moved;  ///< those that went on sale or ended: their number is another
};
Put put_product(Session& session, const Product& product, Time now);
/// Writes the components of the product's bundles.
struct PutBundles {
  std::vector<Sku> missing;        ///< components that do not exist
  std::vector<VariantNo> changed;  ///< bundles that are made of something else now: their number is another
};
PutBundles put_bundles(Session& session, const Product& product);

std::optional<VariantRow> find_variant(Session& session, const Sku& sku);
std::optional<VariantRow> get_variant(Session& session, VariantNo no);
std::vector<VariantRow> variants_of(Session& session, ProductNo product);

struct ComponentRow {
  VariantNo variant;
  Quantity quantity = 1;
  bool operator==(const ComponentRow&) const = default;
};
std::vector<ComponentRow> components_of(Session& session, VariantNo bundle);
std::vector<VariantNo> bundles_with(Session& session, VariantNo component);

/// Remote ids. `kind`: product, variant, category, image, option; `thing`: the row number as text, or the thing's own key.
void put_remote(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing, const std::string& name,
                const std::string& text);
std::optional<std::string> remote_id(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing,
                                     const std::string& name);
struct RemoteRow {
  std::string name, text;
};
std::vector<RemoteRow> remote_ids(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing);
/// Which thing has this id there.
std::optional<std::string> thing_with_id(Session& session, ChannelNo channel, const std::string& kind, const std::string& text);
void forget_remote(Session& session, ChannelNo channel, const std::string& kind, const std::string& thing);

}  // namespace tally::store
