// connector.yaml compiled: what the connector does, as values. Made by compile.hpp, never changed afterwards.
#pragma once

#include "channel/capabilities.hpp"
#include "channel/connector.hpp"
#include "connectors/rest/answer.hpp"
#include "connectors/rest/frame.hpp"
#include "connectors/rest/names.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tally::rest {

struct Put {
  enum class Into { query, header, form } into = Into::query;
  std::string name;
  std::string prefix;  ///< "Bearer "
};

struct Signing {
  Signature signature;
  Put put;
};

/// One request as the file writes it.
struct RequestForm {
  std::string method;
  Text path;  ///< behind the base address, or absolute
  std::optional<Text> query, headers, body;
  bool form = false;            ///< the body is form-encoded, not JSON
  std::optional<Signing> sign;  ///< of this request alone
};

/// An access token that the platform hands out, or (without `get`) one that the merchant was given.
struct TokenAuth {
  std::string fixed;  ///< name of the secret that is the token; empty: asked for
  std::optional<RequestForm> get, renew;
  std::string token, refresh;  ///< pointers; `refresh` may be empty
  std::string lives;           ///< pointer; empty: unknown
  Duration lives_unit{1000};
  Put put;
  bool renew_on_expired = false;
};

struct Auth {
  enum class Kind { none, basic, oauth1, token } kind = Kind::none;
  std::string user, password;  ///< basic: names of settings or secrets
  std::string key, secret;     ///< oauth1: the same
  crypto::Digest hash = crypto::Digest::sha256;
  TokenAuth token;
};

/// What every request gets.
struct Common {
  std::optional<Text> query, headers;
  bool sorted_body = false;
  std::optional<Signing> sign;
};

struct Limits {
  unsigned concurrency = 2;
  unsigned per_second = 0;
  Duration deadline{20000};
  Pattern too_many;         ///< statuses that mean: told to wait
  std::string wait_header;  ///< in lower case; seconds or an HTTP date
  std::vector<channel::Budget> budgets;
};

/// How the entries of an answer belong to what was sent.
struct Match {
  enum class How { position, index, field, whole } how = How::whole;
  std::string pointer;  ///< index, field: in the answer's entry
  std::string field;    ///< field: pointer into what was sent
};

struct Failed {  ///< a list of failures only
  std::string list;
  std::optional<Pattern> where;
  Match match;
  std::string why;
};

struct Split {
  std::string create, update;  ///< keys of the request's body and of the answer
  std::string by;              ///< pointer in an entry: there is an id, so it is an update
};

struct Wait {
  Pattern until;
  std::optional<Pattern> failed;
  std::string why;
  Duration every{60000}, most{86400000};
  std::string woken_by;
};

struct Step {
  enum class Kind { request, wait, read } kind = Kind::request;
  Place place;
  std::optional<RequestForm> request;         ///< always, or with `create` and `update` nothing
  std::optional<RequestForm> create, update;  ///< for a thing that the channel does not have yet, or has
  std::string send, part;                     ///< "listing", "variations"
  std::vector<std::string> left_out;          ///< parts of `send` that have a step of their own
  std::string in;                             ///< key of the body where the entries stand
  std::optional<Split> split;
  std::size_t max = 1;
  std::string list, error_at;  ///< the answer's entries, and an entry's own error
  Match match;
  bool whole = false;  ///< one bad entry refuses all: the others are sent again
  std::optional<Failed> failed;
  std::string reply, reply_part, reply_at;  ///< the document that the answer is
  Gives gives;
  std::optional<Pattern> ok, passes;
  Wait wait;
  std::string read;  ///< Kind::read: which document
};

struct Operation {
  std::string name;
  std::vector<Step> steps;
};

/// find_category and the like: a step that gives ids, from the entry that matches or from the answer.
struct Lookup {
  RequestForm request;
  std::string send;                                        ///< document of the mapping as the body
  std::string list;                                        ///< empty: the answer itself is the thing
  std::vector<std::pair<std::string, std::string>> match;  ///< pointer in an entry → name
  Gives gives;
};

struct Paging {
  enum class Kind { none, number, cursor } kind = Kind::none;
  std::int64_t from = 1;
  std::string pages_header, total_header;  ///< lower case
  std::string pages, total;                ///< pointers
  std::int64_t size = 0;                   ///< a shorter page is the last
  std::string cursor, more;                ///< pointers
  std::string by;                          ///< pointer to the time that the list is ordered by: go on from there instead of counting pages
};

struct Window {
  Duration most{0};   ///< 0: any
  Duration reach{0};  ///< how far back a first reading goes where it must say a beginning; 0: not said
  Duration resolution{1000};
  std::optional<Duration> overlap;  ///< must agree with `facts: orders: overlap`, which the engine goes by
  Place place;
  bool splits = false;  ///< too_dense halves it
};

/// Full documents in the place of short ones.
struct Fetch {
  std::string over;              ///< pointer in an entry; "/": the entry itself
  bool each = false;             ///< one request an element of `over`; else one for all of them
  std::optional<Pattern> where;  ///< only for entries that show this
  RequestForm request;
  std::string at;  ///< in the answer
  std::string to;  ///< key of the entry that holds what was fetched; empty: it stands in the place of `over`
  Paging page;
};

struct Reading {
  std::string name;
  RequestForm request;
  Paging page;
  std::optional<Window> window;
  std::string list;
  std::vector<std::pair<std::string, std::string>> match;
  std::vector<Fetch> fetches;    ///< one after the other
  std::size_t max = 1;           ///< things in one request: each name of the request is then the things' values behind each other,
  std::string join;              ///< with this between them
  std::string as;                ///< document kind
  Gives gives;                   ///< read_stock without a document: `available` and ids
  std::vector<Reading> further;  ///< more lists that tell of the same things, read behind this one
};

struct Subscription {
  RequestForm list;
  Paging page;
  std::string entries;
  std::vector<std::pair<std::string, std::string>> match;
  std::optional<Pattern> healthy;
  std::vector<std::string> topics;
  RequestForm create, update;
  Gives gives;
};

/// Where parcels are: told from when on, or asked.
struct Tracking {
  std::optional<RequestForm> follow;
  RequestForm read;
  std::optional<Pattern> follow_ok, read_ok;
};

/// How a delivery proves where it comes from: `methods` by the value of `by_header`, or the one under "".
struct Verify {
  struct Method {
    Signature signature;
    Piece equals;
  };
  std::string by_header;
  std::map<std::string, Method> methods;
  std::optional<Piece> time;  ///< epoch seconds of the delivery
  Duration within{0};
};

struct ReplyForm {
  unsigned status = 200;
  std::optional<Text> text, json;
};

struct Door {
  struct Greet {
    std::string method;
    std::optional<Verify> verify;
    ReplyForm reply;
  };
  std::optional<Greet> greet;
  Verify verify;
  std::string quiet_form;  ///< an unsigned form with this field alone
  std::optional<Pattern> quiet_entry;
  struct Decrypt {
    std::string pointer, key, id;
  };
  std::optional<Decrypt> decrypt;
  std::vector<std::pair<std::string, std::string>> document_headers;  ///< key in the document → header
  std::string document_body;                                          ///< key of the body; empty: the body is the document
  std::string document_form;                                          ///< the document is this field of a form
  std::string as = "event";
  std::string split;
  std::vector<Piece> id;
  std::map<std::string, std::string> whole;  ///< document → pointer into the event
  ReplyForm reply;
};

struct Program {
  std::string name;
  std::string kind;
  Text base_url;
  Auth auth;
  Common common;
  Limits limits;
  std::optional<Pattern> ok;
  ErrorRules errors;
  channel::Capabilities capabilities;
  std::string state;                                         ///< pointer to an order's own state
  std::map<std::string, Operation, std::less<>> operations;  ///< by the action's name
  std::optional<Operation> find_listing;
  std::optional<Lookup> find_category, put_category, put_image;
  std::map<std::string, Reading, std::less<>> readings;  ///< read_orders, read_order, …
  std::optional<Subscription> subscribe;
  std::optional<Tracking> tracking;
  std::optional<Door> webhook;
};

}  // namespace tally::rest
