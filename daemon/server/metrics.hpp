// The engine's numbers and the door's own as OpenMetrics text.
#pragma once

#include "base/json.hpp"

#include <string>

namespace tally::server {

inline constexpr const char* open_metrics_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `items` as Admin::metrics() answers them: {name, help, type: counter|gauge, labels, value}. Samples of one name are put together, as the
/// format demands; a name that the format does not know is left out.
std::string open_metrics(const Json::Array& items);

}  // namespace tally::server
