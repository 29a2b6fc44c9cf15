// Our own CSV (README.md has the columns): a row a variant; rows with one code are one product, whose own cells stand in any of its rows.
#include "base/complaint.hpp"
#include "catalogue/cell.hpp"
#include "catalogue/formats.hpp"

#include <algorithm>

namespace tally::catalogue {

namespace {

constexpr std::string_view option_prefix = "option:";
constexpr std::string_view attribute_prefix = "attribute:";

const std::vector<std::string>& known_columns() {
  static const std::vector<std::string> names{"code",   "title",     "description",   "brand",   "category",      "tags",   "state",
                                              "image",  "image_alt", "sku",           "barcode", "variant_image", "price",  "compare_at",
                                              "cost",   "currency",  "weight",        "length",  "width",         "height", "hs_code",
                                              "origin", "tax_class", "variant_state", "bundle",  "stock"};
  return names;
}

std::optional<SaleState> state_named(std::string_view text) {
  if (text.empty() || same_word(text, "live")) return SaleState::live;
  if (same_word(text, "paused")) return SaleState::paused;
  if (same_word(text, "ended")) return SaleState::ended;
  return {};
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
      const auto why = table_.misshapen(row);
      if (const auto refusal = why.empty() ? read_row(row) : why; !refusal.empty()) into_.refuse(row.line, refusal);
      meter_.step();
    }
    for (auto& draft : drafts_) {
      into_.settle_options(draft, {});
      into_.add(std::move(draft));
    }
  }

 private:
  std::string_view at(const csv::Record& row, std::string_view name) const { return cell(row, table_.column(name)); }

  /// Answers why not, or empty (then the row is in, or was refused for its SKU).
  std::string read_row(const csv::Record& row) {
    const std::string code(at(row, "code"));
    if (code.empty()) return "code: blank: it says which product the row belongs to";
    Product product;
    if (const auto why = read_product(row, product); !why.empty()) return why;
    product.code = code;
    const auto known = by_code_.find(code);
    if (known != by_code_.end()) {
      if (const auto why = contradiction(drafts_[known->second], product); !why.empty()) return why;
    }
    DraftVariant variant{.variant = {}, .counted = {}, .line = row.line};
    if (const auto why = read_variant(row, variant); !why.empty()) return why;
    const auto sku = into_.take_sku(at(row, "sku"), row.line);
    if (!sku) return {};
    variant.variant.sku = *sku;
    settle(row, variant);
    if (known == by_code_.end()) {
      by_code_.emplace(code, drafts_.size());
      drafts_.push_back({.product = std::move(product), .variants = {}, .line = row.line});
      drafts_.back().variants.push_back(std::move(variant));
    } else {
      auto& draft = drafts_[known->second];
      fill_in(draft.product, product);
      draft.variants.push_back(std::move(variant));
    }
    return {};
  }

  std::string read_product(const csv::Record& row, Product& product) const {
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
    if (!state) return "state: '" + std::string(at(row, "state")) + "': live, paused or ended";
    product.state = *state;
    return {};
  }

  /// A later row may leave the product's cells blank; what it says must be what an earlier one said.
  static std::string contradiction(const Draft& draft, const Product& again) {
    const auto& product = draft.product;
    const auto differs = [](const std::string& a, const std::string& b) { return !a.empty() && !b.empty() && a != b; };
    const std::string than = " is not that of line " + std::to_string(draft.line) + ", which has the same code";
    if (differs(product.title, again.title)) return "title: '" + again.title + "'" + than;
    if (differs(product.brand, again.brand)) return "brand: '" + again.brand + "'" + than;
    if (differs(product.description, again.description)) return "description: it" + than;
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

  std::string read_variant(const csv::Record& row, DraftVariant& into) const {
    auto& variant = into.variant;
    for (const auto& [name, column] : options_) {
      if (const auto value = cell(row, column); !value.empty()) variant.option_values.push_back({name, std::string(value)});
    }
    const auto currency = at(row, "currency");
    if (!currency.empty() && !same_word(currency, into_.currency().code)) {
      return "currency: prices in " + std::string(currency) + ", the catalogue is kept in " + into_.currency().code;
    }
    if (const auto why = read_measures(row, variant); !why.empty()) return why;
    const auto state = state_named(at(row, "variant_state"));
    if (!state) return "variant_state: '" + std::string(at(row, "variant_state")) + "': live, paused or ended";
    variant.state = *state;
    auto bundle = bundle_of(at(row, "bundle"));
    if (!bundle) return "bundle: " + bundle.error().what;
    variant.bundle = std::move(*bundle);
    bool rounded = false;
    const auto cost = price_of(at(row, "cost"), into_.currency(), rounded);
    if (!cost) return "cost: " + cost.error().what;
    variant.cost = *cost;
    const auto price = price_of(at(row, "price"), into_.currency(), rounded);
    if (!price) return "price: " + price.error().what;
    if (!*price) return "price: blank: nothing is sold without a price";
    variant.price = *price;
    const auto compare_at = price_of(at(row, "compare_at"), into_.currency(), rounded);
    if (!compare_at) return "compare_at: " + compare_at.error().what;
    variant.compare_at = *compare_at;
    if (rounded) return "a price has more digits than " + into_.currency().code + " has";
    const auto counted = count_of(at(row, "stock"));
    if (!counted) return "stock: " + counted.error().what;
    if (*counted && !variant.bundle.empty()) return "stock: a bundle has no stock of its own, its components have: leave the cell blank";
    into.counted = *counted;
    return {};
  }

  std::string read_measures(const csv::Record& row, Variant& variant) const {
    for (auto [name, measure] :
         {std::pair{"weight", &variant.weight}, {"length", &variant.length}, {"width", &variant.width}, {"height", &variant.height}}) {
      auto value = measure_of(at(row, name), "");
      if (!value)
        return std::string(name) + ": " + value.error().what + (value.error().todo.empty() ? "" : " (" + value.error().todo + ")");
      *measure = *value;
    }
    return {};
  }

  void settle(const csv::Record& row, DraftVariant& one) {
    auto& variant = one.variant;
    variant.barcode = at(row, "barcode");
    variant.hs_code = at(row, "hs_code");
    variant.origin = at(row, "origin");
    variant.tax_class = at(row, "tax_class");
    if (const auto url = at(row, "variant_image"); !url.empty()) variant.image = Image{std::string(url), {}};
    if (variant.compare_at) {
      const auto price = *variant.price, before = *variant.compare_at;
      variant.compare_at.reset();
      if (before.minor > price.minor) {
        into_.set_price(variant, before, price, row.line);
      } else {
        into_.correct(kind::sale_price,
                      "'" + variant.sku.text + "': the price of " + price.text() + " is not below the one to compare with, " +
                          before.text() + ", and is no sale",
                      row.line);
      }
    }
    one.counted = into_.shelf_count(one.counted, variant.sku.text, row.line);
  }

  const Table& table_;
  Gathering& into_;
  Meter& meter_;
  std::vector<std::pair<std::string, Column>> options_, attributes_;
  std::vector<Draft> drafts_;
  std::map<std::string, std::size_t> by_code_;
};

}  // namespace

bool is_own(const Table& table) {
  return table.has("code") && table.has("sku") && table.has("price");
}

Result<void> read_own_csv(const Table& table, const std::string& file, Gathering& into, Meter& meter) {
  for (const auto& name : table.header()) {
    const auto word = lower(name);
    const bool prefixed = (word.starts_with(option_prefix) && word.size() > option_prefix.size()) ||
                          (word.starts_with(attribute_prefix) && word.size() > attribute_prefix.size());
    const auto& known = known_columns();
    if (prefixed || std::find(known.begin(), known.end(), word) != known.end()) continue;
    const auto hint = did_you_mean(word, known);
    return error(Fault::invalid, name.empty() ? "a column without a name" : "unknown column '" + name + "'",
                 file + ":" + std::to_string(table.header_line()),
                 hint.empty() ? "name it option:NAME or attribute:NAME, or take it out" : hint);
  }
  Reader(table, into, meter).read();
  return {};
}

}  // namespace tally::catalogue
