#include "http/egress.hpp"

#include "http/curl_http.hpp"
#include "raw_server.hpp"

#include <gtest/gtest.h>

using namespace tally;
using namespace tally::http;
using tally::http::test::Connection;
using tally::http::test::RawServer;

namespace {

Reach reach(const char* text) {
  const auto address = Address::parse(text);
  EXPECT_TRUE(address) << text;
  return address ? reach_of(*address) : Reach::nowhere;
}

TEST(Reach, of_public_addresses_is_everywhere) {
  for (const char* text :
       {"1.1.1.1",    "8.8.8.8",         "9.255.255.255",   "11.0.0.0",          "100.63.255.255",       "100.128.0.0", "126.255.255.255",
        "128.0.0.0",  "169.253.255.255", "172.15.255.255",  "172.32.0.0",        "192.167.255.255",      "192.169.0.0", "198.17.255.255",
        "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "2400:cb00::1"}) {
    EXPECT_EQ(reach(text), Reach::everywhere) << text;
  }
}

TEST(Reach, of_this_machine_is_loopback) {
  for (const char* text : {"127.0.0.1", "127.255.255.254", "::1"}) EXPECT_EQ(reach(text), Reach::loopback) << text;
}

TEST(Reach, of_private_networks_is_inside) {
  for (const char* text : {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255",
                           "fc00::1", "fd12:3456::1", "fdff::1"}) {
    EXPECT_EQ(reach(text), Reach::inside) << text;
  }
}

TEST(Reach, of_metadata_link_local_multicast_and_reserved_addresses_is_nowhere) {
  for (const char* text :
       {"0.0.0.0",   "0.1.2.3",    "169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "fd00:ec2::254", "192.0.0.192",
        "192.0.2.1", "198.18.0.1", "198.51.100.7",    "203.0.113.7", "224.0.0.1",       "239.1.1.1",     "240.0.0.1",     "255.255.255.255",
        "::",        "fe80::1",    "fec0::1",         "ff02::1",     "2001:db8::1",     "4000::1"}) {
    EXPECT_EQ(reach(text), Reach::nowhere) << text;
  }
}

TEST(Reach, of_ipv6_with_ipv4_inside_is_nowhere_whatever_is_inside) {
  for (const char* text : {"::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1",
                           "2002:7f00:1::", "2001:0:1::1"}) {
    EXPECT_EQ(reach(text), Reach::nowhere) << text;
  }
}

TEST(Address, is_read_strictly_and_written_back) {
  for (const char* text : {"192.0.2.1", "2001:db8::1", "::"}) EXPECT_EQ(Address::parse(text)->text(), text);
  for (const char* text : {"", "127.1", "0x7f.0.0.1", "2130706433", "127.0.0.1:80", "[::1]", "fe80::1%eth0", "localhost", "127.0.0.256"})
    EXPECT_FALSE(Address::parse(text)) << text;
}

TEST(Address, of_a_socket_is_read_only_when_it_is_whole) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(Address::of(reinterpret_cast<sockaddr*>(&v4), sizeof v4)->text(), "127.0.0.1");
  EXPECT_FALSE(Address::of(reinterpret_cast<sockaddr*>(&v4), 4));
  v4.sin_family = AF_UNIX;
  EXPECT_FALSE(Address::of(reinterpret_cast<sockaddr*>(&v4), sizeof v4));
}

TEST(Egress, opens_only_what_it_names_and_never_the_metadata_services) {
  EXPECT_TRUE(Egress{}.allows(Reach::everywhere));
  EXPECT_FALSE(Egress{}.allows(Reach::loopback));
  EXPECT_FALSE(Egress{}.allows(Reach::inside));
  EXPECT_TRUE(Egress{.allow_loopback = true}.allows(Reach::loopback));
  EXPECT_FALSE(Egress{.allow_loopback = true}.allows(Reach::inside));
  EXPECT_TRUE(Egress{.allow_private = true}.allows(Reach::inside));
  EXPECT_FALSE((Egress{.allow_loopback = true, .allow_private = true}.allows(Reach::nowhere)));
}

class Door : public testing::Test {
 protected:
  Fault fault(CurlHttp& http, const std::string& url) {
    const auto response = http.send({.url = url, .deadline = Duration(3000)});
    return response ? Fault::internal : response.error().fault;
  }

  RawServer server_{[](Connection& connection, int) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  }};
  std::string port_ = server_.host().substr(server_.host().find(':') + 1);
};

TEST_F(Door, is_closed_to_this_machine_under_every_name_and_spelling) {
  CurlHttp http;
  for (const char* host :
       {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "[::]"}) {
    EXPECT_EQ(fault(http, "http://" + std::string(host) + ":" + port_ + "/"), Fault::invalid) << host;
  }
  EXPECT_EQ(server_.connections(), 0) << "nobody was connected to, not even for a moment";
}

TEST_F(Door, is_closed_to_private_and_metadata_addresses_without_a_packet_sent) {
  CurlHttp http;
  const Duration start = SystemClock().since_start();
  for (const char* host : {"10.1.2.3", "192.168.77.77", "169.254.169.254", "[fd12::1]", "[fe80::1]", "[64:ff9b::a01:203]"}) {
    EXPECT_EQ(fault(http, "http://" + std::string(host) + "/"), Fault::invalid) << host;
  }
  EXPECT_LT(SystemClock().since_start() - start, Duration(2000));
  CurlHttp open({.allow_loopback = true, .allow_private = true});
  EXPECT_EQ(fault(open, "http://169.254.169.254/latest/meta-data/"), Fault::invalid);
}

TEST_F(Door, opens_for_a_host_that_the_merchant_wrote_down_and_only_for_its_port) {
  const RawServer other([](Connection& connection, int) { connection.read_request(); });
  CurlHttp http;
  ASSERT_TRUE(http.allow(server_.host()));
  EXPECT_TRUE(http.send({.url = server_.url()}));
  EXPECT_EQ(fault(http, other.url()), Fault::invalid);
  EXPECT_EQ(fault(http, "http://localhost:" + port_ + "/"), Fault::invalid) << "another name of the same machine was not written down";
  ASSERT_TRUE(http.allow("LocalHost"));
  EXPECT_TRUE(http.send({.url = "http://localhost:" + port_ + "/"})) << "without a port all its ports";
  EXPECT_EQ(other.connections(), 0);
}

TEST_F(Door, takes_only_hosts) {
  CurlHttp http;
  EXPECT_TRUE(http.allow("[::1]:8080"));
  EXPECT_TRUE(http.allow("till.shop.local"));
  for (const char* text : {"", "::1", "http://127.0.0.1", "127.0.0.1/path", "a b", "user@127.0.0.1", "host:port"})
    EXPECT_FALSE(http.allow(text)) << text;
}

TEST_F(Door, the_refusal_says_where_the_name_led_and_what_to_do) {
  CurlHttp http;
  const auto response = http.send({.url = server_.url(), .operation = "probe"});
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().what.find("127.0.0.1"), std::string::npos);
  EXPECT_NE(response.error().todo.find("channel's file"), std::string::npos);
}

}  // namespace
