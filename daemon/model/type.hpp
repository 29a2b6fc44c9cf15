// The model's fields and their types, for the mapping compiler, the API and the schemas: made from the one description of each struct.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tally {

enum class Kind { text, integer, decimal, money, time, boolean, measure, choice, list, object };
enum class Aspect { content, price, stock, order };
std::string_view name_of(Kind kind);
std::string_view name_of(Aspect aspect);

struct Type {
  struct Field {
    std::string name;
    std::shared_ptr<const Type> type;
    Aspect aspect = Aspect::content;  ///< only meaningful inside a product or variant
  };
  Kind kind = Kind::text;
  std::vector<Field> fields;         ///< of an object
  std::shared_ptr<const Type> item;  ///< of a list
  std::vector<std::string> choices;  ///< of a choice
  std::string key;                   ///< of a list of objects: the field that pairs entries (sku, name, url); empty: by @id
  bool ordered = false;              ///< of a list: order counts (images, option values)

  const Field* find(std::string_view name) const;
  std::vector<std::string> field_names() const;
};

/// What the holes of one kind of document mean. Kinds: listing price stock level order shipment shipped cancel refund category image event
/// parcel.
/// Every object of the model may also have remote ids (`@id`, `@stock`, ...), which have no entry here. Nothing for an unknown kind.
///
/// listing   Product; each variant has also `available` (integer, stock), `stock[{location{}, available}]`, `index`; also `category` (the
/// first of
///           `categories`), `variant` (the only variant of a product without options)
/// price     Variant with `listing{}` (its product's ids), `category`, `index`, `key` (the intent's)
/// stock     as price, with `available`, `before`, `location{}`, `change{signed, size, way: up|down}`
/// level     as stock, for reading
/// order     Order: lines[] with `offer{listing{}}`, fees[], shipping, discounts, tax, total, currency, buyer, ship_to, refunds[],
/// shipments[] whose
///           lines[] have `line` (the order's line), parts[{location{}, lines[{line, quantity}]}], `ship_by`
/// shipment  Shipment with `order`, lines[] with `line`, `parts[]`, `number`, `key`; shipped, cancel: the same
/// refund    Refund with `order`, lines[] with `line`, `return_money`, `key`; and for platforms whose refund is one offer: `state`,
/// `offer`, `quantity` category  `name`, `path`, `parent{}`;  image: `url`, `alt`, `name` event     `kind` (order listing stock refund),
/// `subject`, `changed_at`, `id`
/// parcel    written: `carrier`, `tracking`, `phone_end` (of the buyer's number); read: `tracking`, `state` (a ParcelState), `watch`
///           (goes_on, ended, given_up: whether we are told more), events[{at, text}]
/// Money and measures have their parts as fields: `price.currency`, `weight.unit`.
const Type* type_of_document(std::string_view kind);

/// All kinds, for messages.
std::vector<std::string> document_kinds();

}  // namespace tally
