// The language of a WooCommerce shop, REST v3: as seen on running shops, with its traps (README.md).
#pragma once

#include "connectors/sandbox/dialect.hpp"

#include <set>
#include <variant>

namespace tally::sandbox::woo {

/// {"code", "message", "data": {"status"}}
Answer refusal(int status, std::string code, std::string message, Json data = Json::object());

/// Checks keys: Basic as over TLS, or OAuth 1.0a (HMAC over the query) as plain HTTP needs it.
class Keys {
 public:
  Keys(const Place& place);
  /// Nothing when the caller may go on.
  std::optional<Answer> check(const Request& request, Time now);

 private:
  std::optional<Answer> check_basic(const Request& request) const;
  std::optional<Answer> check_oauth(const Request& request, Time now);
  std::optional<Answer> check_nonce(const std::string& nonce, std::int64_t timestamp, Time now);

  std::string key_, secret_;
  bool basic_;
  std::set<std::string> nonces_;
  std::deque<std::pair<Time, std::string>> nonces_by_age_;
};

/// Called for whatever webhooks may tell of: a topic and a resource's id.
using Announce = std::function<void(const std::string& topic, std::int64_t id)>;

/// One of "page", "per_page" out of range is a refusal.
struct PageWish {
  std::int64_t page = 1, per_page = 10;
  static std::variant<PageWish, Answer> of(const Request& request);
};
Answer page_answer(const std::vector<Json>& all, const PageWish& wish);

/// The site's own time is an hour ahead of UTC, whole seconds.
std::string site_time(Time time);
std::string utc_time(Time time);
/// True if `time` is later than the query's `name` (site time unless dates_are_gmt), or nothing was asked.
bool later_than(const Request& request, std::string_view name, Time time);
bool earlier_than(const Request& request, std::string_view name, Time time);

class Webhooks {
 public:
  /// `document` writes the resource as it is when delivered; null: it is gone.
  using Document = std::function<Json(const std::string& resource, std::int64_t id)>;
  Webhooks(Place& place, Document document);

  Answer answer(const Request& request, const std::vector<std::string>& rest);
  void announce(const std::string& topic, std::int64_t id);
  /// The merchant enters an address in the shop's own pages: one webhook for each of the usual topics that has none to it yet.
  void enter(const std::string& url, const std::string& secret);

 private:
  struct Hook {
    std::int64_t id = 0;
    std::string name = {}, topic = {}, url = {}, secret = {}, status = "active";
    Time created = {}, modified = {};
    int failures = 0;
  };
  Json json(const Hook& hook) const;
  Answer create(const Json& body);
  std::optional<Answer> write(Hook& hook, const Json& body);
  void ping(std::int64_t hook);
  std::optional<Letter> letter(std::int64_t hook, std::int64_t resource);
  Delivery::Verdict settle(std::int64_t hook, const Receipt& receipt);

  Place& place_;
  Document document_;
  std::map<std::int64_t, Hook> hooks_;
  std::int64_t next_ = 1;
  std::set<std::pair<std::int64_t, std::int64_t>> pending_;  ///< (webhook, resource): told once
};

class Catalogue {
 public:
  Catalogue(Place& place, Announce announce) : place_(place), shop_(place.shop), announce_(std::move(announce)) {}

  Answer answer(const Request& request, const std::vector<std::string>& rest);
  /// A product or a variation; null if there is none.
  Json document(std::int64_t id);
  void edited(Offer& offer, std::string_view field);

 private:
  using Wrong = std::optional<Answer>;
  Answer list(const Request& request);
  Answer list_variations(const Request& request, Listing& product);
  Answer one(const Request& request, std::int64_t id);
  Answer variations(const Request& request, Listing& product, const std::vector<std::string>& rest);
  Answer batch(const Json& body, Listing* product);
  Answer create(const Json& body);
  Answer create_variation(Listing& product, const Json& body);
  Answer update(std::int64_t id, const Json& body, Listing* product);
  Answer remove(std::int64_t id, bool force, Listing* product);
  Answer categories(const Request& request, const std::vector<std::string>& rest);

  Wrong write_product(Listing& product, const Json& body);
  Wrong write_sellable(Json& document, Offer* offer, const Json& body);
  Wrong check_sellable(const Json& body) const;
  Wrong check_sku(const Json& body, std::int64_t own) const;
  Wrong write_images(Json& document, const Json& images);
  std::optional<Json> image(const Json& wish);
  void write_tags(Json& document, const Json& tags);
  void write_categories(Json& document, const Json& categories);
  void settle_type(Listing& product);
  Json product_json(const Listing& product);
  Json variation_json(const Offer& offer);
  Json sellable_json(const Json& document, const Offer* offer, std::string_view kind) const;

  struct Term {
    std::string name;
    std::int64_t parent = 0;
  };
  Json term_json(std::int64_t id, const Term& term) const;

  Place& place_;
  Shop& shop_;
  Announce announce_;
  std::map<std::int64_t, Term> categories_, tags_;
  std::map<std::int64_t, Json> images_;
};

class Orders {
 public:
  Orders(Place& place, Announce announce) : place_(place), shop_(place.shop), announce_(std::move(announce)) {}

  Answer answer(const Request& request, const std::vector<std::string>& rest);
  Json document(std::int64_t id);
  void changed(Order& order, OrderEvent event);

 private:
  Answer list(const Request& request);
  Answer create(const Json& body);
  Answer update(Order& order, const Json& body);
  void write_meta(Order& order, const Json& entries);
  void take_parcels(Order& order, const Json& items);
  Answer refunds(const Request& request, Order& order);
  Answer fulfillments(const Request& request, Order& order);
  Json order_json(const Order& order) const;
  Json line_json(const Line& line) const;
  Json refund_json(const Order& order, const Refund& refund) const;
  /// What changed its shelf is told as product.updated.
  void tell_products(const Order& order);

  Place& place_;
  Shop& shop_;
  Announce announce_;
};

}  // namespace tally::sandbox::woo
