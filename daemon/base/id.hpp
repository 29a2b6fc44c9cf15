// Names of things as types of their own, so that a SKU is never handed over where an order's id is meant.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tally {

template <class Tag>
struct Name {
  std::string text;

  Name() = default;
  explicit Name(std::string value) : text(std::move(value)) {}
  bool empty() const { return text.empty(); }
  auto operator<=>(const Name&) const = default;
};

/// Equal byte by byte after `normal_sku` (trimmed, Unicode NFC).
using Sku = Name<struct SkuTag>;
using ChannelId = Name<struct ChannelTag>;    ///< the name of the channel's file
using LocationId = Name<struct LocationTag>;  ///< a key below `locations:` in tallyd.yaml
using OrderId = Name<struct OrderTag>;        ///< the platform's id of an order
using RemoteId = Name<struct RemoteTag>;      ///< the platform's id of anything

template <class Tag>
struct Number {
  std::int64_t value = 0;

  Number() = default;
  explicit constexpr Number(std::int64_t v) : value(v) {}
  auto operator<=>(const Number&) const = default;
};

/// Row numbers of the store: narrow, and never shown to a person.
using ChannelNo = Number<struct ChannelNoTag>;
using LocationNo = Number<struct LocationNoTag>;
using ProductNo = Number<struct ProductNoTag>;
using VariantNo = Number<struct VariantNoTag>;
using OrderNo = Number<struct OrderNoTag>;
using IntentNo = Number<struct IntentNoTag>;

/// Units of a variant; may be negative where a difference or a shortage is meant.
using Quantity = std::int64_t;

/// Trimmed of white space and in Unicode normal form C; nothing if `text` is not UTF-8 or nothing is left.
Sku normal_sku(std::string_view text);

}  // namespace tally

template <class Tag>
struct std::hash<tally::Name<Tag>> {
  std::size_t operator()(const tally::Name<Tag>& name) const noexcept { return std::hash<std::string>{}(name.text); }
};
