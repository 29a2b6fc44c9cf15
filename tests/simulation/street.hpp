// Everybody who is not the engine: shoppers on every channel, the merchant's hand on the platforms,
// and the merchant's own goods coming and going.
#pragma once

#include "simulation/inspector.hpp"

#include <deque>
#include <functional>
#include <memory>

namespace tally::simulation {

class Street {
 public:
  Street(House& house, Inspector& inspector, std::vector<Shop>& shops, Agenda& agenda, const FakeClock& clock, Rng rng, Trace& trace,
         std::function<void()> touch);

  /// The merchant's opening stock, in the store before the first channel is.
  void open_books(const std::vector<Product>& products);
  /// What is on some of the platforms before we come.
  void list_some_by_hand(const std::vector<Product>& products);
  /// Something happens every now and then until `until`.
  void live(Time until);
  /// On the first shop somebody buys one of the first SKU every `each`.
  void rush(Duration each, Time until);
  /// Goods that arrive or leave; tried again until the store has them.
  void move(const std::string& kind, const std::string& sku, const std::string& place, Quantity quantity, Time as_of);
  const std::string& first_sku() const { return stocked_.front(); }
  /// Before the books are opened: so much of everything that nothing runs out.
  void set_plenty() { plenty_ = true; }
  /// Counts (of which it matters what was read by then), bundles made of other parts, clocks that are set, a product of which few are
  /// there.
  void leave_out_what_hangs_on_reading() { steady_ = true; }
  /// The daemon fell: now and then its machine's clock is set before it is up again.
  void fell();

 private:
  /// Of the merchant's catalogue, on its way.
  struct File {
    std::deque<Json> chunks;
    std::int64_t batch = 0;  ///< 0: its first chunk was not taken yet
    bool left_open = false;  ///< whoever sends it goes away before its end
  };

  void act();
  void buy(Shop& shop, const std::string& sku, Quantity quantity);
  void race();
  void after_placing(Shop& shop, const std::string& order);
  void tell(const Shop& shop, const std::string& what, const std::string& order, const Result<void>& done);
  void cancel(Shop& shop, const std::string& order);
  void edit_an_order();
  bool edit(Shop& shop, const std::string& id, std::size_t line, Quantity quantity);
  void by_hand();
  void move_goods();
  void reload();
  void change_the_rules();
  void edit_the_bundle();
  void change_the_catalogue();
  void import_a_file();
  void spoil(std::deque<Json>& chunks);
  void next_chunk(const std::shared_ptr<File>& file);
  void put_right();
  void decide_what_is_held();
  void add_the_late_product();
  void set_a_clock();
  void set_our_clock();
  void set_our_clock(Duration off);
  void refund(Shop& shop, const std::string& order);
  Shop& some_shop();
  std::string some_sku();
  void later(std::int64_t from_ms, std::int64_t to_ms, std::function<void()> what);

  House& house_;
  Inspector& inspector_;
  std::vector<Shop>& shops_;
  Agenda& agenda_;
  const FakeClock& clock_;
  Rng rng_;
  Trace& trace_;
  std::function<void()> touch_;
  Time until_ = long_ago;
  std::vector<std::string> skus_, stocked_;
  std::int64_t next_cause_ = 1;
  std::vector<Product> products_;  ///< as the merchant's catalogue has them
  std::optional<Product> late_;    ///< sold on some platforms before the merchant's catalogue has it
  bool plenty_ = false, steady_ = false;
};

}  // namespace tally::simulation
