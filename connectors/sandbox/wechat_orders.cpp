#include "connectors/sandbox/wechat.hpp"

#include <algorithm>
#include <array>

namespace tally::sandbox::wechat {
namespace {

constexpr int too_dense = 31042;
constexpr int other_parameters_with_key = 606006;
constexpr int wrong_parameters = 40097;
constexpr std::int64_t longest_window_s = 7 * 86'400;
constexpr std::array carriers{"SF", "YTO", "ZTO", "STO", "YD", "EMS", "JD"};

int status_of(OrderState state) {
  switch (state) {
    case OrderState::unpaid:
    case OrderState::on_hold:
      return 10;
    case OrderState::paid:
      return 20;
    case OrderState::part_shipped:
      return 21;
    case OrderState::shipped:
      return 30;
    case OrderState::cancelled:
      return 250;
    case OrderState::refunded:
      return 200;
  }
  return 0;
}

std::int64_t seconds(Time time) {
  return to_ms(time) / 1000;
}

/// A page's key: how far it got, and which question it belongs to.
std::string key_of(const Order& order, const std::string& question) {
  return std::to_string(to_ms(order.modified)) + "_" + std::to_string(order.id) + "_" + question;
}

}  // namespace

std::optional<Answer> Orders::answer(const std::string& call, const Json& body) {
  if (call == "/channels/ec/order/list/get") return list(body);
  if (call == "/channels/ec/order/get") return get(body);
  if (call == "/channels/ec/order/delivery/send") return deliver(body);
  if (call == "/channels/ec/aftersale/getaftersalelist") return list_after_sales(body);
  if (call == "/channels/ec/aftersale/getaftersaleorder") return get_after_sale(body);
  if (call == "/channels/ec/aftersale/acceptapply") return accept(body);
  return std::nullopt;
}

Answer Orders::list(const Json& body) {
  const Json* created = body.find("create_time_range");
  const Json* updated = body.find("update_time_range");
  if ((created != nullptr) == (updated != nullptr))
    return failed(wrong_parameters, "exactly one of create_time_range and update_time_range");
  const Json& range = created ? *created : *updated;
  const std::int64_t from = range.integer_or("start_time", -1), to = range.integer_or("end_time", -1),
                     size = body.integer_or("page_size", 10);
  if (from < 0 || to < from || to - from > longest_window_s)
    return failed(wrong_parameters, "the range is longer than 7 days or upside down");
  if (size < 1 || size > 100) return failed(wrong_parameters, "page_size must be 1 to 100");
  const std::string question = (created ? "c" : "u") + std::to_string(from) + "-" + std::to_string(to);
  const std::string key = body.text_or("next_key");
  if (!key.empty() && !key.ends_with("_" + question)) return failed(other_parameters_with_key, "next_key belongs to other parameters");
  std::vector<const Order*> found;
  for (const auto& [id, order] : shop_.orders()) {
    if (order.untold && !created) continue;
    const std::int64_t at = seconds(created ? order.accepted : order.modified);
    if (at >= from && at <= to && (!body.find("status") || body.integer_or("status") == status_of(order.state))) found.push_back(&order);
  }
  const auto most = number_or(place_.secret("most_orders_in_a_window", "5000"), 5000);
  if (static_cast<std::int64_t>(found.size()) > most) return failed(too_dense, "too many orders, shrink the range");
  std::sort(found.begin(), found.end(),
            [](const Order* a, const Order* b) { return a->modified != b->modified ? a->modified < b->modified : a->id < b->id; });
  const auto first_underscore = key.find('_');
  const std::pair after{key.empty() ? -1 : number_or(key.substr(0, first_underscore), -1),
                        key.empty() ? 0 : number_or(key.substr(first_underscore + 1, key.rfind('_') - first_underscore - 1), 0)};
  Json ids = Json::array();
  std::string next;
  bool more = false;
  for (const Order* order : found) {
    if (std::pair{to_ms(order->modified), order->id} <= after) continue;
    more = static_cast<std::int64_t>(ids.as_array().size()) == size;
    if (more) break;
    ids.push_back(std::to_string(order->id));
    next = key_of(*order, question);
  }
  return done(Json::object({{"order_id_list", std::move(ids)}, {"next_key", next}, {"has_more", more}}));
}

Answer Orders::get(const Json& body) {
  const Order* order = shop_.order(id_in(body, "order_id"));
  if (!order) return failed(wrong_parameters, "order not found");
  return done(Json::object({{"order", document(*order)}}));
}

Json Orders::document(const Order& order) const {
  Json lines = Json::array();
  for (const Line& line : order.lines) {
    lines.push_back(Json::object({{"product_id", std::to_string(line.listing)},
                                  {"sku_id", std::to_string(line.offer)},
                                  {"sku_code", line.sku},
                                  {"title", line.title},
                                  {"sku_cnt", line.quantity},
                                  {"on_aftersale_sku_cnt", 0},
                                  {"finish_aftersale_sku_cnt", line.refunded},
                                  {"sale_price", line.unit_price},
                                  {"market_price", line.unit_price},
                                  {"real_price", line.unit_price * line.quantity}}));
  }
  Json address = Json::object({{"user_name", order.buyer.text_or("name", "张*")},
                               {"tel_number", "138****0000"},
                               {"province_name", "广东省"},
                               {"city_name", "广州市"},
                               {"county_name", "海珠区"},
                               {"detail_info", "***"},
                               {"hash_code", "h" + std::to_string(order.id % 97)}});
  Json detail = Json::object({{"product_infos", std::move(lines)}});
  if (order.paid) {
    detail.set("pay_info",
               Json::object({{"prepay_id", "p" + std::to_string(order.id)}, {"pay_time", seconds(*order.paid)}, {"payment_method", 1}}));
  }
  detail.set("price_info", Json::object({{"product_price", order.total},
                                         {"order_price", order.total},
                                         {"freight", 0},
                                         {"discounted_price", 0},
                                         {"is_discounted", false}}));
  detail.set("delivery_info",
             Json::object({{"address_info", std::move(address)}, {"delivery_product_info", parcels(order)}, {"deliver_method", 0}}));
  detail.set("ext_info", Json::object({{"customer_notes", order.buyer.text_or("note")}, {"merchant_notes", ""}}));
  return Json::object({{"order_id", std::to_string(order.id)},
                       {"status", status_of(order.state)},
                       {"create_time", seconds(order.accepted)},
                       {"update_time", seconds(order.modified)},
                       {"order_detail", std::move(detail)},
                       {"aftersale_detail", after_sales_of(order)},
                       {"openid", "OPENID"}});
}

Json Orders::parcels(const Order& order) const {
  Json all = Json::array();
  for (const Parcel& parcel : order.parcels) {
    Json products = Json::array();
    for (const RefundedLine& part : parcel.lines) {
      const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&part](const Line& l) { return l.id == part.line; });
      products.push_back(Json::object(
          {{"product_id", std::to_string(line->listing)}, {"sku_id", std::to_string(line->offer)}, {"product_cnt", part.quantity}}));
    }
    all.push_back(Json::object({{"waybill_id", parcel.tracking},
                                {"delivery_id", parcel.carrier},
                                {"delivery_time", seconds(parcel.at)},
                                {"deliver_type", 1},
                                {"product_infos", std::move(products)}}));
  }
  return all;
}

Answer Orders::deliver(const Json& body) {
  Order* order = shop_.order(id_in(body, "order_id"));
  if (!order) return failed(wrong_parameters, "order not found");
  const Json* parcels = body.find("delivery_list");
  if (!parcels || !parcels->is_array() || parcels->as_array().empty()) return failed(wrong_parameters, "delivery_list is empty");
  std::vector<Parcel> sent;
  for (const Json& parcel : parcels->as_array()) {
    const std::string carrier = parcel.text_or("delivery_id");
    if (std::none_of(carriers.begin(), carriers.end(), [&](const char* known) { return carrier == known; })) {
      return failed(wrong_parameters, "delivery_id is no company's code");
    }
    if (parcel.text_or("waybill_id").empty()) return failed(wrong_parameters, "waybill_id is empty");
    const Json* products = parcel.find("product_infos");
    if (!products || !products->is_array() || products->as_array().empty()) return failed(wrong_parameters, "product_infos is missing");
    sent.push_back({0, carrier, parcel.text_or("waybill_id"), {}, {}});
    for (const Json& product : products->as_array()) {
      const auto line =
          std::find_if(order->lines.begin(), order->lines.end(), [&](const Line& l) { return l.offer == id_in(product, "sku_id"); });
      if (line == order->lines.end()) return failed(wrong_parameters, "the order has no such sku");
      sent.back().lines.push_back({line->id, product.integer_or("product_cnt", 1), 0});
    }
  }
  for (auto& parcel : sent) {
    const auto shipped = shop_.send(*order, std::move(parcel));
    if (!shipped) return failed(wrong_parameters, shipped.error().what);
  }
  ++shop_.writes;
  changed(*order, order->state == OrderState::shipped ? OrderEvent::shipped : OrderEvent::part_shipped);
  return done();
}

/// The id is a number above 2^53 in some events and text in others, as the platform sends them.
void Orders::tell(const char* event, const Order& order, bool as_number) {
  Json info = Json::object({{"order_id", as_number ? Json(order.id) : Json(std::to_string(order.id))}});
  if (order.paid) info.set("pay_time", seconds(*order.paid));
  push_.send(Json::object({{"Event", event}, {"order_info", std::move(info)}}));
}

void Orders::changed(Order& order, OrderEvent event) {
  switch (event) {
    case OrderEvent::placed:
      return tell("channels_ec_order_new", order, true);
    case OrderEvent::paid:
      tell("channels_ec_order_pay", order, false);
      return tell("channels_ec_order_wait_shipping", order, false);
    case OrderEvent::part_shipped:
    case OrderEvent::shipped:
      return tell("channels_ec_order_deliver", order, true);
    case OrderEvent::cancelled:
      return tell("channels_ec_order_cancel", order, false);
    case OrderEvent::refunded:
      break;
  }
  for (const AfterSale* sale : after_sales_.note(order, order.refunds.back())) tell(*sale);
}

}  // namespace tally::sandbox::wechat
