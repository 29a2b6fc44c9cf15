#include "engine/plan.hpp"

#include "base/crypto.hpp"
#include "engine/guard.hpp"
#include "engine/number.hpp"
#include "engine/pins.hpp"
#include "engine/tree.hpp"
#include "store/offers.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

std::string digest_of(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += std::to_string(part.size()) + ":" + part;
  return crypto::hex(crypto::digest(crypto::Digest::sha256, text)).substr(0, 16);
}

/// The rules of the channel that a line follows.
std::string rules_of(const ChannelConfig& config) {
  const auto& stock = config.stock;
  const auto& price = config.price;
  return std::string(name_of(config.policy)) + " " + stock.share.text() + " " + std::to_string(stock.buffer) + " " +
         (stock.cap ? std::to_string(*stock.cap) : "") + " " + price.factor.text() + " " + (price.round_to ? price.round_to->text() : "") +
         " " + (price.floor ? price.floor->text() : "") + " " + (price.ceiling ? price.ceiling->text() : "");
}

class PlanBuilder {
 public:
  PlanBuilder(Session& session, const Channel& channel) : session_(session), channel_(channel), rules_(rules_of(channel.config)) {
    for (const auto& mark : store::marks_of_channel(session, channel.no, "content")) look_at(mark, &PlanBuilder::content);
    for (const auto& mark : store::marks_of_channel(session, channel.no, "price")) look_at(mark, &PlanBuilder::price);
    for (const auto& mark : store::marks_of_channel(session, channel.no, "stock")) look_at(mark, &PlanBuilder::stock);
  }
  ChannelPlan plan;

 private:
  void look_at(const store::Mark& mark, void (PlanBuilder::*line_of)(const store::Mark&)) {
    const auto totals = plan.totals;
    const std::size_t lines = plan.lines.size();
    (this->*line_of)(mark);
    const bool discarded =
        plan.lines.size() > lines && !mark.discarded_by.empty() && mark.parked_hash == value_of(session_, channel_, mark);
    if (!discarded) return;
    Json item = std::move(plan.lines.back().item);
    item.set("left_by", mark.discarded_by);
    plan.left_alone.push_back(std::move(item));
    plan.lines.pop_back();
    plan.totals = totals;
  }

  Json& add(const store::Mark& mark, const std::string& action, const std::string& thing, const std::string& sku, Json before, Json after) {
    Json item = Json::object({{"channel", channel_.config.name}, {"action", action}, {"thing", thing}, {"cause", mark.cause}});
    if (!sku.empty()) item.set("sku", sku);
    item.set("before", std::move(before));
    item.set("after", std::move(after));
    item.set("held", !mark.parked.empty() || (!mark.by_order && store::is_held(session_, channel_.no, mark.aspect, mark.thing)));
    if (!mark.parked.empty()) item.set("reason", mark.parked);
    const std::string pinned_aspect = mark.aspect == "price" || mark.aspect == "content" ? mark.aspect : "";
    if (const auto pin = store::find_pin(session_, channel_.no, pinned_aspect, mark.thing)) item.set("pinned", pin_in_words(*pin));
    plan.lines.push_back({mark, std::move(item)});
    return plan.lines.back().item;
  }

  /// Ids are learnt, and numbers change, while it waits: neither makes another content of it.
  std::string state_of(const Json& tree, const std::string& listing_state, const std::string& sent) {
    Json bare = without_ids(tree);
    std::string prices;
    if (Json* variants = bare.find("variants"); variants && variants->is_array()) {
      for (auto& variant : variants->as_array()) {
        variant.set("available", 0);
        for (const auto* field : {"sku", "price", "compare_at"}) {
          if (const Json* value = variant.find(field)) prices += value->dump();
        }
      }
    }
    return digest_of(
        {listing_state, sent, content_of(bare).dump_sorted(), prices, channel_.connector->spell("listing", bare).dump_sorted(), rules_});
  }

  void content(const store::Mark& mark) {
    const auto product = store::get_product(session_, ProductNo(mark.thing));
    if (!product) return;
    const auto listing = store::find_listing(session_, channel_.no, product->no);
    const bool bound = listing && listing->state == "bound", ended = product->product.state == SaleState::ended;
    if ((listing && listing->state == "gone") || (ended && !(bound && channel_.may_retire()))) return;
    if (bound && !ended && channel_.config.policy == Policy::create_only) return;
    const Json tree = listing_tree(session_, channel_, *product);
    const Json title = Json(tree.text_or("title"));
    if (!bound) {
      ++plan.totals.creates;
      const Json after = Json::object({{"title", title}, {"variants", product->product.variants.size()}});
      add(mark, "create", product->product.code, "", Json(), after).set("state", state_of(tree, listing ? listing->state : "", ""));
      return;
    }
    if (ended) {
      if (listing->sent.starts_with(store::taken_off)) return;
      ++plan.totals.retires;
      add(mark, "retire", product->product.code, "", Json::object({{"title", title}}), Json())
          .set("state", state_of(tree, listing->state, listing->sent));
      return;
    }
    if (crypto::state_hash(channel_.connector->spell("listing", tree).dump_sorted()) == listing->sent) return;
    ++plan.totals.updates;
    add(mark, "update", product->product.code, "", Json(), Json::object({{"title", title}}))
        .set("state", state_of(tree, listing->state, listing->sent));
  }

  void price(const store::Mark& mark) {
    const auto variant = store::get_variant(session_, VariantNo(mark.thing));
    const auto offer = store::find_offer(session_, channel_.no, VariantNo(mark.thing));
    const auto product = variant ? store::get_product(session_, variant->product) : std::nullopt;
    const Variant* sold = product ? product->product.find(Sku(variant->sku)) : nullptr;
    if (!offer || !sold) return;
    const auto price = offer_price(session_, channel_, variant->no, *sold);
    if (price.text() == offer->price_sent) return;
    ++plan.totals.prices;
    const auto before = Money::parse(offer->price_confirmed.substr(0, offer->price_confirmed.find('/')));
    if (before.has_value() && before->minor != 0 && price.price) {
      if (const auto change = (price.price->major() - before->major()).divided_by(before->major())) {
        const Decimal size = change->is_negative() ? -*change : *change;
        plan.totals.largest = std::max(plan.totals.largest, size);
      }
    }
    add(mark, "price", product->product.code, variant->sku, offer->price_confirmed, price.text())
        .set("state", digest_of({offer->price_sent, offer->price_confirmed, price.text(), price.refused, rules_}));
  }

  void stock(const store::Mark& mark) {
    const auto variant = store::get_variant(session_, VariantNo(mark.thing));
    const auto offer = store::find_offer(session_, channel_.no, VariantNo(mark.thing));
    if (!offer || !variant) return;
    if (stock_direction(session_, channel_, *offer) == Direction::none) return;
    const auto number = stock_number(session_, channel_, variant->no).number;
    ++plan.totals.stocks;
    if (number == 0) ++plan.totals.to_zero;
    add(mark, "stock", variant->sku, variant->sku, offer->high, number)
        .set("state", digest_of({std::to_string(offer->low), std::to_string(offer->high), offer->suspect ? "suspect" : "",
                                 std::to_string(number), rules_}));
  }

  Session& session_;
  const Channel& channel_;
  std::string rules_;
};

}  // namespace

std::string plan_key(const Json& item) {
  const std::string sku = item.text_or("sku");
  return item.text_or("action") + " " + (sku.empty() ? item.text_or("thing") : sku);
}

std::string PlanLine::key() const {
  return plan_key(item);
}

ChannelPlan plan_of(Session& session, const Channel& channel) {
  return std::move(PlanBuilder(session, channel).plan);
}

}  // namespace tally::engine
