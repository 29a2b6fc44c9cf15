// Reading JSON through Boost's event parser, which hands out the text of numbers and checks UTF-8.
#include "base/json.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>

namespace tally {
namespace {

namespace bj = boost::json;

/// A bound on the memory that a hostile document of many tiny values can take: about 100 MB.
constexpr std::size_t most_values = 2'000'000;

/// Builds the value from the parser's events. A refusal of ours is left in `refusal`; the parser is stopped with any error code.
class Builder {
 public:
  static constexpr std::size_t max_array_size = most_values;
  static constexpr std::size_t max_object_size = most_values;
  static constexpr std::size_t max_string_size = std::size_t{64} << 20;
  static constexpr std::size_t max_key_size = std::size_t{64} << 10;

  Json result;
  std::string refusal;

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code& code) { return open(Json::object(), code); }
  bool on_array_begin(bj::error_code& code) { return open(Json::array(), code); }
  bool on_array_end(std::size_t, bj::error_code&) { return close(); }
  bool on_object_end(std::size_t, bj::error_code& code) {
    if (const std::string* twice = repeated_key(open_.back().value.as_object())) {
      return refuse("the key '" + twice->substr(0, 60) + "' appears twice in one object, which of the two holds is open", code);
    }
    return close();
  }
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) { return collect(part); }
  bool on_key(bj::string_view part, std::size_t, bj::error_code&) {
    open_.back().key = taken(part);
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) { return collect(part); }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& code) { return add(Json(taken(part)), code); }
  bool on_number_part(bj::string_view part, bj::error_code&) { return collect(part); }
  bool on_int64(std::int64_t, bj::string_view part, bj::error_code& code) { return add_number(part, code); }
  bool on_uint64(std::uint64_t, bj::string_view part, bj::error_code& code) { return add_number(part, code); }
  bool on_double(double, bj::string_view part, bj::error_code& code) { return add_number(part, code); }
  bool on_bool(bool value, bj::error_code& code) { return add(Json(value), code); }
  bool on_null(bj::error_code& code) { return add(Json(), code); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  struct Open {
    Json value;
    std::string key;  ///< of the member that is being read
  };

  bool refuse(std::string why, bj::error_code& code) {
    refusal = std::move(why);
    code = bj::error::syntax;
    return false;
  }

  bool collect(bj::string_view part) {
    pending_.append(part.data(), part.size());
    return true;
  }

  std::string taken(bj::string_view part) {
    collect(part);
    return std::exchange(pending_, {});
  }

  bool add_number(bj::string_view part, bj::error_code& code) { return add(Json(Json::Number{taken(part)}), code); }

  bool add(Json value, bj::error_code& code) {
    if (++values_ > most_values) return refuse("more than " + std::to_string(most_values) + " values", code);
    place(std::move(value));
    return true;
  }

  bool open(Json value, bj::error_code& code) {
    if (++values_ > most_values) return refuse("more than " + std::to_string(most_values) + " values", code);
    open_.push_back(Open{std::move(value), {}});
    return true;
  }

  bool close() {
    Json done = std::move(open_.back().value);
    open_.pop_back();
    place(std::move(done));
    return true;
  }

  void place(Json value) {
    if (open_.empty()) {
      result = std::move(value);
    } else if (open_.back().value.is_array()) {
      open_.back().value.as_array().push_back(std::move(value));
    } else {
      open_.back().value.as_object().emplace_back(std::move(open_.back().key), std::move(value));
    }
  }

  static const std::string* repeated_key(const Json::Object& members) {
    std::vector<const std::string*> keys;
    keys.reserve(members.size());
    for (const Json::Member& member : members) keys.push_back(&member.first);
    std::sort(keys.begin(), keys.end(), [](const std::string* a, const std::string* b) { return *a < *b; });
    const auto twice = std::adjacent_find(keys.begin(), keys.end(), [](const std::string* a, const std::string* b) { return *a == *b; });
    return twice == keys.end() ? nullptr : *twice;
  }

  std::vector<Open> open_;
  std::string pending_;
  std::size_t values_ = 0;
};

Error not_json(std::size_t byte, const std::string& why) {
  return error(Fault::invalid, "no valid JSON at byte " + std::to_string(byte) + ": " + why);
}

}  // namespace

Result<Json> Json::parse(std::string_view text, std::size_t depth) {
  if (text.empty()) return error(Fault::invalid, "no valid JSON: nothing is there");
  bj::parse_options options;
  options.max_depth = depth;
  bj::basic_parser<Builder> parser(options);
  bj::error_code code;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), code);
  if (code) return not_json(consumed, parser.handler().refusal.empty() ? code.message() : parser.handler().refusal);
  const std::size_t behind = text.find_first_not_of(" \t\r\n", consumed);
  if (behind != std::string_view::npos) return not_json(behind, "something stands behind the value");
  return std::move(parser.handler().result);
}

}  // namespace tally
