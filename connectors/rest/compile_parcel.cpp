// `follow_parcel` and `read_parcel`: platforms that tell where parcels are.
#include "connectors/rest/compile.hpp"

namespace tally::rest {
namespace {

std::optional<RequestForm> compile_exchange(const Compiling& compiling, const yaml::Node& node, const std::string& name,
                                            std::optional<Pattern>& ok) {
  yaml::Reader reader(node, "`" + name + "`", compiling.complaints);
  const Scope scope{name, {"now", "parcel", "hook_url"}, nullptr, true, {}};
  auto request = take_request(compiling, reader, nullptr, scope);
  if (const auto* pattern = reader.node("ok")) ok = compile_pattern(compiling, *pattern, "`ok`");
  reader.finish();
  return request;
}

}  // namespace

std::optional<Tracking> compile_tracking(const Compiling& compiling, yaml::Reader& reader) {
  const auto *follow = reader.node("follow_parcel"), *read = reader.node("read_parcel");
  if (!follow && !read) return std::nullopt;
  Tracking tracking;
  if (follow) tracking.follow = compile_exchange(compiling, *follow, "follow_parcel", tracking.follow_ok);
  if (!read) {
    compiling.complain(follow->place, "`read_parcel` must be there too: it is asked where nobody can reach us, and after a long silence");
    return std::nullopt;
  }
  auto request = compile_exchange(compiling, *read, "read_parcel", tracking.read_ok);
  check_document(compiling, read->place, "parcel");
  if (!request) return std::nullopt;
  tracking.read = std::move(*request);
  return tracking;
}

}  // namespace tally::rest
