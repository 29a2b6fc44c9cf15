// Holds the engine's rows against the platforms' true history after each moment. The invariants and their names: README.md.
#pragma once

#include "simulation/house.hpp"
#include "store/orders.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace tally::simulation {

/// What the engine knew when it committed a stock write.
struct StockWrite {
  VariantNo variant;
  std::string sku;
  Quantity available = 0, add_back = 0;
  engine::StockRule rule;
  Quantity taken = 0;                 ///< by own orders, as far as imported
  std::map<std::string, Time> known;  ///< own orders, and of when the state is that was imported
  bool down = false;                  ///< at or below its belief
  bool fresh = false;                 ///< the last complete order read began not long before
  bool late = false;                  ///< lands after it was given up
  Time decided;
  Time anchor;                ///< of the belief
  std::optional<Time> since;  ///< the start of the look or the read it rests on, what the platform's lag hides taken off
};

class Inspector {
 public:
  Inspector(House& house, std::vector<Shop>& shops, const FakeClock& clock, Trace& trace);

  // What the wire tells.
  /// A call was decided; each stock write with its key.
  std::map<std::string, StockWrite> decided(const engine::Call& call, const Shop& shop);
  void landed(const engine::Call& call, const Shop& shop);  ///< it will never be applied any more (again)
  void answered(const engine::Call& call, const Shop& shop, const engine::Outcome& outcome);
  /// Around the moment in which a stock write is applied: `before` is the number just before.
  void applied(const StockWrite& write, const Shop& shop, Quantity before);
  void created(const Shop& shop);
  void acknowledged(std::int64_t inbox_row) { acknowledged_.push_back(inbox_row); }
  void restarted();
  /// The channels were set anew: lanes may be others, and what they were told before is forgotten.
  void reloaded();
  void seated(const engine::Call& call, const Shop& shop);  ///< a call is out from now on
  void disturbed(const Shop& shop) { disturbed_[shop.no] = clock_.now(); }

  // What the street tells.
  void catalogue_changed() { catalogue_read_ = false; }
  /// The machine's clock went back: what is dated after now is dated anew.
  void forget_counts() { counts_.clear(); }
  void counted(const std::string& sku, const std::string& location, Quantity units, Time as_of);
  /// A person freed what was held there.
  void released(ChannelNo channel, std::int64_t thing);
  /// A chunk of this batch was taken: nothing that it marked leaves before it is closed.
  void imported(std::int64_t batch);
  /// The number there, or an order's way to it, is from now on not what the engine can know before its next look.
  void touched(const Shop& shop, const std::string& sku);
  /// By what no document and no answer will ever tell of: with a sale beside it, it can come to the number that was believed.
  void unknowable(const Shop& shop, const std::string& sku);
  /// Whether the engine has this order's newest state.
  bool knows(const Shop& shop, const memory::PlacedOrder& order) const;

  /// After a moment. `thorough`: also what takes long.
  void check(bool thorough);
  /// Faults stopped a while ago: everything is equal, and nothing is left to do.
  void check_calm();
  std::uint64_t dump();  ///< a hash over every row of the store
  std::string end();     ///< what the merchant and the shoppers are left with

  /// What somebody else found.
  void fail(const std::string& rule, const std::string& what) { violate(rule, what); }
  const std::optional<std::string>& violation() const { return violation_; }

  struct Count {
    std::uint64_t writes = 0, raises = 0, raised_over_unread = 0, coincidences = 0;
  };
  const Count& count() const { return count_; }

 private:
  using Place = std::pair<ChannelNo, std::string>;  ///< a channel and a SKU there
  using Shelf = std::pair<VariantNo, LocationNo>;
  struct OfferState {
    ChannelNo channel;
    VariantNo variant;
    Quantity low = 0, high = 0;
    Quantity shown = 0, number = 0;  ///< what should stand there, computed anew
    Time anchor_from, anchor_to, owed_look_at;
    bool suspect = false, marked = false;
    bool kept_back = false;  ///< held, discarded, or of an open batch: only what an order causes leaves
    Quantity ordered = 0;    ///< where it is kept back: what orders have taken of it, or of its parts, below 0
    long long open_intents = 0;
  };
  /// A stock write that may still be applied.
  struct Airborne {
    Time decided;
    bool relative = false, compared = false;
    Quantity before = 0, delta = 0, value = 0;
    bool behind = false;  ///< a later write was confirmed: what this one does is found by the look that is owed
  };

  /// Of a channel: an aspect of a thing.
  using Thing = std::tuple<ChannelNo, std::string, std::int64_t>;
  /// What changes of one kind come to, distinct things.
  using Counted = std::set<std::int64_t>;

  // inspector_guard.cpp
  void judging(std::int64_t batch);
  void judged(std::int64_t batch);
  void check_batches(store::Session& session);
  void check_guard(store::Session& session, const engine::Call& call, std::size_t at, const Shop& shop);
  Money price_on(ChannelNo channel, const Money& price) const;
  bool is_far(store::Session& session, ChannelNo channel, std::int64_t thing, const std::string& price) const;
  bool too_many(store::Session& session, ChannelNo channel, const std::string& kind, std::size_t count, bool alone) const;
  std::string weight_in_batch(store::Session& session, const store::Mark& mark, const std::vector<OfferState>& offers) const;
  std::string weight_of(store::Session& session, const engine::Call& call, std::size_t at, const Shop& shop) const;
  bool is_kept_back(const OfferState& offer, Quantity there, const Place& place);

  // inspector_rules.cpp
  void check_prompt(const OfferState& offer, const Shop& shop);
  void check_counts(store::Session& session);
  void check_rules(store::Session& session);
  void check_expiry(store::Session& session);
  struct Taken {
    Quantity units = 0;
    std::set<LocationNo> places;
  };
  std::map<OrderNo, Taken> taken_by_orders(store::Session& session, VariantNo variant);
  void check_oversold(store::Session& session);
  void check_explained(store::Session& session);
  void check_secrecy(store::Session& session);
  Quantity true_add_back(store::Session& session, const Shop& shop, const std::string& sku) const;

  void check_followed(const OfferState& offer, const Shop& shop);
  void check_idle(const OfferState& offer, const Shop& shop);
  void check_passed(store::Session& session);
  void check_content(store::Session& session);
  void check_offered(store::Session& session);
  void check_blind_raise(const store::Intent& intent, const Shop& shop, const std::string& sku);
  void check_unseen_raise(const store::Intent& intent, const Shop& shop, const std::string& sku);
  void check_blind_down(const store::Intent& intent, const Shop& shop, const StockWrite& write);
  void violate(const std::string& rule, const std::string& what);
  void read_catalogue(store::Session& session);
  void read_orders(store::Session& session);
  bool alike_in_time(ChannelNo channel, const std::string& id, const std::string& one, const std::string& other) const;
  std::vector<OfferState> read_offers(store::Session& session);
  Quantity shown_by(const engine::StockRule& rule, Quantity units) const;
  Quantity ordered_of(store::Session& session, VariantNo variant) const;
  Quantity taken_as_known(store::Session& session, const Shop& shop, VariantNo variant) const;
  Quantity available(const engine::Channel& channel, VariantNo variant, const std::map<Shelf, Quantity>& free) const;
  void check_offer(const OfferState& offer, const Shop& shop);
  std::map<std::string, Time> known_states(const Shop& shop, const std::string& sku) const;
  bool all_known(const Shop& shop, const std::string& sku) const;
  void check_ledger(store::Session& session);
  void check_claims(store::Session& session);
  Claim claim_of_stored(const store::OrderRow& row);
  void check_calm_orders(store::Session& session);
  const Shop* shop_of(ChannelNo no) const;

  House& house_;
  std::vector<Shop>& shops_;
  const FakeClock& clock_;
  Trace& trace_;
  std::optional<std::string> violation_;
  Count count_;
  bool catalogue_read_ = false;
  std::map<VariantNo, std::string> skus_;
  std::map<VariantNo, Money> prices_;
  std::map<VariantNo, std::vector<std::pair<VariantNo, Quantity>>> components_;
  std::map<std::pair<ChannelNo, std::string>, std::string> known_orders_;  ///< the version that the engine has
  long long applied_rows_ = -1;
  struct Claimed {
    std::string state;  ///< what it hangs on
    Claim claim;
  };
  std::map<OrderNo, Claimed> claimed_;
  std::map<Shelf, Quantity> free_;                               ///< not reserved, when offers were read last
  std::uint64_t oversold_at_ = 0;                                ///< the commits when oversells were looked for
  std::map<VariantNo, long long> moved_;                         ///< the newest movement that was looked at
  std::map<OrderNo, long long> revisions_;                       ///< of the orders whose note is known
  std::map<Place, std::map<std::string, Airborne>> in_the_air_;  ///< by key
  std::map<Place, Time> owed_;  ///< of a write that was not answered: what a look that began before then shows is not its end
  std::map<Place, Time> touched_, unknowable_;
  std::map<Place, Time> looked_, look_ended_;                          ///< start and end of the newest answered look
  std::map<ChannelNo, Time> read_began_, read_complete_, read_ended_;  ///< the second: when that one began
  std::vector<std::int64_t> acknowledged_;
  std::map<ChannelNo, std::map<std::pair<std::uint64_t, std::uint64_t>, Time>> seats_;  ///< when what is out left, by lane and number
  std::map<std::tuple<ChannelNo, std::uint64_t, std::uint64_t>, Time> left_;  ///< the same of all that was not answered, over reloads
  std::map<ChannelNo, Time> disturbed_, hushed_;  ///< when the wire last failed; until when the platform wants no call
  std::map<ChannelNo, Time> compared_soon_;       ///< since when they have other rules than everything was compared with
  std::map<Place, Time> too_high_;                ///< since when a number stands above what it should be
  struct OverUnread {
    Time raised, known;  ///< the second: since when all orders are known that it was raised over; never: they are not
  };
  std::map<Place, OverUnread> over_unread_;                       ///< raises over unread orders that were not brought down since
  std::map<Place, Time> quiet_;                                   ///< the same, while no call of its channel is out
  std::map<std::pair<ChannelNo, std::string>, Counted> metered_;  ///< what left without an order, a batch and a person, by its kind
  std::map<Thing, std::int64_t> batched_;                         ///< what an import has marked, until nothing of it is left
  std::map<std::int64_t, std::set<ChannelNo>> judged_;            ///< batches, and the channels that were there
  std::map<Thing, bool> to_be_held_;                              ///< of the batch that is being judged
  struct KeptBack {
    Quantity number, ordered;
  };
  std::map<Place, KeptBack> kept_back_;  ///< as it was when it began, or last came to what it should be
  std::map<std::pair<std::string, std::string>, std::pair<Time, Quantity>> counts_;  ///< the newest, by SKU and location
  std::map<std::string, Time> keys_;                                                 ///< when what was decided, by channel and key
};

}  // namespace tally::simulation
