// The one description of the model's structs. From it come the trees (tree.hpp) and the types (type.cpp); only files of this folder include
// it.
#pragma once

#include "model/order.hpp"
#include "model/product.hpp"

#include <boost/describe.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace tally {

BOOST_DESCRIBE_ENUM(SaleState, live, paused, ended)
BOOST_DESCRIBE_ENUM(OrderState, pending, paid, held, released, part_shipped, shipped, completed, cancelled, refunded)
BOOST_DESCRIBE_ENUM(PaymentState, pending, part_paid, paid, part_refunded, refunded, void_)
BOOST_DESCRIBE_ENUM(FulfilmentState, open, held, part, done)
BOOST_DESCRIBE_ENUM(AfterSaleKind, cancel, refund, return_, other)
BOOST_DESCRIBE_ENUM(AfterSaleState, asked, agreed, sent_back, paying, done, over)

BOOST_DESCRIBE_STRUCT(Measure, (), (value, unit))
BOOST_DESCRIBE_STRUCT(Image, (), (url, alt))
BOOST_DESCRIBE_STRUCT(Category, (), (name, path))
BOOST_DESCRIBE_STRUCT(Option, (), (name, values))
BOOST_DESCRIBE_STRUCT(Attribute, (), (name, values))
BOOST_DESCRIBE_STRUCT(OptionValue, (), (name, value))
BOOST_DESCRIBE_STRUCT(Component, (), (sku, quantity))
BOOST_DESCRIBE_STRUCT(Variant, (),
                      (sku, barcode, option_values, state, image, price, compare_at, cost, weight, length, width, height, hs_code, origin,
                       tax_class, bundle))
BOOST_DESCRIBE_STRUCT(Product, (),
                      (code, title, description, brand, state, categories, tags, images, options, attributes, review, variants))

BOOST_DESCRIBE_STRUCT(OfferRef, (), (id, listing_id))
BOOST_DESCRIBE_STRUCT(OrderLine, (), (id, offer, sku, quantity, amount, discounted, discount, unit_price, tax, refunded, restocked))
BOOST_DESCRIBE_STRUCT(Fee, (), (id, name, amount, tax))
BOOST_DESCRIBE_STRUCT(Buyer, (), (name, email, phone))
BOOST_DESCRIBE_STRUCT(Address, (), (name, given_name, family_name, phone, line1, line2, district, city, region, postcode, country))
BOOST_DESCRIBE_STRUCT(LineRef, (), (line, quantity, amount, restocked))
BOOST_DESCRIBE_STRUCT(Shipment, (), (id, carrier, tracking, tracking_url, lines, at, mark, day))
BOOST_DESCRIBE_STRUCT(Refund, (), (id, reason, amount, lines, at, mark))
BOOST_DESCRIBE_STRUCT(AfterSale, (), (id, kind, state, reason, amount, lines, at))
BOOST_DESCRIBE_STRUCT(Order, (),
                      (id, number, state, payment, fulfilment, lines, fees, shipping, discounts, tax, total, tax_included, currency, buyer,
                       ship_to, note, holds, shipments, refunds, after_sales, placed_at, paid_at, cancelled_at, changed_at, platform_state))

namespace tree {

template <class T>
inline constexpr bool is_remote = std::is_same_v<T, Order> || std::is_same_v<T, OrderLine> || std::is_same_v<T, Fee> ||
                                  std::is_same_v<T, Shipment> || std::is_same_v<T, Refund> || std::is_same_v<T, AfterSale>;

/// Where a member of T stands in the tree, with at most one dot: its own name but for the platform's ids, which stand under '@'.
template <class T>
constexpr std::string_view place_of(std::string_view member) {
  if constexpr (is_remote<T>) return member == "id" ? "@id" : member;
  if constexpr (std::is_same_v<T, OfferRef>) return member == "id" ? "@id" : "listing.@id";
  if constexpr (std::is_same_v<T, LineRef>) return member == "line" ? "line.@id" : member;
  return member;
}

/// Names that the tree of a T may have besides its members: what a mapping or a connector sees of it together with others' facts (type.cpp
/// gives their types). Reading a T ignores them.
template <class T>
std::vector<std::string> views_of() {
  if constexpr (std::is_same_v<T, Product>) return {"category", "variant"};
  if constexpr (std::is_same_v<T, Variant>) {
    return {"available", "stock", "index", "listing", "location", "category", "before", "change", "key"};
  }
  if constexpr (std::is_same_v<T, Order>) return {"parts", "ship_by"};
  return {};
}

/// By which member the entries of two lists of T pair; empty: by @id.
template <class T>
constexpr std::string_view key_of() {
  if constexpr (std::is_same_v<T, Variant> || std::is_same_v<T, Component>) return "sku";
  if constexpr (std::is_same_v<T, Option> || std::is_same_v<T, Attribute> || std::is_same_v<T, OptionValue> || std::is_same_v<T, Category>)
    return "name";
  if constexpr (std::is_same_v<T, Image>) return "url";
  return {};
}

/// Lists in which the order of the entries says something.
template <class T>
inline constexpr bool is_ordered = std::is_same_v<T, Image> || std::is_same_v<T, OptionValue>;

/// An enumerator's name in the tree: void_ is "void".
constexpr std::string_view word_of(std::string_view enumerator) {
  return enumerator.ends_with('_') ? enumerator.substr(0, enumerator.size() - 1) : enumerator;
}

template <class E>
std::vector<std::string> words_of() {
  std::vector<std::string> words;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto each) { words.emplace_back(word_of(each.name)); });
  return words;
}

template <class E>
constexpr std::string_view word_of(E value) {
  std::string_view word;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto each) {
    if (each.value == value) word = word_of(std::string_view(each.name));
  });
  return word;
}

template <class T>
inline constexpr bool is_described = boost::describe::has_describe_members<T>::value;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

template <class T, class F>
void for_each_member(F&& visit) {
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>(visit);
}

}  // namespace tree
}  // namespace tally
