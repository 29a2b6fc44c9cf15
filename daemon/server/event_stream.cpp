#include "server/event_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace tally::server {
namespace asio = boost::asio;

namespace {

constexpr Duration sign_of_life{15'000};
constexpr std::string_view stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: "
    "close\r\n\r\n";

}  // namespace

EventStream::EventStream(Socket socket, const EventsQuery& query, Reception& reception, Pass connection, Pass stream)
    : socket_(std::move(socket)),
      reception_(reception),
      query_(query),
      connection_(std::move(connection)),
      stream_(std::move(stream)),
      timer_(*reception.io) {}

void EventStream::start() {
  reception_.enter(shared_from_this());
  if (!open_) return;
  watch();
  write(std::string(stream_head));
}

void EventStream::watch() {
  socket_.async_read_some(asio::buffer(heard_),
                          [self = shared_from_this()](const Failure&, std::size_t) { self->close(); });  // it hung up, or broke the rules
}

void EventStream::poll() {
  const bool taken =
      reception_.back_office.ask<Json>([&admin = reception_.admin, query = query_] { return admin.events(query.after, query.limit); },
                                       [stream = weak_from_this()](Result<Json> news) {
                                         if (const auto self = stream.lock(); self && self->open_) self->tell(news);
                                       });
  if (!taken) wait(reception_.limits.poll);
}

void EventStream::tell(const Result<Json>& news) {
  std::string text;
  if (!news) {
    text = "event: problem\ndata: " + Json::object({{"detail", news.error().text()}}).dump() + "\n\n";
    last_ = true;
    return write(std::move(text));
  }
  std::size_t count = 0;
  if (const Json* items = news->find("items"); items != nullptr && items->is_array()) {
    for (const Json& item : items->as_array()) {
      text += "id: " + std::to_string(item.integer_or("sequence")) + "\ndata: " + item.dump() + "\n\n";
      query_.after = std::max(query_.after, item.integer_or("sequence"));
      ++count;
    }
  }
  more_ = count >= query_.limit;
  quiet_ += reception_.limits.poll;
  if (text.empty() && quiet_ >= sign_of_life) text = ": nothing new\n\n";
  if (text.empty()) return wait(reception_.limits.poll);
  write(std::move(text));
}

void EventStream::write(std::string text) {
  text_ = std::move(text);
  quiet_ = Duration(0);
  timer_.expires_after(reception_.limits.write_time);
  timer_.async_wait([self = shared_from_this()](const Failure& cancelled) {
    if (!cancelled && self->timer_.expiry() <= asio::steady_timer::clock_type::now()) self->close();  // a reader that does not read
  });
  asio::async_write(socket_, asio::buffer(text_), [self = shared_from_this()](const Failure& failure, std::size_t) {
    if (!self->open_) return;
    if (failure || self->last_) return self->close();
    self->wait(self->more_ ? Duration(0) : self->reception_.limits.poll);
  });
}

void EventStream::wait(Duration time) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this()](const Failure& cancelled) {
    if (!cancelled && self->open_) self->poll();
  });
}

void EventStream::close() {
  if (!open_) return;
  open_ = false;
  timer_.cancel();
  Failure ignored;  // it is gone either way
  socket_.shutdown(Socket::shutdown_both, ignored);
  socket_.close(ignored);
  connection_ = Pass();
  stream_ = Pass();
  reception_.leave(shared_from_this());
}

}  // namespace tally::server
