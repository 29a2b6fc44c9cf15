// Who may come in by the webhook door, and what is kept of it.
#include "base/crypto.hpp"
#include "base/time.hpp"
#include "support/street.hpp"

#include <httplib.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

namespace tally::tests {
namespace {

std::string signature_of(const std::string& body) {
  return crypto::base64(crypto::hmac(crypto::Digest::sha256, "wh_test", body));
}

/// What the daemon answers to these bytes; empty when it says nothing within ten seconds.
std::string answer_to(int port, const std::string& bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size())) {
    char buffer[1024];
    for (ssize_t count; (count = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) answer.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(socket);
  return answer;
}

class Door : public ::testing::Test {
 protected:
  void SetUp() override {
    street.write_channel("shop");
    street.open();
    ASSERT_EQ(street.inbox_rows(), 0);
  }

  /// The status that a delivery of an order gets; 0 when there was no answer.
  int deliver(const std::string& body, const std::string& signature, const std::string& path = "/hooks/shop") {
    httplib::Client client("127.0.0.1", street.hook_port());
    const httplib::Headers headers{{"X-WC-Webhook-Topic", "order.updated"}, {"X-WC-Webhook-Signature", signature}};
    const auto answer = client.Post(path, headers, body, "application/json");
    return answer ? answer->status : 0;
  }

  Street street{{platform("shop", "woocommerce")}};
  const std::string order = R"({"id":4711,"status":"processing"})";
};

TEST_F(Door, IsShutForWhoIsNotAuthentic) {
  EXPECT_EQ(deliver(order, "bm90IHRoZSBzaWduYXR1cmU="), 401);
  EXPECT_EQ(deliver(order, ""), 401);
  EXPECT_EQ(deliver(order + " ", signature_of(order)), 401) << "signed, and changed on the way";
  EXPECT_EQ(street.inbox_rows(), 0);
}

TEST_F(Door, IsShutForWhatIsTooLarge) {
  const std::string large(1024 * 1024 + 1, ' ');
  EXPECT_EQ(deliver(large, signature_of(large)), 413);
  EXPECT_EQ(street.inbox_rows(), 0);
}

TEST_F(Door, IsShutForWhatIsNotHttp) {
  const std::string head = "POST /hooks/shop HTTP/1.1\r\nHost: shop\r\n";
  EXPECT_EQ(answer_to(street.hook_port(), "what is this\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(answer_to(street.hook_port(), head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n").substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(answer_to(street.hook_port(), head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc").substr(0, 12), "HTTP/1.1 400");
  EXPECT_EQ(street.inbox_rows(), 0);
}

TEST_F(Door, IsNotThereForAnUnknownChannel) {
  EXPECT_EQ(deliver(order, signature_of(order), "/hooks/nobody"), 404);
  EXPECT_EQ(deliver(order, signature_of(order), "/hooks/"), 404);
  EXPECT_EQ(street.inbox_rows(), 0);
}

TEST_F(Door, AnswersThePlatformsUnsignedPingAndKeepsNothing) {
  httplib::Client client("127.0.0.1", street.hook_port());
  const auto answer = client.Post("/hooks/shop", "webhook_id=12", "application/x-www-form-urlencoded");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(street.inbox_rows(), 0);
}

TEST_F(Door, KeepsAndParksWhatIsSignedAndCannotBeRead) {
  const std::string broken = R"({"id":4711,"status":)";
  EXPECT_EQ(deliver(broken, signature_of(broken)), 200);
  EXPECT_EQ(street.inbox_rows(), 1);
  ASSERT_TRUE(street.soon([&] { return street.status().at("/inbox/parked")->integer().value() == 1; }));
  const Json status = street.status();
  ASSERT_EQ(status.find("problems")->as_array().size(), 1u) << status.pretty();
  const Json& problem = status.find("problems")->as_array().front();
  EXPECT_EQ(problem.text_or("channel"), "shop");
  EXPECT_EQ(problem.text_or("aspect"), "inbox");
  EXPECT_FALSE(problem.text_or("reason").empty());
  EXPECT_FALSE(problem.text_or("todo").empty());

  // What comes after it is not held up.
  street.import(three_products());
  street.release({"shop"});
  street.enter_hook("shop");
  street.tell("shop", "buy", Json::object({{"sku", "TEE"}, {"quantity", 1}, {"state", "paid"}}));
  EXPECT_TRUE(street.soon([&] { return street.available("TEE") == 9; }));
}

TEST_F(Door, ParksWhatIsSignedAndSaysNoOrder) {
  street.release({"shop"});
  const std::vector<std::string> bodies{"[]",
                                        "{}",
                                        "null",
                                        R"({"id":77,"status":"processing","line_items":"zz","date_modified_gmt":"2026-01-01T00:00:00"})",
                                        R"({"id":78,"status":"processing","line_items":[],"date_modified_gmt":"the day before"})",
                                        R"({"id":99999})"};  // readable, and of an order that the shop does not have
  for (const auto& body : bodies) EXPECT_EQ(deliver(body, signature_of(body)), 200) << body;
  const auto parked = [&] { return street.status().at("/inbox/parked")->integer().value(); };
  EXPECT_TRUE(street.soon([&] { return parked() == static_cast<std::int64_t>(bodies.size()); })) << parked() << street.status().pretty();
  EXPECT_FALSE(street.problem("99999").is_null()) << "the order that was announced is named";
  EXPECT_EQ(street.channel("shop").integer_or("orders"), 0);
}

class TillsFolder : public ::testing::Test {
 protected:
  Street street{{platform("till", "till")}};
};

TEST_F(TillsFolder, TellsInStatusWhichRowsOfAFileItRefused) {
  street.write_channel("till");
  street.open();
  street.import(three_products());
  street.done({"channel", "release", "till"});
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // what was sold in the second of the count is in it
  const std::string now = format_iso(std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
  const auto sales = street.file("till/sales");
  const std::string head = "receipt,line,sku,quantity,unit_price,discount,tax,total,currency,sold_at\n";
  write_file(sales / "r1.part", head + "R1,1,TEE,1,20.00,0,0,20.00,EUR," + now + "\nR2,1,MUG,many,9.50,0,0,9.50,EUR," + now + "\n");
  std::filesystem::rename(sales / "r1.part", sales / "r1.csv");
  EXPECT_TRUE(street.soon([&] { return street.available("TEE") == 9; })) << "the row that can be read counts";
  ASSERT_TRUE(street.soon([&] { return !street.problem("r1.csv").is_null(); })) << street.status().pretty();
  EXPECT_NE(street.problem("r1.csv").text_or("reason").find("line 3"), std::string::npos) << street.problem("r1.csv").pretty();
}

}  // namespace
}  // namespace tally::tests
