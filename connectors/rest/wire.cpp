#include "connectors/rest/wire.hpp"

#include "base/time.hpp"
#include "channel/urgent.hpp"

#include <algorithm>
#include <charconv>

namespace tally::rest {
namespace {

Pairs pairs_of(const Json& object) {
  Pairs pairs;
  if (!object.is_object()) return pairs;
  for (const auto& [name, value] : object.as_object()) {
    if (value.is_array()) {
      for (const auto& item : value.as_array()) pairs.emplace_back(name, item.scalar_text());
    } else if (value.is_object()) {
      pairs.emplace_back(name, value.dump());  // JSON inside a form
    } else if (!value.is_null()) {
      pairs.emplace_back(name, value.scalar_text());
    }
  }
  return pairs;
}

void append(Pairs& to, Pairs from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

std::string form_encoded(const Pairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) text += (text.empty() ? "" : "&") + crypto::url_encode(name) + "=" + crypto::url_encode(value);
  return text;
}

/// "/order/searchList" → "order.searchList"
std::string method_name(std::string_view path) {
  std::string name(path.substr(path.starts_with("/") ? 1 : 0));
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

void place(const Put& put, const std::string& value, Pairs& query, std::vector<http::Header>& headers) {
  if (put.into == Put::Into::query) {
    query.emplace_back(put.name, put.prefix + value);
  } else {
    headers.emplace_back(put.name, put.prefix + value);
  }
}

bool is_of_orders(std::string_view operation) {
  return operation.find("order") != std::string_view::npos || operation.find("parcel") != std::string_view::npos ||
         operation == "confirm_shipment" || operation == "refund";
}

bool is_address(std::string_view path) {
  return path.starts_with("https://") || path.starts_with("http://");
}

}  // namespace

Wire::Wire(const Program& program, Vault& vault, std::string channel)
    : program_(program), vault_(vault), channel_(std::move(channel)), token_(program.auth.token, vault), rng_(vault.ports().seed) {
  const auto& make = vault.ports().meter;
  if (!program.limits.budgets.empty() && make) meter_ = make(program.limits.budgets);
}

Error Wire::fault(Fault fault, std::string what, const std::string& operation, std::string todo) const {
  return error(fault, std::move(what), channel_ + ": " + operation, std::move(todo));
}

std::string Wire::shown_body(const std::string& operation, const std::string& body, const std::string& type) const {
  if (body.empty() || !is_of_orders(operation)) return vault_.shown(body);
  return std::to_string(body.size()) + " bytes of " + (type.empty() ? "no stated type" : vault_.shown(type)) +
         ", not shown because they may name the buyer";
}

Result<http::Response> Wire::exchange(const Call& call, const http::Request& request) {
  if (meter_) {
    const auto id = [&](const std::string& name) {
      const Json* value = call.names->find(name);
      return value ? value->scalar_text() : std::string();
    };
    if (auto taken = meter_->take({call.operation, call.urgent || channel::is_always_urgent(call.operation), id}); !taken)
      return taken.error();
  }
  return vault_.ports().http->send(request);
}

Outcome Wire::send(const Call& call) {
  for (int attempt = 0;; ++attempt) {
    auto built = build(call, true);
    Outcome outcome;
    if (!built) {
      outcome.error = built.error();
      if (outcome.error->where.empty()) outcome.error->where = channel_ + ": " + call.operation;
      return outcome;
    }
    bool expired = false;
    outcome = judge(call, exchange(call, built->request), expired);
    const bool may_renew = program_.auth.kind == Auth::Kind::token && program_.auth.token.renew_on_expired;
    if (!expired || !may_renew || attempt > 0) return outcome;
    if (auto token = token_.renewed(built->token, [&](const RequestForm& form) { return ask_for_token(form); }); !token) {
      outcome.error = token.error();
      return outcome;
    }
  }
}

Result<Wire::Built> Wire::build(const Call& call, bool with_auth) {
  Built built;
  const auto path = call.form->path.text(*call.names, true);
  if (!path) return path.error();
  std::string address = *path;
  if (!is_address(address)) {
    const auto base = program_.base_url.text(Names(vault_));
    if (!base) return base.error();
    address = *base + address;
  }
  auto& request = built.request;
  request.method = call.form->method;
  request.operation = call.operation;
  request.deadline = program_.limits.deadline;
  std::optional<Json> body = call.body;
  if (!body && call.form->body) body = call.form->body->fill(*call.names).value_or(Json::object());
  if (!body && program_.common.sorted_body && request.method != "GET") body = Json::object();
  request.headers.emplace_back("Accept", "application/json");
  if (body) {
    Pairs form = call.form->form ? pairs_of(*body) : Pairs();
    if (auto done = sign_form(*call.form, *call.names, form); !done) return done.error();
    request.body = call.form->form ? form_encoded(form) : program_.common.sorted_body ? body->dump_sorted() : body->dump();
    request.headers.emplace_back("Content-Type", call.form->form ? "application/x-www-form-urlencoded" : "application/json");
  }
  Pairs query;
  if (auto added = add_common(call, method_name(*path), request.body, query, request.headers); !added) return added.error();
  if (with_auth) {
    if (auto added = add_auth(call, address, built, query); !added) return added.error();
  }
  request.url = query.empty() ? address : address + "?" + form_encoded(query);
  return built;
}

Result<void> Wire::sign_form(const RequestForm& request, const Names& names, Pairs& form) const {
  if (!request.sign) return {};
  const std::map<std::string, std::string> fields(form.begin(), form.end());
  Message message;
  message.form = &fields;
  message.names = &names;
  message.secret = [&](const std::string& name) { return vault_.value(name); };
  auto signature = sign(request.sign->signature, message);
  if (!signature) return signature.error();
  form.emplace_back(request.sign->put.name, request.sign->put.prefix + *signature);
  return {};
}

Result<std::string> Wire::add_common(const Call& call, const std::string& method, const std::string& body, Pairs& query,
                                     std::vector<http::Header>& headers) {
  Names names(vault_, true);
  names.set("now", format_iso(now())).set("method", method);
  const auto& common = program_.common;
  const Json shared = common.query ? common.query->fill(names).value_or(Json::object()) : Json::object();
  append(query, pairs_of(shared));
  if (call.form->query) append(query, pairs_of(call.form->query->fill(*call.names).value_or(Json::object())));
  if (common.headers) append(headers, pairs_of(common.headers->fill(names).value_or(Json::object())));
  if (call.form->headers) append(headers, pairs_of(call.form->headers->fill(*call.names).value_or(Json::object())));
  if (!common.sign) return std::string();
  names.add(shared).set("body", body);
  Message message;
  message.body = body;
  message.names = &names;
  message.secret = [&](const std::string& name) { return vault_.value(name); };
  auto signature = sign(common.sign->signature, message);
  if (signature) place(common.sign->put, *signature, query, headers);
  return signature;
}

Result<void> Wire::add_auth(const Call& call, const std::string& address, Built& built, Pairs& query) {
  const Auth& auth = program_.auth;
  if (auth.kind == Auth::Kind::basic) {
    const auto user = vault_.value(auth.user), password = vault_.value(auth.password);
    if (!user) return user.error();
    if (!password) return password.error();
    built.request.headers.emplace_back("Authorization", "Basic " + crypto::base64(*user + ":" + *password));
  } else if (auth.kind == Auth::Kind::oauth1) {
    const auto key = vault_.value(auth.key), secret = vault_.value(auth.secret);
    if (!key) return key.error();
    if (!secret) return secret.error();
    std::string nonce;
    {
      const std::lock_guard lock(rng_mutex_);
      nonce = rng_.text(32);
    }
    append(query, {{"oauth_consumer_key", *key},
                   {"oauth_nonce", nonce},
                   {"oauth_signature_method", auth.hash == crypto::Digest::sha1 ? "HMAC-SHA1" : "HMAC-SHA256"},
                   {"oauth_timestamp", std::to_string(to_ms(now()) / 1000)},
                   {"oauth_version", "1.0"}});
    query.emplace_back("oauth_signature", oauth1_signature(auth.hash, call.form->method, address, query, *secret));
  } else if (auth.kind == Auth::Kind::token) {
    const auto token = token_.current([&](const RequestForm& form) { return ask_for_token(form); });
    if (!token) return token.error();
    built.token = token->generation;
    place(auth.token.put, token->text, query, built.request.headers);
  }
  return {};
}

Result<Json> Wire::ask_for_token(const RequestForm& form) {
  Names names(vault_, true);
  names.set("now", format_iso(now()));
  Call call;
  call.operation = "auth";
  call.form = &form;
  call.names = &names;
  auto built = build(call, false);
  if (!built) return built.error();
  bool expired = false;
  Outcome outcome = judge(call, exchange(call, built->request), expired);
  if (!outcome.error) return std::move(outcome.answer.json);
  // Whatever the platform has against this request, it has against our credentials.
  const Fault fault = outcome.error->fault;
  if (fault == Fault::rejected || fault == Fault::missing || fault == Fault::conflict) outcome.error->fault = Fault::unauthorized;
  if (outcome.error->fault == Fault::unauthorized) outcome.error->todo = todo_for(Fault::unauthorized);
  return *outcome.error;
}

Outcome Wire::judge(const Call& call, const Result<http::Response>& response, bool& expired) const {
  if (response) {
    Answer answer;
    answer.status = response->status;
    answer.headers = response->headers;
    // What a cache kept has the time of then.
    const auto date = parse_http_date(answer.header("date"));
    if (date && answer.header("age").empty()) answer.date = *date;
    bool readable = true;
    if (!response->body.empty()) {
      auto json = Json::parse(response->body);
      readable = json.has_value();
      if (json) answer.json = std::move(*json);
    }
    return judge_answer(call, std::move(answer), response->body, readable, expired);
  }
  Outcome outcome;
  const Error& cause = response.error();
  if (cause.fault == Fault::not_yet) {  // a budget's own words
    outcome.error = fault(cause.fault, cause.what, call.operation, cause.todo);
    outcome.error->retry_after = cause.retry_after;
    return outcome;
  }
  Fault kind = cause.fault;
  if (kind == Fault::unknown && !call.writes) kind = Fault::transient;  // a reading that was cut off did nothing
  if (kind == Fault::invalid) kind = Fault::broken;
  outcome.error = fault(kind, vault_.shown(cause.what), call.operation, cause.todo);
  outcome.error->retry_after = cause.retry_after;
  return outcome;
}

Outcome Wire::judge_answer(const Call& call, Answer answer, const std::string& body, bool readable, bool& expired) const {
  Outcome outcome;
  const bool fine = answer.status >= 200 && answer.status < 300;
  const bool too_many = !program_.limits.too_many.statuses.empty() && program_.limits.too_many.has_status(answer.status);
  const ErrorRule* rule = nullptr;
  if (too_many) {
    outcome.error = fault(Fault::throttled, "HTTP " + std::to_string(answer.status) + ": told to wait", call.operation);
    outcome.error->retry_after = wait_of(answer);
  } else if (call.passes && readable && call.passes->matches(answer.status, answer.json)) {
    outcome.passed = true;
  } else if (fine && !readable) {
    outcome.error = fault(Fault::broken,
                          "HTTP " + std::to_string(answer.status) +
                              " with something that is not JSON: " + shown_body(call.operation, body, answer.header("content-type")),
                          call.operation, todo_for(Fault::broken));
  } else {
    const bool said_ok =
        (!program_.ok || program_.ok->matches(answer.status, answer.json)) && (!call.ok || call.ok->matches(answer.status, answer.json));
    if (!fine || !said_ok || !program_.ok) rule = rule_for(program_.errors, answer);
    if (rule || !fine || !said_ok) outcome.error = error_of(call, answer, rule, body);
  }
  if (rule) {
    expired = rule->verdict.kind == Verdict::Kind::expired;
    outcome.too_dense = rule->verdict.kind == Verdict::Kind::too_dense;
    outcome.gives = given(rule->gives, answer, answer.json);
  }
  outcome.answer = std::move(answer);
  return outcome;
}

Error Wire::error_of(const Call& call, const Answer& answer, const ErrorRule* rule, const std::string& body) const {
  const bool server = answer.status >= 500;
  Fault kind = rule ? rule->verdict.fault : server ? Fault::transient : Fault::broken;
  // The platform broke down while it worked: what it did by then, nobody knows. Harmless where the same write may be sent again.
  if (call.writes && kind == Fault::transient && (!call.repeatable || (server && !rule))) kind = Fault::unknown;
  std::string why;
  if (rule && !rule->why.empty()) {
    const auto said = reach(answer.json, rule->why);
    if (!said.empty()) why = said.front()->scalar_text();
  }
  const std::string words = why.empty() ? shown_body(call.operation, body, answer.header("content-type")) : vault_.shown(why);
  std::string todo = rule && !rule->todo.empty() ? rule->todo : todo_for(kind);
  Error result =
      fault(kind, "HTTP " + std::to_string(answer.status) + (words.empty() ? "" : ": " + words), call.operation, std::move(todo));
  if (rule && rule->after) {
    result.retry_after = rule->after;
  } else if (kind == Fault::throttled || kind == Fault::transient) {
    result.retry_after = wait_of(answer);
  }
  return result;
}

std::optional<Duration> Wire::wait_of(const Answer& answer) const {
  const std::string& text = program_.limits.wait_header.empty() ? answer.header("retry-after") : answer.header(program_.limits.wait_header);
  if (text.empty()) return std::nullopt;
  constexpr std::int64_t most_seconds = 7 * 24 * 3600;
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem == std::errc() && end == text.data() + text.size())
    return Duration(std::clamp<std::int64_t>(seconds, 0, most_seconds) * 1000);
  if (const auto date = parse_http_date(text)) return std::clamp(*date - now(), Duration(0), Duration(most_seconds * 1000));
  return std::nullopt;
}

}  // namespace tally::rest
