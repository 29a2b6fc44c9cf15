#include "server/session.hpp"

#include "server/head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>

namespace tally::server {
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t read_size = 4096;
constexpr std::size_t body_read_size = 64 * 1024;
constexpr std::size_t buffer_size = 128 * 1024;  // a head, or what is read of a body at once
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Session::Session(Socket socket, Caller caller, Reception& reception, Pass pass)
    : socket_(std::move(socket)),
      reception_(reception),
      limits_(reception.limits),
      pass_(std::move(pass)),
      deadline_(*reception.io),
      buffer_(buffer_size) {
  request_.caller = std::move(caller);
}

void Session::start() {
  reception_.enter(shared_from_this());
  if (phase_ == Phase::closed) return;
  allow(Phase::head, limits_.head_time);
  read_head();
}

void Session::finish() {
  last_ = true;
  if (phase_ == Phase::idle || (phase_ == Phase::head && buffer_.size() == 0)) close();
}

void Session::allow(Phase phase, Duration time) {
  phase_ = phase;
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this()](const Failure& cancelled) {
    const bool moved = self->deadline_.expiry() > asio::steady_timer::clock_type::now();  // a later phase has its own deadline
    if (!cancelled && !moved && self->phase_ != Phase::closed) self->on_deadline();
  });
}

void Session::on_deadline() {
  switch (phase_) {
    case Phase::head:
      if (buffer_.size() == 0) return close();
      return refuse(problem(408, Fault::invalid, "the head did not arrive in time"));
    case Phase::body:
      return refuse(problem(408, Fault::invalid, "the body did not arrive in time"));
    case Phase::answering:
      return refuse(problem(error(Fault::locked, "no answer in time", {}, "try again")));
    default:
      return close();
  }
}

// ---- reading ----

void Session::next_request() {
  parser_.reset();
  body_pass_ = Pass();
  request_ = Request{.caller = std::move(request_.caller), .method = {}, .path = {}, .query = {}, .headers = {}, .body = {}};
  response_ = {};
  if (buffer_.size() > 0) {
    allow(Phase::head, limits_.head_time);
    return examine_head();
  }
  allow(Phase::idle, limits_.idle);
  read_head();
}

void Session::read_head() {
  socket_.async_read_some(buffer_.prepare(read_size), [self = shared_from_this()](const Failure& failure, std::size_t count) {
    if (self->phase_ != Phase::head && self->phase_ != Phase::idle) return;
    if (failure) return self->close();
    self->buffer_.commit(count);
    if (self->phase_ == Phase::idle) self->allow(Phase::head, self->limits_.head_time);
    self->examine_head();
  });
}

void Session::examine_head() {
  const std::string_view bytes(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
  const std::size_t end = bytes.substr(0, limits_.head).find(head_end);
  if (end != std::string_view::npos) return accept_head(end + head_end.size());
  if (const auto checked = check_beginning(bytes.substr(0, limits_.head)); !checked) return refuse(problem(checked.error()));
  if (bytes.size() >= limits_.head)
    return refuse(problem(431, Fault::invalid, "the head is longer than " + std::to_string(limits_.head) + " bytes"));
  read_head();
}

void Session::accept_head(std::size_t size) {
  ++number_;
  const std::string_view head(static_cast<const char*>(buffer_.cdata().data()), size);
  if (const auto checked = check_lines(head, limits_); !checked) return refuse(problem(checked.error()));
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(limits_.head));
  parser_->body_limit(boost::none);  // which limit holds is known when the address is
  Failure failure;
  parser_->put(asio::buffer(head), failure);
  if (failure || !parser_->is_header_done()) return refuse(problem(400, Fault::invalid, "the head is not HTTP: " + failure.message()));
  buffer_.consume(size);

  const auto& header = parser_->get();
  if (const auto checked = check_fields(header); !checked) return refuse(problem(checked.error()));
  const std::string_view target = header.target();
  const std::size_t question = std::min(target.find('?'), target.size());
  request_.method = header.method_string();
  request_.path = target.substr(0, question);
  request_.query = target.substr(std::min(question + 1, target.size()));
  request_.headers = header_map(header);
  keep_alive_ = header.keep_alive();
  with_body_ = header.method() != http::verb::head;

  auto route = route_of(request_, limits_);
  if (const auto* refusal = std::get_if<Answer>(&route)) return refuse(*refusal);
  route_ = std::get<Route>(std::move(route));
  expect_body();
}

void Session::expect_body() {
  if (parser_->is_done()) return dispatch();
  const auto length = parser_->content_length();
  if (length && *length > route_.body_limit) {
    return refuse(problem(413, Fault::invalid, "the body is longer than " + std::to_string(route_.body_limit) + " bytes"));
  }
  const std::size_t expected = length ? static_cast<std::size_t>(*length) : route_.body_limit;
  auto room = reception_.doorkeeper.hold(expected);
  if (!room) return refuse(too_busy("too many bodies are being received"));
  body_pass_ = std::move(*room);
  parser_->body_limit(route_.body_limit);
  buffer_.reserve(std::min(expected, body_read_size));  // Beast reads as much at once as there is room
  allow(Phase::body, limits_.body_time);

  const auto expect = request_.headers.find("expect");
  if (expect == request_.headers.end() || buffer_.size() > 0) return read_body();
  if (!boost::beast::iequals(expect->second, "100-continue"))
    return refuse(problem(417, Fault::invalid, "only 'Expect: 100-continue' is understood"));
  asio::async_write(socket_, asio::buffer(go_on), [self = shared_from_this()](const Failure& failure, std::size_t) {
    if (self->phase_ != Phase::body) return;
    if (failure) return self->close();
    self->read_body();
  });
}

void Session::read_body() {
  http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](const Failure& failure, std::size_t) {
    if (self->phase_ != Phase::body) return;
    if (failure == http::error::body_limit) {
      return self->refuse(problem(413, Fault::invalid, "the body is longer than " + std::to_string(self->route_.body_limit) + " bytes"));
    }
    if (failure.category() == http::make_error_code(http::error::bad_chunk).category() && failure != http::error::partial_message &&
        failure != http::error::end_of_stream) {
      return self->refuse(problem(400, Fault::invalid, "the body is not HTTP: " + failure.message()));
    }
    if (failure) return self->close();
    self->request_.body = std::move(self->parser_->get().body());
    self->dispatch();
  });
}

}  // namespace tally::server
