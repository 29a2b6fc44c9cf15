#include "demo/stage.hpp"

#include "base/rng.hpp"

#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace tally::demo {
namespace {

namespace fs = std::filesystem;

constexpr const char* demo_currency = "CNY";

Json money(std::int64_t minor, const std::string& currency) {
  return Json::object({{"amount", Decimal::of(minor, 2)}, {"currency", currency}});
}

Json picture(const std::string& name) {
  return Json::object({{"url", "https://pictures.example.com/" + name + ".jpg"}, {"alt", name}});
}

Json product(const std::string& code, const std::string& title, const std::string& category) {
  return Json::object({{"code", code},
                       {"title", title},
                       {"description", "<p>" + title + ", as sold in the demonstration.</p>"},
                       {"brand", "Tally"},
                       {"state", "live"},
                       {"categories", Json::Array{Json::object({{"name", category}, {"path", Json::Array{Json(category)}}})}},
                       {"images", Json::Array{picture(code)}}});
}

Json variant(const std::string& sku, std::int64_t price, const std::string& currency = demo_currency) {
  return Json::object(
      {{"sku", sku}, {"state", "live"}, {"price", money(price, currency)}, {"weight", Json::object({{"value", 350}, {"unit", "g"}})}});
}

Json option(const std::string& name, const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(value);
  return Json::object({{"name", name}, {"values", std::move(list)}});
}

std::string numbered(const std::string& prefix, int number) {
  return prefix + (number < 10 ? "0" : "") + std::to_string(number);
}

void add_shirts(Assortment& all, Rng& rng) {
  const std::vector<std::string> sizes{"S", "M", "L"}, colours{"Red", "蓝色"};
  for (int i = 1; i <= 36; ++i) {
    const std::string code = numbered("SHIRT-", i);
    Json shirt = product(code, (i % 2 == 0 ? "T恤 " : "T-shirt ") + std::to_string(i), "Tops");
    shirt.set("options", Json::Array{option("Size", sizes), option("Color", colours)});
    Json variants = Json::array();
    const std::int64_t price = rng.between(1900, 19900);
    for (const auto& size : sizes) {
      for (std::size_t c = 0; c < colours.size(); ++c) {
        const std::string sku = code + "-" + size + "-" + (c == 0 ? "RED" : "BLUE");
        Json one = variant(sku, price);
        one.set("option_values",
                Json::Array{Json::object({{"name", "Size"}, {"value", size}}), Json::object({{"name", "Color"}, {"value", colours[c]}})});
        variants.push_back(std::move(one));
        all.supply[sku] = rng.chance(25) ? rng.between(1, 2) : rng.between(3, 12);
      }
    }
    shirt.set("variants", std::move(variants));
    all.products.push_back(std::move(shirt));
  }
}

void add_mugs(Assortment& all, Rng& rng) {
  for (int i = 1; i <= 6; ++i) {
    const std::string code = numbered("MUG-", i);
    Json mug = product(code, "Mug " + std::to_string(i), "Kitchen");
    mug.set("variants", Json::Array{variant(code, rng.between(900, 4900))});
    all.products.push_back(std::move(mug));
    all.supply[code] = rng.between(5, 15);
  }
  all.shelf["MUG-06"] = all.supply["MUG-06"];  // this one stands on the till's own shelf
}

void add_bundles(Assortment& all, Rng& rng) {
  for (int i = 1; i <= 3; ++i) {
    const std::string code = numbered("SET-", i), mug = numbered("MUG-", i), shirt = numbered("SHIRT-", i) + "-M-RED";
    Json set = product(code, "Gift set " + std::to_string(i), "Kitchen");
    Json one = variant(code, rng.between(3900, 9900));
    one.set("bundle", Json::Array{Json::object({{"sku", mug}, {"quantity", 2}}), Json::object({{"sku", shirt}, {"quantity", 1}})});
    set.set("variants", Json::Array{std::move(one)});
    all.products.push_back(std::move(set));
    all.bundles[code] = {{mug, 2}, {shirt, 1}};
  }
}

Result<void> write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out || ::chmod(file.c_str(), 0600) != 0) return error(Fault::io, "cannot be written", file.string());
  return {};
}

constexpr const char* tallyd_yaml = R"(store: sqlite:tally.db
locations:
  main: { name: Main warehouse }
  shelf: { name: Shelf of the shop, counted_by: till }
log_level: info
)";

constexpr const char* shop_yaml = R"(connector: woocommerce
auth: oauth1
weight_unit: kg
locations: [main, shelf]
secrets: { key: shop_key, secret: shop_secret, webhook_secret: shop_hook }
settle: 1s
)";

constexpr const char* mini_yaml = R"(connector: wechat-shop
locations: [main, shelf]
settings: { appid: wxdemo000000000001 }
secrets: { secret: mini_secret, push_token: mini_push_token, aes_key: mini_aes_key }
settle: 1s
tables: { category: { Tops: 6057, Kitchen: 6058 } }
)";

constexpr const char* market_yaml = R"(connector: douyin
locations: [main, shelf]
settings: { shop_id: "4463798", app_key: "7000000000000000001" }
secrets: { secret: market_secret }
settle: 1s
tables: { leaf: { Tops: 20219, Kitchen: 20220 } }
)";

constexpr const char* till_yaml = R"(connector: till
settings: { finished_after: 0s, receipts: unique }
settle: 1s
)";

/// How often the daemon looks, and how much it may ask for.
std::string pace(const std::string& name, const Terms& terms) {
  if (terms.wide) {
    // Months in minutes: the pretend platforms allow more than the real ones, and the daemon may use it.
    if (name == "till") return "locations: [main, shelf]\norders: { every: 300ms }\nsweep: 60s\n";
    return "orders: { every: 30s }\nsweep: 5m\nlimits: { requests_per_second: 5000, concurrency: 8 }\n";
  }
  if (name == "till") return "locations: [shelf, main]\norders: { every: 300ms }\nsweep: 5s\n";
  return "orders: { every: 2s }\nsweep: 5s\nlimits: { requests_per_second: " + std::string(name == "mini" ? "120" : "40") +
         ", concurrency: 4 }\n";
}

}  // namespace

Assortment assortment(std::uint64_t seed) {
  Assortment all;
  Rng rng(seed);
  add_shirts(all, rng);
  add_mugs(all, rng);
  add_bundles(all, rng);
  return all;
}

Json simple_product(const std::string& sku, const std::string& title, std::int64_t price, const std::string& currency) {
  Json one = product(sku, title, "Kitchen");
  one.set("images", Json::Array{picture("goods")});
  one.set("variants", Json::Array{variant(sku, price, currency)});
  return one;
}

Json sandbox_config(const fs::path& folder, std::uint64_t seed, const Terms& terms) {
  const auto platform = [&terms](const char* name, const char* dialect, Json secrets) {
    Json one = Json::object({{"name", name}, {"dialect", dialect}, {"currency", terms.currency}});
    if (terms.wide) {
      secrets.set("most_orders_in_a_window", "100000");
      one.set("limit", Json::object({{"requests", 100'000}, {"window_ms", 1000}})).set("audit_ms", 50);
    }
    return one.set("secrets", std::move(secrets));
  };
  Json till = platform("till", "till", Json::object());
  till.set("folder", (folder / "till").string());
  return Json::object(
      {{"seed", static_cast<std::int64_t>(seed)},
       {"platforms",
        Json::Array{
            platform("shop", "woocommerce", Json::object({{"key", "ck_demo"}, {"secret", "cs_demo"}, {"webhook_secret", "wh_demo"}})),
            platform("mini", "wechat-shop",
                     Json::object({{"appid", "wxdemo000000000001"},
                                   {"secret", "mini_demo"},
                                   {"push_token", "push_demo"},
                                   {"aes_key", "demodemodemodemodemodemodemodemodemodemodeA"}})),
            platform("market", "douyin",
                     Json::object({{"app_key", "7000000000000000001"}, {"secret", "market_demo"}, {"shop_id", "4463798"}})),
            std::move(till)}}});
}

Result<void> write_configuration(const fs::path& folder, const Json& sandbox, int hook_port, const Terms& terms) {
  std::error_code failed;
  fs::create_directories(folder / "config/channels.d", failed);
  fs::create_directories(folder / "config/secrets", failed);
  if (failed) return error(Fault::io, failed.message(), folder.string());
  ::chmod((folder / "config/secrets").c_str(), 0700);
  const std::map<std::string, std::string> texts{{"shop", shop_yaml}, {"mini", mini_yaml}, {"market", market_yaml}, {"till", till_yaml}};
  const std::string listen = "127.0.0.1:" + std::to_string(hook_port);
  if (auto done = write_file(folder / "config/tallyd.yaml", tallyd_yaml + ("currency: " + terms.currency) + "\nlisten: " + listen +
                                                                "\npublic_url: http://" + listen + "\n");
      !done)
    return done;
  for (const auto& platform : sandbox.find("platforms")->as_array()) {
    const std::string name = platform.text_or("name"), url = platform.text_or("url");
    const auto text = texts.find(name);
    if (text == texts.end()) continue;
    const std::string where = url.empty() ? "folder: " + platform.text_or("folder") : "url: " + url;
    if (auto done = write_file(folder / "config/channels.d" / (name + ".yaml"),
                               text->second + "currency: " + terms.currency + "\n" + pace(name, terms) + where + "\n");
        !done)
      return done;
  }
  const std::map<std::string, std::string> secrets{
      {"shop_key", "ck_demo"},         {"shop_secret", "cs_demo"},       {"shop_hook", "wh_demo"},
      {"mini_secret", "mini_demo"},    {"mini_push_token", "push_demo"}, {"mini_aes_key", "demodemodemodemodemodemodemodemodemodemodeA"},
      {"market_secret", "market_demo"}};
  for (const auto& [name, value] : secrets) {
    if (auto done = write_file(folder / "config/secrets" / name, value + "\n"); !done) return done;
  }
  return {};
}

Result<int> free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  const bool found = socket >= 0 && ::bind(socket, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  if (socket >= 0) ::close(socket);
  if (!found) return error(Fault::io, "no port is free", "127.0.0.1");
  return static_cast<int>(ntohs(address.sin_port));
}

}  // namespace tally::demo
