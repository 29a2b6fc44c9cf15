// The platform's subscriptions to our door: found, made, revived where the platform switched them off.
#include "connectors/rest/paging.hpp"
#include "connectors/rest/push.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

constexpr int most_pages = 20;

Outcome exchange(const Tools& tools, const RequestForm& form, const Names& names, bool writes) {
  Call call;
  call.operation = "subscribe";
  call.form = &form;
  call.names = &names;
  call.writes = writes;
  return tools.wire.send(call);  // made twice, a subscription delivers twice, which does no harm
}

struct Listed {
  Json entry, ids;
};

/// All there are, whoever made them: what is not seen would be made once more with every check.
Result<std::vector<Listed>> listed(const Tools& tools) {
  const Subscription& subscription = *tools.wire.program().subscribe;
  Reading pages;
  pages.name = "subscribe";
  pages.page = subscription.page;
  ReadingPlace place;
  place.page = pages.page.from;
  std::vector<Listed> all;
  for (int page = 0; page < most_pages; ++page) {
    Names names(tools.wire.vault(), true);
    names.set("now", format_iso(tools.wire.now())).set("page", place.page);
    if (!place.cursor.empty()) names.set("cursor", place.cursor);
    const Outcome outcome = exchange(tools, subscription.list, names, false);
    if (outcome.error) return *outcome.error;
    const Json* entries = outcome.answer.json.at(subscription.entries.empty() ? "/" : subscription.entries);
    if (!entries || !entries->is_array()) return tools.wire.fault(Fault::broken, "the answer holds no list of subscriptions", "subscribe");
    const std::vector<Json> here(entries->as_array().begin(), entries->as_array().end());
    for (const auto& entry : here) all.push_back({entry, given(subscription.gives, outcome.answer, entry)});
    const auto next = next_place(pages, place, outcome.answer, here);
    if (!next) return tools.wire.fault(next.error().fault, next.error().what, "subscribe");
    if (!*next) return all;
    place = **next;
  }
  return tools.wire.fault(Fault::broken, "more than " + std::to_string(most_pages) + " pages of subscriptions", "subscribe",
                          "remove at the platform those that nobody needs");
}

bool is_healthy(const Subscription& subscription, const Json& entry) {
  return !subscription.healthy || subscription.healthy->shows(entry);
}

/// Ours for the topic of `names`: one that works, if there are several.
const Listed* find_entry(const Subscription& subscription, const std::vector<Listed>& all, const Names& names) {
  const Listed* found = nullptr;
  for (const auto& one : all) {
    const bool ours = std::all_of(subscription.match.begin(), subscription.match.end(), [&](const auto& equality) {
      const Json *there = one.entry.at(equality.first), *wanted = names.find(equality.second);
      return there && wanted && there->scalar_text() == wanted->scalar_text();
    });
    if (ours && (!found || is_healthy(subscription, one.entry))) found = &one;
  }
  return found;
}

}  // namespace

Result<channel::Applied> push_subscription(const Tools& tools) {
  const Subscription& subscription = *tools.wire.program().subscribe;
  if (tools.wire.vault().settings().text_or("hook_url").empty())
    return tools.wire.fault(Fault::invalid, "nobody can reach us", "subscribe", "say `public_url` in tallyd.yaml");
  const auto all = listed(tools);
  if (!all) return all.error();
  Json revived = Json::array(), made = Json::array();
  std::optional<Error> failed;
  std::int64_t active = 0;
  for (const auto& topic : subscription.topics) {
    Names names(tools.wire.vault(), true);
    names.set("topic", topic).set("now", format_iso(tools.wire.now()));
    const Listed* there = find_entry(subscription, *all, names);
    const bool works = there && is_healthy(subscription, there->entry);
    if (!works && !failed) {
      if (there) {
        for (const auto& [name, id] : there->ids.as_object()) names.set(name, id);
      }
      failed = exchange(tools, there ? subscription.update : subscription.create, names, true).error;
      if (!failed) (there ? revived : made).push_back(topic);
    }
    if (works || !failed) ++active;
  }
  Json shown = Json::object({{"wanted", static_cast<std::int64_t>(subscription.topics.size())}, {"active", active}});
  shown.set("revived", std::move(revived)).set("made", std::move(made));
  if (failed && failed->fault == Fault::not_yet) {  // the rest has its turn by itself
    if (shown.find("made")->empty() && shown.find("revived")->empty()) return *failed;
  } else if (failed) {
    shown.set("why", failed->text()).set("todo", failed->todo);  // what was done before it stays done, and is told
  }
  return channel::Applied{Json::object(), std::move(shown), {}, {}};
}

}  // namespace tally::rest
