#include "model/type.hpp"

#include "model/describe.hpp"
#include "model/parcel.hpp"

#include <algorithm>
#include <map>

namespace tally {

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::text:
      return "text";
    case Kind::integer:
      return "integer";
    case Kind::decimal:
      return "decimal";
    case Kind::money:
      return "money";
    case Kind::time:
      return "time";
    case Kind::boolean:
      return "boolean";
    case Kind::measure:
      return "measure";
    case Kind::choice:
      return "choice";
    case Kind::list:
      return "list";
    case Kind::object:
      return "object";
  }
  return {};
}

std::string_view name_of(Aspect aspect) {
  switch (aspect) {
    case Aspect::content:
      return "content";
    case Aspect::price:
      return "price";
    case Aspect::stock:
      return "stock";
    case Aspect::order:
      return "order";
  }
  return {};
}

const Type::Field* Type::find(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

std::vector<std::string> Type::field_names() const {
  std::vector<std::string> names;
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

namespace {

using Ptr = std::shared_ptr<const Type>;
using Fields = std::vector<Type::Field>;

Type plain(Kind kind) {
  Type type;
  type.kind = kind;
  return type;
}

Ptr shared(Type type) {
  return std::make_shared<const Type>(std::move(type));
}
Ptr simple(Kind kind) {
  return shared(plain(kind));
}

Type object_of(Fields fields) {
  Type type = plain(Kind::object);
  type.fields = std::move(fields);
  return type;
}

Ptr list_of(Ptr item) {
  Type type = plain(Kind::list);
  type.item = std::move(item);
  return shared(std::move(type));
}

Ptr choice_of(std::vector<std::string> words) {
  Type type = plain(Kind::choice);
  type.choices = std::move(words);
  return shared(std::move(type));
}

/// The aspect of a member by its own name; members of a thing that belongs to an aspect already are of that one.
Aspect aspect_of(std::string_view member, Aspect around) {
  if (around != Aspect::content) return around;
  return member == "price" || member == "compare_at" ? Aspect::price : Aspect::content;
}

template <class T>
Type described(Aspect aspect);

template <class T>
Ptr type_of(Aspect aspect) {
  if constexpr (tree::is_optional<T>) {
    return type_of<typename T::value_type>(aspect);
  } else if constexpr (tree::is_list<T>) {
    using Entry = typename T::value_type;
    Type type = plain(Kind::list);
    type.item = type_of<Entry>(aspect);
    type.key = tree::key_of<Entry>();
    type.ordered = tree::is_ordered<Entry>;
    return shared(std::move(type));
  } else if constexpr (std::is_enum_v<T>) {
    return choice_of(tree::words_of<T>());
  } else if constexpr (std::is_same_v<T, Money>) {
    Type type = plain(Kind::money);
    type.fields = {{"amount", simple(Kind::decimal), aspect}, {"currency", simple(Kind::text), aspect}};
    return shared(std::move(type));
  } else if constexpr (tree::is_described<T>) {
    return shared(described<T>(aspect));
  } else if constexpr (std::is_same_v<T, bool>) {
    return simple(Kind::boolean);
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return simple(Kind::integer);
  } else if constexpr (std::is_same_v<T, Decimal>) {
    return simple(Kind::decimal);
  } else if constexpr (std::is_same_v<T, Time>) {
    return simple(Kind::time);
  } else {
    static_assert(std::is_same_v<T, std::string> || std::is_same_v<T, Sku> || std::is_same_v<T, Currency>);
    return simple(Kind::text);
  }
}

/// Remote ids have no field; where only an id stands below a name ("listing.@id"), the name is an object without fields.
template <class T>
Type described(Aspect around) {
  Type type = plain(std::is_same_v<T, Measure> ? Kind::measure : Kind::object);
  tree::for_each_member<T>([&](auto member) {
    using Member = std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>;
    const std::string_view place = tree::place_of<T>(member.name);
    const std::string head(place.substr(0, place.find('.')));
    if (head.starts_with('@')) return;
    const Aspect aspect = aspect_of(head, around);
    type.fields.push_back({head, head == place ? type_of<Member>(aspect) : shared(object_of({})), aspect});
  });
  if constexpr (std::is_same_v<T, Category>) {
    for (Type::Field& field : type.fields) {
      if (field.name != "path") continue;
      Type path = *field.type;
      path.ordered = true;
      field.type = shared(std::move(path));
    }
  }
  return type;
}

void add(Type& type, std::string name, Ptr field, Aspect aspect = Aspect::content) {
  type.fields.push_back({std::move(name), std::move(field), aspect});
}

void replace(Type& type, std::string_view name, Ptr field) {
  for (Type::Field& each : type.fields) {
    if (each.name == name) each.type = field;
  }
}

Ptr nothing_but_ids() {
  return shared(object_of({}));
}

/// A product as a channel sees it: with what is to be shown there of its stock.
Type listing() {
  Type level = object_of({{"location", nothing_but_ids(), Aspect::stock}, {"available", simple(Kind::integer), Aspect::stock}});
  Type variant = described<Variant>(Aspect::content);
  add(variant, "available", simple(Kind::integer), Aspect::stock);
  add(variant, "stock", list_of(shared(std::move(level))), Aspect::stock);
  add(variant, "index", simple(Kind::integer));
  const Ptr offered = shared(std::move(variant));

  Type product = described<Product>(Aspect::content);
  Type variants = *product.find("variants")->type;
  variants.item = offered;
  replace(product, "variants", shared(std::move(variants)));
  add(product, "category", type_of<Category>(Aspect::content));
  add(product, "variant", offered);
  return product;
}

/// One variant alone, addressed by its own ids and its listing's.
Type offer() {
  Type variant = described<Variant>(Aspect::content);
  add(variant, "listing", nothing_but_ids());
  add(variant, "category", type_of<Category>(Aspect::content));
  add(variant, "index", simple(Kind::integer));
  add(variant, "key", simple(Kind::text));
  return variant;
}

Type stock() {
  Type variant = offer();
  const Aspect aspect = Aspect::stock;
  add(variant, "available", simple(Kind::integer), aspect);
  add(variant, "before", simple(Kind::integer), aspect);
  add(variant, "location", nothing_but_ids(), aspect);
  Type change = object_of(
      {{"signed", simple(Kind::integer), aspect}, {"size", simple(Kind::integer), aspect}, {"way", choice_of({"up", "down"}), aspect}});
  add(variant, "change", shared(std::move(change)), aspect);
  return variant;
}

/// The lines of a parcel, a part or a refund, with the order's line that each is of.
Ptr line_refs() {
  Type ref = described<LineRef>(Aspect::order);
  replace(ref, "line", type_of<OrderLine>(Aspect::order));
  return list_of(shared(std::move(ref)));
}

/// What is to go from where.
Ptr parts() {
  return list_of(shared(object_of({{"location", nothing_but_ids(), Aspect::order}, {"lines", line_refs(), Aspect::order}})));
}

template <class T>
Type with_line_refs() {
  Type type = described<T>(Aspect::order);
  replace(type, "lines", line_refs());
  return type;
}

Type order() {
  Type type = described<Order>(Aspect::order);
  replace(type, "shipments", list_of(shared(with_line_refs<Shipment>())));
  replace(type, "refunds", list_of(shared(with_line_refs<Refund>())));
  replace(type, "after_sales", list_of(shared(with_line_refs<AfterSale>())));
  add(type, "parts", parts(), Aspect::order);
  add(type, "ship_by", simple(Kind::text), Aspect::order);
  return type;
}

Type shipment() {
  Type type = with_line_refs<Shipment>();
  add(type, "order", shared(order()), Aspect::order);
  add(type, "parts", parts(), Aspect::order);
  add(type, "number", simple(Kind::text), Aspect::order);
  add(type, "key", simple(Kind::text), Aspect::order);
  return type;
}

Type refund() {
  Type type = with_line_refs<Refund>();
  add(type, "order", shared(order()), Aspect::order);
  add(type, "return_money", simple(Kind::boolean), Aspect::order);
  // Where it answers a buyer's after-sale: paid unsent, paid, the goods may go back, they are here and it is paid.
  add(type, "answer", choice_of({"cancel", "refund", "agree", "receive"}), Aspect::order);
  // Platforms whose refund is one offer with a state of its own.
  add(type, "state", simple(Kind::text), Aspect::order);
  add(type, "offer", type_of<OfferRef>(Aspect::order), Aspect::order);
  add(type, "quantity", simple(Kind::integer), Aspect::order);
  add(type, "key", simple(Kind::text), Aspect::order);
  return type;
}

Type category() {
  Type type = described<Category>(Aspect::content);
  add(type, "parent", nothing_but_ids());
  return type;
}

Type image() {
  Type type = described<Image>(Aspect::content);
  add(type, "name", simple(Kind::text));
  return type;
}

Type event() {
  const auto aspect = Aspect::order;
  return object_of({{"kind", choice_of({"order", "listing", "stock", "refund"}), aspect},
                    {"subject", simple(Kind::text), aspect},
                    {"changed_at", simple(Kind::time), aspect},
                    {"id", simple(Kind::text), aspect}});
}

Type parcel() {
  const auto aspect = Aspect::order;
  const Ptr event = shared(object_of({{"at", simple(Kind::time), aspect}, {"text", simple(Kind::text), aspect}}));
  return object_of({{"carrier", simple(Kind::text), aspect},
                    {"tracking", simple(Kind::text), aspect},
                    {"phone_end", simple(Kind::text), aspect},
                    {"state", choice_of(parcel_states()), aspect},
                    {"watch", choice_of({"goes_on", "ended", "given_up"}), aspect},
                    {"events", list_of(event), aspect}});
}

using Documents = std::map<std::string, Type, std::less<>>;

/// Made once, never changed.
const Documents& documents() {
  static const Documents all{{"listing", listing()}, {"price", offer()},       {"stock", stock()},      {"level", stock()},
                             {"order", order()},     {"shipment", shipment()}, {"shipped", shipment()}, {"cancel", shipment()},
                             {"refund", refund()},   {"category", category()}, {"image", image()},      {"event", event()},
                             {"parcel", parcel()}};
  return all;
}

}  // namespace

const Type* type_of_document(std::string_view kind) {
  const auto found = documents().find(kind);
  return found == documents().end() ? nullptr : &found->second;
}

std::vector<std::string> document_kinds() {
  std::vector<std::string> kinds;
  for (const auto& [kind, type] : documents()) kinds.push_back(kind);
  return kinds;
}

}  // namespace tally
