#include "connectors/sandbox/woocommerce.hpp"

#include <algorithm>

namespace tally::sandbox::woo {
namespace {

constexpr unsigned created_overtaken_percent = 10;

std::string_view status_of(OrderState state) {
  switch (state) {
    case OrderState::unpaid:
      return "pending";
    case OrderState::on_hold:
      return "on-hold";
    case OrderState::paid:
    case OrderState::part_shipped:
      return "processing";
    case OrderState::shipped:
      return "completed";
    case OrderState::cancelled:
      return "cancelled";
    case OrderState::refunded:
      return "refunded";
  }
  return {};
}

Answer rejected(const Error& why) {
  return refusal(400, "woocommerce_rest_invalid_order_status", why.what);
}

}  // namespace

Answer Orders::answer(const Request& request, const std::vector<std::string>& rest) {
  if (rest.empty() && request.method == "GET") return list(request);
  const auto body = Json::parse(request.body.empty() ? "{}" : request.body);
  if (!body || !body->is_object()) return refusal(400, "rest_invalid_json", "Invalid JSON body passed.");
  if (rest.empty()) return create(*body);
  Order* order = shop_.order(number_or(rest[0], 0));
  if (!order) return refusal(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.");
  if (rest.size() == 1) return request.method == "GET" ? Answer::json(order_json(*order)) : update(*order, *body);
  if (rest[1] == "refunds") return refunds(request, *order);
  if (rest[1] == "fulfillments") return fulfillments(request, *order);
  return refusal(404, "rest_no_route", "No route was found matching the URL and request method.");
}

Answer Orders::list(const Request& request) {
  const auto wish = PageWish::of(request);
  if (const auto* refused = std::get_if<Answer>(&wish)) return *refused;
  const std::string statuses = "," + request.query_value("status") + ",", include = "," + request.query_value("include") + ",";
  std::vector<const Order*> found;
  for (const auto& [id, order] : shop_.orders()) {
    if (!later_than(request, "modified_after", order.modified) || !later_than(request, "after", order.accepted)) continue;
    if (!earlier_than(request, "before", order.accepted)) continue;
    if (order.untold && !request.query_value("modified_after").empty()) continue;
    if (statuses != ",," && statuses != ",any," && statuses.find("," + std::string(status_of(order.state)) + ",") == std::string::npos)
      continue;
    if (include != ",," && include.find("," + std::to_string(id) + ",") == std::string::npos) continue;
    found.push_back(&order);
  }
  const std::string by = request.query_value("orderby");
  const auto key = [&by](const Order* order) { return to_ms(by == "modified" ? order->modified : order->accepted) / 1000; };
  std::sort(found.begin(), found.end(),
            [&](const Order* a, const Order* b) { return by != "id" && key(a) != key(b) ? key(a) < key(b) : a->id < b->id; });
  if (request.query_value("order") != "asc") std::reverse(found.begin(), found.end());
  // Only the page asked for is written out: a shop's list is long and asked for often.
  std::vector<Json> all(found.size());
  const auto& [page, per_page] = std::get<PageWish>(wish);
  for (auto i = static_cast<std::size_t>((page - 1) * per_page); i < std::min(found.size(), static_cast<std::size_t>(page * per_page));
       ++i) {
    all[i] = order_json(*found[i]);
  }
  return page_answer(all, std::get<PageWish>(wish));
}

/// Written by a program: the shelf is not looked at, and may go below zero.
Answer Orders::create(const Json& body) {
  std::vector<Wanted> basket;
  const Json* lines = body.find("line_items");
  if (lines && lines->is_array()) {
    for (const Json& line : lines->as_array()) {
      const std::int64_t variation = line.integer_or("variation_id", 0);
      basket.push_back({variation != 0 ? variation : line.integer_or("product_id", 0), line.integer_or("quantity", 1)});
    }
  }
  const std::string status = body.text_or("status", "pending");
  const OrderState state = status == "pending" ? OrderState::unpaid : (status == "on-hold" ? OrderState::on_hold : OrderState::paid);
  const auto placed = shop_.place(basket, state, true);
  if (!placed) return refusal(400, "woocommerce_rest_invalid_product_id", placed.error().what);
  ++shop_.writes;
  changed(**placed, OrderEvent::placed);
  return Answer::json(order_json(**placed), 201);
}

/// Entries of a key that is there replace it, others join; the tracking plugins' list is what the merchant sees as parcels.
void Orders::write_meta(Order& order, const Json& entries) {
  Json kept = order.document.find("meta_data") ? *order.document.find("meta_data") : Json::array();
  for (const Json& entry : entries.as_array()) {
    auto& list = kept.as_array();
    const auto same = std::find_if(list.begin(), list.end(), [&](const Json& e) { return e.text_or("key") == entry.text_or("key"); });
    Json written = Json::object({{"id", same == list.end() ? shop_.next_id() : same->integer_or("id")}, {"key", entry.text_or("key")}});
    written.set("value", entry.find("value") ? *entry.find("value") : Json());
    if (entry.text_or("key") == "_wc_shipment_tracking_items") take_parcels(order, *written.find("value"));
    if (same == list.end())
      list.push_back(std::move(written));
    else
      *same = std::move(written);
  }
  order.document.set("meta_data", std::move(kept));
}

void Orders::take_parcels(Order& order, const Json& items) {
  order.parcels.clear();
  for (const Json& item : items.is_array() ? items.as_array() : Json::Array()) {
    const std::string custom = item.text_or("custom_tracking_provider");
    Parcel parcel{0, custom.empty() ? item.text_or("tracking_provider") : custom, item.text_or("tracking_number"), {}, {}};
    parcel.at = from_ms(item.integer_or("date_shipped") * 1000);
    const Json* products = item.find("products_list");
    for (const Json& part : products && products->is_array() ? products->as_array() : Json::Array()) {
      const Json* line = part.find("item_id");
      parcel.lines.push_back({line ? number_or(line->scalar_text(), 0) : 0, part.integer_or("qty"), 0});
    }
    order.parcels.push_back(std::move(parcel));
  }
}

Answer Orders::update(Order& order, const Json& body) {
  if (const Json* meta = body.find("meta_data"); meta && meta->is_array()) write_meta(order, *meta);
  const std::string status = body.text_or("status", status_of(order.state));
  Result<void> done;
  OrderEvent event = OrderEvent::paid;
  if (status == status_of(order.state)) {
    order.modified = shop_.now();
  } else if (status == "cancelled" || status == "failed") {
    done = shop_.cancel(order);
    event = OrderEvent::cancelled;
  } else if (status == "completed") {
    if (!order.paid) done = shop_.pay(order);
    if (done) done = shop_.ship(order, {});
    event = OrderEvent::shipped;
  } else if (status == "processing") {
    done = shop_.pay(order);
  } else if (status == "on-hold") {
    done = shop_.hold(order);
  } else if (status == "refunded") {
    const auto refunded = shop_.refund(order, {}, "", false);
    if (!refunded) done = refunded.error();
    event = OrderEvent::refunded;
  } else {
    return refusal(400, "rest_invalid_param", "Invalid parameter(s): status");
  }
  if (!done) return rejected(done.error());
  ++shop_.writes;
  changed(order, event);
  return Answer::json(order_json(order));
}

Answer Orders::refunds(const Request& request, Order& order) {
  if (request.method == "GET") {
    const auto wish = PageWish::of(request);
    if (const auto* refused = std::get_if<Answer>(&wish)) return *refused;
    std::vector<Json> all;
    for (const Refund& refund : order.refunds) all.push_back(refund_json(order, refund));
    return page_answer(all, std::get<PageWish>(wish));
  }
  const auto body = Json::parse(request.body);
  const auto amount = price_of(body->text_or("amount"), shop_.currency());
  if (!amount || *amount < 0) return refusal(400, "woocommerce_rest_invalid_order_refund", "Refund amount must be greater than zero.");
  std::vector<RefundedLine> lines;
  const Json* items = body->find("line_items");
  if (items && items->is_array()) {
    for (const Json& item : items->as_array()) {
      const auto part = price_of(item.find("refund_total") ? item.find("refund_total")->scalar_text() : "0", shop_.currency());
      lines.push_back({item.integer_or("id", 0), item.integer_or("quantity", 0), part ? *part : 0});
    }
  }
  if (lines.empty()) lines.push_back({order.lines.front().id, 0, *amount});
  const auto refunded = shop_.refund(order, std::move(lines), body->text_or("reason"), body->bool_or("api_restock", true));
  if (!refunded) return refusal(400, "woocommerce_rest_invalid_order_refund", refunded.error().what);
  order.refunds.back().amount = *amount;
  if (const Json* meta = body->find("meta_data"); meta && meta->is_array()) order.refunds.back().meta = *meta;
  Minor paid_back = 0;
  for (const Refund& each : order.refunds) paid_back += each.amount;
  if (paid_back >= order.total) order.state = OrderState::refunded;
  ++shop_.writes;
  changed(order, OrderEvent::refunded);
  return Answer::json(refund_json(order, order.refunds.back()), 201);
}

/// The parcels of shops that have the feature switched on.
Answer Orders::fulfillments(const Request& request, Order& order) {
  Json* parcels = order.document.find("fulfillments");
  if (!parcels) {
    order.document.set("fulfillments", Json::array());
    parcels = order.document.find("fulfillments");
  }
  if (request.method == "GET") return Answer::json(*parcels);
  Json parcel = *Json::parse(request.body);
  parcel.set("id", shop_.next_id());
  parcel.set("entity_id", std::to_string(order.id));
  parcels->push_back(parcel);
  order.modified = shop_.now();
  ++shop_.writes;
  announce_("order.updated", order.id);
  return Answer::json(parcel, 201);
}

void Orders::changed(Order& order, OrderEvent event) {
  if (event == OrderEvent::placed) {
    // Seen on running shops: the update may be delivered before the creation.
    const bool overtaken = shop_.rng().chance(created_overtaken_percent);
    if (overtaken) announce_("order.updated", order.id);
    announce_("order.created", order.id);
    if (order.took) tell_products(order);
    return;
  }
  announce_("order.updated", order.id);
  if (event == OrderEvent::cancelled || event == OrderEvent::refunded || (event == OrderEvent::paid && order.took)) tell_products(order);
}

void Orders::tell_products(const Order& order) {
  for (const Line& line : order.lines) {
    Offer* offer = shop_.offer(line.offer);
    if (!offer) continue;
    // A sale's change of stock does not always move the date.
    if (shop_.rng().chance(50)) offer->modified = shop_.now();
    announce_("product.updated", offer->id);
  }
}

Json Orders::document(std::int64_t id) {
  const Order* order = shop_.order(id);
  return order ? order_json(*order) : Json();
}

Json Orders::line_json(const Line& line) const {
  const bool variation = line.offer != line.listing;
  const std::string amount = price_text(line.unit_price * line.quantity, shop_.currency());
  return Json::object({{"id", line.id},
                       {"name", line.title},
                       {"product_id", line.listing},
                       {"variation_id", variation ? line.offer : 0},
                       {"quantity", line.quantity},
                       {"tax_class", ""},
                       {"subtotal", amount},
                       {"subtotal_tax", "0.00"},
                       {"total", amount},
                       {"total_tax", "0.00"},
                       {"taxes", Json::array()},
                       {"meta_data", Json::array()},
                       {"sku", line.sku},
                       {"price", Json(Json::Number{price_text(line.unit_price, shop_.currency())})}});
}

Json Orders::order_json(const Order& order) const {
  const auto person = [&order](const char* name, const char* otherwise) { return order.buyer.text_or(name, otherwise); };
  Json address = Json::object({{"first_name", person("first_name", "Ada")},
                               {"last_name", person("last_name", "Buyer")},
                               {"company", ""},
                               {"address_1", person("address_1", "Market Street 1")},
                               {"address_2", ""},
                               {"city", person("city", "Springfield")},
                               {"state", ""},
                               {"postcode", person("postcode", "12345")},
                               {"country", person("country", "DE")}});
  Json billing = address;
  billing.set("email", person("email", "buyer@example.com"));
  billing.set("phone", person("phone", "+4930000000"));
  Json lines = Json::array(), refunds = Json::array();
  for (const Line& line : order.lines) {
    Json shown = line_json(line);
    Json& meta = *shown.find("meta_data");
    const auto note = [&meta](const char* key, Units units) {
      meta.push_back(Json::object({{"key", key}, {"value", std::to_string(units)}}));
    };
    if (order.took) note("_reduced_stock", line.quantity - line.restocked);
    if (line.restocked > 0) note("_restock_refunded_items", line.restocked);
    lines.push_back(std::move(shown));
  }
  for (const Refund& refund : order.refunds) {
    refunds.push_back(
        Json::object({{"id", refund.id}, {"reason", refund.reason}, {"total", "-" + price_text(refund.amount, shop_.currency())}}));
  }
  Json shown = Json::object({{"id", order.id},
                             {"parent_id", 0},
                             {"number", std::to_string(order.id)},
                             {"created_via", "checkout"},
                             {"status", status_of(order.state)},
                             {"currency", shop_.currency()},
                             {"date_created", site_time(order.accepted)},
                             {"date_created_gmt", utc_time(order.accepted)},
                             {"date_modified", site_time(order.modified)},
                             {"date_modified_gmt", utc_time(order.modified)},
                             {"date_paid", order.paid ? Json(site_time(*order.paid)) : Json()},
                             {"date_paid_gmt", order.paid ? Json(utc_time(*order.paid)) : Json()},
                             {"discount_total", "0.00"},
                             {"shipping_total", "0.00"},
                             {"cart_tax", "0.00"},
                             {"total", price_text(order.total, shop_.currency())},
                             {"total_tax", "0.00"},
                             {"prices_include_tax", false},
                             {"customer_note", order.buyer.text_or("note")}});
  shown.set("billing", std::move(billing));
  shown.set("shipping", std::move(address));
  shown.set("line_items", std::move(lines));
  for (const char* list : {"tax_lines", "shipping_lines", "fee_lines", "coupon_lines"}) shown.set(list, Json::array());
  shown.set("meta_data", order.document.find("meta_data") ? *order.document.find("meta_data") : Json::array());
  shown.set("refunds", std::move(refunds));
  return shown;
}

Json Orders::refund_json(const Order& order, const Refund& refund) const {
  Json lines = Json::array();
  for (const RefundedLine& part : refund.lines) {
    const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&part](const Line& l) { return l.id == part.line; });
    if (line == order.lines.end() || part.quantity == 0) continue;
    Json shown = line_json(*line);
    shown.set("id", refund.id * 100 + (line - order.lines.begin()));
    shown.set("quantity", -part.quantity);
    for (const char* amount : {"subtotal", "total"}) shown.set(amount, "-" + price_text(part.amount, shop_.currency()));
    shown.set("meta_data",
              Json::array().push_back(Json::object({{"id", line->id}, {"key", "_refunded_item_id"}, {"value", std::to_string(line->id)}})));
    lines.push_back(std::move(shown));
  }
  return Json::object({{"id", refund.id},
                       {"date_created", site_time(refund.at)},
                       {"date_created_gmt", utc_time(refund.at)},
                       {"amount", price_text(refund.amount, shop_.currency())},
                       {"reason", refund.reason},
                       {"refunded_by", 1},
                       {"refunded_payment", false},
                       {"meta_data", refund.meta},
                       {"line_items", std::move(lines)}});
}

}  // namespace tally::sandbox::woo
