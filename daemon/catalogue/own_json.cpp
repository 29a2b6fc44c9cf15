// Our own JSON: an array of product trees as the model writes them (model/product.hpp); a variant may also have `stock`, the units counted.
// The array is cut into its elements first, so that one that cannot be read has a line and the others are imported.
#include "catalogue/cell.hpp"
#include "catalogue/formats.hpp"

namespace tally::catalogue {

namespace {

constexpr std::size_t max_elements = 1'000'000;

/// Takes `stock` off the variants: one text for each, as it stands, empty where there is none.
std::vector<std::string> take_stock(Json& tree) {
  std::vector<std::string> counts;
  auto* variants = tree.find("variants");
  if (variants == nullptr || !variants->is_array()) return counts;
  for (auto& variant : variants->as_array()) {
    counts.emplace_back();
    const auto* stock = variant.find("stock");
    if (stock == nullptr) continue;
    if (!stock->is_null()) counts.back() = stock->is_number() || stock->is_string() ? stock->scalar_text() : stock->dump();
    variant.erase("stock");
  }
  return counts;
}

std::string foreign_currency(const Product& product, const Currency& currency) {
  for (const auto& variant : product.variants) {
    for (const auto* amount : {&variant.price, &variant.compare_at, &variant.cost}) {
      if (*amount && (*amount)->currency != currency)
        return "prices in " + (*amount)->currency.code + ", the catalogue is kept in " + currency.code;
      if (*amount && (*amount)->minor <= 0) return "a price of " + (*amount)->text() + " is not above zero";
    }
  }
  return {};
}

void read_element(const Element& element, Gathering& into) {
  auto tree = Json::parse(element.text);
  if (!tree) return into.refuse(element.line, tree.error().text());
  const auto counts = take_stock(*tree);
  auto product = product_from_json(*tree);
  if (!product) return into.refuse(element.line, product.error().text());
  if (const auto why = foreign_currency(*product, into.currency()); !why.empty()) return into.refuse(element.line, why);
  Draft draft{.product = {}, .variants = {}, .line = element.line};
  for (std::size_t i = 0; i < product->variants.size(); ++i) {
    auto& variant = product->variants[i];
    const auto sku = into.take_sku(variant.sku.text, element.line);
    if (!sku) continue;
    variant.sku = *sku;
    if (!variant.bundle.empty() && !trimmed(counts[i]).empty()) {
      into.refuse(element.line, Objection{"stock", "'" + sku->text + "': a bundle has no stock of its own, its components have"});
      continue;
    }
    const auto counted = into.shelf_count(counts[i], "stock", *sku, element.line);
    draft.variants.push_back({.variant = std::move(variant), .counted = counted, .line = element.line});
  }
  product->variants.clear();
  draft.product = std::move(*product);
  into.add(std::move(draft));
}

}  // namespace

Result<std::vector<Element>> elements_of(std::string_view bytes, const std::string& file) {
  std::vector<Element> elements;
  std::size_t line = 1, depth = 0, start = std::string_view::npos, start_line = 0;
  bool quoted = false, escaped = false, closed = false;
  const auto broken = [&](const std::string& what) { return error(Fault::invalid, what, file + ":" + std::to_string(line)); };
  const auto take = [&](std::size_t end) {
    elements.push_back({start_line, trimmed(bytes.substr(start, end - start))});
    start = std::string_view::npos;
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    line += c == '\n';
    if (escaped || (quoted && c == '\\')) {
      escaped = !escaped;
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (quoted && c != '"') continue;
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (blank) continue;
    if (closed) return broken("something stands behind the end of the array");
    if (depth == 0 && c != '[') return broken("an array of products was expected: [ {…}, {…} ]");
    if (depth == 1 && c == ',') {
      if (start == std::string_view::npos) return broken("a comma without a product before it");
      take(i);
      if (elements.size() > max_elements) return broken("more than " + std::to_string(max_elements) + " products: split the file");
      continue;
    }
    const bool opens = c == '[' || c == '{', closes = c == ']' || c == '}';
    if (depth == 1 && c == ']') {
      if (start != std::string_view::npos)
        take(i);
      else if (!elements.empty())
        return broken("a comma without a product behind it");
      closed = true;
      depth = 0;
      continue;
    }
    if (depth == 1 && start == std::string_view::npos) {
      start = i;
      start_line = line;
    }
    if (closes && --depth == 0) return broken("a bracket closes that was not open");
    depth += opens;
  }
  if (!closed) return broken("the array does not end: a bracket or a quotation mark is missing");
  return elements;
}

void read_own_json(const std::vector<Element>& elements, Gathering& into, Meter& meter) {
  for (const auto& element : elements) {
    read_element(element, into);
    meter.step();
  }
}

}  // namespace tally::catalogue
