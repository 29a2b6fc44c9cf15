#include "connectors/file/layout.hpp"

#include "channel/asked.hpp"
#include "mapping/mapping.hpp"
#include "yaml/yaml.hpp"

#include <algorithm>

namespace tally::file {

namespace {

using channel::Capabilities;

const std::vector<std::string> sales_names{"receipt",  "line", "sku",   "quantity", "unit_price",
                                           "discount", "tax",  "total", "currency", "sold_at"};
const std::vector<std::string> counts_names{"sku", "counted", "counted_at"};

/// A name of one folder, so that nothing outside the channel's own is reached.
std::string folder_name(yaml::Reader& folders, const std::string& key) {
  folders.required(key);
  auto name = folders.text(key).value_or(std::string());
  const bool plain = !name.empty() && name[0] != '.' && name.find('/') == std::string::npos;
  if (!name.empty() && !plain) folders.complain(key, "'" + name + "' must be the name of one folder below the channel's");
  return name;
}

Columns columns_of(yaml::Reader& reader, const std::string& key, const std::vector<std::string>& names, Complaints& complaints) {
  Columns columns;
  const auto* node = reader.node(key);
  const yaml::Node nothing;
  yaml::Reader spelt(node == nullptr ? nothing : *node, "`" + key + "`", complaints);
  for (const auto& name : names) {
    columns[name] = spelt.texts(name);
    columns[name].push_back(name);
  }
  spelt.finish();
  return columns;
}

/// The order list of a folder has no lag and nothing to overlap, at night neither: a file is there or it is not, and is read once.
void read_orders_facts(yaml::Reader& facts, Capabilities& into, Complaints& complaints) {
  const auto* node = facts.node("orders");
  if (node == nullptr) return;
  yaml::Reader orders(*node, "`orders`", complaints);
  into.has_order_list = orders.boolean("list").value_or(true);
  into.order_lag = orders.duration("lag").value_or(Duration(0));
  into.order_overlap = orders.duration("overlap").value_or(Duration(0));
  into.nightly_overlap = Duration(0);
  if (orders.node("by") != nullptr) orders.choice("by", {"changed_at", "placed_at"});
  orders.finish();
}

Capabilities read_facts(const yaml::Node& node, Complaints& complaints) {
  Capabilities facts;
  yaml::Reader reader(node, "`facts`", complaints);
  using channel::StockWrites;
  using channel::Takes;
  for (const auto* key : {"stock", "takes", "orders"}) reader.required(key);
  // A file holds a number, not a difference; whether the till counts down by itself is its own affair.
  constexpr StockWrites writes[] = {StockWrites::absolute, StockWrites::none};
  if (const auto word = reader.choice("stock", {"absolute", "none"})) facts.stock = writes[*word];
  constexpr Takes moments[] = {Takes::never, Takes::placed, Takes::paid, Takes::shipped};
  if (const auto word = reader.choice("takes", {"never", "placed", "paid", "shipped"})) facts.takes = moments[*word];
  constexpr channel::GivesBack backs[] = {channel::GivesBack::unpaid_cancel, channel::GivesBack::paid_cancel, channel::GivesBack::refund};
  const std::vector<std::string> words{"unpaid_cancel", "paid_cancel", "refund"};
  for (const auto& word : reader.texts("gives_back")) {
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end())
      reader.complain("gives_back", "'" + word + "' is unknown", did_you_mean(word, words));
    else
      facts.gives_back.insert(backs[found - words.begin()]);
  }
  facts.compare_and_set = reader.boolean("compare_and_set").value_or(false);
  if (facts.compare_and_set) reader.complain("compare_and_set", "a file cannot compare");
  // natural: writing the same row again does nothing more; there is no key to send.
  reader.choice("idempotency", {"natural", "none"});
  facts.read_after_write = reader.duration("read_after_write").value_or(Duration(0));
  facts.settle = reader.duration("settle").value_or(facts.settle);
  read_orders_facts(reader, facts, complaints);
  if (const auto word = reader.choice("changed_at", {"trusted", "untrusted"})) facts.changed_at_trusted = *word == 0;
  facts.clock_resolution = reader.duration("clock").value_or(facts.clock_resolution);
  if (const auto word = reader.choice("lists", {"replace", "merge"})) facts.lists_replace = *word == 0;
  if (const auto word = reader.choice("mark", {"none", "sku"})) facts.has_mark = *word == 1;
  facts.own_write_echoes = reader.boolean("own_write_echoes").value_or(false);
  facts.sold_moves_modified = reader.boolean("sold_moves_modified").value_or(false);
  facts.can_look = reader.boolean("can_look").value_or(false);
  reader.finish();
  facts.actions = {"put_listing", "retire_listing", "set_price", "set_stock"};
  if (facts.stock == StockWrites::none) facts.actions.erase("set_stock");
  return facts;
}

void read_limits(yaml::Reader& reader, Layout& layout, Complaints& complaints) {
  const auto* node = reader.node("limits");
  const yaml::Node nothing;
  yaml::Reader limits(node == nullptr ? nothing : *node, "`limits`", complaints);
  layout.facts.concurrency = static_cast<unsigned>(limits.integer("concurrency", 1, 8).value_or(2));
  layout.facts.stock_batch = layout.facts.price_batch = static_cast<unsigned>(limits.integer("batch", 1, 10000).value_or(1000));
  layout.max_bytes = static_cast<std::uintmax_t>(limits.integer("file_mib", 1, 1024).value_or(64)) << 20;
  layout.max_rows = static_cast<std::size_t>(limits.integer("rows", 1, 10'000'000).value_or(1'000'000));
  limits.finish();
}

/// A connector's file may ask for what is read here, and for nothing else.
void check_asked(const yaml::Node& root, yaml::Reader& reader, Complaints& complaints) {
  static const std::vector<std::string> read{"folder", "time_zone", "encoding", "finished_after", "receipts"};
  channel::take_asked(reader, complaints);
  for (const char* section : {"settings", "secrets"}) {
    const auto* node = root.find(section);
    if (node == nullptr) continue;
    for (const auto& member : node->members) {
      if (section == std::string_view("settings") && std::find(read.begin(), read.end(), member.key) != read.end()) continue;
      complaints.push_back(
          {member.key_place, "files have no use for '" + member.key + "' under `" + section + "`", did_you_mean(member.key, read)});
    }
  }
}

/// What the channel's own file says.
void read_settings(const channel::Recipe& recipe, Layout& layout, Complaints& complaints) {
  const auto complain = [&](const std::string& name, const std::string& what, const std::string& hint) {
    if (!recipe.complained.contains("settings/" + name)) complaints.push_back({recipe.place_of("settings/" + name), what, hint});
  };
  const auto& settings = recipe.settings;
  layout.folder = settings.text_or("folder");
  if (layout.folder.empty() && !recipe.complained.contains("settings/folder"))
    complaints.push_back(
        {{recipe.channel_file, 0, 0}, "`folder` is missing: where the till leaves its files", "write `folder: /srv/till`"});
  if (layout.folder.string().find("://") != std::string::npos)
    complain("folder", "`folder` is an address", "mount it and name the folder where it is mounted");
  if (auto zone = Zone::parse(settings.text_or("time_zone")))
    layout.zone = std::move(*zone);
  else
    complain("time_zone", "`settings: time_zone`: " + zone.error().what, zone.error().todo);
  const auto encoding = settings.text_or("encoding", "utf-8");
  if (encoding == "gb18030")
    layout.encoding = Encoding::gb18030;
  else if (encoding != "utf-8")
    complain("encoding", "`settings: encoding` is '" + encoding + "'", "write utf-8 or gb18030");
  const auto receipts = settings.text_or("receipts", "daily");
  layout.numbers_restart = receipts != "unique";
  if (receipts != "daily" && receipts != "unique")
    complain("receipts", "`settings: receipts` is '" + receipts + "'",
             "write daily where their numbers begin again each day, unique where no number ever comes again");
  layout.currency = settings.text_or("currency");
  if (!layout.currency.empty() && !Currency::parse(layout.currency))
    complain("currency", "`currency` is '" + layout.currency + "'", "write three capitals like EUR");
  if (const auto* text = settings.find("finished_after")) {
    const auto quiet = parse_duration(text->scalar_text());
    if (quiet)
      layout.finished_after = *quiet;
    else
      complain("finished_after", "`settings: finished_after`: " + quiet.error().what,
               "write it like 2s; 0s where the till renames whole files into place");
  }
  if (const auto settle = recipe.overrides.integer_or("settle_ms", -1); settle >= 0) layout.facts.settle = Duration(settle);
  if (const auto calls = recipe.overrides.integer_or("concurrency", 0); calls > 0)
    layout.facts.concurrency = static_cast<unsigned>(std::min<std::int64_t>(calls, 8));
}

}  // namespace

std::optional<Layout> compile_layout(const channel::Recipe& recipe, Complaints& complaints) {
  const auto before = complaints.size();
  const auto tree = yaml::parse(recipe.text, recipe.file, complaints);
  if (!tree) return {};
  Layout layout;
  layout.channel = recipe.channel;
  yaml::Reader reader(*tree, "the connector file", complaints);
  for (const auto* key : {"connector", "over", "folders", "facts"}) reader.required(key);
  layout.connector = reader.text("connector").value_or(std::string());
  reader.text("kind");
  reader.choice("over", {"files"});
  check_asked(*tree, reader, complaints);
  if (const auto* node = reader.node("facts")) layout.facts = read_facts(*node, complaints);
  if (const auto* node = reader.node("folders")) {
    yaml::Reader folders(*node, "`folders`", complaints);
    layout.sales = folder_name(folders, "sales");
    layout.counts = folder_name(folders, "counts");
    layout.offers = folder_name(folders, "offers");
    folders.finish();
  }
  layout.finished_after = reader.duration("finished_after").value_or(layout.finished_after);
  read_limits(reader, layout, complaints);
  layout.sales_columns = columns_of(reader, "sales", sales_names, complaints);
  layout.counts_columns = columns_of(reader, "counts", counts_names, complaints);
  reader.finish();
  read_settings(recipe, layout, complaints);
  if (recipe.mapping) {
    for (const auto* document : {"order", "level", "listing", "price", "stock"}) {
      if (recipe.mapping->has(document)) continue;
      complaints.push_back(
          {Place{recipe.file, 0, 0}, "the mapping has no document '" + std::string(document) + "'", "connectors/file/README.md shows it"});
    }
  }
  if (complaints.size() != before) return {};
  return layout;
}

}  // namespace tally::file
