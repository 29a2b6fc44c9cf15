#include "connectors/rest/rest.hpp"

#include "connectors/rest/compile.hpp"
#include "connectors/rest/door.hpp"
#include "connectors/rest/push.hpp"

namespace tally::rest {
namespace {

using channel::ActionKind;
using channel::Applied;
using channel::Change;

class Rest final : public channel::Connector {
 public:
  Rest(Program program, std::unique_ptr<Vault> vault, std::shared_ptr<const mapping::Mapping> mapping, const std::string& channel)
      : program_(std::move(program)),
        vault_(std::move(vault)),
        mapping_(std::move(mapping)),
        wire_(program_, *vault_, channel),
        obtain_(wire_, *mapping_),
        reads_(wire_, obtain_, *mapping_) {}

  const channel::Capabilities& capabilities() const override { return program_.capabilities; }

  std::vector<channel::Problem> check(const Json& product) const override {
    if (!mapping_->has("listing")) return {};
    const auto pushed = mapping_->push("listing", product, mapping::Say::everything);
    if (pushed) return {};
    return {{product.text_or("code"), pushed.error().text()}};
  }

  std::vector<Result<Applied>> push(std::span<const Change> changes) override {
    if (changes.empty()) return {};
    const ActionKind action = changes.front().action;
    const std::string name(channel::name_of(action));
    const Tools tools{wire_, obtain_, reads_, *mapping_};
    const auto operation = program_.operations.find(name);
    if (operation != program_.operations.end() && (action == ActionKind::set_price || action == ActionKind::set_stock)) {
      return push_batches(tools, operation->second, changes);
    }
    Results results;
    for (const auto& change : changes) {
      if (action == ActionKind::subscribe && program_.subscribe) {
        results.push_back(push_subscription(tools));
      } else if (action == ActionKind::follow_parcel && program_.tracking && program_.tracking->follow) {
        results.push_back(follow_parcel(tools, change));
      } else if (operation == program_.operations.end()) {
        results.push_back(
            wire_.fault(Fault::rejected, "the connector '" + program_.name + "' cannot do this", name, "do it at the platform"));
      } else {
        results.push_back(push_steps(tools, operation->second, change));
      }
    }
    return results;
  }

  Result<channel::Page> read_listings(const channel::Want& want) override {
    if (want.what == channel::Want::What::parcels) return read_parcels({wire_, obtain_, reads_, *mapping_}, want);
    return reads_.read(want);
  }
  Result<channel::Page> read_orders(const channel::Want& want) override {
    channel::Want orders = want;
    orders.what = channel::Want::What::orders;
    return reads_.read(orders);
  }
  Result<channel::Door> authenticate(const channel::Webhook& webhook) const override { return open_door(program_, *vault_, webhook); }

  Result<std::vector<channel::Event>> parse(const channel::Document& document, const Json& known) const override {
    return understand(program_, *vault_, *mapping_, document, known);
  }

  Json spell(std::string_view document_kind, const Json& fields) const override { return mapping_->spell(document_kind, fields); }
  const channel::Meter* meter() const override { return wire_.meter(); }

 private:
  Program program_;
  std::unique_ptr<Vault> vault_;
  std::shared_ptr<const mapping::Mapping> mapping_;
  Wire wire_;
  Obtain obtain_;
  Reads reads_;
};

}  // namespace

std::unique_ptr<channel::Connector> make(const channel::Recipe& recipe, const channel::Ports& ports, Complaints& complaints) {
  ensure(ports.http && ports.clock, "a connector is handed http and a clock");
  auto vault = std::make_unique<Vault>(recipe.settings, ports);
  auto program = compile(recipe, *vault, complaints);
  if (!program || !recipe.mapping) return nullptr;
  return std::make_unique<Rest>(std::move(*program), std::move(vault), recipe.mapping, recipe.channel);
}

}  // namespace tally::rest
