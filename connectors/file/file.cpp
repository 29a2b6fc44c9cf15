#include "connectors/file/file.hpp"

#include "base/id.hpp"
#include "connectors/file/inbox.hpp"
#include "connectors/file/offers.hpp"
#include "mapping/mapping.hpp"

#include <algorithm>
#include <mutex>
#include <set>

namespace tally::file {

namespace {

using channel::ActionKind;
using channel::Applied;
using channel::Change;

/// What the file system says, in the words that the engine knows for a platform.
Error as_platform(const Error& why) {
  auto same = why;
  if (why.fault == Fault::io || why.fault == Fault::not_found || why.fault == Fault::internal) same.fault = Fault::transient;
  if (why.fault == Fault::invalid) same.fault = Fault::rejected;
  return same;
}

class Connector final : public channel::Connector {
 public:
  Connector(Layout layout, std::shared_ptr<const mapping::Mapping> mapping, const channel::Ports& ports)
      : layout_(std::move(layout)), mapping_(std::move(mapping)), log_(ports.log), inbox_(layout_, *ports.clock, ports.log) {}

  const channel::Capabilities& capabilities() const override { return layout_.facts; }
  std::vector<channel::Problem> check(const Json& product) const override;
  std::vector<Result<Applied>> push(std::span<const Change> changes) override;
  Result<channel::Page> read_listings(const channel::Want& want) override;
  Result<channel::Page> read_orders(const channel::Want& want) override {
    return want.things.empty() ? inbox_.read(want.cursor) : inbox_.find(want.things);
  }
  Result<channel::Door> authenticate(const channel::Webhook&) const override {
    return error(Fault::not_found, "this channel speaks in files, not in webhooks", layout_.channel,
                 "take the address out of whatever calls it");
  }
  Result<std::vector<channel::Event>> parse(const channel::Document& document, const Json& known) const override;
  Json spell(std::string_view kind, const Json& fields) const override { return mapping_->spell(kind, fields); }

 private:
  std::filesystem::path offers_folder() const { return layout_.folder / layout_.offers; }
  Result<Offers> load() const;
  Result<Applied> apply(const Change& change, Offers& offers) const;
  Result<Applied> put_listing(const Json& fields, Offers& offers) const;
  static Result<Applied> retire_listing(const Json& fields, Offers& offers);
  Result<Applied> set(std::string_view document, const Json& fields, Offers& offers) const;

  const Layout layout_;
  const std::shared_ptr<const mapping::Mapping> mapping_;
  const Log log_;
  Inbox inbox_;
  std::mutex offers_;  ///< held from reading the file of offers to replacing it
};

Applied nothing_learned() {
  Applied applied;
  applied.learned = Json::object();
  return applied;
}

/// The cells that a document says; null is a blank cell, a key that is not there says nothing.
std::map<std::string, std::string> cells_of(const Json& row) {
  std::map<std::string, std::string> cells;
  for (const auto* name : offer_columns) {
    if (const auto* value = row.find(name)) cells[name] = value->scalar_text();
  }
  return cells;
}

/// The rows of a listing document: its `rows`, each with the document's title unless it has one, or the document itself.
std::vector<Json> rows_of(const Json& document) {
  const auto* listed = document.find("rows");
  if (listed == nullptr || !listed->is_array()) return {document};
  std::vector<Json> rows = listed->as_array();
  if (const auto* title = document.find("title")) {
    for (auto& row : rows) {
      if (row.find("title") == nullptr) row.set("title", *title);
    }
  }
  return rows;
}

std::string sku_in(const Json& row) {
  const auto* sku = row.find("sku");
  return sku == nullptr ? std::string() : normal_sku(sku->scalar_text()).text;
}

std::vector<channel::Problem> Connector::check(const Json& product) const {
  std::vector<channel::Problem> problems;
  const auto* variants = product.find("variants");
  if (variants == nullptr || !variants->is_array()) return problems;
  for (const auto& variant : variants->as_array()) {
    const auto sku = variant.text_or("sku");
    if (sku.empty())
      problems.push_back({product.text_or("code"), "a variant without SKU: the till knows what it sells by SKU"});
    else if (variant.find("price") == nullptr)
      problems.push_back({sku, "no price: the till would sell it for nothing"});
  }
  return problems;
}

Result<Offers> Connector::load() const {
  std::error_code code;
  if (!std::filesystem::is_directory(layout_.folder, code)) {
    return error(Fault::transient, "the folder of the till is not there", layout_.folder.string(),
                 "make it, or mount the share that it lies on");
  }
  auto offers = Offers::load(offers_folder(), layout_);
  if (!offers) return as_platform(offers.error());
  return offers;
}

std::vector<Result<Applied>> Connector::push(std::span<const Change> changes) {
  const std::lock_guard lock(offers_);
  auto offers = load();
  if (!offers) return {changes.size(), Result<Applied>(offers.error())};
  std::vector<Result<Applied>> results;
  for (const auto& change : changes) results.push_back(apply(change, *offers));
  if (std::none_of(results.begin(), results.end(), [](const auto& one) { return one.has_value(); })) return results;
  const auto saved = offers->save(offers_folder(), layout_.encoding);
  if (saved) return results;
  // The rename did not happen: nothing of all this is there, so nothing is unknown.
  for (auto& result : results) {
    if (result) result = as_platform(saved.error());
  }
  return results;
}

Result<Applied> Connector::apply(const Change& change, Offers& offers) const {
  switch (change.action) {
    case ActionKind::put_listing:
      return put_listing(change.fields, offers);
    case ActionKind::retire_listing:
      return retire_listing(change.fields, offers);
    case ActionKind::set_price:
      return set("price", change.fields, offers);
    case ActionKind::set_stock:
      return set("stock", change.fields, offers);
    default:
      break;
  }
  return error(Fault::rejected, "a channel that speaks in files has no " + std::string(channel::name_of(change.action)), layout_.channel);
}

Result<Applied> Connector::put_listing(const Json& fields, Offers& offers) const {
  const auto say = fields.bool_or("@known") ? mapping::Say::content : mapping::Say::everything;
  const auto pushed = mapping_->push("listing", fields, say);
  if (!pushed) return as_platform(pushed.error());
  if (pushed->empty()) return nothing_learned();
  const auto id = fields.text_or("@id", fields.text_or("code"));
  if (id.empty()) return error(Fault::rejected, "the product has no code", layout_.channel, "give it one in the catalogue");
  const auto rows = rows_of(pushed->document);
  std::set<std::string> skus;
  for (const auto& row : rows) {
    const auto sku = sku_in(row);
    if (sku.empty())
      return error(Fault::rejected, "product '" + id + "' has an offer without SKU", layout_.channel, "give the variant a SKU");
    // Known, so its price is not said; but its row is gone: somebody took it out by hand.
    if (!offers.has(sku) && row.find("price") == nullptr) {
      return error(Fault::conflict, "the row of '" + sku + "' is no longer among the offers", offers_folder().string());
    }
    skus.insert(sku);
  }
  for (const auto& sku : offers.skus_of(id)) {
    if (!skus.contains(sku)) offers.remove(sku);
  }
  auto applied = nothing_learned();
  applied.learned.set("@id", id);
  Json variants = Json::array();
  for (const auto& row : rows) {
    const auto sku = sku_in(row);
    offers.put(sku, cells_of(row));
    offers.belongs(sku, id);
    variants.push_back(Json::object({{"sku", sku}, {"@id", sku}}));
  }
  applied.learned.set("variants", std::move(variants));
  if (auto shown = mapping_->read("listing", offers.listing(id), fields)) applied.shown = std::move(shown->tree);
  return applied;
}

Result<Applied> Connector::retire_listing(const Json& fields, Offers& offers) {
  for (const auto& sku : offers.skus_of(fields.text_or("@id", fields.text_or("code")))) offers.remove(sku);
  if (const auto* variants = fields.find("variants"); variants != nullptr && variants->is_array()) {
    for (const auto& variant : variants->as_array()) offers.remove(sku_in(variant));
  }
  return nothing_learned();
}

Result<Applied> Connector::set(std::string_view document, const Json& fields, Offers& offers) const {
  const auto pushed = mapping_->push(document, fields, mapping::Say::everything);
  if (!pushed) return as_platform(pushed.error());
  if (pushed->empty()) return nothing_learned();
  auto sku = sku_in(pushed->document);
  if (sku.empty()) sku = sku_in(fields);
  if (!offers.has(sku)) return error(Fault::missing, "there is no row of '" + sku + "' among the offers", offers_folder().string());
  offers.put(sku, cells_of(pushed->document));
  return nothing_learned();
}

Result<channel::Page> Connector::read_listings(const channel::Want& want) {
  // The number in the file is the one that we wrote: reading it back says nothing of the shelf.
  if (want.what != channel::Want::What::listings)
    return error(Fault::rejected, "a till's stock comes in its count files and cannot be asked for", layout_.channel);
  constexpr std::size_t most_listings = 2000;  // of a page
  const std::lock_guard lock(offers_);
  const auto offers = load();
  if (!offers) return offers.error();
  channel::Page page;
  const auto add = [&](const std::string& product) {
    const auto listing = offers->listing(product);
    if (!listing.is_null()) page.documents.push_back({.kind = "listing", .body = listing.dump(), .headers = {}});
  };
  if (!want.things.empty()) {
    std::set<std::string> products;
    for (const auto& thing : want.things) {
      const auto* listing = thing.find("listing");
      if (thing.find("variants") != nullptr || sku_in(thing).empty())
        products.insert(thing.text_or("@id", thing.text_or("code")));
      else
        products.insert(listing == nullptr ? offers->product_of(sku_in(thing))
                                           : listing->text_or("@id", offers->product_of(sku_in(thing))));
    }
    for (const auto& product : products) add(product);
    return page;
  }
  // In the order of their names, so that a page goes on behind the last one even if the file changed in between.
  for (const auto& product : offers->products()) {
    if (product <= want.cursor) continue;
    if (page.documents.size() == most_listings) {
      page.cursor = Json::parse(page.documents.back().body)->text_or("id");
      break;
    }
    add(product);
  }
  return page;
}

/// A report that names rows is refused with what it says; one that names none is read, and ends the one before it.
Result<std::vector<channel::Event>> taken(const Json& report) {
  const auto rows = report.integer_or("rows");
  if (rows == 0) return std::vector<channel::Event>();
  const std::string more = rows > 1 ? " (and " + std::to_string(rows - 1) + " more, see errors/)" : "";
  return error(Fault::invalid, "line " + std::to_string(report.integer_or("line")) + " was refused: " + report.text_or("reason") + more,
               report.text_or("file"));
}

/// A receipt lacks the rows that were refused: the first ones are said each by itself, and how many others there are.
void tell_refused(const Json& receipt, std::vector<std::string>& doubts) {
  constexpr std::size_t most_doubts = 100;  // of one document, as of what a mapping reads
  const auto* refused = receipt.find("refused");
  if (refused == nullptr || !refused->is_array()) return;
  const std::string file = receipt.text_or("file");
  std::size_t rest = refused->as_array().size();
  for (const auto& row : refused->as_array()) {
    if (rest > 1 && doubts.size() + 1 >= most_doubts) {
      doubts.push_back(std::to_string(rest) + " more rows of " + file + " were refused, see errors/");
      return;
    }
    doubts.push_back("line " + std::to_string(row.integer_or("line")) + " of " + file + " was refused: " + row.text_or("reason"));
    --rest;
  }
}

Result<std::vector<channel::Event>> Connector::parse(const channel::Document& document, const Json& known) const {
  auto json = Json::parse(document.body);
  if (!json) return error(Fault::broken, json.error().what, layout_.channel);
  if (document.kind == "report") return taken(*json);
  channel::Event event;
  if (document.kind == "order")
    event.what = channel::Event::What::order;
  else if (document.kind == "level")
    event.what = channel::Event::What::level;
  else if (document.kind == "listing")
    event.what = channel::Event::What::listing;
  else
    return error(Fault::broken, "documents of kind '" + document.kind + "' do not come from files", layout_.channel);
  if (event.what == channel::Event::What::order) {
    json->set("id", id_of(*json, layout_));
    if (!known.is_null()) {
      if (auto same = same_receipt(*json, known, layout_); !same) return same.error();
    }
  }
  auto read = mapping_->read(document.kind, *json, known);
  if (!read) return as_platform(read.error());
  if (read->skipped) return std::vector<channel::Event>();
  event.tree = std::move(read->tree);
  event.doubts = std::move(read->doubts);
  const auto* when = json->find(event.what == channel::Event::What::level ? "counted_at" : "sold_at");
  if (const auto at = when == nullptr ? Result<Time>(error(Fault::invalid, "")) : parse_iso(when->scalar_text())) event.changed_at = *at;
  if (event.what == channel::Event::What::order) event.platform_state = json->text_or("status");
  tell_refused(*json, event.doubts);
  return std::vector<channel::Event>{std::move(event)};
}

}  // namespace

std::unique_ptr<channel::Connector> make(const channel::Recipe& recipe, const channel::Ports& ports, Complaints& complaints) {
  auto layout = compile_layout(recipe, complaints);
  if (!layout || !recipe.mapping) return nullptr;
  return std::make_unique<Connector>(std::move(*layout), recipe.mapping, ports);
}

}  // namespace tally::file
