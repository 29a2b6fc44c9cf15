#include "catalogue/gathering.hpp"

#include "catalogue/cell.hpp"

#include <algorithm>

namespace tally::catalogue {

namespace {

std::string at_line(std::size_t line) {
  return "line " + std::to_string(line);
}

std::string combination_of(const Variant& variant) {
  std::string text;
  for (const auto& value : variant.option_values) text += (text.empty() ? "" : ", ") + value.name + " " + value.value;
  return text;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

bool take_controls(std::vector<std::string>& texts) {
  bool any = false;
  for (auto& text : texts) any |= without_controls(text);
  return any;
}

bool take_controls(Variant& variant) {
  bool any = false;
  for (auto* text : {&variant.barcode, &variant.hs_code, &variant.origin, &variant.tax_class}) any |= without_controls(*text);
  for (auto& value : variant.option_values) any |= without_controls(value.name) | without_controls(value.value);
  return any;
}

/// True where there were any. Only a description may have lines.
bool take_controls(Draft& draft) {
  auto& product = draft.product;
  bool any = without_controls(product.title) | without_controls(product.brand) | without_controls(product.description, true);
  any |= take_controls(product.tags);
  for (auto& category : product.categories) any |= without_controls(category.name) | take_controls(category.path);
  for (auto& option : product.options) any |= without_controls(option.name) | take_controls(option.values);
  for (auto& attribute : product.attributes) any |= without_controls(attribute.name) | take_controls(attribute.values);
  for (auto& image : product.images) any |= without_controls(image.url) | without_controls(image.alt);
  for (auto& one : draft.variants) any |= take_controls(one.variant);
  return any;
}

}  // namespace

Objection objection(std::string_view column, const Error& error) {
  return {std::string(column), error.what + (error.todo.empty() ? "" : ": " + error.todo)};
}

void Gathering::refuse(std::size_t line, Objection why) {
  into_.refused.push_back({line, std::move(why.column), std::move(why.what)});
}

void Gathering::correct(std::string_view kind, std::string what, std::size_t line) {
  into_.corrections.push_back({std::string(kind), std::move(what), line});
}

std::optional<Sku> Gathering::readable_sku(std::string_view text, std::size_t line) {
  constexpr std::size_t most = 200;
  if (trimmed(text).empty()) {
    refuse(line, "no SKU: what is sold needs one, stock and orders are kept by it");
    return {};
  }
  if (is_shortened(text)) {
    refuse(line, "the SKU '" + std::string(trimmed(text)) + "' is a number that a spreadsheet has shortened, its last digits are lost");
    return {};
  }
  if (const auto control = control_in(trimmed(text))) {
    refuse(line, "the SKU has a line break or another control character in it (" + *control + "): type it anew");
    return {};
  }
  const Sku sku = normal_sku(text);
  if (sku.empty() || sku.text.size() > most) {
    refuse(line, sku.empty() ? "the SKU is not readable text" : "the SKU is longer than " + std::to_string(most) + " bytes");
    return {};
  }
  return sku;
}

std::optional<Sku> Gathering::take_sku(std::string_view text, std::size_t line) {
  const auto readable = readable_sku(text, line);
  if (!readable) return {};
  const Sku& sku = *readable;
  const auto [taken, fresh] = sku_lines_.emplace(sku.text, line);
  if (!fresh) {
    refuse(line, "the SKU '" + sku.text + "' stands already at " + at_line(taken->second));
    return {};
  }
  if (sku.text != trimmed(text)) correct(kind::sku, "'" + sku.text + "': its SKU was put into Unicode's normal form", line);
  const auto [twin, alone] = lower_skus_.emplace(lower(sku.text), sku.text);
  if (!alone)
    correct(kind::case_twin, "'" + sku.text + "' and '" + twin->second + "' differ in letter case only and are kept as two", line);
  return sku;
}

void Gathering::set_price(Variant& variant, const Money& regular, const std::optional<Money>& sale, std::size_t line) {
  variant.price = regular;
  if (!sale) return;
  if (sale->minor < regular.minor) {
    variant.price = *sale;
    variant.compare_at = regular;
    return;
  }
  correct(kind::sale_price,
          "'" + variant.sku.text + "': a sale price of " + sale->text() + " is not below the regular " + regular.text() + " and is no sale",
          line);
}

void Gathering::settle_compare_at(Variant& variant, std::size_t line) {
  if (!variant.price || !variant.compare_at || variant.compare_at->minor > variant.price->minor) return;
  correct(kind::sale_price,
          "'" + variant.sku.text + "': the price of " + variant.price->text() + " is not below the one to compare with, " +
              variant.compare_at->text() + ", and is no sale",
          line);
  variant.compare_at.reset();
}

void Gathering::note_prices(const Understood& how, const Sku& sku, std::size_t line) {
  if (how.rounded) correct(kind::rounded, "'" + sku.text + "': a price was rounded to the digits of " + currency_.code, line);
  if (how.comma) correct(kind::comma, "'" + sku.text + "': a price has a comma and was read as the only number it can be", line);
}

std::optional<Quantity> Gathering::shelf_count(std::string_view text, std::string_view column, const Sku& sku, std::size_t line) {
  const auto counted = stock_of(text);
  if (counted) return *counted;
  const auto& why = counted.error();
  into_.refused.push_back({line, std::string(column),
                           why.what + (why.todo.empty() ? "" : ": " + why.todo) + ": the stock of '" + sku.text + "' was not touched",
                           true});
  return {};
}

void Gathering::refuse_all(const Draft& draft, const std::string& what) {
  const std::string name = draft.product.code.empty() ? "the product" : "product '" + draft.product.code + "'";
  refuse(draft.line, name + ": " + what);
  for (const auto& variant : draft.variants) {
    if (variant.line != draft.line) refuse(variant.line, name + " was refused at " + at_line(draft.line));
  }
}

/// Two variants with the same option values are the same thing to a buyer: the second is refused.
void Gathering::drop_twins(Draft& draft) {
  if (draft.product.options.empty()) return;
  std::map<std::string, std::size_t> seen;
  std::erase_if(draft.variants, [&](const DraftVariant& one) {
    const auto combination = combination_of(one.variant);
    const auto [twin, alone] = seen.emplace(combination, one.line);
    if (!alone) refuse(one.line, "'" + one.variant.sku.text + "' has the same options (" + combination + ") as " + at_line(twin->second));
    return !alone;
  });
}

void Gathering::settle_options(Draft& draft, const std::vector<Option>& listed) {
  const auto count = options_of(draft.variants, listed).size();
  std::erase_if(draft.variants, [&](const DraftVariant& one) {
    if (one.variant.option_values.size() == count) return false;
    refuse(one.line,
           "'" + one.variant.sku.text + "' leaves an option open that others of its product have: a row must be one thing to sell");
    return true;
  });
  draft.product.options = options_of(draft.variants, listed);
}

void Gathering::add(Draft draft) {
  if (draft.product.code.empty()) return refuse_all(draft, "no code: a product needs one to be recognised at the next import");
  if (const auto control = control_in(draft.product.code))
    return refuse_all(draft, "its code has a line break or another control character in it (" + *control + ")");
  if (take_controls(draft))
    correct(kind::control, "product '" + draft.product.code + "': control characters were taken out of its texts", draft.line);
  if (draft.product.title.empty()) return refuse_all(draft, "no title");
  const auto [taken, fresh] = code_lines_.emplace(draft.product.code, draft.line);
  if (!fresh) return refuse_all(draft, "the code stands already at " + at_line(taken->second));
  drop_twins(draft);
  if (draft.variants.empty()) return refuse_all(draft, "nothing to sell: none of its rows could be used, or it has none");
  if (draft.product.options.empty() && draft.variants.size() > 1) {
    return refuse_all(draft, std::to_string(draft.variants.size()) + " variants and no option to tell them apart");
  }
  for (const auto& one : draft.variants) draft.product.variants.push_back(one.variant);
  if (const auto faults = faults_of(draft.product); !faults.empty()) return refuse_all(draft, joined(faults));
  for (const auto& one : draft.variants) {
    if (one.counted) into_.stock.push_back({one.variant.sku, *one.counted, one.location, one.line});
  }
  into_.product_lines.push_back(draft.line);
  auto& lines = into_.variant_lines.emplace_back();
  for (const auto& one : draft.variants) lines.push_back(one.line);
  into_.products.push_back(std::move(draft.product));
}

void Gathering::add(Imported::Change change) {
  if (take_controls(change.variant))
    correct(kind::control, "'" + change.sku.text + "': control characters were taken out of its texts", change.line);
  if (change.named.empty() && !change.counted) return;
  if (change.counted) {
    const auto [taken, fresh] = counted_.emplace(std::pair(change.sku.text, change.location), change.line);
    if (!fresh) return refuse(change.line, "the stock of '" + change.sku.text + "' stands already at " + at_line(taken->second));
  }
  const auto [before, first] = changed_.emplace(change.sku.text, into_.changes.size());
  if (!first && !change.named.empty()) {
    const auto& said = into_.changes[before->second];
    if (!(said.variant == change.variant) || said.named != change.named)
      return refuse(change.line, "it says of '" + change.sku.text + "' something else than " + at_line(said.line));
    change.named.clear();
    if (!change.counted) return;
  }
  into_.changes.push_back(std::move(change));
}

void Gathering::finish() {
  const auto by_line = [](const auto& a, const auto& b) { return a.line < b.line; };
  std::stable_sort(into_.refused.begin(), into_.refused.end(), by_line);
  std::stable_sort(into_.corrections.begin(), into_.corrections.end(), by_line);
}

std::vector<Option> options_of(std::vector<DraftVariant>& variants, const std::vector<Option>& listed) {
  std::vector<Option> used;
  const auto named = [](auto& options, const std::string& name) {
    return std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  };
  for (const auto& one : variants) {
    for (const auto& value : one.variant.option_values) {
      auto option = named(used, value.name);
      if (option == used.end()) option = used.insert(used.end(), Option{value.name, {}});
      if (std::find(option->values.begin(), option->values.end(), value.value) == option->values.end())
        option->values.push_back(value.value);
    }
  }
  // A place beyond the listed ones keeps the order of appearance: the sorts are stable.
  const auto place_in = [](const auto& list, auto found) { return static_cast<std::size_t>(found - list.begin()); };
  for (auto& option : used) {
    const auto list = named(listed, option.name);
    if (list == listed.end()) continue;
    std::stable_sort(option.values.begin(), option.values.end(), [&](const std::string& a, const std::string& b) {
      const auto& order = list->values;
      return place_in(order, std::find(order.begin(), order.end(), a)) < place_in(order, std::find(order.begin(), order.end(), b));
    });
  }
  std::stable_sort(used.begin(), used.end(), [&](const Option& a, const Option& b) {
    return place_in(listed, named(listed, a.name)) < place_in(listed, named(listed, b.name));
  });
  for (auto& one : variants) {
    auto& values = one.variant.option_values;
    std::stable_sort(values.begin(), values.end(), [&](const OptionValue& a, const OptionValue& b) {
      return place_in(used, named(used, a.name)) < place_in(used, named(used, b.name));
    });
  }
  return used;
}

}  // namespace tally::catalogue
