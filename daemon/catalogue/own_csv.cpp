// Our own CSV (README.md has the columns): a row a variant; rows with one code are one product, whose own cells stand in any of its rows.
#include "catalogue/cell.hpp"
#include "catalogue/formats.hpp"
#include "catalogue/own_cells.hpp"

#include <algorithm>

namespace tally::catalogue {

namespace {

constexpr std::string_view option_prefix = "option:";
constexpr std::string_view attribute_prefix = "attribute:";

std::vector<std::string> known_columns() {
  std::vector<std::string> names{"code", "title", "image_alt", "sku", "price", "currency", "stock", "location"};
  for (const auto* columns : {&product_columns(), &variant_columns()}) {
    for (const auto& column : *columns) names.emplace_back(column.name);
  }
  return names;
}

/// "TEE-S*2 | MUG": one of the second.
Result<std::vector<Component>> bundle_of(std::string_view text) {
  std::vector<Component> bundle;
  for (const auto& part : split(text, '|')) {
    const auto times = part.rfind('*');
    Component component{.sku = normal_sku(part.substr(0, times))};
    if (times != std::string::npos) {
      const auto number = count_of(part.substr(times + 1));
      if (!number || !*number || **number < 1) return error(Fault::invalid, "'" + part + "': write it like SKU*2");
      component.quantity = **number;
    }
    if (component.sku.empty()) return error(Fault::invalid, "'" + part + "' names no SKU");
    bundle.push_back(std::move(component));
  }
  return bundle;
}

class Reader {
 public:
  Reader(const Table& table, Gathering& into, Meter& meter) : table_(table), into_(into), meter_(meter) {
    for (const auto& name : table.header()) {
      if (lower(name).starts_with(option_prefix)) options_.emplace_back(name.substr(option_prefix.size()), table.column(name));
      if (lower(name).starts_with(attribute_prefix)) attributes_.emplace_back(name.substr(attribute_prefix.size()), table.column(name));
    }
  }

  void read() {
    for (const auto& row : table_.rows()) {
      Objection why{{}, table_.misshapen(row)};
      if (why.empty()) why = read_row(row);
      if (!why.empty()) into_.refuse(row.line, std::move(why));
      meter_.step();
    }
    for (auto& draft : drafts_) {
      if (draft.variants.empty()) continue;  // each of its rows was refused
      into_.settle_options(draft, {});
      into_.add(std::move(draft));
    }
  }

 private:
  std::string_view at(const csv::Record& row, std::string_view name) const { return cell(row, table_.column(name)); }

  /// Answers why not, or empty (then the row is in, or was refused for its SKU).
  Objection read_row(const csv::Record& row) {
    const std::string code(at(row, "code"));
    if (code.empty()) return {"code", "blank: it says which product the row belongs to"};
    Product product;
    if (auto why = read_product(row, product); !why.empty()) return why;
    product.code = code;
    const auto [known, fresh] = by_code_.emplace(code, drafts_.size());
    if (fresh)
      drafts_.push_back({.product = std::move(product), .variants = {}, .line = row.line});
    else if (auto why = contradiction(drafts_[known->second], product); !why.empty())
      return why;
    else
      fill_in(drafts_[known->second].product, product);  // also where its variant is refused: the others are sold under the same title
    DraftVariant variant{.variant = {}, .counted = {}, .line = row.line};
    Understood how;
    if (auto why = read_variant(row, variant, how); !why.empty()) return why;
    const auto sku = into_.take_sku(at(row, "sku"), row.line);
    if (!sku) return {};
    variant.variant.sku = *sku;
    into_.settle_compare_at(variant.variant, row.line);
    into_.note_prices(how, *sku, row.line);
    variant.counted = into_.shelf_count(at(row, "stock"), "stock", *sku, row.line);
    auto& draft = drafts_[known->second];
    if (draft.variants.empty()) draft.line = row.line;
    draft.variants.push_back(std::move(variant));
    return {};
  }

  Objection read_product(const csv::Record& row, Product& product) const {
    product.title = at(row, "title");
    product.description = at(row, "description");
    product.brand = at(row, "brand");
    product.categories = categories_of(at(row, "category"), '|');
    product.tags = split(at(row, "tags"), '|');
    const auto alts = split(at(row, "image_alt"), '|');
    for (const auto& url : split(at(row, "image"), '|')) {
      const auto place = product.images.size();
      product.images.push_back({url, place < alts.size() ? alts[place] : std::string()});
    }
    for (const auto& [name, column] : attributes_) {
      if (auto values = split(cell(row, column), '|'); !values.empty()) product.attributes.push_back({name, std::move(values)});
    }
    const auto state = state_named(at(row, "state"));
    if (!state) return {"state", "'" + std::string(at(row, "state")) + "': live, paused or ended"};
    product.state = *state;
    return {};
  }

  /// A later row may leave the product's cells blank; what it says must be what an earlier one said.
  static Objection contradiction(const Draft& draft, const Product& again) {
    const auto& product = draft.product;
    const auto differs = [](const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && a != b; };
    const std::string than = " is not that of line " + std::to_string(draft.line) + ", which has the same code";
    if (differs(product.title, again.title)) return {"title", "'" + again.title + "'" + than};
    if (differs(product.brand, again.brand)) return {"brand", "'" + again.brand + "'" + than};
    if (differs(product.description, again.description)) return {"description", "it" + than};
    return {};
  }

  static void fill_in(Product& product, Product& again) {
    if (product.title.empty()) product.title = std::move(again.title);
    if (product.brand.empty()) product.brand = std::move(again.brand);
    if (product.description.empty()) product.description = std::move(again.description);
    if (product.categories.empty()) product.categories = std::move(again.categories);
    if (product.tags.empty()) product.tags = std::move(again.tags);
    if (product.attributes.empty()) product.attributes = std::move(again.attributes);
    if (product.state == SaleState::live) product.state = again.state;
    for (auto& image : again.images) {
      const bool known = std::any_of(product.images.begin(), product.images.end(), [&](const Image& one) { return one.url == image.url; });
      if (!known) product.images.push_back(std::move(image));
    }
  }

  Objection read_variant(const csv::Record& row, DraftVariant& into, Understood& how) const {
    auto& variant = into.variant;
    for (const auto& [name, column] : options_) {
      if (const auto value = cell(row, column); !value.empty()) variant.option_values.push_back({name, std::string(value)});
    }
    if (auto why = read_variant_cells(table_, row, into_.currency(), variant, how); !why.empty()) return why;
    if (!variant.price) return {"price", "blank: nothing is sold without a price"};
    auto bundle = bundle_of(at(row, "bundle"));
    if (!bundle) return objection("bundle", bundle.error());
    variant.bundle = std::move(*bundle);
    if (!variant.bundle.empty() && !at(row, "stock").empty())
      return {"stock", "a bundle has no stock of its own, its components have: leave the cell blank"};
    into.location = at(row, "location");
    return {};
  }

  const Table& table_;
  Gathering& into_;
  Meter& meter_;
  std::vector<std::pair<std::string, Column>> options_, attributes_;
  std::vector<Draft> drafts_;
  std::map<std::string, std::size_t> by_code_;
};

/// The fields that the file says nothing of, in any row.
std::vector<std::string> unsaid(const Table& table) {
  std::vector<std::string> fields;
  for (const auto& column : product_columns()) {
    if (table.is_blank(table.column(column.name))) fields.emplace_back(column.field);
  }
  for (const auto& column : variant_columns()) {
    if (table.is_blank(table.column(column.name))) fields.push_back("variants/" + std::string(column.field));
  }
  const bool attributes = std::any_of(table.header().begin(), table.header().end(), [&](const std::string& name) {
    return lower(name).starts_with(attribute_prefix) && !table.is_blank(table.column(name));
  });
  if (!attributes) fields.emplace_back("attributes");
  return fields;
}

}  // namespace

bool is_own(const Table& table) {
  return table.has("code") && table.has("title") && table.has("sku") && table.has("price");
}

Result<void> read_own_csv(const Table& table, const std::string& file, Gathering& into, Imported& imported, Meter& meter) {
  if (auto known = check_columns(table, file, known_columns(), {option_prefix, attribute_prefix}); !known) return known.error();
  imported.kept = unsaid(table);
  Reader(table, into, meter).read();
  return {};
}

}  // namespace tally::catalogue
