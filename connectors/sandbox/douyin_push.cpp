#include "connectors/sandbox/douyin.hpp"

#include "base/crypto.hpp"

#include <array>

namespace tally::sandbox::douyin {
namespace {

constexpr Duration collect_for{30};
constexpr std::size_t most_in_a_batch = 20;
constexpr Duration probe_every{250};
/// Waits before each further attempt; none is published, so these are assumed. Run faster by `compression`.
constexpr std::array<std::int64_t, 8> retry_s{10, 30, 60, 300, 600, 1800, 3600, 3600};

bool accepted(const Receipt& receipt) {
  const auto answer = Json::parse(receipt.body);
  return receipt.status == 200 && answer && answer->is_object() && answer->find("code") && answer->integer_or("code", -1) == 0;
}

}  // namespace

Push::Push(Place& place)
    : place_(place),
      app_id_(place.secret("app_key", "7000000000000000001")),
      secret_(place.secret("secret", "douyin_sandbox")),
      sign_method_(place.secret("push_sign_method", "md5")) {}

void Push::enter(const std::string& url) {
  url_ = url;
  probed_ = probing_ = false;
  next_probe_ = place_.shop.now();
}

void Push::post(const Json& batch, bool probe) {
  const auto attempts = std::make_shared<std::size_t>(0);
  const auto compose = [this, body = batch.dump()]() -> std::optional<Letter> {
    const std::string base = app_id_ + body + secret_;
    const bool keyed = sign_method_ == "hmac-sha256";
    Letter letter{.url = url_, .body = body};
    letter.headers = {{"app-id", app_id_},
                      {"event-sign", crypto::hex(keyed ? crypto::hmac(crypto::Digest::sha256, secret_, base)
                                                       : crypto::digest(crypto::Digest::md5, base))}};
    if (keyed) letter.headers.emplace_back("sign-method", "hmac-sha256");
    return letter;
  };
  const auto settle = [this, attempts, probe](const Receipt& receipt) {
    Delivery::Verdict verdict{.ok = accepted(receipt)};
    if (probe) {
      probing_ = false;
      probed_ = verdict.ok;
      next_probe_ = place_.shop.now() + probe_every;
    } else if (!verdict.ok && *attempts < retry_s.size()) {
      verdict.again = Duration(retry_s[(*attempts)++] * 1000 / place_.options.compression);
    }
    return verdict;
  };
  place_.courier.post({.due = place_.shop.now(), .compose = compose, .settle = settle, .subject_to_mischief = !probe});
}

void Push::send(const char* tag, Json data) {
  if (url_.empty() || !probed_) return;
  const Time now = place_.shop.now();
  if (batch_.as_array().empty()) batch_since_ = now;
  const std::string id = std::to_string(to_ms(now)) + "-" + std::to_string(++messages_);
  batch_.push_back(Json::object({{"tag", tag}, {"msg_id", id}, {"data", data.dump()}}));
}

/// The address is probed until it answers; what happens before is never told.
void Push::work() {
  const Time now = place_.shop.now();
  if (!url_.empty() && !probed_ && !probing_ && now >= next_probe_) {
    probing_ = true;
    post(Json::array().push_back(Json::object({{"tag", "0"}, {"msg_id", "0"}, {"data", "2020-09-10T16:27:56.52842897+08:00"}})), true);
  }
  const std::size_t waiting = batch_.as_array().size();
  if (waiting == 0 || (waiting < most_in_a_batch && now - batch_since_ < collect_for)) return;
  post(batch_, false);
  batch_ = Json::array();
}

}  // namespace tally::sandbox::douyin
