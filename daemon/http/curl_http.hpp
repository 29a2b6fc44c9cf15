// Http over libcurl: one thread drives all exchanges, connections are kept and shared, and every answer has a limit.
#pragma once

#include "http/egress.hpp"
#include "http/http.hpp"

#include <memory>
#include <string>

namespace tally::http {

/// HTTP and HTTPS only, TLS 1.2 or later with the certificate checked, no redirects followed, no proxy, no cookies. An answer may have 32
/// MiB, 64 KiB of them head, and may grow at most a hundredfold when decompressed. A GET or HEAD that a kept connection lost is sent once
/// more on a fresh one; nothing else is ever sent twice.
class CurlHttp final : public Http {
 public:
  explicit CurlHttp(Egress egress = {});
  ~CurlHttp() override;  ///< stops; no other thread may be about to call
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  /// Lets this host (a name or address, with a port only that one: "till.shop.local", "192.168.1.20:8080", "[fd12::1]:443") have an address
  /// that is private or of this machine. For what the merchant wrote into a channel's file, never for what a platform sent.
  Result<void> allow(const std::string& host_port);

  Result<Response> send(const Request& request) override;

  /// Ends all running exchanges and refuses new ones. What had not left yet is `cancelled`, the rest `unknown`.
  void stop();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace tally::http
