// After-sale orders (售后单): one a SKU, with a state of its own; the merchant agrees, once to money, twice where goods go back first.
#include "connectors/sandbox/wechat.hpp"

#include <algorithm>

namespace tally::sandbox::wechat {
namespace {

constexpr int wrong_parameters = 40097;
constexpr int window_too_long = 10020004;
constexpr int wrong_state = 10020001;
constexpr int no_after_sale = 10021050;
constexpr int no_address = 10021060;
constexpr std::int64_t longest_window_s = 86'400;
constexpr std::size_t page_size = 50;

std::int64_t seconds(Time time) {
  return to_ms(time) / 1000;
}

bool is_of_goods(const AfterSale& sale) {
  return sale.kind == AfterSale::Kind::goods;
}

const char* status_of(const AfterSale& sale) {
  switch (sale.state) {
    case AfterSale::State::asked:
      return "MERCHANT_PROCESSING";
    case AfterSale::State::agreed:
      return "USER_WAIT_RETURN";
    case AfterSale::State::sent_back:
      return "MERCHANT_WAIT_RECEIPT";
    case AfterSale::State::done:
      return is_of_goods(sale) ? "MERCHANT_RETURN_SUCCESS" : "MERCHANT_REFUND_SUCCESS";
    case AfterSale::State::withdrawn:
      return "USER_CANCELD";
  }
  return "";
}

}  // namespace

Answer Orders::list_after_sales(const Json& body) {
  const bool by_update = body.find("begin_update_time") != nullptr;
  const std::int64_t from = body.integer_or(by_update ? "begin_update_time" : "begin_create_time", -1);
  const std::int64_t to = body.integer_or(by_update ? "end_update_time" : "end_create_time", -1);
  if (from < 0 || to < from || to - from > longest_window_s)
    return failed(window_too_long, "the range is longer than 24 hours or upside down");
  const std::int64_t after = number_or(body.text_or("next_key"), 0);
  Json ids = Json::array();
  std::string next;
  bool more = false;
  for (const auto& [id, sale] : after_sales_.all()) {
    const std::int64_t at = seconds(by_update ? sale.modified : sale.created);
    if (id <= after || at < from || at > to) continue;
    more = ids.as_array().size() == page_size;
    if (more) break;
    ids.push_back(std::to_string(id));
    next = std::to_string(id);
  }
  return done(Json::object({{"after_sale_order_id_list", std::move(ids)}, {"next_key", next}, {"has_more", more}}));
}

Answer Orders::get_after_sale(const Json& body) {
  const AfterSale* sale = after_sales_.find(id_in(body, "after_sale_order_id"));
  if (!sale) return failed(no_after_sale, "after-sale order not found");
  const Order& order = *shop_.order(sale->order);
  const auto line = std::find_if(order.lines.begin(), order.lines.end(), [sale](const Line& l) { return l.id == sale->line; });
  return done(Json::object({{"after_sale_order", Json::object({{"after_sale_order_id", std::to_string(sale->id)},
                                                               {"order_id", std::to_string(order.id)},
                                                               {"status", status_of(*sale)},
                                                               {"type", is_of_goods(*sale) ? "RETURN" : "REFUND"},
                                                               {"reason_text", sale->reason},
                                                               {"product_info", Json::object({{"product_id", std::to_string(line->listing)},
                                                                                              {"sku_id", std::to_string(line->offer)},
                                                                                              {"count", sale->units}})},
                                                               {"refund_info", Json::object({{"amount", sale->amount}})},
                                                               {"create_time", seconds(sale->created)},
                                                               {"update_time", seconds(sale->modified)}})}}));
}

/// accept_type 1: the goods may go back, to this address; 2: paid. Without it: whatever is next.
Answer Orders::accept(const Json& body) {
  const AfterSale* sale = after_sales_.find(id_in(body, "after_sale_order_id"));
  if (!sale) return failed(no_after_sale, "after-sale order not found");
  const std::int64_t type = body.integer_or("accept_type", is_of_goods(*sale) && sale->state == AfterSale::State::asked ? 1 : 2);
  if (type != 1 && type != 2) return failed(wrong_parameters, "accept_type is 1 or 2");
  if (type == 1 && is_of_goods(*sale) && id_in(body, "address_id") == 0) return failed(no_address, "address_id is missing");
  const auto agreed = after_sales_.agree(sale->id, type == 1);
  if (!agreed) return failed(wrong_state, agreed.error().what);
  ++shop_.writes;
  tell(**agreed);
  return done();
}

Result<void> Orders::after_sale(const Order& order, std::string_view verb, const Json& wish) {
  const auto sale = after_sales_.act(order, verb, wish);
  if (!sale) return sale.error();
  tell(**sale);
  return {};
}

Json Orders::after_sales_of(const Order& order) const {
  Json list = Json::array();
  std::int64_t open = 0;
  for (const AfterSale* sale : after_sales_.of(order)) {
    list.push_back(Json::object({{"aftersale_order_id", std::to_string(sale->id)}, {"status", status_of(*sale)}}));
    open += sale->state == AfterSale::State::done || sale->state == AfterSale::State::withdrawn ? 0 : 1;
  }
  return Json::object({{"aftersale_order_list", std::move(list)}, {"on_aftersale_order_cnt", open}});
}

void Orders::tell(const AfterSale& sale) {
  push_.send(Json::object({{"Event", "channels_ec_aftersale_update"},
                           {"finder_shop_aftersale_status_update", Json::object({{"status", status_of(sale)},
                                                                                 {"after_sale_order_id", std::to_string(sale.id)},
                                                                                 {"order_id", std::to_string(sale.order)}})}}));
}

}  // namespace tally::sandbox::wechat
