#include "connectors/sandbox/control.hpp"

#include <algorithm>

namespace tally::sandbox {
namespace {

Answer told(const Error& why) {
  const int status = why.fault == Fault::not_found ? 404 : (why.fault == Fault::rejected ? 409 : 400);
  return Answer::json(Json::object({{"error", why.text()}}), status);
}

Answer told(const Result<Json>& outcome) {
  return outcome ? Answer::json(*outcome) : told(outcome.error());
}

Answer look(Platform& platform, const std::string& at, const Request& request) {
  if (at == "offers") return Answer::json(platform.offers());
  if (at == "orders") return Answer::json(platform.orders());
  if (at == "sold") return Answer::json(platform.sold());
  if (at == "counters") return Answer::json(platform.counters(number_or(request.query_value("after"), 0)));
  return told(error(Fault::not_found, "there is nothing to look at under '" + at + "'", {}, "try offers, orders, sold or counters"));
}

Answer act(Platform& platform, const std::vector<std::string>& parts, const Json& wish) {
  const std::string& what = parts[2];
  if (parts.size() == 5 && what == "orders") return told(platform.act(parts[3], parts[4], wish));
  if (what == "buy") return told(platform.buy(wish));
  if (what == "sell") return told(platform.sell(wish));
  if (what == "return") return told(platform.take_back(wish));
  if (what == "edit") return told(platform.edit(wish));
  if (what == "stock") return told(platform.put_stock(wish));
  if (what == "misbehave") return told(platform.misbehave(wish));
  if (what == "hook") return told(platform.enter_hook(wish));
  return told(error(Fault::not_found, "nobody can '" + what + "' here", {},
                    "try buy, sell, return, edit, stock, misbehave, hook or orders/ID/pay"));
}

}  // namespace

Answer control(const std::vector<std::unique_ptr<Platform>>& platforms, const Request& request) {
  const auto parts = request.parts();
  if (parts.empty() || parts[0] != "platforms") return told(error(Fault::not_found, "there is only /platforms here"));
  if (parts.size() == 1) {
    Json all = Json::array();
    for (const auto& platform : platforms) all.push_back(platform->description());
    return Answer::json(Json::object({{"platforms", std::move(all)}}));
  }
  const auto found = std::find_if(platforms.begin(), platforms.end(), [&](const auto& platform) { return platform->name() == parts[1]; });
  if (found == platforms.end()) return told(error(Fault::not_found, "there is no platform '" + parts[1] + "'"));
  if (parts.size() == 2) return Answer::json((*found)->description());
  if (request.method == "GET") return look(**found, parts[2], request);
  const auto wish = Json::parse(request.body.empty() ? "{}" : request.body);
  if (!wish) return told(wish.error());
  if (!wish->is_object()) return told(error(Fault::invalid, "send a JSON object"));
  return act(**found, parts, *wish);
}

}  // namespace tally::sandbox
