#include "connectors/sandbox/wechat.hpp"

#include "base/crypto.hpp"

#include <algorithm>
#include <array>

namespace tally::sandbox::wechat {
namespace {

/// Waits before each further attempt: at once, then 10 s, 1 min, 5 min, 30 min and four times an hour; run faster by `compression`.
constexpr std::array<std::int64_t, 9> retry_s{0, 10, 60, 300, 1800, 3600, 3600, 3600, 3600};
constexpr Duration greet_every{250};

std::string sorted_digest(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  std::string joined;
  for (const std::string& part : parts) joined += part;
  return crypto::hex(crypto::digest(crypto::Digest::sha1, joined));
}

}  // namespace

Push::Push(Place& place)
    : place_(place),
      token_(place.secret("push_token", "push_sandbox")),
      key_(place.secret("aes_key", "sandboxsandboxsandboxsandboxsandboxsandboxA")),
      app_id_(place.secret("appid", "wxsandbox00000001")) {}

void Push::enter(const std::string& url) {
  url_ = url;
  greeted_ = greeting_ = false;
  next_greeting_ = place_.shop.now();
}

std::string Push::query(const std::string& nonce, const std::string& timestamp) const {
  const char* joint = url_.find('?') == std::string::npos ? "?" : "&";
  return joint + ("signature=" + sorted_digest({token_, timestamp, nonce})) + "&timestamp=" + timestamp + "&nonce=" + nonce;
}

Letter Push::greeting() {
  const std::string nonce = std::to_string(place_.shop.rng().below(2'000'000'000)),
                    timestamp = std::to_string(to_ms(place_.shop.now()) / 1000);
  echo_ = place_.shop.rng().text(20);
  return {.method = "GET", .url = url_ + query(nonce, timestamp) + "&echostr=" + echo_};
}

/// An address that has not answered the greeting is not an address yet: what happens before is never told.
void Push::work() {
  if (url_.empty() || greeted_ || greeting_ || place_.shop.now() < next_greeting_) return;
  greeting_ = true;
  place_.courier.post({.due = place_.shop.now(),
                       .compose = [this]() -> std::optional<Letter> { return greeting(); },
                       .settle =
                           [this](const Receipt& receipt) {
                             greeting_ = false;
                             greeted_ = receipt.status == 200 && receipt.body == echo_;
                             next_greeting_ = place_.shop.now() + greet_every;
                             return Delivery::Verdict{.ok = greeted_};
                           },
                       .subject_to_mischief = false});
}

Letter Push::letter(const Json& event) {
  const std::string nonce = std::to_string(place_.shop.rng().below(2'000'000'000)),
                    timestamp = std::to_string(to_ms(place_.shop.now()) / 1000);
  const auto sealed = crypto::wechat_encrypt(key_, app_id_, event.dump(), crypto::random_bytes(16));
  if (!sealed) throw std::runtime_error("the aes_key of this platform is not one: " + sealed.error().text());
  const std::string signature = sorted_digest({token_, timestamp, nonce, *sealed});
  return {.url = url_ + query(nonce, timestamp) + "&encrypt_type=aes&msg_signature=" + signature,
          .body = Json::object({{"ToUserName", "gh_sandbox"}, {"Encrypt", *sealed}}).dump()};
}

void Push::send(Json event) {
  if (url_.empty() || !greeted_) return;
  event.set("ToUserName", "gh_sandbox");
  event.set("FromUserName", "OPENID");
  event.set("CreateTime", to_ms(place_.shop.now()) / 1000);
  event.set("MsgType", "event");
  auto attempts = std::make_shared<std::size_t>(0);
  place_.courier.post({.due = place_.shop.now(),
                       .compose = [this, event]() -> std::optional<Letter> { return letter(event); },
                       .settle =
                           [this, attempts](const Receipt& receipt) {
                             // Only the status counts; the body is not looked at.
                             Delivery::Verdict verdict{.ok = receipt.status >= 200 && receipt.status < 300};
                             if (!verdict.ok && *attempts < retry_s.size()) {
                               verdict.again = Duration(retry_s[(*attempts)++] * 1000 / place_.options.compression);
                             }
                             return verdict;
                           }});
}

}  // namespace tally::sandbox::wechat
