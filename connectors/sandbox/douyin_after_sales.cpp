// After-sales (售后单): what buyers ask for, listed apart from the orders, and agreed to by the number of the step.
#include "connectors/sandbox/douyin.hpp"

#include <algorithm>

namespace tally::sandbox::douyin {
namespace {

constexpr std::int64_t goods_may_come = 101, goods_are_here = 111, money_agreed = 201;

std::int64_t seconds(Time time) {
  return to_ms(time) / 1000;
}

int type_of(const AfterSale& sale) {
  if (sale.kind == AfterSale::Kind::goods) return 0;
  return sale.shipped ? 1 : 2;
}

int status_of(const AfterSale& sale) {
  switch (sale.state) {
    case AfterSale::State::asked:
      return 6;
    case AfterSale::State::agreed:
      return 7;
    case AfterSale::State::sent_back:
      return 11;
    case AfterSale::State::done:
      return 12;
    case AfterSale::State::withdrawn:
      return 28;
  }
  return 0;
}

const char* tag_of(const AfterSale& sale) {
  switch (sale.state) {
    case AfterSale::State::asked:
      return "200";
    case AfterSale::State::agreed:
      return "202";
    case AfterSale::State::sent_back:
      return "203";
    case AfterSale::State::done:
      return "206";
    case AfterSale::State::withdrawn:
      return "207";
  }
  return "";
}

/// As the order's document numbers its lines.
std::int64_t line_number(const Order& order, const AfterSale& sale) {
  const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&sale](const Line& l) { return l.id == sale.line; });
  return order.id + (line - order.lines.begin());
}

}  // namespace

Json Orders::after_sale_item(const AfterSale& sale) const {
  const Order& order = *shop_.order(sale.order);
  const std::string line = std::to_string(line_number(order, sale));
  Json related = Json::object({{"sku_order_id", line}, {"aftersale_item_num", sale.units}, {"aftersale_pay_amount", sale.amount}});
  return Json::object({{"aftersale_info", Json::object({{"aftersale_id", std::to_string(sale.id)},
                                                        {"aftersale_order_type", 1},
                                                        {"aftersale_type", type_of(sale)},
                                                        {"aftersale_status", status_of(sale)},
                                                        {"related_id", line},
                                                        {"refund_amount", sale.amount},
                                                        {"refund_post_amount", 0},
                                                        {"aftersale_num", sale.units},
                                                        {"apply_time", seconds(sale.created)},
                                                        {"update_time", seconds(sale.modified)},
                                                        {"refund_status", sale.state == AfterSale::State::done ? 3 : 1}})},
                       {"order_info", Json::object({{"shop_order_id", std::to_string(order.id)},
                                                    {"related_order_info", Json::array().push_back(std::move(related))}})},
                       {"text_part", Json::object({{"reason_text", sale.reason}})}});
}

Json Orders::after_sale_info(const Order& order, const Line& line) const {
  const AfterSale* last = nullptr;
  for (const AfterSale* sale : after_sales_.of(order)) {
    if (sale->line == line.id) last = sale;
  }
  return Json::object({{"after_sale_status", last ? status_of(*last) : 0},
                       {"after_sale_type", last ? type_of(*last) : 0},
                       {"refund_status", last && last->state == AfterSale::State::done ? 3 : 0}});
}

Answer Orders::list_after_sales(const Json& body) {
  const std::int64_t size = body.integer_or("size", 10), page = body.integer_or("page", 0);
  if (size < 1 || size > 100 || page < 0) return failed(wrong_parameter, "isv.parameter-invalid", "page counts from 0, size is 1 to 100");
  std::vector<const AfterSale*> found;
  for (const auto& [id, sale] : after_sales_.all()) {
    const std::int64_t at = seconds(sale.modified);
    if (body.find("order_id") && id_in(body, "order_id") != sale.order) continue;
    if (at < body.integer_or("update_start_time", at) || at > body.integer_or("update_end_time", at)) continue;
    found.push_back(&sale);
  }
  std::stable_sort(found.begin(), found.end(), [](const AfterSale* a, const AfterSale* b) { return a->modified < b->modified; });
  const auto total = static_cast<std::int64_t>(found.size());
  Json items = Json::array();
  for (std::int64_t i = page * size; i < std::min(total, (page + 1) * size); ++i) {
    items.push_back(after_sale_item(*found[static_cast<std::size_t>(i)]));
  }
  return done(Json::object(
      {{"items", std::move(items)}, {"has_more", (page + 1) * size < total}, {"total", total}, {"page", page}, {"size", size}}));
}

/// One at a time, as the platform recommends: of several it carries out all or none.
Answer Orders::operate(const Json& body) {
  const std::int64_t type = body.integer_or("type", 0);
  if (type != goods_may_come && type != goods_are_here && type != money_agreed)
    return failed(wrong_parameter, "isv.parameter-invalid", "only 101, 111 and 201 are known here");
  const Json* items = body.find("items");
  if (!items || !items->is_array() || items->as_array().size() != 1)
    return failed(missing_parameter, "isv.missing-parameter", "items is one after-sale");
  const Json& item = items->as_array().front();
  const AfterSale* sale = after_sales_.find(id_in(item, "aftersale_id"));
  if (!sale) return failed(20000, "isp.service-error:10000", "there is no such after-sale");
  if ((sale->kind == AfterSale::Kind::goods) != (type != money_agreed))
    return failed(business_failed, "isv.business-failed:20309541", "the after-sale is of another kind");
  const Json* logistics = item.find("logistics");
  if (type == goods_may_come && (!logistics || id_in(*logistics, "receiver_address_id") == 0))
    return failed(missing_parameter, "isv.missing-parameter", "receiver_address_id is missing");
  const auto agreed = after_sales_.agree(sale->id, type == goods_may_come);
  if (!agreed) return failed(business_failed, "isv.business-failed:20309541", agreed.error().what);
  ++shop_.writes;
  tell(tag_of(**agreed), **agreed);
  Json result = Json::object({{"aftersale_id", Json(sale->id)}, {"status_code", 0}, {"status_msg", "success"}});
  return done(Json::object({{"items", Json::array().push_back(std::move(result))}}));
}

Result<void> Orders::after_sale(const Order& order, std::string_view verb, const Json& wish) {
  const auto sale = after_sales_.act(order, verb, wish);
  if (!sale) return sale.error();
  tell(tag_of(**sale), **sale);
  return {};
}

/// Without the order's time of change, as the platform sends them.
void Orders::tell(const char* tag, const AfterSale& sale) {
  push_.send(tag, Json::object({{"s_id", line_number(*shop_.order(sale.order), sale)},
                                {"p_id", Json(sale.order)},
                                {"shop_id", place_.secret("shop_id", "4463798")},
                                {"aftersale_id", Json(sale.id)},
                                {"aftersale_status", status_of(sale)},
                                {"aftersale_type", type_of(sale)},
                                {"refund_amount", sale.amount},
                                {"apply_time", seconds(sale.created)}}));
}

}  // namespace tally::sandbox::douyin
