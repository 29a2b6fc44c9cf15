// A buyer whose name is a canary: in clear on no disk, in no log and in no answer but the one that was asked for; and gone when erased.
#include "support/street.hpp"

#include <httplib.h>

namespace tally::tests {
namespace {

const std::vector<std::string> canaries{"Canaria", "Finchley", "Birdcage", "canary@aviary.example", "1632960042", "Feed me"};

class Canary : public ::testing::Test {
 protected:
  void SetUp() override {
    street.write_channel("shop");
    street.open();
    street.enter_hook("shop");
    street.import(three_products());
    street.release({"shop"});
  }

  /// Sells one TEE to the canary; the order's id.
  std::string sell() {
    const Json buyer = Json::object({{"first_name", "Canaria"},
                                     {"last_name", "Finchley"},
                                     {"address_1", "Birdcage Walk 5"},
                                     {"email", "canary@aviary.example"},
                                     {"phone", "+44 1632960042"},
                                     {"city", "London"},
                                     {"country", "GB"},
                                     {"note", "Feed me"}});
    const Json order = street.tell("shop", "buy", Json::object({{"sku", "TEE"}, {"quantity", 1}, {"state", "paid"}, {"buyer", buyer}}));
    EXPECT_TRUE(street.soon([&] { return street.available("TEE") == 9; }));
    return order.find("id")->scalar_text();
  }

  /// Canaries that stand in this text.
  static std::string heard_in(const std::string& text) {
    std::string heard;
    for (const auto& canary : canaries) {
      if (text.find(canary) != std::string::npos) heard += canary + " ";
    }
    return heard;
  }
  /// Everything that the daemon keeps or has written, by file.
  std::map<std::string, std::string> kept() {
    std::map<std::string, std::string> files;
    for (const auto* name : {"config/tally.db", "config/tally.db-wal", "config/tally.db-shm", "config/tally.keys.db",
                             "config/tally.keys.db-wal", "config/tally.erasures.jsonl", "tallyd.log", "tallyd.out"})
      files[name] = content_of(street.file(name));
    return files;
  }
  /// Whether the journal has such a row: its words stand in the file as they are.
  bool is_in_journal(const std::string& what) {
    return (content_of(street.file("config/tally.db")) + content_of(street.file("config/tally.db-wal"))).find(what) != std::string::npos;
  }
  std::string answer_of(const std::vector<std::string>& words) {
    const Ended ended = street.tallyd(words);
    return ended.out + ended.err;
  }

  Street street{{platform("shop", "woocommerce")}};
};

TEST_F(Canary, IsHeardNowhereButWhereItIsAskedFor) {
  const std::string id = sell();
  ASSERT_FALSE(id.empty());
  ASSERT_TRUE(street.soon([&] { return street.inbox_rows() > 0; }));
  ASSERT_FALSE(kept().at("config/tally.db-wal").empty() && kept().at("config/tally.db").empty());
  for (const auto& [file, text] : kept()) EXPECT_EQ(heard_in(text), "") << file;

  httplib::Client outside("127.0.0.1", street.hook_port());
  const auto metrics = outside.Get("/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_EQ(heard_in(metrics->body), "");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"status"},
                                                                                     {"plan"},
                                                                                     {"order", "list"},
                                                                                     {"order", "show", id},
                                                                                     {"order", "find", "--buyer", "canary@aviary.example"},
                                                                                     {"explain", "TEE", "--channel", "shop"},
                                                                                     {"explain", "--order", id, "--channel", "shop"},
                                                                                     {"stock", "oversells"}}) {
    EXPECT_EQ(heard_in(answer_of(words)), "") << words.front();
  }
  const Json masked = street.done({"order", "show", id});
  ASSERT_NE(masked.find("buyer"), nullptr) << masked.pretty();
  EXPECT_EQ(masked.find("buyer")->text_or("email"), "c***@***");
  EXPECT_EQ(masked.find("ship_to")->text_or("family_name"), "F***");
  EXPECT_EQ(masked.find("ship_to")->text_or("city"), "London");
  const Json found = *street.done({"order", "find", "--buyer", "Canary@Aviary.example"}).find("items");
  EXPECT_EQ(found.as_array().size(), 1u);
  EXPECT_EQ(found.dump(), street.done({"order", "list"}).find("items")->dump()) << "with its lines, its total and what holds it";

  EXPECT_FALSE(is_in_journal("order.shown_clear"));
  const Json clear = street.done({"order", "show", id, "--clear"});
  EXPECT_EQ(clear.find("buyer")->text_or("email"), "canary@aviary.example");
  EXPECT_EQ(clear.find("ship_to")->text_or("line1"), "Birdcage Walk 5");
  EXPECT_TRUE(is_in_journal("order.shown_clear")) << "somebody looked";
  EXPECT_EQ(heard_in(street.daemon_log()), "");
}

TEST_F(Canary, ThatWasErasedIsGoneAndWhatItBoughtStays) {
  const std::string id = sell();
  const Json before = street.done({"order", "show", id});
  const Json erased = street.done({"privacy", "erase", "--buyer", "canary@aviary.example"});
  EXPECT_EQ(erased.integer_or("orders"), 1);
  EXPECT_GE(erased.integer_or("documents"), 1);
  EXPECT_EQ(erased.integer_or("waiting", -1), 0);

  const auto is_gone = [&](const std::string& when) {
    const Json after = street.done({"order", "show", id, "--clear"});
    EXPECT_TRUE(after.bool_or("erased")) << when;
    EXPECT_EQ(after.find("buyer"), nullptr) << when;
    EXPECT_EQ(heard_in(after.dump()), "") << when;
    EXPECT_EQ(after.find("total")->dump(), before.find("total")->dump()) << when;
    EXPECT_EQ(after.find("lines")->dump(), before.find("lines")->dump()) << when;
    EXPECT_EQ(street.available("TEE"), 9) << when;
    for (const auto& [file, text] : kept()) EXPECT_EQ(heard_in(text), "") << file << " " << when;
  };
  is_gone("at once");
  EXPECT_TRUE(is_in_journal("buyer.erased"));
  EXPECT_NE(street.tallyd({"privacy", "erase", "--buyer", "canary@aviary.example"}).code, 0) << "nobody is known by that any more";
  EXPECT_NE(content_of(street.file("config/tally.erasures.jsonl")).find("\"key\""), std::string::npos);

  street.daemon().stop();
  street.open();
  ASSERT_TRUE(street.soon([&] { return street.status().bool_or("converged"); }));
  is_gone("after a restart, when the shop was read again");
}

TEST_F(Canary, CannotBeReadWithoutItsKeys) {
  const std::string id = sell();
  street.daemon().stop();
  for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(street.file("config/tally.keys.db").string() + suffix);
  EXPECT_THROW(street.open(), std::runtime_error);
  EXPECT_NE(street.daemon_log().find("tallyd privacy forget-all"), std::string::npos) << street.daemon_log();
  EXPECT_NE(street.tallyd({"privacy", "forget-all"}).code, 0) << "not without --yes";
  street.done({"privacy", "forget-all", "--yes"});
  street.open();
  EXPECT_EQ(street.available("TEE"), 9);
  EXPECT_EQ(street.done({"order", "show", id}).text_or("state"), "paid");
}

}  // namespace
}  // namespace tally::tests
