// What a write puts into a product or a variation, and how it is shown.
#include "connectors/sandbox/woocommerce.hpp"

#include <algorithm>
#include <array>

namespace tally::sandbox::woo {
namespace {

constexpr std::array statuses{"draft", "pending", "private", "publish", "future"};

Answer invalid(std::string_view name) {
  return refusal(400, "rest_invalid_param", "Invalid parameter(s): " + std::string(name),
                 Json::object({{"params", Json::object({{std::string(name), "wrong type or value"}})}}));
}

Showing showing_of(const std::string& status) {
  if (status == "publish") return Showing::live;
  return status == "private" || status == "trash" ? Showing::ended : Showing::paused;
}

std::string slug_of(const std::string& name) {
  std::string slug;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  return slug;
}

/// Entries with a known key change it, the others are appended; nobody else's entry is lost.
void merge_meta(Json& document, const Json& entries, Shop& shop) {
  Json* all = document.find("meta_data");
  if (!all) {
    document.set("meta_data", Json::array());
    all = document.find("meta_data");
  }
  for (const Json& entry : entries.as_array()) {
    const Json* value = entry.find("value");
    auto& known = all->as_array();
    const auto same = std::find_if(known.begin(), known.end(), [&](const Json& old) { return old.text_or("key") == entry.text_or("key"); });
    if (same != known.end()) {
      same->set("value", value ? *value : Json());
    } else {
      known.push_back(Json::object({{"id", shop.next_id()}, {"key", entry.text_or("key")}, {"value", value ? *value : Json()}}));
    }
  }
}

}  // namespace

Catalogue::Wrong Catalogue::check_sellable(const Json& body) const {
  for (const char* price : {"regular_price", "sale_price"}) {
    const Json* text = body.find(price);
    if (!text) continue;
    // Prices are text here; a JSON number is refused by the schema.
    if (!text->is_string()) return invalid(price);
    if (!text->as_string().empty() && !price_of(text->as_string(), shop_.currency())) return invalid(price);
  }
  const Json* quantity = body.find("stock_quantity");
  if (quantity && !quantity->is_null() && !quantity->integer()) return invalid("stock_quantity");
  const Json* status = body.find("status");
  const auto same = [&](const char* known) { return status->is_string() && status->as_string() == known; };
  if (status && !std::any_of(statuses.begin(), statuses.end(), same)) return invalid("status");
  for (const char* list : {"categories", "tags", "images", "attributes", "meta_data"}) {
    const Json* value = body.find(list);
    if (value && !value->is_array()) return invalid(list);
  }
  return std::nullopt;
}

Catalogue::Wrong Catalogue::check_sku(const Json& body, std::int64_t own) const {
  const std::string sku = body.text_or("sku");
  if (sku.empty()) return std::nullopt;
  std::int64_t holder = 0;
  for (const auto& [id, product] : shop_.listings()) {
    if (!product.gone && id != own && product.document.text_or("sku") == sku) holder = id;
  }
  for (const auto& [id, offer] : shop_.offers()) {
    if (id != own && offer.sku == sku) holder = id;
  }
  if (holder == 0) return std::nullopt;
  return refusal(400, "product_invalid_sku", "Invalid or duplicated SKU.",
                 Json::object({{"resource_id", holder}, {"unique_sku", sku + "-1"}}));
}

Catalogue::Wrong Catalogue::write_sellable(Json& document, Offer* offer, const Json& body) {
  for (const char* name : {"sku", "description", "status", "weight", "regular_price", "sale_price", "dimensions", "tax_class", "menu_order",
                           "attributes", "backorders", "global_unique_id"}) {
    if (const Json* value = body.find(name)) document.set(name, *value);
  }
  if (const Json* meta = body.find("meta_data")) merge_meta(document, *meta, shop_);
  if (const Json* picture = body.find("image")) {
    auto kept = image(*picture);
    if (!kept) return refusal(400, "woocommerce_product_image_upload_error", "Invalid image URL.");
    document.set("image", *kept);
  }
  if (!offer) return std::nullopt;
  offer->sku = document.text_or("sku");
  offer->on_sale = document.text_or("status") == "publish" || offer->id == offer->listing;
  const auto regular = price_of(document.text_or("regular_price"), shop_.currency());
  const auto sale = price_of(document.text_or("sale_price"), shop_.currency());
  const bool on_sale = regular && sale && *sale < *regular;
  if (!on_sale) document.set("sale_price", "");
  offer->price = on_sale ? *sale : (regular ? *regular : 0);
  offer->compare_at = on_sale ? *regular : 0;
  if (const Json* manage = body.find("manage_stock"); manage && manage->is_bool()) document.set("manage_stock", *manage);
  offer->counted = document.bool_or("manage_stock", false);
  const Json* quantity = body.find("stock_quantity");
  if (offer->counted && quantity && !quantity->is_null()) shop_.show(*offer, quantity->integer().value(), Cause::write);
  offer->modified = shop_.now();
  return std::nullopt;
}

Catalogue::Wrong Catalogue::write_product(Listing& product, const Json& body) {
  const std::string type = body.text_or("type", product.document.text_or("type"));
  if (type != "simple" && type != "variable" && type != "grouped" && type != "external") return invalid("type");
  product.document.set("type", type);
  settle_type(product);
  if (const Json* name = body.find("name")) product.title = name->scalar_text();
  for (const char* field : {"slug", "short_description", "default_attributes", "catalog_visibility"}) {
    if (const Json* value = body.find(field)) product.document.set(field, *value);
  }
  Offer* offer = type == "simple" ? shop_.offer(product.id) : nullptr;
  if (auto wrong = write_sellable(product.document, offer, body)) return wrong;
  if (const Json* text = body.find("description")) product.description = text->scalar_text();
  if (const Json* images = body.find("images")) {
    if (auto wrong = write_images(product.document, *images)) return wrong;
  }
  if (const Json* tags = body.find("tags")) write_tags(product.document, *tags);
  if (const Json* categories = body.find("categories")) write_categories(product.document, *categories);
  product.showing = showing_of(product.document.text_or("status"));
  product.modified = shop_.now();
  return std::nullopt;
}

void Catalogue::settle_type(Listing& product) {
  const bool simple = product.document.text_or("type") == "simple";
  const bool sold_itself = shop_.offer(product.id) != nullptr;
  if (simple && !sold_itself) {
    for (const auto id : std::vector(product.offers)) shop_.remove_offer(id);
    shop_.add_offer_as(product, product.id);
  } else if (!simple && sold_itself) {
    shop_.remove_offer(product.id);
  }
}

/// A picture that is known keeps its id; an address is fetched once and shown from the shop's own.
std::optional<Json> Catalogue::image(const Json& wish) {
  const std::int64_t id = wish.integer_or("id", 0);
  const auto known = images_.find(id);
  if (known != images_.end()) {
    if (const Json* alt = wish.find("alt")) known->second.set("alt", *alt);
    return known->second;
  }
  const std::string source = wish.text_or("src");
  if (!source.starts_with("http://") && !source.starts_with("https://")) return std::nullopt;
  const std::int64_t made = shop_.next_id();
  std::string file = source.substr(source.rfind('/') + 1);
  file = file.substr(0, file.find_first_of("?#"));
  images_[made] =
      Json::object({{"id", made},
                    {"src", place_.origin + "/wp-content/uploads/" + std::to_string(made) + "-" + (file.empty() ? "image" : file)},
                    {"name", file},
                    {"alt", wish.text_or("alt")}});
  return images_[made];
}

Catalogue::Wrong Catalogue::write_images(Json& document, const Json& images) {
  Json kept = Json::array();
  for (const Json& wish : images.as_array()) {
    auto one = image(wish);
    if (!one) return refusal(400, "woocommerce_product_image_upload_error", "Error getting remote image " + wish.text_or("src") + ".");
    kept.push_back(std::move(*one));
  }
  document.set("images", std::move(kept));
  return std::nullopt;
}

void Catalogue::write_tags(Json& document, const Json& tags) {
  Json kept = Json::array();
  for (const Json& wish : tags.as_array()) {
    std::int64_t id = wish.integer_or("id", 0);
    const std::string name = wish.text_or("name");
    if (!tags_.contains(id)) {
      const auto same = std::find_if(tags_.begin(), tags_.end(), [&](const auto& tag) { return tag.second.name == name; });
      id = same != tags_.end() ? same->first : shop_.next_id();
      tags_[id] = {name, 0};
    }
    kept.push_back(Json::object({{"id", id}, {"name", tags_[id].name}, {"slug", slug_of(tags_[id].name)}}));
  }
  document.set("tags", std::move(kept));
}

void Catalogue::write_categories(Json& document, const Json& categories) {
  Json kept = Json::array();
  for (const Json& wish : categories.as_array()) {
    const auto known = categories_.find(wish.integer_or("id", 0));
    if (known == categories_.end()) continue;  // a category that does not exist is dropped without a word
    kept.push_back(Json::object({{"id", known->first}, {"name", known->second.name}, {"slug", slug_of(known->second.name)}}));
  }
  document.set("categories", std::move(kept));
}

Json Catalogue::term_json(std::int64_t id, const Term& term) const {
  return Json::object({{"id", id}, {"name", term.name}, {"slug", slug_of(term.name)}, {"parent", term.parent}, {"description", ""}});
}

Json Catalogue::sellable_json(const Json& document, const Offer* offer, std::string_view kind) const {
  const auto text = [&document](const char* name) { return document.text_or(name); };
  const bool on_sale = offer && offer->compare_at > 0;
  const bool counted = offer && offer->counted;
  Json shown = Json::object({{"sku", text("sku")},
                             {"status", text("status")},
                             {"type", kind},
                             {"price", offer && offer->price > 0 ? price_text(offer->price, shop_.currency()) : ""},
                             {"regular_price", text("regular_price")},
                             {"sale_price", text("sale_price")},
                             {"on_sale", on_sale},
                             {"manage_stock", counted},
                             {"stock_quantity", counted ? Json(offer->quantity) : Json()},
                             {"stock_status", !offer || !offer->counted || offer->quantity > 0 ? "instock" : "outofstock"},
                             {"backorders", "no"},
                             {"weight", text("weight")}});
  const Json* meta = document.find("meta_data");
  shown.set("meta_data", meta ? *meta : Json::array());
  return shown;
}

Json Catalogue::product_json(const Listing& product) {
  const Json& document = product.document;
  Json shown = Json::object({{"id", product.id},
                             {"name", product.title},
                             {"slug", document.text_or("slug", slug_of(product.title))},
                             {"permalink", place_.origin + "/product/" + slug_of(product.title) + "/"},
                             {"date_created", site_time(product.created)},
                             {"date_created_gmt", utc_time(product.created)},
                             {"date_modified", site_time(product.modified)},
                             {"date_modified_gmt", utc_time(product.modified)},
                             {"description", product.description},
                             {"short_description", document.text_or("short_description")},
                             {"parent_id", 0}});
  const bool simple = document.text_or("type") == "simple";
  const Json sellable = sellable_json(document, simple ? shop_.offer(product.id) : nullptr, document.text_or("type"));
  for (const auto& [name, value] : sellable.as_object()) shown.set(name, value);
  for (const char* list : {"categories", "tags", "images", "attributes", "default_attributes"}) {
    const Json* value = document.find(list);
    shown.set(list, value ? *value : Json::array());
  }
  Json variations = Json::array();
  if (!simple) {
    for (const auto id : product.offers) variations.push_back(id);
  }
  shown.set("variations", std::move(variations));
  return shown;
}

Json Catalogue::variation_json(const Offer& offer) {
  const Json& document = offer.document;
  const Listing* product = shop_.listing(offer.listing);
  Json shown = Json::object({{"id", offer.id},
                             {"parent_id", offer.listing},
                             {"name", product ? product->title : ""},
                             {"date_created", site_time(product ? product->created : offer.modified)},
                             {"date_created_gmt", utc_time(product ? product->created : offer.modified)},
                             {"date_modified", site_time(offer.modified)},
                             {"date_modified_gmt", utc_time(offer.modified)},
                             {"description", document.text_or("description")}});
  const Json sellable = sellable_json(document, &offer, "variation");
  for (const auto& [name, value] : sellable.as_object()) shown.set(name, value);
  const Json* attributes = document.find("attributes");
  shown.set("attributes", attributes ? *attributes : Json::array());
  const Json* picture = document.find("image");
  shown.set("image", picture ? *picture : Json());
  return shown;
}

}  // namespace tally::sandbox::woo
