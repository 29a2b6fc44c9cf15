// What platforms leave unsaid about an order, and what they say against themselves.
#include "model/claim.hpp"
#include "model/order.hpp"

#include <algorithm>

namespace tally {
namespace {

using Doubts = std::vector<std::string>;
using Amount = std::optional<Money>;

constexpr Quantity most_units = 1'000'000'000;

bool sensible(Quantity units) {
  return units > 0 && units <= most_units;
}

std::string call(const OrderLine& line, std::size_t place) {
  return "line " + (line.id.empty() ? std::to_string(place + 1) : line.id) + (line.sku.empty() ? "" : " (" + line.sku.text + ")");
}

Money in(const Currency& currency, std::int64_t minor) {
  return Money{minor, currency};
}

struct Sum {
  std::int64_t minor = 0;
  bool known = true;  ///< every amount so far was there
  bool in_range = true;

  void add(const Amount& amount, int sign = 1) {
    if (!amount) {
      known = false;
    } else if (sign > 0 ? __builtin_add_overflow(minor, amount->minor, &minor) : __builtin_sub_overflow(minor, amount->minor, &minor)) {
      in_range = false;
    }
  }
};

Amount difference(const Money& a, const Money& b) {
  std::int64_t minor = 0;
  if (__builtin_sub_overflow(a.minor, b.minor, &minor)) return std::nullopt;
  return in(a.currency, minor);
}

Amount sum_of(const Money& a, const Money& b) {
  std::int64_t minor = 0;
  if (__builtin_add_overflow(a.minor, b.minor, &minor)) return std::nullopt;
  return in(a.currency, minor);
}

/// Visits every amount of the order with its name.
template <class Visit>
void each_amount(Order& order, const Visit& visit) {
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    OrderLine& line = order.lines[i];
    const std::string name = call(line, i);
    visit(line.amount, name + ", amount");
    visit(line.discounted, name + ", discounted");
    visit(line.discount, name + ", discount");
    visit(line.tax, name + ", tax");
  }
  for (Fee& fee : order.fees) {
    visit(fee.amount, "fee '" + fee.name + "', amount");
    visit(fee.tax, "fee '" + fee.name + "', tax");
  }
  visit(order.shipping, "shipping");
  visit(order.discounts, "discounts");
  visit(order.tax, "tax");
  visit(order.total, "total");
}

/// False where the amounts are in more than one currency: then no sum means anything.
bool settle_currency(Order& order, Doubts& doubts) {
  if (order.currency.empty() && order.total) order.currency = order.total->currency;
  each_amount(order, [&](const Amount& amount, const std::string&) {
    if (order.currency.empty() && amount) order.currency = amount->currency;
  });
  const std::size_t before = doubts.size();
  each_amount(order, [&](const Amount& amount, const std::string& name) {
    if (amount && amount->currency != order.currency)
      doubts.push_back(name + " is " + amount->text() + ", but the order is in " + order.currency.code);
  });
  return doubts.size() == before;
}

/// quantity × unit price: where it has more digits than the currency, either neighbour will do, for platforms round their own way.
void check_unit_price(const OrderLine& line, const std::string& name, Doubts& doubts) {
  const Decimal product = *line.unit_price * Decimal(line.quantity);
  const Decimal off = product - line.amount->major();
  const Decimal smallest = in(line.amount->currency, 1).major();
  if (off < smallest && -off < smallest) return;
  doubts.push_back(name + ": " + std::to_string(line.quantity) + " × " + line.unit_price->text() + " is " + product.text() +
                   ", but its amount is " + line.amount->text());
}

void complete_line(OrderLine& line, const Currency& currency, const std::string& name, Doubts& doubts) {
  const bool amount_given = line.amount.has_value();
  if (!line.amount && line.unit_price && sensible(line.quantity)) {
    if (auto product = Money::of(*line.unit_price * Decimal(line.quantity), currency)) line.amount = *product;
  }
  if (!line.amount && line.discounted && line.discount) line.amount = sum_of(*line.discounted, *line.discount);
  if (!line.amount) return;
  if (!line.discount && line.discounted) line.discount = difference(*line.amount, *line.discounted);
  if (!line.discounted && line.discount) line.discounted = difference(*line.amount, *line.discount);
  if (line.discount && line.discounted && sum_of(*line.discounted, *line.discount) != line.amount) {
    doubts.push_back(name + ": " + line.discounted->text() + " after a discount of " + line.discount->text() +
                     " does not make its amount of " + line.amount->text());
  }
  if (!sensible(line.quantity)) return;
  if (line.unit_price) {
    if (amount_given) check_unit_price(line, name, doubts);
  } else {
    const auto price = line.amount->major().divided_by(Decimal(line.quantity));
    if (price && *price * Decimal(line.quantity) == line.amount->major()) line.unit_price = *price;
  }
}

/// total − (lines + fees + shipping + tax unless included − discounts), what is not there counted as nothing; unknown where a line or a fee
/// has no amount.
Sum remainder_of(const Order& order) {
  Sum rest;
  if (order.total) rest.add(order.total);
  for (const OrderLine& line : order.lines) rest.add(line.amount, -1);
  for (const Fee& fee : order.fees) rest.add(fee.amount, -1);
  if (order.shipping) rest.add(order.shipping, -1);
  if (order.tax && !order.tax_included) rest.add(order.tax, -1);
  if (order.discounts) rest.add(order.discounts);
  return rest;
}

void derive_from_lines(Order& order) {
  Sum discounts, tax;
  for (const OrderLine& line : order.lines) {
    discounts.add(line.discount);
    tax.add(line.tax);
  }
  for (const Fee& fee : order.fees) tax.add(fee.tax);
  const bool has_lines = !order.lines.empty();
  if (!order.discounts && discounts.known && discounts.in_range && has_lines) order.discounts = in(order.currency, discounts.minor);
  // The lines' taxes are the order's only where nothing else (shipping) may have been taxed.
  const bool taxed_lines_only = !order.total || (order.shipping && order.shipping->minor == 0);
  if (!order.tax && tax.known && tax.in_range && has_lines && taxed_lines_only) order.tax = in(order.currency, tax.minor);
}

std::string spelt(const Order& order) {
  Sum lines, fees;
  for (const OrderLine& line : order.lines) lines.add(line.amount);
  for (const Fee& fee : order.fees) fees.add(fee.amount);
  std::string text = "lines " + in(order.currency, lines.minor).text();
  if (!order.fees.empty()) text += " + fees " + in(order.currency, fees.minor).text();
  if (order.shipping) text += " + shipping " + order.shipping->text();
  if (order.tax && !order.tax_included) text += " + tax " + order.tax->text();
  if (order.discounts) text += " − discounts " + order.discounts->text();
  return text;
}

/// One amount that is missing follows from the others. Several do not; then only what no amounts could make true is a contradiction.
void complete_total(Order& order, Doubts& doubts) {
  const Sum rest = remainder_of(order);
  if (!rest.in_range) doubts.push_back("the amounts are too large to be added up");
  if (!rest.known || !rest.in_range) return;
  if (!order.total) {
    if (!order.lines.empty() && rest.minor != INT64_MIN) order.total = in(order.currency, -rest.minor);
    return;
  }
  const bool tax_open = !order.tax && !order.tax_included;
  const bool may_be_more = !order.shipping || tax_open;  // something missing could be added
  const bool may_be_less = !order.discounts;             // something missing could be taken away
  const int missing = !order.shipping + tax_open + !order.discounts;
  if ((rest.minor > 0 && !may_be_more) || (rest.minor < 0 && !may_be_less)) {
    const std::int64_t made = order.total->minor - rest.minor;
    doubts.push_back("the total is " + order.total->text() + ", but " + spelt(order) + " makes " + in(order.currency, made).text() +
                     " (off by " + in(order.currency, rest.minor).text() + ")");
  } else if (missing == 1) {
    Amount& open = !order.shipping ? order.shipping : tax_open ? order.tax : order.discounts;
    open = in(order.currency, &open == &order.discounts ? -rest.minor : rest.minor);
  }
}

/// What payment and fulfilment come to where no date of a cancellation stands; nothing where they do not say enough.
std::optional<OrderState> state_of(std::optional<PaymentState> payment, std::optional<FulfilmentState> fulfilment) {
  if (payment == PaymentState::refunded) return OrderState::refunded;
  if (fulfilment == FulfilmentState::done) return OrderState::shipped;
  if (fulfilment == FulfilmentState::part) return OrderState::part_shipped;
  if (payment == PaymentState::paid || payment == PaymentState::part_refunded) {
    return fulfilment == FulfilmentState::held ? OrderState::held : OrderState::paid;
  }
  if (payment == PaymentState::part_paid)
    return OrderState::held;  // goods for which somebody has paid a part are theirs, and wait for the rest
  return payment ? std::optional(OrderState::pending) : std::nullopt;  // a lapsed authorisation is not a cancellation: it may be paid yet
}

/// How far the goods are on their way; for telling a step back from one forward.
int progress_of(OrderState state) {
  switch (state) {
    case OrderState::pending:
      return 0;
    case OrderState::paid:
    case OrderState::held:
    case OrderState::released:
      return 1;
    case OrderState::part_shipped:
      return 2;
    case OrderState::shipped:
      return 3;
    case OrderState::completed:
    case OrderState::cancelled:
    case OrderState::refunded:
      return 4;
  }
  return 0;
}

/// The state of platforms that say payment and fulfilment apart. What only a single state (or we ourselves) can say is never taken back:
/// completed, cancelled, refunded, released; nor, without a word about fulfilment, any progress of the goods.
void derive_state(Order& order) {
  if (order.cancelled_at) {
    order.state = OrderState::cancelled;
    return;
  }
  const auto derived = state_of(order.payment, order.fulfilment);
  if (!derived) return;
  const bool back = progress_of(*derived) < progress_of(order.state);
  const bool final = progress_of(order.state) == 4 && !(order.state == OrderState::completed && *derived == OrderState::refunded);
  const bool released = order.state == OrderState::released && (*derived == OrderState::paid || *derived == OrderState::held);
  if (!final && !released && !(back && !order.fulfilment)) order.state = *derived;
}

}  // namespace

std::vector<std::string> complete(Order& order) {
  Doubts doubts;
  settle_after_sales(order);
  derive_state(order);
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const Quantity quantity = order.lines[i].quantity;
    if (sensible(quantity) || (quantity == 0 && count_of(order, order.lines[i]).returned > 0)) continue;
    doubts.push_back(call(order.lines[i], i) + ": a quantity of " + std::to_string(quantity) + "; from 1 to " + std::to_string(most_units) +
                     " is possible");
  }
  if (!settle_currency(order, doubts)) return doubts;
  for (std::size_t i = 0; i < order.lines.size(); ++i) complete_line(order.lines[i], order.currency, call(order.lines[i], i), doubts);
  derive_from_lines(order);
  complete_total(order, doubts);
  return doubts;
}

}  // namespace tally
