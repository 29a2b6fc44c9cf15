// A shop's order book as it was exported: one row a line, cancellations and corrections put through the same book. README.md tells how
// each kind of invoice is taken.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tally::demo {

struct Invoice {
  enum class Kind { sale, comes_back, adjustment, held };
  struct Line {
    std::string sku;
    std::int64_t quantity = 0;  ///< as it stands in the book: negative in a cancellation
    std::int64_t price = 0;     ///< of one, in minor units
  };
  std::string number, customer, country;
  std::string written_at;  ///< "2010-12-01 08:26", the shop's own time
  std::int64_t week = 0;   ///< Mondays since 1970 in the shop's own time
  Kind kind = Kind::held;
  std::string reason;  ///< why it is held
  std::vector<Line> lines;
};

struct Article {
  std::string title;
  std::int64_t price = 0;  ///< the first that was asked for it; 100 where none ever was
  bool goods = true;       ///< false: postage, fees, discounts and what else the book writes as a line
};

struct OrderBook {
  std::vector<Invoice> invoices;            ///< in the order of the file
  std::map<std::string, Article> articles;  ///< by code, byte by byte
};

/// Gzip or plain CSV with InvoiceNo, StockCode, Description, Quantity, InvoiceDate (month/day/year hour:minute), UnitPrice, CustomerID and
/// Country. Errors: io, invalid (with file and line), at most 256 MiB.
Result<OrderBook> read_order_book(const std::filesystem::path& file);

/// Something that lies on a shelf; not postage (POST, DOT, C2), entries by hand (M, m), discounts (D), samples (S) or fees.
bool is_goods(const std::string& code);

}  // namespace tally::demo
