// What decides the next step for one channel. step() never blocks on the platform; the Calls it returns do. Engine's thread only.
#pragma once

#include "base/rng.hpp"
#include "engine/call.hpp"
#include "engine/compare.hpp"
#include "engine/guard.hpp"
#include "engine/night.hpp"
#include "engine/number.hpp"
#include "engine/ownership.hpp"
#include "engine/subscriptions.hpp"
#include "engine/world.hpp"
#include "store/catalogue.hpp"
#include "store/offers.hpp"
#include "store/order_tasks.hpp"

#include <map>
#include <optional>
#include <set>

namespace tally::engine {

class Lane {
 public:
  /// `number` is no other lane's, also of the same channel before a reload.
  Lane(World& world, std::shared_ptr<Channel> channel, std::uint64_t number, std::uint64_t seed);

  /// After a start: intents of which nobody knows what became of them are unknown. Before the first step.
  Result<void> recover();

  struct Step {
    std::optional<Call> call;  ///< to be performed, and handed to finish()
    Time idle_until = never;   ///< when there is no call: nothing to do before, unless something is marked
  };
  Result<Step> step();
  Result<void> finish(const Call& call, Outcome outcome);

  /// An own order moved this offer's number while a look may be in the air.
  void own_step(VariantNo variant, const OwnStep& step);

  /// Look at everything now (a person asked); also ends a pause and a back-off.
  void hurry();
  /// The machine's clock was set, and what the store remembers in its time was moved by as much.
  void clock_was_set(Duration by);
  /// Rules or connector were replaced by a reload.
  void replace(std::shared_ptr<Channel> channel);

  struct State {
    Time last_order_read = long_ago, last_sweep = long_ago, sleep_until = long_ago;
    std::string reason;
    unsigned failures = 0;
    Time list_rests_until = long_ago;  ///< the order list, which fails: it alone
    std::string list_reason;
    unsigned list_failures = 0;
    std::size_t raises_held = 0, calls_out = 0;
    Time raises_held_since = never;  ///< of those raises the one that waits longest
    std::size_t orders_missed = 0;   ///< that no reading and no webhook had brought, and the comparison did; since the start
    std::optional<Duration> last_decrease;
    bool hurried = false;  ///< what a person asked for is not done yet
    WebhooksState webhooks;
  };
  const State& state() const { return state_; }
  ChannelNo channel() const { return channel_->no; }
  std::uint64_t number() const { return number_; }

 private:
  /// A reading of numbers that is in the air, and what own orders were imported since it left.
  struct Reading {
    Time started;
    std::map<VariantNo, Collected> meanwhile;
  };
  /// What the last look of an offer allows for a short while.
  struct Looked {
    Time at;
    Quantity seen = 0;
    Quantity left = 0;           ///< of it, less what own orders have taken since
    Quantity believed_high = 0;  ///< what is missing from it may be orders that nobody has read
    bool after_read = false;     ///< a complete order read had begun after the belief's anchor, and was applied
    bool equal = false;
    std::optional<Quantity> relative;  ///< looked unequal three times running: send this much more than was seen
  };
  struct Read {
    Time began = long_ago, ended = long_ago;
    std::int64_t last_row = 0;
  };
  /// By a page of orders.
  struct Brought {
    std::set<std::string> unread;             ///< hashes of documents of which nothing has come so far
    std::map<std::string, Duration> lacking;  ///< orders of which a part was not given, and when they are asked for again
    Time newest_unknown = long_ago;           ///< when the newest of the orders that were not here was changed
    std::size_t stored = 0;                   ///< documents
  };
  enum class May { send, look, read, wait, drop };
  struct Decision {
    May may = May::wait;
    store::Mark mark;
    store::Intent intent;
    channel::Change change;
  };
  enum class Waits { no, for_its_turn, to_know_more };
  struct Answer {
    std::optional<Decision> send;
    Waits waits = Waits::no;
  };
  /// A number that could not leave when its mark was answered last. It is answered again when something was heard that may let it go.
  struct Waiting {
    std::int64_t generation = 0;  ///< of its mark
    bool down = false;
    bool its_turn = false;  ///< is all that it waits for
    Time since = never;     ///< when it began to wait for what is not known; never: it does not
    Time again = long_ago;  ///< at the latest
  };

  // lane.cpp
  Result<Step> next_step();
  Result<void> ask_due(std::set<std::string>& aspects);  ///< nothing where we may not write
  bool seat_free(bool urgent) const;
  Call make(Call::Kind kind, bool urgent);
  void failed(const Error& error, Time left_at);
  void list_failed(const Error& error, Time left_at);
  void not_stored(const Call& call, const Error& error);
  void succeeded();
  Result<void> pause(const Error& error);
  void outcome_unknown(store::Session& session, const store::Intent& intent, const std::string& why);
  Result<void> settle_lost();
  Result<void> park(store::Session& session, const store::Mark& mark, const std::string& thing, const Error& error,
                    const std::string& hash);
  Time when_next();
  /// What the platform refused is not sent again until it is something else.
  static bool refused_before(const store::Mark& mark, const std::string& hash) {
    return !mark.parked_hash.empty() && mark.parked_hash == hash;
  }
  bool busy(const std::string& aspect, std::int64_t thing) const { return busy_.contains({aspect, thing}); }
  Result<void> finish_push(const Call& call, Outcome& outcome);

  // lane_budget.cpp
  /// No budget of the account's has room for it before; nothing: it may go.
  std::optional<Time> closed_until(std::string_view operation, bool urgent = false);
  /// For a reading that was told to wait; nothing: it was something else.
  std::optional<Time> put_off(const Call& call, const Error& error);

  // lane_stock.cpp
  Result<std::vector<store::Mark>> open_stock_marks(bool downs, std::set<VariantNo>& due) const;
  std::optional<Call> push_of(std::vector<Decision> sends, bool urgent);
  Result<std::optional<Call>> next_stock(bool downs);
  Answer answer_stock_mark(store::Session& session, const store::Mark& mark, bool downs);
  std::optional<std::int64_t> rank_of(VariantNo variant, std::int64_t generation, bool downs) const;
  void note_waiting(const store::Mark& mark, Waits waits, bool downs);
  void may_go_on(VariantNo variant);
  void may_all_go_on();
  void count_raises(const std::set<VariantNo>& due);
  Result<void> tell_of_raises();
  Time raises_told_at() const;
  bool raise_is_overdue() const;
  Decision decide_stock(store::Session& session, const store::Mark& mark, const store::OfferRow& offer, Quantity number);
  void leave_uncounted(store::Session& session, const store::Mark& mark, const store::OfferRow& offer);
  bool just_looked(VariantNo variant) const;
  Direction way_of(const store::OfferRow& offer, Quantity number) const;
  May may_lower(const store::OfferRow& offer, Quantity& value) const;
  May may_change(const store::OfferRow& offer, const Belief& belief, Quantity number, Direction way) const;
  May may_raise(const store::OfferRow& offer, Quantity number, Quantity& value) const;
  bool read_applied(store::Session& session, Time after) const;
  Result<void> read_what_was_told();
  void settle_suspects(store::Session& session, Time before);
  void read_orders_after(Time anchor);
  Result<void> finish_stock(store::Session& session, const store::Intent& intent, const store::Mark& mark,
                            const Result<channel::Applied>& result);

  // lane_close.cpp
  Result<void> close_or_open();
  bool is_to_close() const;
  bool is_to_open() const;

  // lane_content.cpp
  store::ListingRow new_listing(ProductNo product) const;
  Result<std::vector<store::Mark>> free_marks(const std::string& aspect, std::size_t limit) const;
  Result<std::optional<Call>> next_price();
  Result<std::optional<Decision>> answer_price_mark(store::Session& session, const store::Mark& mark);
  Decision price_change(store::Session& session, const store::Mark& mark, store::OfferRow& offer, const store::ProductRow& product,
                        const Variant& variant, const OfferPrice& price);
  Result<std::optional<Call>> next_content();
  Result<std::optional<Call>> content_call(store::Session& session, const store::Mark& mark);
  std::string price_refusal(store::Session& session, const store::ProductRow& product) const;
  bool is_told_again(store::Session& session, const store::Intent& intent) const;
  bool looks_first(store::Session& session, const store::Mark& mark, store::ListingRow& listing);
  std::optional<Call> settle_doubt(store::Session& session, const store::Mark& mark, const store::ProductRow& product,
                                   store::ListingRow& listing);
  Call content_push(store::Session& session, const store::Mark& mark, store::ListingRow& listing, Json tree, const std::string& hash,
                    bool ends);
  Result<void> content_failed(store::Session& session, const store::Intent& intent, const store::Mark& mark,
                              const store::ProductRow& product, store::ListingRow& listing, const Error& fault);
  Result<void> finish_price(store::Session& session, const store::Intent& intent, const store::Mark& mark,
                            const Result<channel::Applied>& result);
  Result<void> finish_content(store::Session& session, const Call& call, std::size_t at, const Result<channel::Applied>& result);
  void look_at_own_write(store::Session& session, ProductNo product);
  Result<void> bind(store::Session& session, const store::Intent& intent, const store::ProductRow& product, const Json& sent,
                    const channel::Applied& applied);
  Result<void> retired(store::Session& session, const Call& call, std::size_t at, const store::ProductRow& product,
                       store::ListingRow& listing);
  Result<void> finish_find(const Call& call, Outcome& outcome);

  // lane_orders.cpp
  Result<std::optional<Call>> next_cancel() { return next_order_task("cancel", true); }
  Result<std::optional<Call>> next_parcel();
  Result<std::optional<Call>> next_order_task(const std::string& kind, bool urgent);
  std::optional<Decision> decide_order_task(store::Session& session, store::OrderTask& task);
  Result<void> settle_doubtful_tasks();
  void settle_doubtful_task(store::Session& session, store::OrderTask& task);
  void doubt_order_task(store::Session& session, const store::Intent& intent, const std::string& why);
  Result<void> finish_order_task(store::Session& session, const store::Intent& intent, const Result<channel::Applied>& result);
  void order_task_failed(store::Session& session, const store::Intent& intent, store::OrderTask& task, const Error& error);

  // lane_read.cpp
  Result<std::optional<Call>> next_orders();
  Result<std::optional<Call>> next_look();
  Result<std::optional<Call>> next_poked();
  void poked_not_read(store::Session& session, const Call& call, const Error& error);
  Result<std::optional<Call>> next_sweep();
  Result<std::optional<Call>> next_beside_orders(std::set<std::string>& due);
  Result<std::optional<Call>> next_write_or_check(std::set<std::string>& due);
  Result<std::optional<Call>> next_check();
  Result<std::optional<Call>> next_content_or_check();
  Result<std::optional<Call>> next_night_or_sweep();
  Result<void> finish_orders(const Call& call, Outcome& outcome);
  Result<void> orders_not_fetched(const Call& call, const Error& error);
  Result<void> finish_look(const Call& call, Outcome& outcome);
  Result<void> finish_sweep(const Call& call, Outcome& outcome);
  Result<void> write_blind_ones_again();
  void forget_recent(Time now);
  void note_reading(const Call& call);
  Result<void> note_clock_of(const Call& call, const channel::Page& page);
  Time left_at(const Call& call) const;
  void collect(Reading& reading, VariantNo variant, const OwnStep& step) const;
  Reading reading_of(const Call& call);
  std::optional<Duration> wait_for_the_rest(store::Session& session, const std::string& id, bool known) const;
  Result<void> store_documents(store::Session& session, const std::vector<channel::Document>& documents, Brought& brought);
  void ask_for_what_lacks(store::Session& session, const Brought& brought);
  void remember_unread(Brought& brought);
  Result<void> order_read_complete(store::Session& session);
  void try_again_what_was_missing(store::Session& session);
  void take_offer(store::Session& session, const store::VariantRow& variant, const Json& tree, const Reading& reading, bool bound_now);
  std::vector<store::Intent> unsettled(store::Session& session, VariantNo variant, Time started) const;
  Time settles_at(store::Session& session, VariantNo variant, Time started) const;
  void take_number(store::Session& session, store::OfferRow& offer, Quantity seen, const Reading& reading);

  // lane_seen.cpp
  bool is_second_listing(store::Session& session, const store::ProductRow& product, const Json& tree);
  bool is_another_listing(store::Session& session, const store::ProductRow& product, const store::ListingRow& listing,
                          const Json& tree) const;
  void forget_listing(store::Session& session, const store::ProductRow& product, store::ListingRow& listing);
  Result<void> take_listing(store::Session& session, const channel::Document& document, const Reading& reading);
  void take_price(store::Session& session, const store::VariantRow& variant, store::OfferRow& offer, const Json& tree, Time started,
                  bool bound_now);
  Result<void> take_content(store::Session& session, const store::ProductRow& product, store::ListingRow& listing, SeenListing seen);
  void note_settled(store::Session& session, const store::ProductRow& product, const Settled& settled);
  std::string content_hash(const Json& tree) const;

  // lane_found.cpp
  Time note_found(const store::ListingRow& listing);
  bool waits_for_an_answer(store::Session& session, const store::Mark& mark, ProductNo product);
  Result<void> ask_about_found();
  void ask_about_found(store::Session& session);

  // compare.cpp
  Result<std::optional<Call>> next_comparison();
  Result<std::optional<Time>> hour_to_compare() const;
  Result<void> finish_comparison(const Call& call, Outcome& outcome);
  Result<void> judge_hour();

  // night.cpp
  Result<std::optional<Call>> next_night();
  Result<void> begin_night();
  Result<void> finish_night(const Call& call, Outcome& outcome);
  Result<void> end_night();

  // subscriptions.cpp
  bool may_subscribe() const;
  std::optional<Call> next_subscription();
  Result<void> finish_subscription(const Call& call, const Outcome& outcome);
  void note_webhooks(store::Session& session, const WebhooksFound& found);

  World& world_;
  Time opens_ = never;                                    ///< the first budget that this step found used up
  std::map<std::pair<std::string, bool>, Time> put_off_;  ///< readings that were told to wait; the second: urgent ones
  std::shared_ptr<Channel> channel_;
  std::uint64_t number_;
  Rng rng_;
  State state_;
  std::uint64_t next_call_ = 1;
  std::uint64_t first_by_this_clock_ = 1;  ///< call; those before it left by the machine's clock before it was set
  bool awake_ = true;                      ///< something happened here since the last step that found nothing to do
  std::uint64_t stirred_ = 0;              ///< the store's count when that step began
  Time idle_until_ = long_ago;             ///< what it answered
  std::set<std::pair<std::string, std::int64_t>> busy_;
  std::size_t out_ = 0, urgent_out_ = 0;
  Time last_failure_ = long_ago;
  static constexpr std::size_t orders_a_fetch = 10;
  std::size_t fetch_most_ = orders_a_fetch;
  Time resumed_ = long_ago;     ///< when a person last ended a pause: answers to what left before say nothing new
  std::vector<IntentNo> lost_;  ///< intents whose result could not be stored
  bool reading_orders_ = false, sweeping_ = false, fetching_ = false, comparing_ = false, reading_again_ = false;
  Time next_order_read_ = long_ago, next_sweep_ = long_ago, next_comparison_ = long_ago, next_night_ = long_ago;
  std::optional<HourOfOrders> hour_;   ///< whose pages are coming in
  std::optional<NightReading> night_;  ///< the same
  WebhookWatch webhooks_;
  Read complete_;                   ///< the last complete order read
  Time unread_since_ = never;       ///< its end, over restarts; before the first one, the start of this lane
  Time list_failed_at_ = long_ago;  ///< when the last reading left that failed
  /// When the first other call left that went well since the list began to fail; never: none did, or one failed since.
  Time answered_else_ = never;
  Time read_began_ = long_ago;        ///< of the one under way
  Time read_began_there_ = long_ago;  ///< the same by the platform's clock: as it tells, and as is known of it; the earlier
  std::string order_cursor_;
  Time sweep_began_ = long_ago;
  std::string sweep_cursor_;
  std::set<ProductNo> swept_;
  Time found_ = never;  ///< the last listing that somebody else had made and of which no person was asked yet; never: none
  std::map<ProductNo, std::string> seconds_;   ///< listings beside those that we keep up to date, as this sweep shows them
  std::map<std::uint64_t, Reading> readings_;  ///< by the call's number
  /// Own orders' steps that were imported just now: a look may be older than they are, where the platform is slow to show a change.
  std::vector<std::pair<VariantNo, OwnStep>> recent_;
  Time born_ = long_ago;  ///< what was imported before is not in `recent_`
  std::set<VariantNo> looks_out_;
  std::map<VariantNo, Looked> looked_;
  std::set<VariantNo> want_look_, lowered_after_look_;  ///< the second: of these, those that come down, or may have to
  std::map<VariantNo, Waiting> waiting_;
  bool raises_told_ = false;  ///< as a problem
  bool content_went_last_ = false, poked_went_last_ = false, night_went_last_ = false;
  bool order_parked_ = false;  ///< at the last complete order list: what a look misses may be in it
  bool list_failed_ = false;   ///< the last order list: something else goes before the next one
  bool orders_went_last_ = false;
  std::set<std::string> unread_bodies_;  ///< documents that could not be parsed and were stored already, by hash
};

}  // namespace tally::engine
