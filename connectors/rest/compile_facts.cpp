// `facts:`, what a platform does to us. Every one of them is a claim that the engine's strategy rests on.
#include "connectors/rest/compile.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

using channel::Capabilities;
using channel::GivesBack;
using channel::StockWrites;
using channel::Takes;

std::optional<bool> yes_or_no(const yaml::Node& node) {
  if (node.scalar == "yes" || node.scalar == "true") return true;
  if (node.scalar == "no" || node.scalar == "false") return false;
  return std::nullopt;
}

void compile_takes(const Compiling& compiling, yaml::Reader& reader, Capabilities& facts) {
  const auto* node = reader.node("takes");
  if (!node) return;
  if (!node->is_map()) {
    static const Takes words[] = {Takes::placed, Takes::paid, Takes::shipped, Takes::never};
    if (const auto word = reader.choice("takes", {"placed", "paid", "shipped", "never"})) facts.takes = words[*word];
    return;
  }
  facts.takes = Takes::by_state;
  for (const auto& member : node->members) {
    if (const auto taken = yes_or_no(member.value)) {
      facts.takes_in[member.key] = *taken;
    } else {
      compiling.complain(member.value.place, "yes or no is expected: has an order in this state lowered its number?");
    }
  }
}

void compile_gives_back(const Compiling& compiling, yaml::Reader& reader, Capabilities& facts) {
  const auto* node = reader.node("gives_back");
  if (!node) return;
  static const std::vector<std::string> words{"unpaid_cancel", "paid_cancel", "refund"};
  static const GivesBack values[] = {GivesBack::unpaid_cancel, GivesBack::paid_cancel, GivesBack::refund};
  for (const auto& item : node->is_list() ? node->items : std::vector<yaml::Node>{*node}) {
    const auto found = std::find(words.begin(), words.end(), item.scalar);
    if (found == words.end()) {
      compiling.complain(item.place, "'" + item.scalar + "' gives nothing back: unpaid_cancel, paid_cancel or refund",
                         did_you_mean(item.scalar, words));
    } else {
      facts.gives_back.insert(values[found - words.begin()]);
    }
  }
}

void compile_orders(const Compiling& compiling, yaml::Reader& reader, Capabilities& facts) {
  const auto* node = reader.node("orders");
  if (!node) return;
  yaml::Reader orders(*node, "`orders`", compiling.complaints);
  facts.has_order_list = orders.boolean("list").value_or(true);
  facts.order_lag = orders.duration("lag").value_or(facts.order_lag);
  facts.order_overlap = orders.duration("overlap").value_or(facts.order_overlap);
  facts.nightly_overlap = orders.duration("nightly").value_or(facts.nightly_overlap);
  if (const auto* by = orders.node("by")) {
    std::set<std::string> times;
    for (const auto& word : scalars_of(*by)) {
      if (word != "changed_at" && word != "placed_at")
        compiling.complain(by->place, "the order list goes by changed_at, placed_at or both");
      times.insert(word);
    }
    facts.changes_unseen = times.size() > 1;
  }
  orders.finish();
}

void compile_lists(const Compiling& compiling, yaml::Reader& reader, Capabilities& facts) {
  const auto* node = reader.node("lists");
  if (!node) return;
  const auto word_of = [&](const yaml::Node& value) {
    if (value.scalar == "replace" || value.scalar == "merge" || value.scalar.starts_with("merge by ")) return value.scalar;
    compiling.complain(value.place, "replace, merge or `merge by KEY` is expected");
    return std::string("replace");
  };
  if (!node->is_map()) {
    facts.lists_replace = word_of(*node) == "replace";
    return;
  }
  for (const auto& member : node->members) {
    const std::string word = word_of(member.value);
    if (member.key == "default") facts.lists_replace = word == "replace";
  }
}

void compile_marks(const Compiling& compiling, yaml::Reader& reader, Capabilities& facts) {
  if (const auto idempotency = reader.choice("idempotency", {"none", "key"})) facts.idempotency_key = *idempotency == 1;
  if (const auto changed_at = reader.choice("changed_at", {"trusted", "untrusted"})) facts.changed_at_trusted = *changed_at == 0;
  if (const auto* mark = reader.node("mark"); mark && mark->scalar != "none") {
    if (!mark->scalar.starts_with("/")) compiling.complain(mark->place, "none, or the pointer where our own id stands, is expected");
    facts.has_mark = true;
  }
}

}  // namespace

Capabilities compile_facts(const Compiling& compiling, const yaml::Node& node, std::string& state) {
  Capabilities facts;
  yaml::Reader reader(node, "`facts`", compiling.complaints);
  reader.required("stock");
  reader.required("takes");
  static const StockWrites writes[] = {StockWrites::absolute, StockWrites::delta, StockWrites::both, StockWrites::none};
  if (const auto stock = reader.choice("stock", {"absolute", "delta", "both", "none"})) facts.stock = writes[*stock];
  compile_takes(compiling, reader, facts);
  compile_gives_back(compiling, reader, facts);
  if (const auto refunds = reader.choice("refunds", {"any", "asked"})) facts.refunds_only_asked = *refunds == 1;
  facts.compare_and_set = reader.boolean("compare_and_set").value_or(false);
  compile_marks(compiling, reader, facts);
  facts.read_after_write = reader.duration("read_after_write").value_or(facts.read_after_write);
  facts.settle = reader.duration("settle").value_or(facts.settle);
  compile_orders(compiling, reader, facts);
  facts.clock_resolution = reader.duration("clock").value_or(facts.clock_resolution);
  compile_lists(compiling, reader, facts);
  facts.own_write_echoes = reader.boolean("own_write_echoes").value_or(true);
  facts.sold_moves_modified = reader.boolean("sold_moves_modified").value_or(false);
  facts.tracks_parcels = reader.choice("tracks", {"parcels"}).has_value();
  state = take_pointer(reader, "state");
  if (facts.takes == Takes::by_state && state.empty()) {
    reader.complain("takes", "`takes` goes by the platform's own states: `state` must say where an order shows its state",
                    "state: /status");
  }
  if (facts.stock == StockWrites::both && !facts.idempotency_key && !facts.compare_and_set) {
    reader.complain("stock", "both needs a key or a compare: `idempotency: key` or `compare_and_set: yes`");
  }
  reader.finish();
  return facts;
}

}  // namespace tally::rest
