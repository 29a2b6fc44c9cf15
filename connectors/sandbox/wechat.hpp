// The language of WeChat's shop (微信小店): a token in the query, JSON bodies, errors as numbers inside a 200, encrypted pushes.
#pragma once

#include "connectors/sandbox/after_sales.hpp"
#include "connectors/sandbox/dialect.hpp"

#include <set>

namespace tally::sandbox::wechat {

/// {"errcode", "errmsg"} in a 200, as everything here.
Answer failed(int code, std::string message);
/// `more` beside errcode 0.
Answer done(Json more = Json::object());

/// An id as text or as a number; 0 if it is neither.
std::int64_t id_in(const Json& body, std::string_view name);

/// Hands out access tokens and recognises them.
class Tokens {
 public:
  Tokens(const Place& place);
  Answer issue(const Json& body, Time now);
  /// Nothing when the caller may go on.
  std::optional<Answer> check(const std::string& token, Time now) const;

 private:
  std::string app_id_, secret_;
  Duration life_;
  std::map<std::string, Time> tokens_;  ///< until when; the last two, so that a renewal overlaps
  std::string current_;
  Time issued_;
};

/// Writes, signs and sends events to the merchant's address once that has answered the greeting.
class Push {
 public:
  explicit Push(Place& place);
  void enter(const std::string& url);
  void send(Json event);
  /// Greets again while the address has not answered yet.
  void work();

 private:
  Letter letter(const Json& event);
  Letter greeting();
  std::string query(const std::string& nonce, const std::string& timestamp) const;

  Place& place_;
  std::string token_, key_, app_id_, url_;
  bool greeted_ = false, greeting_ = false;
  std::string echo_;
  Time next_greeting_;
};

class Products {
 public:
  Products(Place& place, Push& push) : place_(place), shop_(place.shop), push_(push) {}
  /// Nothing if `call` is none of a product.
  std::optional<Answer> answer(const std::string& call, const Json& body);
  void edited(Offer& offer);
  void finish_audits();

 private:
  Answer add(const Json& body);
  Answer update(const Json& body);
  Answer audit_free(const Json& body);
  Answer get(const Json& body);
  Answer list(const Json& body);
  Answer show(const Json& body, bool listing);
  Answer stock_update(const Json& body);
  Answer stock_get(const Json& body);
  Answer upload(const Json& body);
  std::optional<Answer> check(const Json& body) const;
  Json number_skus(Listing& listing, Json body);
  void take_over(Listing& listing);
  Json document(const Listing& listing, const Json& written) const;
  void tell(const char* event, const char* part, const Listing& listing, int status, const std::string& why = {});

  Place& place_;
  Shop& shop_;
  Push& push_;
  std::map<std::int64_t, Time> audits_;  ///< listing → when its audit ends
  std::set<std::string> pictures_;
  std::map<std::int64_t, std::pair<Time, int>> writes_in_second_;  ///< SKU → stock writes in the running second
};

class Orders {
 public:
  Orders(Place& place, Push& push) : place_(place), shop_(place.shop), push_(push), after_sales_(place.shop, 2'000'000'000'000'001) {}
  std::optional<Answer> answer(const std::string& call, const Json& body);
  void changed(Order& order, OrderEvent event);
  Result<void> after_sale(const Order& order, std::string_view verb, const Json& wish);

 private:
  Answer list(const Json& body);
  Answer get(const Json& body);
  Answer deliver(const Json& body);
  Json parcels(const Order& order) const;
  Answer list_after_sales(const Json& body);
  Answer get_after_sale(const Json& body);
  Answer accept(const Json& body);
  Json document(const Order& order) const;
  /// The short forms that an order shows of its after-sales.
  Json after_sales_of(const Order& order) const;
  void tell(const char* event, const Order& order, bool as_number);
  void tell(const AfterSale& sale);

  Place& place_;
  Shop& shop_;
  Push& push_;
  AfterSales after_sales_;
};

}  // namespace tally::sandbox::wechat
