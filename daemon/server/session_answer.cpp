#include "server/event_stream.hpp"
#include "server/metrics.hpp"
#include "server/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/write.hpp>

namespace tally::server {
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

Answer plain(std::string text) {
  return Answer{.status = 200, .content_type = "text/plain; charset=utf-8", .body = std::move(text), .fields = {}};
}

/// What a stranger is told; the whole error goes to the log only.
Answer refusal_of_delivery(const Error& fault) {
  Error told = fault;
  told.where.clear();
  told.todo.clear();
  switch (fault.fault) {
    case Fault::not_found:
      told.what = "no channel has this name";
      break;
    case Fault::unauthorized:
      told.what = "this delivery is not authentic";
      break;
    case Fault::invalid:
      told.what = "this delivery cannot be read";
      break;
    case Fault::locked:
      told.what = "it cannot be stored now, deliver it again";
      break;
    default:
      told.what = "it could not be taken, deliver it again";
      break;
  }
  return problem(told);
}

/// The door's own numbers in front of the engine's.
Answer metrics_answer(Json::Array items, const Json& of_engine) {
  if (const Json* more = of_engine.find("items"); more != nullptr && more->is_array()) {
    items.insert(items.end(), more->as_array().begin(), more->as_array().end());
  }
  return Answer{.status = 200, .content_type = open_metrics_type, .body = open_metrics(items), .fields = {}};
}

}  // namespace

void Session::dispatch() {
  allow(Phase::answering, route_.target == Target::hook ? limits_.commit_time : limits_.answer_time);
  switch (route_.target) {
    case Target::live:
      return answer(plain("alive\n"));
    case Target::ready: {
      std::string why;
      if (reception_.intake.ready(why)) return answer(plain("ready\n"));
      return answer(problem(error(Fault::locked, why.empty() ? "not ready" : why)));
    }
    case Target::hook:
      return deliver();
    case Target::metrics:
      return tell_metrics();
    case Target::api:
      return ask_engine();
    case Target::events:
      return open_stream();
  }
}

void Session::deliver() {
  channel::Webhook webhook{
      .method = request_.method, .query = request_.query, .headers = std::move(request_.headers), .body = std::move(request_.body)};
  // The intake answers on a thread of its own, perhaps after this connection, or the whole server, is gone.
  auto done = [io = reception_.io, session = weak_from_this(), number = number_](Result<channel::Reply> result) {
    asio::post(*io, [session, number, result = std::move(result)]() mutable {
      const auto self = session.lock();
      if (!self || !self->awaits(number)) return;
      if (!result) return self->turn_down(result.error());
      self->answer(
          Answer{.status = result->status, .content_type = std::move(result->content_type), .body = std::move(result->body), .fields = {}});
    });
  };
  reception_.intake.receive(ChannelId(route_.channel), std::move(webhook), std::move(done));
}

void Session::turn_down(const Error& fault) {
  reception_.log.debug("delivery refused", {{"channel", route_.channel}, {"from", request_.caller.address}, {"why", fault.text()}});
  answer(refusal_of_delivery(fault));
}

bool Session::awaits(std::size_t number) const {
  return phase_ == Phase::answering && number_ == number;
}

void Session::ask_engine() {
  const std::function<Result<Answer>()> work = [&admin = reception_.admin, request = request_] { return answer_api(admin, request); };
  const bool taken = reception_.back_office.ask<Answer>(work, [session = weak_from_this(), number = number_](Result<Answer> result) {
    const auto self = session.lock();
    if (!self || !self->awaits(number)) return;
    self->answer(result ? std::move(*result) : problem(result.error()));
  });
  if (!taken) answer(too_busy("too many questions are waiting for an answer"));
}

void Session::tell_metrics() {
  const std::function<Result<Json>()> work = [&admin = reception_.admin] { return admin.metrics(); };
  const bool taken = reception_.back_office.ask<Json>(work, [session = weak_from_this(), number = number_](Result<Json> result) {
    const auto self = session.lock();
    if (!self || !self->awaits(number)) return;
    self->answer(result ? metrics_answer(self->reception_.doorkeeper.metrics(), *result) : problem(result.error()));
  });
  if (!taken) answer(too_busy("too many questions are waiting for an answer"));
}

void Session::open_stream() {
  const auto query = events_query(request_);
  if (!query) return answer(problem(query.error()));
  auto room = reception_.doorkeeper.stream();
  if (!room) return answer(too_busy("too many event streams are open"));
  std::make_shared<EventStream>(std::move(socket_), *query, reception_, std::move(pass_), std::move(*room))->start();
  close();
}

void Session::answer(Answer answer) {
  const bool no_status = answer.status < 200 || answer.status > 599;
  if (no_status) answer = problem(500, Fault::internal, "the connector answered with status " + std::to_string(answer.status));
  if (answer.status >= 400) {
    reception_.doorkeeper.refused(answer.status);
  } else {
    reception_.doorkeeper.answered();
  }
  last_ = last_ || answer.status >= 400 || !keep_alive_ || number_ >= limits_.requests;
  response_ = {};
  response_.version(11);
  response_.result(answer.status);
  response_.reason(reason_of(answer.status));
  response_.set(http::field::date, format_http_date(reception_.clock.now()));
  response_.set(http::field::cache_control, "no-store");
  response_.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : answer.fields) response_.set(name, value);
  if (last_) response_.set(http::field::connection, "close");
  const bool may_have_body = answer.status != 204 && answer.status != 304;
  if (may_have_body) {
    response_.set(http::field::content_type, answer.content_type);
    response_.content_length(answer.body.size());
    if (with_body_) response_.body() = std::move(answer.body);
  }
  allow(Phase::writing, limits_.write_time);
  http::async_write(socket_, response_, [self = shared_from_this()](const Failure& failure, std::size_t) {
    if (self->phase_ != Phase::writing) return;
    if (failure) return self->close();
    if (self->last_) return self->linger();
    self->next_request();
  });
}

void Session::refuse(const Answer& refusal) {
  Failure ignored;  // nothing may be under way
  socket_.cancel(ignored);
  last_ = true;
  answer(refusal);
}

void Session::linger() {
  if (phase_ != Phase::lingering) {
    Failure gone;
    socket_.shutdown(Socket::shutdown_send, gone);
    if (gone) return close();
    allow(Phase::lingering, limits_.linger);
  }
  // Closing with unread bytes would reset the connection and take our answer away from the peer.
  socket_.async_read_some(asio::buffer(waste_), [self = shared_from_this()](const Failure& failure, std::size_t) {
    if (self->phase_ != Phase::lingering) return;
    if (failure) return self->close();
    self->linger();
  });
}

void Session::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  deadline_.cancel();
  Failure ignored;  // it is gone either way
  socket_.close(ignored);
  pass_ = Pass();
  body_pass_ = Pass();
  reception_.leave(shared_from_this());
}

}  // namespace tally::server
