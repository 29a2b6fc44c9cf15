#include "catalogue_watch.hpp"

#include "catalogue/catalogue.hpp"
#include "catalogue/trees.hpp"

#include <Poco/Delegate.h>
#include <Poco/DirectoryWatcher.h>
#include <Poco/Glob.h>

#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <thread>

namespace tally {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds quiet{2};
constexpr std::size_t entries_a_chunk = 200;
constexpr std::size_t most_logged = 1000;  // refused rows of one file
constexpr std::uintmax_t largest_file = 256u << 20;

/// In chunks, as one batch that the guard judges whole. `refused` is called with each {thing, why, line} that the engine refuses, `kept`
/// with each {sku, code} that the file leaves out.
Result<void> import_all(engine::Admin& admin, const catalogue::Imported& imported, const std::string& author,
                        const std::function<void(const Json&)>& refused, const std::function<void(const Json&)>& kept) {
  std::int64_t batch = 0;
  Json keep = Json::array();
  for (const auto& name : imported.kept) keep.push_back(name);
  const auto send = [&](Json chunk, bool close) -> Result<void> {
    chunk.set("close", close);
    chunk.set("keep", keep);
    if (batch != 0) chunk.set("batch", batch);
    const auto done = admin.import(chunk, author);
    if (!done) return done.error();
    batch = done->integer_or("batch");
    if (const Json* list = done->find("refused"); list && list->is_array()) {
      for (const Json& one : list->as_array()) refused(one);
    }
    if (const Json* list = done->find("kept"); list && list->is_array()) {
      for (const Json& one : list->as_array()) kept(one);
    }
    return {};
  };
  const auto send_all = [&](const char* name, const Json::Array& list) -> Result<void> {
    for (std::size_t at = 0; at < list.size(); at += entries_a_chunk) {
      const auto from = list.begin() + static_cast<std::ptrdiff_t>(at);
      const auto to = list.begin() + static_cast<std::ptrdiff_t>(std::min(at + entries_a_chunk, list.size()));
      if (auto sent = send(Json::object({{name, Json::Array(from, to)}}), false); !sent) return sent;
    }
    return {};
  };
  if (auto sent = send_all("products", catalogue::product_trees(imported)); !sent) return sent;
  if (auto sent = send_all("stock", catalogue::stock_trees(imported, {})); !sent) return sent;
  if (auto sent = send_all("changes", catalogue::change_trees(imported, {})); !sent) return sent;
  return send(Json::object(), true);
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
    for (const auto& one : imported->corrections) {
      if (one.kind == catalogue::kind::blank_column || one.kind == catalogue::kind::encoding)
        log_.warning("a catalogue file says less than it seems to", {{"file", file.string()}, {"reason", one.what}});
    }
    std::size_t refused = 0;
    const auto refuse = [&](const std::string& line, const std::string& column, const std::string& reason) {
      if (++refused <= most_logged)
        log_.warning("a row of a catalogue file was refused",
                     {{"file", file.string()}, {"line", line}, {"column", column}, {"reason", reason}});
    };
    for (const auto& one : imported->refused) refuse(std::to_string(one.line), one.column, one.what);
    const auto refuse_answered = [&](const Json& one) {
      const Json* line = one.find("line");
      refuse(line ? line->scalar_text() : "", one.text_or("column"), one.text_or("thing") + ": " + one.text_or("why"));
    };
    std::size_t kept = 0;
    const auto keep = [&](const Json& one) {
      if (++kept <= most_logged)
        log_.warning("a variant that a catalogue file leaves out stays on sale as before; to end it, import its `sku,variant_state`",
                     {{"file", file.string()}, {"product", one.text_or("code")}, {"sku", one.text_or("sku")}});
    };
    const auto done = import_all(admin_, *imported, "catalogue " + file.filename().string(), refuse_answered, keep);
    if (!done) return log_.error("a catalogue file was not imported", {{"file", file.string()}, {"reason", done.error().text()}});
    log_.info("a catalogue file was imported", {{"file", file.string()},
                                                {"products", std::to_string(imported->products.size())},
                                                {"changes", std::to_string(imported->changes.size())},
                                                {"refused", std::to_string(refused)},
                                                {"kept", std::to_string(kept)}});
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
