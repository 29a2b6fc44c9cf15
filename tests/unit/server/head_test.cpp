#include "server/head.hpp"

#include "wire.hpp"

namespace tally::server::test {
namespace {

struct Trick {
  const char* name;
  std::string bytes;
  int status;
};

const std::string line = "POST /hooks/shop HTTP/1.1\r\nHost: tallyd\r\n";

const Trick tricks[] = {
    {"AFoldedLine", line + "X-Signature: a\r\n b\r\nContent-Length: 0\r\n\r\n", 400},
    {"AFoldedLineWithATab", line + "X-Signature: a\r\n\tb\r\nContent-Length: 0\r\n\r\n", 400},
    {"AnotherTransferCoding", line + "Transfer-Encoding: gzip\r\n\r\n", 400},
    {"ChunkedBehindAnotherCoding", line + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
    {"ChunkedTwice", line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"ChunkedAndIdentity", line + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400},
    {"ChunkedWithAParameter", line + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 400},
    {"ChunkedInHttp10", "POST /hooks/shop HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"ALengthBesideChunks", line + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
    {"TwoLengthsThatDiffer", line + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400},
    {"AListOfLengths", line + "Content-Length: 5, 6\r\n\r\nabcdef", 400},
    {"ALengthWithASign", line + "Content-Length: +5\r\n\r\nabcde", 400},
    {"ANegativeLength", line + "Content-Length: -5\r\n\r\nabcde", 400},
    {"AHexadecimalLength", line + "Content-Length: 0x5\r\n\r\nabcde", 400},
    {"ASpaceBeforeTheColon", line + "Content-Length : 5\r\n\r\nabcde", 400},
    {"NoHost", "GET /livez HTTP/1.1\r\n\r\n", 400},
    {"TwoHosts", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"AWholeAddressAsTarget", "GET http://elsewhere/livez HTTP/1.1\r\nHost: tallyd\r\n\r\n", 400},
    {"LineFeedsWithoutReturns", "GET /livez HTTP/1.1\nHost: tallyd\n\n", 400},
    {"ABareReturn", "GET /livez HTTP/1.1\r\nHost: tal\rlyd\r\n\r\n", 400},
    {"AZeroByte", std::string("GET /livez HTTP/1.1\r\nHost: tal") + '\0' + "lyd\r\n\r\n", 400},
    {"ATlsGreeting", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), 400},
    {"AnotherVersion", "GET /livez HTTP/2.0\r\nHost: tallyd\r\n\r\n", 400},
    {"NoVersion", "GET /livez\r\nHost: tallyd\r\n\r\n", 400},
    {"NoHttp", "hello there\r\n\r\n", 400},
};

class Smuggling : public ServerTest, public ::testing::WithParamInterface<Trick> {};

TEST_P(Smuggling, IsRefusedAndTheConnectionClosed) {
  start();
  Wire wire = tcp();
  // A second request hides behind the first: it must never be served.
  wire.say(GetParam().bytes + get("/livez"));
  wire.hang_up();
  const std::string heard = wire.hear_all();
  EXPECT_EQ(status_of(heard), GetParam().status) << heard;
  EXPECT_TRUE(says(heard, "Connection: close"));
  EXPECT_FALSE(says(heard, "alive"));
  EXPECT_TRUE(wire.closed);
  EXPECT_TRUE(intake.webhooks.empty());
}

INSTANTIATE_TEST_SUITE_P(Http, Smuggling, ::testing::ValuesIn(tricks), [](const auto& trick) { return trick.param.name; });

TEST_F(ServerTest, ChunksAreReadAsOneBodyAndTheirTrailersAreNoHeaders) {
  start();
  Wire wire = tcp();
  const std::string answer = wire.ask(
      line + "X-Topic: a\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\nX-Topic: b\r\nX-Signature: forged\r\n\r\n");
  EXPECT_EQ(status_of(answer), 200);
  ASSERT_EQ(intake.webhooks.size(), 1u);
  EXPECT_EQ(intake.webhooks[0].body, "hello world");
  EXPECT_EQ(intake.webhooks[0].headers.at("x-topic"), "a");
  EXPECT_EQ(intake.webhooks[0].headers.count("x-signature"), 0u);
}

TEST_F(ServerTest, ABrokenChunkIsRefused) {
  start();
  Wire wire = tcp();
  wire.say(line + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n");
  EXPECT_EQ(status_of(wire.hear_all()), 400);
  EXPECT_TRUE(intake.webhooks.empty());
}

/// Beast refuses some of these by itself; they are ours to refuse whatever Beast does.
TEST(Head, EachFieldThatLeavesTheLengthInDoubtIsRefusedByOurselves) {
  using Fields = std::vector<std::pair<const char*, const char*>>;
  const auto refused = [](const Fields& fields, unsigned version = 11) {
    Header header;
    header.version(version);
    header.method(boost::beast::http::verb::post);
    header.target("/hooks/shop");
    header.insert("Host", "tallyd");
    for (const auto& [name, value] : fields) header.insert(name, value);
    return !check_fields(header);
  };
  EXPECT_FALSE(refused({}));
  EXPECT_FALSE(refused({{"Content-Length", "5"}}));
  EXPECT_FALSE(refused({{"Transfer-Encoding", "chunked"}}));
  EXPECT_TRUE(refused({{"Transfer-Encoding", "chunked"}}, 10));
  EXPECT_TRUE(refused({{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}}));
  EXPECT_TRUE(refused({{"Transfer-Encoding", "identity"}}));
  EXPECT_TRUE(refused({{"Transfer-Encoding", ""}}));
  EXPECT_TRUE(refused({{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}));
  EXPECT_TRUE(refused({{"Content-Length", "5"}, {"Content-Length", "5"}}));
  EXPECT_TRUE(refused({{"Content-Length", ""}}));
  EXPECT_TRUE(refused({{"Content-Length", "5 5"}}));
  EXPECT_TRUE(refused({{"Content-Length", "9999999999999999999"}}));
  EXPECT_TRUE(refused({{"Host", "another"}}));
}

}  // namespace
}  // namespace tally::server::test
