// The platform's subscriptions to our door: found, made, revived where the platform switched them off.
#include "connectors/rest/push.hpp"

#include <algorithm>

namespace tally::rest {
namespace {

Outcome exchange(const Tools& tools, const RequestForm& form, const Names& names, bool writes) {
  Call call;
  call.operation = "subscribe";
  call.form = &form;
  call.names = &names;
  call.writes = writes;
  return tools.wire.send(call);  // made twice, a subscription delivers twice, which does no harm
}

const Json* find_entry(const Subscription& subscription, const Json::Array& entries, const Names& names) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Json& entry) {
    return std::all_of(subscription.match.begin(), subscription.match.end(), [&](const auto& equality) {
      const Json *there = entry.at(equality.first), *wanted = names.find(equality.second);
      return there && wanted && there->scalar_text() == wanted->scalar_text();
    });
  });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

Result<channel::Applied> push_subscription(const Tools& tools) {
  const Subscription& subscription = *tools.wire.program().subscribe;
  channel::Applied applied{Json::object(), {}, {}, {}};
  if (tools.wire.vault().settings().text_or("hook_url").empty()) return applied;  // nobody can reach us
  const Names asking(tools.wire.vault(), true);
  const Outcome listed = exchange(tools, subscription.list, asking, false);
  if (listed.error) return *listed.error;
  const Json* entries = listed.answer.json.at(subscription.entries.empty() ? "/" : subscription.entries);
  if (!entries || !entries->is_array()) return tools.wire.fault(Fault::broken, "the answer holds no list of subscriptions", "subscribe");
  for (const auto& topic : subscription.topics) {
    Names names(tools.wire.vault(), true);
    names.set("topic", topic);
    const Json* there = find_entry(subscription, entries->as_array(), names);
    if (there && (!subscription.healthy || subscription.healthy->shows(*there))) continue;
    if (there) {
      const Json ids = given(subscription.gives, listed.answer, *there);
      for (const auto& [name, id] : ids.as_object()) names.set(name, id);
    }
    const Outcome put = exchange(tools, there ? subscription.update : subscription.create, names, true);
    if (put.error) return *put.error;
  }
  return applied;
}

}  // namespace tally::rest
