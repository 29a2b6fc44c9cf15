#include "mapping/expression.hpp"

#include "base/complaint.hpp"

#include <algorithm>
#include <utility>

namespace tally::mapping {
namespace {

using Op = Expression::Op;

constexpr int most_levels = 32;

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_number(Kind kind) {
  return kind == Kind::integer || kind == Kind::decimal;
}

bool is_arithmetic(Op op) {
  return op >= Op::add && op <= Op::divide;
}
bool is_comparison(Op op) {
  return op >= Op::equal && op <= Op::greater_equal;
}

class Parser {
 public:
  Parser(std::string_view text, const ResolveName& resolve, const Place& place, Complaints& complaints)
      : text_(text), resolve_(resolve), place_(place), complaints_(complaints) {}

  std::optional<Expression> whole() {
    auto expression = disjunction();
    if (expression && !failed_ && at_ < text_.size()) return fail("'" + std::string(text_.substr(at_)) + "' is not understood");
    return failed_ ? std::nullopt : std::move(expression);
  }

 private:
  using Level = std::optional<Expression> (Parser::*)();
  struct Sign {
    std::string_view text;
    Op op;
  };

  std::optional<Expression> fail(std::string what, std::string hint = {}) {
    if (!failed_) complaints_.push_back({place_, "in '" + std::string(text_) + "': " + std::move(what), std::move(hint)});
    failed_ = true;
    return std::nullopt;
  }
  bool refuse(std::string what, std::string hint = {}) {
    fail(std::move(what), std::move(hint));
    return false;
  }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  /// Words only where they end there: `order` does not begin with `or`.
  bool take(std::string_view sign) {
    skip_spaces();
    if (text_.substr(at_, sign.size()) != sign) return false;
    const std::size_t end = at_ + sign.size();
    if (is_name_byte(sign.back()) && end < text_.size() && is_name_byte(text_[end])) return false;
    at_ = end;
    skip_spaces();
    return true;
  }
  std::optional<Expression> chain(Level part, std::initializer_list<Sign> signs, bool once = false) {
    auto left = (this->*part)();
    for (bool again = true; left && again;) {
      again = false;
      for (const Sign& sign : signs) {
        if (!take(sign.text)) continue;
        auto right = (this->*part)();
        if (!right) return std::nullopt;
        left = joined(sign.op, std::move(*left), std::move(*right));
        again = !once;
        break;
      }
    }
    return left;
  }
  std::optional<Expression> disjunction() { return chain(&Parser::conjunction, {{"or", Op::disjunction}}); }
  std::optional<Expression> conjunction() { return chain(&Parser::negation, {{"and", Op::conjunction}}); }
  std::optional<Expression> negation() {
    if (!take("not")) return comparison();
    if (++level_ > most_levels) return fail("too deeply nested");
    auto inner = negation();
    --level_;
    if (!inner) return std::nullopt;
    Expression out{.op = Op::negation, .kind = Kind::boolean, .literal = {}, .path = {}, .parts = {}};
    out.parts.push_back(std::move(*inner));
    return out;
  }
  std::optional<Expression> comparison() {
    return chain(
        &Parser::coalesce,
        {{"==", Op::equal}, {"!=", Op::unequal}, {"<=", Op::less_equal}, {">=", Op::greater_equal}, {"<", Op::less}, {">", Op::greater}},
        true);
  }
  std::optional<Expression> coalesce() { return chain(&Parser::sum, {{"??", Op::coalesce}}); }
  std::optional<Expression> sum() { return chain(&Parser::product, {{"+", Op::add}, {"-", Op::subtract}}); }
  std::optional<Expression> product() { return chain(&Parser::single, {{"*", Op::multiply}, {"/", Op::divide}}); }

  std::optional<Expression> single() {
    skip_spaces();
    if (at_ >= text_.size()) return fail("something is missing at the end");
    if (take("(")) {
      if (++level_ > most_levels) return fail("too deeply nested");
      auto inner = disjunction();
      --level_;
      if (inner && !take(")")) return fail("a ')' is missing");
      return inner;
    }
    if (text_[at_] == '\'') return quoted();
    const std::size_t from = at_;
    while (at_ < text_.size() && is_name_byte(text_[at_])) ++at_;
    const std::string_view word = text_.substr(from, at_ - from);
    if (word.empty()) return fail("'" + std::string(text_.substr(at_)) + "' is not understood");
    if (word == "true" || word == "false") return literal(Json(word == "true"), Kind::boolean);
    if (is_digit(word[0])) return number(word);
    auto resolved = resolve_(word);
    if (!resolved) failed_ = true;  // the scope has complained
    return resolved;
  }
  std::optional<Expression> number(std::string_view word) {
    const auto value = Decimal::parse(word);
    if (!value) return fail("'" + std::string(word) + "' is no number");
    return literal(Json(*value), Kind::decimal);
  }
  std::optional<Expression> quoted() {
    std::string inside;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '\'') {
        inside += text_[at_];
      } else if (text_.substr(at_, 2) == "''") {
        inside += text_[at_++];
      } else {
        ++at_;
        return literal(Json(std::move(inside)), Kind::text);
      }
    }
    return fail("a quote is not closed");
  }
  static Expression literal(Json value, Kind kind) {
    return {.op = Op::literal, .kind = kind, .literal = std::move(value), .path = {}, .parts = {}};
  }

  std::optional<Expression> joined(Op op, Expression left, Expression right) {
    Expression out{.op = op, .kind = Kind::boolean, .literal = {}, .path = {}, .parts = {}};
    if (op == Op::coalesce) out.kind = left.kind;
    if (is_arithmetic(op)) {
      if (!fit_for_arithmetic(op, left, right)) return fail("only numbers, and amounts in one currency, can be calculated with");
      const bool ratio = op == Op::divide && right.kind == Kind::money;
      out.kind = !ratio && (left.kind == Kind::money || right.kind == Kind::money) ? Kind::money : Kind::decimal;
    }
    if (is_comparison(op) && !fit_for_comparison(op, left, right)) return std::nullopt;
    out.parts.push_back(std::move(left));
    out.parts.push_back(std::move(right));
    return out;
  }
  static bool is_list(const Expression& e) { return e.op == Op::path && e.path.list; }
  static bool unknown(const Expression& e) { return e.op == Op::literal && e.literal.is_null(); }
  static bool fit_for_arithmetic(Op op, const Expression& left, const Expression& right) {
    if (unknown(left) || unknown(right)) return true;
    const bool money[] = {left.kind == Kind::money, right.kind == Kind::money};
    if (is_list(left) || is_list(right) || (!money[0] && !is_number(left.kind)) || (!money[1] && !is_number(right.kind))) return false;
    if (op == Op::add || op == Op::subtract) return money[0] == money[1];
    return op == Op::multiply ? !(money[0] && money[1]) : money[0] || !money[1];
  }
  bool fit_for_comparison(Op op, const Expression& left, const Expression& right) {
    if (unknown(left) || unknown(right)) return true;
    if (is_list(left) || is_list(right)) return refuse("a list can only be asked whether it is there");
    if (!knows_word(left, right) || !knows_word(right, left)) return false;
    const auto family = [](Kind kind) { return is_number(kind) ? Kind::decimal : kind == Kind::choice ? Kind::text : kind; };
    const bool times = left.kind == Kind::time && right.kind == Kind::time;
    const bool ordered =
        times || ((is_number(left.kind) || left.kind == Kind::money) && (is_number(right.kind) || right.kind == Kind::money));
    if (op != Op::equal && op != Op::unequal && !ordered) return refuse("only numbers, amounts and times are smaller or larger");
    if (!ordered && family(left.kind) != family(right.kind)) return refuse("these two can never be equal");
    return true;
  }
  bool knows_word(const Expression& path, const Expression& word) {
    if (path.op != Op::path || path.kind != Kind::choice || word.op != Op::literal || !word.literal.is_string()) return true;
    const auto& choices = path.path.type->choices;
    if (std::find(choices.begin(), choices.end(), word.literal.as_string()) != choices.end()) return true;
    return refuse("'" + path.path.text + "' is never '" + word.literal.as_string() + "'", did_you_mean(word.literal.as_string(), choices));
  }

  std::string_view text_;
  const ResolveName& resolve_;
  const Place& place_;
  Complaints& complaints_;
  std::size_t at_ = 0;
  int level_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<Expression> parse_expression(std::string_view text, const ResolveName& resolve, const Place& place, Complaints& complaints) {
  return Parser(text, resolve, place, complaints).whole();
}

}  // namespace tally::mapping
