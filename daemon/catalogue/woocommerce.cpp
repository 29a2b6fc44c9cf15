// WooCommerce's own product export: a row a product, a row a variation, which names its parent by SKU or as "id:17".
// Written as WC_Product_CSV_Exporter does: lists are separated by commas and "\," is a comma inside a part (older exports separate values
// by '|'), a line break in a description is "\n", and a cell that a spreadsheet would take for a formula has a ' before it.
#include "catalogue/cell.hpp"
#include "catalogue/formats.hpp"

#include <algorithm>

namespace tally::catalogue {

namespace {

struct Columns {
  Column id, type, sku, name, published, text, short_text, sale_from, sale_to, tax_class, stock, weight, length, width, height, sale,
      regular, categories, tags, images, parent, brand, barcode, hs_code;
  std::string weight_unit, size_unit;
  std::vector<std::pair<Column, Column>> attributes;  ///< name, values
};

/// "Weight (lbs)": the shop's unit stands in the header.
Column with_unit(const Table& table, std::string_view name, std::string& unit) {
  for (const auto& title : table.header()) {
    const auto open = title.find('('), close = title.find(')');
    if (open == std::string::npos || close == std::string::npos || close < open) continue;
    if (!same_word(trimmed(std::string_view(title).substr(0, open)), name)) continue;
    unit = unit_of(std::string_view(title).substr(open + 1, close - open - 1));
    return table.column(title);
  }
  return {};
}

Columns columns_of(const Table& table) {
  Columns at;
  at.id = table.column("ID");
  at.type = table.column("Type");
  at.sku = table.column("SKU");
  at.name = table.column("Name");
  at.published = table.column("Published");
  at.text = table.column("Description");
  at.short_text = table.column("Short description");
  at.sale_from = table.column("Date sale price starts");
  at.sale_to = table.column("Date sale price ends");
  at.tax_class = table.column("Tax class");
  at.stock = table.column("Stock");
  at.weight = with_unit(table, "Weight", at.weight_unit);
  at.length = with_unit(table, "Length", at.size_unit);
  at.width = with_unit(table, "Width", at.size_unit);
  at.height = with_unit(table, "Height", at.size_unit);
  at.sale = table.column("Sale price");
  at.regular = table.column("Regular price");
  at.categories = table.column("Categories");
  at.tags = table.column("Tags");
  at.images = table.column("Images");
  at.parent = table.column("Parent");
  at.brand = table.first_of({"Brands", "Brand"});
  at.barcode = table.first_of({"GTIN, UPC, EAN, or ISBN", "Meta: _global_unique_id"});
  at.hs_code = table.column("Meta: _hs_code");
  for (int i = 1;; ++i) {
    const std::string number = "Attribute " + std::to_string(i);
    const auto name = table.column(number + " name"), values = table.column(number + " value(s)");
    if (!name.there() || !values.there()) break;
    at.attributes.emplace_back(name, values);
  }
  return at;
}

/// Without the ' that keeps spreadsheets from calculating.
std::string_view unguarded(std::string_view text) {
  const bool guarded = text.size() > 1 && text[0] == '\'' && std::string_view("=+-@\t\r").find(text[1]) != std::string_view::npos;
  return guarded ? text.substr(1) : text;
}

std::string replaced(std::string_view text, std::string_view what, std::string_view by) {
  std::string result;
  for (std::size_t from = 0;;) {
    const auto found = text.find(what, from);
    result += text.substr(from, found - from);
    if (found == std::string_view::npos) return result;
    result += by;
    from = found + what.size();
  }
}

/// "\n" is a line break, "\\n" the two characters.
std::string description_of(std::string_view text) {
  std::string result;
  text = unguarded(text);
  for (std::size_t from = 0;;) {
    const auto escaped = text.find("\\\\n", from);
    result += replaced(text.substr(from, escaped - from), "\\n", "\n");
    if (escaped == std::string_view::npos) return result;
    result += "\\n";
    from = escaped + 3;
  }
}

/// One value of a variation: all of the cell.
std::string value_of(std::string_view text) {
  return replaced(unguarded(text), "\\,", ",");
}

std::vector<std::string> values_of(std::string_view text) {
  return split(unguarded(text), text.find('|') == std::string_view::npos ? ',' : '|');
}

enum class Kind { simple, variable, variation, other };

/// "simple, virtual": the first word that says what the row is.
Kind kind_of(std::string_view type) {
  for (const auto& word : split(type, ',')) {
    if (same_word(word, "simple")) return Kind::simple;
    if (same_word(word, "variable")) return Kind::variable;
    if (same_word(word, "variation")) return Kind::variation;
  }
  return Kind::other;
}

class Reader {
 public:
  Reader(const Table& table, Gathering& into, Meter& meter) : table_(table), at_(columns_of(table)), into_(into), meter_(meter) {}

  void read() {
    // Variations may stand before their parent: first all products, then what belongs to them.
    std::vector<const csv::Record*> variations;
    for (const auto& row : table_.rows()) {
      if (const auto bad = table_.misshapen(row); !bad.empty()) {
        into_.refuse(row.line, bad);
      } else if (kind_of(cell(row, at_.type)) == Kind::variation) {
        variations.push_back(&row);
        continue;
      } else {
        read_product(row);
      }
      meter_.step();
    }
    for (const auto* row : variations) {
      read_variation(*row);
      meter_.step();
    }
    for (auto& parent : parents_) {
      if (parent.variable) settle_options(parent);
      into_.add(std::move(parent.draft));
    }
  }

 private:
  struct Parent {
    Draft draft;
    bool variable = false;
    const csv::Record* row = nullptr;
    std::vector<Option> listed;  ///< all attributes of a variable product's row; which of them are options the variations say
  };

  void read_product(const csv::Record& row) {
    const auto kind = kind_of(cell(row, at_.type));
    if (kind == Kind::other) {
      return into_.refuse(row.line, "type '" + std::string(cell(row, at_.type)) +
                                        "': only simple and variable products and variations have a stock to sell");
    }
    Parent parent{.draft = {.product = product_of(row), .variants = {}, .line = row.line},
                  .variable = kind == Kind::variable,
                  .row = &row,
                  .listed = {}};
    if (kind == Kind::simple) {
      auto variant = variant_of(row, nullptr);
      if (!variant) return;
      parent.draft.product.code = variant->variant.sku.text;
      parent.draft.variants.push_back(std::move(*variant));
      for (auto& [name, values] : attributes_of(row)) parent.draft.product.attributes.push_back({name, values});
    } else {
      parent.listed = attributes_of(row);
      note_parent(row, parent.draft.product);
    }
    by_sku_.emplace(parent.draft.product.code, parents_.size());
    if (const auto id = cell(row, at_.id); !id.empty()) by_id_.emplace(id, parents_.size());
    parents_.push_back(std::move(parent));
  }

  /// A variable product's code, and its stock cell, which counts nothing.
  void note_parent(const csv::Record& row, Product& product) {
    product.code = normal_sku(unguarded(cell(row, at_.sku))).text;
    const auto id = cell(row, at_.id);
    if (product.code.empty() && !id.empty()) {
      product.code = "woocommerce-" + std::string(id);
      into_.correct(kind::code, "'" + product.title + "' has no SKU of its own: its code is " + product.code, row.line);
    }
    const auto stock = cell(row, at_.stock);
    if (stock.empty()) return;
    into_.correct(
        kind::parent_stock,
        "'" + product.code + "': the stock cell of a variable product (" + std::string(stock) + ") is not stock, its variations have it",
        row.line);
  }

  Product product_of(const csv::Record& row) const {
    Product product;
    product.title = unguarded(cell(row, at_.name));
    product.description = description_of(cell(row, at_.text).empty() ? cell(row, at_.short_text) : cell(row, at_.text));
    product.brand = unguarded(cell(row, at_.brand));
    const auto published = cell(row, at_.published);
    product.state = published == "-1" ? SaleState::paused : published == "0" ? SaleState::ended : SaleState::live;
    product.categories = categories_of(unguarded(cell(row, at_.categories)), ',');
    product.tags = split(unguarded(cell(row, at_.tags)), ',');
    for (const auto& url : split(cell(row, at_.images), ',')) product.images.push_back({url, {}});
    return product;
  }

  std::vector<Option> attributes_of(const csv::Record& row) const {
    std::vector<Option> attributes;
    for (const auto& [name, values] : at_.attributes) {
      const auto called = unguarded(cell(row, name));
      if (!called.empty()) attributes.push_back({std::string(called), values_of(cell(row, values))});
    }
    return attributes;
  }

  void read_variation(const csv::Record& row) {
    const auto name = cell(row, at_.parent);
    const bool by_id = name.starts_with("id:");
    const auto& index = by_id ? by_id_ : by_sku_;
    const auto found = index.find(by_id ? std::string(trimmed(name.substr(3))) : normal_sku(unguarded(name)).text);
    if (found == index.end() || !parents_[found->second].variable) {
      const std::string why = name.empty() ? "the variation names no parent"
                                           : "its parent '" + std::string(name) + "' is not among the variable products of the file";
      return into_.refuse(row.line, why);
    }
    auto& parent = parents_[found->second];
    auto variant = variant_of(row, &parent);
    if (!variant) return;
    const auto images = split(cell(row, at_.images), ',');
    for (const auto& url : images) {
      if (url == images.front()) {
        variant->variant.image = Image{url, {}};
        continue;
      }
      // WooCommerce shows one picture a variation; further ones are kept with the product's.
      auto& all = parent.draft.product.images;
      if (std::none_of(all.begin(), all.end(), [&](const Image& image) { return image.url == url; })) all.push_back({url, {}});
    }
    parent.draft.variants.push_back(std::move(*variant));
  }

  /// The sellable part of a row; nothing (and the row is refused) where it cannot be sold. What a variation leaves blank it has from its
  /// parent.
  std::optional<DraftVariant> variant_of(const csv::Record& row, const Parent* parent) {
    DraftVariant result{.variant = {}, .counted = {}, .line = row.line};
    auto& variant = result.variant;
    Understood how;
    const auto regular = price_of(cell(row, at_.regular), into_.currency(), how);
    const auto sale = price_of(cell(row, at_.sale), into_.currency(), how);
    const auto barcode = barcode_of(unguarded(cell(row, at_.barcode)));
    const auto stock = cell(row, at_.stock);
    const bool shared = same_word(stock, "parent");
    const auto refuse = [&](Objection why) {
      into_.refuse(row.line, std::move(why));
      return std::nullopt;
    };
    if (!regular) return refuse(objection("Regular price", regular.error()));
    if (!sale) return refuse(objection("Sale price", sale.error()));
    if (!*regular) return refuse({"Regular price", "blank: nothing is sold without a price"});
    if (!barcode) return refuse(objection(table_.header()[at_.barcode.place], barcode.error()));
    if (auto why = measure(row, parent, variant); !why.empty()) return refuse(std::move(why));
    if (parent != nullptr) {
      for (const auto& [name, value] : at_.attributes) {
        const auto called = unguarded(cell(row, name)), said = cell(row, value);
        if (!called.empty() && !said.empty()) variant.option_values.push_back({std::string(called), value_of(said)});
      }
      if (cell(row, at_.published) == "0") variant.state = SaleState::paused;
    }
    variant.barcode = *barcode;
    variant.hs_code = unguarded(cell(row, at_.hs_code));
    variant.tax_class = inherited(row, parent, at_.tax_class);
    const auto sku = into_.take_sku(unguarded(cell(row, at_.sku)), row.line);
    if (!sku) return {};
    variant.sku = *sku;
    settle_price(row, variant, **regular, *sale);
    into_.note_prices(how, *sku, row.line);
    if (shared) into_.correct(kind::shared_stock, "'" + sku->text + "': its stock is kept by its parent and counts nothing here", row.line);
    result.counted = into_.shelf_count(shared ? std::string_view() : stock, "Stock", *sku, row.line);
    return result;
  }

  /// A sale with dates may be over or not have begun when the file is read: the regular price stands.
  void settle_price(const csv::Record& row, Variant& variant, const Money& regular, const std::optional<Money>& sale) {
    const bool timed = sale && (!cell(row, at_.sale_from).empty() || !cell(row, at_.sale_to).empty());
    if (timed) {
      into_.correct(kind::timed_sale,
                    "'" + variant.sku.text + "': the sale price of " + sale->text() + " has dates and was left out, the regular " +
                        regular.text() + " stands",
                    row.line);
    }
    into_.set_price(variant, regular, timed ? std::nullopt : sale, row.line);
  }

  std::string_view inherited(const csv::Record& row, const Parent* parent, Column column) const {
    const auto own = cell(row, column);
    const bool blank = own.empty() || same_word(own, "parent");
    return blank && parent != nullptr ? cell(*parent->row, column) : own;
  }

  /// Weight and size. Answers why not, or empty.
  Objection measure(const csv::Record& row, const Parent* parent, Variant& variant) const {
    struct Part {
      std::string_view name;
      Column column;
      const std::string& unit;
      std::optional<Measure>& into;
    };
    for (const auto& part :
         {Part{"Weight", at_.weight, at_.weight_unit, variant.weight}, Part{"Length", at_.length, at_.size_unit, variant.length},
          Part{"Width", at_.width, at_.size_unit, variant.width}, Part{"Height", at_.height, at_.size_unit, variant.height}}) {
      auto value = measure_of(inherited(row, parent, part.column), part.unit);
      if (!value) return objection(part.name, value.error());
      part.into = *value;
    }
    return {};
  }

  /// Options are what the variations differ in, whatever the parent lists; the parent's other attributes stay attributes.
  void settle_options(Parent& parent) {
    auto& product = parent.draft.product;
    into_.settle_options(parent.draft, parent.listed);
    bool agrees = true;
    for (const auto& option : product.options) {
      const auto listed =
          std::find_if(parent.listed.begin(), parent.listed.end(), [&](const Option& one) { return one.name == option.name; });
      agrees = agrees && listed != parent.listed.end() &&
               std::is_permutation(option.values.begin(), option.values.end(), listed->values.begin(), listed->values.end());
    }
    for (const auto& one : parent.listed) {
      const bool is_option =
          std::any_of(product.options.begin(), product.options.end(), [&](const Option& option) { return option.name == one.name; });
      if (!is_option && !one.values.empty()) product.attributes.push_back({one.name, one.values});
    }
    if (agrees) return;
    std::string text;
    for (const auto& option : product.options) {
      text += (text.empty() ? "" : "; ") + option.name + ":";
      for (const auto& value : option.values) text += " " + value + (&value == &option.values.back() ? "" : ",");
    }
    const std::string why = parent.listed.empty() ? "the product names no options" : "the product's own list of options disagrees";
    into_.correct(kind::options, "'" + product.code + "': " + why + ", its variations have " + text, parent.draft.line);
  }

  const Table& table_;
  const Columns at_;
  Gathering& into_;
  Meter& meter_;
  std::vector<Parent> parents_;  ///< simple products too: the order of the file
  std::map<std::string, std::size_t, std::less<>> by_sku_, by_id_;
};

}  // namespace

bool is_woocommerce(const Table& table) {
  return table.has("Type") && table.has("SKU") && table.has("Name") && table.has("Regular price");
}

void read_woocommerce(const Table& table, Gathering& into, Meter& meter) {
  Reader(table, into, meter).read();
}

}  // namespace tally::catalogue
