// A running sandbox for the tests, a merchant's ear for its webhooks, and clients that sign as the platforms ask.
#pragma once

#include "base/crypto.hpp"
#include "connectors/sandbox/exchange.hpp"
#include "connectors/sandbox/sandbox.hpp"

#include <gtest/gtest.h>
#include <httplib.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tally::sandbox {

inline Json json(std::string_view text) {
  return Json::parse(text).value();
}

inline bool eventually(const std::function<bool()>& holds, Duration within = Duration(5000)) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(Duration(5));
  }
  return true;
}

struct Said {
  int status = 0;  ///< 0: no answer at all
  std::string body;
  httplib::Headers headers;
  Json json() const {
    auto parsed = Json::parse(body);
    return parsed ? *parsed : Json();
  }
};

inline Said said(const httplib::Result& result) {
  return result ? Said{result->status, result->body, result->headers} : Said{};
}

/// A sandbox with one platform, and its control interface.
class Pretend {
 public:
  explicit Pretend(const Json& platform, std::uint64_t seed = 7) : sandbox_(options(platform, seed), Log()) {
    const auto started = sandbox_.start();
    EXPECT_TRUE(started) << (started ? "" : started.error().text());
    const Json about = sandbox_.description();
    name = platform.text_or("name");
    const Json* url = about.at("/platforms/0/url");
    if (url) origin = url->as_string();
    control = about.at("/control/url")->as_string();
    control_ = std::make_unique<httplib::Client>(control);
  }

  Json look(const std::string& at) { return said(control_->Get("/platforms/" + name + "/" + at)).json(); }
  Json tell(const std::string& what, const Json& wish = Json::object()) {
    return said(control_->Post("/platforms/" + name + "/" + what, wish.dump(), "application/json")).json();
  }
  Json offer(const std::string& sku) {
    const Json all = look("offers");
    for (const Json& one : all.find("offers")->as_array()) {
      if (one.text_or("sku") == sku) return one;
    }
    return Json();
  }
  std::int64_t shown(const std::string& sku) { return offer(sku).integer_or("quantity", -999); }
  Json buy(const std::string& sku, std::int64_t quantity = 1, const std::string& state = "paid") {
    return tell("buy", Json::object({{"sku", sku}, {"quantity", quantity}, {"state", state}}));
  }
  void misbehave(const std::string& knob, int value) { tell("misbehave", Json::object({{knob, value}})); }

  std::string name, origin, control;

 private:
  static Options options(const Json& platform, std::uint64_t seed) {
    Json config = Json::object({{"seed", seed}});
    config.set("platforms", Json::array().push_back(platform));
    const auto read = options_from(config);
    EXPECT_TRUE(read) << (read ? "" : read.error().text());
    return *read;
  }
  Sandbox sandbox_;
  std::unique_ptr<httplib::Client> control_;
};

struct Heard {
  std::string method, body;
  httplib::Params params;
  httplib::Headers headers;
  std::string header(const std::string& key) const {
    const auto found = headers.find(key);
    return found == headers.end() ? std::string() : found->second;
  }
  std::string param(const std::string& key) const {
    const auto found = params.find(key);
    return found == params.end() ? std::string() : found->second;
  }
};

/// The merchant's own address: keeps what it hears and answers as `reply` says.
class Ear {
 public:
  Ear() {
    const auto listen = [this](const httplib::Request& request, httplib::Response& response) {
      Heard one{request.method, request.body, request.params, request.headers};
      std::lock_guard lock(mutex_);
      reply(one, response);
      heard_.push_back(std::move(one));
    };
    server_.Get("/hook", listen).Post("/hook", listen);
    server_.set_keep_alive_max_count(1);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Ear() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/hook"; }
  std::vector<Heard> heard() {
    std::lock_guard lock(mutex_);
    return heard_;
  }
  /// What is wanted among the things heard, waited for.
  std::optional<Heard> wait_for(const std::function<bool(const Heard&)>& wanted) {
    std::optional<Heard> found;
    eventually([&] {
      for (const Heard& one : heard()) {
        if (!found && wanted(one)) found = one;
      }
      return found.has_value();
    });
    return found;
  }
  void set_reply(std::function<void(const Heard&, httplib::Response&)> next) {
    std::lock_guard lock(mutex_);
    reply = std::move(next);
  }

 private:
  std::function<void(const Heard&, httplib::Response&)> reply = [](const Heard&, httplib::Response& response) { response.status = 200; };
  httplib::Server server_;
  std::mutex mutex_;
  std::vector<Heard> heard_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace tally::sandbox
