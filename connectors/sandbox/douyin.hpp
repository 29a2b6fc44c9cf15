// The language of Douyin's shops (抖店): signed requests over the body as sent, pages from 0, pushes in batches.
#pragma once

#include "connectors/sandbox/after_sales.hpp"
#include "connectors/sandbox/dialect.hpp"

#include <set>

namespace tally::sandbox::douyin {

/// {"code", "msg", "sub_code", "sub_msg", "log_id"} in a 200.
Answer failed(int code, std::string sub_code, std::string sub_message);
Answer done(Json data);

inline constexpr int missing_parameter = 40002, wrong_parameter = 40003, business_failed = 50002;

/// An id as text or as a number; 0 if it is neither.
std::int64_t id_in(const Json& body, std::string_view name);

/// Verifies signatures, hands out and recognises tokens.
class Gate {
 public:
  Gate(const Place& place);
  /// Nothing when the caller may go on. The token calls are signed too, and need no token.
  std::optional<Answer> check(const Request& request, Time now) const;
  Answer create(const Json& body, Time now);
  Answer refresh(const Json& body, Time now);

 private:
  std::optional<Answer> check_signature(const Request& request, const std::string& method, Time now) const;
  Answer issue(Time now);

  std::string app_key_, secret_, shop_id_;
  Duration life_;
  std::map<std::string, Time> tokens_;
  std::string refresh_;
  Time refresh_until_;
};

/// Collects messages for a moment and sends them as one signed array; repeats until it is answered {"code": 0}.
class Push {
 public:
  explicit Push(Place& place);
  void enter(const std::string& url);
  void send(const char* tag, Json data);
  void work();

 private:
  void post(const Json& batch, bool probe);

  Place& place_;
  std::string app_id_, secret_, sign_method_, url_;
  bool probed_ = false, probing_ = false;
  Time next_probe_, batch_since_;
  Json batch_ = Json::array();
  std::int64_t messages_ = 0;
};

class Products {
 public:
  Products(Place& place, Push& push) : place_(place), shop_(place.shop), push_(push) {}
  std::optional<Answer> answer(const std::string& call, const Json& body);
  void edited(Offer& offer);
  void finish_audits();

 private:
  Answer add(const Json& body);
  Answer edit(const Json& body);
  Answer detail(const Json& body);
  Answer list(const Json& body);
  Answer show(const Json& body, Showing showing);
  Answer upload(const Json& body);
  Answer sync_stock(const Json& body);
  Answer sync_batch(const Json& body);
  Answer stock_number(const Json& body);
  Answer edit_price(const Json& body);
  std::optional<Answer> check(const Json& body, bool whole) const;
  Offer* known_sku(const Listing& listing, const Json& written) const;
  std::optional<Answer> write_skus(Listing& listing, const Json& body);
  /// The SKU by its id or its merchant's code.
  Offer* sku_in(const Json& body);
  Json sku_json(const Offer& offer) const;
  void tell(const Listing& listing, const char* event);

  Place& place_;
  Shop& shop_;
  Push& push_;
  std::map<std::int64_t, Time> audits_;
  std::set<std::string> pictures_;
  std::set<std::string> applied_;  ///< idempotent ids
};

class Orders {
 public:
  Orders(Place& place, Push& push) : place_(place), shop_(place.shop), push_(push), after_sales_(place.shop, 7'000'893'114'000'949'001) {}
  std::optional<Answer> answer(const std::string& call, const Json& body);
  void changed(Order& order, OrderEvent event);
  Result<void> after_sale(const Order& order, std::string_view verb, const Json& wish);

 private:
  Answer search(const Json& body);
  Answer detail(const Json& body);
  Answer ship(const Json& body);
  Answer ship_packs(const Json& body);
  std::optional<Answer> check_pack(const Json& pack) const;
  Answer list_after_sales(const Json& body);
  Answer operate(const Json& body);
  Json after_sale_item(const AfterSale& sale) const;
  /// What an order's line shows of its last after-sale; zeros where there is none.
  Json after_sale_info(const Order& order, const Line& line) const;
  Json document(const Order& order) const;
  void tell(const char* tag, const AfterSale& sale);

  Place& place_;
  Shop& shop_;
  Push& push_;
  AfterSales after_sales_;
  std::map<std::string, Json> packed_;  ///< by request_id: what was answered
};

}  // namespace tally::sandbox::douyin
