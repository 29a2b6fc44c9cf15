#include "connectors/sandbox/wechat.hpp"

#include <algorithm>

namespace tally::sandbox::wechat {
namespace {

constexpr int no_product = 10020050;
constexpr int no_sku = 10020052;
constexpr int wrong_parameters = 10020055;
constexpr int too_often_for_sku = 10020112;
constexpr int being_audited = 10020217;
constexpr int change_is_zero = 10020218;
constexpr int not_enough = 10020219;
constexpr int never_listed = 10020289;

constexpr int auditing = 2, audit_refused = 3, audit_passed = 4;
constexpr int most_writes_a_second = 50;  ///< of one SKU; assumed, none is published
constexpr std::size_t longest_title = 60;

int status_of(const Listing& listing) {
  switch (listing.showing) {
    case Showing::waiting:
      return 0;
    case Showing::live:
      return 5;
    case Showing::paused:
      return 11;
    case Showing::ended:
      return 9;
  }
  return 0;
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::optional<Answer> Products::answer(const std::string& call, const Json& body) {
  if (call == "/shop/ec/basics/img/upload" || call == "/channels/ec/basics/img/upload") return upload(body);
  const std::string prefix = "/channels/ec/product/";
  if (!call.starts_with(prefix)) return std::nullopt;
  const std::string what = call.substr(prefix.size());
  if (what == "add") return add(body);
  if (what == "list/get") return list(body);
  // The rest is about one product.
  if (!shop_.listing(id_in(body, "product_id"))) return failed(no_product, "product not found");
  if (what == "update") return update(body);
  if (what == "auditfree" || what == "audit/free") return audit_free(body);
  if (what == "get") return get(body);
  if (what == "listing") return show(body, true);
  if (what == "delisting") return show(body, false);
  if (what == "stock/update") return stock_update(body);
  if (what == "stock/get") return stock_get(body);
  if (what == "delete") {
    Listing& listing = *shop_.listing(id_in(body, "product_id"));
    listing.showing = Showing::ended;
    listing.gone = true;
    ++shop_.writes;
    return done();
  }
  return std::nullopt;
}

Answer Products::upload(const Json& body) {
  const std::string url = body.text_or("img_url");
  if (!url.starts_with("http")) return failed(wrong_parameters, "img_url is not an address");
  if (pictures_.size() > 200'000) return failed(wrong_parameters, "the pretend platform keeps no more pictures");
  const std::string kept = place_.origin + "/mmecimage/" + std::to_string(pictures_.size() + 1) + ".jpg";
  pictures_.insert(kept);
  return done(Json::object({{"pic_file", Json::object({{"img_url", kept}, {"media_id", ""}})}}));
}

std::optional<Answer> Products::check(const Json& body) const {
  const std::string title = body.text_or("title");
  if (title.empty() || characters(title) > longest_title) return failed(wrong_parameters, "title must have 1 to 60 characters");
  const Json* pictures = body.find("head_imgs");
  if (!pictures || !pictures->is_array() || pictures->as_array().empty()) return failed(wrong_parameters, "head_imgs is empty");
  for (const Json& picture : pictures->as_array()) {
    if (!pictures_.contains(picture.scalar_text())) return failed(wrong_parameters, "head_imgs must be uploaded first");
  }
  const Json* skus = body.find("skus");
  if (!skus || !skus->is_array() || skus->as_array().empty()) return failed(wrong_parameters, "skus is empty");
  for (const Json& sku : skus->as_array()) {
    const Json* price = sku.find("sale_price");
    const Offer* known = shop_.offer(id_in(sku, "sku_id"));
    if (!price && known && known->listing == id_in(body, "product_id")) continue;
    if (!price || !price->is_number() || !price->integer() || price->integer().value() <= 0) {
      return failed(wrong_parameters, "sale_price must be a whole number of fen above 0");
    }
  }
  return std::nullopt;
}

/// A SKU has its id and its first number from the moment it is written, also while the product waits for its audit.
Json Products::number_skus(Listing& listing, Json body) {
  for (Json& written : body.find("skus")->as_array()) {
    const Offer* known = shop_.offer(id_in(written, "sku_id"));
    if (known && known->listing == listing.id) continue;
    Offer* offer = shop_.add_offer(listing);
    if (!offer) break;
    offer->sku = written.text_or("sku_code");
    offer->price = written.integer_or("sale_price", 0);
    offer->compare_at = written.integer_or("market_price", 0);
    shop_.show(*offer, written.integer_or("stock_num", 0), Cause::write);
    written.set("sku_id", std::to_string(offer->id));
  }
  return body;
}

Answer Products::add(const Json& body) {
  if (auto wrong = check(body)) return *wrong;
  Listing* listing = shop_.add_listing();
  if (!listing) return failed(wrong_parameters, "the pretend platform is full");
  listing->document = Json::object({{"draft", number_skus(*listing, body)}, {"edit_status", auditing}, {"listed", false}});
  audits_[listing->id] = shop_.now() + place_.options.audit;
  ++shop_.writes;
  return done(Json::object(
      {{"data", Json::object({{"product_id", std::to_string(listing->id)}, {"create_time", format_naive(listing->created)}})}}));
}

/// The new words wait for the audit; what is on sale stays as it was until then.
Answer Products::update(const Json& body) {
  if (auto wrong = check(body)) return *wrong;
  Listing& listing = *shop_.listing(id_in(body, "product_id"));
  if (listing.document.integer_or("edit_status") == auditing) return failed(being_audited, "product is being audited");
  listing.document.set("draft", number_skus(listing, body));
  listing.document.set("edit_status", auditing);
  audits_[listing.id] = shop_.now() + place_.options.audit;
  ++shop_.writes;
  return done(Json::object({{"data", Json::object({{"product_id", std::to_string(listing.id)}})}}));
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
    const std::string forbidden = place_.secret("forbidden_word", "");
    const Json* draft = listing->document.find("draft");
    const bool refused = !forbidden.empty() && draft->text_or("title").find(forbidden) != std::string::npos;
    listing->document.set("edit_status", refused ? audit_refused : audit_passed);
    listing->document.set("reject_reason", refused ? "the title has the word '" + forbidden + "'" : "");
    if (!refused) take_over(*listing);
    tell("product_spu_audit", "ProductSpuAudit", *listing, refused ? audit_refused : audit_passed,
         listing->document.text_or("reject_reason"));
  }
}

/// The audited draft becomes what is shown. Numbers of SKUs that were there before are not touched: stock has calls of its own.
void Products::take_over(Listing& listing) {
  Json draft = *listing.document.find("draft");
  listing.title = draft.text_or("title");
  if (const Json* text = draft.at("/desc_info/desc")) listing.description = text->scalar_text();
  std::vector<std::int64_t> kept;
  for (Json& written : draft.find("skus")->as_array()) {
    Offer* offer = shop_.offer(id_in(written, "sku_id"));
    if (!offer || offer->listing != listing.id) continue;  // the pretend platform was full
    offer->sku = written.text_or("sku_code");
    offer->price = written.integer_or("sale_price", offer->price);
    offer->compare_at = written.integer_or("market_price", offer->compare_at);
    offer->modified = shop_.now();
    offer->document = written;
    kept.push_back(offer->id);
  }
  for (const auto id : std::vector(listing.offers)) {
    if (std::find(kept.begin(), kept.end(), id) == kept.end()) shop_.remove_offer(id);
  }
  listing.document.set("draft", draft);
  listing.document.set("online", std::move(draft));
  listing.modified = shop_.now();
}

/// Prices, without an audit and at once.
Answer Products::audit_free(const Json& body) {
  Listing& listing = *shop_.listing(id_in(body, "product_id"));
  const Json* skus = body.find("skus");
  if (!skus || !skus->is_array()) return failed(wrong_parameters, "skus is missing");
  for (const Json& written : skus->as_array()) {
    const Offer* offer = shop_.offer(id_in(written, "sku_id"));
    if (!offer || offer->listing != listing.id) return failed(no_sku, "sku not found");
  }
  for (const Json& written : skus->as_array()) {
    Offer& offer = *shop_.offer(id_in(written, "sku_id"));
    offer.price = written.integer_or("sale_price", offer.price);
    offer.compare_at = written.integer_or("market_price", offer.compare_at);
    offer.modified = listing.modified = shop_.now();
  }
  ++shop_.writes;
  return done();
}

Json Products::document(const Listing& listing, const Json& written) const {
  Json shown = written;
  shown.set("product_id", std::to_string(listing.id));
  shown.set("status", status_of(listing));
  shown.set("edit_status", listing.document.integer_or("edit_status"));
  const std::string why = listing.document.text_or("reject_reason");
  if (!why.empty()) shown.set("audit_info", Json::object({{"reject_reason", why}}));
  Json* skus = shown.find("skus");
  if (!skus || !skus->is_array()) return shown;
  for (Json& sku : skus->as_array()) {
    const Offer* offer = shop_.offer(id_in(sku, "sku_id"));
    if (!offer) continue;
    sku.set("stock_num", offer->quantity);
    sku.set("sale_price", offer->price);
    sku.set("market_price", offer->compare_at);
    sku.set("sku_code", offer->sku);
    sku.set("status", 5);
  }
  return shown;
}

Answer Products::get(const Json& body) {
  const Listing& listing = *shop_.listing(id_in(body, "product_id"));
  const std::int64_t type = body.integer_or("data_type", 1);
  const Json* online = listing.document.find("online");
  const Json* draft = listing.document.find("draft");
  Json answer = Json::object({{"product", document(listing, type == 2 || !online ? *draft : *online)}});
  if (type != 1) answer.set("edit_product", document(listing, *draft));
  return done(std::move(answer));
}

Answer Products::list(const Json& body) {
  const std::int64_t size = body.integer_or("page_size", 10);
  if (size < 1 || size > 30) return failed(wrong_parameters, "page_size must be 1 to 30");
  const std::int64_t after = number_or(body.text_or("next_key"), 0);
  const std::int64_t status = body.integer_or("status", -1);
  Json ids = Json::array();
  std::int64_t last = after, total = 0;
  for (const auto& [id, listing] : shop_.listings()) {
    if (listing.gone || (status >= 0 && status_of(listing) != status)) continue;
    ++total;
    if (id <= after || static_cast<std::int64_t>(ids.as_array().size()) >= size) continue;
    ids.push_back(std::to_string(id));
    last = id;
  }
  const bool empty = ids.as_array().empty();
  return done(Json::object({{"product_ids", std::move(ids)}, {"next_key", empty ? "" : std::to_string(last)}, {"total_num", total}}));
}

Answer Products::show(const Json& body, bool listing) {
  Listing& product = *shop_.listing(id_in(body, "product_id"));
  if (listing && !product.document.find("online")) return failed(being_audited, "product has not passed its audit");
  product.showing = listing ? Showing::live : Showing::paused;
  if (listing) product.document.set("listed", true);
  product.modified = shop_.now();
  ++shop_.writes;
  tell("product_spu_listing", "ProductSpuListing", product, status_of(product));
  return done();
}

Answer Products::stock_update(const Json& body) {
  const Listing& listing = *shop_.listing(id_in(body, "product_id"));
  Offer* offer = shop_.offer(id_in(body, "sku_id"));
  if (!offer || offer->listing != listing.id) return failed(no_sku, "sku not found");
  if (!listing.document.bool_or("listed")) return failed(never_listed, "product was never listed");
  if (listing.document.integer_or("edit_status") == auditing) return failed(being_audited, "product is being audited");
  auto& [second, count] = writes_in_second_[offer->id];
  if (shop_.now() - second >= Duration(1000)) {
    second = shop_.now();
    count = 0;
  }
  if (++count > most_writes_a_second) return failed(too_often_for_sku, "this sku is updated too often");
  const std::int64_t way = body.integer_or("diff_type"), size = body.integer_or("num", -1);
  if (way < 1 || way > 3 || size < 0) return failed(wrong_parameters, "diff_type must be 1, 2 or 3 and num not negative");
  if (way != 3 && size == 0) return failed(change_is_zero, "num is 0");
  const Units after = way == 3 ? size : offer->quantity + (way == 1 ? size : -size);
  if (after < 0) return failed(not_enough, "stock is insufficient");
  ++shop_.writes;
  shop_.show(*offer, after, Cause::write);
  return done();
}

Answer Products::stock_get(const Json& body) {
  const Offer* offer = shop_.offer(id_in(body, "sku_id"));
  if (!offer || offer->listing != id_in(body, "product_id")) return failed(no_sku, "sku not found");
  return done(Json::object({{"data", Json::object({{"normal_stock_num", offer->quantity},
                                                   {"limited_discount_stock_num", 0},
                                                   {"warehouse_stocks", Json::array()},
                                                   {"total_num", offer->quantity}})}}));
}

void Products::edited(Offer& offer) {
  Listing* listing = shop_.listing(offer.listing);
  if (!listing) return;
  for (const char* version : {"draft", "online"}) {
    Json* written = listing->document.find(version);
    if (!written) continue;
    written->set("title", listing->title);
    if (Json* text = written->find("desc_info"); text && text->is_object()) text->set("desc", listing->description);
  }
  tell("product_spu_update", "ProductSpuUpdate", *listing, status_of(*listing));
}

void Products::tell(const char* event, const char* part, const Listing& listing, int status, const std::string& why) {
  push_.send(Json::object(
      {{"Event", event}, {part, Json::object({{"product_id", std::to_string(listing.id)}, {"status", status}, {"reason", why}})}}));
}

}  // namespace tally::sandbox::wechat
