#include "connectors/sandbox/douyin.hpp"

namespace tally::sandbox {
namespace douyin {

Answer failed(int code, std::string sub_code, std::string sub_message) {
  return Answer::json(Json::object(
      {{"code", code}, {"msg", "refused"}, {"sub_code", std::move(sub_code)}, {"sub_msg", std::move(sub_message)}, {"log_id", "sandbox"}}));
}

Answer done(Json data) {
  return Answer::json(Json::object(
      {{"code", 10000}, {"msg", "success"}, {"sub_code", ""}, {"sub_msg", ""}, {"log_id", "sandbox"}, {"data", std::move(data)}}));
}

std::int64_t id_in(const Json& body, std::string_view name) {
  const Json* value = body.find(name);
  return value ? number_or(value->scalar_text(), 0) : 0;
}

namespace {

class Douyin final : public Dialect {
 public:
  explicit Douyin(Place place) : place_(std::move(place)), gate_(place_), push_(place_), products_(place_, push_), orders_(place_, push_) {}

  Answer answer(const Request& request) override {
    const Time now = place_.shop.now();
    if (auto refused = gate_.check(request, now)) return *refused;
    const auto body = Json::parse(request.body);  // the gate has read it once already
    if (request.path == "/token/create") return gate_.create(*body, now);
    if (request.path == "/token/refresh") return gate_.refresh(*body, now);
    if (auto answer = products_.answer(request.path, *body)) return *answer;
    if (auto answer = orders_.answer(request.path, *body)) return *answer;
    return failed(wrong_parameter, "isv.method-not-existed", "there is no method " + request.path);
  }

  Answer throttled() const override {
    Answer answer = failed(20000, "isp.call-limited", "too many calls, try again later");
    answer.status = 429;
    answer.headers.emplace_back("Retry-After", "1");
    return answer;
  }

  Answer trouble() const override { return failed(20000, "isp.service-error", "the service is unavailable, try again later"); }
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
  Gate gate_;
  Push push_;
  Products products_;
  Orders orders_;
};

}  // namespace
}  // namespace douyin

Nature douyin_nature() {
  return {.rules = {.takes = Rules::Takes::placed,
                    .gives_back_unpaid = true,
                    .gives_back_paid = true,
                    .paid_cancel_refunds = false,
                    .gives_back_unshipped = true,
                    .blocks_sales = true},
          .numbering = {.listing = 3473196049974326300, .offer = 1700000000000001, .order = 4781320682406083640},
          .currency = "CNY",
          .limit = {.requests = 50, .window = Duration(1000)},
          .listens = true};
}

std::unique_ptr<Dialect> make_douyin(Place place) {
  return std::make_unique<douyin::Douyin>(std::move(place));
}

}  // namespace tally::sandbox
