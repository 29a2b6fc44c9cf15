#include "base/complaint.hpp"
#include "connectors/sandbox/sandbox.hpp"

#include <algorithm>

namespace tally::sandbox {
namespace {

constexpr std::size_t most_platforms = 16;

Error wrong(std::string what, std::string where, std::string todo = {}) {
  return error(Fault::invalid, std::move(what), std::move(where), std::move(todo));
}

Result<void> known_keys(const Json& document, const std::vector<std::string>& keys, const std::string& where) {
  for (const auto& [key, value] : document.as_object()) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) return wrong("unknown key '" + key + "'", where, did_you_mean(key, keys));
  }
  return {};
}

Result<std::int64_t> whole_number(const Json& document, const char* key, std::int64_t otherwise, std::int64_t least, std::int64_t most) {
  const Json* value = document.find(key);
  if (!value) return otherwise;
  const auto number = value->integer();
  if (!number || *number < least || *number > most) {
    return wrong(std::string(key) + " is out of range", key,
                 "take a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *number;
}

Result<void> read_secrets(const Json& document, PlatformOptions& options, const std::string& where) {
  const Json* secrets = document.find("secrets");
  if (!secrets) return {};
  if (!secrets->is_object()) return wrong("secrets must be an object", where);
  for (const auto& [name, value] : secrets->as_object()) {
    if (value.is_object() || value.is_array() || value.is_null()) return wrong("secrets." + name + " must be text", where);
    options.secrets[name] = value.scalar_text();
  }
  return {};
}

Result<void> read_limit(const Json& document, PlatformOptions& options, const std::string& where) {
  const Json* limit = document.find("limit");
  if (!limit) return {};
  if (!limit->is_object()) return wrong("limit must be {\"requests\", \"window_ms\"}", where);
  if (auto known = known_keys(*limit, {"requests", "window_ms"}, where + ".limit"); !known) return known.error();
  const auto requests = whole_number(*limit, "requests", 50, 1, 1'000'000), window = whole_number(*limit, "window_ms", 1000, 1, 86'400'000);
  if (!requests) return requests.error();
  if (!window) return window.error();
  options.limit = Limit{.requests = static_cast<std::size_t>(*requests), .window = Duration(*window)};
  return {};
}

Result<PlatformOptions> platform_from(const Json& document, const std::string& where) {
  if (!document.is_object()) return wrong("a platform is an object", where);
  const std::vector<std::string> keys{"name", "dialect", "port",  "folder",   "hook_url",      "currency",
                                      "auth", "secrets", "limit", "audit_ms", "token_life_ms", "compression"};
  if (auto known = known_keys(document, keys, where); !known) return known.error();
  PlatformOptions options;
  options.name = document.text_or("name");
  options.dialect = document.text_or("dialect");
  options.folder = document.text_or("folder");
  options.hook_url = document.text_or("hook_url");
  options.currency = document.text_or("currency");
  if (options.name.empty() || options.name.find('/') != std::string::npos) return wrong("a platform needs a name without a slash", where);
  const auto nature = nature_of(options.dialect);
  if (!nature) {
    return wrong("there is no dialect '" + options.dialect + "'", where,
                 did_you_mean(options.dialect, {"woocommerce", "wechat-shop", "douyin", "till"}));
  }
  if (!nature->listens && options.folder.empty()) return wrong("a till needs its folder", where, "say \"folder\": PATH");
  const auto port = whole_number(document, "port", 0, 0, 65'535);
  const auto audit = whole_number(document, "audit_ms", 300, 0, 3'600'000);
  const auto life = whole_number(document, "token_life_ms", 7'200'000, 100, 1'209'600'000);
  const auto compression = whole_number(document, "compression", 100, 1, 100'000);
  for (const auto* number : {&port, &audit, &life, &compression}) {
    if (!*number) return number->error();
  }
  options.port = static_cast<int>(*port);
  options.audit = Duration(*audit);
  options.token_life = Duration(*life);
  options.compression = static_cast<unsigned>(*compression);
  if (auto read = read_secrets(document, options, where); !read) return read.error();
  if (auto read = read_limit(document, options, where); !read) return read.error();
  const std::string auth = document.text_or("auth");
  if (!auth.empty()) {
    if (auth != "basic" && auth != "oauth1") return wrong("auth is basic or oauth1", where);
    options.secrets["auth"] = auth;
  }
  return options;
}

}  // namespace

std::optional<Nature> nature_of(const std::string& dialect) {
  if (dialect == "woocommerce") return woocommerce_nature();
  if (dialect == "wechat-shop") return wechat_nature();
  if (dialect == "douyin") return douyin_nature();
  if (dialect == "till") return till_nature();
  return std::nullopt;
}

std::unique_ptr<Dialect> make_dialect(const std::string& dialect, Place place) {
  if (dialect == "woocommerce") return make_woocommerce(std::move(place));
  if (dialect == "wechat-shop") return make_wechat(std::move(place));
  if (dialect == "douyin") return make_douyin(std::move(place));
  ensure(dialect == "till", "a platform's dialect is checked before it is made");
  return make_till(std::move(place));
}

Result<Options> options_from(const Json& config) {
  if (!config.is_object()) return wrong("the sandbox's configuration is an object", "sandbox");
  if (auto known = known_keys(config, {"seed", "control_port", "platforms"}, "sandbox"); !known) return known.error();
  Options options;
  const auto seed = whole_number(config, "seed", 1, 0, INT64_MAX), port = whole_number(config, "control_port", 0, 0, 65'535);
  if (!seed) return seed.error();
  if (!port) return port.error();
  options.seed = static_cast<std::uint64_t>(*seed);
  options.control_port = static_cast<int>(*port);
  const Json* platforms = config.find("platforms");
  if (!platforms || !platforms->is_array() || platforms->as_array().empty() || platforms->as_array().size() > most_platforms) {
    return wrong("platforms must be a list of 1 to " + std::to_string(most_platforms), "sandbox");
  }
  for (const Json& document : platforms->as_array()) {
    auto platform = platform_from(document, "platforms[" + std::to_string(options.platforms.size()) + "]");
    if (!platform) return platform.error();
    for (const PlatformOptions& other : options.platforms) {
      if (other.name == platform->name) return wrong("two platforms are called '" + other.name + "'", "platforms");
    }
    options.platforms.push_back(std::move(*platform));
  }
  return options;
}

}  // namespace tally::sandbox
