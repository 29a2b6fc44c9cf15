// One exchange with the platform: the request is put together, signed and sent, and the answer is given its meaning.
#pragma once

#include "base/rng.hpp"
#include "connectors/rest/auth.hpp"

#include <mutex>
#include <optional>
#include <string>

namespace tally::rest {

struct Call {
  std::string operation;
  const RequestForm* form = nullptr;
  const Names* names = nullptr;
  std::optional<Json> body;         ///< a document of the mapping, in the place of the form's own
  const Pattern* ok = nullptr;      ///< the step's own word for success
  const Pattern* passes = nullptr;  ///< answers that mean: not offered here, go on
  bool writes = false;
  bool repeatable = true;  ///< a write that does no harm twice
  bool urgent = false;     ///< may use what is kept of budgets; what is about orders may always
};

struct Outcome {
  Answer answer;
  std::optional<Error> error;
  bool too_dense = false;  ///< an error: the window holds more than the platform lists
  bool passed = false;     ///< success by `passes`
  Json gives;              ///< what the error rule gave
};

/// Any number of threads.
class Wire {
 public:
  Wire(const Program& program, Vault& vault, std::string channel);

  Outcome send(const Call& call);
  /// With the channel and the operation in front.
  Error fault(Fault fault, std::string what, const std::string& operation, std::string todo = {}) const;
  /// An answer's body, or a part of it, as an error may show it. Of an order only how much there is, and of what type: errors go
  /// unsealed into the log, the journal and the problems.
  std::string shown_body(const std::string& operation, const std::string& body, const std::string& type) const;
  Time now() const { return vault_.ports().clock->now(); }
  const Vault& vault() const { return vault_; }
  const Program& program() const { return program_; }
  const channel::Meter* meter() const { return meter_.get(); }

 private:
  struct Built {
    http::Request request;
    std::uint64_t token = 0;  ///< the token's generation
  };
  Result<Built> build(const Call& call, bool with_auth);
  Result<std::string> add_common(const Call& call, const std::string& method, const std::string& body, Pairs& query,
                                 std::vector<http::Header>& headers);
  Result<void> sign_form(const RequestForm& request, const Names& names, Pairs& form) const;
  Result<void> add_auth(const Call& call, const std::string& address, Built& built, Pairs& query);
  /// The one way out: counted first, where the platform publishes budgets.
  Result<http::Response> exchange(const Call& call, const http::Request& request);
  Result<Json> ask_for_token(const RequestForm& form);
  Outcome judge(const Call& call, const Result<http::Response>& response, bool& expired) const;
  Outcome judge_answer(const Call& call, Answer answer, const std::string& body, bool readable, bool& expired) const;
  Error error_of(const Call& call, const Answer& answer, const ErrorRule* rule, const std::string& body) const;
  std::optional<Duration> wait_of(const Answer& answer) const;

  const Program& program_;
  Vault& vault_;
  std::string channel_;
  std::unique_ptr<channel::Meter> meter_;  ///< null: no budgets
  Token token_;
  std::mutex rng_mutex_;
  Rng rng_;
};

}  // namespace tally::rest
