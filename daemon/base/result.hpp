// What a function returns that can fail on its input. An exception means "cannot go on here" and is caught once a thread loop.
#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

namespace tally {

/// What an error means to the one who must answer it. The second half are the answers of a platform; the engine's reaction to
/// each of those is one table (engine/retry_policy.hpp).
enum class Fault {
  invalid,       ///< the input is wrong: a file, an argument, a document
  not_found,     ///< what was named is not there
  io,            ///< the file system or the database refused
  locked,        ///< another process holds it
  gone,          ///< the store was closed (or, in the simulation, crashed)
  internal,      ///< a bug of ours
  cancelled,     ///< stopped on request
  held,          ///< waits for a person to release it
  transient,     ///< the platform is in trouble: back off
  throttled,     ///< told to wait: `retry_after`
  not_yet,       ///< this change must wait, the others may go on
  unauthorized,  ///< credentials refused
  forbidden,     ///< a permission is missing
  elsewhere,     ///< not from the address that we call from
  rejected,      ///< this change is refused until something about it changes
  missing,       ///< the platform itself says that the thing does not exist
  conflict,      ///< the thing is not as we believed: read it again
  unknown,       ///< sent, and no answer: it may or may not have happened
  broken,        ///< answered, and not understood
};

std::string_view name_of(Fault fault);

struct Error {
  Fault fault = Fault::internal;
  std::string what;   ///< what happened
  std::string where;  ///< file:line:column, or channel and operation; may be empty
  std::string todo;   ///< what the reader should do; may be empty
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;

  /// "where: what (todo)"
  std::string text() const;
};

inline Error error(Fault fault, std::string what, std::string where = {}, std::string todo = {}) {
  return Error{fault, std::move(what), std::move(where), std::move(todo), std::nullopt};
}

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

/// A value or an Error. Converts from both; test with `if (!result)`, read with `*result`, `result->`, `result.error()`.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};
template <>
class [[nodiscard]] Result<void> : public boost::system::result<void, Error> {
 public:
  using boost::system::result<void, Error>::result;
};

/// Ends the process with a message when what cannot be is, also in release: going on would risk the merchant's data.
void ensure(bool holds, const char* what);

}  // namespace tally
