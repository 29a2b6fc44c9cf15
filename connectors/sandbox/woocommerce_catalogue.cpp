// Products, variations and categories: the routes. What is written into them stands in woocommerce_product.cpp.
#include "connectors/sandbox/woocommerce.hpp"

#include <algorithm>

namespace tally::sandbox::woo {
namespace {

constexpr std::size_t most_in_a_batch = 100;

Answer no_product() {
  return refusal(404, "woocommerce_rest_product_invalid_id", "Invalid ID.");
}

std::set<std::string> words_of(const std::string& list) {
  std::set<std::string> words;
  std::size_t from = 0;
  while (from <= list.size() && !list.empty()) {
    const auto comma = std::min(list.find(',', from), list.size());
    words.insert(list.substr(from, comma - from));
    from = comma + 1;
  }
  return words;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Newest first unless asked otherwise; equal moments in the order of their ids.
void sort(std::vector<Json>& found, const Request& request) {
  const std::string by = request.query_value("orderby"), order = request.query_value("order");
  const char* key = by == "modified" ? "date_modified_gmt" : (by == "title" ? "name" : (by == "id" ? "" : "date_created_gmt"));
  const auto before = [key](const Json& a, const Json& b) {
    const int compared = *key ? a.text_or(key).compare(b.text_or(key)) : 0;
    return compared != 0 ? compared < 0 : a.integer_or("id") < b.integer_or("id");
  };
  std::sort(found.begin(), found.end(), before);
  if (order != "asc") std::reverse(found.begin(), found.end());
}

}  // namespace

Answer Catalogue::answer(const Request& request, const std::vector<std::string>& rest) {
  if (!rest.empty() && rest[0] == "categories") return categories(request, rest);
  if (rest.empty() && request.method == "GET") return list(request);
  auto body = Json::parse(request.body.empty() ? "{}" : request.body);
  if (!body || !body->is_object()) return refusal(400, "rest_invalid_json", "Invalid JSON body passed.");
  if (rest.empty()) return create(*body);
  if (rest[0] == "batch") return batch(*body, nullptr);
  const std::int64_t id = number_or(rest[0], 0);
  if (rest.size() == 1) return one(request, id);
  Listing* product = shop_.listing(id);
  if (!product || rest[1] != "variations") return no_product();
  return variations(request, *product, rest);
}

Answer Catalogue::list(const Request& request) {
  const auto wish = PageWish::of(request);
  if (const auto* refused = std::get_if<Answer>(&wish)) return *refused;
  const auto skus = words_of(request.query_value("sku")), ids = words_of(request.query_value("include"));
  const std::string search = lower(request.query_value("search")), status = request.query_value("status");
  // Asked of thousands, for one at a time: only what is shown is written out.
  const auto asked_for = [&](std::int64_t id, const std::string& name, const Json& document, Time modified) {
    if (!skus.empty() && !skus.contains(document.text_or("sku"))) return false;
    if (!ids.empty() && !ids.contains(std::to_string(id))) return false;
    if (!search.empty() && lower(name).find(search) == std::string::npos) return false;
    const std::string stands = document.text_or("status");
    if (!status.empty() && status != "any" && stands != status) return false;
    return (status == "trash" || stands != "trash") && later_than(request, "modified_after", modified);
  };
  std::vector<Json> found;
  for (const auto& [id, product] : shop_.listings()) {
    if (product.gone) continue;
    if (asked_for(id, product.title, product.document, product.modified)) found.push_back(product_json(product));
    if (skus.empty() || product.document.text_or("type") != "variable") continue;
    // Only a search by SKU sees variations.
    for (const auto variation : product.offers) {
      const Offer& offer = *shop_.offer(variation);
      if (skus.contains(offer.sku) && asked_for(offer.id, product.title, offer.document, offer.modified))
        found.push_back(variation_json(offer));
    }
  }
  sort(found, request);
  return page_answer(found, std::get<PageWish>(wish));
}

Answer Catalogue::list_variations(const Request& request, Listing& product) {
  const auto wish = PageWish::of(request);
  if (const auto* refused = std::get_if<Answer>(&wish)) return *refused;
  std::vector<Json> found;
  if (product.document.text_or("type") == "variable") {
    for (const auto id : product.offers) found.push_back(variation_json(*shop_.offer(id)));
  }
  sort(found, request);
  return page_answer(found, std::get<PageWish>(wish));
}

Answer Catalogue::one(const Request& request, std::int64_t id) {
  if (request.method == "GET") {
    const Json found = document(id);
    return found.is_null() ? no_product() : Answer::json(found);
  }
  if (request.method == "DELETE") return remove(id, request.query_value("force") == "true", nullptr);
  return update(id, *Json::parse(request.body.empty() ? "{}" : request.body), nullptr);
}

Answer Catalogue::variations(const Request& request, Listing& product, const std::vector<std::string>& rest) {
  const auto body = Json::parse(request.body.empty() ? "{}" : request.body);
  if (rest.size() == 2) return request.method == "GET" ? list_variations(request, product) : create_variation(product, *body);
  if (rest[2] == "batch") return batch(*body, &product);
  const std::int64_t id = number_or(rest[2], 0);
  if (request.method == "DELETE") return remove(id, request.query_value("force") == "true", &product);
  if (request.method != "GET") return update(id, *body, &product);
  const Offer* offer = shop_.offer(id);
  if (!offer || offer->listing != product.id || offer->id == product.id) {
    return refusal(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.");
  }
  return Answer::json(variation_json(*offer));
}

/// Always 200; what failed says so at its own place.
Answer Catalogue::batch(const Json& body, Listing* product) {
  std::size_t count = 0;
  for (const char* kind : {"create", "update", "delete"}) {
    const Json* items = body.find(kind);
    if (items && items->is_array()) count += items->as_array().size();
  }
  if (count > most_in_a_batch) {
    return refusal(413, "woocommerce_rest_request_entity_too_large", "Unable to accept more than 100 items for this request.");
  }
  Json all = Json::object();
  const auto each = [&](const char* kind, const std::function<Answer(const Json&)>& act) {
    const Json* items = body.find(kind);
    if (!items || !items->is_array()) return;
    Json results = Json::array();
    for (const Json& item : items->as_array()) {
      const Answer answer = act(item);
      Json result = *Json::parse(answer.body);
      if (answer.status >= 300) {
        const Json* id = item.is_object() ? item.find("id") : &item;
        result = Json::object({{"id", id ? *id : Json(0)}, {"error", std::move(result)}});
      }
      results.push_back(std::move(result));
    }
    all.set(kind, std::move(results));
  };
  each("create", [&](const Json& item) { return product ? create_variation(*product, item) : create(item); });
  each("update", [&](const Json& item) { return update(item.integer_or("id", 0), item, product); });
  each("delete", [&](const Json& item) {
    const auto id = item.integer();
    return remove(id ? *id : 0, true, product);
  });
  return Answer::json(all);
}

Answer Catalogue::create(const Json& body) {
  if (auto wrong = check_sku(body, 0)) return *wrong;
  if (auto wrong = check_sellable(body)) return *wrong;
  Listing* product = shop_.add_listing();
  if (!product) return refusal(500, "woocommerce_rest_product_not_created", "The pretend shop is full.");
  const std::int64_t id = product->id;
  product->document = Json::object({{"type", "simple"}, {"status", "publish"}});
  if (auto wrong = write_product(*product, body)) {
    for (const auto offer : std::vector(shop_.listing(id)->offers)) shop_.remove_offer(offer);
    shop_.listings().erase(id);
    return *wrong;
  }
  announce_("product.created", id);
  return Answer::json(product_json(*shop_.listing(id)), 201);
}

Answer Catalogue::create_variation(Listing& product, const Json& body) {
  if (auto wrong = check_sku(body, 0)) return *wrong;
  if (auto wrong = check_sellable(body)) return *wrong;
  if (product.document.text_or("type") != "variable") {
    return refusal(400, "woocommerce_rest_product_variation_invalid_parent", "The product is not variable.");
  }
  Offer* offer = shop_.add_offer(product);
  if (!offer) return refusal(500, "woocommerce_rest_product_variation_not_created", "The pretend shop is full.");
  offer->document = Json::object({{"status", "publish"}});
  if (auto wrong = write_sellable(offer->document, offer, body)) {
    shop_.remove_offer(offer->id);
    return *wrong;
  }
  product.modified = shop_.now();
  announce_("product.created", offer->id);
  return Answer::json(variation_json(*offer), 201);
}

Answer Catalogue::update(std::int64_t id, const Json& body, Listing* product) {
  Listing* listing = shop_.listing(id);
  Offer* offer = shop_.offer(id);
  const bool variation = offer && offer->listing != id;
  if (product && (!variation || offer->listing != product->id)) {
    return refusal(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.");
  }
  if (!listing && !variation) return no_product();
  if (auto wrong = check_sku(body, id)) return *wrong;
  if (auto wrong = check_sellable(body)) return *wrong;
  auto wrong = variation ? write_sellable(offer->document, offer, body) : write_product(*listing, body);
  if (wrong) return *wrong;
  // The echo of a write comes also when nothing changed, and moves the date.
  (variation ? offer->modified : listing->modified) = shop_.now();
  ++shop_.writes;
  announce_("product.updated", id);
  return Answer::json(variation ? variation_json(*offer) : product_json(*listing));
}

Answer Catalogue::remove(std::int64_t id, bool force, Listing* product) {
  Listing* listing = product ? nullptr : shop_.listing(id);
  Offer* offer = shop_.offer(id);
  if (listing) {
    const Json shown = product_json(*listing);
    listing->document.set("status", "trash");
    listing->showing = Showing::ended;
    if (force) {
      listing->gone = true;
      for (const auto each : std::vector(listing->offers)) shop_.remove_offer(each);
    }
    ++shop_.writes;
    announce_("product.deleted", id);
    return Answer::json(shown);
  }
  if (!offer || offer->listing == id || (product && offer->listing != product->id)) return no_product();
  const Json shown = variation_json(*offer);
  shop_.remove_offer(id);
  ++shop_.writes;
  announce_("product.deleted", id);
  return Answer::json(shown);
}

Answer Catalogue::categories(const Request& request, const std::vector<std::string>& rest) {
  if (rest.size() > 1) {
    const auto found = categories_.find(number_or(rest[1], 0));
    if (found == categories_.end()) return refusal(404, "woocommerce_rest_term_invalid", "Resource does not exist.");
    return Answer::json(term_json(found->first, found->second));
  }
  if (request.method == "GET") {
    const auto wish = PageWish::of(request);
    if (const auto* refused = std::get_if<Answer>(&wish)) return *refused;
    const std::string search = lower(request.query_value("search")), parent = request.query_value("parent");
    std::vector<Json> found;
    for (const auto& [id, term] : categories_) {
      if (!search.empty() && lower(term.name).find(search) == std::string::npos) continue;
      if (!parent.empty() && term.parent != number_or(parent, -1)) continue;
      found.push_back(term_json(id, term));
    }
    return page_answer(found, std::get<PageWish>(wish));
  }
  const auto body = Json::parse(request.body);
  if (!body || body->text_or("name").empty()) return refusal(400, "rest_missing_callback_param", "Missing parameter(s): name");
  const Term wished{body->text_or("name"), body->integer_or("parent", 0)};
  for (const auto& [id, term] : categories_) {
    if (term.name == wished.name && term.parent == wished.parent) {
      return refusal(400, "term_exists", "A term with the name provided already exists with this parent.",
                     Json::object({{"resource_id", id}}));
    }
  }
  if (wished.parent != 0 && !categories_.contains(wished.parent)) {
    return refusal(400, "woocommerce_rest_term_invalid", "Parent resource does not exist.");
  }
  const std::int64_t id = shop_.next_id();
  categories_[id] = wished;
  ++shop_.writes;
  return Answer::json(term_json(id, wished), 201);
}

Json Catalogue::document(std::int64_t id) {
  if (const Listing* product = shop_.listing(id)) return product_json(*product);
  const Offer* offer = shop_.offer(id);
  return offer && offer->listing != id ? variation_json(*offer) : Json();
}

void Catalogue::edited(Offer& offer, std::string_view field) {
  Listing* product = shop_.listing(offer.listing);
  if (!product) return;
  const bool of_product = field == "title" || field == "description" || offer.id == offer.listing;
  if (field == "price") {
    Json& document = offer.id == offer.listing ? product->document : offer.document;
    document.set("regular_price", price_text(offer.price, shop_.currency()));
    document.set("sale_price", "");
    offer.compare_at = 0;
  }
  announce_("product.updated", of_product ? product->id : offer.id);
}

}  // namespace tally::sandbox::woo
