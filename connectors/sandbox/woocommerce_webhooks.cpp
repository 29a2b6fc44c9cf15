#include "connectors/sandbox/woocommerce.hpp"

#include "base/crypto.hpp"

#include <algorithm>

namespace tally::sandbox::woo {
namespace {

constexpr int failures_allowed = 5;
constexpr std::size_t most_hooks = 500;

bool known_topic(const std::string& topic) {
  const auto dot = topic.find('.');
  if (dot == std::string::npos) return false;
  const std::string resource = topic.substr(0, dot), event = topic.substr(dot + 1);
  const bool resource_known = resource == "order" || resource == "product" || resource == "customer" || resource == "coupon";
  return resource_known && (event == "created" || event == "updated" || event == "deleted" || event == "restored");
}

std::string resource_of(const std::string& topic) {
  return topic.substr(0, topic.find('.'));
}
std::string event_of(const std::string& topic) {
  return topic.substr(topic.find('.') + 1);
}

}  // namespace

Webhooks::Webhooks(Place& place, Document document) : place_(place), document_(std::move(document)) {}

Json Webhooks::json(const Hook& hook) const {
  // The secret never comes back.
  return Json::object({{"id", hook.id},
                       {"name", hook.name},
                       {"status", hook.status},
                       {"topic", hook.topic},
                       {"resource", resource_of(hook.topic)},
                       {"event", event_of(hook.topic)},
                       {"delivery_url", hook.url},
                       {"date_created", site_time(hook.created)},
                       {"date_created_gmt", utc_time(hook.created)},
                       {"date_modified", site_time(hook.modified)},
                       {"date_modified_gmt", utc_time(hook.modified)}});
}

Answer Webhooks::answer(const Request& request, const std::vector<std::string>& rest) {
  auto body = Json::parse(request.body.empty() ? "{}" : request.body);
  if (!body || !body->is_object()) return refusal(400, "rest_invalid_json", "Invalid JSON body passed.");
  if (rest.empty()) {
    if (request.method == "POST") return create(*body);
    const auto wish = PageWish::of(request);
    if (const auto* refused = std::get_if<Answer>(&wish)) return *refused;
    std::vector<Json> all;
    for (const auto& [id, hook] : hooks_) all.push_back(json(hook));
    return page_answer(all, std::get<PageWish>(wish));
  }
  const auto found = hooks_.find(number_or(rest[0], 0));
  if (found == hooks_.end()) return refusal(404, "woocommerce_rest_shop_webhook_invalid_id", "Invalid ID.");
  if (request.method == "PUT" || request.method == "POST") {
    if (auto wrong = write(found->second, *body)) return *wrong;
    ++place_.shop.writes;
  }
  const Json shown = json(found->second);
  if (request.method == "DELETE") hooks_.erase(found);
  return Answer::json(shown);
}

Answer Webhooks::create(const Json& body) {
  if (hooks_.size() >= most_hooks) return refusal(400, "woocommerce_rest_cannot_create", "The pretend shop keeps at most 500 webhooks.");
  Hook hook{.id = next_, .created = place_.shop.now()};
  if (auto wrong = write(hook, body)) return *wrong;
  hooks_[next_] = hook;
  ++place_.shop.writes;
  ping(next_);
  return Answer::json(json(hooks_[next_++]), 201);
}

std::optional<Answer> Webhooks::write(Hook& hook, const Json& body) {
  const std::string topic = body.text_or("topic", hook.topic), url = body.text_or("delivery_url", hook.url);
  const std::string status = body.text_or("status", hook.status);
  if (!known_topic(topic))
    return refusal(400, "woocommerce_rest_shop_webhook_invalid_topic", "Webhook topic is required and must be valid.");
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return refusal(400, "woocommerce_rest_shop_webhook_invalid_delivery_url", "Webhook delivery URL must start with http:// or https://.");
  }
  if (status != "active" && status != "paused" && status != "disabled")
    return refusal(400, "rest_invalid_param", "Invalid parameter(s): status");
  hook.name = body.text_or("name", hook.name.empty() ? "Webhook" : hook.name);
  hook.secret = body.text_or("secret", hook.secret);
  hook.topic = topic;
  hook.url = url;
  hook.status = status;  // its failures still count: only a delivery that arrives ends them
  hook.modified = place_.shop.now();
  return std::nullopt;
}

void Webhooks::enter(const std::string& url, const std::string& secret) {
  for (const char* topic : {"order.created", "order.updated", "order.deleted", "product.updated", "product.deleted"}) {
    const bool entered = std::any_of(hooks_.begin(), hooks_.end(), [&](const auto& entry) {
      return entry.second.topic == topic && entry.second.url == url && entry.second.status == "active";
    });
    if (entered) continue;
    const Answer made = create(Json::object({{"topic", topic}, {"delivery_url", url}, {"secret", secret}}));
    if (made.status != 201)
      place_.log.warning("a webhook could not be entered", {{"platform", place_.options.name}, {"answer", made.body}});
  }
}

void Webhooks::ping(std::int64_t id) {
  place_.courier.post(
      {.due = place_.shop.now(),
       .compose = [this, id]() -> std::optional<Letter> {
         const auto found = hooks_.find(id);
         if (found == hooks_.end()) return std::nullopt;
         return Letter{.url = found->second.url, .type = "application/x-www-form-urlencoded", .body = "webhook_id=" + std::to_string(id)};
       },
       .settle = [](const Receipt& receipt) { return Delivery::Verdict{.ok = receipt.status >= 200 && receipt.status < 303}; },
       .subject_to_mischief = false});
}

void Webhooks::announce(const std::string& topic, std::int64_t resource) {
  for (const auto& [id, hook] : hooks_) {
    if (hook.topic != topic || hook.status != "active") continue;
    // The same event of the same thing that still waits is told once, in the words of the moment it leaves.
    if (!pending_.emplace(id, resource).second) continue;
    const bool kept = place_.courier.post({.due = place_.shop.now(),
                                           .compose = [this, id = id, resource] { return letter(id, resource); },
                                           .settle = [this, id = id](const Receipt& receipt) { return settle(id, receipt); }});
    if (!kept) pending_.erase({id, resource});
  }
}

std::optional<Letter> Webhooks::letter(std::int64_t id, std::int64_t resource) {
  pending_.erase({id, resource});
  const auto found = hooks_.find(id);
  if (found == hooks_.end() || found->second.status != "active") return std::nullopt;
  const Hook& hook = found->second;
  Json document = document_(resource_of(hook.topic), resource);
  if (document.is_null() || event_of(hook.topic) == "deleted") document = Json::object({{"id", resource}});
  Letter letter{.url = hook.url, .body = document.dump()};
  const std::string second = std::to_string(to_ms(place_.shop.now()) / 1000);
  letter.headers = {{"X-WC-Webhook-Source", place_.origin + "/"},
                    {"X-WC-Webhook-Topic", hook.topic},
                    {"X-WC-Webhook-Resource", resource_of(hook.topic)},
                    {"X-WC-Webhook-Event", event_of(hook.topic)},
                    {"X-WC-Webhook-Signature", crypto::base64(crypto::hmac(crypto::Digest::sha256, hook.secret, letter.body))},
                    {"X-WC-Webhook-ID", std::to_string(id)},
                    {"X-WC-Webhook-Delivery-ID", crypto::hex(crypto::digest(crypto::Digest::md5, std::to_string(id) + second))}};
  return letter;
}

Delivery::Verdict Webhooks::settle(std::int64_t id, const Receipt& receipt) {
  const auto found = hooks_.find(id);
  const bool ok = receipt.status >= 200 && receipt.status < 303;
  if (found == hooks_.end()) return {.ok = ok};
  Hook& hook = found->second;
  if (ok) {
    hook.failures = 0;
    return {.ok = true};
  }
  // No second attempt is ever made; the hook goes quiet after a few.
  if (++hook.failures > failures_allowed) hook.status = "disabled";
  ping(id);
  return {.ok = false};
}

}  // namespace tally::sandbox::woo
