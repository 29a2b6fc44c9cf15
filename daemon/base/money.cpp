// Currencies (ISO 4217) and amounts of them.
#include "base/decimal.hpp"

#include <algorithm>
#include <array>

namespace tally {
namespace {

/// Codes of four bytes each, so that a code stands at a multiple of four. Withdrawn codes that old orders may still carry are kept.
struct CurrencyGroup {
  int digits;
  std::string_view codes;

  bool has(std::string_view code) const {
    for (std::size_t at = 0; at + 3 <= codes.size(); at += 4) {
      if (codes.substr(at, 3) == code) return true;
    }
    return false;
  }
};

constexpr std::array<CurrencyGroup, 4> groups{{
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "},
    {2,
     "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC "
     "CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS "
     "KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN "
     "PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS "
     "UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL "},
    {3, "BHD IQD JOD KWD LYD OMR TND "},
    {4, "CLF UYW "},
}};

}  // namespace

Result<Currency> Currency::parse(std::string_view text) {
  if (text.size() == 3 && std::any_of(groups.begin(), groups.end(), [&](const CurrencyGroup& group) { return group.has(text); })) {
    return Currency{std::string(text)};
  }
  return error(Fault::invalid, "no currency: '" + std::string(text.substr(0, 20)) + "'", {},
               "write the three capitals of ISO 4217, for example EUR");
}

int Currency::digits() const {
  for (const CurrencyGroup& group : groups) {
    if (group.has(code)) return group.digits;
  }
  return 2;
}

Result<Money> Money::of(const Decimal& major, const Currency& currency) {
  if (currency.empty()) return error(Fault::invalid, "the amount " + major.text() + " has no currency");
  const int digits = currency.digits();
  Decimal unit(1);
  for (int i = 0; i < digits; ++i) unit = unit * Decimal(10);
  // An amount that could not be multiplied is far outside 64 bits already.
  const Decimal limit(std::int64_t{1'000'000'000'000'000'000});
  const Decimal rounded = major.rounded(digits);
  if (rounded > limit || rounded < -limit) return error(Fault::invalid, "the amount " + major.text() + " is out of range");
  const Result<std::int64_t> minor = (rounded * unit).whole();
  if (!minor) return error(Fault::invalid, "the amount " + major.text() + " " + currency.code + " is out of range");
  return Money{.minor = *minor, .currency = currency};
}

Result<Money> Money::parse(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) {
    return error(Fault::invalid, "no amount of money: '" + std::string(text.substr(0, 60)) + "'", {}, "write it like 12.50 EUR");
  }
  const Result<Decimal> major = Decimal::parse(text.substr(0, space));
  if (!major) return major.error();
  const Result<Currency> currency = Currency::parse(text.substr(space + 1));
  if (!currency) return currency.error();
  if (major->rounded(currency->digits()) != *major) {
    return error(Fault::invalid, "'" + std::string(text) + "' has more digits behind the point than " + currency->code + " has");
  }
  return of(*major, *currency);
}

Decimal Money::major() const {
  return Decimal::of(minor, currency.digits());
}

std::string Money::text() const {
  const std::string amount = major().text(currency.digits());
  return currency.empty() ? amount : amount + " " + currency.code;
}

}  // namespace tally
