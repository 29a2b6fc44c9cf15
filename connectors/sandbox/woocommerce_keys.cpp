#include "connectors/sandbox/woocommerce.hpp"

#include "base/crypto.hpp"

#include <algorithm>

namespace tally::sandbox::woo {
namespace {

constexpr std::int64_t clock_tolerance_s = 15 * 60;
constexpr std::size_t most_nonces = 400'000;

Answer unauthenticated(std::string message) {
  return refusal(401, "woocommerce_rest_authentication_error", std::move(message));
}

/// The method, the address and the sorted parameters, each encoded, joined by '&' (RFC 5849 §3.4.1).
std::string signature_base(const Request& request) {
  Pairs encoded;
  for (const auto& [name, value] : request.query) {
    if (name != "oauth_signature") encoded.emplace_back(crypto::url_encode(name), crypto::url_encode(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string parameters;
  for (const auto& [name, value] : encoded) parameters += (parameters.empty() ? "" : "&") + name + "=" + value;
  const std::string address = "http://" + request.header("host") + request.path;
  return request.method + "&" + crypto::url_encode(address) + "&" + crypto::url_encode(parameters);
}

}  // namespace

Answer refusal(int status, std::string code, std::string message, Json data) {
  data.set("status", status);
  return Answer::json(Json::object({{"code", std::move(code)}, {"message", std::move(message)}, {"data", std::move(data)}}), status);
}

Keys::Keys(const Place& place)
    : key_(place.secret("key", "ck_sandbox")),
      secret_(place.secret("secret", "cs_sandbox")),
      basic_(place.secret("auth", "oauth1") == "basic") {}

std::optional<Answer> Keys::check(const Request& request, Time now) {
  return basic_ ? check_basic(request) : check_oauth(request, now);
}

std::optional<Answer> Keys::check_basic(const Request& request) const {
  const std::string expected = "Basic " + crypto::base64(key_ + ":" + secret_);
  if (crypto::constant_time_equal(request.header("authorization"), expected)) return std::nullopt;
  return refusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.");
}

std::optional<Answer> Keys::check_oauth(const Request& request, Time now) {
  // Basic keys over plain HTTP are not even looked at: the shop answers as to a stranger.
  if (request.query_value("oauth_consumer_key").empty()) {
    return refusal(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.");
  }
  for (const char* needed : {"oauth_timestamp", "oauth_nonce", "oauth_signature", "oauth_signature_method"}) {
    if (request.query_value(needed).empty()) return unauthenticated(std::string("Missing OAuth parameter ") + needed);
  }
  if (request.query_value("oauth_consumer_key") != key_) return unauthenticated("Consumer key is invalid.");
  const std::string method = request.query_value("oauth_signature_method");
  if (method != "HMAC-SHA1" && method != "HMAC-SHA256") return unauthenticated("Invalid signature - signature method is invalid.");
  const auto digest = method == "HMAC-SHA1" ? crypto::Digest::sha1 : crypto::Digest::sha256;
  const std::string expected = crypto::base64(crypto::hmac(digest, secret_ + "&", signature_base(request)));
  if (!crypto::constant_time_equal(request.query_value("oauth_signature"), expected)) {
    return unauthenticated("Invalid signature - provided signature does not match.");
  }
  return check_nonce(request.query_value("oauth_nonce"), number_or(request.query_value("oauth_timestamp"), 0), now);
}

std::optional<Answer> Keys::check_nonce(const std::string& nonce, std::int64_t timestamp, Time now) {
  const std::int64_t seconds = to_ms(now) / 1000;
  if (timestamp < seconds - clock_tolerance_s || timestamp > seconds + clock_tolerance_s) return unauthenticated("Invalid timestamp.");
  const Time oldest = now - Duration(clock_tolerance_s * 1000);
  while (!nonces_by_age_.empty() && (nonces_by_age_.front().first < oldest || nonces_by_age_.size() > most_nonces)) {
    nonces_.erase(nonces_by_age_.front().second);
    nonces_by_age_.pop_front();
  }
  if (!nonces_.insert(nonce).second) return unauthenticated("Invalid nonce - nonce has already been used.");
  nonces_by_age_.emplace_back(now, nonce);
  return std::nullopt;
}

}  // namespace tally::sandbox::woo
