// The connector for channels that speak in files: a drop folder of sales and counts to read, a file of offers to write
// (connectors/file/README.md).
#pragma once

#include "channel/registry.hpp"

#include <memory>

namespace tally::file {

/// For `over: files`. Does no I/O yet: the folder is looked at when it is first read or written.
std::unique_ptr<channel::Connector> make(const channel::Recipe& recipe, const channel::Ports& ports, Complaints& complaints);

}  // namespace tally::file
