#include "connectors/file/offers.hpp"

#include "base/csv.hpp"
#include "base/id.hpp"
#include "connectors/file/rows.hpp"
#include "connectors/file/storage.hpp"

#include <iconv.h>

#include <algorithm>
#include <cerrno>

namespace tally::file {

namespace {

constexpr const char* offers_name = "offers.csv";
constexpr const char* listings_name = ".listings.csv";

/// GB18030 has a place for every character of Unicode, so UTF-8 always fits.
Result<std::string> to_gb18030(std::string_view text) {
  const auto converter = iconv_open("GB18030", "UTF-8");
  if (converter == reinterpret_cast<iconv_t>(-1)) {  // NOLINT: how iconv says no
    return error(Fault::io, "this system cannot write GB18030", {}, "install the C library's gconv modules");
  }
  std::string result(text.size() * 2 + 16, '\0');  // 4 bytes at most for a character of 2 or more
  auto* from = const_cast<char*>(text.data());
  auto* to = result.data();
  std::size_t left = text.size(), room = result.size();
  const bool failed = iconv(converter, &from, &left, &to, &room) == static_cast<std::size_t>(-1);
  iconv_close(converter);
  if (failed) return error(Fault::invalid, "the offers hold bytes that are not UTF-8");
  result.resize(result.size() - room);
  return result;
}

Json text_or_null(const std::string& cell) {
  return cell.empty() ? Json() : Json(cell);
}

/// Where rows of one product disagree about its title, the odd one is what a person changed.
std::string title_of(const std::vector<std::string>& titles) {
  if (titles.empty()) return {};
  std::map<std::string, std::size_t> counts;
  for (const auto& title : titles) ++counts[title];
  return *std::min_element(titles.begin(), titles.end(),
                           [&](const std::string& a, const std::string& b) { return counts.at(a) < counts.at(b); });
}

Result<std::string> bytes_of(const std::filesystem::path& path, std::uintmax_t most) {
  auto bytes = read_whole(path, most);
  if (!bytes && bytes.error().fault == Fault::not_found) return std::string();
  return bytes;
}

}  // namespace

Result<std::map<std::string, std::string>> Offers::load_products(const std::filesystem::path& path, std::uintmax_t max_bytes) {
  std::map<std::string, std::string> products;
  const auto bytes = bytes_of(path, max_bytes);
  if (!bytes) return bytes.error();
  const auto records = csv::parse(*bytes);
  if (!records)
    return error(Fault::broken, records.error().what, path.string(), "remove the file: it is made again with the next listings");
  for (const auto& record : *records) {
    if (record.cells.size() == 2 && record.cells[0] != "sku") products.emplace(record.cells[0], record.cells[1]);
  }
  return products;
}

Result<Offers> Offers::load(const std::filesystem::path& folder, const Layout& layout) {
  const auto path = folder / offers_name;
  const auto broken = [&](const std::string& what) {
    return error(Fault::broken, what, path.string(), "put the file of offers right, or remove it and run `tallyd sync`");
  };
  Offers offers;
  auto bytes = bytes_of(path, layout.max_bytes);
  if (!bytes) return bytes.error();
  auto products = load_products(folder / listings_name, layout.max_bytes);
  if (!products) return products.error();
  offers.products_ = std::move(*products);
  offers.loaded_ = std::move(*bytes);
  for (const auto& [sku, product] : offers.products_) offers.members_[product].insert(sku);
  if (offers.loaded_.empty()) {
    offers.header_.assign(std::begin(offer_columns), std::end(offer_columns));
    return offers;
  }
  const auto text = decoded(offers.loaded_, layout.encoding);
  if (!text) return broken(text.error().what);
  auto records = csv::parse(*text);
  if (!records) return broken(records.error().what);
  if (records->empty()) return broken("the offers have no header");
  if (records->size() > layout.max_rows) return broken("more than " + std::to_string(layout.max_rows) + " offers");
  offers.header_ = std::move(records->front().cells);
  for (const auto* name : offer_columns) {
    if (std::find(offers.header_.begin(), offers.header_.end(), name) == offers.header_.end())
      return broken("the column '" + std::string(name) + "' is missing");
  }
  const auto sku_place = offers.column("sku");
  for (std::size_t i = 1; i < records->size(); ++i) {
    auto& cells = (*records)[i].cells;
    cells.resize(offers.header_.size());
    const auto sku = normal_sku(cells[sku_place]).text;
    if (sku.empty()) continue;
    if (!offers.places_.emplace(sku, offers.rows_.size()).second) return broken("the SKU '" + sku + "' stands twice");
    cells[sku_place] = sku;
    offers.rows_.push_back(std::move(cells));
    offers.members_[offers.product_of(sku)].insert(sku);
  }
  return offers;
}

std::size_t Offers::column(const std::string& name) const {
  return static_cast<std::size_t>(std::find(header_.begin(), header_.end(), name) - header_.begin());
}

void Offers::put(const std::string& sku, const std::map<std::string, std::string>& cells) {
  const auto [found, fresh] = places_.emplace(sku, rows_.size());
  if (fresh) rows_.emplace_back(header_.size());
  auto& row = rows_[found->second];
  row[column("sku")] = sku;
  for (const auto& [name, text] : cells) {
    if (const auto place = column(name); place < row.size()) row[place] = text;
  }
}

void Offers::belongs(const std::string& sku, const std::string& product) {
  members_[product_of(sku)].erase(sku);
  products_[sku] = product;
  members_[product].insert(sku);
}

void Offers::remove(const std::string& sku) {
  members_[product_of(sku)].erase(sku);
  products_.erase(sku);
  const auto found = places_.find(sku);
  if (found == places_.end()) return;
  const auto place = found->second;
  places_.erase(found);
  rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(place));
  for (auto& [other, at] : places_) at -= at > place;
}

std::string Offers::product_of(const std::string& sku) const {
  const auto found = products_.find(sku);
  return found == products_.end() ? sku : found->second;
}

std::vector<std::string> Offers::skus_of(const std::string& product) const {
  const auto found = members_.find(product);
  if (found == members_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<std::string> Offers::products() const {
  std::vector<std::string> names;
  for (const auto& [name, skus] : members_) {
    if (std::any_of(skus.begin(), skus.end(), [&](const std::string& sku) { return has(sku); })) names.push_back(name);
  }
  return names;
}

Json Offers::listing(const std::string& product) const {
  Json offers = Json::array();
  std::vector<std::string> titles;
  for (const auto& sku : skus_of(product)) {
    const auto found = places_.find(sku);
    if (found == places_.end()) continue;
    const auto& row = rows_[found->second];
    auto offer = Json::object({{"id", sku}});
    for (const auto* name : offer_columns) offer.set(name, text_or_null(row[column(name)]));
    offers.push_back(std::move(offer));
    titles.push_back(row[column("title")]);
  }
  if (titles.empty()) return {};
  return Json::object({{"id", product}, {"title", text_or_null(title_of(titles))}, {"rows", std::move(offers)}});
}

Result<void> Offers::save(const std::filesystem::path& folder, Encoding encoding) const {
  std::string text = csv::line(header_);
  for (const auto& row : rows_) text += csv::line(row);
  if (encoding == Encoding::gb18030) {
    auto converted = to_gb18030(text);
    if (!converted) return converted.error();
    text = std::move(*converted);
  }
  std::string products = csv::line({"sku", "product"});
  for (const auto& [sku, product] : products_) products += csv::line({sku, product});
  if (auto made = make_folder(folder); !made) return made;
  const auto there = bytes_of(folder / listings_name, products.size() + 1);
  // First what belongs together: rows that nobody can attribute would look like listings of their own.
  if (!there || *there != products) {
    if (auto written = replace_whole(folder / listings_name, products); !written) return written;
  }
  if (text == loaded_) return {};
  return replace_whole(folder / offers_name, text);
}

}  // namespace tally::file
