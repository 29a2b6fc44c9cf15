#include "demo/platforms.hpp"

#include <httplib.h>

namespace tally::demo {
namespace {

Result<Json> read(const httplib::Result& answer, const std::string& path) {
  if (!answer) return error(Fault::transient, "the sandbox does not answer: " + httplib::to_string(answer.error()), path);
  auto json = Json::parse(answer->body);
  if (!json) return error(Fault::broken, "the sandbox answered no JSON", path);
  if (answer->status != 200) return error(Fault::rejected, json->text_or("error", "status " + std::to_string(answer->status)), path);
  return json;
}

httplib::Client client(int port) {
  httplib::Client made("127.0.0.1", port);
  made.set_read_timeout(30);
  return made;
}

}  // namespace

Result<Json> Platforms::get(const std::string& platform, const std::string& path) const {
  const std::string full = "/platforms/" + platform + "/" + path;
  return read(client(port_).Get(full), full);
}

Result<Json> Platforms::post(const std::string& platform, const std::string& path, const Json& body) const {
  const std::string full = "/platforms/" + platform + "/" + path;
  return read(client(port_).Post(full, body.dump(), "application/json"), full);
}

}  // namespace tally::demo
