#include "connectors/sandbox/douyin.hpp"

#include <algorithm>

namespace tally::sandbox::douyin {
namespace {

constexpr int in_audit = 2, passed = 3, refused_by_audit = 4;
constexpr std::size_t most_pictures = 200'000, most_keys = 1'000'000;

Answer wrong(std::string what) {
  return failed(wrong_parameter, "isv.parameter-invalid", std::move(what));
}
Answer business(std::string what) {
  return failed(business_failed, "isv.business-failed:1", std::move(what));
}

Answer too_little() {
  return failed(business_failed, "isv.business-failed:2", "the stock is not sufficient");
}

Json number(std::int64_t id) {
  return Json(id);
}

std::vector<std::string> pictures_in(const std::string& joined) {
  std::vector<std::string> found;
  std::size_t from = 0;
  while (from < joined.size()) {
    const auto bar = std::min(joined.find('|', from), joined.size());
    found.push_back(joined.substr(from, bar - from));
    from = bar + 1;
  }
  return found;
}

int status_of(const Listing& listing) {
  return listing.showing == Showing::live || listing.showing == Showing::waiting ? 0 : 1;
}

/// The SKUs of an edit: a JSON list as text, or an object with that list under `list` (sources differ). Nothing if it is neither.
std::optional<Json> skus_in(const Json& body) {
  const auto written = Json::parse(body.text_or("spec_prices_v2"));
  if (!written) return std::nullopt;
  const Json* list = written->is_object() ? written->find("list") : &*written;
  if (!list || !list->is_array() || list->as_array().empty()) return std::nullopt;
  return *list;
}

/// What tells one SKU of a product from the others: its values, in order.
std::string combination(const Json& sku) {
  std::string text;
  const Json* properties = sku.find("sell_properties");
  if (!properties || !properties->is_array()) return text;
  for (const Json& property : properties->as_array()) text += property.text_or("value_name") + "\x1f";
  return text;
}

}  // namespace

std::optional<Answer> Products::answer(const std::string& call, const Json& body) {
  if (call == "/material/uploadImageSync") return upload(body);
  if (call == "/product/addV2") return add(body);
  if (call == "/product/listV2") return list(body);
  if (call == "/sku/syncStock") return sync_stock(body);
  if (call == "/sku/syncStockBatch") return sync_batch(body);
  if (call == "/sku/stockNum") return stock_number(body);
  if (call == "/sku/editPrice") return edit_price(body);
  if (!call.starts_with("/product/")) return std::nullopt;
  if (!shop_.listing(id_in(body, "product_id"))) return business("the product does not exist");
  if (call == "/product/editV2") return edit(body);
  if (call == "/product/detail") return detail(body);
  if (call == "/product/setOnline") return show(body, Showing::live);
  if (call == "/product/setOffline") return show(body, Showing::paused);
  if (call == "/product/del") return show(body, Showing::ended);
  return std::nullopt;
}

Answer Products::upload(const Json& body) {
  const std::string url = body.text_or("url");
  if (!url.starts_with("http")) return wrong("url is no address");
  if (pictures_.size() >= most_pictures) return business("the pretend platform keeps no more pictures");
  const std::string id = std::to_string(7000000000000000000 + static_cast<std::int64_t>(pictures_.size()));
  const std::string kept = place_.origin + "/obj/temai/" + id;
  pictures_.insert(kept);
  return done(Json::object({{"folder_id", body.text_or("folder_id", "0")},
                            {"material_id", id},
                            {"origin_url", url},
                            {"byte_url", kept},
                            {"is_new", true},
                            {"audit_status", 3}}));
}

std::optional<Answer> Products::check(const Json& body, bool whole) const {
  if (whole || body.find("name")) {
    if (body.text_or("name").empty()) return wrong("name is empty");
  }
  if (whole || body.find("pic")) {
    const auto pictures = pictures_in(body.text_or("pic"));
    const auto uploaded = [this](const std::string& url) { return pictures_.contains(url); };
    if (pictures.empty() || !std::all_of(pictures.begin(), pictures.end(), uploaded))
      return wrong("pic must be pictures of the material centre");
  }
  if (!whole && !body.find("spec_prices_v2")) return std::nullopt;
  const auto skus = skus_in(body);
  if (!skus) return wrong("spec_prices_v2 must be a JSON list as text");
  for (const Json& sku : skus->as_array()) {
    const Json* price = sku.find("price");
    const Listing* listing = whole ? nullptr : shop_.listing(id_in(body, "product_id"));
    if (!price && listing && known_sku(*listing, sku)) continue;
    if (!price || !price->is_number() || !price->integer() || price->integer().value() <= 0) {
      return wrong("price must be a whole number of fen above 0");
    }
  }
  return std::nullopt;
}

/// SKUs are known by their combination of values.
Offer* Products::known_sku(const Listing& listing, const Json& written) const {
  for (const auto id : listing.offers) {
    Offer* known = shop_.offer(id);
    if (combination(known->document) == combination(written)) return known;
  }
  return nullptr;
}

/// What an edit leaves out of a SKU stays. A number that is there already is not touched by an edit.
std::optional<Answer> Products::write_skus(Listing& listing, const Json& body) {
  if (!body.find("spec_prices_v2")) return std::nullopt;
  const Json skus = *skus_in(body);
  std::vector<std::int64_t> kept;
  for (const Json& written : skus.as_array()) {
    Offer* offer = known_sku(listing, written);
    if (!offer) {
      offer = shop_.add_offer(listing);
      if (!offer) return business("the pretend platform is full");
      offer->sku = written.text_or("code");
      shop_.show(*offer, written.integer_or("stock_num", 0), Cause::write);
    }
    offer->sku = written.text_or("code");
    offer->price = written.integer_or("price", offer->price);
    offer->document = written;
    offer->modified = shop_.now();
    kept.push_back(offer->id);
  }
  for (const auto id : std::vector(listing.offers)) {
    if (std::find(kept.begin(), kept.end(), id) == kept.end()) shop_.remove_offer(id);
  }
  return std::nullopt;
}

Answer Products::add(const Json& body) {
  if (auto refused = check(body, true)) return *refused;
  Listing* listing = shop_.add_listing();
  if (!listing) return business("the pretend platform is full");
  listing->document = body;
  listing->document.set("check_status", in_audit);
  listing->title = body.text_or("name");
  listing->description = body.text_or("description");
  if (auto refused = write_skus(*listing, body)) return *refused;
  audits_[listing->id] = shop_.now() + place_.options.audit;
  ++shop_.writes;
  Json skus = Json::array();
  for (const auto id : listing->offers) skus.push_back(Json::object({{"sku_id", number(id)}, {"code", shop_.offer(id)->sku}}));
  return done(Json::object({{"product_id", number(listing->id)},
                            {"outer_product_id", body.text_or("outer_product_id")},
                            {"create_time", format_naive(listing->created)},
                            {"sku", std::move(skus)}}));
}

/// What an edit leaves out stays. The words change when the audit has passed.
Answer Products::edit(const Json& body) {
  if (auto refused = check(body, false)) return *refused;
  Listing& listing = *shop_.listing(id_in(body, "product_id"));
  if (listing.document.integer_or("check_status") == in_audit) return business("the product is being audited");
  listing.document.set("draft", body);
  listing.document.set("check_status", in_audit);
  audits_[listing.id] = shop_.now() + place_.options.audit;
  ++shop_.writes;
  return done(Json::object({{"product_id", number(listing.id)}}));
}

void Products::finish_audits() {
  const Time now = shop_.now();
  for (auto audit = audits_.begin(); audit != audits_.end();) {
    if (audit->second > now) {
      ++audit;
      continue;
    }
    Listing* listing = shop_.listing(audit->first);
    audit = audits_.erase(audit);
    if (!listing) continue;
    const Json* waiting = listing->document.find("draft");
    const Json draft = waiting ? *waiting : Json::object();
    const std::string forbidden = place_.secret("forbidden_word", "");
    const std::string title = draft.text_or("name", listing->title);
    const bool refused = !forbidden.empty() && title.find(forbidden) != std::string::npos;
    listing->document.set("check_status", refused ? refused_by_audit : passed);
    listing->document.erase("draft");
    if (!refused) {
      for (const auto& [name, value] : draft.as_object()) listing->document.set(name, value);
      listing->title = title;
      if (draft.find("description")) listing->description = draft.text_or("description");
      if (auto full = write_skus(*listing, draft)) place_.log.warning("an edit could not be taken over", {{"answer", full->body}});
      if (listing->showing == Showing::waiting) listing->showing = Showing::live;
    }
    listing->modified = shop_.now();
    tell(*listing, refused ? "audit_refused" : "audit_passed");
  }
}

Json Products::sku_json(const Offer& offer) const {
  Json shown = Json::object(
      {{"sku_id", number(offer.id)}, {"code", offer.sku}, {"price", offer.price}, {"stock_num", offer.quantity}, {"out_sku_id", 0}});
  const Json* properties = offer.document.find("sell_properties");
  std::size_t place = 0;
  if (properties && properties->is_array()) {
    for (const Json& property : properties->as_array())
      shown.set("spec_detail_name" + std::to_string(++place), property.text_or("value_name"));
  }
  while (place < 3) shown.set("spec_detail_name" + std::to_string(++place), "");
  return shown;
}

Answer Products::detail(const Json& body) {
  const Listing& listing = *shop_.listing(id_in(body, "product_id"));
  Json pictures = Json::array(), skus = Json::array();
  for (const std::string& url : pictures_in(listing.document.text_or("pic"))) pictures.push_back(url);
  for (const auto id : listing.offers) skus.push_back(sku_json(*shop_.offer(id)));
  Json shown = Json::object({{"product_id", number(listing.id)},
                             {"product_id_str", std::to_string(listing.id)},
                             {"outer_product_id", listing.document.text_or("outer_product_id")},
                             {"name", listing.title},
                             {"description", listing.description},
                             {"status", status_of(listing)},
                             {"check_status", listing.document.integer_or("check_status")},
                             {"create_time", to_ms(listing.created) / 1000},
                             {"update_time", to_ms(listing.modified) / 1000}});
  if (const Json* leaf = listing.document.find("category_leaf_id")) shown.set("category_leaf_id", *leaf);
  if (const Json* specs = listing.document.at("/spec_info/spec_values")) {
    Json shown_specs = Json::array();
    std::int64_t place = 0;
    for (const Json& spec : specs->is_array() ? specs->as_array() : Json::Array{}) {
      Json one = Json::object({{"id", ++place}, {"name", spec.text_or("property_name")}});
      if (const Json* values = spec.find("values")) one.set("values", *values);
      shown_specs.push_back(std::move(one));
    }
    shown.set("specs", std::move(shown_specs));
  }
  shown.set("pic", std::move(pictures));
  shown.set("spec_prices", std::move(skus));
  return done(std::move(shown));
}

Answer Products::list(const Json& body) {
  const std::int64_t page = body.integer_or("page", 1), size = body.integer_or("size", 10);
  if (page < 1 || size < 1 || size > 100) return wrong("page counts from 1, size is 1 to 100");
  Json shown = Json::array();
  std::int64_t total = 0;
  for (const auto& [id, listing] : shop_.listings()) {
    if (listing.gone) continue;
    const std::int64_t place = total++;
    if (place < (page - 1) * size || place >= page * size) continue;
    shown.push_back(Json::object({{"product_id", number(id)},
                                  {"name", listing.title},
                                  {"outer_product_id", listing.document.text_or("outer_product_id")},
                                  {"status", status_of(listing)},
                                  {"check_status", listing.document.integer_or("check_status")},
                                  {"update_time", to_ms(listing.modified) / 1000}}));
  }
  return done(Json::object({{"data", std::move(shown)}, {"page", page}, {"size", size}, {"total", total}}));
}

Answer Products::show(const Json& body, Showing showing) {
  Listing& listing = *shop_.listing(id_in(body, "product_id"));
  if (showing == Showing::live && listing.document.integer_or("check_status") != passed)
    return business("the product has not passed its audit");
  listing.showing = showing;
  listing.gone = showing == Showing::ended;
  listing.modified = shop_.now();
  ++shop_.writes;
  return done(Json::object());
}

Offer* Products::sku_in(const Json& body) {
  if (Offer* offer = shop_.offer(id_in(body, "sku_id"))) return offer;
  const std::string code = body.text_or("code");
  return code.empty() ? nullptr : shop_.offer_of(code);
}

Answer Products::sync_stock(const Json& body) {
  Offer* offer = sku_in(body);
  if (!offer || !shop_.listing(offer->listing)) return business("the SKU does not exist");
  if (body.find("product_id") && id_in(body, "product_id") != offer->listing) return business("the SKU is not of this product");
  const Json* units = body.find("stock_num");
  if (!units || !units->integer()) return failed(missing_parameter, "isv.missing-parameter", "stock_num is missing");
  const bool change = body.bool_or("incremental");
  const std::string key = body.text_or("idempotent_id");
  if (change && key.empty()) return failed(missing_parameter, "isv.missing-parameter", "incremental needs idempotent_id");
  if (!key.empty() && applied_.contains(key)) return done(Json::object());
  const Units after = (change ? offer->quantity : 0) + units->integer().value();
  if (after < 0) return too_little();
  if (applied_.size() >= most_keys) applied_.clear();
  if (!key.empty()) applied_.insert(key);
  ++shop_.writes;
  shop_.show(*offer, after, Cause::write, key);
  return done(Json::object());
}

/// All or nothing.
Answer Products::sync_batch(const Json& body) {
  const Json* items = body.find("sku_sync_list");
  if (!items || !items->is_array() || items->as_array().empty()) return failed(missing_parameter, "isv.missing-parameter", "sku_sync_list");
  const bool change = body.bool_or("incremental");
  const std::string key = body.text_or("idempotent_id");
  if (change && key.empty()) return failed(missing_parameter, "isv.missing-parameter", "incremental needs idempotent_id");
  if (!key.empty() && applied_.contains(key)) return done(Json::object());
  std::map<std::int64_t, Units> after;
  for (const Json& item : items->as_array()) {
    const Offer* offer = sku_in(item);
    if (!offer) return business("a SKU does not exist");
    const auto [place, fresh] = after.emplace(offer->id, change ? offer->quantity : 0);
    place->second += item.integer_or("stock_num", 0);
    if (place->second < 0) return too_little();
  }
  if (!key.empty()) applied_.insert(key);
  ++shop_.writes;
  for (const auto& [id, quantity] : after) shop_.show(*shop_.offer(id), quantity, Cause::write, key);
  return done(Json::object());
}

Answer Products::stock_number(const Json& body) {
  const Offer* offer = sku_in(body);
  if (!offer) return business("the SKU does not exist");
  return done(
      Json::object({{"sku_id", number(offer->id)}, {"code", offer->sku}, {"stock_num", offer->quantity}, {"prehold_stock_num", 0}}));
}

Answer Products::edit_price(const Json& body) {
  Offer* offer = sku_in(body);
  if (!offer) return business("the SKU does not exist");
  const std::int64_t price = body.integer_or("price", 0);
  if (price <= 0) return wrong("price must be a whole number of fen above 0");
  offer->price = price;
  offer->modified = shop_.now();
  ++shop_.writes;
  return done(Json::object());
}

void Products::edited(Offer& offer) {
  if (const Listing* listing = shop_.listing(offer.listing)) tell(*listing, "edited");
}

void Products::tell(const Listing& listing, const char* event) {
  push_.send("400", Json::object({{"product_id", number(listing.id)}, {"event", event}, {"update_time", to_ms(shop_.now()) / 1000}}));
}

}  // namespace tally::sandbox::douyin
