// The merchant's own files as values: tallyd.yaml and channels.d/NAME.yaml, checked whole (config/README.md).
#pragma once

#include "base/complaint.hpp"
#include "base/decimal.hpp"
#include "base/id.hpp"
#include "base/json.hpp"
#include "base/price_limit.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "yaml/yaml.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tally::settings {

enum class Policy { observe, create_only, no_retire, full };
std::string_view name_of(Policy policy);

struct Location {
  LocationId id;
  std::string name;
  std::string counted_by;        ///< the channel that owns this shelf, or empty
  std::string held_by = {};      ///< the channel whose platform keeps these goods and sells them itself, or empty
  bool counts_free = false;      ///< `counts: free`: the counts leave out what open orders have promised
  Duration knows_after{600000};  ///< how long after it was placed that channel knows an order of another
};

/// `buffer: { follows: sales, … }`
struct SalesBuffer {
  Duration window{86400000};
  Duration delay{0};  ///< 0: not said
  Quantity at_most = 1'000'000;
};

/// Units that are set aside for one SKU from a moment until another.
struct Quota {
  std::string sku;
  Quantity units = 0;
  Time from, until;
};

struct StockRule {
  Quantity buffer = 0;         ///< where it follows sales: `at_least`
  Decimal share = Decimal(1);  ///< 0.8 for 80%
  std::optional<Quantity> cap = std::nullopt;
  std::optional<SalesBuffer> follows = std::nullopt;
  std::vector<Quota> quotas = {};  ///< by SKU
};

struct PriceRule {
  Decimal factor = Decimal(1);               ///< 1.04 for `add: 4%`
  std::optional<Decimal> round_to;           ///< 0.99: to the next price that ends so
  std::optional<PriceLimit> floor, ceiling;  ///< `cost * 1.1`, or an amount
};

struct OrderRule {
  Duration every{300000};                    ///< how often the order list is read
  std::string reserve;                       ///< placed, paid or empty (what the platform does)
  Duration reserve_for{1800000};             ///< how long a pending order reserves
  std::optional<Duration> close_after = {};  ///< its orders unreadable for so long, nothing is for sale there
};

/// Whose word stands for a field: the catalogue's, the channel's, or that of the one who changed it last.
enum class Owner { master, channel, newest };

struct Channel {
  ChannelId id;  ///< the file's name without .yaml
  std::string file;
  std::string connector;  ///< empty if the file does not say it
  std::string mapping;    ///< `mapping:` as a name, else the connector's name
  std::string auth;       ///< which of the connector's kinds of auth; empty: the first
  Json settings =
      Json::object();  ///< everything that connector and mapping may read as ${url}, channel.weight_unit …: url, shop_id, currency, …
  std::map<std::string, std::string> secrets;  ///< name in the connector → name of the secret
  Policy policy = Policy::full;
  std::vector<LocationId> locations;  ///< in order of priority; all when the file says none
  StockRule stock;
  PriceRule price;
  OrderRule orders;
  std::map<std::string, Owner> owners;  ///< title, description, brand, tags, price; what is not named is the master's
  Duration sweep{3600000};
  std::optional<Duration> settle;     ///< overrides the connector's fact
  std::optional<Json> limits;         ///< overrides: requests_per_second, concurrency
  std::optional<yaml::Node> overlay;  ///< `mapping:` as a map and `tables:`: handed to the mapping by main
  std::string text;                   ///< the file's bytes, for telling whether it changed
  yaml::Node tree;                    ///< the file as it stands, for complaints of what only others can judge; null if it is no YAML

  /// Where `path` ("stock/cap", "locations/0") stands, or the nearest around it that is there.
  Place place_of(std::string_view path) const;
  bool says(std::string_view path) const;
};

struct Guard {
  Decimal to_zero = Decimal::of(20, 2), price = Decimal::of(5, 2), ends = Decimal::of(5, 2), creates = Decimal::of(20, 2);
  Quantity least = 10;
};

/// An order that meets every condition waits for a person; a list means any of them.
struct ReviewRule {
  std::string name;
  std::vector<Money> total_above = {};
  std::vector<std::string> countries = {}, other_than = {};
  bool new_buyer = false, first_order = false;
  std::vector<std::string> email_domains = {};
  std::vector<std::string> skus = {};
  std::optional<Quantity> quantity_above = std::nullopt;  ///< of one line
  std::vector<std::string> channels = {};
  bool operator==(const ReviewRule&) const = default;
};

/// From where orders are sent that meet every condition; a list means any of it, an empty one is not asked.
struct RoutingRule {
  std::size_t no = 0;  ///< its place in the list, from 1; one that is refused is left out
  std::vector<std::string> countries = {}, regions = {}, skus = {}, channels = {};
  std::vector<LocationId> from = {};  ///< in order of priority
  bool operator==(const RoutingRule&) const = default;
};

struct Privacy {
  Duration keep_raw{30LL * 86400000}, keep_buyers{400LL * 86400000};
  bool operator==(const Privacy&) const = default;
};

struct Settings {
  std::filesystem::path folder;  ///< where tallyd.yaml lies; relative paths in it are relative to this
  std::string store = "sqlite:tally.db";
  Place store_place;  ///< of `store`, or tallyd.yaml where it says none; no file where what it says is refused
  std::string listen = "127.0.0.1:8780";
  std::string socket;  ///< of the command line: default RUNTIME/tallyd.sock (see config/README.md)
  std::string public_url;
  std::string currency = "EUR";
  std::vector<Location> locations;  ///< at least one: `main` when the file names none
  std::string catalogue_watch;      ///< `catalogue: {watch}`: files to import whenever they change; a pattern, relative to `folder`
  std::string catalogue_channel;    ///< `catalogue: {channel}`: that channel is the master of content
  Place catalogue_place;            ///< of that
  std::map<std::string, std::string> attributes;  ///< the data dictionary: name → text, integer, decimal, boolean, one_of:a|b
  std::string log_level = "info";
  Guard guard;
  std::vector<ReviewRule> review;
  std::vector<RoutingRule> routing;  ///< the first that an order meets holds
  Privacy privacy;
  std::vector<Channel> channels;                                          ///< by name
  std::vector<std::filesystem::path> connector_folders, mapping_folders;  ///< the merchant's own first, then the installed ones
};

/// Reads `folder`/tallyd.yaml and `folder`/channels.d/*.yaml as far as they can be read, and complains of the rest: what a faulty value
/// would have said stands at its default. For looking for what else is wrong; what is to run comes from load().
Settings read(const std::filesystem::path& folder, Complaints& complaints);
/// The same; nothing on any complaint.
std::optional<Settings> load(const std::filesystem::path& folder, Complaints& complaints);

/// The value of a secret: $CREDENTIALS_DIRECTORY/NAME, then folder/secrets/NAME (must not be readable by others), then TALLYD_SECRET_NAME
/// (capitals,
/// '-' as '_'). One trailing line break is cut. The error says where it was looked for, never what was found.
Result<std::string> secret(const std::filesystem::path& folder, const std::string& name);
/// Stores a rotated token as folder/secrets/NAME (0600, atomic rename) before its first use.
Result<void> store_secret(const std::filesystem::path& folder, const std::string& name, const std::string& value);

}  // namespace tally::settings
