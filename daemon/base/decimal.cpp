#include "base/decimal.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace tally {
namespace {

using Int = Decimal::Int;
__extension__ using Unsigned = unsigned __int128;

constexpr int max_scale = 18;
constexpr int max_digits = 36;

constexpr std::array<Int, 39> powers = [] {
  std::array<Int, 39> out{};
  out[0] = 1;
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * 10;
  return out;
}();

Int power_of_ten(int exponent) {
  ensure(exponent >= 0 && exponent < static_cast<int>(powers.size()), "a power of ten outside 0..38");
  return powers[static_cast<std::size_t>(exponent)];
}

Unsigned magnitude(Int value) {
  return value < 0 ? -static_cast<Unsigned>(value) : static_cast<Unsigned>(value);
}

/// Drops the last `places` digits, half to even.
Int without_digits(Int value, int places) {
  if (places <= 0) return value;
  if (places >= static_cast<int>(powers.size())) return 0;
  const Int unit = power_of_ten(places);
  Int quotient = value / unit;
  const Unsigned rest = magnitude(value % unit);
  const Unsigned half = static_cast<Unsigned>(unit) / 2;
  if (rest > half || (rest == half && quotient % 2 != 0)) quotient += value < 0 ? -1 : 1;
  return quotient;
}

[[noreturn]] void out_of_range() {
  throw std::overflow_error("a calculation left the range of decimals (about 38 digits): look for an absurd price or factor");
}

/// The product of two magnitudes, which may need 256 bits, as limbs of 64 bits with the lowest first.
class WideProduct {
 public:
  WideProduct(Unsigned a, Unsigned b) {
    const std::array<std::uint64_t, 2> x{static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(a >> 64)};
    const std::array<std::uint64_t, 2> y{static_cast<std::uint64_t>(b), static_cast<std::uint64_t>(b >> 64)};
    for (std::size_t i = 0; i < 2; ++i) {
      std::uint64_t carry = 0;
      for (std::size_t j = 0; j < 2; ++j) {
        const Unsigned sum = static_cast<Unsigned>(x[i]) * y[j] + limbs_[i + j] + carry;
        limbs_[i + j] = static_cast<std::uint64_t>(sum);
        carry = static_cast<std::uint64_t>(sum >> 64);
      }
      limbs_[i + 2] = carry;
    }
  }

  void drop_digit() {
    std::uint64_t rest = 0;
    for (std::size_t i = limbs_.size(); i-- > 0;) {
      const Unsigned part = (static_cast<Unsigned>(rest) << 64) | limbs_[i];
      limbs_[i] = static_cast<std::uint64_t>(part / 10);
      rest = static_cast<std::uint64_t>(part % 10);
    }
    dropped_any_ = dropped_any_ || last_ != 0;
    last_ = rest;
  }

  bool fits() const { return limbs_[2] == 0 && limbs_[3] == 0 && (limbs_[1] >> 62) == 0; }

  Unsigned rounded() const {
    const Unsigned value = (static_cast<Unsigned>(limbs_[1]) << 64) | limbs_[0];
    const bool up = last_ > 5 || (last_ == 5 && (dropped_any_ || value % 2 != 0));
    return value + (up ? 1 : 0);
  }

 private:
  std::array<std::uint64_t, 4> limbs_{};
  std::uint64_t last_ = 0;    ///< the digit dropped last
  bool dropped_any_ = false;  ///< a digit before it was not zero
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Error not_a_decimal(std::string_view text) {
  return error(Fault::invalid, "not a decimal number: '" + std::string(text.substr(0, 60)) + "'", {}, "write it like 12.50");
}

/// The exponent behind an e, between -200 and 200; more than that is out of range in any case.
bool read_exponent(std::string_view text, std::size_t& at, int& exponent) {
  bool negative = false;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
  if (at == text.size() || !is_digit(text[at])) return false;
  for (; at < text.size() && is_digit(text[at]); ++at) exponent = std::min(exponent * 10 + (text[at] - '0'), 200);
  if (negative) exponent = -exponent;
  return true;
}

/// The digits of a number without sign and point, zeros at both ends taken off, and how many of them stand behind the point.
struct Digits {
  std::string text;
  int scale = 0;

  void strip() {
    while (!text.empty() && text.back() == '0') {
      text.pop_back();
      --scale;
    }
    text.erase(0, text.find_first_not_of('0'));
    if (text.empty()) scale = 0;
  }
};

}  // namespace

Result<Decimal> Decimal::parse(std::string_view text) {
  constexpr std::size_t longest = 400;
  if (text.empty() || text.size() > longest) return not_a_decimal(text);
  std::size_t at = 0;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') ++at;
  Digits digits;
  if (at == text.size() || !is_digit(text[at])) return not_a_decimal(text);
  for (; at < text.size() && is_digit(text[at]); ++at) digits.text += text[at];
  if (at < text.size() && text[at] == '.') {
    if (++at == text.size() || !is_digit(text[at])) return not_a_decimal(text);
    for (; at < text.size() && is_digit(text[at]); ++at, ++digits.scale) digits.text += text[at];
  }
  int exponent = 0;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    if (!read_exponent(text, ++at, exponent)) return not_a_decimal(text);
  }
  if (at != text.size()) return not_a_decimal(text);
  digits.scale -= exponent;
  digits.strip();

  const int whole_zeros = std::max(0, -digits.scale);
  if (digits.scale > max_scale || static_cast<int>(digits.text.size()) + whole_zeros > max_digits) {
    return error(Fault::invalid, "the number '" + std::string(text.substr(0, 60)) + "' has too many digits", {},
                 "at most 36 digits, 18 of them behind the point");
  }
  Int unscaled = 0;
  for (const char c : digits.text) unscaled = unscaled * 10 + (c - '0');
  unscaled *= power_of_ten(whole_zeros);
  return Decimal(negative ? -unscaled : unscaled, std::max(0, digits.scale));
}

std::string Decimal::text(int places) const {
  const Decimal value = rounded(places);
  Unsigned rest = magnitude(value.unscaled_);
  std::string digits;
  for (; rest != 0; rest /= 10) digits += static_cast<char>('0' + static_cast<int>(rest % 10));
  while (static_cast<int>(digits.size()) <= value.scale_) digits += '0';
  std::reverse(digits.begin(), digits.end());
  digits.append(static_cast<std::size_t>(std::max(0, places - value.scale_)), '0');
  if (places > 0) digits.insert(digits.size() - static_cast<std::size_t>(places), ".");
  return value.is_negative() ? "-" + digits : digits;
}

std::string Decimal::text() const {
  int places = scale_;
  for (Int rest = unscaled_; places > 0 && rest % 10 == 0; rest /= 10) --places;
  return text(places);
}

Decimal Decimal::rounded(int places) const {
  ensure(places >= 0, "rounding to a negative number of places");
  if (places >= scale_) return *this;
  return Decimal(without_digits(unscaled_, scale_ - places), places);
}

Decimal Decimal::floored() const {
  const Int unit = power_of_ten(scale_);
  const Int quotient = unscaled_ / unit;
  return Decimal(quotient - (unscaled_ % unit < 0 ? 1 : 0), 0);
}

bool Decimal::is_whole() const {
  return unscaled_ % power_of_ten(scale_) == 0;
}

Result<std::int64_t> Decimal::whole() const {
  if (!is_whole()) return error(Fault::invalid, text() + " is not a whole number");
  const Int value = unscaled_ / power_of_ten(scale_);
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) {
    return error(Fault::invalid, text() + " is too large for a whole number of 64 bits");
  }
  return static_cast<std::int64_t>(value);
}

Decimal operator+(const Decimal& a, const Decimal& b) {
  const Decimal& coarse = a.scale_ <= b.scale_ ? a : b;
  const Decimal& fine = a.scale_ <= b.scale_ ? b : a;
  // Where 36 digits and 18 places do not go together, the places give way.
  for (int scale = fine.scale_; scale >= coarse.scale_; --scale) {
    Int wide = 0;
    Int sum = 0;
    if (__builtin_mul_overflow(coarse.unscaled_, power_of_ten(scale - coarse.scale_), &wide)) continue;
    if (__builtin_add_overflow(wide, without_digits(fine.unscaled_, fine.scale_ - scale), &sum)) continue;
    return Decimal(sum, scale);
  }
  out_of_range();
}

Decimal operator-(const Decimal& a, const Decimal& b) {
  return a + -b;
}

Decimal operator*(const Decimal& a, const Decimal& b) {
  int scale = a.scale_ + b.scale_;
  Int product = 0;
  if (!__builtin_mul_overflow(a.unscaled_, b.unscaled_, &product)) {
    return Decimal(without_digits(product, scale - max_scale), std::min(scale, max_scale));
  }
  WideProduct wide(magnitude(a.unscaled_), magnitude(b.unscaled_));
  for (; scale > 0 && (scale > max_scale || !wide.fits()); --scale) wide.drop_digit();
  if (!wide.fits()) out_of_range();
  const Int value = static_cast<Int>(wide.rounded());
  return Decimal(a.is_negative() != b.is_negative() ? -value : value, scale);
}

Result<Decimal> Decimal::divided_by(const Decimal& divisor) const {
  if (divisor.is_zero()) return error(Fault::invalid, "division of " + text() + " by zero");
  const Unsigned by = magnitude(divisor.unscaled_);
  const Unsigned largest = static_cast<Unsigned>(power_of_ten(38));
  const auto too_large = [&] { return error(Fault::invalid, text() + " / " + divisor.text() + " leaves the range of decimals"); };
  if (by > static_cast<Unsigned>(power_of_ten(37))) return too_large();
  Unsigned quotient = magnitude(unscaled_) / by;
  Unsigned rest = magnitude(unscaled_) % by;
  // Long division by hand: the numerator scaled up at once could need 72 digits.
  for (int digit = max_scale - scale_ + divisor.scale_; digit > 0; --digit) {
    if (quotient >= largest / 10) return too_large();
    rest *= 10;
    quotient = quotient * 10 + rest / by;
    rest %= by;
  }
  if (rest * 2 > by || (rest * 2 == by && quotient % 2 != 0)) ++quotient;
  const Int value = static_cast<Int>(quotient);
  return Decimal(is_negative() != divisor.is_negative() ? -value : value, max_scale);
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const Int whole_a = a.unscaled_ / power_of_ten(a.scale_);
  const Int whole_b = b.unscaled_ / power_of_ten(b.scale_);
  if (whole_a != whole_b) return whole_a < whole_b ? std::strong_ordering::less : std::strong_ordering::greater;
  const Int part_a = a.unscaled_ % power_of_ten(a.scale_) * power_of_ten(max_scale - a.scale_);
  const Int part_b = b.unscaled_ % power_of_ten(b.scale_) * power_of_ten(max_scale - b.scale_);
  if (part_a == part_b) return std::strong_ordering::equal;
  return part_a < part_b ? std::strong_ordering::less : std::strong_ordering::greater;
}

}  // namespace tally
