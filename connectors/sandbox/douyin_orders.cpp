#include "connectors/sandbox/douyin.hpp"

#include <algorithm>
#include <array>

namespace tally::sandbox::douyin {
namespace {

constexpr std::array carriers{"shunfeng", "yuantong", "zhongtong", "shentong", "yunda", "jd"};

int status_of(OrderState state) {
  switch (state) {
    case OrderState::unpaid:
    case OrderState::on_hold:
      return 1;
    case OrderState::paid:
      return 2;
    case OrderState::part_shipped:
      return 101;
    case OrderState::shipped:
      return 3;
    case OrderState::cancelled:
    case OrderState::refunded:
      return 4;
  }
  return 0;
}

std::int64_t seconds(Time time) {
  return to_ms(time) / 1000;
}

}  // namespace

std::optional<Answer> Orders::answer(const std::string& call, const Json& body) {
  if (call == "/order/searchList") return search(body);
  if (call == "/order/orderDetail") return detail(body);
  if (call == "/order/logisticsAdd") return ship(body);
  if (call == "/order/logisticsAddMultiPack") return ship_packs(body);
  if (call == "/afterSale/List") return list_after_sales(body);
  if (call == "/afterSale/operate") return operate(body);
  return std::nullopt;
}

Answer Orders::search(const Json& body) {
  const std::int64_t size = body.integer_or("size", 10), page = body.integer_or("page", 0);
  if (size < 1 || size > 100 || page < 0) return failed(wrong_parameter, "isv.parameter-invalid", "page counts from 0, size is 1 to 100");
  const bool by_update = body.text_or("order_by") == "update_time";
  const auto inside = [&body](const char* start, const char* end, Time time) {
    const bool late_enough = !body.find(start) || seconds(time) >= body.integer_or(start);
    return late_enough && (!body.find(end) || seconds(time) <= body.integer_or(end));
  };
  std::vector<const Order*> found;
  for (const auto& [id, order] : shop_.orders()) {
    if (order.untold && body.find("update_time_start")) continue;
    if (inside("create_time_start", "create_time_end", order.accepted) && inside("update_time_start", "update_time_end", order.modified)) {
      found.push_back(&order);
    }
  }
  const auto key = [by_update](const Order* order) { return std::pair{seconds(by_update ? order->modified : order->accepted), order->id}; };
  std::sort(found.begin(), found.end(), [&key](const Order* a, const Order* b) { return key(a) < key(b); });
  if (!body.bool_or("order_asc")) std::reverse(found.begin(), found.end());
  Json shown = Json::array();
  for (auto i = static_cast<std::size_t>(page * size); i < std::min(found.size(), static_cast<std::size_t>((page + 1) * size)); ++i) {
    shown.push_back(document(*found[i]));
  }
  return done(Json::object(
      {{"total", static_cast<std::int64_t>(found.size())}, {"page", page}, {"size", size}, {"shop_order_list", std::move(shown)}}));
}

Answer Orders::detail(const Json& body) {
  const Order* order = shop_.order(id_in(body, "shop_order_id"));
  if (!order) return failed(business_failed, "isv.business-failed:1", "the order does not exist");
  return done(Json::object({{"shop_order_detail", document(*order)}}));
}

std::optional<Answer> Orders::check_pack(const Json& pack) const {
  const std::string carrier = pack.text_or("company_code");
  if (std::none_of(carriers.begin(), carriers.end(), [&](const char* known) { return carrier == known; })) {
    return failed(wrong_parameter, "isv.parameter-invalid", "company_code is no company's code");
  }
  if (pack.text_or("logistics_code").empty()) return failed(missing_parameter, "isv.missing-parameter", "logistics_code is missing");
  return std::nullopt;
}

/// Several parcels of one order, each with some of its lines. The same request_id answers as it did the first time, and ships nothing more.
Answer Orders::ship_packs(const Json& body) {
  Order* order = shop_.order(id_in(body, "order_id"));
  if (!order) return failed(business_failed, "isv.business-failed:1", "the order does not exist");
  const std::string asked = body.text_or("request_id");
  if (asked.empty()) return failed(missing_parameter, "isv.missing-parameter", "request_id is missing");
  if (const auto before = packed_.find(asked); before != packed_.end()) return done(before->second);
  const Json* packs = body.find("pack_list");
  if (!packs || !packs->is_array() || packs->as_array().empty())
    return failed(missing_parameter, "isv.missing-parameter", "pack_list is missing");
  std::vector<Parcel> sent;
  for (const Json& pack : packs->as_array()) {
    if (auto wrong = check_pack(pack)) return *wrong;
    Parcel parcel{0, pack.text_or("company_code"), pack.text_or("logistics_code"), {}, {}};
    const Json* parts = pack.find("shipped_order_info");
    for (const Json& part : parts ? parts->as_array() : Json::Array()) {
      const std::int64_t place = id_in(part, "shipped_order_id") - order->id;  // as the lines are numbered in the order's document
      if (place < 0 || place >= static_cast<std::int64_t>(order->lines.size()))
        return failed(wrong_parameter, "isv.parameter-invalid", "shipped_order_id is of no line");
      parcel.lines.push_back({order->lines[static_cast<std::size_t>(place)].id, part.integer_or("shipped_num", 0), 0});
    }
    if (parcel.lines.empty()) return failed(missing_parameter, "isv.missing-parameter", "shipped_order_info is missing");
    sent.push_back(std::move(parcel));
  }
  Json answered = Json::array();
  for (auto& parcel : sent) {
    const auto shipped = shop_.send(*order, std::move(parcel));
    if (!shipped) return failed(business_failed, "isv.business-failed:60021", shipped.error().what);
    answered.push_back(Json::object({{"pack_id", std::to_string((*shipped)->id)}, {"logistics_code", (*shipped)->tracking}}));
  }
  ++shop_.writes;
  changed(*order, order->state == OrderState::shipped ? OrderEvent::shipped : OrderEvent::part_shipped);
  return done(packed_[asked] = Json::object({{"pack_list", std::move(answered)}}));
}

Answer Orders::ship(const Json& body) {
  Order* order = shop_.order(id_in(body, "order_id"));
  if (!order) return failed(business_failed, "isv.business-failed:1", "the order does not exist");
  if (auto wrong = check_pack(body)) return *wrong;
  const auto shipped = shop_.send(*order, {0, body.text_or("company_code"), body.text_or("logistics_code"), {}, {}});
  if (!shipped) return failed(business_failed, "isv.business-failed:1", shipped.error().what);
  ++shop_.writes;
  changed(*order, OrderEvent::shipped);
  return done(Json::object());
}

Json Orders::document(const Order& order) const {
  Json lines = Json::array();
  std::int64_t place = 0;
  for (const Line& line : order.lines) {
    Json one = Json::object({{"order_id", std::to_string(order.id + place++)},
                             {"parent_order_id", std::to_string(order.id)},
                             {"product_id", Json(line.listing)},
                             {"product_id_str", std::to_string(line.listing)},
                             {"product_name", line.title},
                             {"sku_id", Json(line.offer)},
                             {"code", line.sku},
                             {"item_num", line.quantity},
                             {"origin_amount", line.unit_price},
                             {"order_amount", line.unit_price * line.quantity},
                             {"pay_amount", line.unit_price * line.quantity},
                             {"promotion_amount", 0},
                             {"order_status", status_of(order.state)}});
    one.set("after_sale_info", after_sale_info(order, line));
    lines.push_back(std::move(one));
  }
  Json parcels = Json::array();
  for (const Parcel& parcel : order.parcels) {
    Json products = Json::array();
    for (const RefundedLine& part : parcel.lines) {
      const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&part](const Line& l) { return l.id == part.line; });
      products.push_back(Json::object({{"sku_order_id", std::to_string(order.id + (line - order.lines.begin()))},
                                       {"product_id", Json(line->listing)},
                                       {"sku_id", Json(line->offer)},
                                       {"product_count", part.quantity}}));
    }
    parcels.push_back(Json::object({{"delivery_id", std::to_string(parcel.id)},
                                    {"tracking_no", parcel.tracking},
                                    {"company", parcel.carrier},
                                    {"ship_time", seconds(parcel.at)},
                                    {"product_info", std::move(products)}}));
  }
  const std::string cipher = "#sandbox#" + std::to_string(order.id % 9973) + "#1##";
  return Json::object(
      {{"order_id", std::to_string(order.id)},
       {"order_status", status_of(order.state)},
       {"create_time", seconds(order.accepted)},
       {"update_time", seconds(order.modified)},
       {"pay_time", order.paid ? seconds(*order.paid) : 0},
       {"order_amount", order.total},
       {"pay_amount", order.paid ? order.total : 0},
       {"post_amount", 0},
       {"promotion_amount", 0},
       {"mask_post_receiver", "李*"},
       {"encrypt_post_tel", "$" + cipher},
       {"encrypt_post_receiver", "#" + cipher},
       {"post_addr", Json::object({{"province", Json::object({{"name", "浙江省"}, {"id", "33"}})}, {"encrypt_detail", "~" + cipher}})},
       {"logistics_info", std::move(parcels)},
       {"sku_order_list", std::move(lines)}});
}

/// p_id is a number in the first message of an order and text in the later ones.
void Orders::changed(Order& order, OrderEvent event) {
  Json data = Json::object({{"p_id", event == OrderEvent::placed ? Json(order.id) : Json(std::to_string(order.id))},
                            {"shop_id", place_.secret("shop_id", "4463798")},
                            {"order_status", status_of(order.state)},
                            {"create_time", seconds(order.accepted)},
                            {"update_time", seconds(order.modified)}});
  const char* tag = "100";
  switch (event) {
    case OrderEvent::placed:
      break;
    case OrderEvent::paid:
      tag = "110";
      break;
    case OrderEvent::part_shipped:
      tag = "101";
      break;
    case OrderEvent::shipped:
      tag = "102";
      break;
    case OrderEvent::cancelled:
      tag = "106";
      break;
    case OrderEvent::refunded:
      for (const AfterSale* sale : after_sales_.note(order, order.refunds.back())) tell("206", *sale);
      return;
  }
  push_.send(tag, std::move(data));
}

}  // namespace tally::sandbox::douyin
