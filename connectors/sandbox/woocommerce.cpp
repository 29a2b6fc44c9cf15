#include "connectors/sandbox/woocommerce.hpp"

#include "base/crypto.hpp"

namespace tally::sandbox {
namespace woo {
namespace {

constexpr Duration ahead_of_utc{3600'000};

Time whole_second(Time time) {
  return from_ms(to_ms(time) / 1000 * 1000);
}

}  // namespace

std::variant<PageWish, Answer> PageWish::of(const Request& request) {
  PageWish wish;
  const std::string page = request.query_value("page"), per_page = request.query_value("per_page");
  if (!page.empty()) wish.page = number_or(page, 0);
  if (!per_page.empty()) wish.per_page = number_or(per_page, 0);
  const char* wrong = wish.page < 1 ? "page" : (wish.per_page < 1 || wish.per_page > 100 ? "per_page" : nullptr);
  if (wrong) return refusal(400, "rest_invalid_param", std::string("Invalid parameter(s): ") + wrong);
  return wish;
}

Answer page_answer(const std::vector<Json>& all, const PageWish& wish) {
  const auto total = static_cast<std::int64_t>(all.size());
  const std::int64_t first = (wish.page - 1) * wish.per_page;
  Json page = Json::array();
  for (std::int64_t i = first; i < std::min(total, first + wish.per_page); ++i) page.push_back(all[static_cast<std::size_t>(i)]);
  Answer answer = Answer::json(page);
  answer.headers.emplace_back("X-WP-Total", std::to_string(total));
  answer.headers.emplace_back("X-WP-TotalPages", std::to_string((total + wish.per_page - 1) / wish.per_page));
  return answer;
}

std::string utc_time(Time time) {
  return format_naive(whole_second(time));
}
std::string site_time(Time time) {
  return utc_time(time + ahead_of_utc);
}

namespace {

/// The moment that the request names; nothing if it names none.
std::optional<Time> asked_moment(const Request& request, std::string_view name) {
  const std::string asked = request.query_value(name);
  auto moment = parse_naive(asked);
  if (!moment) moment = parse_iso(asked);
  if (!moment) return std::nullopt;
  const std::string gmt = request.query_value("dates_are_gmt");
  const bool utc = gmt == "true" || gmt == "1";
  return utc ? *moment : *moment - ahead_of_utc;
}

}  // namespace

bool later_than(const Request& request, std::string_view name, Time time) {
  const auto moment = asked_moment(request, name);
  return !moment || whole_second(time) > *moment;
}

bool earlier_than(const Request& request, std::string_view name, Time time) {
  const auto moment = asked_moment(request, name);
  return !moment || whole_second(time) < *moment;
}

namespace {

class WooCommerce final : public Dialect {
 public:
  explicit WooCommerce(Place place)
      : place_(std::move(place)),
        keys_(place_),
        webhooks_(place_, [this](const std::string& resource, std::int64_t id) { return document(resource, id); }),
        catalogue_(place_, [this](const std::string& topic, std::int64_t id) { webhooks_.announce(topic, id); }),
        orders_(place_, [this](const std::string& topic, std::int64_t id) { webhooks_.announce(topic, id); }) {}

  Answer answer(const Request& request) override {
    const auto parts = request.parts();
    if (parts.size() < 4 || parts[0] != "wp-json" || parts[1] != "wc" || parts[2] != "v3") return no_route();
    if (auto refused = keys_.check(request, place_.shop.now())) return *refused;
    const std::vector<std::string> rest(parts.begin() + 4, parts.end());
    if (parts[3] == "products") return catalogue_.answer(request, rest);
    if (parts[3] == "orders") return orders_.answer(request, rest);
    if (parts[3] == "webhooks") return webhooks_.answer(request, rest);
    return no_route();
  }

  Answer throttled() const override {
    Answer answer{.status = 429, .type = "text/html", .body = "<h1>Too Many Requests</h1>"};
    answer.headers.emplace_back("Retry-After", "1");
    return answer;
  }

  Answer trouble() const override {
    return refusal(500, "internal_server_error", "<p>There has been a critical error on this website.</p>");
  }

  void order_changed(Order& order, OrderEvent event) override { orders_.changed(order, event); }
  void offer_edited(Offer& offer, std::string_view field) override { catalogue_.edited(offer, field); }
  void enter_hook(const std::string& url) override { webhooks_.enter(url, place_.secret("webhook_secret", "wh_sandbox")); }

 private:
  static Answer no_route() { return refusal(404, "rest_no_route", "No route was found matching the URL and request method."); }

  Json document(const std::string& resource, std::int64_t id) {
    return resource == "order" ? orders_.document(id) : catalogue_.document(id);
  }

  Place place_;
  Keys keys_;
  Webhooks webhooks_;
  Catalogue catalogue_;
  Orders orders_;
};

}  // namespace
}  // namespace woo

Nature woocommerce_nature() {
  return {.rules = {.takes = Rules::Takes::paid,
                    .gives_back_unpaid = true,
                    .gives_back_paid = true,
                    .paid_cancel_refunds = false,
                    .blocks_sales = true},
          .numbering = {.listing = 1001, .offer = 1001, .order = 1001},
          .currency = "EUR",
          .limit = {.requests = 50, .window = Duration(1000)},
          .listens = true};
}

std::unique_ptr<Dialect> make_woocommerce(Place place) {
  return std::make_unique<woo::WooCommerce>(std::move(place));
}

}  // namespace tally::sandbox
