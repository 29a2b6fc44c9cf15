// `tallyd check` says everything that is wrong in one go: a fault of one file hides none of another.
#include "base/json.hpp"
#include "support/process.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

namespace tally::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class Check : public ::testing::Test {
 protected:
  Check() {
    given("tallyd.yaml", "");
    for (const char* name : {"key", "secret", "hook"}) {
      given(std::string("secrets/") + name, "pretended\n");
      fs::permissions(file(std::string("secrets/") + name), fs::perms::owner_read | fs::perms::owner_write);
    }
  }

  fs::path file(const std::string& name) const { return folder_.path() / "config" / name; }
  void given(const std::string& name, const std::string& text) {
    fs::create_directories(file(name).parent_path());
    write_file(file(name), text);
  }
  /// One of what ships, as the merchant's own, with one piece of text replaced.
  void given_own(const std::string& what, const std::string& as, const std::string& piece, const std::string& with) {
    std::string text = content_of(fs::path(TALLYD_SOURCE_DIR) / what);
    const auto at = text.find(piece);
    ASSERT_NE(at, std::string::npos) << piece;
    given(as, text.replace(at, piece.size(), with));
  }

  /// The lines that it says, without the folder.
  std::vector<std::string> said(int code = 4, const std::string& command = "check") {
    return said(code, TALLYD_BINARY, {"--config", file("").string(), command});
  }
  std::vector<std::string> said(int code, const std::string& program, const std::vector<std::string>& words) {
    Process tallyd;
    tallyd.start(program, words, folder_.path() / "out", folder_.path() / "err");
    EXPECT_EQ(tallyd.wait(seconds(60)), code) << content_of(folder_.path() / "err");
    std::vector<std::string> lines;
    std::istringstream text(content_of(folder_.path() / "err"));
    const std::string prefix = file("").string();
    for (std::string line; std::getline(text, line);) {
      for (auto at = line.find(prefix); at != std::string::npos; at = line.find(prefix)) line.erase(at, prefix.size());
      if (line.find("mend this, then run") == std::string::npos) lines.push_back(line);
    }
    return lines;
  }
  std::string printed() const { return content_of(folder_.path() / "out"); }
  fs::path around() const { return folder_.path(); }

  const std::string shop =
      "connector: woocommerce\nurl: https://shop.example.com\nweight_unit: kg\nsecrets: { key: key, secret: secret, webhook_secret: hook "
      "}\n";

 private:
  Folder folder_;
};

TEST_F(Check, AGoodConfigurationIsInOrder) {
  given("channels.d/shop.yaml", shop);
  EXPECT_THAT(said(0), ElementsAre());
}

TEST_F(Check, AFaultyFileHidesNoFaultOfAnyOther) {
  given("tallyd.yaml", "log_level: loud\n");
  given("channels.d/a.yaml", "connector: woocomerce\nstock: { bufer: 1 }\n");
  given("channels.d/b.yaml", "connector: own\nmapping: own\npolicy: ful\nurl: https://b.example\nsecrets: { key: key, secret: secret }\n");
  given("channels.d/c.yaml", shop + "mapping: wocommerce\nauth: oauth\n");
  given_own("connectors/woocommerce/connector.yaml", "connectors/own/connector.yaml", "kind: storefront\n",
            "kind: storefront\nkind: shop\nlimts: {}\n");
  given_own("mappings/woocommerce.yaml", "mappings/own.yaml", "${title}", "${titel}");
  EXPECT_THAT(said(),
              ElementsAre(StartsWith("channels.d/a.yaml:1:12: there is no connector 'woocomerce', did you mean 'woocommerce'? there are "),
                          StartsWith("channels.d/a.yaml:2:10: unknown key 'bufer' in 'stock', did you mean 'buffer'?"),
                          StartsWith("channels.d/b.yaml:3:9: 'policy' must be one of"),
                          StartsWith("channels.d/c.yaml:5:10: there is no mapping 'wocommerce', did you mean 'woocommerce'?"),
                          StartsWith("channels.d/c.yaml:6:7: the channel asks for the auth 'oauth'"),
                          StartsWith("connectors/own/connector.yaml:4:1: 'kind' stands here a second time"),
                          StartsWith("connectors/own/connector.yaml:5:1: unknown key 'limts'"), StartsWith("mappings/own.yaml:"),
                          StartsWith("tallyd.yaml:1:12: 'log_level' must be one of")));
}

TEST_F(Check, AConnectorThatIsNotThereIsAnsweredWithThoseThatAre) {
  given("channels.d/a.yaml", "connector: amazon\n");
  EXPECT_THAT(
      said(),
      ElementsAre("channels.d/a.yaml:1:12: there is no connector 'amazon', there are douyin, kuaidi100, till, wechat-shop, woocommerce"));
}

TEST_F(Check, AStoreThatCannotBeOpenedIsSaidWithThePlaceOfItsSettingAndWhatToDo) {
  given("tallyd.yaml", "log_level: info\nstore: sqlite:data/tally.db\n");
  EXPECT_THAT(said(), ElementsAre("tallyd.yaml:2:8: the folder of the store data is not there, make it, or mount what it lies on"));
  given("data", "");
  EXPECT_THAT(said(), ElementsAre("tallyd.yaml:2:8: the folder of the store data is no folder, name a folder"));
  fs::remove(file("data"));
  given("data/tally.db", "");
  EXPECT_THAT(said(0), ElementsAre()) << "an empty file becomes a store";
  fs::remove(file("data/tally.db"));
  fs::create_directory(file("data/tally.db"));
  EXPECT_THAT(said(), ElementsAre("tallyd.yaml:2:8: the store is a file, and data/tally.db is a folder, write it as "
                                  "sqlite:data/tally.db/tally.db"));
}

TEST_F(Check, AFileThatIsNoStoreIsLeftAsItIsByWhoeverWouldOpenIt) {
  given("tallyd.yaml", "store: sqlite:notes.txt\n");
  given("notes.txt", "Remember the milk\n");
  for (const char* command : {"check", "run"}) {
    EXPECT_THAT(said(4, command),
                ElementsAre(StartsWith("tallyd.yaml:1:8: notes.txt is no store of tallyd's: it is another kind of file, name "
                                       "another file under 'store'")))
        << command;
  }
  EXPECT_EQ(content_of(file("notes.txt")), "Remember the milk\n");
}

TEST_F(Check, ADatabaseOfAnotherProgramIsNoStoreAndStaysAsItIs) {
  given("tallyd.yaml", "store: sqlite:books.db\n");
  sqlite3* books = nullptr;
  ASSERT_EQ(sqlite3_open(file("books.db").c_str(), &books), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(books, "CREATE TABLE account (id INTEGER)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(books);
  const std::string before = content_of(file("books.db"));
  for (const char* command : {"check", "run"}) {
    EXPECT_THAT(said(4, command),
                ElementsAre(StartsWith("tallyd.yaml:1:8: books.db is no store of tallyd's: it is a database of another program")))
        << command;
  }
  EXPECT_EQ(content_of(file("books.db")), before);
}

TEST_F(Check, WhatReadsTheConfigurationOnItsWayEndsAsCheckDoes) {
  given("tallyd.yaml", "stor: sqlite:tally.db\n");
  given("goods.csv", "code,title,sku,price\nTEE,Tee,TEE,19.90\n");
  const std::vector<std::string> config{"--config", file("").string()};
  for (std::vector<std::string> words :
       {std::vector<std::string>{"import", file("goods.csv").string()}, {"plan"}, {"channel", "moved", "shop"}}) {
    words.insert(words.begin(), config.begin(), config.end());
    EXPECT_THAT(said(4, TALLYD_BINARY, words), Contains(::testing::HasSubstr("'stor'"))) << words[2];
  }
}

TEST_F(Check, WithoutAPublicAddressItSaysThatOrdersComeByTheListAlone) {
  given("channels.d/shop.yaml", shop + "orders: { every: 5m }\n");
  EXPECT_THAT(said(0), ElementsAre());
  EXPECT_THAT(printed(), ::testing::HasSubstr("shop: orders come by its list alone, every 5 min: with `public_url` in tallyd.yaml"));
  given("tallyd.yaml", "public_url: https://hooks.example.com\n");
  EXPECT_THAT(said(0), ElementsAre());
  EXPECT_THAT(printed(), ::testing::Not(::testing::HasSubstr("list alone")));
}

TEST_F(Check, ATillsFoldersAreTried) {
  given("channels.d/till.yaml", "connector: till\nfolder: drop\n");
  EXPECT_THAT(said(), ElementsAre("channels.d/till.yaml:2:9: the folder drop is not there, make it, or mount what it lies on"));
  fs::create_directories(file("drop"));
  EXPECT_THAT(said(0), ElementsAre()) << "the folders below it are made when they are needed";
  given("drop/sales", "a file where a folder belongs\n");
  EXPECT_THAT(said(), ElementsAre("channels.d/till.yaml:2:9: the folder drop/sales is no folder, name a folder"));
}

TEST_F(Check, WhatThisUserMayNotWriteIsSaid) {
  const std::string setpriv = "/usr/bin/setpriv";  // who is root may write everywhere
  if (::geteuid() != 0 || !fs::exists(setpriv)) GTEST_SKIP() << "only root can become another user";
  given("tallyd.yaml", "store: sqlite:data/tally.db\n");
  given("channels.d/till.yaml", "connector: till\nfolder: drop\n");
  fs::create_directories(file("data"));
  fs::create_directories(file("drop/sales"));
  const auto seen = fs::perms::others_read | fs::perms::others_exec;  // and written by root alone, but for `drop`
  fs::permissions(around(), seen, fs::perm_options::add);
  for (const auto& each : fs::recursive_directory_iterator(around())) fs::permissions(each, seen, fs::perm_options::add);
  fs::permissions(file("drop"), fs::perms::all);
  EXPECT_THAT(said(4, setpriv, {"--reuid=65534", "--regid=65534", "--clear-groups", TALLYD_BINARY, "--config", file("").string(), "check"}),
              ElementsAre(StartsWith("channels.d/till.yaml:2:9: the folder drop/sales cannot be written by this user: Permission denied, "),
                          StartsWith("tallyd.yaml:1:8: the folder of the store data cannot be written by this user: Permission denied, ")));
}

TEST_F(Check, WhatTheInstalledMappingsNeverReadIsNotTheMerchantsAffair) {
  given("channels.d/shop.yaml", shop);
  said(0);
  EXPECT_EQ(printed().find("written, never read"), std::string::npos) << printed();
  said(0, TALLYD_BINARY, {"--config", file("").string(), "check", "--all"});
  EXPECT_NE(printed().find("written, never read"), std::string::npos) << printed();
  given_own("mappings/woocommerce.yaml", "mappings/woocommerce.yaml", "", "");
  said(0);
  EXPECT_NE(printed().find("shop: written, never read: " + file("mappings/woocommerce.yaml").string()), std::string::npos) << printed();
}

TEST_F(Check, OfATrackersBudgetsItSaysNothingOfOrders) {
  const std::string list = "limits: { budgets: [{ name: looks, operations: [read_parcel], most: 60, every: 1h }],";
  given_own("connectors/kuaidi100/connector.yaml", "connectors/kuaidi100/connector.yaml", "limits: {", list);
  given("channels.d/parcels.yaml", "connector: kuaidi100\nsecrets: { key: key, customer: secret, salt: hook }\n");
  EXPECT_THAT(said(0), ElementsAre());
  EXPECT_NE(printed().find("parcels: requests: looks 60 every 1h (6 kept)\n"), std::string::npos) << printed();
  EXPECT_EQ(printed().find("orders are read"), std::string::npos) << printed();
}

TEST_F(Check, AFolderForTheSandboxsFileIsTheReadersMistake) {
  EXPECT_THAT(said(4, TALLYD_BINARY, {"--config", file("secrets").string(), "sandbox"}),
              ElementsAre(StartsWith("tallyd: secrets: this is a folder, and a file is meant (--config names the sandbox's own file")));
  said(4, TALLYD_BINARY, {"--config", file("secrets").string(), "--json", "sandbox"});
  EXPECT_NE(printed().find("\"exit\":4"), std::string::npos) << printed();
}

TEST_F(Check, AMappingToTestThatIsNotThereIsAnError) {
  EXPECT_THAT(said(1, TALLYD_BINARY, {"--config", file("").string(), "test", "woocomerce"}),
              ElementsAre("tallyd: there is no mapping 'woocomerce' (did you mean 'woocommerce'?)"));
}

TEST_F(Check, AFaultOfAConnectorThatTwoChannelsUseIsSaidOnce) {
  given_own("connectors/woocommerce/connector.yaml", "connectors/woocommerce/connector.yaml", "retire_listing:", "retire_listng:");
  given("channels.d/a.yaml", shop);
  given("channels.d/b.yaml",
        "connector: woocommerce\nurl: https://other.example.com\nweight_unit: kg\nsecrets: { key: key, secret: secret, webhook_secret: "
        "hook }\n");
  EXPECT_THAT(said(), ElementsAre(StartsWith("connectors/woocommerce/connector.yaml:")));
}

TEST_F(Check, ASettingOrASecretThatNobodyTakesIsRefusedWithTheNearestName) {
  given(
      "channels.d/d.yaml",
      "connector: douyin\nweight_unit: kg\nsettings: { shop_idd: 4, app_key: \"7\", secret: x }\nsecrets: { secret: secret, app_key: key, "
      "secrett: key, secret_old: key }\n");
  EXPECT_THAT(
      said(),
      ElementsAre(
          "channels.d/d.yaml:2:1: neither the connector 'douyin' nor the mapping 'douyin' takes the setting 'weight_unit'",
          "channels.d/d.yaml:3:11: the connector 'douyin' needs 'shop_id' (the shop's number), write `shop_id: …` under `settings:`",
          "channels.d/d.yaml:3:13: neither the connector 'douyin' nor the mapping 'douyin' takes the setting 'shop_idd', did you "
          "mean 'shop_id'?",
          "channels.d/d.yaml:3:40: neither the connector 'douyin' nor the mapping 'douyin' takes the setting 'secret', it is a "
          "secret: write its name under `secrets:`",
          "channels.d/d.yaml:4:28: the connector 'douyin' takes no secret 'app_key', it is a setting: write it under `settings:`",
          "channels.d/d.yaml:4:42: the connector 'douyin' takes no secret 'secrett', did you mean 'secret'?"));
}

TEST_F(Check, AMissingSecretSaysWhereItWasLookedFor) {
  given(
      "channels.d/shop.yaml",
      "connector: woocommerce\nurl: https://a.example\nweight_unit: kg\nsecrets: { key: nowhere, secret: secret, webhook_secret: hook }\n");
  EXPECT_THAT(said(),
              ElementsAre(StartsWith("channels.d/shop.yaml:4:17: the channel 'shop' needs the secret 'key' (the consumer key, ck_…): "
                                     "there is no secret 'nowhere'; looked in secrets/nowhere and $TALLYD_SECRET_NOWHERE")));
}

TEST_F(Check, AFaultyValueIsNotMissedASecondTime) {
  given("channels.d/shop.yaml",
        "connector: woocommerce\nurl: https://me:pw@a.example\nsecrets: { key: \"a pasted secret\", secret: secret, webhook_secret: hook "
        "}\n");
  EXPECT_THAT(said(), ElementsAre(StartsWith("channels.d/shop.yaml:2:6: 'url' has a user or a password in it"),
                                  StartsWith("channels.d/shop.yaml:3:17: 'key' must be the name of a secret")));
}

TEST_F(Check, ATillIsAskedForWhatItTakes) {
  given("channels.d/till.yaml",
        "connector: till\nurl: https://a.example\nsettings: { time_zon: UTC, encoding: latin1 }\nsecrets: { key: key }\n");
  EXPECT_THAT(
      said(),
      ElementsAre(StartsWith("channels.d/till.yaml: `folder` is missing"),
                  StartsWith("channels.d/till.yaml:2:1: neither the connector 'till' nor the mapping 'till' takes the setting 'url'"),
                  "channels.d/till.yaml:3:13: neither the connector 'till' nor the mapping 'till' takes the setting 'time_zon', did "
                  "you mean 'time_zone'?",
                  StartsWith("channels.d/till.yaml:3:38: `settings: encoding` is 'latin1'"),
                  "channels.d/till.yaml:4:12: the connector 'till' takes no secret 'key'"));
}

TEST_F(Check, AFieldThatTheMappingNeverReadsHasNoOtherOwnerThanTheMaster) {
  given("channels.d/d.yaml",
        "connector: douyin\nsettings: { shop_id: 4, app_key: \"7\" }\nsecrets: { secret: secret }\n"
        "owners: { title: newest, description: channel, brand: master, titel: channel, price: newest }\ntables: { leaf: { A: 1 } }\n");
  const auto lines = said();
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0], StartsWith("channels.d/d.yaml:4:39: the channel cannot have a word on 'description': the mapping 'douyin' never "
                                   "reads it, see `listing` at "));
  EXPECT_NE(lines[0].find("mappings/douyin.yaml:1"), std::string::npos) << lines[0];
  EXPECT_THAT(lines[1], StartsWith("channels.d/d.yaml:4:63: unknown key 'titel'"));
  EXPECT_THAT(lines[2], StartsWith("channels.d/d.yaml:4:86: 'price' must be one of master, channel, but is 'newest'"));
}

TEST_F(Check, KeysInClearTextAreRefusedButOnThisMachine) {
  const auto at = [&](const std::string& url, const std::string& more) {
    std::string text = shop;
    given("channels.d/shop.yaml",
          text.replace(text.find("https://shop.example.com"), std::string("https://shop.example.com").size(), url) + more);
  };
  at("http://shop.example.com", "");
  EXPECT_THAT(said(), ElementsAre("channels.d/shop.yaml:2:6: over http:// the keys of this shop would cross the network in clear text, for "
                                  "everybody on the way to read, write https://…, or `auth: oauth1`, which signs and sends no key"));
  at("http://shop.example.com", "auth: oauth1\n");
  EXPECT_THAT(said(0), ElementsAre());
  for (const char* here : {"http://127.0.0.1:8080", "http://localhost/shop", "http://[::1]:80"}) {
    at(here, "");
    EXPECT_THAT(said(0), ElementsAre()) << here;
  }
  at("http://127.evil.example", "");
  EXPECT_THAT(said(), ElementsAre(StartsWith("channels.d/shop.yaml:2:6: over http://")));
}

TEST_F(Check, AKeyInARequestsBodyDoesNotCrossANetworkInClearTextEither) {
  const std::string secrets = "secrets: { key: key, customer: secret, salt: hook }\n";
  given("channels.d/parcels.yaml", "connector: kuaidi100\nurl: http://poll.example.com\n" + secrets);
  EXPECT_THAT(said(),
              ElementsAre("channels.d/parcels.yaml:2:6: over http:// the keys of this account would cross the network in clear text, "
                          "for everybody on the way to read, write https://…"));
  for (const char* here : {"url: http://127.0.0.1:8080\n", "url: http://localhost\n", "url: https://poll.example.com\n", ""}) {
    given("channels.d/parcels.yaml", "connector: kuaidi100\n" + std::string(here) + secrets);
    EXPECT_THAT(said(0), ElementsAre()) << here;
  }
  given_own("connectors/kuaidi100/connector.yaml", "connectors/kuaidi100/connector.yaml", "default https://", "default http://");
  EXPECT_THAT(said(), ElementsAre(StartsWith("connectors/kuaidi100/connector.yaml:4:11: over http:// the keys of this account")));
}

TEST_F(Check, WhatMeansNothingForATrackerIsRefused) {
  given("channels.d/parcels.yaml",
        "connector: kuaidi100\nsecrets: { key: key, customer: secret, salt: hook }\npolicy: observe\nlocations: [main]\n"
        "orders: { every: 5m }\nsweep: 1h\ncurrency: EUR\n");
  const auto lines = said();
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines[0],
              StartsWith("channels.d/parcels.yaml:3:9: 'policy' means nothing here: this connector tracks parcels and sells nothing"));
  EXPECT_THAT(lines[4], StartsWith("channels.d/parcels.yaml:7:11: 'currency' means nothing here"));
}

TEST_F(Check, ATableThatNoMappingHasIsRefusedWithTheNearestName) {
  given("channels.d/shop.yaml", shop + "tables: { carrierz: { a: b }, carriers: { dhl: DHL } }\n");
  EXPECT_THAT(said(), ElementsAre("channels.d/shop.yaml:5:11: the mapping 'woocommerce' has no table 'carrierz', and nothing uses it, did "
                                  "you mean 'carriers'?"));
}

TEST_F(Check, AFaultyMappingThatNoChannelUsesIsSaidToo) {
  given("channels.d/shop.yaml", shop);
  given("mappings/bad.yaml", "mapping: bad\nevent: { id: \"${idd}\" }\n");
  EXPECT_THAT(said(), Contains(StartsWith("mappings/bad.yaml:2:")));
}

TEST_F(Check, APipeIsNoFileAndNobodyWaitsForIt) {
  given("channels.d/shop.yaml", shop);
  ASSERT_EQ(::mkfifo(file("channels.d/pipe.yaml").c_str(), 0600), 0);
  ASSERT_EQ(::mkfifo(file("mappings.fifo").c_str(), 0600), 0);
  fs::create_directories(file("mappings"));
  fs::rename(file("mappings.fifo"), file("mappings/pipe.yaml"));
  EXPECT_THAT(said(), ElementsAre(StartsWith("channels.d/pipe.yaml: this is no file with text in it"),
                                  StartsWith("mappings/pipe.yaml: cannot be read")));
}

TEST_F(Check, AStoreWhereTheKernelShowsItselfIsRefused) {
  given("tallyd.yaml", "store: sqlite:/proc/t.db\n");
  EXPECT_THAT(said(), ElementsAre(StartsWith("tallyd.yaml:1:8: ")));
}

TEST_F(Check, WithoutTheInstalledFilesItSaysWhereItLookedAndWhatNamesThem) {
  given("channels.d/shop.yaml", shop);
  ::setenv("TALLYD_SHARE", "/nowhere", 1);
  const auto lines = said();
  ::unsetenv("TALLYD_SHARE");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], StartsWith("channels.d/shop.yaml:1:12: there is no connector 'woocommerce', there is none at all in connectors and "
                                   "/nowhere/connectors: let TALLYD_SHARE name the folder"));
}

TEST_F(Check, RunWithJsonEndsWithAnErrorAsJson) {
  given("tallyd.yaml", "log_level: loud\n");
  said(4, TALLYD_BINARY, {"--config", file("").string(), "--json", "run"});
  EXPECT_THAT(printed(), StartsWith("{\"complaints\":["));
  EXPECT_NE(printed().find("\"error\":{"), std::string::npos) << printed();
}

TEST_F(Check, ADemonstrationThatDoesNotStartLeavesTheLogThatItNames) {
  ::setenv("TALLYD_SHARE", "/nowhere", 1);
  said(1, TALLYD_BINARY, {"--json", "run", "--demo", "--orders", "1"});
  ::unsetenv("TALLYD_SHARE");
  const auto said = Json::parse(printed().substr(0, printed().find('\n')));
  ASSERT_TRUE(said) << printed();
  const fs::path log = said->find("error")->text_or("where");
  EXPECT_TRUE(fs::is_regular_file(log)) << log;
  fs::remove_all(log.parent_path());
}

TEST_F(Check, OfHundredsOfFaultsTheFirstHundredAreToldAndTheRestCounted) {
  for (const char* name : {"a", "b"}) {
    std::string text = "connector: nobody\n";
    for (int i = 0; i < 68; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
    given(std::string("channels.d/") + name + ".yaml", text);
  }
  const auto lines = said();
  ASSERT_EQ(lines.size(), 101u);
  EXPECT_EQ(lines.back(), "and 38 more");
}

}  // namespace
}  // namespace tally::tests
