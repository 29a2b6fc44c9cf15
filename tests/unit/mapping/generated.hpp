// Products and orders by chance, with what makes mappings stumble: one variant or many, sale prices or none, odd weights, long titles,
// missing fields.
#pragma once

#include "base/json.hpp"

#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tally::mapping::generated {

inline int upto(int most) {
  return *rc::gen::inRange(0, most + 1);
}
inline bool one_in(int n) {
  return upto(n - 1) == 0;
}
template <class T>
T pick(std::vector<T> from) {
  return *rc::gen::elementOf(std::move(from));
}

inline Json money(std::int64_t cents) {
  return Json::object({{"amount", Json(Decimal::of(cents, 2))}, {"currency", "EUR"}});
}
inline Json named(const std::string& name, const std::string& value) {
  return Json::object({{"name", Json(name)}, {"value", Json(value)}});
}

inline Json texts(const std::vector<std::string>& from) {
  Json list = Json::array();
  for (const std::string& each : from) list.push_back(Json(each));
  return list;
}

inline Json variant(const std::string& sku, Json option_values) {
  const int cents = upto(99'998) + 1;
  Json v = Json::object({{"sku", Json(sku)}, {"price", money(cents)}, {"available", Json(upto(50))}, {"state", "live"}});
  if (!option_values.empty()) v.set("option_values", std::move(option_values));
  if (one_in(3)) v.set("compare_at", money(cents + 137));
  if (!one_in(3)) {
    const Decimal weight = pick<Decimal>({Decimal(350), Decimal(1), Decimal::of(333, 3), Decimal::of(125, 1)});
    v.set("weight", Json::object({{"value", Json(weight)}, {"unit", Json(pick<std::string>({"g", "kg", "lb", "oz"}))}}));
  }
  if (one_in(2)) v.set("hs_code", "6109");
  if (one_in(2)) v.set("barcode", "0123456789012");
  if (one_in(2)) v.set("image", Json::object({{"url", Json("https://x/v" + std::to_string(upto(9)) + ".jpg")}}));
  if (one_in(2)) v.set("cost", money(upto(500)));
  if (one_in(2)) v.set("tax_class", "reduced");
  return v;
}

inline Json product() {
  Json p = Json::object({{"code", "P-1"}, {"state", Json(pick<std::string>({"live", "paused", "ended"}))}});
  p.set("title", Json(pick<std::string>({"Mug", "T恤 $5 {new}", std::string(80, 'x'), "007"})));
  if (!one_in(4)) p.set("description", Json(pick<std::string>({"<p>a &amp; b</p>", "plain", "<ul><li>one</li><li>two</li></ul>"})));
  if (one_in(2)) p.set("brand", "Acme");
  if (one_in(2)) p.set("tags", texts(pick<std::vector<std::string>>({{"a"}, {"b", "a"}, {"c", "a", "b"}})));
  p.set("categories", Json(Json::Array{Json::object({{"name", "Tops"}, {"path", texts({"Clothing", "Tops"})}})}));
  if (const int images = upto(3); images > 0) {
    Json list = Json::array();
    for (int i = 0; i < images; ++i) {
      Json image = Json::object({{"url", Json("https://x/" + std::to_string(i) + ".jpg")}});
      if (one_in(2)) image.set("alt", Json("picture " + std::to_string(i)));
      list.push_back(std::move(image));
    }
    p.set("images", std::move(list));
  }
  if (one_in(2)) {
    p.set("attributes", Json(Json::Array{Json::object({{"name", "Material"}, {"values", texts({"Cotton", "Wool"})}}),
                                         Json::object({{"name", "Care"}, {"values", texts({"Cold"})}})}));
  }
  Json variants = Json::array();
  if (one_in(3)) {
    variants.push_back(variant("SKU-1", Json::array()));
  } else {
    const auto sizes = pick<std::vector<std::string>>({{"M"}, {"S", "M"}, {"L", "S", "M"}});
    const auto colours = pick<std::vector<std::string>>({{"Red"}, {"Blue", "Red"}});
    p.set("options", Json(Json::Array{Json::object({{"name", "Size"}, {"values", texts(sizes)}}),
                                      Json::object({{"name", "Color"}, {"values", texts(colours)}})}));
    for (const std::string& size : sizes) {
      for (const std::string& colour : colours)
        variants.push_back(variant("SKU-" + size + "-" + colour, Json(Json::Array{named("Size", size), named("Color", colour)})));
    }
  }
  p.set("variants", std::move(variants));
  return p;
}

/// The same with the platform's ids everywhere.
inline Json with_ids(Json p, bool simple_shares_id) {
  int next = 5000;
  const auto id = [&] { return Json(std::to_string(++next)); };
  p.set("@id", id());
  const bool simple = p.find("options") == nullptr;
  for (Json& v : p.find("variants")->as_array()) {
    v.set("@id", simple && simple_shares_id ? *p.find("@id") : id());
    if (Json* image = v.find("image")) {
      image->set("@id", id());
      image->set("@url", Json("https://cdn/" + std::to_string(next)));
    }
  }
  for (const char* key : {"images", "categories"}) {
    if (p.find(key) == nullptr) continue;
    for (Json& each : p.find(key)->as_array()) {
      each.set("@id", id());
      if (std::string_view(key) == "images") each.set("@url", Json("https://cdn/" + std::to_string(next)));
    }
  }
  return p;
}

inline Json order() {
  const std::vector<std::string> states{"pending", "paid", "released", "part_shipped", "shipped", "completed", "cancelled", "refunded"};
  Json o =
      Json::object({{"@id", Json(std::to_string(3705115058471208928LL + upto(99)))}, {"currency", "EUR"}, {"state", Json(pick(states))}});
  o.set("changed_at", Json("2026-03-02T09:15:" + std::to_string(10 + upto(49)) + "Z"));
  if (one_in(2)) o.set("placed_at", *o.find("changed_at"));
  Json lines = Json::array();
  std::int64_t sum = 0;
  const int count = upto(3) + 1;
  for (int i = 0; i < count; ++i) {
    const std::int64_t cents = upto(9'999), quantity = upto(4) + 1;
    sum += cents * quantity;
    Json line =
        Json::object({{"@id", Json(std::to_string(900 + i))}, {"quantity", Json(quantity)}, {"unit_price", Json(Decimal::of(cents, 2))}});
    line.set("amount", money(cents * quantity));
    line.set("discounted", money(cents * quantity));
    if (!one_in(4)) line.set("sku", Json("SKU-" + std::to_string(upto(2))));
    line.set("offer", Json::object({{"@id", Json(std::to_string(70 + i))}, {"listing", Json::object({{"@id", "7"}})}}));
    lines.push_back(std::move(line));
  }
  o.set("lines", std::move(lines));
  o.set("total", money(sum + 490));
  o.set("shipping", money(490));
  if (one_in(2)) o.set("note", "ring twice");
  if (one_in(2)) o.set("ship_to", Json::object({{"name", "Ana Ruiz"}, {"city", "Sevilla"}, {"country", "ES"}}));
  return o;
}

}  // namespace tally::mapping::generated
