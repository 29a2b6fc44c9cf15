#include "engine/tree.hpp"

#include "engine/pins.hpp"
#include "store/offers.hpp"

namespace tally::engine {
namespace {

using store::Session;

std::string text_of(std::int64_t no) {
  return std::to_string(no);
}

void attach(Session& session, const Channel& channel, const std::string& kind, const std::string& thing, Json& tree) {
  for (const auto& row : store::remote_ids(session, channel.no, kind, thing)) tree.set(row.name, row.text);
}

std::string path_key(const Json& category) {
  std::string key;
  if (const auto* path = category.find("path"); path && path->is_array()) {
    for (const auto& part : path->as_array()) key += (key.empty() ? "" : ">") + part.scalar_text();
  }
  return key.empty() ? category.text_or("name") : key;
}

void attach_list(Session& session, const Channel& channel, const std::string& kind, Json& tree, std::string_view list,
                 std::string_view key) {
  auto* items = tree.find(list);
  if (!items || !items->is_array()) return;
  for (auto& item : items->as_array()) attach(session, channel, kind, kind == "category" ? path_key(item) : item.text_or(key), item);
}

void learn_ids(Session& session, const Channel& channel, const std::string& kind, const std::string& thing, const Json& tree) {
  if (!tree.is_object() || thing.empty()) return;
  for (const auto& [name, value] : tree.as_object()) {
    if (name.starts_with('@') && name != "@known" && !value.scalar_text().empty())
      store::put_remote(session, channel.no, kind, thing, name, value.scalar_text());
  }
}

void learn_list(Session& session, const Channel& channel, const std::string& kind, const Json& tree, std::string_view list,
                std::string_view key) {
  const auto* items = tree.find(list);
  if (!items || !items->is_array()) return;
  for (const auto& item : items->as_array()) {
    if (item.is_object()) learn_ids(session, channel, kind, kind == "category" ? path_key(item) : item.text_or(key), item);
  }
}

/// A product without options is one thing on most platforms: its variant goes by the listing's own ids where it has none.
void share_ids(const Product& product, const Json& tree, Json& variant) {
  if (!product.options.empty() || !tree.is_object() || variant.find("@id")) return;
  for (const auto& [name, value] : tree.as_object()) {
    if (name.starts_with('@') && name != "@known" && !variant.find(name)) variant.set(name, value);
  }
}

Json ids_of(Session& session, const Channel& channel, ProductNo product) {
  Json tree = Json::object();
  attach(session, channel, "product", text_of(product.value), tree);
  return tree;
}

}  // namespace

Json listing_tree(Session& session, const Channel& channel, const store::ProductRow& row) {
  Json tree = shown_product(session, channel, row);
  const auto listing = store::find_listing(session, channel.no, row.no);
  attach(session, channel, "product", text_of(row.no.value), tree);
  attach_list(session, channel, "category", tree, "categories", "name");
  attach_list(session, channel, "image", tree, "images", "url");
  if (listing && listing->state == "bound") tree.set("@known", true);
  auto* variants = tree.find("variants");
  if (!variants) return tree;
  for (auto& item : variants->as_array()) {
    const auto variant = store::find_variant(session, Sku(item.text_or("sku")));
    if (!variant) continue;
    attach(session, channel, "variant", text_of(variant->no.value), item);
    share_ids(row.product, tree, item);
    if (auto* image = item.find("image")) attach(session, channel, "image", image->text_or("url"), *image);
    const auto offer = store::find_offer(session, channel.no, variant->no);
    if (offer) item.set("@known", true);
    const auto price = offer_price(session, channel, variant->no, *row.product.find(Sku(variant->sku)));
    item.erase("price");
    item.erase("compare_at");
    if (price.refused.empty() && price.price)
      item.set("price", Json::object({{"amount", price.price->major()}, {"currency", price.price->currency.code}}));
    if (price.refused.empty() && price.compare_at)
      item.set("compare_at", Json::object({{"amount", price.compare_at->major()}, {"currency", price.compare_at->currency.code}}));
    const auto number = stock_number(session, channel, variant->no);
    item.set("available", number.counted || !offer ? number.number : offer->high);  // what nobody counted stays as it is there
  }
  return tree;
}

Json offer_tree(Session& session, const Channel& channel, const store::ProductRow& row, const Variant& variant) {
  Json tree = Json::object({{"sku", variant.sku.text}});
  const auto found = store::find_variant(session, variant.sku);
  Json listing = ids_of(session, channel, row.no);
  if (found) attach(session, channel, "variant", text_of(found->no.value), tree);
  share_ids(row.product, listing, tree);
  listing.set("code", row.product.code);
  listing.set("title", row.product.title);
  tree.set("barcode", variant.barcode);
  tree.set("listing", std::move(listing));
  return tree;
}

Json thing_tree(Session& session, const Channel& channel, const store::VariantRow& variant) {
  const auto product = store::get_product(session, variant.product);
  ensure(product.has_value(), "a variant has a product");
  const auto* found = product->product.find(Sku(variant.sku));
  Variant bare;
  bare.sku = Sku(variant.sku);
  return offer_tree(session, channel, *product, found ? *found : bare);
}

void learn(Session& session, const Channel& channel, const store::ProductRow& row, const Json& tree) {
  if (!tree.is_object()) return;
  learn_ids(session, channel, "product", text_of(row.no.value), tree);
  learn_list(session, channel, "category", tree, "categories", "name");
  learn_list(session, channel, "image", tree, "images", "url");
  const auto* variants = tree.find("variants");
  if (!variants || !variants->is_array()) return;
  for (const auto& item : variants->as_array()) {
    const auto variant = store::find_variant(session, Sku(item.text_or("sku")));
    if (!variant || variant->product != row.no) continue;
    learn_ids(session, channel, "variant", text_of(variant->no.value), item);
    if (const auto* image = item.find("image"); image && image->is_object())
      learn_ids(session, channel, "image", image->text_or("url"), *image);
  }
}

std::optional<store::VariantRow> variant_of(Session& session, const Channel& channel, const Json& tree) {
  if (!tree.is_object()) return std::nullopt;
  if (const auto* id = tree.find("@id")) {
    if (const auto thing = store::thing_with_id(session, channel.no, "variant", id->scalar_text()))
      return store::get_variant(session, VariantNo(std::stoll(*thing)));
    if (const auto thing = store::thing_with_id(session, channel.no, "product", id->scalar_text())) {
      const auto variants = store::variants_of(session, ProductNo(std::stoll(*thing)));
      if (variants.size() == 1) return variants.front();
    }
  }
  const std::string sku = tree.text_or("sku");
  if (!sku.empty()) return store::find_variant(session, normal_sku(sku));
  if (const auto* listing = tree.find("listing"); listing && listing->is_object()) {
    if (const auto* id = listing->find("@id")) {
      if (const auto thing = store::thing_with_id(session, channel.no, "product", id->scalar_text())) {
        const auto variants = store::variants_of(session, ProductNo(std::stoll(*thing)));
        if (variants.size() == 1) return variants.front();
      }
    }
  }
  return std::nullopt;
}

std::optional<store::ProductRow> product_of(Session& session, const Channel& channel, const Json& tree) {
  if (!tree.is_object()) return std::nullopt;
  if (const auto* id = tree.find("@id")) {
    if (const auto thing = store::thing_with_id(session, channel.no, "product", id->scalar_text()))
      return store::get_product(session, ProductNo(std::stoll(*thing)));
  }
  if (const auto* variants = tree.find("variants"); variants && variants->is_array()) {
    for (const auto& item : variants->as_array()) {
      if (const auto variant = variant_of(session, channel, item)) return store::get_product(session, variant->product);
    }
  }
  const std::string code = tree.text_or("code");
  if (!code.empty()) return store::find_product(session, code);
  return std::nullopt;
}

}  // namespace tally::engine
