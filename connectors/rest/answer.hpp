// What a platform answered, and how the connector file's patterns tell what it means.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "http/http.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tally::rest {

struct Answer {
  unsigned status = 0;
  std::vector<http::Header> headers;
  Json json;  ///< null where there was no body
  std::optional<Time> date;

  const std::string& header(std::string_view name) const;
};

/// All values that a pointer reaches; `*` stands for any entry of a list (or member of an object). "/" is the whole.
std::vector<const Json*> reach(const Json& json, std::string_view pointer);

/// What one pointer must show: one of `values`, or anything, or nothing at all. Several of them: any one will do.
struct Condition {
  std::string pointer;
  std::vector<std::string> values;
  bool any = false;
  bool absent = false;
  bool holds(const Json& json) const;
};

/// All of it must hold.
struct Pattern {
  std::vector<std::pair<unsigned, unsigned>> statuses;  ///< ranges, ends included; empty: any status
  std::vector<Condition> conditions;
  bool has_status(unsigned status) const;
  bool matches(unsigned status, const Json& json) const { return has_status(status) && shows(json); }
  bool shows(const Json& json) const;
};

/// Where in an answer (or an entry of it) a value stands.
struct Source {
  enum class From { body, header, literal } from = From::body;
  std::vector<std::string> places;  ///< pointers, the first that is there, not null, "" or 0; or one header; or the literal itself
};
using Gives = std::vector<std::pair<std::string, Source>>;
/// {"@id": …}, empty where the answer has none of them.
Json given(const Gives& gives, const Answer& answer, const Json& json);

/// What an answer means that is no success.
struct Verdict {
  enum class Kind { fault, expired, too_dense };
  Kind kind = Kind::fault;
  Fault fault = Fault::broken;
};
/// transient, throttled, … or the two that stay inside: expired, too_dense.
std::optional<Verdict> verdict_named(std::string_view name);
std::vector<std::string> verdict_names();

struct ErrorRule {
  Pattern pattern;
  std::optional<Condition> item;  ///< speaks of an entry of a list only
  Verdict verdict;
  std::string why;   ///< pointer to the platform's own words
  std::string todo;  ///< what the merchant should do
  std::optional<Duration> after;
  Gives gives;
};
using ErrorRules = std::vector<ErrorRule>;

/// Of a whole answer: the first rule that matches.
const ErrorRule* rule_for(const ErrorRules& rules, const Answer& answer);
/// Of an entry's own error: rules without a status, pointers from the entry's error; `item:` rules too.
const ErrorRule* rule_for_entry(const ErrorRules& rules, const Json& entry);

/// What a fault asks of the merchant, where the connector file says nothing of its own.
std::string todo_for(Fault fault);

}  // namespace tally::rest
