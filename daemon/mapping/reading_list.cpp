// Lists: which text claims an entry, and which entry of ours it is.
#include "mapping/reading.hpp"
#include "mapping/store.hpp"

#include <algorithm>
#include <limits>

namespace tally::mapping {
namespace {

constexpr std::size_t no_place = std::numeric_limits<std::size_t>::max();

std::string text_at(const Json& thing, std::string_view key) {
  const Json* value = thing.find(key);
  return value == nullptr ? std::string() : value->scalar_text();
}

}  // namespace

/// The entries of one of our lists while a document's list is read.
struct Reading::Gathered {
  struct One {
    Json item;
    std::size_t origin = no_place;  ///< where it stands with us
  };
  Json::Array present;
  std::vector<bool> used;
  std::vector<One> read;

  explicit Gathered(const Json* list) {
    if (list != nullptr && list->is_array()) present = list->as_array();
    used.resize(present.size());
  }
  template <class Wanted>
  std::size_t take(const Wanted& wanted) {
    for (std::size_t i = 0; i < present.size(); ++i) {
      if (used[i] || !wanted(present[i])) continue;
      used[i] = true;
      return i;
    }
    return no_place;
  }
  /// By the platform's id, then by the model's key; where the document says no key, by place among those whose id is not known yet.
  std::size_t pair(const Json& captured, const std::string& key) {
    const std::string id = text_at(captured, "@id"), name = key.empty() || key == "@id" ? std::string() : text_at(captured, key);
    std::size_t place = no_place;
    if (!id.empty()) place = take([&](const Json& each) { return text_at(each, "@id") == id; });
    if (place == no_place && !name.empty()) place = take([&](const Json& each) { return text_at(each, key) == name; });
    if (place != no_place || !name.empty()) return place;
    return take([&](const Json& each) { return id.empty() || text_at(each, "@id").empty(); });
  }
};

void Reading::list(const List& list, const Json& shown, bool partial) {
  if (!shown.is_array() || looking_ == Looking::at_identity) return;
  const Json::Array& entries = shown.as_array();
  if (entries.size() > most_entries_read) {
    doubts_.push_back("a list of more than " + std::to_string(most_entries_read) + " entries was not read");
    return;
  }
  std::vector<bool> claimed(entries.size());
  ++free_of_literals_;
  plain_entries(list, entries, claimed);
  loop_entries(list, entries, claimed, partial);
  --free_of_literals_;
}

/// A text without a loop stands for one entry: the first with its literals; a bare scalar for the one at its place.
void Reading::plain_entries(const List& list, const Json::Array& shown, std::vector<bool>& claimed) {
  for (std::size_t place = 0; place < list.entries.size(); ++place) {
    const List::Entry& text = list.entries[place];
    if (text.loop) continue;
    const auto* body = std::get_if<Object>(&program_.nodes[text.body].is);
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (claimed[i] || !(body != nullptr ? claims(program_, *body, shown[i]) : i == place)) continue;
      claimed[i] = true;
      node(text.body, shown[i]);
      break;
    }
  }
}

void Reading::loop_entries(const List& list, const Json::Array& shown, std::vector<bool>& claimed, bool partial) {
  std::vector<std::pair<const List::Loop*, Gathered>> loops;
  const auto gathered = [&](const List::Loop& loop) -> Gathered& {
    for (auto& [known, sum] : loops) {
      if (known->list.frame == loop.list.frame && known->list.canonical == loop.list.canonical) return sum;
    }
    const auto found = places_at(*view_[loop.list.frame], loop.list.steps);
    loops.emplace_back(&loop, Gathered(found.empty() ? nullptr : found.front()));
    return loops.back().second;
  };
  for (const List::Entry& text : list.entries) {
    if (text.loop && !text.loop->list.through) gathered(*text.loop);
  }
  bool short_forms = false;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (claimed[i]) continue;
    if (!shown[i].is_object()) {
      short_forms = true;  // an id in the place of the thing says only that the thing is there
      continue;
    }
    for (const List::Entry& text : list.entries) {
      if (!text.loop || text.loop->list.through || !claims(program_, std::get<Object>(program_.nodes[text.body].is), shown[i])) continue;
      entry(text, shown[i], gathered(*text.loop));
      break;
    }
  }
  if (looking_ != Looking::at_all) return;
  for (auto& [loop, sum] : loops) settle(*loop, sum, partial || short_forms);
}

void Reading::entry(const List::Entry& entry, const Json& shown, Gathered& gathered) {
  const List::Loop& loop = *entry.loop;
  const auto read_into = [&](Json& item) {
    frames_.push_back(&item);
    view_.push_back(&item);
    node(entry.body, shown);
    frames_.pop_back();
    view_.pop_back();
  };
  Gathered::One one;
  if (loop.scalar) {
    // What stands at the same place stays if it spells what is there.
    if (gathered.read.size() < gathered.present.size()) one.item = gathered.present[gathered.read.size()];
    read_into(one.item);
    if (one.item.empty()) return;
    one.origin = gathered.take([&](const Json& each) { return each == one.item; });
  } else {
    Json captured = Json::object();
    const Looking before = looking_;
    if (before == Looking::at_all) {
      looking_ = Looking::at_identity;
      read_into(captured);
      looking_ = before;
      one.origin = gathered.pair(captured, loop.key);
    }
    one.item = one.origin == no_place ? Json::object() : gathered.present[one.origin];
    read_into(one.item);
    if (one.item.empty()) return;
  }
  gathered.read.push_back(std::move(one));
}

/// The list as it is now: in the document's order where the model's lists of this kind have one, else in ours.
void Reading::settle(const List::Loop& loop, Gathered& gathered, bool partial) {
  const bool keep_order = partial || !loop.list.ordered;
  if (partial) {
    for (std::size_t i = 0; i < gathered.present.size(); ++i) {
      const bool read = std::any_of(gathered.read.begin(), gathered.read.end(), [&](const auto& one) { return one.origin == i; });
      if (!read) gathered.read.push_back({gathered.present[i], i});
    }
  }
  if (keep_order) {
    std::stable_sort(gathered.read.begin(), gathered.read.end(), [](const auto& a, const auto& b) { return a.origin < b.origin; });
  }
  Json::Array items;
  for (auto& one : gathered.read) items.push_back(std::move(one.item));
  if (items.empty()) return erase_at(*frames_[loop.list.frame], loop.list);
  store_at(*frames_[loop.list.frame], loop.list, Json(std::move(items)));
}

}  // namespace tally::mapping
