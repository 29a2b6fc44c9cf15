#include "mapping/expression.hpp"

namespace tally::mapping {
namespace {

using Op = Expression::Op;

struct Amount {
  Decimal number;
  std::string currency;  ///< empty: a plain number
};

std::optional<Amount> amount_of(const Json& value) {
  const Json* number = value.is_object() ? value.find("amount") : &value;
  if (number == nullptr || number->is_string()) return std::nullopt;
  const auto decimal = number->decimal();
  if (!decimal) return std::nullopt;
  return Amount{*decimal, value.text_or("currency")};
}

Json json_of(const Amount& amount) {
  if (amount.currency.empty()) return Json(amount.number);
  return Json::object({{"amount", Json(amount.number)}, {"currency", Json(amount.currency)}});
}

std::optional<Json> calculated(Op op, const Json& left, const Json& right) {
  const auto a = amount_of(left), b = amount_of(right);
  if (!a || !b) return std::nullopt;
  const bool both = !a->currency.empty() && !b->currency.empty();
  switch (op) {
    case Op::add:
    case Op::subtract:
      if (a->currency != b->currency) return std::nullopt;
      return json_of({op == Op::add ? a->number + b->number : a->number - b->number, a->currency});
    case Op::multiply:
      if (both) return std::nullopt;
      return json_of({a->number * b->number, a->currency + b->currency});
    case Op::divide: {
      if (a->currency.empty() && !b->currency.empty()) return std::nullopt;
      const auto quotient = a->number.divided_by(b->number);
      if (!quotient) return std::nullopt;
      return json_of({*quotient, both ? std::string() : a->currency});
    }
    default:
      return std::nullopt;
  }
}

std::optional<Json> compared(Op op, const Json& left, const Json& right) {
  if (op == Op::equal || op == Op::unequal) return Json((left == right) == (op == Op::equal));
  std::strong_ordering order = std::strong_ordering::equal;
  const auto a = amount_of(left), b = amount_of(right);
  if (a && b) {
    if (a->currency != b->currency && !a->currency.empty() && !b->currency.empty()) return std::nullopt;
    order = a->number <=> b->number;
  } else if (left.is_string() && right.is_string()) {  // times: ISO text in UTC sorts by time
    order = left.as_string().compare(right.as_string()) <=> 0;
  } else {
    return std::nullopt;
  }
  switch (op) {
    case Op::less:
      return Json(order < 0);
    case Op::less_equal:
      return Json(order <= 0);
    case Op::greater:
      return Json(order > 0);
    default:
      return Json(order >= 0);
  }
}

}  // namespace

std::optional<Json> evaluate(const Expression& expression, const Frames& frames) {
  const auto& parts = expression.parts;
  switch (expression.op) {
    case Op::literal:
      return expression.literal.is_null() ? std::nullopt : std::optional(expression.literal);
    case Op::path:
      return value_at(expression.path, frames);
    case Op::coalesce: {
      auto left = evaluate(parts[0], frames);
      return left ? left : evaluate(parts[1], frames);
    }
    case Op::conjunction:
      return Json(holds(parts[0], frames) && holds(parts[1], frames));
    case Op::disjunction:
      return Json(holds(parts[0], frames) || holds(parts[1], frames));
    case Op::negation:
      return Json(!holds(parts[0], frames));
    default:
      break;
  }
  const auto left = evaluate(parts[0], frames), right = evaluate(parts[1], frames);
  if (!left || !right) return std::nullopt;
  return expression.op < Op::equal ? calculated(expression.op, *left, *right) : compared(expression.op, *left, *right);
}

bool holds(const Expression& condition, const Frames& frames) {
  const auto value = evaluate(condition, frames);
  return value && (!value->is_bool() || value->as_bool());
}

}  // namespace tally::mapping
