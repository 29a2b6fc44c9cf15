#include "connectors/sandbox/wechat.hpp"

#include "base/crypto.hpp"

namespace tally::sandbox {
namespace wechat {
namespace {

constexpr int busy = -1;
constexpr int invalid_credential = 40001;
constexpr int token_expired = 42001;
constexpr int needs_post = 43002;
constexpr int invalid_body = 40097;
constexpr int too_often = 45011;

}  // namespace

Answer failed(int code, std::string message) {
  return Answer::json(Json::object({{"errcode", code}, {"errmsg", std::move(message)}}));
}

Answer done(Json more) {
  Json document = Json::object({{"errcode", 0}, {"errmsg", "ok"}});
  for (auto& [name, value] : more.as_object()) document.set(name, std::move(value));
  return Answer::json(document);
}

std::int64_t id_in(const Json& body, std::string_view name) {
  const Json* value = body.find(name);
  return value ? number_or(value->scalar_text(), 0) : 0;
}

Tokens::Tokens(const Place& place)
    : app_id_(place.secret("appid", "wxsandbox00000001")),
      secret_(place.secret("secret", "wechat_sandbox")),
      life_(place.options.token_life) {}

Answer Tokens::issue(const Json& body, Time now) {
  if (body.text_or("grant_type") != "client_credential") return failed(40002, "invalid grant_type");
  if (body.text_or("appid") != app_id_) return failed(40013, "invalid appid");
  if (!crypto::constant_time_equal(body.text_or("secret"), secret_)) return failed(40125, "invalid appsecret");
  // What is left of the running token is handed out again until a twenty-fourth of its life remains (5 minutes of 2 hours).
  const Duration overlap = life_ / 24;
  const auto current = tokens_.find(current_);
  if (body.bool_or("force_refresh") || current == tokens_.end() || current->second - now <= overlap) {
    if (current != tokens_.end()) current->second = std::min(current->second, now + overlap);
    std::erase_if(tokens_, [&](const auto& token) { return token.second <= now; });
    current_ = crypto::hex(crypto::random_bytes(48));
    tokens_[current_] = now + life_;
  }
  const std::int64_t left = std::max<std::int64_t>(1, (tokens_[current_] - now).count() / 1000);
  return Answer::json(Json::object({{"access_token", current_}, {"expires_in", left}}));
}

std::optional<Answer> Tokens::check(const std::string& token, Time now) const {
  const auto known = tokens_.find(token);
  if (known != tokens_.end() && known->second > now) return std::nullopt;
  if (known != tokens_.end()) return failed(token_expired, "access_token expired");
  return failed(invalid_credential, "invalid credential, access_token is invalid or not latest");
}

namespace {

class WeChat final : public Dialect {
 public:
  explicit WeChat(Place place)
      : place_(std::move(place)), tokens_(place_), push_(place_), products_(place_, push_), orders_(place_, push_) {}

  Answer answer(const Request& request) override {
    if (request.method != "POST") return failed(needs_post, "require POST method");
    const auto body = Json::parse(request.body);
    if (!body || !body->is_object()) return failed(invalid_body, "invalid args");
    const Time now = place_.shop.now();
    if (request.path == "/cgi-bin/stable_token") return tokens_.issue(*body, now);
    if (auto refused = tokens_.check(request.query_value("access_token"), now)) return *refused;
    if (auto answer = products_.answer(request.path, *body)) return *answer;
    if (auto answer = orders_.answer(request.path, *body)) return *answer;
    return failed(40066, "invalid url");
  }

  Answer throttled() const override { return failed(too_often, "api minute-quota reach limit"); }
  Answer trouble() const override { return failed(busy, "system error"); }
  void order_changed(Order& order, OrderEvent event) override { orders_.changed(order, event); }
  Result<void> after_sale(Order& order, std::string_view verb, const Json& wish) override { return orders_.after_sale(order, verb, wish); }
  void offer_edited(Offer& offer, std::string_view) override { products_.edited(offer); }
  void enter_hook(const std::string& url) override { push_.enter(url); }

  void work() override {
    products_.finish_audits();
    push_.work();
  }

 private:
  Place place_;
  Tokens tokens_;
  Push push_;
  Products products_;
  Orders orders_;
};

}  // namespace
}  // namespace wechat

Nature wechat_nature() {
  return {.rules = {.takes = Rules::Takes::placed,
                    .gives_back_unpaid = true,
                    .gives_back_paid = false,
                    .paid_cancel_refunds = true,
                    .blocks_sales = true},
          .numbering = {.listing = 10000000000001, .offer = 20000000000001, .order = 3705115058471208928},
          .currency = "CNY",
          .limit = {.requests = 10'000, .window = Duration(60'000)},
          .listens = true};
}

std::unique_ptr<Dialect> make_wechat(Place place) {
  return std::make_unique<wechat::WeChat>(std::move(place));
}

}  // namespace tally::sandbox
