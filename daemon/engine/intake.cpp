#include "engine/intake.hpp"

#include "base/crypto.hpp"
#include "engine/nonsense.hpp"
#include "engine/oversell.hpp"
#include "engine/parcels.hpp"
#include "engine/stock.hpp"
#include "engine/tree.hpp"
#include "model/privacy.hpp"
#include "store/catalogue.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"
#include "store/marks.hpp"
#include "store/offers.hpp"
#include "store/orders.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr Duration echo_wait{5000};

channel::Document document_of(const store::InboxRow& row) {
  return {row.kind, row.body, row.headers};
}

/// The order as we have it, so that the reading changes only what the document says differently.
Json known_order(Session& session, const Channel& channel, const std::string& id) {
  const auto row = store::find_order(session, channel.no, id);
  if (!row) return {};
  Json tree = row->document;
  if (is_guessed(row->state, tree)) tree.set("state", std::string(name_of(OrderState::pending)));
  tree.erase("doubts");
  tree.erase("holds");
  return tree;
}

/// What is paid is as far whether it is kept back or not: that a rule or a person here may have said.
OrderState stage_of(OrderState state) {
  return state == OrderState::held || state == OrderState::released ? OrderState::paid : state;
}

bool same_value(const Json& a, const Json& b, const char* field) {
  const Json *one = a.find(field), *other = b.find(field);
  return (one ? one->dump() : "") == (other ? other->dump() : "");
}

const Json* with_id(const Json& tree, const Json& line) {
  const Json *lines = tree.find("lines"), *id = line.find("@id");
  if (!lines || !lines->is_array() || !id) return nullptr;
  for (const auto& each : lines->as_array()) {
    const Json* there = each.find("@id");
    if (there && there->scalar_text() == id->scalar_text()) return &each;
  }
  return nullptr;
}

/// Amounts that the document does not say (`said`: read by itself) were said, or reckoned, of the lines as they were: of others they are
/// not true.
void forget_old_amounts(Json& tree, const Json& said, const Json& known) {
  Json* lines = tree.find("lines");
  const Json* before = known.find("lines");
  if (!lines || !lines->is_array() || !before || !before->is_array()) return;
  const auto forget = [](Json& thing, const Json* own, std::initializer_list<const char*> fields) {
    for (const char* field : fields) {
      if (!own || !own->find(field)) thing.erase(field);
    }
  };
  bool edited = lines->as_array().size() != before->as_array().size();
  for (auto& line : lines->as_array()) {
    const Json* was = with_id(known, line);
    if (was && same_value(*was, line, "quantity") && same_value(*was, line, "unit_price")) continue;
    edited = true;
    forget(line, with_id(said, line), {"amount", "discounted", "discount", "tax"});
  }
  if (edited) forget(tree, &said, {"total", "discounts", "tax", "shipping"});
}

Result<void> take_order(Session& session, World& world, const Channel& channel, const store::InboxRow& row, const channel::Event& first,
                        const StepSeen& step_seen) {
  const std::string id = first.tree.find("@id") ? first.tree.find("@id")->scalar_text() : "";
  channel::Event event = first;
  if (Json known = known_order(session, channel, id); !known.is_null()) {
    auto again = channel.connector->parse(document_of(row), known);
    if (!again) return again.error();
    for (auto& candidate : *again) {
      const auto* candidate_id = candidate.tree.find("@id");
      if (candidate.what == channel::Event::What::order && candidate_id && candidate_id->scalar_text() == id) event = std::move(candidate);
    }
    forget_old_amounts(event.tree, first.tree, known);
  }
  OrderDocument document;
  document.tree = std::move(event.tree);
  document.doubts = std::move(event.doubts);
  document.platform_state = event.platform_state;
  document.fetched = row.source == "read";
  document.row = row.no;
  document.received_at = row.received_at;
  document.body_hash = hash_of(document_of(row));
  if (const auto lacks = row.headers.find(channel::lacks_header); lacks != row.headers.end()) document.doubts.push_back(lacks->second);
  auto outcome = apply_order(session, world, channel, document, step_seen);
  if (!outcome) return outcome.error();
  if (*outcome == OrderOutcome::poke) store::add_poke(session, channel.no, "order", id, world.clock.now());
  if (*outcome == OrderOutcome::lagging)
    store::add_poke(session, channel.no, "order", id, world.clock.now() + std::max(channel.facts.read_after_write, Duration(1000)));
  return {};
}

/// Something changed there: it is read again. What we ourselves wrote a moment ago echoes; that is looked at after it settled.
void take_poke(Session& session, const World& world, const Channel& channel, const store::InboxRow& row, const channel::Event& event) {
  const Time now = world.clock.now();
  if (event.subject_kind == "order" || event.subject_kind == "refund") {
    store::add_poke(session, channel.no, "order", event.subject, now, row.source == "hook" ? row.no : 0);
    return;
  }
  if (event.subject.empty()) return;
  const auto product = product_of(session, channel, Json::object({{"@id", event.subject}}));
  if (!product) {  // perhaps one of ours whose id is not known yet: reading it tells
    store::add_poke(session, channel.no, "listing", event.subject, now + Duration(1000));
    return;
  }
  auto listing = store::find_listing(session, channel.no, product->no);
  if (listing && !listing->ticket.empty()) {  // what slow work waits for may have happened
    listing->next_at = now;
    store::put_listing(session, *listing);
    if (const auto mark = store::find_mark(session, channel.no, "content", product->no.value)) store::delay_mark(session, *mark, now);
    return;
  }
  Time not_before = now;
  Time written = listing ? listing->sent_at : long_ago;
  for (const auto& variant : store::variants_of(session, product->no)) {
    if (const auto offer = store::find_offer(session, channel.no, variant.no))
      written = std::max({written, offer->written_at, offer->price_sent_at});
  }
  if (channel.facts.own_write_echoes && now - written < echo_wait) not_before = written + echo_wait;
  store::add_poke(session, channel.no, "listing", event.subject, not_before);
}

/// A shelf that its channel counts itself: the count is ours from now on, and is never pushed back.
Result<void> take_level(Session& session, World& world, const Channel& channel, const store::InboxRow& row, const channel::Event& event) {
  const LocationNo shelf = channel.own_shelf.value != 0 || channel.pools.empty() ? channel.own_shelf : channel.pools.front();
  if (shelf.value == 0) return {};
  const auto variant = variant_of(session, channel, event.tree);
  const Json* available = event.tree.find("available");
  if (!variant)
    return error(Fault::invalid, "the count names the unknown SKU " + event.tree.text_or("sku"), channel.config.name + ": count",
                 "add the SKU, or correct the file");
  const auto counted = available ? available->integer() : Result<std::int64_t>(error(Fault::invalid, "no quantity"));
  if (!counted)
    return error(Fault::invalid, "the count of " + variant->sku + " has no whole number: it changes nothing",
                 channel.config.name + ": count", "count it again");
  if (*counted < -most_units || *counted > most_units)
    return error(Fault::invalid, "the count of " + variant->sku + " is beyond any shelf: it changes nothing",
                 channel.config.name + ": count", "count it again");
  const Time now = world.clock.now();
  const Time said = event.changed_at.value_or(row.received_at), as_of = std::min(said, now);
  if (said > now + furthest_ahead)
    return error(Fault::invalid, "the count of " + variant->sku + " is dated " + format_iso(said) + ": it changes nothing",
                 channel.config.name + ": count", "set the clock that it came from, and count it again");
  const std::string cause = "count:inbox-" + std::to_string(row.no);  // what a person counts is numbered by the journal
  const auto before = store::stock_at(session, variant->no, shelf);
  const Quantity on_hand = on_hand_counted(session, channel, variant->no, *counted, as_of);
  if (!append_count(session, variant->no, shelf, on_hand, as_of, cause, "counted by " + channel.config.name, now)) return {};
  if (before) record_shortage(session, world, variant->no, shelf, before->sum.on_hand - before->sum.reserved, cause, now);
  mark_stock(session, world, {variant->no}, {cause, false, 0}, now);
  return {};
}

Result<void> take_row(Session& session, World& world, const Channel& channel, const store::InboxRow& row, const StepSeen& step_seen) {
  auto events = channel.connector->parse(document_of(row), Json());
  if (!events) return events.error();
  const bool whole_order = std::any_of(events->begin(), events->end(), [](const auto& e) { return e.what == channel::Event::What::order; });
  for (const auto& event : *events) {
    Result<void> done;
    switch (event.what) {
      case channel::Event::What::order:
        done = take_order(session, world, channel, row, event, step_seen);
        break;
      case channel::Event::What::level:
        done = take_level(session, world, channel, row, event);
        break;
      case channel::Event::What::poke:
        if (!(whole_order && event.subject_kind == "order")) take_poke(session, world, channel, row, event);
        break;
      case channel::Event::What::parcel:
        done = take_parcel(session, world, channel, event, row.no);
        break;
      case channel::Event::What::listing:
        break;  // listings come through looks and sweeps, not through the inbox
    }
    if (!done) return done;
  }
  return {};
}

/// The document is at fault, not the store: another try changes nothing before somebody has corrected something.
bool is_documents_own(const Error& fault) {
  return fault.fault != Fault::io && fault.fault != Fault::gone && fault.fault != Fault::locked;
}

/// What was parked of the same file before it says nothing any more: the file came again.
void forget_reports_before(Session& session, const World& world, const Channel& channel, std::int64_t no, const std::string& about) {
  constexpr std::size_t a_page = 256;
  std::vector<store::ParkedRow> rows;
  std::int64_t after = 0;
  do {
    rows = store::parked_rows_of(session, channel.no, after, a_page);
    for (const auto& parked : rows) {
      after = parked.no;
      if (parked.no >= no) return;
      const auto row = store::inbox_row(session, parked.no);
      if (!row || row->headers.count("about") == 0 || row->headers.at("about") != about) continue;
      const std::string number = std::to_string(parked.no);
      store::unpark_row(session, parked.no);
      store::clear_problem(session, channel.no, "inbox", number);
      store::journal(session, {0, world.clock.now(), "inbox.superseded", "inbox:" + std::to_string(no), channel.no, number, "{}"});
    }
  } while (rows.size() == a_page);
}

void forget_reports_before(Session& session, const World& world, const Channel& channel, const store::InboxRow& row) {
  if (const auto about = row.headers.find("about"); about != row.headers.end())
    forget_reports_before(session, world, channel, row.no, about->second);
}

}  // namespace

std::string told_otherwise(Session& session, const Channel& channel, const channel::Document& document, const channel::Event& event,
                           Time shows) {
  const Json* id = event.tree.find("@id");
  const auto row = id ? store::find_order(session, channel.no, id->scalar_text()) : std::nullopt;
  if (!row || row->body_hash == hash_of(document)) return {};
  const Json tree = known_order(session, channel, row->id);
  const auto known = order_from_json(tree);
  const auto events = channel.connector->parse(document, tree);
  if (!known || !events || events->size() != 1 || says_no_state(events->front().tree)) return {};
  auto told = order_from_json(events->front().tree);
  if (!told) return {};
  complete(*told);
  if (stage_of(told->state) == stage_of(known->state)) return {};
  const auto stands_by = store::inbox_row(session, row->inbox_row);
  return stands_by && stands_by->received_at > shows ? "" : std::string(name_of(told->state));
}

std::string hash_of(const channel::Document& document) {
  const auto lacks = document.headers.find(channel::lacks_header);
  return crypto::state_hash(lacks == document.headers.end() ? document.body : document.body + "\n" + lacks->second);
}

void park_row(Session& session, const World& world, const Channel& channel, std::int64_t row, const std::string& said) {
  const Time now = world.clock.now();
  const std::string number = std::to_string(row), reason = masked_sentence(said);
  store::park_row(session, row, channel.no, reason, now);
  const auto stored = store::inbox_row(session, row);
  const std::string mend =
      stored && stored->headers.contains("about")
          ? "correct the file and drop it again"
          : "correct the mapping or the settings and `tallyd reload`, or read it again with `tallyd replay " + number + "`";
  store::set_problem(session, {channel.no, "inbox", number, reason, mend + "; `tallyd discard " + number + "` drops it", now});
  world.log.warning("a document was parked", {{"channel", channel.config.name}, {"row", number}, {"reason", reason}});
}

Result<IntakeResult> take_in(World& world, const Channel& channel, std::size_t limit, const StepSeen& step_seen) {
  IntakeResult result;
  std::vector<store::InboxRow> rows;
  auto read = world.store.read([&](Session& session) -> Result<void> {
    rows = store::inbox_after(session, channel.no, store::applied_through(session, channel.no), limit);
    return {};
  });
  if (!read) return read.error();
  for (const auto& row : rows) {
    auto written = world.store.write([&](Session& session) -> Result<void> {
      if (auto done = take_row(session, world, channel, row, step_seen); !done) return done;
      forget_reports_before(session, world, channel, row);
      store::set_applied_through(session, channel.no, row.no);
      return {};
    });
    if (!written && is_documents_own(written.error())) {
      const std::string reason = written.error().text();
      written = world.store.write([&](Session& session) -> Result<void> {
        forget_reports_before(session, world, channel, row);
        park_row(session, world, channel, row.no, reason);
        store::set_applied_through(session, channel.no, row.no);
        return {};
      });
    }
    if (!written) return written.error();
    ++result.rows;
  }
  result.more = rows.size() == limit;
  return result;
}

Result<std::string> take_parked(World& world, const Channel& channel, std::int64_t no, const std::string& author,
                                const StepSeen& step_seen) {
  const std::string number = std::to_string(no);
  auto written = world.store.write([&](Session& session) -> Result<void> {
    const auto row = store::inbox_row(session, no);
    if (!row) return error(Fault::not_found, "its document is not kept any more", channel.config.name + ": inbox " + number);
    if (auto done = take_row(session, world, channel, *row, step_seen); !done) return done;
    store::unpark_row(session, no);
    store::clear_problem(session, channel.no, "inbox", number);
    store::journal(session, {0, world.clock.now(), "inbox.replayed", author, channel.no, number, "{}"});
    return {};
  });
  if (written) return std::string();
  if (!is_documents_own(written.error())) return written.error();
  const std::string reason = written.error().text();
  written = world.store.write([&](Session& session) -> Result<void> {
    park_row(session, world, channel, no, reason);
    return {};
  });
  if (!written) return written.error();
  return reason;
}

Result<void> read_order_again(World& world, const Channel& channel, OrderNo no, const StepSeen& step_seen) {
  auto written = world.store.write([&](Session& session) -> Result<void> {
    const auto order = store::get_order(session, no);
    if (!order || !asks_for_a_table(order->document)) return {};
    store::set_body_hash(session, no, "");  // the same bytes may say something else now
    const auto row = store::inbox_row(session, order->inbox_row);
    if (row) return take_row(session, world, channel, *row, step_seen);
    store::add_poke(session, channel.no, "order", order->id, world.clock.now());
    return {};
  });
  if (!written && is_documents_own(written.error())) return {};  // it stays as it is
  return written;
}

}  // namespace tally::engine
