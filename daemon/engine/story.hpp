// What an explanation is made of: sentences with their moments, oldest first where they have one, and causes in words.
#pragma once

#include "engine/world.hpp"
#include "store/catalogue.hpp"
#include "store/marks.hpp"
#include "store/orders.hpp"

namespace tally::engine {

struct Story {
  /// `facts`: the same for programs. One line, without personal data.
  void tell(std::optional<Time> at, const std::string& what, std::string sentence, Json facts = Json::object());
  /// Of what was told since the first `told` steps: by its moments; what has none stays behind what it was told behind.
  void sort_since(std::size_t told);
  std::size_t told() const { return steps_.size(); }

  Json steps() const;
  /// A line a step.
  std::string text() const;

 private:
  struct Step {
    std::optional<Time> at;
    Json json;
  };
  std::vector<Step> steps_;
};

/// "order:12:3" in the words of the channel it came from, and in the state that the order had then; a kind and its number otherwise.
std::string cause_in_words(store::Session& session, const World& world, const std::string& cause);
/// Why a thing still waits, is parked or is left alone.
void tell_mark(store::Session& session, const World& world, const store::Mark& mark, Story& story);
/// "confirmed after 31 ms"
std::string answer_in_words(const store::Intent& intent);

/// Why a channel shows that price; why it shows that content; an order from its bytes to what it moved (explain_terms.cpp,
/// explain_order.cpp). `variant` is listed or is to be.
void tell_price(store::Session& session, const World& world, const Channel& channel, const store::VariantRow& variant, Story& story);
void tell_content(store::Session& session, const World& world, const Channel& channel, const store::VariantRow& variant, Story& story);
void tell_order(store::Session& session, const World& world, const Channel& channel, const store::OrderRow& order, Story& story);

}  // namespace tally::engine
