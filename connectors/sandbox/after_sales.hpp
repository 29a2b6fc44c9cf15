// What shoppers ask for after the sale, where the merchant can only agree to it. Knows no dialect.
#pragma once

#include "connectors/sandbox/shop.hpp"

namespace tally::sandbox {

struct AfterSale {
  enum class Kind { money, goods };  ///< goods: they go back, then it is paid
  enum class State { asked, agreed, sent_back, done, withdrawn };
  std::int64_t id = 0, order = 0, line = 0;
  Kind kind = Kind::money;
  State state = State::asked;
  bool shipped = false;  ///< the line had left when it was asked for
  Units units = 0;
  Minor amount = 0;
  std::string reason;
  Time created, modified;
};

/// Not thread-safe, like the shop. At most 100,000.
class AfterSales {
 public:
  AfterSales(Shop& shop, std::int64_t first_id) : shop_(shop), next_(first_id) {}

  /// What a shopper does, by the control interface's words: {"kind": "money" or "goods", "sku", "quantity", "amount", "reason"} for `ask`;
  /// `send-back` and `withdraw` of the order's last one that is open. Errors say why it cannot be.
  Result<const AfterSale*> ask(const Order& order, const Json& wish);
  Result<const AfterSale*> send_back(const Order& order);
  Result<const AfterSale*> withdraw(const Order& order);
  Result<const AfterSale*> act(const Order& order, std::string_view verb, const Json& wish);
  /// The merchant's word: the next step of it. Pays what is to be paid. `goods_may_come`: the step that is meant; another one is refused.
  Result<const AfterSale*> agree(std::int64_t id, bool goods_may_come);
  /// A refund that happened without being asked for: one after-sale a line, done.
  std::vector<const AfterSale*> note(const Order& order, const Refund& refund);

  const AfterSale* find(std::int64_t id) const;
  const std::map<std::int64_t, AfterSale>& all() const { return sales_; }
  std::vector<const AfterSale*> of(const Order& order) const;

 private:
  AfterSale& add(const Order& order, const Line& line);
  AfterSale* open_of(const Order& order);

  Shop& shop_;
  std::int64_t next_;
  std::map<std::int64_t, AfterSale> sales_;
};

}  // namespace tally::sandbox
