#include "catalogue_watch.hpp"

#include "catalogue/catalogue.hpp"

#include <Poco/Delegate.h>
#include <Poco/DirectoryWatcher.h>
#include <Poco/Glob.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

namespace tally {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds quiet{2};
constexpr std::size_t products_a_chunk = 200;
constexpr std::uintmax_t largest_file = 256u << 20;

/// In chunks, as one batch that the guard judges whole.
Result<Json> import_all(engine::Admin& admin, const catalogue::Imported& imported, const std::string& author) {
  Json last = Json::object();
  const auto& products = imported.products;
  for (std::size_t at = 0; at < products.size(); at += products_a_chunk) {
    Json chunk = Json::object({{"products", Json::array()}, {"close", false}});
    for (std::size_t i = at; i < std::min(at + products_a_chunk, products.size()); ++i)
      chunk.find("products")->push_back(to_json(products[i]));
    if (auto done = admin.import(chunk, author); !done) return done;
  }
  Json stock = Json::array();
  for (const auto& row : imported.stock) stock.push_back(Json::object({{"sku", row.sku.text}, {"counted", row.counted}}));
  return admin.import(Json::object({{"stock", std::move(stock)}, {"close", true}}), author);
}

}  // namespace

class CatalogueWatch::Watcher {
 public:
  Watcher(const fs::path& folder, const std::string& pattern, Currency currency, engine::Admin& admin, Log log)
      : pattern_((fs::path(pattern).is_absolute() ? fs::path(pattern) : folder / pattern).lexically_normal()),
        currency_(std::move(currency)),
        admin_(admin),
        log_(std::move(log)) {
    fs::create_directories(pattern_.parent_path());
    watcher_ = std::make_unique<Poco::DirectoryWatcher>(pattern_.parent_path().string(), Poco::DirectoryWatcher::DW_FILTER_ENABLE_ALL, 2);
    watcher_->itemAdded += Poco::delegate(this, &Watcher::changed);
    watcher_->itemModified += Poco::delegate(this, &Watcher::changed);
    watcher_->itemMovedTo += Poco::delegate(this, &Watcher::changed);
    for (const auto& entry : fs::directory_iterator(pattern_.parent_path())) touch(entry.path());
    thread_ = std::thread([this] { run(); });
  }

  ~Watcher() {
    watcher_.reset();
    {
      const std::lock_guard guard(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

 private:
  void changed(const Poco::DirectoryWatcher::DirectoryEvent& event) { touch(event.item.path()); }

  void touch(const fs::path& file) {
    if (!Poco::Glob(pattern_.filename().string()).match(file.filename().string())) return;
    {
      const std::lock_guard guard(mutex_);
      waiting_[file] = Steady::now() + quiet;
    }
    wake_.notify_all();
  }

  void run() {
    for (;;) {
      fs::path ready;
      {
        std::unique_lock guard(mutex_);
        wake_.wait_for(guard, std::chrono::milliseconds(500), [&] { return stopping_; });
        if (stopping_) return;
        for (auto it = waiting_.begin(); it != waiting_.end() && ready.empty();) {
          if (it->second <= Steady::now()) {
            ready = it->first;
            it = waiting_.erase(it);
          } else {
            ++it;
          }
        }
      }
      if (!ready.empty()) take(ready);
    }
  }

  void take(const fs::path& file) {
    std::error_code failed;
    if (!fs::is_regular_file(file, failed) || fs::file_size(file, failed) > largest_file) return;
    std::ifstream in(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    auto imported = catalogue::read(bytes, file.filename().string(), currency_);
    if (!imported) return log_.error("a catalogue file was not taken", {{"file", file.string()}, {"reason", imported.error().text()}});
    for (const auto& refusal : imported->refused)
      log_.warning("a row of a catalogue file was refused",
                   {{"file", file.string()}, {"line", std::to_string(refusal.line)}, {"reason", refusal.what}});
    auto done = import_all(admin_, *imported, "catalogue " + file.filename().string());
    if (!done) return log_.error("a catalogue file was not imported", {{"file", file.string()}, {"reason", done.error().text()}});
    log_.info("a catalogue file was imported", {{"file", file.string()},
                                                {"products", std::to_string(imported->products.size())},
                                                {"refused", std::to_string(imported->refused.size())}});
  }

  const fs::path pattern_;
  const Currency currency_;
  engine::Admin& admin_;
  Log log_;
  std::unique_ptr<Poco::DirectoryWatcher> watcher_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<fs::path, Steady::time_point> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

CatalogueWatch::CatalogueWatch(const fs::path& folder, const std::string& pattern, Currency currency, engine::Admin& admin, Log log)
    : watcher_(std::make_unique<Watcher>(folder, pattern, std::move(currency), admin, std::move(log))) {}
CatalogueWatch::~CatalogueWatch() = default;

}  // namespace tally
