// How a request proves who we are: OAuth 1.0a signatures and access tokens that run out.
#pragma once

#include "connectors/rest/program.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace tally::rest {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// RFC 5849 §3.4 without a token secret ("one-legged"): base64 of the HMAC over method, address without query, and all parameters but the
/// signature.
std::string oauth1_signature(crypto::Digest hash, std::string_view method, std::string_view address, Pairs parameters,
                             std::string_view secret);

/// The access token of one channel. However many calls find it expired, it is asked for once.
class Token {
 public:
  /// Sends a request of the auth section and answers with the platform's JSON.
  using Ask = std::function<Result<Json>(const RequestForm& form)>;

  Token(const TokenAuth& auth, Vault& vault) : auth_(auth), vault_(vault) {}

  struct Held {
    std::string text;
    std::uint64_t generation = 0;  ///< rises with every new token
  };
  /// The token in use, asked for first where there is none or it runs out within a minute.
  Result<Held> current(const Ask& ask);
  /// A new one, unless `refused` is no longer the one in use: then another call has renewed it already.
  Result<Held> renewed(std::uint64_t refused, const Ask& ask);

 private:
  Result<Held> fetch(const Ask& ask);
  Result<Held> take(const Json& answer);

  const TokenAuth& auth_;
  Vault& vault_;
  std::mutex mutex_;  // held while asking: the others wait for the one answer
  Held held_;
  Duration runs_out_{0};
};

}  // namespace tally::rest
