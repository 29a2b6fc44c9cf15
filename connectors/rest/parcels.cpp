// Platforms that tell where parcels are.
#include "connectors/rest/push.hpp"

namespace tally::rest {
namespace {

/// `${parcel.…}` is what the mapping writes of it; nothing else of the order goes there.
Result<Outcome> exchange(const Tools& tools, const char* operation, const RequestForm& form, const std::optional<Pattern>& ok,
                         const Json& parcel) {
  auto written = tools.mapping.push("parcel", parcel, mapping::Say::everything);
  if (!written) return tools.wire.fault(Fault::rejected, written.error().text(), operation, "add the carrier to the channel's `tables:`");
  Names names(tools.wire.vault(), true);
  names.set("now", format_iso(tools.wire.now())).set("parcel", std::move(written->document));
  Call call;
  call.operation = operation;
  call.form = &form;
  call.names = &names;
  call.ok = ok ? &*ok : nullptr;
  return tools.wire.send(call);
}

}  // namespace

Result<channel::Applied> follow_parcel(const Tools& tools, const channel::Change& change) {
  const Tracking& tracking = *tools.wire.program().tracking;
  const auto outcome = exchange(tools, "follow_parcel", *tracking.follow, tracking.follow_ok, change.fields);
  if (!outcome) return outcome.error();
  if (outcome->error) return *outcome->error;
  return channel::Applied{Json::object(), {}, {}, {}};
}

Result<channel::Page> read_parcels(const Tools& tools, const channel::Want& want) {
  channel::Page page;
  const auto& tracking = tools.wire.program().tracking;
  if (!tracking) return tools.wire.fault(Fault::invalid, "this platform tracks no parcels", "read_parcel");
  for (const auto& parcel : want.things) {
    const auto outcome = exchange(tools, "read_parcel", tracking->read, tracking->read_ok, parcel);
    if (!outcome) return outcome.error();
    if (outcome->error && outcome->error->fault == Fault::not_yet && outcome->answer.status == 0) {  // a budget's word, not the platform's
      page.asked = page.documents.size();
      return page;
    }
    if (outcome->error) return *outcome->error;
    page.documents.push_back({"parcel", outcome->answer.json.dump(), {}});
    page.server_time = outcome->answer.date;
  }
  return page;
}

}  // namespace tally::rest
