// The declarative HTTP connector: one class, driven by connector.yaml (connectors/README.md) and a mapping.
#pragma once

#include "channel/registry.hpp"

#include <memory>

namespace tally::rest {

/// Compiles the connector file of `recipe` whole. Nothing if there were complaints, each with its place in the file.
std::unique_ptr<channel::Connector> make(const channel::Recipe& recipe, const channel::Ports& ports, Complaints& complaints);

}  // namespace tally::rest
