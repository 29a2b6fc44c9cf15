#include "connectors/sandbox/shop.hpp"

#include "base/decimal.hpp"

#include <algorithm>

namespace tally::sandbox {
namespace {

constexpr std::size_t most_things = 100'000;
constexpr std::size_t most_movements = 400'000;
constexpr std::size_t most_lines = 1'000;
constexpr Units most_units = 100'000;

Error refused(std::string why, std::string todo = {}) {
  return error(Fault::rejected, std::move(why), {}, std::move(todo));
}

}  // namespace

std::string_view name_of(Cause cause) {
  switch (cause) {
    case Cause::sale:
      return "sale";
    case Cause::write:
      return "write";
    case Cause::edit:
      return "edit";
    case Cause::cancel:
      return "cancel";
  }
  return {};
}

std::string_view name_of(Showing showing) {
  switch (showing) {
    case Showing::waiting:
      return "waiting";
    case Showing::live:
      return "live";
    case Showing::paused:
      return "paused";
    case Showing::ended:
      return "ended";
  }
  return {};
}

std::string_view name_of(OrderState state) {
  switch (state) {
    case OrderState::unpaid:
      return "unpaid";
    case OrderState::on_hold:
      return "on-hold";
    case OrderState::paid:
      return "paid";
    case OrderState::part_shipped:
      return "part-shipped";
    case OrderState::shipped:
      return "shipped";
    case OrderState::cancelled:
      return "cancelled";
    case OrderState::refunded:
      return "refunded";
  }
  return {};
}

Shop::Shop(Rules rules, Numbering numbering, std::string currency, const Clock& clock, std::uint64_t seed)
    : rules_(rules),
      next_(numbering),
      one_series_(numbering.listing == numbering.order),
      currency_(std::move(currency)),
      clock_(&clock),
      rng_(seed) {}

std::int64_t Shop::next_id() {
  return next_.listing++;
}

Listing* Shop::add_listing() {
  if (listings_.size() >= most_things) return nullptr;
  const std::int64_t id = next_id();
  Listing& made = listings_[id];
  made.id = id;
  made.created = made.modified = now();
  return &made;
}

Offer& Shop::insert(Listing& listing, std::int64_t id) {
  Offer& made = offers_[id];
  made.id = id;
  made.listing = listing.id;
  made.modified = now();
  listing.offers.push_back(id);
  return made;
}

Offer* Shop::add_offer(Listing& listing) {
  if (offers_.size() >= most_things) return nullptr;
  return &insert(listing, one_series_ ? next_id() : next_.offer++);
}

Offer* Shop::add_offer_as(Listing& listing, std::int64_t id) {
  if (offers_.size() >= most_things) return nullptr;
  return &insert(listing, id);
}

void Shop::remove_offer(std::int64_t id) {
  const auto found = offers_.find(id);
  if (found == offers_.end()) return;
  if (Listing* owner = listing(found->second.listing)) std::erase(owner->offers, id);
  offers_.erase(found);
}

Listing* Shop::listing(std::int64_t id) {
  const auto found = listings_.find(id);
  return found == listings_.end() || found->second.gone ? nullptr : &found->second;
}

Offer* Shop::offer(std::int64_t id) {
  const auto found = offers_.find(id);
  return found == offers_.end() ? nullptr : &found->second;
}

Offer* Shop::offer_of(std::string_view sku) {
  Offer* first = nullptr;
  for (auto& [id, offer] : offers_) {
    if (offer.sku != sku) continue;
    if (buyable(offer)) return &offer;
    if (!first) first = &offer;
  }
  return first;
}

Order* Shop::order(std::int64_t id) {
  const auto found = orders_.find(id);
  return found == orders_.end() ? nullptr : &found->second;
}

bool Shop::buyable(const Offer& offer) const {
  const auto owner = listings_.find(offer.listing);
  return offer.on_sale && owner != listings_.end() && !owner->second.gone && owner->second.showing == Showing::live;
}

Offer* Shop::any_offer(Units quantity) {
  std::vector<Offer*> candidates;
  for (auto& [id, offer] : offers_) {
    // In a shop people buy what lies on the shelf, whatever the till was told.
    const Units there = rules_.blocks_sales ? free_units(offer) : offer.document.integer_or("shelf", offer.quantity);
    if (buyable(offer) && (!offer.counted || there >= quantity)) candidates.push_back(&offer);
  }
  return candidates.empty() ? nullptr : candidates[rng_.below(candidates.size())];
}

void Shop::show(Offer& offer, Units quantity, Cause cause, std::string intent) {
  offer.quantity = quantity;
  history_.push_back({++movements_, now(), offer.sku, quantity, cause, std::move(intent)});
  if (history_.size() > most_movements) history_.pop_front();
}

Result<Order*> Shop::write_down(const std::vector<Wanted>& basket, Time at) {
  if (basket.empty() || basket.size() > most_lines) return refused("an order has 1 to " + std::to_string(most_lines) + " lines");
  if (orders_.size() >= most_things) return refused("the pretend platform is full");
  for (const Wanted& want : basket) {
    if (!offer(want.offer)) return refused("not listed");
    if (want.quantity < 1 || want.quantity > most_units) return refused("quantity must be 1 to " + std::to_string(most_units));
  }
  const std::int64_t id = one_series_ ? next_id() : (next_.order += rng_.between(101, 197));
  Order& order = orders_[id];
  order.id = id;
  order.accepted = order.modified = at;
  for (const Wanted& want : basket) {
    const Offer& offer = offers_.at(want.offer);
    const auto owner = listings_.find(offer.listing);
    const Minor price = want.unit_price.value_or(offer.price);
    order.lines.push_back({next_id(), offer.id, offer.listing, offer.sku, owner == listings_.end() ? std::string{} : owner->second.title,
                           want.quantity, 0, 0, price});
    order.total += price * want.quantity;
  }
  return &order;
}

Result<Order*> Shop::place(const std::vector<Wanted>& basket, OrderState state, bool over_rest) {
  std::map<std::int64_t, Units> asked;
  for (const Wanted& want : basket) {
    const Offer* offer = this->offer(want.offer);
    asked[want.offer] += want.quantity;
    if (!offer || over_rest || !rules_.blocks_sales) continue;
    if (!buyable(*offer)) return refused("not on sale");
    if (offer->counted && free_units(*offer) < asked[want.offer]) return refused("sold out");
  }
  auto written = write_down(basket, now());
  if (!written) return written;
  Order& order = **written;
  order.state = state;
  if (state == OrderState::paid) order.paid = order.accepted;
  for (const Wanted& want : basket) sold_[offers_.at(want.offer).sku].sold += want.quantity;
  if (rules_.takes == Rules::Takes::placed || (rules_.takes == Rules::Takes::paid && state != OrderState::unpaid)) {
    take(order);
  } else if (rules_.takes == Rules::Takes::paid) {
    for (const auto& [offer, units] : asked) offers_.at(offer).held += units;
  }
  return &order;
}

Result<Order*> Shop::remember(const std::vector<Wanted>& basket, Time placed) {
  auto written = write_down(basket, placed);
  if (!written) return written;
  Order& order = **written;
  order.paid = placed;
  order.state = OrderState::shipped;
  for (Line& line : order.lines) line.shipped = line.quantity;
  return &order;
}

void Shop::release_hold(const Order& order) {
  if (rules_.takes != Rules::Takes::paid || order.took) return;
  for (const Line& line : order.lines) {
    if (Offer* held = offer(line.offer)) held->held = std::max<Units>(0, held->held - line.quantity);
  }
}

void Shop::take(Order& order) {
  if (order.took || rules_.takes == Rules::Takes::never) return;
  order.took = true;
  for (const Line& line : order.lines) {
    Offer* sold = offer(line.offer);
    if (sold && sold->counted) show(*sold, sold->quantity - line.quantity, Cause::sale);
  }
}

void Shop::give_back(Order& order) {
  if (!order.took) return;
  order.took = false;
  for (const Line& line : order.lines) {
    Offer* back = offer(line.offer);
    if (back && back->counted && line.quantity > line.refunded) show(*back, back->quantity + line.quantity - line.refunded, Cause::cancel);
  }
}

Result<void> Shop::pay(Order& order) {
  if (order.state != OrderState::unpaid && order.state != OrderState::on_hold) {
    return refused("the order is " + std::string(name_of(order.state)) + ", it cannot be paid");
  }
  if (order.state == OrderState::unpaid) release_hold(order);
  order.state = OrderState::paid;
  order.modified = now();
  order.paid = order.modified;
  take(order);
  return {};
}

Result<void> Shop::hold(Order& order) {
  if (order.state != OrderState::unpaid) return refused("only an unpaid order can be put on hold");
  release_hold(order);
  order.state = OrderState::on_hold;
  order.modified = now();
  take(order);
  return {};
}

Result<void> Shop::cancel(Order& order) {
  if (order.state == OrderState::cancelled || order.state == OrderState::refunded) {
    return refused("the order is " + std::string(name_of(order.state)) + " already");
  }
  const bool unpaid = !order.paid.has_value();
  if (!unpaid && rules_.paid_cancel_refunds) {
    const auto whole = refund(order, {}, "cancelled by the buyer", rules_.gives_back_paid);
    if (!whole) return whole.error();
    return {};
  }
  if (order.state == OrderState::unpaid) release_hold(order);
  if (unpaid ? rules_.gives_back_unpaid : rules_.gives_back_paid) give_back(order);
  for (const Line& line : order.lines) sold_[line.sku].cancelled += line.quantity - line.refunded;
  order.state = OrderState::cancelled;
  order.modified = now();
  return {};
}

Result<void> Shop::ship(Order& order, const std::vector<RefundedLine>& parcel) {
  if (order.state != OrderState::paid && order.state != OrderState::part_shipped && order.state != OrderState::on_hold) {
    return refused("the order is " + std::string(name_of(order.state)) + ", it cannot be shipped");
  }
  const auto line_of = [&order](std::int64_t id) {
    return std::find_if(order.lines.begin(), order.lines.end(), [id](const Line& line) { return line.id == id; });
  };
  for (const RefundedLine& part : parcel) {
    const auto line = line_of(part.line);
    if (line == order.lines.end()) return refused("the order has no line " + std::to_string(part.line));
    if (part.quantity < 1 || part.quantity > line->quantity - line->shipped) return refused("more units than are open");
  }
  for (const RefundedLine& part : parcel) line_of(part.line)->shipped += part.quantity;
  bool open = false;
  for (Line& line : order.lines) {
    if (parcel.empty()) line.shipped = line.quantity;
    open = open || line.shipped < line.quantity;
  }
  order.state = open ? OrderState::part_shipped : OrderState::shipped;
  order.modified = now();
  return {};
}

Result<const Parcel*> Shop::send(Order& order, Parcel parcel) {
  if (parcel.lines.empty()) {
    for (const Line& line : order.lines) {
      if (line.quantity > line.shipped) parcel.lines.push_back({line.id, line.quantity - line.shipped, 0});
    }
  }
  if (parcel.lines.empty()) return refused("nothing is open");
  if (auto shipped = ship(order, parcel.lines); !shipped) return shipped.error();
  parcel.id = next_id();
  parcel.at = now();
  order.parcels.push_back(std::move(parcel));
  return &order.parcels.back();
}

Result<const Refund*> Shop::refund(Order& order, std::vector<RefundedLine> lines, std::string reason, bool restock) {
  if (order.state == OrderState::cancelled || order.state == OrderState::refunded || order.state == OrderState::unpaid) {
    return refused("the order is " + std::string(name_of(order.state)) + ", it cannot be refunded");
  }
  if (lines.empty()) {
    for (const Line& line : order.lines) {
      const Units left = line.quantity - line.refunded;
      if (left > 0) lines.push_back({line.id, left, left * line.unit_price});
    }
  }
  Refund refund{.id = next_id(), .at = now(), .amount = 0, .reason = std::move(reason), .lines = {}};
  for (const RefundedLine& part : lines) {
    const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&part](const Line& l) { return l.id == part.line; });
    if (line == order.lines.end()) return refused("the order has no line " + std::to_string(part.line));
    if (part.quantity < 0 || part.quantity > line->quantity - line->refunded) return refused("more units than are left to refund");
  }
  for (const RefundedLine& part : lines) {
    const auto line = std::find_if(order.lines.begin(), order.lines.end(), [&part](const Line& l) { return l.id == part.line; });
    line->refunded += part.quantity;
    refund.amount += part.amount;
    sold_[line->sku].returned += part.quantity;
    Offer* back = offer(line->offer);
    const bool to_the_shelf = restock || (rules_.gives_back_unshipped && line->shipped == 0);
    if (to_the_shelf && order.took && back && back->counted && part.quantity > 0) {
      line->restocked += part.quantity;
      show(*back, back->quantity + part.quantity, Cause::cancel);
    }
  }
  refund.lines = std::move(lines);
  order.refunds.push_back(std::move(refund));
  order.modified = now();
  const bool all = std::all_of(order.lines.begin(), order.lines.end(), [](const Line& line) { return line.refunded == line.quantity; });
  if (all) order.state = OrderState::refunded;
  return &order.refunds.back();
}

std::string price_text(Minor price, const std::string& currency) {
  const Money money{price, Currency{currency}};
  return money.major().text(money.currency.digits());
}

Result<Minor> price_of(std::string_view text, const std::string& currency) {
  const auto number = Decimal::parse(text);
  if (!number) return number.error();
  const auto money = Money::of(*number, Currency{currency});
  if (!money) return money.error();
  return money->minor;
}

}  // namespace tally::sandbox
