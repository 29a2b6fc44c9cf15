#include "connectors/sandbox/douyin.hpp"

#include "base/crypto.hpp"

#include <algorithm>

namespace tally::sandbox::douyin {
namespace {

constexpr std::int64_t clock_tolerance_s = 10 * 60;
constexpr Duration east_of_utc{8 * 3600'000};

bool keys_sorted(const Json& value) {
  if (value.is_array()) return std::all_of(value.as_array().begin(), value.as_array().end(), keys_sorted);
  if (!value.is_object()) return true;
  const auto& members = value.as_object();
  const bool sorted = std::is_sorted(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return sorted && std::all_of(members.begin(), members.end(), [](const auto& member) { return keys_sorted(member.second); });
}

std::string method_of(const std::string& path) {
  std::string method = path.substr(path.starts_with('/') ? 1 : 0);
  std::replace(method.begin(), method.end(), '/', '.');
  return method;
}

/// Seconds since 1970, or the time on a Chinese clock.
std::int64_t seconds_of(const std::string& timestamp) {
  if (const auto moment = parse_naive(timestamp)) return to_ms(*moment - east_of_utc) / 1000;
  return number_or(timestamp, 0);
}

}  // namespace

Gate::Gate(const Place& place)
    : app_key_(place.secret("app_key", "7000000000000000001")),
      secret_(place.secret("secret", "douyin_sandbox")),
      shop_id_(place.secret("shop_id", "4463798")),
      life_(place.options.token_life) {}

std::optional<Answer> Gate::check(const Request& request, Time now) const {
  if (request.method != "POST") return failed(wrong_parameter, "isv.http-method-invalid", "send a POST");
  const auto body = Json::parse(request.body);
  if (!body || !body->is_object()) return failed(wrong_parameter, "isv.json-parse-error", "the body is no JSON object");
  if (!keys_sorted(*body)) return failed(wrong_parameter, "isv.parameter-format-invalid", "the keys of param_json are not sorted");
  if (auto refused = check_signature(request, method_of(request.path), now)) return refused;
  if (request.path == "/token/create" || request.path == "/token/refresh") return std::nullopt;
  const auto token = tokens_.find(request.query_value("access_token"));
  if (token == tokens_.end()) return failed(wrong_parameter, "isv.access-token-not-existed", "access_token does not exist");
  if (token->second <= now) return failed(wrong_parameter, "isv.access-token-expired", "access_token has expired");
  return std::nullopt;
}

std::optional<Answer> Gate::check_signature(const Request& request, const std::string& method, Time now) const {
  for (const char* needed : {"app_key", "method", "timestamp", "v", "sign"}) {
    if (request.query_value(needed).empty()) return failed(missing_parameter, "isv.missing-parameter", std::string(needed) + " is missing");
  }
  if (request.query_value("app_key") != app_key_) return failed(wrong_parameter, "isv.app-key-not-existed", "app_key is unknown");
  if (request.query_value("method") != method) return failed(wrong_parameter, "isv.method-invalid", "method does not fit the path");
  if (request.query_value("v") != "2") return failed(wrong_parameter, "isv.version-invalid", "v must be 2");
  const std::string timestamp = request.query_value("timestamp");
  if (std::abs(seconds_of(timestamp) - to_ms(now) / 1000) > clock_tolerance_s) {
    return failed(wrong_parameter, "isv.timestamp-invalid", "timestamp is more than ten minutes off");
  }
  const std::string base =
      secret_ + "app_key" + app_key_ + "method" + method + "param_json" + request.body + "timestamp" + timestamp + "v2" + secret_;
  const std::string how = request.query_value("sign_method");
  const bool keyed = how == "hmac-sha256";
  if (!keyed && !how.empty() && how != "md5")
    return failed(wrong_parameter, "isv.sign-method-invalid", "sign_method is hmac-sha256 or md5");
  const std::string expected =
      crypto::hex(keyed ? crypto::hmac(crypto::Digest::sha256, secret_, base) : crypto::digest(crypto::Digest::md5, base));
  if (crypto::constant_time_equal(request.query_value("sign"), expected)) return std::nullopt;
  return failed(wrong_parameter, "isv.signature-invalid", "the signature does not match what was sent");
}

Answer Gate::create(const Json& body, Time now) {
  if (body.text_or("grant_type") != "authorization_self") return failed(wrong_parameter, "isv.parameter-invalid", "grant_type");
  if (id_in(body, "shop_id") != number_or(shop_id_, -1))
    return failed(wrong_parameter, "isv.shop-not-authorized", "this shop is not yours");
  return issue(now);
}

Answer Gate::refresh(const Json& body, Time now) {
  if (body.text_or("grant_type") != "refresh_token") return failed(wrong_parameter, "isv.parameter-invalid", "grant_type");
  // A refresh token works once.
  const bool known = !refresh_.empty() && crypto::constant_time_equal(body.text_or("refresh_token"), refresh_);
  if (!known || refresh_until_ <= now)
    return failed(wrong_parameter, "isv.refresh-token-invalid", "refresh_token is used up or has expired");
  return issue(now);
}

Answer Gate::issue(Time now) {
  std::erase_if(tokens_, [now](const auto& token) { return token.second + Duration(60'000) <= now; });
  const std::string token = crypto::hex(crypto::random_bytes(18));
  tokens_[token] = now + life_;
  refresh_ = crypto::hex(crypto::random_bytes(18));
  refresh_until_ = now + 2 * life_;
  return done(Json::object({{"access_token", token},
                            {"expires_in", life_.count() / 1000},
                            {"refresh_token", refresh_},
                            {"scope", "SCOPE"},
                            {"shop_id", Json(Json::Number{shop_id_})},
                            {"shop_name", "Sandbox"}}));
}

}  // namespace tally::sandbox::douyin
