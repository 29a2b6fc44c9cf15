#include "simulation/wire.hpp"

#include "store/inbox.hpp"

#include <algorithm>

namespace tally::simulation {
namespace {

using engine::Call;

bool writes(const Call& call) {
  return call.kind == Call::Kind::push;
}

std::vector<channel::Errand> errands_of(const Call& call) {
  std::vector<channel::Errand> errands;
  for (const auto& change : call.changes) errands.push_back(memory::errand_of(change));
  if (call.changes.empty()) errands.push_back(memory::errand_of(call.want));
  return errands;
}

/// What is made twice when it lands late: the worst that can.
bool makes_a_listing(const Call& call) {
  return std::any_of(call.changes.begin(), call.changes.end(), [](const channel::Change& change) {
    return change.action == channel::ActionKind::put_listing && !change.fields.find("@id");
  });
}

std::string describe(const Call& call, const std::string& shop) {
  std::string text = shop + " #" + std::to_string(call.no) + " " + std::string(engine::name_of(call.kind));
  for (std::size_t i = 0; i < call.intents.size(); ++i) {
    const auto& intent = call.intents[i];
    text += " " + intent.aspect + ":" + std::to_string(intent.thing) + " key " + std::to_string(intent.no.value);
    if (intent.aspect == "stock")
      text += " " + std::to_string(intent.before) + (intent.relative ? " by " + std::to_string(intent.delta) : "") + " to " +
              std::to_string(intent.value) + (call.urgent ? " down" : " up");
  }
  for (const auto variant : call.variants) text += " " + std::to_string(variant.value);
  for (const auto& poke : call.pokes) text += " " + poke.subject;
  return text;
}

}  // namespace

Wire::Wire(House& house, Inspector& inspector, std::vector<Shop>& shops, Agenda& agenda, const FakeClock& clock, Rng rng, Trace& trace,
           std::function<void()> touch)
    : house_(house),
      inspector_(inspector),
      shops_(shops),
      agenda_(agenda),
      clock_(clock),
      rng_(rng),
      trace_(trace),
      touch_(std::move(touch)) {
  for (auto& shop : shops_) {
    shop.platform->announce = [this, &shop](const std::string& body) { announce(shop, body); };
    if (!shop.purse) continue;
    for (const auto& budget : shop.gate->budgets()) trace_.say("budget   " + shop.name() + " " + budget.name + ", " + budget.terms());
    shop.purse->meter = [this, &shop]() -> channel::Meter& { return meter_of(shop); };
    shop.purse->starved = [this, &shop] { inspector_.disturbed(shop); };
  }
}

channel::Meter& Wire::meter_of(const Shop& shop) {
  if (counting_.incarnation != house_.incarnation()) {
    counting_ = {house_.incarnation(), std::make_unique<engine::Budgets>(house_.clock()), {}};
    // Where the store dies with it, nothing leaves: the house falls with this moment.
    if (auto opened = counting_.budgets->open(house_.core().world().store); !opened) trace_.say("no count of what was used");
  }
  auto& meter = counting_.meters[shop.name()];
  if (!meter) meter = counting_.budgets->for_channel(shop.name())(shop.gate->budgets());
  return *meter;
}

/// Every request is counted before the first of them leaves. Of a push some may leave and others not.
bool Wire::may_leave(const FlightPtr& flight) {
  auto& shop = *flight->shop;
  if (!shop.purse) return true;
  auto& meter = meter_of(shop);
  bool leaves = false;
  for (const auto& errand : errands_of(flight->call)) {
    auto counted = meter.take(errand);
    if (!counted && counted.error().fault == Fault::not_yet) trace_.fault(errand.urgent ? "even the kept are used up" : "budget used up");
    if (!counted && errand.urgent) inspector_.disturbed(shop);
    if (counted) {
      leaves = true;
      if (const auto wrong = shop.gate->leaves(errand, clock_.now()); !wrong.empty())
        inspector_.fail("S12 budget", shop.name() + ": " + wrong);
    }
    flight->counted.push_back(std::move(counted));
  }
  if (leaves) return true;
  trace_.say("put off  " + shop.name() + " #" + std::to_string(flight->call.no) + ": " + flight->counted.front().error().what);
  inspector_.landed(flight->call, shop);
  if (writes(flight->call)) {
    for (const auto& counted : flight->counted) flight->outcome.applied.emplace_back(counted.error());
  } else {
    flight->outcome.page.emplace(flight->counted.front().error());
  }
  agenda_.in(Duration(1), [this, flight] { answer(flight); });
  return false;
}

/// The platform counts what reaches it.
void Wire::come(Flight& flight) {
  const auto errands = errands_of(flight.call);
  for (std::size_t i = 0; i < errands.size(); ++i) {
    if (!flight.counted[i]) continue;
    if (const auto wrong = flight.shop->gate->comes(errands[i], clock_.now()); !wrong.empty())
      inspector_.fail("S12 budget", flight.shop->name() + ": " + wrong);
  }
}

void Wire::send(Call call) {
  auto flight = std::make_shared<Flight>();
  flight->shop = &*std::find_if(shops_.begin(), shops_.end(), [&](const Shop& shop) { return shop.no == call.channel; });
  flight->incarnation = house_.incarnation();
  flight->writes = inspector_.decided(call, *flight->shop);
  flight->call = std::move(call);
  inspector_.seated(flight->call, *flight->shop);
  ++count_.calls;
  if (writes(flight->call)) ++count_.pushes;
  if (flight->call.kind == Call::Kind::look) ++count_.looks;
  trace_.say("decided  " + describe(flight->call, flight->shop->name()));
  agenda_.in(Duration(rng_.between(0, 15)), [this, flight] { leave(flight); });
}

/// A change by so much and a new listing are made twice then, unless the platform knows our key: nobody can be held to that.
bool Wire::may_land_twice(const Flight& flight) const {
  const auto& facts = flight.shop->facts();
  if (!writes(flight.call) || (makes_a_listing(flight.call) && !facts.idempotency_key)) return false;
  return facts.stock == channel::StockWrites::absolute || facts.compare_and_set || facts.idempotency_key;
}

Wire::Fate Wire::fate_of(const Flight& flight) {
  const bool orders = flight.call.kind == Call::Kind::read_orders || flight.call.kind == Call::Kind::fetch_orders;
  if (orders_broken_ && orders && flight.shop == &shops_.front()) return Fate::broken;
  if (calm_ || flight.shop->weather.clear) return Fate::well;
  const auto& weather = flight.shop->weather;
  if (rng_.chance(weather.lost_requests)) return Fate::lost_request;
  if (rng_.chance(weather.lost_replies)) return Fate::lost_reply;
  if (writes(flight.call) && rng_.chance(makes_a_listing(flight.call) ? 8 * weather.late_landings : weather.late_landings))
    return Fate::late;
  if (rng_.chance(weather.twice) && may_land_twice(flight)) return Fate::twice;
  if (rng_.chance(weather.refused)) return Fate::refused;
  if (rng_.chance(weather.throttled)) return Fate::throttled;
  return Fate::well;
}

/// A push is answered change by change, a reading as a whole.
void Wire::fail(Flight& flight, const Error& error) const {
  flight.outcome = {};
  if (writes(flight.call))
    flight.outcome.applied.assign(flight.call.changes.size(), error);
  else
    flight.outcome.page.emplace(error);
}

void Wire::leave(const FlightPtr& flight) {
  if (flight->incarnation != house_.incarnation() || !house_.up()) {  // the daemon fell before the bytes had left
    trace_.say("unsent   " + flight->shop->name() + " #" + std::to_string(flight->call.no));
    inspector_.landed(flight->call, *flight->shop);
    return;
  }
  if (!may_leave(flight)) return;
  const Duration there(rng_.chance(90) ? rng_.between(10, 400) : rng_.between(400, 4000));
  const Duration back(rng_.chance(90) ? rng_.between(10, 400) : rng_.between(400, 4000));
  const Time given_up = clock_.now() + flight->shop->facts().deadline;
  const Error unknown = writes(flight->call) ? error(Fault::unknown, "no answer") : error(Fault::transient, "no answer");
  const Fate fate = fate_of(*flight);
  if (fate != Fate::well && fate != Fate::broken) inspector_.disturbed(*flight->shop);
  if (flight->shop->gate && fate != Fate::lost_request) agenda_.in(there, [this, flight] { come(*flight); });
  switch (fate) {
    case Fate::well:
      agenda_.in(there, [this, flight, back] {
        apply(flight, false);
        agenda_.in(back, [this, flight] { answer(flight); });
      });
      return;
    case Fate::twice:
      trace_.fault("landed twice");
      agenda_.in(there, [this, flight, back] {
        apply(flight, false);
        agenda_.in(back, [this, flight] { answer(flight); });
        // Where nobody can look, what a second landing overwrites is found by nobody.
        if (flight->shop->facts().can_look)
          agenda_.in(Duration(rng_.between(1, 6000)), [this, flight] { apply(flight, true); });
        else
          apply(flight, true);
      });
      return;
    case Fate::lost_request:
      trace_.fault("lost request");
      trace_.say("lost     " + flight->shop->name() + " #" + std::to_string(flight->call.no) + ", the request");
      inspector_.landed(flight->call, *flight->shop);
      break;
    case Fate::lost_reply:
      trace_.fault("lost reply");
      agenda_.in(there, [this, flight] { apply(flight, false); });
      break;
    case Fate::late:
      trace_.fault("late landing");
      // Where nobody can look, what lands after `settle` is found by nobody.
      agenda_.at(given_up + Duration(rng_.between(1, flight->shop->facts().can_look ? 60000 : 15000)),
                 [this, flight] { apply(flight, true); });
      break;
    case Fate::refused:
    case Fate::throttled:
    case Fate::broken: {
      Error refusal = error(Fault::transient, "the platform is in trouble");
      if (fate == Fate::throttled) {
        refusal = error(Fault::throttled, "too fast");
        refusal.retry_after = Duration(rng_.between(200, 3000));
      } else if (fate == Fate::broken) {
        refusal = error(Fault::rejected, "the order list is closed");
      }
      trace_.fault(fate == Fate::throttled ? "throttled" : fate == Fate::broken ? "order list closed" : "refused");
      agenda_.in(there, [this, flight, back, refusal] {
        inspector_.landed(flight->call, *flight->shop);
        fail(*flight, refusal);
        agenda_.in(back, [this, flight] { answer(flight); });
      });
      return;
    }
  }
  agenda_.at(given_up, [this, flight, unknown] {
    fail(*flight, unknown);
    answer(flight);
  });
}

void Wire::apply(const FlightPtr& flight, bool late) {
  auto& shop = *flight->shop;
  std::map<std::string, Quantity> before;
  for (const auto& [key, write] : flight->writes) {
    if (const auto* offer = shop.platform->offer_of_sku(write.sku)) before[key] = offer->number;
  }
  if (shop.purse) shop.purse->answers = flight->counted;
  auto outcome = engine::perform(flight->call, *shop.connector);
  std::string said = std::string(late ? "landed   " : "applied  ") + shop.name() + " #" + std::to_string(flight->call.no);
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    const auto write = flight->writes.find(flight->call.changes[i].key);
    if (!outcome.applied[i]) said += " refused: " + outcome.applied[i].error().what;
    if (write == flight->writes.end()) continue;
    write->second.late = late;
    const auto* lane = house_.up() ? house_.core().lane(shop.no) : nullptr;
    // Whoever decided it is gone, by a crash or a reload: the living take it for unknown.
    const bool orphan = flight->incarnation != house_.incarnation() || !lane || lane->number() != flight->call.lane;
    if (late || orphan) inspector_.touched(shop, write->second.sku);
    const auto* offer = shop.platform->offer_of_sku(write->second.sku);
    said += " " + write->second.sku + " " + std::to_string(before[write->first]) + " -> " + std::to_string(offer ? offer->number : -1);
    if (outcome.applied[i] && offer) inspector_.applied(write->second, shop, before[write->first]);
  }
  if (outcome.page && *outcome.page) said += " " + std::to_string((*outcome.page)->documents.size()) + " documents";
  for (const auto* level : {&flight->call.want.things}) {
    if (flight->call.kind != Call::Kind::look || !outcome.page || !*outcome.page || level->empty()) continue;
    for (const auto& document : (*outcome.page)->documents) {
      if (document.kind == "level") said += " " + document.body;
    }
  }
  trace_.say(said);
  inspector_.landed(flight->call, shop);
  if (writes(flight->call)) inspector_.created(shop);
  if (late) return;
  flight->outcome = std::move(outcome);
  const auto& weather = shop.weather;
  if (flight->call.kind == Call::Kind::sweep && !calm_ && rng_.chance(weather.truncated_sweeps)) cut_short(*flight);
}

/// Half of the page, and nothing says that there is more.
void Wire::cut_short(Flight& flight) {
  auto& page = *flight.outcome.page;
  if (!page || page->documents.empty()) return;
  page->documents.resize(page->documents.size() / 2);
  page->cursor.clear();
  trace_.fault("truncated sweep");
  trace_.say("cut      " + flight.shop->name() + " #" + std::to_string(flight.call.no));
}

void Wire::answer(const FlightPtr& flight) {
  if (flight->incarnation != house_.incarnation() || !house_.up()) return;
  const auto& call = flight->call;
  const auto* lane = house_.core().lane(call.channel);
  if (!lane || lane->number() != call.lane) return;  // a reload took its lane away
  const bool well = flight->outcome.page ? flight->outcome.page->has_value()
                                         : !flight->outcome.applied.empty() && flight->outcome.applied.front().has_value();
  trace_.say("answered " + flight->shop->name() + " #" + std::to_string(call.no) + (well ? "" : " with an error"));
  inspector_.answered(call, *flight->shop, flight->outcome);
  house_.finish(call, std::move(flight->outcome));
  touch_();
}

void Wire::announce(Shop& shop, const std::string& body) {
  const auto& weather = shop.weather;
  const auto wait = [&] {
    return Duration(!calm_ && rng_.chance(weather.slow_webhooks) ? rng_.between(2000, 90000) : rng_.between(20, 2000));
  };
  const auto send = [&](const std::string& text) { agenda_.in(wait(), [this, &shop, text] { deliver(shop, text, 0); }); };
  if (!calm_ && rng_.chance(weather.lost_webhooks)) {
    trace_.fault("lost webhook");
  } else {
    send(body);
  }
  if (calm_) return;
  if (rng_.chance(weather.doubled_webhooks)) {
    trace_.fault("doubled webhook");
    send(body);
  }
  if (rng_.chance(weather.garbled_webhooks)) {
    trace_.fault("garbled webhook");
    Json broken = Json::object({{"kind", "order"}, {"body", body.substr(0, body.size() / 2)}});
    send(Json::object({{"deliveries", Json::Array{std::move(broken)}}}).dump());
  }
}

/// As Engine::receive does: verified, stored, and only then acknowledged.
void Wire::deliver(Shop& shop, const std::string& body, int tries) {
  std::vector<std::int64_t> rows;
  bool stored = false;
  if (house_.up() && !house_.crashed() && house_.core().world().find(shop.no)) {
    channel::Webhook webhook{"POST", "", {{std::string(memory::MemoryConnector::secret_header), shop.platform->terms().secret}}, body};
    const auto door = shop.connector->authenticate(webhook);
    ensure(door.has_value(), "a webhook of the platform's own is authentic");
    stored = house_.write([&](store::Session& session) {
      for (const auto& document : door->deliveries)
        rows.push_back(
            store::add_inbox(session, {0, shop.no, "hook", document.kind, document.body, document.headers, house_.clock().now()}));
    });
  }
  if (!stored) {
    if (tries < 3) agenda_.in(Duration(rng_.between(1000, 20000)), [this, &shop, body, tries] { deliver(shop, body, tries + 1); });
    return;
  }
  trace_.say("webhook  " + shop.name() + " " + body.substr(0, 120));
  for (const auto row : rows) inspector_.acknowledged(row);
  touch_();
}

}  // namespace tally::simulation
