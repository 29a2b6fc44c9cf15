// The merchant's rules as the engine needs them: made by main from the settings, replaced whole by a reload.
#pragma once

#include "base/decimal.hpp"
#include "base/id.hpp"
#include "base/price_limit.hpp"
#include "base/time.hpp"
#include "model/claim.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::engine {

/// How far a channel may go. A new channel observes until it is released.
enum class Policy { observe, create_only, no_retire, full };
std::string_view name_of(Policy policy);

/// A buffer as large as what sells while a sale elsewhere is not shown here yet: units sold in `window`, over the window, times `delay`.
struct SalesBuffer {
  Duration window{86400000};
  Duration delay{0};  ///< 0: the longest time between two order reads of the other channels
  Quantity at_most = 1'000'000;
};

struct StockRule {
  Quantity buffer = 0;  ///< where it follows sales: at least so much
  Decimal share = Decimal(1);
  std::optional<Quantity> cap = std::nullopt;
  std::optional<SalesBuffer> follows = std::nullopt;
};

/// Units that are set aside for one offer of a channel from a moment until another.
struct QuotaConfig {
  std::string sku;
  Quantity units = 0;
  Time from, until;
};

struct PriceRule {
  Decimal factor = Decimal(1);
  std::optional<Decimal> round_to;           ///< prices end so: 0.99
  std::optional<PriceLimit> floor, ceiling;  ///< a price below or above is never sent
};

struct LocationConfig {
  std::string name;
  std::string counted_by;        ///< the channel that owns this shelf; empty: we do
  std::string held_by = {};      ///< the platform that keeps these goods and sells them itself: read, never promised to anybody else
  bool counts_free = false;      ///< its counts leave out what its own open orders, and those of ours that it knows, have promised
  Duration knows_after{600000};  ///< how long after it was placed it knows an order of ours
};

/// Whose word stands for a field of what a channel shows. The master is the catalogue: a hand's edit there is put back. The channel: what
/// stands there is never overwritten, and what is changed there is taken over. Newest: what was changed since both were agreed, wherever.
enum class Owner { master, channel, newest };

struct ChannelConfig {
  std::string name;
  std::string connector;
  Policy policy = Policy::full;
  std::vector<std::string> locations;  ///< in order of priority
  StockRule stock;
  std::vector<QuotaConfig> quotas;
  PriceRule price;
  std::string currency;
  std::map<std::string, Owner> owners = {};  ///< title, description, brand, tags, price; what is not named is the master's
  Duration orders_every{300000};
  Duration sweep_every{3600000};
  std::optional<ReserveAt> reserve;  ///< nothing: as the platform takes
  Duration reserve_for{1800000};
  std::optional<Duration> close_after =
      {};                     ///< its orders unreadable for so long, nothing is for sale there until they are read; nothing: never
  std::string hook_url = {};  ///< where its platform reaches our door; empty: nowhere, and orders come by the list alone

  Owner owner_of(const std::string& field) const {
    const auto found = owners.find(field);
    return found == owners.end() ? Owner::master : found->second;
  }
};

/// The limits of the guard; shares as fractions of the offers that are live.
struct GuardRule {
  Decimal to_zero = Decimal::of(20, 2), price = Decimal::of(5, 2), ends = Decimal::of(5, 2), creates = Decimal::of(20, 2);
  Decimal price_change = Decimal::of(30, 2);  ///< beyond which a price counts as changed much
  std::int64_t least = 10;                    ///< so many are never too many
};

/// How long what says who somebody is stays.
struct PrivacyRule {
  Duration keep_raw{30LL * 86400000};      ///< documents as the platforms sent them
  Duration keep_buyers{400LL * 86400000};  ///< of orders that are finished, since their last change
};

/// An order that meets every condition waits for a person. A list: any of them; what is empty is not asked.
struct ReviewRule {
  std::string name;
  std::vector<Money> total_above = {};  ///< one a currency
  std::vector<std::string> countries = {}, other_than = {};
  bool new_buyer = false;    ///< nobody who bought before, on any channel
  bool first_order = false;  ///< on its channel
  std::vector<std::string> email_domains = {};
  std::vector<std::string> skus = {};
  std::optional<Quantity> quantity_above = std::nullopt;  ///< of one line
  std::vector<std::string> channels = {};
};

/// Orders that meet every condition are sent from these locations first. A list: any of them; what is empty is not asked.
struct RoutingRule {
  std::vector<std::string> countries = {}, regions = {};
  std::vector<std::string> skus = {};  ///< a line has it
  std::vector<std::string> channels = {};
  std::vector<std::string> from = {};  ///< in order of priority

  /// "country GB, IE: from london, dublin"
  std::string text() const;
};

struct Config {
  PrivacyRule privacy = {};
  std::string currency = "EUR";
  std::vector<LocationConfig> locations;
  GuardRule guard;
  std::vector<ReviewRule> review = {};
  std::vector<RoutingRule> routing = {};  ///< the first that an order meets holds
};

}  // namespace tally::engine
