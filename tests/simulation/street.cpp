#include "simulation/street.hpp"

#include "engine/orders.hpp"
#include "engine/stock.hpp"
#include "store/catalogue.hpp"

#include <algorithm>

namespace tally::simulation {
namespace {

Json products_chunk(const std::vector<Product>& products) {
  Json trees = Json::array();
  for (const auto& product : products) trees.push_back(to_json(product));
  return Json::object({{"products", std::move(trees)}});
}

Json count_chunk(const std::string& sku, const std::string& place, Quantity units) {
  Json rows = Json::array();
  rows.push_back(Json::object({{"sku", sku}, {"location", place}, {"counted", units}}));
  return Json::object({{"stock", std::move(rows)}});
}

}  // namespace

using engine::Why;

Street::Street(House& house, Inspector& inspector, std::vector<Shop>& shops, Agenda& agenda, const FakeClock& clock, Rng rng, Trace& trace,
               std::function<void()> touch)
    : house_(house),
      inspector_(inspector),
      shops_(shops),
      agenda_(agenda),
      clock_(clock),
      rng_(rng),
      trace_(trace),
      touch_(std::move(touch)) {}

Shop& Street::some_shop() {
  return shops_[rng_.below(shops_.size())];
}
std::string Street::some_sku() {
  return skus_[rng_.below(skus_.size())];
}

/// Unless the calm has come by then.
void Street::later(std::int64_t from, std::int64_t to, std::function<void()> what) {
  agenda_.in(Duration(rng_.between(from, to)), [this, what = std::move(what)] {
    if (clock_.now() < until_) what();
  });
}

void Street::open_books(const std::vector<Product>& products) {
  products_ = products;
  for (const auto& product : products) {
    for (const auto& variant : product.variants) {
      skus_.push_back(variant.sku.text);
      if (variant.bundle.empty()) stocked_.push_back(variant.sku.text);
    }
  }
  std::map<std::string, Quantity> counted;
  for (const auto& sku : stocked_) counted[sku] = plenty_ ? 1000 : rng_.between(0, 12);
  for (const auto& [sku, quantity] : counted) inspector_.counted(sku, "main", quantity, clock_.now());
  house_.write([&](store::Session& session) {
    const Time now = clock_.now();
    for (const auto& product : products) store::put_product(session, product, now);
    for (const auto& product : products) store::put_bundles(session, product);
    for (const auto& [sku, quantity] : counted)
      engine::append_count(session, store::find_variant(session, Sku(sku))->no, store::open_location(session, "main"), quantity, now,
                           "opening:" + sku, "", now);
  });
}

void Street::list_some_by_hand(const std::vector<Product>& products) {
  for (auto& shop : shops_) {
    for (const auto& product : products) {
      if (!plenty_ && !rng_.chance(60)) continue;
      Json tree = to_json(product);
      for (auto& variant : tree.find("variants")->as_array()) variant.set("available", plenty_ ? 1000 : rng_.between(0, 9));
      shop.platform->list_by_hand(tree);
    }
  }
}

void Street::live(Time until) {
  if (until_ == long_ago && !steady_ && rng_.chance(35)) {
    late_ = make_late_product();
    for (auto& shop : shops_) {
      if (!rng_.chance(70)) continue;
      Json tree = to_json(*late_);
      for (auto& variant : tree.find("variants")->as_array()) variant.set("available", rng_.between(2, 9));
      shop.platform->list_by_hand(tree);
    }
    skus_.push_back(late_->variants.front().sku.text);
    agenda_.in(Duration(rng_.between(10000, 130000)), [this] { add_the_late_product(); });
  }
  until_ = until;
  later(100, 3000, [this] {
    act();
    live(until_);
  });
}

void Street::act() {
  const auto dice = rng_.below(100);
  if (dice < 52) return buy(some_shop(), some_sku(), rng_.chance(75) ? 1 : rng_.between(2, 3));
  if (dice < 62) return race();
  if (dice < 69) return edit_an_order();
  if (dice < 75) return by_hand();
  if (dice < 77) return change_the_catalogue();
  if (dice < 79) return import_a_file();
  if (dice < 90) return move_goods();
  if (dice < 93) return reload();
  if (steady_ && dice < 99) return;
  if (dice < 96) return edit_the_bundle();
  if (dice < 98) return set_a_clock();
  if (dice < 99) return set_our_clock();
  decide_what_is_held();
}

void Street::rush(Duration each, Time until) {
  agenda_.in(each, [this, each, until] {
    if (clock_.now() >= until) return;
    auto& shop = shops_.front();
    if (const auto* offer = shop.platform->offer_of_sku(first_sku())) {
      if (const auto order = shop.platform->buy({{offer->id, 1}})) tell(shop, "paid    ", *order, shop.platform->pay(*order));
    }
    rush(each, until);
  });
}

/// The same thing on every channel within a moment.
void Street::race() {
  const std::string sku = some_sku();
  for (auto& shop : shops_) {
    agenda_.in(Duration(rng_.between(0, 1500)), [this, &shop, sku, quantity = rng_.between(1, 2)] { buy(shop, sku, quantity); });
  }
}

void Street::buy(Shop& shop, const std::string& sku, Quantity quantity) {
  std::vector<memory::Item> items;
  const auto* offer = shop.platform->offer_of_sku(sku);
  if (!offer) return;
  items.push_back({offer->id, quantity});
  if (rng_.chance(15)) {
    if (const auto* other = shop.platform->offer_of_sku(some_sku())) items.push_back({other->id, 1});
  }
  Rng fate(rng_.next());  // of its own: an order that is refused changes nothing for the others
  const auto order = shop.platform->buy(items);
  if (!order) {
    trace_.say("no sale  " + shop.name() + " " + sku + ": " + order.error().what);
    return;
  }
  trace_.say("bought   " + shop.name() + " " + *order + ": " + std::to_string(quantity) + " " + sku + ", number " +
             std::to_string(offer->number));
  std::swap(rng_, fate);
  after_placing(shop, *order);
  std::swap(rng_, fate);
}

void Street::tell(const Shop& shop, const std::string& what, const std::string& order, const Result<void>& done) {
  if (done) trace_.say(what + " " + shop.name() + " " + order);
}

void Street::after_placing(Shop& shop, const std::string& order) {
  const auto pay = [this, &shop, order] { tell(shop, "paid    ", order, shop.platform->pay(order)); };
  if (shop.kind == Kind::till) {  // the customer has it in the bag
    pay();
    tell(shop, "shipped ", order, shop.platform->ship(order));
    return;
  }
  if (rng_.chance(30))
    pay();
  else if (rng_.chance(80))
    later(200, 90000, pay);
  if (rng_.chance(15)) later(300, 60000, [this, &shop, order] { cancel(shop, order); });
  if (rng_.chance(8)) later(2000, 130000, [this, &shop, order] { refund(shop, order); });
  if (rng_.chance(50)) later(2000, 120000, [this, &shop, order] { tell(shop, "shipped ", order, shop.platform->ship(order)); });
  if (rng_.chance(15)) later(2000, 90000, [this, &shop, order] { tell(shop, "a parcel", order, shop.platform->ship(order, 1)); });
}

void Street::cancel(Shop& shop, const std::string& order) {
  const auto done = shop.platform->cancel(order);
  tell(shop, "cancel  ", order, done);
  // What came back is what somebody waited for.
  const std::string sku = shop.platform->order(order)->lines.front().sku;
  if (done && rng_.chance(30)) later(10, 1500, [this, &shop, sku] { buy(shop, sku, 1); });
}

void Street::refund(Shop& shop, const std::string& order) {
  const bool restock = rng_.chance(50);
  tell(shop, restock ? "returned" : "refunded", order, shop.platform->refund(order, restock));
}

/// Of one channel; the next reload or start brings them.
void Street::change_the_rules() {
  if (steady_) return;
  auto& shop = some_shop();
  shop.change_rules(rng_);
  trace_.fault("other rules");
  trace_.say("rules    of " + shop.name() + " become " + shop.rules());
}

/// The same channels again, or one of them taken out for a while; now and then by other rules.
void Street::reload() {
  if (!house_.up() || house_.crashed()) return;
  std::set<std::string> without;
  if (rng_.chance(40)) without.insert(some_shop().name());
  if (rng_.chance(40)) change_the_rules();
  trace_.say("reload   " + (without.empty() ? "" : "without " + *without.begin()));
  trace_.fault("reload");
  house_.reload(without);
  inspector_.reloaded();
  touch_();
  if (without.empty()) return;
  agenda_.in(Duration(rng_.between(500, 15000)), [this] {
    if (!house_.up() || house_.crashed()) return;
    trace_.say("reload   with all of them");
    house_.reload({});
    inspector_.reloaded();
    touch_();
  });
}

/// A bundle is made of other quantities while orders of it are open.
void Street::edit_the_bundle() {
  auto bundle = products_.back();
  if (bundle.variants.front().bundle.empty()) return;
  for (auto& part : bundle.variants.front().bundle) part.quantity = rng_.between(1, 3);
  std::int64_t batch = 0;
  const auto taken = house_.import(products_chunk({bundle}), batch, true);
  trace_.say("bundle   is made of other quantities");
  if (taken) products_.back() = bundle;
  inspector_.catalogue_changed();
  touch_();
}

/// Another price and another title; half of the times once more a moment later.
void Street::change_the_catalogue() {
  auto& product = products_[rng_.below(products_.size())];
  auto changed = product;
  changed.title = "Product " + product.code + " of " + std::to_string(rng_.between(1, 99));
  changed.variants.front().price->minor = rng_.between(800, 1200);
  std::int64_t batch = 0;
  const auto taken = house_.import(products_chunk({changed}), batch, true);
  trace_.say("import   " + changed.title + (taken ? "" : ", and it was not taken"));
  if (taken) product = changed;
  inspector_.catalogue_changed();  // a bundle that was lost with the store comes with it
  touch_();
  if (taken && rng_.chance(50)) later(50, 1500, [this] { change_the_catalogue(); });
}

/// Chunk by chunk: other prices and counts; one in three is wrong from its first line to its last. One in four is never closed.
void Street::import_a_file() {
  const auto file = std::make_shared<File>();
  file->left_open = rng_.chance(25);
  if (rng_.chance(33)) {
    spoil(file->chunks);
  } else {
    for (auto& product : products_) {
      if (!rng_.chance(60)) continue;
      product.variants.front().price->minor = rng_.between(800, 1200);
      file->chunks.push_back(products_chunk({product}));
    }
    for (const auto& sku : stocked_) {
      if (!steady_ && rng_.chance(40)) file->chunks.push_back(count_chunk(sku, "main", rng_.between(0, 10)));
    }
  }
  if (!file->chunks.empty()) next_chunk(file);
}

/// All prices ten times what they are, or nothing left of anything. Somebody notices.
void Street::spoil(std::deque<Json>& chunks) {
  trace_.fault("wrong file");
  if (steady_ || rng_.chance(50)) {
    for (auto wrong : products_) {
      for (auto& variant : wrong.variants) variant.price->minor *= 10;
      chunks.push_back(products_chunk({wrong}));
    }
  } else {
    for (const auto& sku : stocked_) {
      for (const char* place : {"main", "second"}) chunks.push_back(count_chunk(sku, place, 0));
    }
  }
  if (!steady_ && rng_.chance(50)) later(2000, 40000, [this] { house_.discard_held(); });
  agenda_.at(std::min(clock_.now() + Duration(rng_.between(5000, 90000)), until_), [this] { put_right(); });
}

void Street::next_chunk(const std::shared_ptr<File>& file) {
  const bool last = file->chunks.size() == 1;
  const auto chunk = std::move(file->chunks.front());
  file->chunks.pop_front();
  const Json* rows = chunk.find("stock");
  // Orders tell of moments by the platform's clock: a count while ours is wrong would be of another day.
  if (!rows || house_.clock_is_right()) {
    const auto taken = house_.import(chunk, file->batch, last && !file->left_open);
    inspector_.catalogue_changed();
    trace_.say("import   " + std::to_string(file->batch) + " " + (rows ? rows->dump() : "of a product") +
               (taken ? last && !file->left_open ? ", the last" : "" : ", and it was not taken"));
    if (!taken) return;
    if (rows && taken->counted == 1) {
      const Json& row = rows->as_array().front();
      inspector_.counted(row.text_or("sku"), row.text_or("location"), row.integer_or("counted"), house_.clock().now());
    }
    inspector_.imported(file->batch);
    touch_();
  }
  if (last) return;
  agenda_.in(Duration(rng_.chance(80) ? rng_.between(5, 1500) : rng_.between(1500, 70000)), [this, file] { next_chunk(file); });
}

/// The file as it should have been; tried again until the store has it. What it had counted away is booked back.
void Street::put_right() {
  std::int64_t batch = 0;
  bool done = house_.import(products_chunk(products_), batch, true).has_value();
  done = done && house_.write([&](store::Session& session) {
    const Time now = house_.clock().now();
    for (const auto& sku : stocked_) {
      const auto variant = store::find_variant(session, Sku(sku))->no;
      engine::append_change(session, variant, store::open_location(session, "main"), "receipt", 4,
                            "put right:" + std::to_string(batch) + sku, "", now, now);
      engine::mark_stock(session, house_.core().world(), {variant}, Why{"put right", false, 0}, now);
    }
  });
  inspector_.catalogue_changed();
  trace_.say(std::string("put right") + (done ? "" : ", and it was not taken"));
  touch_();
  if (!done) agenda_.in(Duration(1000), [this] { put_right(); });
}

void Street::decide_what_is_held() {
  if (!steady_ && rng_.chance(40)) {
    trace_.say("discard  what is held");
    house_.discard_held();
  } else {
    house_.release_held([this](ChannelNo channel, std::int64_t thing) { inspector_.released(channel, thing); });
  }
  touch_();
}

/// Also while a channel is taken out; tried again until the store has it.
void Street::add_the_late_product() {
  const auto sku = late_->variants.front().sku.text;
  Json chunk = products_chunk({*late_});
  chunk.set("stock", *count_chunk(sku, "main", 7).find("stock"));
  std::int64_t batch = 0;
  const auto taken = house_.import(chunk, batch, true);
  inspector_.catalogue_changed();  // the store may have died behind the commit
  if (!taken) {
    agenda_.in(Duration(1000), [this] { add_the_late_product(); });
    return;
  }
  trace_.say("import   " + sku);
  if (taken->counted == 1) inspector_.counted(sku, "main", 7, house_.clock().now());  // else before the store died: who knows when
  stocked_.push_back(sku);
  touch_();
}

void Street::set_a_clock() {
  auto& shop = some_shop();
  if (shop.facts().clock_resolution < Duration(10000)) return;
  const Duration skew(rng_.between(-55000, 55000));
  trace_.say("clock    of " + shop.name() + " is set to " + std::to_string(skew.count()));
  trace_.fault("clock set");
  shop.platform->set_clock(skew);
}

/// Of the daemon's own machine, by somebody or by a time server; half of the times it is soon right again.
void Street::set_our_clock() {
  const std::int64_t seconds[] = {5, 3600, 86400};
  const Duration by(seconds[rng_.below(3)] * (rng_.chance(50) ? 1000 : -1000));
  set_our_clock(house_.clock_is_right() ? by : Duration(0));
  if (rng_.chance(50)) later(1000, 30000, [this] { set_our_clock(Duration(0)); });
}

void Street::fell() {
  if (!steady_ && rng_.chance(15)) later(1, 1000, [this] { set_our_clock(); });
  if (rng_.chance(15)) change_the_rules();
}

void Street::set_our_clock(Duration off) {
  trace_.say("clock    of the daemon is set to " + std::to_string(off.count()));
  trace_.fault("machine's clock set");
  house_.set_clock(off);
  inspector_.forget_counts();
  for (const auto& shop : shops_) inspector_.disturbed(shop);
  touch_();
}

/// Half of the buyers think better of it.
void Street::edit_an_order() {
  auto& shop = some_shop();
  const auto& orders = shop.platform->orders();
  if (orders.empty() || !shop.facts().can_look) return;
  const auto& order = orders[orders.size() - 1 - rng_.below(std::min<std::size_t>(orders.size(), 6))];
  const auto line = rng_.below(order.lines.size());
  const auto before = order.lines[line].quantity;
  if (edit(shop, order.id, line, rng_.between(1, 4)) && rng_.chance(50))
    later(2000, 40000, [this, &shop, id = order.id, line, before] { edit(shop, id, line, before); });
}

bool Street::edit(Shop& shop, const std::string& id, std::size_t line, Quantity quantity) {
  const auto& order = *shop.platform->order(id);
  const bool known = inspector_.knows(shop, order);
  const auto sku = order.lines[line].sku;
  const auto done = shop.platform->edit(id, line, quantity);
  tell(shop, "edited  ", id + " line " + std::to_string(line + 1) + " to " + std::to_string(order.lines[line].quantity), done);
  if (done && !known) inspector_.unknowable(shop, sku);  // two changes in one document: what it was in between cannot be known
  return done.has_value();
}

void Street::by_hand() {
  auto& shop = some_shop();
  const auto* offer = shop.platform->offer_of_sku(some_sku());
  if (!offer) return;
  const auto what = rng_.below(3);
  if (what == 0 && shop.facts().can_look) {
    const Quantity number = std::max<Quantity>(0, offer->number + rng_.between(-3, 3));
    trace_.say("by hand  " + shop.name() + " " + offer->sku + " from " + std::to_string(offer->number) + " to " + std::to_string(number));
    inspector_.unknowable(shop, offer->sku);
    tell(shop, "by hand ", offer->sku, shop.platform->set_number(offer->id, number));
  } else if (what == 1) {
    const Json price = Json::object({{"amount", Decimal(rng_.between(5, 20))}, {"currency", "EUR"}});
    tell(shop, "by hand ", "the price of " + offer->sku, shop.platform->set_price(offer->id, price));
  } else if (what == 2) {
    tell(shop, "by hand ", "a title",
         shop.platform->set_title(shop.platform->listings().front().id, "Sale! " + std::to_string(rng_.below(100))));
  }
}

void Street::move_goods() {
  if (!house_.up() || house_.crashed()) return;
  const std::string sku = stocked_[rng_.below(stocked_.size())];
  const auto kind = rng_.below(3);
  const Quantity quantity = kind == 0 ? rng_.between(1, 8) : kind == 1 ? rng_.between(-2, 2) : rng_.between(0, 10);
  const std::string place = rng_.chance(75) ? "main" : "second";
  if (kind == 2 && steady_) return;
  // Orders tell of moments by the platform's clock: such a count would be of another day.
  if (kind == 2 && !house_.clock_is_right()) return;
  const Time now = house_.clock().now(), as_of = now - Duration(rng_.chance(50) ? 0 : rng_.between(0, 60000));
  move(kind == 0 ? "receipt" : kind == 1 ? "adjust" : "count", sku, place, quantity, as_of);
}

void Street::move(const std::string& kind, const std::string& sku, const std::string& place, Quantity quantity, Time as_of) {
  const std::string cause = kind + ":" + std::to_string(next_cause_++);
  bool done = false, counted = false;
  if (house_.up() && !house_.crashed()) {
    done = house_.write([&](store::Session& session) {
      const Time now = house_.clock().now();
      const auto variant = store::find_variant(session, Sku(sku));
      const auto location = store::open_location(session, place);
      if (kind == "count")
        counted = engine::append_count(session, variant->no, location, quantity, as_of, cause, "", now);
      else
        engine::append_change(session, variant->no, location, kind, quantity, cause, "", as_of, now);
      engine::mark_stock(session, house_.core().world(), {variant->no}, Why{cause, false, 0}, now);
    });
  }
  if (done && counted) inspector_.counted(sku, place, quantity, as_of);
  trace_.say(kind + "  " + sku + " at " + place + ": " + std::to_string(quantity) + (done ? "" : ", and the store died"));
  if (!done && plenty_) {
    agenda_.in(Duration(1000), [this, kind, sku, place, quantity, as_of] { move(kind, sku, place, quantity, as_of); });
    return;
  }
  touch_();
}

}  // namespace tally::simulation
