// A shop's till that speaks in files: reads offers/, writes sales/ and counts/. It owns its shelf, and never refuses a customer.
#include "base/csv.hpp"
#include "connectors/sandbox/dialect.hpp"

#include <iconv.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <tuple>

namespace tally::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr Duration write_every{100};
constexpr unsigned gb18030_percent = 25;
constexpr std::uintmax_t largest_file = 64u << 20;

std::string to_gb18030(std::string text) {
  const iconv_t converter = iconv_open("GB18030", "UTF-8");
  if (converter == reinterpret_cast<iconv_t>(-1)) throw std::runtime_error("the C library has no GB18030 here");
  std::string made(text.size() * 2 + 16, '\0');
  char* from = text.data();
  char* to = made.data();
  std::size_t left = text.size(), room = made.size();
  const std::size_t outcome = iconv(converter, &from, &left, &to, &room);
  iconv_close(converter);
  if (outcome == static_cast<std::size_t>(-1)) throw std::runtime_error("a sale has a character that GB18030 has not");
  made.resize(made.size() - room);
  return made;
}

class Till final : public Dialect {
 public:
  explicit Till(Place place) : place_(std::move(place)) {
    for (const char* folder : {"sales", "counts", "offers"}) fs::create_directories(place_.options.folder / folder);
  }

  Answer answer(const Request&) override { return Answer{.status = 404, .type = "text/plain", .body = "a till has no port"}; }
  Answer throttled() const override { return Answer{.status = 429}; }
  Answer trouble() const override { return Answer{.status = 500}; }
  void enter_hook(const std::string&) override {}
  std::string order_name(const Order& order) const override { return order.document.text_or("receipt"); }
  void order_changed(Order& order, OrderEvent event) override;
  void offer_edited(Offer& offer, std::string_view field) override;
  void work() override;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool chinese = false;
  };
  struct Seen {
    fs::file_time_type written;
    std::uintmax_t size = 0;
    bool operator==(const Seen&) const = default;
  };

  void ring_up(const Order& order, const std::string& receipt, const std::vector<RefundedLine>& returned);
  void read_offers();
  void read_offers_file(const fs::path& file);
  using Ids = std::map<std::string, std::int64_t>;  ///< of offers, by SKU
  void take_offer(const std::vector<std::string>& cells, const std::map<std::string, std::size_t>& columns, Ids& ids);
  void flush_sales();
  void drop(const char* folder, const std::string& bytes);

  Place place_;
  std::vector<Row> sales_;
  std::set<std::string> counted_;  ///< SKUs whose count is to be written
  std::map<fs::path, Seen> read_;
  std::string held_back_;  ///< a file that later ones overtake
  Time next_write_;
  std::int64_t receipts_ = 0, files_ = 0;
};

void Till::order_changed(Order& order, OrderEvent event) {
  Shop& shop = place_.shop;
  const auto shelf = [&shop](std::int64_t id, Units change) {
    Offer* offer = shop.offer(id);
    if (offer) offer->document.set("shelf", offer->document.integer_or("shelf", 0) + change);
  };
  if (event == OrderEvent::placed) {
    const bool chinese = shop.rng().chance(gb18030_percent);
    order.document.set("receipt", (chinese ? "收银-" : "R-") + std::to_string(++receipts_));
    ring_up(order, order.document.text_or("receipt"), {});
    for (const Line& line : order.lines) shelf(line.offer, -line.quantity);
    return;
  }
  // Whatever undoes a sale is a receipt of its own with negative quantities.
  std::vector<RefundedLine> back;
  if (event == OrderEvent::refunded) {
    back = order.refunds.back().lines;
  } else if (event == OrderEvent::cancelled) {
    for (const Line& line : order.lines) back.push_back({line.id, line.quantity - line.refunded, 0});
  } else {
    return;
  }
  ring_up(order, order.document.text_or("receipt") + "-back-" + std::to_string(order.refunds.size()), back);
  for (const RefundedLine& part : back) {
    for (const Line& line : order.lines) {
      if (line.id == part.line) shelf(line.offer, part.quantity);
    }
  }
}

void Till::ring_up(const Order& order, const std::string& receipt, const std::vector<RefundedLine>& returned) {
  const std::string& currency = place_.shop.currency();
  std::int64_t number = 0;
  for (const Line& line : order.lines) {
    Units quantity = returned.empty() ? line.quantity : 0;
    for (const RefundedLine& part : returned) {
      if (part.line == line.id) quantity -= part.quantity;
    }
    if (quantity == 0) continue;
    const bool chinese = receipt.find("收银") != std::string::npos;
    sales_.push_back({{receipt, std::to_string(++number), line.sku, std::to_string(quantity), price_text(line.unit_price, currency),
                       price_text(0, currency), price_text(0, currency), price_text(line.unit_price * quantity, currency), currency,
                       format_iso(order.modified)},
                      chinese});
  }
}

/// Setting a shelf is counting it.
void Till::offer_edited(Offer& offer, std::string_view field) {
  if (field != "quantity") return;
  if (!offer.document.find("shelf")) offer.document.set("shelf", offer.quantity);
  counted_.insert(offer.sku);
}

void Till::work() {
  const Time now = place_.shop.now();
  read_offers();
  if (now < next_write_) return;
  next_write_ = now + write_every + place_.mischief.delay();
  if (!counted_.empty()) {
    std::string bytes = csv::line({"sku", "counted", "counted_at"});
    for (const std::string& sku : counted_) {
      const Offer* offer = place_.shop.offer_of(sku);
      if (offer) bytes += csv::line({sku, std::to_string(offer->document.integer_or("shelf")), format_iso(now)});
    }
    counted_.clear();
    drop("counts", bytes);
  }
  flush_sales();
}

void Till::flush_sales() {
  std::string text[2];
  const std::vector<std::string> header{"receipt",  "line", "sku",   "quantity", "unit_price",
                                        "discount", "tax",  "total", "currency", "sold_at"};
  for (const Row& row : sales_) {
    std::string& file = text[row.chinese ? 1 : 0];
    if (file.empty()) file = csv::line(header);
    file += csv::line(row.cells);
  }
  sales_.clear();
  if (!text[1].empty()) text[1] = to_gb18030(text[1]);
  for (std::string& bytes : text) {
    if (bytes.empty()) continue;
    const Journey journey = place_.mischief.of_webhook();
    if (place_.mischief.of_request() == Fate::garbled) bytes += "R-0,1,,not a number,,,,,,\r\n";
    const bool overtaken = journey.wait > Duration(0) && held_back_.empty();
    if (overtaken) {
      held_back_ = std::move(bytes);
      continue;
    }
    drop("sales", bytes);
    if (journey.twice) drop("sales", bytes);
    if (held_back_.empty()) continue;
    drop("sales", held_back_);
    held_back_.clear();
  }
  if (text[0].empty() && text[1].empty() && !held_back_.empty()) {
    drop("sales", held_back_);
    held_back_.clear();
  }
}

void Till::drop(const char* folder, const std::string& bytes) {
  const std::string name = std::string(folder) + "-" + std::to_string(to_ms(place_.shop.now())) + "-" + std::to_string(++files_) + ".csv";
  const fs::path whole = place_.options.folder / folder / name, part = place_.options.folder / folder / ("." + name + ".tmp");
  std::ofstream file(part, std::ios::binary);
  file << bytes;
  file.close();
  if (!file) throw std::runtime_error("the till cannot write " + part.string());
  fs::rename(part, whole);
}

/// Every file that is new or has changed, the oldest first.
void Till::read_offers() {
  std::vector<std::pair<Seen, fs::path>> fresh;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(place_.options.folder / "offers", gone)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".csv") || name.starts_with(".")) continue;
    const Seen seen{entry.last_write_time(gone), entry.file_size(gone)};
    if (gone || seen.size > largest_file) continue;
    const auto known = read_.find(entry.path());
    if (known == read_.end() || known->second != seen) fresh.emplace_back(seen, entry.path());
  }
  std::sort(fresh.begin(), fresh.end(),
            [](const auto& a, const auto& b) { return std::tie(a.first.written, a.second) < std::tie(b.first.written, b.second); });
  for (const auto& [seen, path] : fresh) {
    read_[path] = seen;
    read_offers_file(path);
  }
}

void Till::read_offers_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto text = csv::to_utf8(bytes);
  const auto records = text ? csv::parse(*text) : Result<std::vector<csv::Record>>{text.error()};
  if (!records || records->empty()) {
    place_.log.warning("the till cannot read its offers", {{"file", path.filename().string()}});
    return;
  }
  std::map<std::string, std::size_t> columns;
  for (std::size_t i = 0; i < records->front().cells.size(); ++i) columns[records->front().cells[i]] = i;
  for (const char* needed : {"sku", "price", "available"}) {
    if (!columns.contains(needed)) return place_.log.warning("the till's offers lack a column", {{"column", needed}});
  }
  Ids ids;  // a file has as many rows as there are offers, and is written often
  for (const auto& [id, offer] : place_.shop.offers()) ids.emplace(offer.sku, id);
  for (std::size_t i = 1; i < records->size(); ++i) take_offer((*records)[i].cells, columns, ids);
}

void Till::take_offer(const std::vector<std::string>& cells, const std::map<std::string, std::size_t>& columns, Ids& ids) {
  const auto cell = [&](const char* name) {
    const auto column = columns.find(name);
    return column == columns.end() || column->second >= cells.size() ? std::string{} : cells[column->second];
  };
  Shop& shop = place_.shop;
  const std::string sku = cell("sku");
  if (sku.empty()) return;
  const auto known = ids.find(sku);
  Offer* offer = known == ids.end() ? nullptr : shop.offer(known->second);
  if (!offer) {
    Listing* listing = shop.add_listing();
    offer = listing ? shop.add_offer(*listing) : nullptr;
    if (!offer) return;
    offer->sku = sku;
    ids[sku] = offer->id;
  }
  Listing& listing = *shop.listing(offer->listing);
  listing.showing = Showing::live;
  if (columns.contains("title")) listing.title = cell("title");
  if (const auto price = price_of(cell("price"), shop.currency())) offer->price = *price;
  const std::string available = cell("available");
  const Units units = number_or(available, offer->quantity);
  // A file says everything each time; only what changed is a write.
  const bool news = !offer->document.find("told") || units != offer->quantity;
  offer->document.set("told", true);
  if (!news || available.empty()) return;
  ++shop.writes;
  shop.show(*offer, units, Cause::write);
}

}  // namespace

Nature till_nature() {
  return {.rules = {.takes = Rules::Takes::never,
                    .gives_back_unpaid = false,
                    .gives_back_paid = false,
                    .paid_cancel_refunds = false,
                    .blocks_sales = false},
          .numbering = {.listing = 1, .offer = 1, .order = 1},
          .currency = "EUR",
          .limit = {},
          .listens = false};
}

std::unique_ptr<Dialect> make_till(Place place) {
  return std::make_unique<Till>(std::move(place));
}

}  // namespace tally::sandbox
