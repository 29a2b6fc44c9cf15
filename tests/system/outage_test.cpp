// The disk is full for a while: the daemon says so, acknowledges nothing that it cannot keep, and goes on by itself when there is room.
#include "base/crypto.hpp"
#include "support/small_disk.hpp"
#include "support/street.hpp"

#include <gmock/gmock.h>
#include <httplib.h>
#include <sqlite3.h>

#include <memory>

namespace tally::tests {
namespace {

constexpr std::size_t megabytes = 24;

class FullDisk : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!disk.mounted()) GTEST_SKIP() << "a full disk needs a small one, and this machine does not let us mount it";
    const auto settings = street.file("config/tallyd.yaml");
    std::string text = content_of(settings);
    const std::string usual = "store: sqlite:tally.db";
    ASSERT_TRUE(text.starts_with(usual)) << text;
    write_file(settings, "store: sqlite:small/tally.db" + text.substr(usual.size()));
    street.write_channel("shop");
    street.write_channel("other");
    street.open();
    street.import(three_products());
    street.release({"shop", "other"});
  }

  httplib::Result ready() { return httplib::Client("127.0.0.1", street.hook_port()).Get("/readyz"); }
  int ready_status() {
    const auto answer = ready();
    return answer ? answer->status : 0;
  }
  int deliver(const std::string& body) {
    httplib::Client client("127.0.0.1", street.hook_port());
    const httplib::Headers headers{{"X-WC-Webhook-Topic", "order.updated"},
                                   {"X-WC-Webhook-Signature", crypto::base64(crypto::hmac(crypto::Digest::sha256, "wh_test", body))}};
    const auto answer = client.Post("/hooks/shop", headers, body, "application/json");
    return answer ? answer->status : 0;
  }
  void buy(const std::string& sku, int quantity) {
    street.tell("shop", "buy", Json::object({{"sku", sku}, {"quantity", quantity}, {"state", "paid"}}));
  }

  /// The first column of each row, as text.
  std::vector<std::string> in_the_store(const std::string& question) {
    sqlite3* opened = nullptr;
    const int failed = sqlite3_open_v2(street.file("config/small/tally.db").c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> store(opened, sqlite3_close);
    sqlite3_stmt* prepared = nullptr;
    if (failed != SQLITE_OK || sqlite3_prepare_v2(opened, question.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
      throw std::runtime_error("the store cannot be read: " + std::string(sqlite3_errmsg(opened)));
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, sqlite3_finalize);
    std::vector<std::string> rows;
    while (sqlite3_step(prepared) == SQLITE_ROW) rows.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(prepared, 0)));
    return rows;
  }

  Street street{{platform("shop", "woocommerce"), platform("other", "woocommerce")}};
  SmallDisk disk{street.file("config/small"), megabytes};
};

TEST_F(FullDisk, LosesNoOrderAndHealsByItself) {
  street.enter_hook("shop");
  ASSERT_TRUE(street.soon([&] { return street.shown("shop", "TEE") == 10 && street.shown("other", "TEE") == 10; }));
  ASSERT_EQ(ready_status(), 200);

  disk.fill();
  for (int i = 0; i < 4; ++i) buy("TEE", 1);
  buy("MUG", 2);
  ASSERT_TRUE(street.soon([&] { return ready_status() == 503; }));
  const auto why = ready();
  ASSERT_TRUE(why);
  EXPECT_THAT(why->body, ::testing::HasSubstr("full"));
  EXPECT_EQ(deliver(R"({"id":4711,"status":"processing"})"), 503) << "what cannot be kept is not acknowledged";
  buy("CAP", 3);
  EXPECT_FALSE(eventually([&] { return !street.daemon().runs(); }, seconds(3))) << "it lives on";
  EXPECT_TRUE(street.soon([&] { return ready_status() == 503; })) << "and says so; something small may have fitted in between";

  disk.make_room();
  ASSERT_TRUE(street.soon([&] { return ready_status() == 200; }));
  ASSERT_TRUE(street.soon([&] { return street.available("TEE") == 6 && street.available("MUG") == 3 && street.available("CAP") == 4; },
                          seconds(60)));
  EXPECT_TRUE(street.soon(
      [&] {
        return street.shown("other", "TEE") == 6 && street.shown("other", "MUG") == 3 && street.shown("other", "CAP") == 4 &&
               street.shown("shop", "TEE") == 6 && street.shown("shop", "MUG") == 3 && street.shown("shop", "CAP") == 4;
      },
      seconds(60)));
  EXPECT_TRUE(street.problem("full").is_null()) << street.problem("full").pretty();

  street.daemon().stop();
  EXPECT_EQ(in_the_store("PRAGMA integrity_check"), std::vector<std::string>{"ok"});
  EXPECT_EQ(in_the_store("SELECT count(*) FROM orders"), std::vector<std::string>{"6"});
  EXPECT_EQ(in_the_store("SELECT count(*) FROM intent WHERE outcome = ''"), std::vector<std::string>{"0"});
}

}  // namespace
}  // namespace tally::tests
