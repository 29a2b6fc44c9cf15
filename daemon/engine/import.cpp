#include "engine/import.hpp"

#include "engine/orders.hpp"
#include "engine/oversell.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"

#include <algorithm>
#include <set>

namespace tally::engine {
namespace {

using store::Session;

/// One chunk while it is being taken.
struct Import {
  Session& session;
  const World& world;
  const Json& chunk;
  const Why& why;
  const StepSeen& step_seen;
  ImportReport& report;
  bool dry;
  Time now;
};

const Json::Array& list_in(const Json& chunk, std::string_view name) {
  static const Json::Array none;
  const Json* list = chunk.find(name);
  return list && list->is_array() ? list->as_array() : none;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : "; ") + text;
  return out;
}

void mark_product(const Import& import, ProductNo product) {
  for (const auto& channel : import.world.channels) {
    mark_aspect(import.session, channel->no, "content", product.value, import.why, import.now);
    for (const auto& variant : store::variants_of(import.session, product)) {
      if (store::find_offer(import.session, channel->no, variant.no))
        mark_aspect(import.session, channel->no, "price", variant.no.value, import.why, import.now);
    }
  }
}

void copy_field(Json& into, const Json& from, std::string_view field) {
  const Json* value = from.find(field);
  if (value)
    into.set(field, *value);
  else
    into.erase(field);
}

Json* variant_in(Json& product, std::string_view sku) {
  Json* variants = product.find("variants");
  if (!variants || !variants->is_array()) return nullptr;
  for (Json& variant : variants->as_array()) {
    if (variant.text_or("sku") == sku) return &variant;
  }
  return nullptr;
}

/// What the file says nothing of stays as it was: `keep` names fields of the product, and of its variants as "variants/cost".
Json with_kept(Json tree, Product before, const Json::Array& keep) {
  constexpr std::string_view of_variants = "variants/";
  Json old = to_json(before);
  for (const Json& name : keep) {
    const std::string field = name.scalar_text();
    if (!field.starts_with(of_variants)) {
      copy_field(tree, old, field);
      continue;
    }
    for (const auto& known : before.variants) {
      Json* fresh = variant_in(tree, known.sku.text);
      if (fresh) copy_field(*fresh, *variant_in(old, known.sku.text), std::string_view(field).substr(of_variants.size()));
    }
  }
  return tree;
}

/// The values that `before` has of each option in its order, those that are new behind them.
void keep_values(Product& product, const Product& before) {
  for (auto& option : product.options) {
    const auto old = std::find_if(before.options.begin(), before.options.end(), [&](const Option& o) { return o.name == option.name; });
    if (old == before.options.end()) continue;
    auto values = old->values;
    for (auto& value : option.values) {
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(std::move(value));
    }
    option.values = std::move(values);
  }
}

bool same_options(const Variant& a, const Variant& b) {
  return std::is_permutation(a.option_values.begin(), a.option_values.end(), b.option_values.begin(), b.option_values.end());
}

/// Why a variant that the file does not name cannot stand beside those that it does; empty if it can.
std::string objection_to_keeping(const Product& product, const Variant& old) {
  const std::string way_out = ": end " + old.sku.text + " first (import `sku,variant_state` with `" + old.sku.text + ",ended`)";
  const auto twin =
      std::find_if(product.variants.begin(), product.variants.end(), [&](const Variant& fresh) { return same_options(fresh, old); });
  if (twin != product.variants.end())
    return twin->sku.text + " would stand in the place of " + old.sku.text + ", which no row that was taken names" + way_out;
  const auto has = [&](const OptionValue& value) {
    return std::any_of(product.options.begin(), product.options.end(), [&](const Option& option) { return option.name == value.name; });
  };
  if (old.option_values.size() == product.options.size() && std::all_of(old.option_values.begin(), old.option_values.end(), has)) return {};
  return "the product has other options now than its " + old.sku.text + ", which no row that was taken names" + way_out;
}

/// A variant is never lost because a file has no row for it, or none that could be taken: it stays as it was, in its place. One that has
/// ended makes way where it can no longer stand. Answers why not, or empty.
std::string keep_variants(Product& product, const Product& before) {
  std::vector<Variant> all;
  bool left_out = false;
  for (const auto& old : before.variants) {
    if (const Variant* fresh = product.find(old.sku)) {
      all.push_back(*fresh);
      continue;
    }
    const auto why = objection_to_keeping(product, old);
    if (!why.empty() && old.state != SaleState::ended) return why;
    if (why.empty()) all.push_back(old);
    left_out = true;
  }
  if (!left_out) return {};
  for (const auto& fresh : product.variants) {
    if (!before.find(fresh.sku)) all.push_back(fresh);
  }
  keep_values(product, before);
  product.variants = std::move(all);
  return {};
}

/// A price from before the sale that the file did not name may be no sale beside the new price.
void settle_sales(Product& product, ImportReport& report, const Json* line) {
  for (auto& variant : product.variants) {
    if (!variant.price || !variant.compare_at || variant.compare_at->minor > variant.price->minor) continue;
    report.corrected.push_back(
        Json::object({{"line", line ? *line : Json()},
                      {"kind", "sale_price"},
                      {"what", "'" + variant.sku.text + "': the new price of " + variant.price->text() +
                                   " is not below the one to compare with, " + variant.compare_at->text() + ": the sale is over"}}));
    variant.compare_at.reset();
  }
}

/// Which product has the SKU, and how it comes free.
std::string owner_in_words(const store::Taken& taken) {
  const std::string text = "the SKU " + taken.sku.text + " belongs to product '" + taken.code + "'";
  if (taken.on_sale) return text + ": end it there first (import `sku,variant_state` with `" + taken.sku.text + ",ended`)";
  return text + ", where it has ended and with which it is still listed: give this one a SKU of its own";
}

/// False when it was refused or is as it was.
bool put(const Import& import, const Product& product, const Json* line, const std::string& thing) {
  auto& report = import.report;
  if (const auto faults = faults_of(product); !faults.empty()) {
    report.refuse(thing, joined(faults), line);
    return false;
  }
  const auto put = store::put_product(import.session, product, import.now);
  if (!put.taken.empty()) {
    report.refuse(thing, owner_in_words(put.taken.front()), line, "sku");
    return false;
  }
  if (!put.changed) {
    ++report.unchanged;
    return false;
  }
  ++(put.created ? report.created : report.updated);
  mark_product(import, put.no);
  mark_stock(import.session, import.world, {put.moved.begin(), put.moved.end()}, import.why, import.now);
  store::journal(import.session,
                 {0, import.now, put.created ? "product.created" : "product.changed", import.why.cause, ChannelNo(0), product.code, "{}"});
  return true;
}

bool is_bundle(const Variant& variant) {
  return !variant.bundle.empty();
}

/// SKUs that the chunk gives to bundles.
std::set<Sku> bundles_in(const Json& chunk) {
  std::set<Sku> skus;
  for (const auto& tree : list_in(chunk, "products")) {
    const auto product = product_from_json(tree);
    if (!product) continue;
    for (const auto& variant : product->variants) {
      if (is_bundle(variant)) skus.insert(variant.sku);
    }
  }
  return skus;
}

/// Takes the products of a chunk in an order in which a bundle finds its parts, wherever they stand.
class Products {
 public:
  explicit Products(const Import& import) : import_(import), bundles_(bundles_in(import.chunk)) {
    for (const auto& sku : list_in(import.chunk, "known")) known_.insert(Sku(sku.scalar_text()));
  }

  void take() {
    std::vector<const Json*> waiting;
    for (const auto& tree : list_in(import_.chunk, "products")) waiting.push_back(&tree);
    // Each round takes those whose parts the rounds before have written. What is left then names a part that there is not.
    for (std::size_t before = waiting.size() + 1; waiting.size() < before;) {
      before = waiting.size();
      std::erase_if(waiting, [&](const Json* tree) {
        if (waits(*tree)) return false;
        take(*tree);
        return true;
      });
    }
    for (const auto* tree : waiting) take(*tree);
  }

 private:
  bool is_there(const Product& product, const Sku& sku) const {
    return product.find(sku) || known_.contains(sku) || store::find_variant(import_.session, sku);
  }

  bool waits(const Json& tree) const {
    const auto product = product_from_json(tree);
    if (!product) return false;
    for (const auto& variant : product->variants) {
      for (const auto& part : variant.bundle) {
        if (!is_there(*product, part.sku)) return true;
      }
    }
    return false;
  }

  /// Why the variant cannot be this bundle; empty if it can, or is none.
  std::string objection_to(const Product& product, const Variant& variant) const {
    for (const auto& part : variant.bundle) {
      if (part.sku == variant.sku) return "it is a bundle of itself";
      const auto row = store::find_variant(import_.session, part.sku);
      if (bundles_.contains(part.sku) || (row && !store::components_of(import_.session, row->no).empty()))
        return "its part " + part.sku.text + " is a bundle itself: name the SKUs that " + part.sku.text + " is made of";
      if (!is_there(product, part.sku))
        return "its bundle names the SKU " + part.sku.text + ", which is not in the catalogue: import that first, or with it";
    }
    const auto row = is_bundle(variant) ? store::find_variant(import_.session, variant.sku) : std::nullopt;
    const auto whole = row ? store::bundles_with(import_.session, row->no) : std::vector<VariantNo>();
    if (whole.empty()) return {};
    return "it is a part of the bundle " + store::get_variant(import_.session, whole.front())->sku + ", and no bundle itself";
  }

  /// A row with a bundle that cannot be is left out by itself.
  void drop_bundles(Product& product, const Json& tree) {
    const Product whole = product;
    std::erase_if(product.variants, [&](const Variant& variant) {
      const auto why = objection_to(whole, variant);
      if (why.empty()) return false;
      const Json* line = line_of(tree, variant.sku);
      import_.report.refuse(variant.sku.text, why, line, "bundle");
      return true;
    });
  }

  static const Json* line_of(const Json& tree, const Sku& sku) {
    for (const auto& variant : list_in(tree, "variants")) {
      const Json* line = variant.is_object() && variant.text_or("sku") == sku.text ? variant.find("@line") : nullptr;
      if (line) return line;
    }
    return tree.find("@line");
  }

  void take(const Json& tree) {
    const std::string code = tree.is_object() ? tree.text_or("code") : "";
    const Json* line = tree.find("@line");
    const auto before = store::find_product(import_.session, code);
    auto product = product_from_json(before ? with_kept(tree, before->product, list_in(import_.chunk, "keep")) : tree);
    if (!product) return import_.report.refuse(code, product.error().text(), line);
    drop_bundles(*product, tree);
    if (product->variants.empty()) return;
    if (before) {
      settle_sales(*product, import_.report, line);
      if (const auto why = keep_variants(*product, before->product); !why.empty()) return import_.report.refuse(code, why, line);
    }
    const auto refused = import_.report.refused.as_array().size();
    const bool changed = put(import_, *product, line, code);
    if (import_.report.refused.as_array().size() > refused) return;
    const auto bundles = store::put_bundles(import_.session, *product);
    mark_stock(import_.session, import_.world, {bundles.changed.begin(), bundles.changed.end()}, import_.why, import_.now);
    for (const auto& missing : bundles.missing) {
      if (!known_.contains(missing)) import_.report.refuse(code, "its bundle names the unknown SKU " + missing.text, line, "bundle");
    }
    if (before) tell_kept(before->product, tree);
    if (!changed || import_.dry) return;
    for (const auto& variant : product->variants) resolve_waiting(import_.session, import_.world, variant.sku.text, import_.step_seen);
  }

  void tell_kept(const Product& before, const Json& tree) {
    for (const auto& old : before.variants) {
      const auto& named = list_in(tree, "variants");
      const bool is_named = std::any_of(named.begin(), named.end(), [&](const Json& one) { return one.text_or("sku") == old.sku.text; });
      if (!is_named && old.state != SaleState::ended)
        import_.report.kept.push_back(Json::object({{"sku", old.sku.text}, {"code", before.code}}));
    }
  }

  const Import& import_;
  const std::set<Sku> bundles_;
  std::set<Sku> known_;  ///< of the same file: a dry run has not written the chunks before this one
};

std::string location_of(const World& world, const Json& row) {
  return row.text_or("location", world.config.locations.empty() ? "main" : world.config.locations.front().name);
}

/// Why the count of this row cannot be taken, and the column that says so; empty if it can, or if the row counts nothing.
struct Objection {
  std::string column, why;
};

Objection objection_to_count(const Import& import, const Json& row, VariantNo variant) {
  const Json* counted = row.find("counted");
  if (!counted || counted->is_null() || (counted->is_string() && counted->as_string().empty())) return {};  // blank is never zero
  const auto quantity = counted->integer();
  if (!quantity) return {"stock", "the stock is no whole number"};
  if (*quantity < 0 || *quantity > most_units) return {"stock", "the stock must be between 0 and " + std::to_string(most_units)};
  const std::string name = location_of(import.world, row);
  const auto& locations = import.world.config.locations;
  const auto location = std::find_if(locations.begin(), locations.end(), [&](const auto& l) { return l.name == name; });
  if (location == locations.end()) return {"location", "there is no location '" + name + "'"};
  if (!location->held_by.empty()) return {"location", "what lies at '" + name + "' is held by " + location->held_by + "'s platform"};
  if (!store::components_of(import.session, variant).empty()) return {"stock", "a bundle has no stock of its own, its components have"};
  return {};
}

/// True when the ledger moved. The row is one to which there is no objection.
bool take_count(const Import& import, const Json& row, VariantNo variant) {
  const Json* counted = row.find("counted");
  const auto quantity = counted ? counted->integer() : Result<std::int64_t>(error(Fault::invalid, "no count"));
  if (!quantity) return false;
  const std::string name = location_of(import.world, row);
  const auto location = store::open_location(import.session, name);
  const auto before = store::stock_at(import.session, variant, location);
  const std::string cause = import.why.cause + ":" + name;
  if (!append_count(import.session, variant, location, *quantity, import.now, cause, "imported", import.now)) return false;
  if (before)
    record_shortage(import.session, import.world, variant, location, before->sum.on_hand - before->sum.reserved, cause, import.now);
  ++import.report.counted;
  mark_stock(import.session, import.world, {variant}, import.why, import.now);
  return true;
}

void import_count(const Import& import, const Json& row) {
  const std::string sku = row.text_or("sku");
  const auto variant = store::find_variant(import.session, normal_sku(sku));
  if (!variant) return import.report.refuse(sku, "stock of an unknown SKU", row.find("line"), "sku");
  if (const auto objection = objection_to_count(import, row, variant->no); !objection.why.empty())
    return import.report.refuse(sku, objection.why, row.find("line"), objection.column);
  take_count(import, row, variant->no);
}

/// The product as it is with the row's fields set; what a row may not set, `product_from_json` or `faults_of` refuses.
Result<Product> changed(const Product& product, const std::string& sku, const Json& values) {
  Json tree = to_json(product);
  Json* variant = variant_in(tree, sku);
  if (!variant) return error(Fault::invalid, "it is no longer a variant of product '" + product.code + "'");
  for (const auto& [field, value] : values.as_object()) {
    if (field == "sku" || field == "bundle" || field == "option_values")
      return error(Fault::invalid, "`" + field + "` is not changed by an update");
    if (value.is_null())
      variant->erase(field);
    else
      variant->set(field, value);
  }
  return product_from_json(tree);
}

/// One row of an update by SKU: all of it or nothing.
void import_change(const Import& import, const Json& row) {
  const std::string sku = normal_sku(row.text_or("sku")).text, code = row.text_or("code");
  const Json *line = row.find("line"), *values = row.find("set");
  const auto refuse = [&](const std::string& why, const std::string& column) { import.report.refuse(sku, why, line, column); };
  const auto variant = store::find_variant(import.session, Sku(sku));
  const auto before = variant ? store::get_product(import.session, variant->product) : std::nullopt;
  if (!before) return refuse("there is no variant with the SKU '" + sku + "', and an update makes none", "sku");
  if (!code.empty() && code != before->product.code)
    return refuse("'" + sku + "' is a variant of product '" + before->product.code + "', not of '" + code + "'", "code");
  if (const auto objection = objection_to_count(import, row, variant->no); !objection.why.empty())
    return refuse(objection.why, objection.column);
  const std::int64_t updated = import.report.updated, unchanged = import.report.unchanged;
  if (values && values->is_object() && !values->empty()) {
    auto product = changed(before->product, sku, *values);
    if (!product) return refuse(product.error().text(), {});
    settle_sales(*product, import.report, line);
    if (!put(import, *product, line, sku) && import.report.unchanged == unchanged) return;
  }
  // Counted by rows: a variant of which only the stock moved was updated as well.
  const bool moved = take_count(import, row, variant->no);
  const bool any = moved || import.report.updated > updated;
  import.report.updated = updated + (any ? 1 : 0);
  import.report.unchanged = unchanged + (any ? 0 : 1);
}

}  // namespace

void ImportReport::refuse(const std::string& thing, const std::string& why, const Json* line, const std::string& column) {
  Json entry = Json::object({{"thing", thing}, {"why", why}});
  if (line) entry.set("line", *line);
  if (!column.empty()) entry.set("column", column);
  refused.push_back(std::move(entry));
}

Json ImportReport::json() const {
  return Json::object({{"created", created},
                       {"updated", updated},
                       {"unchanged", unchanged},
                       {"counted", counted},
                       {"refused", refused},
                       {"corrected", corrected},
                       {"kept", kept}});
}

Result<void> check_chunk(const Json& chunk) {
  for (const auto* name : {"products", "stock", "changes", "keep", "known"}) {
    const Json* list = chunk.find(name);
    if (list && !list->is_array()) return error(Fault::invalid, "`" + std::string(name) + "` is a list", "import");
  }
  return {};
}

ImportReport take_chunk(Session& session, const World& world, const Json& chunk, const Why& why, const StepSeen& step_seen) {
  ImportReport report;
  const Import import{session, world, chunk, why, step_seen, report, chunk.bool_or("dry_run"), world.clock.now()};
  Products(import).take();
  for (const auto& row : list_in(chunk, "stock")) import_count(import, row);
  for (const auto& row : list_in(chunk, "changes")) import_change(import, row);
  return report;
}

}  // namespace tally::engine
