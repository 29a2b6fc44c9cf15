#include "connectors/sandbox/platform.hpp"

#include "base/complaint.hpp"

#include <algorithm>

namespace tally::sandbox {
namespace {

constexpr Duration tick_length{10};

/// What stands between us and the platform answers instead of it, or lets half of the answer through.
Answer garbled(Answer answer, bool replaced) {
  if (replaced) {
    answer.type = "text/html";
    answer.body = "<!doctype html><title>Sign in to the network</title><p>Please accept the terms of use.</p>";
    return answer;
  }
  answer.body.resize(answer.body.size() / 2);
  answer.body += "\xEF\xBF";
  return answer;
}

Json line_json(const Line& line) {
  return Json::object({{"sku", line.sku},
                       {"quantity", line.quantity},
                       {"shipped", line.shipped},
                       {"refunded", line.refunded},
                       {"offer_id", std::to_string(line.offer)}});
}

/// {"sku", "quantity"}: so many of each line, or of that SKU's; empty without a quantity.
std::vector<RefundedLine> units_in(const Order& order, const Json& wish) {
  std::vector<RefundedLine> lines;
  const Units quantity = wish.integer_or("quantity", 0);
  for (const Line& line : order.lines) {
    if (quantity > 0 && (wish.text_or("sku").empty() || wish.text_or("sku") == line.sku)) {
      lines.push_back({line.id, quantity, quantity * line.unit_price});
    }
  }
  return lines;
}

OrderState state_named(const std::string& text, OrderState otherwise) {
  for (const OrderState state : {OrderState::unpaid, OrderState::on_hold, OrderState::paid}) {
    if (text == name_of(state)) return state;
  }
  return otherwise;
}

}  // namespace

Platform::Platform(PlatformOptions options, Nature nature, std::uint64_t seed, const Clock& clock, Log log)
    : options_(std::move(options)),
      nature_(std::move(nature)),
      log_(std::move(log)),
      mischief_(seed ^ 0x5a17),
      shop_(nature_.rules, nature_.numbering, options_.currency.empty() ? nature_.currency : options_.currency, clock, seed),
      meter_(options_.limit.value_or(nature_.limit)),
      courier_(options_.name, mutex_, mischief_, clock, log_) {}

Platform::~Platform() {
  stop();
}

Result<void> Platform::start() {
  std::lock_guard lock(mutex_);  // nobody is served before the dialect stands
  std::string origin;
  if (nature_.listens) {
    door_ = std::make_unique<Door>(
        options_.name, [this](const Request& request) { return serve(request); }, log_);
    const auto port = door_->open(options_.port);
    if (!port) return port.error();
    port_ = *port;
    origin = "http://127.0.0.1:" + std::to_string(port_);
  }
  try {
    dialect_ = make_dialect(options_.dialect, {shop_, courier_, mischief_, options_, log_, origin});
  } catch (const std::filesystem::filesystem_error& refused) {
    return error(Fault::io, refused.what(), options_.name, "name a folder that may be written to");
  }
  courier_.start();
  if (!options_.hook_url.empty()) dialect_->enter_hook(options_.hook_url);
  ticker_ = std::thread([this] { tick(); });
  return {};
}

void Platform::stop() {
  {
    std::lock_guard lock(pause_mutex_);
    stopping_ = true;
  }
  pause_over_.notify_all();
  if (ticker_.joinable()) ticker_.join();
  courier_.stop();
  if (door_) door_->close();
}

void Platform::tick() {
  while (pause(tick_length)) {
    std::lock_guard lock(mutex_);
    try {
      dialect_->work();
    } catch (const std::exception& exception) {
      log_.error("a pretend platform failed in its own work", {{"platform", name()}, {"what", exception.what()}});
    }
  }
}

bool Platform::pause(Duration time) {
  std::unique_lock lock(pause_mutex_);
  return !pause_over_.wait_for(lock, time, [this] { return stopping_.load(); });
}

Answer Platform::serve(const Request& request) {
  const Fate fate = mischief_.of_request();
  const Duration delay = mischief_.delay();
  if (delay > Duration(0)) pause(delay);
  if (fate == Fate::lost) return Answer{.cut = true};
  Answer answer = reach(request, fate);
  if (fate == Fate::garbled) return garbled(std::move(answer), mischief_.coin());
  if (fate != Fate::reply_lost) return answer;
  return mischief_.coin() ? Answer{.cut = true} : Answer{.status = 502, .type = "text/html", .body = "<h1>Bad Gateway</h1>"};
}

Answer Platform::reach(const Request& request, Fate fate) {
  std::lock_guard lock(mutex_);
  if (!dialect_) return Answer{.status = 503};  // the folder was refused, and start() is on its way out
  ++requests_;
  if (!meter_.admit(shop_.now())) {
    ++over_limit_;
    return dialect_->throttled();
  }
  if (fate == Fate::too_many) return dialect_->throttled();
  if (fate == Fate::trouble) return dialect_->trouble();
  return dialect_->answer(request);
}

Json Platform::description() const {
  Json about = Json::object({{"name", options_.name}, {"dialect", options_.dialect}});
  if (nature_.listens) {
    about.set("port", port_);
    about.set("url", "http://127.0.0.1:" + std::to_string(port_));
    about.set("limit", Json::object({{"requests", static_cast<std::int64_t>(meter_.limit().requests)},
                                     {"window_ms", static_cast<std::int64_t>(meter_.limit().window.count())}}));
  } else {
    about.set("folder", options_.folder.string());
  }
  return about;
}

Json Platform::offers() {
  std::lock_guard lock(mutex_);
  Json all = Json::array();
  for (const auto& [id, offer] : shop_.offers()) {
    const Listing* listing = shop_.listing(offer.listing);
    if (!listing) continue;
    const Showing showing = listing->showing == Showing::live && !offer.on_sale ? Showing::paused : listing->showing;
    Json one = Json::object({{"sku", offer.sku},
                             {"listing_id", std::to_string(offer.listing)},
                             {"offer_id", std::to_string(id)},
                             {"title", listing->title},
                             {"description", listing->description},
                             {"price", price_text(offer.price, shop_.currency())},
                             {"currency", shop_.currency()},
                             {"quantity", offer.quantity},
                             {"status", name_of(showing)}});
    if (const Json* shelf = offer.document.find("shelf")) one.set("shelf", *shelf);
    all.push_back(std::move(one));
  }
  return Json::object({{"offers", std::move(all)}});
}

Json Platform::order_json(const Order& order) const {
  Json lines = Json::array();
  for (const Line& line : order.lines) lines.push_back(line_json(line));
  const auto parts_json = [&order](const std::vector<RefundedLine>& parts) {
    Json shown = Json::array();
    for (const RefundedLine& part : parts) {
      const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&part](const Line& l) { return l.id == part.line; });
      shown.push_back(Json::object({{"sku", line == order.lines.end() ? "" : line->sku}, {"quantity", part.quantity}}));
    }
    return shown;
  };
  Json parcels = Json::array(), refunds = Json::array();
  for (const Parcel& parcel : order.parcels)
    parcels.push_back(Json::object(
        {{"carrier", parcel.carrier}, {"tracking", parcel.tracking}, {"at", to_ms(parcel.at)}, {"lines", parts_json(parcel.lines)}}));
  for (const Refund& refund : order.refunds)
    refunds.push_back(Json::object({{"amount", price_text(refund.amount, shop_.currency())},
                                    {"reason", refund.reason},
                                    {"at", to_ms(refund.at)},
                                    {"lines", parts_json(refund.lines)}}));
  return Json::object({{"id", dialect_->order_name(order)},
                       {"accepted_at", to_ms(order.accepted)},
                       {"state", name_of(order.state)},
                       {"lines", std::move(lines)},
                       {"parcels", std::move(parcels)},
                       {"refunds", std::move(refunds)},
                       {"total", price_text(order.total, shop_.currency())},
                       {"currency", shop_.currency()}});
}

Json Platform::orders() {
  std::lock_guard lock(mutex_);
  Json all = Json::array();
  for (const auto& [id, order] : shop_.orders()) all.push_back(order_json(order));
  return Json::object({{"orders", std::move(all)}});
}

Json Platform::sold() {
  std::lock_guard lock(mutex_);
  Json all = Json::object();
  for (const auto& [sku, units] : shop_.sold()) {
    all.set(sku, Json::object({{"sold", units.sold},
                               {"cancelled", units.cancelled},
                               {"returned", units.returned},
                               {"net", units.sold - units.cancelled - units.returned}}));
  }
  return Json::object({{"sold", std::move(all)}});
}

Json Platform::counters(std::int64_t after) {
  std::lock_guard lock(mutex_);
  Json history = Json::array();
  std::int64_t cursor = after;
  const auto& moves = shop_.history();
  const std::int64_t oldest = moves.empty() ? 1 : moves.front().seq;
  for (auto i = static_cast<std::size_t>(std::max<std::int64_t>(0, after + 1 - oldest)); i < moves.size(); ++i) {
    const Movement& move = moves[i];
    Json one = Json::object({{"at_ms", to_ms(move.at)}, {"sku", move.sku}, {"quantity", move.quantity}, {"cause", name_of(move.cause)}});
    if (!move.intent.empty()) one.set("intent", move.intent);
    history.push_back(std::move(one));
    cursor = move.seq;
  }
  return Json::object({{"requests", requests_},
                       {"over_limit", over_limit_},
                       {"writes", shop_.writes},
                       {"webhooks_sent", courier_.sent()},
                       {"webhooks_failed", courier_.failed()},
                       {"stock_history", std::move(history)},
                       {"cursor", cursor}});
}

Result<std::vector<Wanted>> Platform::basket_of(const Json& wish) {
  const auto one = [this](const Json& line) -> Result<Wanted> {
    const Units quantity = line.integer_or("quantity", 1);
    const Json* sku = line.find("sku");
    const Offer* offer = sku && sku->is_string() ? shop_.offer_of(sku->as_string()) : shop_.any_offer(quantity);
    if (!offer) return error(Fault::rejected, sku && sku->is_string() ? "not listed" : "sold out");
    return Wanted{offer->id, quantity};
  };
  std::vector<Wanted> basket;
  const Json* lines = wish.find("lines");
  if (!lines || !lines->is_array()) {
    const auto want = one(wish);
    if (!want) return want.error();
    basket.push_back(*want);
    return basket;
  }
  for (const Json& line : lines->as_array()) {
    const auto want = one(line);
    if (!want) return want.error();
    basket.push_back(*want);
  }
  return basket;
}

Result<Json> Platform::buy(const Json& wish) {
  const OrderState state = state_named(wish.text_or("state", "paid"), OrderState::cancelled);
  if (state == OrderState::cancelled) return error(Fault::invalid, "an order is bought paid, unpaid or on-hold", "state");
  std::lock_guard lock(mutex_);
  const auto basket = basket_of(wish);
  if (!basket) return Json::object({{"refused", basket.error().what}});
  const auto placed = shop_.place(*basket, state);
  if (!placed) return Json::object({{"refused", placed.error().what}});
  Order& order = **placed;
  if (const Json* buyer = wish.find("buyer")) order.buyer = *buyer;
  if (wish.find("placed_at_ms")) {
    order.accepted = order.modified = from_ms(wish.integer_or("placed_at_ms"));
    if (order.paid) order.paid = order.accepted;
  }
  order.untold = wish.bool_or("untold");
  if (order.untold) return order_json(order);
  dialect_->order_changed(order, OrderEvent::placed);
  if (state == OrderState::paid) dialect_->order_changed(order, OrderEvent::paid);
  return order_json(order);
}

Result<Json> Platform::act(const std::string& name, const std::string& verb, const Json& wish) {
  std::lock_guard lock(mutex_);
  Order* order = nullptr;
  for (auto& [id, candidate] : shop_.orders()) {
    if (dialect_->order_name(candidate) == name) order = &candidate;
  }
  if (!order) return error(Fault::not_found, "there is no order " + name, options_.name);
  Result<void> done =
      error(Fault::invalid, "an order can be told to pay, cancel, ship, refund, ask, send-back or withdraw, not to " + verb);
  OrderEvent event = OrderEvent::paid;
  if (verb == "ask" || verb == "send-back" || verb == "withdraw") {
    if (auto asked = dialect_->after_sale(*order, verb, wish); !asked) return asked.error();
    return order_json(*order);
  }
  if (verb == "pay") {
    done = shop_.pay(*order);
  } else if (verb == "cancel") {
    done = shop_.cancel(*order);
    event = order->state == OrderState::refunded ? OrderEvent::refunded : OrderEvent::cancelled;
  } else if (verb == "ship") {
    const auto sent =
        shop_.send(*order, {0, wish.text_or("carrier", "SF"), wish.text_or("tracking", "T" + name), units_in(*order, wish), {}});
    done = sent ? Result<void>{} : Result<void>{sent.error()};
    event = order->state == OrderState::shipped ? OrderEvent::shipped : OrderEvent::part_shipped;
  } else if (verb == "refund") {
    const auto refunded = shop_.refund(*order, units_in(*order, wish), wish.text_or("reason", "returned"), wish.bool_or("restock", false));
    done = refunded ? Result<void>{} : Result<void>{refunded.error()};
    event = OrderEvent::refunded;
  }
  if (!done) return done.error();
  dialect_->order_changed(*order, event);
  return order_json(*order);
}

Result<Json> Platform::edit(const Json& wish) {
  std::lock_guard lock(mutex_);
  Offer* offer = shop_.offer_of(wish.text_or("sku"));
  Listing* listing = offer ? shop_.listing(offer->listing) : nullptr;
  if (!listing) return error(Fault::not_found, "nothing is listed under the SKU '" + wish.text_or("sku") + "'", options_.name);
  const std::string field = wish.text_or("field");
  const Json* value = wish.find("value");
  const std::string text = value ? value->scalar_text() : std::string{};
  if (field == "title") {
    listing->title = text;
  } else if (field == "description") {
    listing->description = text;
  } else if (field == "price") {
    const auto price = price_of(text, shop_.currency());
    if (!price) return price.error();
    offer->price = *price;
  } else if (field == "quantity") {
    const auto units = value ? value->integer() : Result<std::int64_t>{error(Fault::invalid, "no value")};
    if (!units) return error(Fault::invalid, "a quantity is a whole number", "value");
    shop_.show(*offer, *units, Cause::edit);
  } else {
    return error(Fault::invalid, "nobody can edit '" + field + "' by hand", "field",
                 did_you_mean(field, {"title", "description", "price", "quantity"}));
  }
  listing->modified = offer->modified = shop_.now();
  dialect_->offer_edited(*offer, field);
  return Json::object({{"sku", offer->sku}, {"listing_id", std::to_string(listing->id)}, {"field", field}});
}

Result<Json> Platform::put_stock(const Json& wish) {
  std::lock_guard lock(mutex_);
  const std::string sku = wish.text_or("sku");
  const Json* value = wish.find("quantity");
  const auto units = value ? value->integer() : Result<std::int64_t>{error(Fault::invalid, "no quantity")};
  if (sku.empty() || !units) return error(Fault::invalid, "stock takes {\"sku\": text, \"quantity\": whole number}");
  Offer* offer = shop_.offer_of(sku);
  if (!offer && !nature_.listens) {
    Listing* shelf = shop_.add_listing();
    offer = shelf ? shop_.add_offer(*shelf) : nullptr;
    if (!offer) return error(Fault::rejected, "the pretend platform is full");
    shelf->showing = Showing::live;
    offer->sku = sku;
  }
  if (!offer) return error(Fault::not_found, "nothing is listed under the SKU '" + sku + "'", options_.name);
  if (nature_.listens) {
    shop_.show(*offer, *units, Cause::edit);
  } else {
    offer->document.set("shelf", *units);
  }
  dialect_->offer_edited(*offer, "quantity");
  return Json::object({{"sku", sku}, {"quantity", *units}});
}

Result<Json> Platform::misbehave(const Json& wish) {
  const auto faults = Faults::changed(mischief_.faults(), wish);
  if (!faults) return faults.error();
  mischief_.set(*faults);
  return faults->json();
}

Result<Json> Platform::enter_hook(const Json& wish) {
  const std::string url = wish.text_or("url");
  if (!url.starts_with("http://")) return error(Fault::invalid, "a sandbox delivers to http:// addresses only", "url");
  std::lock_guard lock(mutex_);
  dialect_->enter_hook(url);
  return Json::object({{"url", url}});
}

}  // namespace tally::sandbox
