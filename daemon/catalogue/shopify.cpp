// Shopify's product export: rows with one handle are one product; the first has the product's own cells, each may have a variant, a
// picture, or both. The names of the columns are those of the export and those of the newer template.
#include "catalogue/cell.hpp"
#include "catalogue/formats.hpp"

#include <algorithm>
#include <array>

namespace tally::catalogue {

namespace {

struct Columns {
  Column handle, title, body, vendor, category, type, tags, published, status, sku, barcode, grams, tracker, quantity, price, compare_at,
      cost, image, image_alt, variant_image, tax_code, hs_code, origin;
  std::array<std::pair<Column, Column>, 3> options;  ///< name, value
};

Columns columns_of(const Table& table) {
  Columns at;
  at.handle = table.first_of({"Handle", "URL handle"});
  at.title = table.column("Title");
  at.body = table.first_of({"Body (HTML)", "Body HTML", "Description"});
  at.vendor = table.column("Vendor");
  at.category = table.first_of({"Product Category", "Standardized Product Type", "Standard Product Type"});
  at.type = table.first_of({"Type", "Custom Product Type"});
  at.tags = table.column("Tags");
  at.published = table.first_of({"Published", "Published on online store"});
  at.status = table.column("Status");
  at.sku = table.first_of({"Variant SKU", "SKU"});
  at.barcode = table.first_of({"Variant Barcode", "Barcode"});
  at.grams = table.first_of({"Variant Grams", "Weight value (grams)"});
  at.tracker = table.first_of({"Variant Inventory Tracker", "Inventory tracker"});
  at.quantity = table.first_of({"Variant Inventory Qty", "Inventory quantity"});
  at.price = table.first_of({"Variant Price", "Price"});
  at.compare_at = table.first_of({"Variant Compare At Price", "Compare-at price"});
  at.cost = table.column("Cost per item");
  at.image = table.first_of({"Image Src", "Product image URL"});
  at.image_alt = table.first_of({"Image Alt Text", "Image alt text"});
  at.variant_image = table.first_of({"Variant Image", "Variant image URL"});
  at.tax_code = table.first_of({"Variant Tax Code", "Tax code"});
  at.hs_code = table.first_of({"Variant HS Code", "HS code"});
  at.origin = table.first_of({"Variant Country of Origin", "Country of origin"});
  for (std::size_t i = 0; i < at.options.size(); ++i) {
    const std::string number = "Option" + std::to_string(i + 1);
    at.options[i] = {table.column(number + " Name"), table.column(number + " Value")};
  }
  return at;
}

/// A ' before digits keeps a spreadsheet from turning a barcode into 6.9E+12.
std::string_view digits_of(std::string_view text) {
  return text.size() > 1 && text[0] == '\'' ? text.substr(1) : text;
}

class Reader {
 public:
  Reader(const Table& table, Gathering& into, Meter& meter) : table_(table), at_(columns_of(table)), into_(into), meter_(meter) {}

  void read() {
    for (const auto& row : table_.rows()) {
      read_row(row);
      meter_.step();
    }
    for (auto& group : groups_) {
      if (group.refused) continue;
      into_.settle_options(group.draft, {});
      into_.add(std::move(group.draft));
    }
  }

 private:
  struct Group {
    Draft draft;
    std::array<std::string, 3> options;  ///< named in the first row only
    bool refused = false;
  };

  void read_row(const csv::Record& row) {
    if (const auto bad = table_.misshapen(row); !bad.empty()) return into_.refuse(row.line, bad);
    const std::string handle(cell(row, at_.handle));
    if (handle.empty()) return into_.refuse(row.line, "no handle: it says which product the row belongs to");
    const auto [found, fresh] = by_handle_.emplace(handle, groups_.size());
    if (fresh) begin(row, handle);
    auto& group = groups_[found->second];
    if (group.refused) {
      if (!fresh) into_.refuse(row.line, "product '" + handle + "' was refused at line " + std::to_string(group.draft.line));
      return;
    }
    add_image(row, group.draft.product);
    if (has_variant(row)) add_variant(row, group);
  }

  void begin(const csv::Record& row, const std::string& handle) {
    Group group;
    group.draft.line = row.line;
    auto& product = group.draft.product;
    product.code = handle;
    product.title = cell(row, at_.title);
    product.description = cell(row, at_.body);
    product.brand = cell(row, at_.vendor);
    product.state = state_of(row);
    if (const auto type = cell(row, at_.type); !type.empty()) product.categories.push_back({std::string(type), {std::string(type)}});
    for (auto& category : categories_of(cell(row, at_.category), '\n')) {
      if (std::find(product.categories.begin(), product.categories.end(), category) == product.categories.end()) {
        product.categories.push_back(std::move(category));
      }
    }
    product.tags = split(cell(row, at_.tags), ',');
    for (std::size_t i = 0; i < at_.options.size(); ++i) group.options[i] = cell(row, at_.options[i].first);
    group.refused = product.title.empty();
    if (group.refused) into_.refuse(row.line, "no title: the first row of a product has it (handle '" + handle + "')");
    groups_.push_back(std::move(group));
  }

  SaleState state_of(const csv::Record& row) const {
    const auto status = cell(row, at_.status);
    if (same_word(status, "archived")) return SaleState::ended;
    if (same_word(status, "draft")) return SaleState::paused;
    if (status.empty() && same_word(cell(row, at_.published), "false")) return SaleState::paused;
    return SaleState::live;
  }

  void add_image(const csv::Record& row, Product& product) const {
    const std::string url(cell(row, at_.image));
    const bool known = std::any_of(product.images.begin(), product.images.end(), [&](const Image& image) { return image.url == url; });
    if (!url.empty() && !known) product.images.push_back({url, std::string(cell(row, at_.image_alt))});
  }

  /// A row with nothing but a picture is one more picture.
  bool has_variant(const csv::Record& row) const {
    return !cell(row, at_.sku).empty() || !cell(row, at_.price).empty() || !cell(row, at_.options[0].second).empty();
  }

  void add_variant(const csv::Record& row, Group& group) {
    DraftVariant result{.variant = {}, .counted = {}, .line = row.line};
    auto& variant = result.variant;
    Understood how;
    const auto price = price_of(cell(row, at_.price), into_.currency(), how);
    // Shopify writes 0.00 where there is no cost or no price before.
    const auto compare_at = price_of(without_zero(cell(row, at_.compare_at)), into_.currency(), how);
    const auto cost = price_of(without_zero(cell(row, at_.cost)), into_.currency(), how);
    const auto grams = measure_of(cell(row, at_.grams), "g");
    const bool tracked = !at_.tracker.there() || !cell(row, at_.tracker).empty();
    const auto barcode = barcode_of(digits_of(cell(row, at_.barcode)));
    const auto refuse = [&](Column column, const Error& why) { into_.refuse(row.line, objection(name_of(column), why)); };
    if (!price) return refuse(at_.price, price.error());
    if (!*price) return into_.refuse(row.line, Objection{name_of(at_.price), "blank: nothing is sold without a price"});
    if (!compare_at) return refuse(at_.compare_at, compare_at.error());
    if (!cost) return refuse(at_.cost, cost.error());
    if (!grams) return refuse(at_.grams, grams.error());
    if (!barcode) return refuse(at_.barcode, barcode.error());
    if (const auto why = name_options(row, group, variant); !why.empty()) return into_.refuse(row.line, why);
    const auto sku = into_.take_sku(digits_of(cell(row, at_.sku)), row.line);
    if (!sku) return;
    variant.sku = *sku;
    variant.cost = *cost;
    variant.weight = *grams;
    variant.barcode = *barcode;
    variant.tax_class = cell(row, at_.tax_code);
    variant.hs_code = cell(row, at_.hs_code);
    variant.origin = cell(row, at_.origin);
    if (const auto url = cell(row, at_.variant_image); !url.empty()) variant.image = Image{std::string(url), {}};
    settle_price(row, variant, **price, *compare_at);
    into_.note_prices(how, *sku, row.line);
    if (!tracked && !cell(row, at_.quantity).empty()) {
      into_.correct(kind::untracked_stock, "'" + sku->text + "': its stock is not tracked there, the number counts nothing", row.line);
    }
    result.counted = into_.shelf_count(tracked ? cell(row, at_.quantity) : std::string_view(), name_of(at_.quantity), *sku, row.line);
    group.draft.variants.push_back(std::move(result));
  }

  /// As the file spells it.
  std::string name_of(Column column) const { return column.there() ? table_.header()[column.place] : std::string("price"); }

  static std::string_view without_zero(std::string_view text) {
    return text.find_first_not_of("0.,") == std::string_view::npos ? std::string_view() : text;
  }

  void settle_price(const csv::Record& row, Variant& variant, const Money& price, const std::optional<Money>& before) {
    // "Compare at" is the regular price; equal to the price it says nothing, below it it is no sale.
    if (before && before->minor > price.minor) return into_.set_price(variant, *before, price, row.line);
    variant.price = price;
    variant.compare_at = before;
    into_.settle_compare_at(variant, row.line);
  }

  /// Answers why not, or empty. A product without options has the one option "Title" with the value "Default Title".
  std::string name_options(const csv::Record& row, const Group& group, Variant& variant) const {
    for (std::size_t i = 0; i < at_.options.size(); ++i) {
      const auto value = cell(row, at_.options[i].second);
      const auto& name = group.options[i];
      if (i == 0 && same_word(name, "Title") && same_word(value, "Default Title")) return {};
      if (name.empty() && value.empty()) continue;
      const std::string number = "Option" + std::to_string(i + 1);
      if (name.empty()) return number + " has the value '" + std::string(value) + "' and no name in the product's first row";
      if (value.empty()) return number + " (" + name + ") has no value";
      variant.option_values.push_back({name, std::string(value)});
    }
    return {};
  }

  const Table& table_;
  const Columns at_;
  Gathering& into_;
  Meter& meter_;
  std::vector<Group> groups_;
  std::map<std::string, std::size_t> by_handle_;
};

}  // namespace

bool is_shopify(const Table& table) {
  const bool export_names = table.has("Handle") && (table.has("Variant SKU") || table.has("Variant Price"));
  const bool template_names = table.has("URL handle") && table.has("SKU");
  return table.has("Title") && (export_names || template_names);
}

void read_shopify(const Table& table, Gathering& into, Meter& meter) {
  Reader(table, into, meter).read();
}

}  // namespace tally::catalogue
