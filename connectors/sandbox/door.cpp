#include "connectors/sandbox/door.hpp"

#include <httplib.h>

#include <thread>

namespace tally::sandbox {
namespace {

constexpr std::size_t most_body = 8u << 20;
constexpr std::size_t connections = 24;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

Request request_of(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  const auto question = from.target.find('?');
  request.path = from.target.substr(0, question);
  if (question != std::string::npos) request.query = parse_query(std::string_view(from.target).substr(question + 1));
  for (const auto& [name, value] : from.headers) request.headers.emplace_back(lower(name), value);
  request.body = from.body;
  return request;
}

void write(const Answer& answer, httplib::Response& to) {
  to.status = answer.status;
  for (const auto& [name, value] : answer.headers) to.set_header(name, value);
  if (answer.cut) {
    // A body that is promised and never comes: httplib closes the connection when its provider gives up.
    to.set_content_provider(1, answer.type, [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
    return;
  }
  to.set_content(answer.body, answer.type);
}

/// httplib's default shares the port with any other process of ours; two sandboxes on one port must be an error.
void address_reuse_only(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

struct Door::Parts {
  std::string name;
  Handler handler;
  Log log;
  httplib::Server server;
  std::thread thread;
};

Door::Door(std::string name, Handler handler, Log log) : parts_(std::make_unique<Parts>()) {
  parts_->name = std::move(name);
  parts_->handler = std::move(handler);
  parts_->log = std::move(log);
  auto& server = parts_->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(connections); };
  server.set_socket_options(address_reuse_only);
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000);
  server.set_keep_alive_timeout(2);
  server.set_read_timeout(10);
  server.set_write_timeout(10);
  server.set_payload_max_length(most_body);
  auto serve = [this](const httplib::Request& from, httplib::Response& to) { write(parts_->handler(request_of(from)), to); };
  server.Get(".*", serve).Post(".*", serve).Put(".*", serve).Delete(".*", serve);
  server.set_exception_handler([this](const httplib::Request& from, httplib::Response& to, std::exception_ptr thrown) {
    std::string what = "no standard exception";
    try {
      std::rethrow_exception(std::move(thrown));
    } catch (const std::exception& exception) {
      what = exception.what();
    }
    parts_->log.error("a pretend platform failed on a request", {{"platform", parts_->name}, {"path", from.path}, {"what", what}});
    to.status = 500;
    to.set_content("the sandbox failed: " + what, "text/plain");
  });
}

Door::~Door() {
  close();
}

Result<int> Door::open(int port) {
  auto& server = parts_->server;
  const int bound = port == 0 ? server.bind_to_any_port("127.0.0.1") : (server.bind_to_port("127.0.0.1", port) ? port : -1);
  if (bound <= 0) {
    return error(Fault::io, "cannot listen on 127.0.0.1:" + std::to_string(port), parts_->name,
                 "choose another port, or 0 for any free one");
  }
  parts_->thread = std::thread([this] { parts_->server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();  // stop() before this point would be lost
  return bound;
}

void Door::close() {
  if (!parts_->thread.joinable()) return;
  parts_->server.stop();
  parts_->thread.join();
}

}  // namespace tally::sandbox
