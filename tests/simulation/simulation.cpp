#include "simulation/simulation.hpp"

#include "simulation/street.hpp"
#include "simulation/wire.hpp"
#include "store/journal.hpp"

#include <unistd.h>
#include <algorithm>
#include <utility>

namespace tally::simulation {
namespace {

constexpr std::uint64_t most_moments = 200000;
constexpr std::uint64_t thorough_every = 64;
constexpr Duration long_wait{1200000};  ///< longer than raises wait before somebody is told

/// On memory where there is such a place: durability is another test's subject.
std::filesystem::path folder_of(std::uint64_t seed) {
  const std::filesystem::path memory = "/dev/shm";
  const auto base = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  return base / ("tallyd-simulation-" + std::to_string(::getpid()) + "-" + std::to_string(seed));
}

std::vector<Shop> open_shops(Rng& rng, const Clock& clock, const Options& options) {
  std::vector<Shop> shops;
  if (options.script == Script::hot) {
    shops.push_back(make_shop(Kind::absolute, "absolute", rng, clock));
    shops.front().weather = {};
    shops.front().config.locations = {"main"};
    shops.front().lift_budgets();  // nobody keeps up with an order a second by seven requests a minute
    return shops;
  }
  const auto count = rng.between(2, 3);
  std::set<std::uint64_t> taken;
  while (shops.size() < static_cast<std::size_t>(count)) {
    const auto kind = rng.below(kinds);
    if (!taken.insert(kind).second) continue;
    shops.push_back(make_shop(static_cast<Kind>(kind), std::string(name_of(static_cast<Kind>(kind))), rng, clock));
    auto& config = shops.back().config;
    config.locations = {"main"};
    if (options.script == Script::street && rng.chance(40)) config.locations.emplace_back("second");
    if (options.script == Script::street && rng.chance(40)) shops.back().change_rules(rng);
    if (options.script == Script::broken_reads) shops.back().weather = Weather{.clear = true};
  }
  return shops;
}

class Run {
 public:
  Run(std::uint64_t seed, const Options& options)
      : seed_(seed),
        options_(options),
        rng_(seed),
        trace_(clock_, options.tail),
        agenda_(clock_),
        shops_(open_shops(rng_, clock_, options)),
        house_(folder_of(seed), clock_, trace_, shops_, seed),
        inspector_(house_, shops_, clock_, trace_),
        wire_(house_, inspector_, shops_, agenda_, clock_, Rng(rng_.next() ^ options.wire), trace_, [this] { next_turn_ = clock_.now(); }),
        street_(house_, inspector_, shops_, agenda_, clock_, Rng(rng_.next()), trace_, [this] { next_turn_ = clock_.now(); }) {}

  Report run() {
    begin();
    const Time calm_at = clock_.now() + (options_.script == Script::hot ? until_hot_ends() : Duration(options_.faults_ms));
    play(calm_at);
    go_on(calm_at);
    trace_.say("CALM");
    calm_ = true;
    wire_.calm();
    house_.crash_in(std::nullopt);
    const Duration rest = longest_rest();
    constexpr int quiet_at = 3;
    release_now_and_then(calm_at + rest * (quiet_at - 1));
    go_on(calm_at + std::max(rest * quiet_at, options_.script == Script::broken_reads ? long_wait : Duration(0)));
    if (!inspector_.violation() && options_.script != Script::broken_reads) inspector_.check_calm();
    if (!inspector_.violation() && options_.script == Script::broken_reads) check_progress();
    const auto before = wire_.count();
    go_on(calm_at + rest * (quiet_at + 1));
    return report(before);
  }

 private:
  Duration until_hot_ends() const { return shops_.front().config.orders_every * 12 + Duration(60000); }

  void play(Time until) {
    switch (options_.script) {
      case Script::street:
      case Script::same_world:
        return street_.live(until);
      case Script::broken_reads:
        if (never_read())
          wire_.break_order_reads();
        else
          agenda_.in(Duration(75000), [this] { wire_.break_order_reads(); });
        agenda_.in(Duration(30000), [this] { street_.move("receipt", street_.first_sku(), "main", 50, clock_.now()); });
        agenda_.in(Duration(80000), [this] { street_.move("adjust", street_.first_sku(), "main", -900, clock_.now()); });
        agenda_.in(Duration(140000), [this] { street_.move("receipt", street_.first_sku(), "main", 20, clock_.now()); });
        return;
      case Script::hot:
        street_.rush(Duration(1000), until);
        agenda_.in(Duration(60000), [this] { street_.move("receipt", street_.first_sku(), "main", 5000, clock_.now()); });
        agenda_.at(until, [this] { check_hot(); });
        return;
    }
  }

  /// L4: after ten readings of the orders the goods are there to be bought, whatever is sold meanwhile.
  void check_hot() {
    const auto* offer = shops_.front().platform->offer_of_sku(street_.first_sku());
    if (!offer || offer->number < 3000)
      inspector_.fail("L4 hot SKU", "5000 pieces arrived and " + std::to_string(offer ? offer->number : 0) + " are there to be bought");
  }

  /// L3: where the order list is closed, decreases arrive everywhere, and raises where the write itself is safe; of others somebody is
  /// told.
  void check_progress() {
    const auto& shop = shops_.front();
    const auto* offer = shop.platform->offer_of_sku(street_.first_sku());
    if (!offer || shop.kind == Kind::blind) return;  // nobody can tell what stands there: each write may be a raise
    Quantity right = 170;                            // 1000 were there, 50 came, 900 left and 20 came
    right = std::max<Quantity>(right - shop.config.stock.buffer, 0);
    if (shop.config.stock.cap) right = std::min(right, *shop.config.stock.cap);
    const bool relative = shop.kind == Kind::compare || shop.kind == Kind::delta || shop.kind == Kind::delta_with_key;
    const bool safe = shop.kind == Kind::till || (relative && !never_read());
    const std::string what = shop.name() + " shows " + std::to_string(offer->number) + " and should show " + std::to_string(right);
    if (offer->number > right) inspector_.fail("L3 progress", what + ": a decrease waits for an order list that is closed");
    if (safe && offer->number != right) inspector_.fail("L3 progress", what);
    if (offer->number < right && !is_told_of_raises()) inspector_.fail("L3 alert", what + ", and nobody is told why");
  }

  /// In one such world of two: nobody raises a number that was found there before the orders were read once.
  bool never_read() const { return seed_ % 2 == 0; }

  bool is_told_of_raises() {
    bool told = false;
    house_.read([&](store::Session& session) {
      for (const auto& problem : store::problems(session, 100))
        told = told || (problem.kind == "raises" && problem.channel == shops_.front().no);
    });
    return told;
  }

  void release_now_and_then(Time until) {
    agenda_.in(Duration(5000), [this, until] {
      if (clock_.now() > until) return;
      if (house_.up()) house_.release_held([this](ChannelNo channel, std::int64_t thing) { inspector_.released(channel, thing); });
      next_turn_ = clock_.now();
      release_now_and_then(until);
    });
  }

  void begin() {
    Rng setting(rng_.next());
    if (options_.script == Script::street && setting.chance(30)) house_.set_guard(1);
    if (options_.script != Script::street) street_.set_plenty();
    if (options_.script == Script::same_world) street_.leave_out_what_hangs_on_reading();
    const auto products = make_catalogue(setting);
    for (const auto& shop : shops_) trace_.say("shop     " + shop.name());
    house_.open_empty();
    street_.open_books(products);
    street_.list_some_by_hand(products);
    house_.fall();
    start();
    beat();
  }

  /// What the engine's thread does beside its turns.
  void beat() {
    agenda_.in(Duration(5000), [this] {
      house_.close_batches();
      next_turn_ = clock_.now();
      beat();
    });
  }

  std::optional<std::uint64_t> next_crash() {
    if (options_.crash_at) return std::exchange(first_start_, false) ? options_.crash_at : std::nullopt;
    if (calm_ || options_.script != Script::street || !rng_.chance(70)) return std::nullopt;
    return rng_.below(rng_.chance(30) ? 60 : 1500);
  }

  /// Up again, until it falls.
  void start() {
    house_.crash_in(next_crash());
    const bool opened = house_.open();
    trace_.say(opened ? "started" : "fell while starting");
    if (opened) inspector_.restarted();
    next_turn_ = clock_.now();
  }

  void fall() {
    trace_.fault("crash");
    trace_.say("CRASH");
    house_.fall();
    street_.fell();
    next_turn_ = never;
    agenda_.in(Duration(rng_.between(100, 8000)), [this] { start(); });
  }

  void turn() {
    ++turns_;
    const Time wanted = house_.turn([this](engine::Call call) { wire_.send(std::move(call)); });
    next_turn_ = std::max(wanted, clock_.now() + Duration(1));
  }

  /// Moment by moment.
  void go_on(Time until) {
    while (!inspector_.violation() && moments_ < most_moments) {
      const Time next = std::min(agenda_.next(), house_.up() ? next_turn_ : never);
      if (next > until) break;
      const auto commits = house_.commits();
      if (agenda_.next() <= next) {
        agenda_.step();
      } else {
        clock_.set(std::max(next, clock_.now()));
        turn();
      }
      ++moments_;
      if (house_.crashed()) fall();
      if (house_.commits() != commits || moments_ % 16 == 0) inspector_.check(moments_ % thorough_every == 0);
    }
    clock_.set(std::max(until, clock_.now()));
  }

  /// The longest that a difference may take to be found and mended once nothing is lost any more.
  Duration longest_rest() const {
    Duration longest{0};
    for (const auto& shop : shops_) {
      const auto& facts = shop.facts();
      longest = std::max(longest, shop.config.orders_every + shop.config.sweep_every + facts.settle + facts.order_lag + facts.deadline);
    }
    return longest;
  }

  Report report(const Wire::Count& before) {
    Report report;
    report.seed = seed_;
    if (inspector_.violation())
      report.violation = *inspector_.violation();
    else if (moments_ >= most_moments)
      report.violation = "the run does not end: the engine turns in circles";
    else if (wire_.count().pushes != before.pushes)
      report.violation = "L2 quiet: writes leave though everything is equal";
    else if (wire_.count().looks != before.looks && options_.script != Script::broken_reads)
      report.violation = "L2 quiet: offers are looked at though none is owed a look";
    if (!report.violation.empty()) report.tail = trace_.tail();
    report.trace = trace_.hash();
    report.moments = moments_;
    report.commits = house_.commits();
    report.turns = turns_;
    report.faults = trace_.faults();
    report.dump = options_.dump && house_.up() ? inspector_.dump() : 0;
    if (house_.up() && report.violation.empty()) report.end = inspector_.end();
    report.calls = wire_.count().calls;
    for (const auto& shop : shops_) report.orders += shop.platform->orders().size();
    const auto& count = inspector_.count();
    report.writes = count.writes, report.raises = count.raises;
    report.raised_over_unread = count.raised_over_unread, report.coincidences = count.coincidences;
    return report;
  }

  std::uint64_t seed_;
  Options options_;
  Rng rng_;
  FakeClock clock_;
  Trace trace_;
  Agenda agenda_;
  std::vector<Shop> shops_;
  House house_;
  Inspector inspector_;
  Wire wire_;
  Street street_;
  Time next_turn_ = never;
  bool calm_ = false, first_start_ = true;
  std::uint64_t moments_ = 0, turns_ = 0;
};

}  // namespace

Report simulate(std::uint64_t seed, const Options& options) {
  return Run(seed, options).run();
}

}  // namespace tally::simulation
