// Servers that cut, dribble, never end, never begin: what each means to the caller.
#include "http/curl_http.hpp"

#include "raw_server.hpp"

#include <gtest/gtest.h>

using namespace tally;
using namespace tally::http;
using tally::http::test::Connection;
using tally::http::test::RawServer;

namespace {

constexpr Egress this_machine{.allow_loopback = true};

Result<Response> post(const std::string& url, Duration deadline = Duration(5000)) {
  CurlHttp http(this_machine);
  return http.send({.method = "POST", .url = url, .body = "{}", .deadline = deadline, .operation = "set_stock"});
}

Fault fault_of(const Result<Response>& response) {
  return response ? Fault::internal : response.error().fault;
}
std::string text_of(const Result<Response>& response) {
  return response ? "answered " + std::to_string(response->status) : response.error().text();
}

Duration since(Duration start) {
  return SystemClock().since_start() - start;
}

TEST(Cut, before_a_connection_the_request_surely_did_not_arrive) {
  std::string closed;
  {
    closed = RawServer([](Connection&, int) {}).url();
  }
  const auto refused = post(closed);
  EXPECT_EQ(fault_of(refused), Fault::transient) << text_of(refused);
  const auto nameless = post("http://no-such-shop.invalid/");
  EXPECT_EQ(fault_of(nameless), Fault::transient) << text_of(nameless);
}

TEST(Cut, after_the_request_was_read_it_may_have_happened) {
  for (const bool reset : {false, true}) {
    const RawServer server([&](Connection& connection, int) {
      connection.read_request();
      if (reset) connection.reset();
    });
    const auto response = post(server.url());
    EXPECT_EQ(fault_of(response), Fault::unknown) << text_of(response);
    EXPECT_EQ(response.error().where, "set_stock");
  }
}

TEST(Cut, within_the_head_or_the_body_it_may_have_happened) {
  for (const char* part : {"HTTP/1.1 200 OK\r\nContent-", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"}) {
    const RawServer server([&](Connection& connection, int) {
      connection.read_request();
      connection.write(part);
    });
    const auto response = post(server.url());
    EXPECT_EQ(fault_of(response), Fault::unknown) << part << ": " << text_of(response);
  }
}

TEST(Deadline, ends_a_silence_after_the_request_as_unknown) {
  const RawServer server([](Connection& connection, int) {
    connection.read_request();
    connection.pause(Duration(5000));
  });
  const Duration start = SystemClock().since_start();
  const auto response = post(server.url(), Duration(300));
  EXPECT_EQ(fault_of(response), Fault::unknown) << text_of(response);
  EXPECT_GE(since(start), Duration(290));
  EXPECT_LT(since(start), Duration(2000));
}

TEST(Deadline, ends_a_silence_within_the_tls_handshake_as_not_sent) {
  const RawServer server([](Connection& connection, int) { connection.pause(Duration(5000)); });
  const auto response = post("https://" + server.host() + "/", Duration(300));
  EXPECT_EQ(fault_of(response), Fault::transient) << text_of(response);
}

TEST(Deadline, holds_for_the_whole_answer_and_not_for_each_byte) {
  const RawServer server([](Connection& connection, int) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (connection.write("x") && connection.pause(Duration(20))) {
    }
  });
  const Duration start = SystemClock().since_start();
  const auto response = post(server.url(), Duration(400));
  EXPECT_EQ(fault_of(response), Fault::unknown) << text_of(response);
  EXPECT_LT(since(start), Duration(2000));
}

TEST(Limit, an_endless_body_is_broken) {
  const RawServer server([](Connection& connection, int) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
    while (connection.write(chunk)) {
    }
  });
  const auto response = post(server.url(), Duration(30'000));
  EXPECT_EQ(fault_of(response), Fault::broken) << text_of(response);
  EXPECT_NE(text_of(response).find("32 MiB"), std::string::npos);
}

TEST(Limit, a_body_that_announces_more_than_is_taken_is_broken_at_once) {
  const RawServer server([](Connection& connection, int) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    connection.pause(Duration(5000));
  });
  const Duration start = SystemClock().since_start();
  const auto response = post(server.url());
  EXPECT_EQ(fault_of(response), Fault::broken) << text_of(response);
  EXPECT_LT(since(start), Duration(2000));
}

TEST(Limit, an_endless_head_is_broken) {
  for (const char* piece : {"X-Field: and another one\r\n", "x", "\r\nHTTP/1.1 103 Early Hints\r\n"}) {
    const RawServer server([&](Connection& connection, int) {
      connection.read_request();
      connection.write("HTTP/1.1 100 Continue\r\nX: ");
      while (connection.write(piece)) {
      }
    });
    const auto response = post(server.url(), Duration(20'000));
    EXPECT_EQ(fault_of(response), Fault::broken) << text_of(response);
  }
}

TEST(Answer, that_is_no_http_is_broken) {
  for (const char* noise : {"SSH-2.0-OpenSSH_9.2\r\n", "220 mail ready\r\n"}) {
    const RawServer server([&](Connection& connection, int) {
      connection.read_request();
      connection.write(noise);
    });
    const auto response = post(server.url());
    EXPECT_EQ(fault_of(response), Fault::broken) << text_of(response);
  }
}

TEST(Answer, interim_heads_and_trailers_do_not_mix_with_the_head) {
  const RawServer server([](Connection& connection, int) {
    connection.read_request();
    connection.write(
        "HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\nHTTP/1.1 200 Fine\r\nX-One:  1 \r\nX-Two: a\r\n\tb\r\nTransfer-Encoding: "
        "chunked\r\n\r\n");
    connection.write("2\r\nok\r\n0\r\nRetry-After: 99999\r\nX-One: forged\r\n\r\n");
  });
  const auto response = post(server.url());
  ASSERT_TRUE(response) << text_of(response);
  EXPECT_EQ(response->status, 200u);
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(response->header("x-one"), "1");
  EXPECT_EQ(response->header("x-two"), "a b");
  EXPECT_EQ(response->header("link"), "");
  EXPECT_EQ(response->header("retry-after"), "");
}

/// Answers the first request of the first connection, and closes after having read a second one there.
class KeptConnection : public testing::Test {
 protected:
  std::atomic<int> read_{0};
  RawServer server_{[this](Connection& connection, int number) {
    while (!connection.read_request().empty()) {
      ++read_;
      if (number == 0 && read_ == 2) return;
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  }};
};

TEST_F(KeptConnection, that_is_lost_under_a_post_does_not_send_it_twice) {
  CurlHttp http(this_machine);
  const Request request{.method = "POST", .url = server_.url(), .body = "{}"};
  ASSERT_TRUE(http.send(request));
  const auto second = http.send(request);
  EXPECT_EQ(fault_of(second), Fault::unknown) << text_of(second);
  EXPECT_EQ(read_, 2) << "the request was read once more by another connection";
  EXPECT_TRUE(http.send(request)) << "the next one goes on a fresh connection";
}

TEST_F(KeptConnection, that_is_lost_under_a_get_costs_a_second_connection_only) {
  CurlHttp http(this_machine);
  ASSERT_TRUE(http.send({.url = server_.url()}));
  const auto second = http.send({.url = server_.url()});
  ASSERT_TRUE(second) << text_of(second);
  EXPECT_EQ(second->body, "ok");
  EXPECT_EQ(server_.connections(), 2);
}

TEST(Stop, ends_what_is_out_as_unknown_and_what_had_not_left_as_cancelled) {
  std::atomic<bool> asked{false};
  const RawServer server([&](Connection& connection, int) {
    connection.read_request();
    asked = true;
    connection.pause(Duration(10'000));
  });
  const RawServer silent([](Connection& connection, int) { connection.pause(Duration(10'000)); });
  CurlHttp http(this_machine);
  Fault out = Fault::internal, handshaking = Fault::internal;
  std::thread first([&] { out = fault_of(http.send({.method = "POST", .url = server.url()})); });
  std::thread second([&] { handshaking = fault_of(http.send({.method = "POST", .url = "https://" + silent.host() + "/"})); });
  while (!asked || silent.connections() == 0) std::this_thread::sleep_for(Duration(2));
  const Duration start = SystemClock().since_start();
  http.stop();
  first.join();
  second.join();
  EXPECT_EQ(out, Fault::unknown);
  EXPECT_EQ(handshaking, Fault::cancelled);
  EXPECT_LT(since(start), Duration(2000));
}

TEST(Slowness, of_one_platform_does_not_hold_up_another) {
  const RawServer slow([](Connection& connection, int) {
    connection.read_request();
    connection.pause(Duration(3000));
  });
  const RawServer quick([](Connection& connection, int) {
    while (!connection.read_request().empty()) connection.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  CurlHttp http(this_machine);
  std::vector<std::thread> waiting;
  for (int i = 0; i < 10; ++i) waiting.emplace_back([&] { (void)http.send({.url = slow.url(), .deadline = Duration(1500)}); });
  const Duration start = SystemClock().since_start();
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(http.send({.url = quick.url()}));
  EXPECT_LT(since(start), Duration(1000));
  for (std::thread& thread : waiting) thread.join();
}

}  // namespace
