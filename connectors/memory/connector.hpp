// The reference implementation of a connector: the platform is in the same process and speaks the model's own trees, as JSON text.
// No mapping.
#pragma once

#include "connectors/memory/platform.hpp"

namespace tally::memory {

/// Documents: order (the order's tree with `platform_state`), listing (a product's tree), level (a variant's `@id`, `sku`, `available`),
/// event ({kind, subject, changed_at}: a poke). Webhooks: {"deliveries": [{kind, body}]} under the header x-memory-secret.
/// Every request takes effect before the call returns.
class MemoryConnector final : public channel::Connector {
 public:
  /// `platform` outlives the connector.
  explicit MemoryConnector(Platform& platform) : platform_(platform) {}

  const channel::Capabilities& capabilities() const override { return platform_.terms().facts; }
  std::vector<channel::Problem> check(const Json& product) const override;
  std::vector<Result<channel::Applied>> push(std::span<const channel::Change> changes) override;
  Result<channel::Page> read_listings(const channel::Want& want) override { return platform_.read_listings(want); }
  Result<channel::Page> read_orders(const channel::Want& want) override { return platform_.read_orders(want); }
  Result<channel::Door> authenticate(const channel::Webhook& webhook) const override;
  Result<std::vector<channel::Event>> parse(const channel::Document& document, const Json& known) const override;
  Json spell(std::string_view document_kind, const Json& fields) const override;

  static constexpr std::string_view secret_header = "x-memory-secret";

 private:
  Platform& platform_;
};

}  // namespace tally::memory
