#include "demo/scene.hpp"

#include "demo/judge.hpp"

#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include <unistd.h>

namespace tally::demo {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t products_a_chunk = 50;
constexpr std::chrono::seconds calm_for{6};

}  // namespace

Scene::~Scene() {
  daemon_process_.stop();
  sandbox_process_.stop();
  if (!options_.keep && !left_for_reading_ && !folder_.empty()) {
    std::error_code failed;
    fs::remove_all(folder_, failed);
  }
}

void Scene::say(const std::string& text) const {
  if (!options_.json) std::cerr << "demo: " << text << std::endl;
}

Result<void> Scene::open() {
  for (auto step : {&Scene::make_folder, &Scene::start_platforms, &Scene::start_daemon}) {
    if (auto done = (this->*step)(); !done) return done;
  }
  return {};
}

Error Scene::with_log(const std::string& what, const char* log) {
  left_for_reading_ = true;
  return error(Fault::io, what, (folder_ / log).string(), "read its log");
}

Result<void> Scene::make_folder() {
  std::error_code failed;
  if (options_.keep) {
    folder_ = fs::absolute(*options_.keep);
    if (fs::exists(folder_ / "config", failed))
      return error(Fault::invalid, "there is a demonstration already", folder_.string(), "name another folder");
  } else {
    std::string name = (fs::temp_directory_path() / "tallyd-demo-XXXXXX").string();
    if (!::mkdtemp(name.data())) return error(Fault::io, "no temporary folder can be made", name);
    folder_ = name;
  }
  fs::create_directories(folder_, failed);
  if (failed) return error(Fault::io, failed.message(), folder_.string());
  return {};
}

Result<void> Scene::start_platforms() {
  const fs::path config = folder_ / "sandbox.json";
  std::ofstream(config) << sandbox_config(folder_, options_.seed, terms_).dump();
  if (auto started = sandbox_process_.start({"sandbox", "--config", config.string()}, folder_ / "sandbox.log"); !started) return started;
  const auto line = sandbox_process_.line(Duration(20000));
  auto description = line ? Json::parse(*line) : Result<Json>(with_log("the sandbox did not start", "sandbox.log"));
  if (!description) return description.error();
  std::ofstream(folder_ / "platforms.json") << description->pretty() << "\n";  // where the curious find the control interface
  std::vector<std::string> names;
  for (const auto& platform : description->find("platforms")->as_array()) names.push_back(platform.text_or("name"));
  platforms_.emplace(static_cast<int>(description->find("control")->integer_or("port")), names);
  auto port = free_port();
  if (!port) return port.error();
  hook_port_ = *port;
  return write_configuration(folder_, *description, hook_port_, terms_);
}

Result<void> Scene::start_daemon() {
  const fs::path config = folder_ / "config", socket = options_.socket.value_or(config / "tallyd.sock");
  daemon_.emplace(socket);
  if (auto started = daemon_process_.start({"run", "--config", config.string(), "--socket", socket.string()}, folder_ / "tallyd.log");
      !started)
    return started;
  say("the daemon is process " + std::to_string(daemon_process_.id()));
  std::ofstream(folder_ / "daemon.pid") << daemon_process_.id() << "\n";
  for (int tenth = 0; tenth < 300; ++tenth) {
    const auto there = daemon_->is_there();
    if (there && *there) return {};
    if (!daemon_process_.runs()) return with_log("the daemon did not start", "tallyd.log");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return with_log("the daemon does not answer", "tallyd.log");
}

Result<void> Scene::fill(const Assortment& assortment, Duration patience) {
  for (const auto& name : platforms_->names()) {
    if (name == "shop") continue;  // there the daemon enters its webhooks by itself
    if (auto told =
            platforms_->post(name, "hook", Json::object({{"url", "http://127.0.0.1:" + std::to_string(hook_port_) + "/hooks/" + name}}));
        !told && name != "till")
      return told.error();
  }
  say("importing the catalogue");
  const auto& products = assortment.products.as_array();
  std::int64_t batch = 0;  // one import in several chunks
  for (std::size_t at = 0; at < products.size(); at += products_a_chunk) {
    const std::size_t end = std::min(at + products_a_chunk, products.size());
    Json chunk = Json::object({{"products", Json(Json::Array(products.begin() + static_cast<std::ptrdiff_t>(at),
                                                             products.begin() + static_cast<std::ptrdiff_t>(end)))},
                               {"close", end == products.size()}});
    if (batch != 0) chunk.set("batch", batch);
    auto answer = daemon_->post("import", chunk);
    if (!answer) return answer.error();
    batch = answer->integer_or("batch");
    if (!answer->find("refused")->empty())
      return error(Fault::invalid, "the catalogue was refused: " + answer->find("refused")->dump(), "import");
  }
  Json stock = Json::array();
  for (const auto& [sku, units] : assortment.supply) {
    const auto shelf = assortment.shelf.find(sku);
    const std::int64_t stored = units - (shelf == assortment.shelf.end() ? 0 : shelf->second);
    if (stored > 0 || shelf == assortment.shelf.end())
      stock.push_back(Json::object({{"sku", sku}, {"location", "main"}, {"counted", stored}}));
  }
  if (auto answer = daemon_->post("import", Json::object({{"stock", std::move(stock)}})); !answer) return answer.error();
  for (const auto& [sku, units] : assortment.shelf) {
    if (auto put = platforms_->post("till", "stock", Json::object({{"sku", sku}, {"quantity", units}})); !put) return put.error();
  }
  say("listing it on four platforms");
  for (const auto& name : platforms_->names()) {
    if (auto released = daemon_->post("channels/" + name + "/release"); !released) return released.error();
  }
  return become_calm(assortment, patience);
}

Result<void> Scene::keep_daemon() {
  if (daemon_process_.runs()) return {};
  say("the daemon ended; it is started again");
  return start_daemon();
}

Result<void> Scene::drop_garbled(const Json& status) {
  for (const auto& row : garbled_rows(status)) {
    say("a row that the till garbled is dropped: " + row);
    auto dropped = daemon_->post("inbox/" + row + "/discard");
    const bool later = !dropped && (dropped.error().fault == Fault::not_found || dropped.error().fault == Fault::transient);
    if (!dropped && !later) return dropped.error();  // a daemon that dies here is started again, and asked again
  }
  return {};
}

Result<void> Scene::become_calm(const Assortment& assortment, Duration patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  auto troubled_at = std::chrono::steady_clock::now();
  while (!stop_()) {
    if (auto kept = keep_daemon(); !kept) return kept;
    auto status = daemon_->get("status");
    if (status) {
      if (auto dropped = drop_garbled(*status); !dropped) return dropped;
    }
    auto drift = status && status->bool_or("converged") ? count_drift(*platforms_, *daemon_, assortment, nullptr) : Result<std::int64_t>(1);
    const auto now = std::chrono::steady_clock::now();
    if (!drift || *drift != 0) troubled_at = now;
    if (now - troubled_at >= calm_for) return {};
    if (now > until) {
      say("it did not become calm within " + format_duration(patience));
      return {};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  return error(Fault::cancelled, "stopped", "demo");
}

}  // namespace tally::demo
