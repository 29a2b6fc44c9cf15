// Exact decimal numbers and money. No floating point anywhere near a price.
#pragma once

#include "base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace tally {

/// A decimal number of at most 36 significant digits: `unscaled` / 10^`scale`, 0 <= scale <= 18. A value type; operations that would leave
/// that range answer with an Error (parse, multiply) or round to 18 places, half to even (divide).
class Decimal {
 public:
  __extension__ using Int = __int128;

  constexpr Decimal() = default;
  constexpr Decimal(std::int64_t whole) : unscaled_(whole) {}  // NOLINT: a whole number is a decimal
  static constexpr Decimal of(Int unscaled, int scale) { return Decimal(unscaled, scale); }

  /// Reads "12", "-0.50", "1e3", "+7.1"; nothing else, in particular no spaces, no thousand signs.
  static Result<Decimal> parse(std::string_view text);

  /// Without an exponent and without zeros at the end of the fraction: "12.5".
  std::string text() const;
  /// With exactly `places` digits behind the point, rounded half to even: "12.50".
  std::string text(int places) const;

  Decimal rounded(int places) const;  ///< half to even
  Decimal floored() const;            ///< to a whole number, downwards
  bool is_whole() const;
  bool is_zero() const { return unscaled_ == 0; }
  bool is_negative() const { return unscaled_ < 0; }
  /// As int64 if whole and in range.
  Result<std::int64_t> whole() const;

  Decimal operator-() const { return Decimal(-unscaled_, scale_); }
  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b);
  friend Decimal operator*(const Decimal& a, const Decimal& b);  ///< rounded to 18 places where needed
  Result<Decimal> divided_by(const Decimal& divisor) const;      ///< 18 places, half to even; dividing by zero is `invalid`

  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

 private:
  constexpr Decimal(Int unscaled, int scale) : unscaled_(unscaled), scale_(scale) {}
  Int unscaled_ = 0;
  int scale_ = 0;
};

/// An ISO 4217 code in capitals: "EUR". Empty means "not said".
struct Currency {
  std::string code;

  /// Three capitals that ISO 4217 knows.
  static Result<Currency> parse(std::string_view text);
  /// Digits behind the point: 2 for EUR, 0 for JPY, 3 for KWD.
  int digits() const;
  bool empty() const { return code.empty(); }
  auto operator<=>(const Currency&) const = default;
};

/// An amount in the smallest unit of its currency (cents, fen, yen).
struct Money {
  std::int64_t minor = 0;
  Currency currency;

  /// Rounds half to even to the currency's digits; `invalid` if out of range.
  static Result<Money> of(const Decimal& major, const Currency& currency);
  /// "12.50 EUR"
  static Result<Money> parse(std::string_view text);
  Decimal major() const;
  std::string text() const;  ///< "12.50 EUR"
  bool operator==(const Money&) const = default;
};

}  // namespace tally
