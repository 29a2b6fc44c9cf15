#include "connectors/sandbox/sandbox.hpp"

#include "connectors/sandbox/control.hpp"

#include <cstdio>
#include <thread>

namespace tally::sandbox {

struct Sandbox::Parts {
  Options options;
  Log log;
  SystemClock clock;
  std::vector<std::unique_ptr<Platform>> platforms;
  std::unique_ptr<Door> door;
  int port = 0;
};

Sandbox::Sandbox(Options options, Log log) : parts_(std::make_unique<Parts>()) {
  parts_->options = std::move(options);
  parts_->log = std::move(log);
}

Sandbox::~Sandbox() {
  stop();
}

Result<void> Sandbox::start() {
  std::uint64_t seed = parts_->options.seed;
  for (const PlatformOptions& options : parts_->options.platforms) {
    const auto nature = nature_of(options.dialect);
    if (!nature) return error(Fault::invalid, "there is no dialect '" + options.dialect + "'", options.name);
    parts_->platforms.push_back(std::make_unique<Platform>(options, *nature, ++seed * 0x9E3779B97F4A7C15u, parts_->clock, parts_->log));
    if (auto started = parts_->platforms.back()->start(); !started) {
      stop();
      return started.error();
    }
  }
  parts_->door = std::make_unique<Door>(
      "control", [this](const Request& request) { return control(parts_->platforms, request); }, parts_->log);
  const auto port = parts_->door->open(parts_->options.control_port);
  if (!port) {
    stop();
    return port.error();
  }
  parts_->port = *port;
  return {};
}

void Sandbox::stop() {
  if (parts_->door) parts_->door->close();
  for (const auto& platform : parts_->platforms) platform->stop();
  parts_->door.reset();
  parts_->platforms.clear();
}

Json Sandbox::description() const {
  Json platforms = Json::array();
  for (const auto& platform : parts_->platforms) platforms.push_back(platform->description());
  return Json::object({{"control", Json::object({{"port", parts_->port}, {"url", "http://127.0.0.1:" + std::to_string(parts_->port)}})},
                       {"platforms", std::move(platforms)}});
}

Result<void> run_sandbox(const Json& config, const std::function<bool()>& stop_requested, Log log) {
  auto options = options_from(config);
  if (!options) return options.error();
  Sandbox sandbox(std::move(*options), std::move(log));
  if (auto started = sandbox.start(); !started) return started.error();
  const std::string line = sandbox.description().dump() + "\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
  while (!stop_requested()) std::this_thread::sleep_for(Duration(50));
  sandbox.stop();
  return {};
}

}  // namespace tally::sandbox
