#include "connectors/rest/auth.hpp"

#include "base/time.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

constexpr Duration margin{60000};  // a token that runs out sooner is renewed before it is used
constexpr std::int64_t longest_life = 400LL * 24 * 3600 * 1000;

}  // namespace

std::string oauth1_signature(crypto::Digest hash, std::string_view method, std::string_view address, Pairs parameters,
                             std::string_view secret) {
  for (auto& [name, value] : parameters) {
    name = crypto::url_encode(name);
    value = crypto::url_encode(value);
  }
  std::sort(parameters.begin(), parameters.end());
  std::string joined;
  for (const auto& [name, value] : parameters) joined += (joined.empty() ? "" : "&") + name + "=" + value;
  const std::string base = std::string(method) + "&" + crypto::url_encode(address) + "&" + crypto::url_encode(joined);
  return crypto::base64(crypto::hmac(hash, crypto::url_encode(secret) + "&", base));
}

Result<Token::Held> Token::current(const Ask& ask) {
  const std::lock_guard lock(mutex_);
  if (!auth_.fixed.empty()) {
    auto secret = vault_.value(auth_.fixed);
    if (!secret) return secret.error();
    return Held{*secret, 0};
  }
  const bool fresh = held_.generation > 0 && vault_.ports().clock->since_start() < runs_out_;
  return fresh ? Result<Held>(held_) : fetch(ask);
}

Result<Token::Held> Token::renewed(std::uint64_t refused, const Ask& ask) {
  const std::lock_guard lock(mutex_);
  if (held_.generation != refused) return held_;
  return fetch(ask);
}

Result<Token::Held> Token::fetch(const Ask& ask) {
  if (auth_.renew && vault_.secret("refresh_token")) {
    const auto renewed = ask(*auth_.renew);
    if (renewed) return take(*renewed);
    // A refresh token that ran out is no dead end where the first way is still open; trouble on the way is.
    if (renewed.error().fault != Fault::unauthorized) return renewed.error();
    vault_.ports().log.info("the refresh token was refused, asking for a new one", {{"why", renewed.error().what}});
  }
  const auto answer = ask(*auth_.get);
  if (!answer) return answer.error();
  return take(*answer);
}

Result<Token::Held> Token::take(const Json& answer) {
  const Json* token = answer.at(auth_.token);
  if (!token || token->scalar_text().empty()) return error(Fault::broken, "the answer holds no access token at " + auth_.token);
  vault_.remember(token->scalar_text());
  const Json* refresh = auth_.refresh.empty() ? nullptr : answer.at(auth_.refresh);
  if (refresh && !refresh->scalar_text().empty()) {
    // Kept before its first use: the old one is dead from here on, and a crash must not lose the new one.
    if (auto stored = vault_.store("refresh_token", refresh->scalar_text()); !stored) return stored.error();
  }
  Duration life(longest_life);
  if (const Json* lives = auth_.lives.empty() ? nullptr : answer.at(auth_.lives)) {
    const auto count = lives->integer();
    if (count && *count >= 0 && *count < longest_life / auth_.lives_unit.count()) life = *count * auth_.lives_unit;
  }
  held_ = {token->scalar_text(), held_.generation + 1};
  runs_out_ = vault_.ports().clock->since_start() + life - std::min(margin, life / 10);
  return held_;
}

}  // namespace tally::rest
