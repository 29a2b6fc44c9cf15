// One HTTP/1.1 connection: request after request, each with deadlines of its own, closed after any error.
#pragma once

#include "server/message.hpp"
#include "server/reception.hpp"
#include "server/routes.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <memory>
#include <optional>

namespace tally::server {

/// Plain callbacks on the listener's thread. At any moment there is one operation under way, besides the deadline.
class Session final : public Connection, public std::enable_shared_from_this<Session> {
 public:
  Session(Socket socket, Caller caller, Reception& reception, Pass pass);
  void start();
  void finish() override;
  void abort() override { close(); }

 private:
  enum class Phase { idle, head, body, answering, writing, lingering, closed };
  using Failure = boost::system::error_code;

  // Reading.
  void next_request();
  void read_head();
  void examine_head();
  void accept_head(std::size_t size);
  void expect_body();
  void read_body();

  // Answering.
  void dispatch();
  void deliver();
  void turn_down(const Error& fault);
  void ask_engine();
  void tell_metrics();
  void open_stream();
  /// Whether the answer to this request is still owed.
  bool awaits(std::size_t number) const;
  void answer(Answer answer);
  void refuse(const Answer& answer);
  void linger();
  void close();

  void allow(Phase phase, Duration time);
  void on_deadline();

  Socket socket_;
  Reception& reception_;
  const Limits& limits_;
  Pass pass_;
  Phase phase_ = Phase::idle;
  bool last_ = false;       ///< close after this answer
  std::size_t number_ = 0;  ///< of the request; a late answer to an earlier one is recognised by it
  boost::asio::steady_timer deadline_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  Request request_;
  Route route_;
  Pass body_pass_;
  bool keep_alive_ = false;
  bool with_body_ = true;  ///< HTTP/1.0 and 1.1 alike; false for HEAD
  boost::beast::http::response<boost::beast::http::string_body> response_;
  std::array<char, 4096> waste_{};  ///< what is read and thrown away while the peer still sends
};

}  // namespace tally::server
