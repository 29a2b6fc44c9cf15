// The seam between a pretend platform and the language it speaks. One folder-mate a dialect: woocommerce, wechat, douyin, till.
#pragma once

#include "connectors/sandbox/courier.hpp"
#include "connectors/sandbox/exchange.hpp"
#include "connectors/sandbox/meter.hpp"
#include "connectors/sandbox/shop.hpp"

#include <filesystem>
#include <map>
#include <memory>

namespace tally::sandbox {

/// One platform's options; what is empty takes the dialect's own value (README.md lists them).
struct PlatformOptions {
  std::string name;              ///< how the control interface and the driver call it
  std::string dialect;           ///< woocommerce, wechat-shop, douyin or till
  int port = 0;                  ///< 0: any free one
  std::filesystem::path folder;  ///< till: where sales/, counts/ and offers/ are
  std::string hook_url;          ///< where the merchant takes webhooks; may be entered later
  std::string currency;
  std::map<std::string, std::string> secrets;  ///< and public names such as appid: key, secret, webhook_secret, push_token, aes_key …
  std::optional<Limit> limit;
  Duration audit{300};           ///< how long the platform looks at a product before it may be sold
  Duration token_life{7200000};  ///< wechat-shop, douyin
  unsigned compression = 100;    ///< retry schedules run this many times faster than the real ones
};

enum class OrderEvent { placed, paid, part_shipped, shipped, cancelled, refunded };

/// All of it happens under the platform's mutex.
class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual Answer answer(const Request& request) = 0;
  virtual Answer throttled() const = 0;  ///< "too many requests" in its own words
  virtual Answer trouble() const = 0;    ///< "something is wrong here", likewise
  /// A shopper or the merchant's own click changed an order; the order is already as it says.
  virtual void order_changed(Order& order, OrderEvent event) = 0;
  /// A shopper asks for money or to send goods back, sends them, or thinks better of it: `ask`, `send-back`, `withdraw`.
  virtual Result<void> after_sale(Order& /*order*/, std::string_view /*verb*/, const Json& /*wish*/) {
    return error(Fault::rejected, "shoppers of this platform ask the merchant, not the platform");
  }
  /// A person edited the offer in the platform's own pages; already done.
  virtual void offer_edited(Offer& offer, std::string_view field) = 0;
  /// The merchant enters where webhooks go.
  virtual void enter_hook(const std::string& url) = 0;
  /// Called about a hundred times a second: audits that end, files to read.
  virtual void work() {}
  /// Text of an id in an order that the merchant sees.
  virtual std::string order_name(const Order& order) const { return std::to_string(order.id); }
};

/// What a dialect is handed; all of it outlives the dialect.
struct Place {
  Shop& shop;
  Courier& courier;
  Mischief& mischief;
  const PlatformOptions& options;
  Log log;
  std::string origin;  ///< http://127.0.0.1:PORT

  std::string secret(const std::string& name, std::string_view otherwise) const {
    const auto found = options.secrets.find(name);
    return found == options.secrets.end() ? std::string(otherwise) : found->second;
  }
};

/// What is fixed about a dialect before its shop exists.
struct Nature {
  Rules rules;
  Numbering numbering;
  std::string currency;
  Limit limit;
  bool listens = true;  ///< false: files only
};

/// Nothing if there is no dialect of that name.
std::optional<Nature> nature_of(const std::string& dialect);
std::unique_ptr<Dialect> make_dialect(const std::string& dialect, Place place);

std::unique_ptr<Dialect> make_woocommerce(Place place);
std::unique_ptr<Dialect> make_wechat(Place place);
std::unique_ptr<Dialect> make_douyin(Place place);
std::unique_ptr<Dialect> make_till(Place place);
Nature woocommerce_nature();
Nature wechat_nature();
Nature douyin_nature();
Nature till_nature();

}  // namespace tally::sandbox
