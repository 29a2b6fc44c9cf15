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
  /// `meter` is asked before each request: each change of a push, and each reading.
  MemoryConnector(Platform& platform, std::unique_ptr<channel::Meter> meter) : platform_(platform), meter_(std::move(meter)) {}

  const channel::Capabilities& capabilities() const override { return platform_.terms().facts; }
  std::vector<channel::Problem> check(const Json& product) const override;
  std::vector<Result<channel::Applied>> push(std::span<const channel::Change> changes) override;
  Result<channel::Page> read_listings(const channel::Want& want) override;
  Result<channel::Page> read_orders(const channel::Want& want) override;
  Result<channel::Door> authenticate(const channel::Webhook& webhook) const override;
  Result<std::vector<channel::Event>> parse(const channel::Document& document, const Json& known) const override;
  Json spell(std::string_view document_kind, const Json& fields) const override;

  const channel::Meter* meter() const override { return meter_.get(); }

  static constexpr std::string_view secret_header = "x-memory-secret";

 private:
  Platform& platform_;
  std::unique_ptr<channel::Meter> meter_;  ///< null: no budgets
};

/// What budgets are told of a request to a memory channel. The ids have the names under which they stand in the change's tree.
channel::Errand errand_of(const channel::Change& change);
channel::Errand errand_of(const channel::Want& want);

}  // namespace tally::memory
