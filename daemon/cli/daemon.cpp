#include "cli/daemon.hpp"

#include "base/crypto.hpp"

#include <httplib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace tally::cli {
namespace {

constexpr std::string_view problem_type = "urn:tallyd:";
constexpr time_t connect_seconds = 5;

Error nobody(const std::filesystem::path& socket) {
  return error(Fault::transient, "no daemon answers on " + socket.string(), {},
               "is it running? start it with `tallyd run`, or name its socket with --socket");
}
Error silent(const std::filesystem::path& socket) {
  return error(Fault::locked, "the daemon on " + socket.string() + " does not answer", {},
               "look at its log; `systemctl status tallyd` tells whether it is busy");
}
Error not_for_you(const std::filesystem::path& socket) {
  return error(Fault::forbidden, "this user may not speak to the daemon on " + socket.string(), {},
               "become root, or a member of the daemon's group");
}

std::optional<Fault> fault_named(std::string_view name) {
  for (int n = 0; n <= static_cast<int>(Fault::broken); ++n) {
    if (name_of(static_cast<Fault>(n)) == name) return static_cast<Fault>(n);
  }
  return std::nullopt;
}

Error error_in(const httplib::Response& response) {
  const auto body = Json::parse(response.body);
  const std::string type = body ? body->text_or("type") : std::string();
  const auto fault = type.starts_with(problem_type) ? fault_named(std::string_view(type).substr(problem_type.size())) : std::nullopt;
  if (!fault) return error(Fault::internal, "the daemon answered with status " + std::to_string(response.status) + " and no reason");
  return error(*fault, body->text_or("detail", "the daemon refused without a reason"));
}

Result<Json> answer_in(const httplib::Result& result, const std::filesystem::path& socket) {
  if (!result) return result.error() == httplib::Error::Connection ? nobody(socket) : silent(socket);
  if (result->status != 200) return error_in(*result);
  return Json::parse(result->body);
}

httplib::Client client_for(const std::filesystem::path& socket, Duration patience) {
  httplib::Client client(socket.string(), 80);
  client.set_address_family(AF_UNIX);
  client.set_connection_timeout(connect_seconds);
  client.set_read_timeout(patience);
  client.set_write_timeout(patience);
  client.set_default_headers({{"Host", "tallyd"}});
  return client;
}

}  // namespace

Result<bool> Daemon::is_there() const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = socket_.string();
  if (path.size() >= sizeof address.sun_path) return error(Fault::invalid, "the path is too long for a socket: " + path);
  path.copy(address.sun_path, path.size());
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return error(Fault::io, std::string("cannot open a socket: ") + std::strerror(errno));
  const int refused = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
  ::close(probe);
  switch (refused) {
    case 0:
      return true;
    case EAGAIN:
      return true;  // it is there, with a full queue
    case ENOENT:
    case ENOTDIR:
    case ECONNREFUSED:
      return false;
    case EACCES:
    case EPERM:
      return not_for_you(socket_);
    default:
      return error(Fault::io, "cannot reach " + path + ": " + std::strerror(refused));
  }
}

Result<Json> Daemon::get(const std::string& path, const Parameters& parameters) const {
  const auto there = is_there();
  if (!there) return there.error();
  if (!*there) return nobody(socket_);
  std::string target = "/api/v1/" + path;
  char sign = '?';
  for (const auto& [name, value] : parameters) {
    if (value.empty()) continue;
    target += sign + name + "=" + crypto::url_encode(value);
    sign = '&';
  }
  return answer_in(client_for(socket_, patience_).Get(target), socket_);
}

Result<Json> Daemon::post(const std::string& path, const Json& body) const {
  const auto there = is_there();
  if (!there) return there.error();
  if (!*there) return nobody(socket_);
  return answer_in(client_for(socket_, patience_).Post("/api/v1/" + path, body.dump(), "application/json"), socket_);
}

}  // namespace tally::cli
