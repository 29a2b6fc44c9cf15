#include "engine/import.hpp"

#include "engine/orders.hpp"
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

/// False when it was refused or is as it was.
bool put(const Import& import, const Product& product, const Json* line, const std::string& thing) {
  auto& report = import.report;
  if (const auto faults = faults_of(product); !faults.empty()) {
    report.refuse(thing, joined(faults), line);
    return false;
  }
  const auto put = store::put_product(import.session, product, import.now);
  if (!put.taken.empty()) {
    report.refuse(thing, "the SKU " + put.taken.front().text + " belongs to another product", line, "sku");
    return false;
  }
  if (!put.changed) {
    ++report.unchanged;
    return false;
  }
  ++(put.created ? report.created : report.updated);
  mark_product(import, put.no);
  store::journal(import.session,
                 {0, import.now, put.created ? "product.created" : "product.changed", import.why.cause, ChannelNo(0), product.code, "{}"});
  return true;
}

void import_product(const Import& import, const Json& tree) {
  const std::string code = tree.is_object() ? tree.text_or("code") : "";
  const Json* line = tree.find("@line");
  const auto& keep = list_in(import.chunk, "keep");
  const auto before = keep.empty() ? std::nullopt : store::find_product(import.session, code);
  auto product = product_from_json(before ? with_kept(tree, before->product, keep) : tree);
  if (!product) return import.report.refuse(code, product.error().text(), line);
  if (before) settle_sales(*product, import.report, line);
  if (!put(import, *product, line, code) || import.dry) return;
  for (const auto& variant : product->variants) resolve_waiting(import.session, import.world, variant.sku.text, import.step_seen);
}

/// Bundles are written after all products of the chunk, so that their components may come later in the file.
void import_bundles(const Import& import) {
  std::set<std::string> known;  // of the same file: a dry run has not written the chunks before this one
  for (const auto& sku : list_in(import.chunk, "known")) known.insert(sku.scalar_text());
  for (const auto& tree : list_in(import.chunk, "products")) {
    const auto product = product_from_json(tree);
    const auto stored = product ? store::find_product(import.session, product->code) : std::nullopt;
    if (!stored) continue;
    for (const auto& missing : store::put_bundles(import.session, stored->product)) {
      if (!known.contains(missing.text))
        import.report.refuse(product->code, "its bundle names the unknown SKU " + missing.text, tree.find("@line"), "bundle");
    }
  }
}

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
  if (!append_count(import.session, variant, location, *quantity, import.now, import.why.cause + ":" + name, "imported", import.now))
    return false;
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
                       {"corrected", corrected}});
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
  for (const auto& tree : list_in(chunk, "products")) import_product(import, tree);
  import_bundles(import);
  for (const auto& row : list_in(chunk, "stock")) import_count(import, row);
  for (const auto& row : list_in(chunk, "changes")) import_change(import, row);
  return report;
}

}  // namespace tally::engine
