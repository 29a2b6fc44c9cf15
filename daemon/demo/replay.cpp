#include "demo/replay.hpp"

#include "cli/console.hpp"
#include "cli/demo_table.hpp"
#include "demo/books.hpp"
#include "demo/judge.hpp"
#include "demo/scene.hpp"
#include "demo/store_file.hpp"

#include <chrono>
#include <iostream>
#include <thread>

#include <unistd.h>

namespace tally::demo {
namespace {

using Steady = std::chrono::steady_clock;

constexpr Duration most_patience{900000};           ///< for listing everything, becoming calm, and each week's end
constexpr std::int64_t most_unread = 60;            ///< orders that the daemon may be behind
constexpr std::int64_t most_pending = 1500;         ///< numbers that the daemon may be behind
constexpr std::int64_t most_units_a_line = 10'000;  ///< beyond it the daemon holds the order for a person
constexpr int invoices_a_look = 10;                 ///< between two looks at how far it is behind
constexpr std::chrono::milliseconds nap{50};        ///< while it catches up
constexpr std::chrono::milliseconds tick{1100};     ///< platforms tell the time in seconds: a count and a sale must not share one
constexpr std::chrono::seconds look_pause{3};       ///< between two looks at all of its status, which costs it half a second
constexpr std::int64_t long_before_ms = 30ll * 86'400'000;

/// The same number, the same platform: FNV-1a.
std::size_t hash_of(const std::string& text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return static_cast<std::size_t>(hash);
}

std::string price_text(std::int64_t minor) {
  return Decimal::of(minor, 2).text(2);
}

class Replay {
 public:
  Replay(const cli::DemoOptions& options, std::function<bool()> stop, OrderBook book)
      : options_(options),
        book_(std::move(book)),
        books_(book_),
        scene_(options, std::move(stop), Terms{.currency = "GBP", .wide = true}),
        screen_(std::cout, !options.json && ::isatty(STDOUT_FILENO) == 1) {}

  Result<int> run() {
    if (auto opened = scene_.open(); !opened) return opened.error();
    auto store = StoreFile::open(scene_.folder() / "config/tally.db");
    if (!store) return store.error();
    store_.emplace(std::move(*store));
    if (auto filled = fill(); !filled) return filled.error();
    began_ = SystemClock().now();
    scene_.say(std::to_string(book_.invoices.size()) + " invoices are replayed");
    for (const Invoice& invoice : book_.invoices) {
      if (scene_.stopped()) return error(Fault::cancelled, "stopped", "demo");
      if (auto turned = turn_to(invoice.week); !turned) return turned.error();
      if (auto done = take(invoice); !done) return done.error();
      ++taken_;
      if (auto kept = keep_pace(); !kept) return kept.error();
    }
    if (auto written = stock_take(); !written) return written.error();
    screen_.leave();
    replayed_in_ = SystemClock().now() - began_;
    scene_.say("waiting until everything is calm");
    if (auto calm = scene_.become_calm(assortment_, most_patience); !calm) return calm.error();
    return verdict();
  }

 private:
  Result<void> fill() {
    const std::int64_t first = book_.invoices.empty() ? 0 : book_.invoices.front().week;
    week_ = first;
    for (const auto& [code, article] : book_.articles) {
      assortment_.products.push_back(simple_product(code, article.title, article.price, "GBP"));
      assortment_.supply[code] = 0;
    }
    for (const auto& [sku, units] : books_.arrivals(first)) assortment_.supply[sku] += units;
    for (const auto& [sku, units] : books_.shelf()) assortment_.supply[sku] += units;
    assortment_.shelf = books_.shelf();
    books_.arrived(books_.arrivals(first));
    if (auto filled = scene_.fill(assortment_, most_patience); !filled) return filled;
    for (const auto& [sku, units] : assortment_.shelf) {
      if (auto there = until_on_shelf(sku, units); !there) return there;
    }
    std::this_thread::sleep_for(tick);
    return {};
  }

  /// The week before is closed by a stock-take of what was written off in it; then its goods arrive.
  Result<void> turn_to(std::int64_t week) {
    if (week == week_) return {};
    if (auto taken = stock_take(); !taken) return taken;
    while (week_ < week) {
      ++week_;
      if (auto delivered = deliver(books_.arrivals(week_)); !delivered) return delivered;
    }
    return {};
  }

  Result<void> deliver(const UnitsBySku& arrivals) {
    if (arrivals.empty()) return {};
    Json rows = Json::array();
    for (const auto& [sku, units] : arrivals)
      rows.push_back(Json::object({{"sku", sku}, {"location", "main"}, {"quantity", units}, {"reason", "delivery"}}));
    auto moved = scene_.daemon().post("stock", Json::object({{"kind", "receipt"}, {"rows", std::move(rows)}, {"again", true}}));
    if (!moved) return moved.error();
    if (moved->integer_or("applied") != static_cast<std::int64_t>(arrivals.size()))
      return error(Fault::rejected, "a delivery was not taken whole: " + moved->dump(), "stock");
    books_.arrived(arrivals);
    return {};
  }

  Result<void> take(const Invoice& invoice) {
    switch (invoice.kind) {
      case Invoice::Kind::sale:
        return sell(invoice);
      case Invoice::Kind::comes_back:
        return bring_back(invoice);
      case Invoice::Kind::adjustment:
        for (const auto& line : invoice.lines) to_write_off_[line.sku] -= line.quantity;
        ++adjustments_;
        return {};
      case Invoice::Kind::held:
        ++held_[invoice.reason];
        return {};
    }
    return {};
  }

  const std::string& platform_of(const Invoice& invoice) const {
    const auto& names = scene_.platforms().names();
    return names[hash_of(invoice.number) % names.size()];
  }

  static Json buyer_of(const Invoice& invoice) {
    const std::string who = invoice.customer.empty() ? "guest" : invoice.customer;
    return Json::object({{"name", "Customer " + who},
                         {"first_name", "Customer"},
                         {"last_name", who},
                         {"email", who + "@customers.example"},
                         {"note", "invoice " + invoice.number + " of " + invoice.written_at + " in Europe/London, " + invoice.country}});
  }

  /// At the counter of the till people can carry only what lies there; the other platforms refuse what their own number does not cover.
  std::int64_t carried(const std::string& platform, const Invoice::Line& line, const UnitsBySku& in_hand) const {
    if (platform != "till") return line.quantity;
    const auto mine = in_hand.find(line.sku);
    return std::clamp<std::int64_t>(books_.left(line.sku) - (mine == in_hand.end() ? 0 : mine->second), 0, line.quantity);
  }

  Result<void> sell(const Invoice& invoice) {
    const std::string& platform = platform_of(invoice);
    Json lines = Json::array();
    std::vector<Invoice::Line> wanted;
    UnitsBySku in_hand;
    for (const auto& line : invoice.lines) {
      const std::int64_t units = carried(platform, line, in_hand);
      left_out_ += line.quantity - units;
      in_hand[line.sku] += units;
      for (std::int64_t rest = units; rest > 0; rest -= most_units_a_line) {
        const std::int64_t part = std::min(rest, most_units_a_line);
        wanted.push_back({line.sku, part, line.price});
        lines.push_back(Json::object({{"sku", line.sku}, {"quantity", part}, {"price", price_text(line.price)}}));
      }
    }
    if (wanted.empty()) return hold("sold out");
    auto sold = scene_.platforms().post(platform, "sell", Json::object({{"lines", std::move(lines)}, {"buyer", buyer_of(invoice)}}));
    if (!sold) return sold.error();
    for (const auto& part : sold->find("left_out")->as_array()) {
      wanted[static_cast<std::size_t>(part.integer_or("line"))].quantity -= part.integer_or("quantity");
      left_out_ += part.integer_or("quantity");
    }
    const Json* order = sold->find("order");
    if (order->is_null()) return hold("sold out");
    std::int64_t position = 0;
    for (const auto& line : wanted) {
      if (line.quantity > 0) books_.sold(invoice.customer, line.sku, {platform, order->text_or("id"), position++, line.quantity});
    }
    ++documents_[platform];
    ++orders_[platform];
    return {};
  }

  Result<void> hold(const std::string& reason) {
    ++held_[reason];
    return {};
  }

  /// Each part goes back to the order that it was sold with; what nobody here has sold is a refund of a sale from before all this.
  Result<void> bring_back(const Invoice& invoice) {
    std::map<std::pair<std::string, std::string>, std::vector<SoldLine>> by_order;
    UnitsBySku unsaid;
    Json unknown = Json::array();
    const std::string& platform = platform_of(invoice);
    for (const auto& line : invoice.lines) {
      if (!is_goods(line.sku)) continue;  // only money comes back for a charge
      std::int64_t rest = -line.quantity;
      books_.came_back(line.sku, rest);
      for (auto& part : books_.take_back(invoice.customer, line.sku, rest)) {
        rest -= part.units;
        if (!says_what_lies_there(part.platform)) unsaid[line.sku] += part.units;
        by_order[{part.platform, part.order}].push_back(std::move(part));
      }
      if (rest == 0) continue;
      if (platform != "till") unsaid[line.sku] += rest;
      unknown.push_back(Json::object({{"sku", line.sku}, {"quantity", rest}, {"price", price_text(line.price)}}));
    }
    for (const auto& [order, parts] : by_order) {
      Json lines = Json::array();
      for (const auto& part : parts) lines.push_back(Json::object({{"line", part.line}, {"quantity", part.units}}));
      if (auto done = refund(order.first, Json::object({{"order", order.second}, {"lines", std::move(lines)}}), invoice); !done)
        return done;
    }
    if (!unknown.empty()) {
      Json wish =
          Json::object({{"lines", std::move(unknown)}, {"sold_at_ms", to_ms(began_) - long_before_ms}, {"buyer", buyer_of(invoice)}});
      if (auto done = refund(platform, std::move(wish), invoice); !done) return done;
      if (platform != "till") ++documents_[platform];
    }
    ++returns_;
    return put_back(unsaid, invoice);
  }

  Result<void> refund(const std::string& platform, Json wish, const Invoice& invoice) {
    wish.set("restock", says_what_lies_there(platform)).set("reason", invoice.number);
    if (auto done = scene_.platforms().post(platform, "return", wish); !done) return done.error();
    if (platform == "till") ++documents_[platform];  // a receipt of its own
    return {};
  }

  /// The shop tells what it put back on its shelf, and the till's own receipt does.
  static bool says_what_lies_there(const std::string& platform) { return platform == "shop" || platform == "till"; }

  /// Elsewhere, and for sales that nobody here knows, a refund is money; that the goods lie there again is booked by the warehouse.
  Result<void> put_back(const UnitsBySku& goods, const Invoice& invoice) {
    for (const auto& [sku, units] : goods) {
      if (auto put = move(sku, "main", "receipt", units, "return " + invoice.number); !put) return put;
    }
    return {};
  }

  Result<void> move(const std::string& sku, const std::string& location, const std::string& kind, std::int64_t units,
                    const std::string& reason) {
    auto moved = scene_.daemon().post(
        "stock", Json::object({{"sku", sku}, {"location", location}, {"kind", kind}, {"quantity", units}, {"reason", reason}}));
    if (!moved) return moved.error();
    return {};
  }

  /// What was written off since the last one is missing on the till's shelf, and the till counts it.
  Result<void> stock_take() {
    if (auto drained = drain(); !drained) return drained;
    if (to_write_off_.empty()) return {};
    UnitsBySku counted;
    for (const auto& [sku, units] : to_write_off_) {
      const auto there = on_shelf(sku);
      if (!there) return there.error();
      const std::int64_t short_by = std::max<std::int64_t>(0, units - *there);
      if (short_by > 0) {  // customers took it from there: some is carried over from the warehouse
        if (auto put = move(sku, "main", "adjust", -short_by, "carried to the shop"); !put) return put;
        if (auto put = move(sku, "shelf", "adjust", short_by, "carried from the warehouse"); !put) return put;
      }
      counted[sku] = *there + short_by - units;
      books_.written_off(sku, units);
    }
    for (const auto& [sku, units] : counted) {
      if (auto put = scene_.platforms().post("till", "stock", Json::object({{"sku", sku}, {"quantity", units}})); !put) return put.error();
    }
    for (const auto& [sku, units] : counted) {
      if (auto there = until_on_shelf(sku, units); !there) return there;
    }
    to_write_off_.clear();
    std::this_thread::sleep_for(tick);
    return {};
  }

  Result<std::int64_t> on_shelf(const std::string& sku) {
    auto found = scene_.daemon().get("products", {{"sku", sku}});
    if (!found) return found.error();
    for (const auto& product : found->find("items")->as_array()) {
      for (const auto& row : product.find("stock")->as_array()) {
        if (row.text_or("sku") == sku && row.text_or("location") == "shelf") return row.integer_or("on_hand");
      }
    }
    return std::int64_t{0};
  }

  Result<void> until_on_shelf(const std::string& sku, std::int64_t units) {
    return wait(sku + " on the till's shelf", [&]() -> Result<bool> {
      const auto there = on_shelf(sku);
      if (!there) return there.error();
      return *there == units;
    });
  }

  /// Until every order is here that a platform took.
  Result<void> drain() {
    return wait("orders that were not taken in", [this]() -> Result<bool> {
      const auto behind = how_far_behind();
      if (!behind) return behind.error();
      return behind->orders == 0;
    });
  }

  Result<void> wait(const std::string& what, const std::function<Result<bool>()>& so) {
    const auto until = Steady::now() + most_patience;
    while (!scene_.stopped()) {
      if (auto kept = scene_.keep_daemon(); !kept) return kept;
      const auto now = so();
      if (!now) return now.error();
      if (*now) return {};
      if (Steady::now() > until)
        return error(Fault::transient, "waited in vain: " + what, "demo", "read the daemon's log (with --keep it stays)");
      std::this_thread::sleep_for(nap);
    }
    return error(Fault::cancelled, "stopped", "demo");
  }

  /// Orders that a platform has and the daemon has not, and changes that it has not sent.
  struct Behind {
    std::int64_t orders = 0, pending = 0;
  };
  Result<Behind> how_far_behind() {
    const auto here = store_->orders();
    if (!here) return here.error();
    const auto pending = store_->pending();
    if (!pending) return pending.error();
    Behind behind{.orders = 0, .pending = *pending};
    for (const auto& [platform, count] : documents_) {
      const auto taken_in = here->find(platform);
      behind.orders += count - (taken_in == here->end() ? 0 : taken_in->second);
    }
    show();
    return behind;
  }

  Result<void> keep_pace() {
    if (taken_ % invoices_a_look != 0) return {};
    return wait("the daemon keeps up", [this]() -> Result<bool> {
      const auto behind = how_far_behind();
      if (!behind) return behind.error();
      return behind->orders <= most_unread && behind->pending <= most_pending;
    });
  }

  void show() {
    const auto now = Steady::now();
    if (!screen_.terminal() || now - shown_at_ < look_pause) return;
    const auto status = scene_.daemon().get("status");
    if (!status) return;  // it is being started again
    shown_at_ = Steady::now();
    const cli::DemoFacts facts{SystemClock().now() - began_, options_.seed, orders_,
                               "invoice " + std::to_string(taken_) + " of " + std::to_string(book_.invoices.size()) + ", written " +
                                   book_.invoices[std::min(taken_, book_.invoices.size() - 1)].written_at};
    screen_.show(cli::draw_demo(cli::Console::of_process(), *status, facts));
  }

  Result<int> verdict() {
    Verdict verdict;
    const auto& platforms = scene_.platforms();
    const auto& daemon = scene_.daemon();
    auto there = ask_platforms(platforms, assortment_, began_);
    if (!there) return there.error();
    if (auto done = compare_orders(*there, daemon, verdict); !done) return done.error();
    if (auto done = compare_documents(verdict); !done) return done.error();
    if (auto done = compare_ledger(verdict); !done) return done.error();
    auto explained = store_->oversells_explained();
    if (!explained) return explained.error();
    compare_oversold(books_.sold_too_many(), std::move(*explained), verdict);
    if (auto done = measure(platforms, *there, assortment_, verdict); !done) return done.error();
    auto drift = count_drift(platforms, daemon, assortment_, &verdict.notes);
    if (!drift) return drift.error();
    verdict.drift = *drift;
    Json answer = verdict.json();
    Json reasons = Json::object();
    std::int64_t held = 0;
    for (const auto& [reason, count] : held_) {
      reasons.set(reason, count);
      held += count;
    }
    answer.set("returns", returns_).set("adjustments", adjustments_).set("held", held).set("held_reasons", std::move(reasons));
    answer.set("left_out_units", left_out_).set("replayed_in_ms", static_cast<std::int64_t>(replayed_in_.count()));
    std::cout << answer.dump() << std::endl;
    const bool all = verdict.orders + returns_ + adjustments_ + held == static_cast<std::int64_t>(book_.invoices.size());
    return verdict.good() && all ? 0 : 1;
  }

  /// Also those that are no sale: refunds of old sales, and the till's own receipts for what came back.
  Result<void> compare_documents(Verdict& verdict) {
    for (const auto& [platform, count] : documents_) {
      auto here = all_items(scene_.daemon(), "orders", platform);
      if (!here) return here.error();
      const auto found = static_cast<std::int64_t>(here->size());
      if (found == count) continue;
      found < count ? ++verdict.lost : ++verdict.duplicated;
      note(&verdict.notes, platform + " has " + std::to_string(count) + " orders and refunds, here are " + std::to_string(found));
    }
    return {};
  }

  /// The goods, unit by unit: what the movements come to against what was recorded here.
  Result<void> compare_ledger(Verdict& verdict) {
    auto sums = store_->ledger();
    if (!sums) return sums.error();
    for (const auto& [sku, units] : books_.all_left()) {
      const LedgerSum found = (*sums)[sku];
      if (found.on_hand == units && found.reserved == 0) continue;
      found.on_hand - found.reserved > units ? ++verdict.lost : ++verdict.duplicated;
      note(&verdict.notes, sku + ": the ledger's movements come to " + std::to_string(found.on_hand) + " and " +
                               std::to_string(found.reserved) + " reserved, it must be " + std::to_string(units));
    }
    return {};
  }

  const cli::DemoOptions& options_;
  OrderBook book_;
  Books books_;
  Assortment assortment_;
  Scene scene_;
  std::optional<StoreFile> store_;
  cli::Screen screen_;
  Time began_ = long_ago;
  Duration replayed_in_{0};
  std::int64_t week_ = 0;
  std::size_t taken_ = 0;
  UnitsBySku to_write_off_;
  std::map<std::string, std::int64_t> orders_, documents_;  ///< by platform: sales, and all that the daemon must have as an order
  std::map<std::string, std::int64_t> held_;                ///< by reason
  std::int64_t returns_ = 0, adjustments_ = 0, left_out_ = 0;
  Steady::time_point shown_at_;
};

}  // namespace

Result<int> replay(const cli::DemoOptions& options, const std::function<bool()>& stop_requested) {
  auto book = read_order_book(*options.replay);
  if (!book) return book.error();
  if (book->invoices.empty()) return error(Fault::invalid, "the order book is empty", options.replay->string());
  return Replay(options, stop_requested, std::move(*book)).run();
}

}  // namespace tally::demo
