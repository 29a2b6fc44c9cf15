// Exchanges with a server that behaves.
#include "http/curl_http.hpp"

#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <set>
#include <thread>

using namespace tally;
using namespace tally::http;

namespace {

class Exchange : public testing::Test {
 protected:
  void SetUp() override {
    server_.Get("/echo", [](const httplib::Request& request, httplib::Response& response) {
      response.set_header("X-Query", request.get_param_value("q"));
      response.set_header("X-Token", request.get_header_value("X-Token"));
      response.set_header("X-Agent", request.get_header_value("User-Agent"));
      response.set_content(request.target, "text/plain");
    });
    const auto mirror = [](const httplib::Request& request, httplib::Response& response) {
      response.status = 201;
      response.set_header("X-Method", request.method);
      response.set_header("X-Type", request.has_header("Content-Type") ? request.get_header_value("Content-Type") : "none");
      response.set_header("X-Length", request.get_header_value("Content-Length"));
      response.set_content(request.body, "application/octet-stream");
    };
    server_.Post("/mirror", mirror);
    server_.Put("/mirror", mirror);
    server_.Patch("/mirror", mirror);
    server_.Delete("/mirror", mirror);
    server_.Get("/moved", [](const httplib::Request&, httplib::Response& response) { response.set_redirect("/echo", 302); });
    server_.Get("/peer", [this](const httplib::Request& request, httplib::Response& response) {
      response.set_content(std::to_string(request.remote_port), "text/plain");
    });
    server_.Get("/zeros", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content(std::string(std::stoul(request.get_param_value("n")), '0'), "text/plain");
    });
    server_.Get("/fail", [](const httplib::Request&, httplib::Response& response) {
      response.status = 503;
      response.set_header("Retry-After", "7");
    });
    server_.set_keep_alive_max_count(1000);
    server_.set_tcp_nodelay(true);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();  // a stop before would go unheard
    ASSERT_TRUE(http_.allow("127.0.0.1:" + std::to_string(port_)));
  }
  void TearDown() override {
    http_.stop();
    server_.stop();
    thread_.join();
  }

  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  Response get(const std::string& path) {
    auto response = http_.send({.url = url(path)});
    EXPECT_TRUE(response) << (response ? "" : response.error().text());
    return response ? *response : Response{};
  }

  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
  CurlHttp http_;
};

TEST_F(Exchange, carries_the_request_and_brings_back_status_head_and_body) {
  const auto response = http_.send({.url = url("/echo?q=a%20b"), .headers = {{"X-Token", "t1"}}});
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 200u);
  EXPECT_EQ(response->body, "/echo?q=a%20b");
  EXPECT_EQ(response->header("x-query"), "a b");
  EXPECT_EQ(response->header("x-token"), "t1");
  EXPECT_EQ(response->header("x-agent"), "tallyd");
  EXPECT_EQ(response->header("x-never"), "");
  EXPECT_EQ(response->header("X-Query"), "") << "names are in lower case";
}

TEST_F(Exchange, sends_each_method_with_its_body_as_it_is) {
  const std::string body = std::string("a\0b\xff", 4);
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    const auto response =
        http_.send({.method = method, .url = url("/mirror"), .headers = {{"Content-Type", "application/json"}}, .body = body});
    ASSERT_TRUE(response) << response.error().text();
    EXPECT_EQ(response->status, 201u);
    EXPECT_EQ(response->header("x-method"), method);
    EXPECT_EQ(response->header("x-type"), "application/json");
    EXPECT_EQ(response->body, body);
  }
}

TEST_F(Exchange, a_post_without_a_body_says_so_and_a_body_without_a_type_is_called_no_form) {
  EXPECT_EQ(http_.send({.method = "POST", .url = url("/mirror")})->header("x-length"), "0");
  EXPECT_EQ(http_.send({.method = "POST", .url = url("/mirror"), .body = "x"})->header("x-type"), "none");
}

TEST_F(Exchange, a_large_body_leaves_without_waiting_for_a_100) {
  const std::string body(3'000'000, 'x');
  const auto response = http_.send({.method = "POST", .url = url("/mirror"), .body = body});
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->body.size(), body.size());
}

TEST_F(Exchange, head_brings_the_head_alone) {
  const auto response = http_.send({.method = "HEAD", .url = url("/echo?q=x")});
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->status, 200u);
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(response->header("x-query"), "x");
}

TEST_F(Exchange, a_redirect_is_an_answer_and_is_not_followed) {
  const Response response = get("/moved");
  EXPECT_EQ(response.status, 302u);
  EXPECT_EQ(response.header("location"), "/echo");
}

TEST_F(Exchange, an_error_status_is_an_answer_and_no_error) {
  const Response response = get("/fail");
  EXPECT_EQ(response.status, 503u);
  EXPECT_EQ(response.header("retry-after"), "7");
}

TEST_F(Exchange, the_path_arrives_as_it_was_written_because_signatures_cover_it) {
  EXPECT_EQ(get("/echo?q=/a/../b/./c&x=%2f").body, "/echo?q=/a/../b/./c&x=%2f");
  EXPECT_EQ(get("/x/../echo").status, 404u) << "not shortened to /echo";
}

TEST_F(Exchange, connections_are_kept) {
  const std::string first = get("/peer").body;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get("/peer").body, first);
}

TEST_F(Exchange, a_compressed_answer_is_opened) {
  const Response response = get("/zeros?n=200000");
  EXPECT_EQ(response.header("content-encoding"), "gzip");
  EXPECT_EQ(response.body, std::string(200'000, '0'));
}

TEST_F(Exchange, an_answer_that_grows_a_thousandfold_is_refused) {
  const auto response = http_.send({.url = url("/zeros?n=30000000"), .operation = "orders"});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::broken);
  EXPECT_NE(response.error().what.find("hundredfold"), std::string::npos) << response.error().text();
  EXPECT_EQ(response.error().where, "orders");
}

TEST_F(Exchange, many_threads_get_each_their_own_answer) {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string path = "/echo?q=" + std::to_string(t * 1000 + i);
        const auto response = http_.send({.url = url(path)});
        if (response && response->body == path) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 200);
}

TEST_F(Exchange, the_proxy_of_the_environment_is_not_used) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  EXPECT_EQ(get("/echo?q=direct").status, 200u);
  unsetenv("http_proxy");
}

TEST_F(Exchange, a_request_that_could_smuggle_another_one_is_refused_before_it_leaves) {
  const std::pair<std::string, std::string> bad[] = {
      {"X-A", "b\r\nX-Evil: 1"}, {"X-A", "b\nc"}, {"X-A", std::string("b\0c", 3)}, {"X A", "b"},
      {"X-A: b\r\nX", "b"},      {"", "b"},       {"Content-Length", "3"},         {"transfer-encoding", "chunked"}};
  for (const auto& header : bad) {
    const auto response = http_.send({.url = url("/echo"), .headers = {header}});
    ASSERT_FALSE(response) << header.first;
    EXPECT_EQ(response.error().fault, Fault::invalid);
  }
  for (const char* method : {"", "GET /x", "GET\r\n", "AVERYLONGMETHODNAME"})
    EXPECT_EQ(http_.send({.method = method, .url = url("/echo")}).error().fault, Fault::invalid);
}

TEST_F(Exchange, a_field_with_an_empty_value_is_sent_as_one) {
  const auto response = http_.send({.url = url("/echo?q=1"), .headers = {{"User-Agent", "shop"}, {"X-Token", ""}}});
  ASSERT_TRUE(response) << response.error().text();
  EXPECT_EQ(response->header("x-agent"), "shop");
}

TEST_F(Exchange, a_deadline_that_has_passed_sends_nothing) {
  const auto response = http_.send({.url = url("/echo"), .deadline = Duration(0)});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::transient);
}

TEST_F(Exchange, after_stop_everything_is_cancelled) {
  http_.stop();
  http_.stop();
  const auto response = http_.send({.url = url("/echo")});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::cancelled);
}

TEST(Addresses, of_other_protocols_shapes_and_with_user_names_are_invalid) {
  CurlHttp http({.allow_loopback = true, .allow_private = true});
  for (const char* url : {"", "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:1/x", "dict://127.0.0.1/d", "127.0.0.1/x",
                          "//127.0.0.1/", "http://", "http://a b/", "http://user:secret@127.0.0.1/", "http://127.0.0.1:99999/",
                          "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y"}) {
    const auto response = http.send({.url = url, .operation = "read"});
    ASSERT_FALSE(response) << url;
    EXPECT_EQ(response.error().fault, Fault::invalid) << url << ": " << response.error().text();
    EXPECT_EQ(response.error().text().find("secret"), std::string::npos);
  }
}

/// A certificate that nobody vouches for.
struct OwnCertificate {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();

  OwnCertificate() {
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
  }
  ~OwnCertificate() {
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
};

TEST(Tls, a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent) {
  const OwnCertificate own;
  httplib::SSLServer server(own.certificate, own.key);
  ASSERT_TRUE(server.is_valid());
  std::atomic<int> served{0};
  server.Post("/", [&](const httplib::Request&, httplib::Response&) { ++served; });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
  CurlHttp http({.allow_loopback = true});
  const auto response = http.send({.method = "POST", .url = "https://127.0.0.1:" + std::to_string(port) + "/", .body = "secret"});
  server.stop();
  thread.join();
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::transient) << response.error().text();
  EXPECT_NE(response.error().what.find("certificate"), std::string::npos) << response.error().text();
  EXPECT_EQ(served, 0);
}

}  // namespace
