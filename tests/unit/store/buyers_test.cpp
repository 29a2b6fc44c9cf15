// What says who somebody is: sealed in the file, open in the rows, gone when it is erased or its time is over.
#include "store/buyers.hpp"
#include "base/crypto.hpp"
#include "base/rng.hpp"
#include "opened.hpp"
#include "store/catalogue.hpp"
#include "store/erasures.hpp"
#include "store/inbox.hpp"
#include "store/keys.hpp"
#include "store/orders.hpp"
#include "store/prepared_once.hpp"
#include "store/session.hpp"

#include <gmock/gmock.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <csignal>
#include <fstream>
#include <iterator>

namespace tally::store {
namespace {

constexpr Duration day{86400000};
const std::string ada = "ada@canary.example";

class Buyers : public Opened {
 protected:
  void SetUp() override {
    Opened::SetUp();
    ASSERT_TRUE(write([&](Session& session) { shop = open_channel(session, "shop").no; }).has_value());
  }

  OrderRow order(const std::string& id, const std::string& email, const std::string& state = "paid") {
    OrderRow row;
    row.channel = shop;
    row.id = id;
    row.revision = 1;
    row.state = state;
    Json buyer = Json::object({{"name", "Canary Lovelace"}, {"phone", "+44 1632 960001"}});
    if (!email.empty()) buyer.set("email", email);
    if (email.empty()) buyer.erase("phone");
    row.document = Json::object({{"@id", id},
                                 {"total", Json::Number{"12.50"}},
                                 {"buyer", buyer},
                                 {"ship_to", Json::object({{"line1", "Canary Lane 5"}, {"city", "London"}})}});
    row.resolved = row.claim = row.taken = Json::array();
    row.body_hash = "hash";
    row.changed_at = row.accepted_at = clock.now();
    return row;
  }
  OrderNo put(const OrderRow& row) {
    OrderNo no;
    EXPECT_TRUE(write([&](Session& session) { no = insert_order(session, row); }).has_value());
    return no;
  }
  OrderRow get(OrderNo no) {
    std::optional<OrderRow> row;
    EXPECT_TRUE(write([&](Session& session) { row = get_order(session, no); }).has_value());
    return row.value_or(OrderRow{});
  }
  std::int64_t deliver(const std::string& body, Time at, bool read = true) {
    std::int64_t no = 0;
    EXPECT_TRUE(write([&](Session& session) {
                  no = add_inbox(session, {0, shop, "hook", "order", body, {}, at});
                  if (read) set_applied_through(session, shop, no);
                }).has_value());
    return no;
  }
  std::optional<std::string> body(std::int64_t no) {
    std::optional<InboxRow> row;
    EXPECT_TRUE(write([&](Session& session) { row = inbox_row(session, no); }).has_value());
    return row ? std::optional(row->body) : std::nullopt;
  }
  std::optional<std::string> key_of(const std::string& email) {
    std::optional<std::string> key;
    EXPECT_TRUE(write([&](Session& session) { key = find_buyer(session, email); }).has_value());
    return key;
  }
  Erased erase_now(const std::string& email, std::vector<std::int64_t> raw = {}) {
    Erased done;
    const auto key = key_of(email);
    EXPECT_TRUE(key.has_value());
    EXPECT_TRUE(write([&](Session& session) { done = *erase(session, {clock.now(), *key, buyer_hash(session, email), raw}); }).has_value());
    return done;
  }
  /// Everything of the store that lies on the disk, its keys apart.
  std::string on_disk() const {
    std::string all;
    for (const auto* suffix : {"", "-wal", "-shm"}) {
      std::ifstream in(path.string() + suffix, std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }
  std::filesystem::path keys_file() const { return Keys::file_beside(path); }
  Result<std::unique_ptr<Database>> try_open(bool forget = false) {
    store.reset();
    Options options{.threaded = false, .durable = false, .backlog = 100, .crash = {}};
    options.forget_keys = forget;
    return Database::open("sqlite:" + path.string(), std::move(options), clock, Log());
  }
  void remove_keys() {
    store.reset();
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(keys_file().string() + suffix);
  }

  ChannelNo shop;
};

TEST_F(Buyers, StandInTheRowsAndNowhereOnTheDisk) {
  const auto no = put(order("7", ada));
  const auto raw = deliver(R"({"billing": {"name": "Canary Lovelace"}})", clock.now());
  OrderRow changed = get(no);
  EXPECT_EQ(changed.document, order("7", ada).document);
  changed.revision = 2;
  changed.document.set("note", "Canary note");
  ASSERT_TRUE(write([&](Session& session) { EXPECT_TRUE(update_order(session, changed)); }).has_value());
  EXPECT_EQ(get(no).document.text_or("note"), "Canary note");
  EXPECT_EQ(body(raw), R"({"billing": {"name": "Canary Lovelace"}})");

  store.reset();
  const std::string bytes = on_disk();
  EXPECT_NE(bytes.find("London"), std::string::npos) << "the order itself is there";
  for (const auto* canary : {"Canary", "canary", "960001", "billing"}) EXPECT_EQ(bytes.find(canary), std::string::npos) << canary;
  open();
  EXPECT_EQ(get(no).document.find("ship_to")->text_or("line1"), "Canary Lane 5");
}

TEST_F(Buyers, HaveOneKeyEachAndGuestsOneAnOrder) {
  const auto first = put(order("1", ada)), second = put(order("2", "ADA@canary.example")), other = put(order("3", "ida@canary.example"));
  const auto guest = put(order("4", "")), another = put(order("5", ""));
  EXPECT_EQ(get(first).sealed_by, get(second).sealed_by);
  EXPECT_NE(get(first).sealed_by, get(other).sealed_by);
  EXPECT_NE(get(guest).sealed_by, get(another).sealed_by);
  EXPECT_EQ(key_of(" Ada@Canary.example"), get(first).sealed_by);
  EXPECT_FALSE(key_of("nobody@canary.example").has_value());
}

TEST_F(Buyers, WhoAreErasedAreGoneAndTheirOrdersStay) {
  const auto first = put(order("1", ada)), second = put(order("2", ada)), other = put(order("3", "ida@canary.example"));
  const auto naming = deliver("one of Ada", clock.now()), unread = deliver("another of Ada", clock.now(), false);
  const auto done = erase_now(ada, {naming, unread});
  EXPECT_EQ(done.orders, 2u);
  EXPECT_EQ(done.documents, 1u);
  EXPECT_EQ(done.waiting, 1u) << "an order that nobody has read yet is not lost";
  for (const auto no : {first, second}) {
    EXPECT_EQ(get(no).document.dump(), R"({"@id":")" + get(no).id + R"(","total":12.50,"ship_to":{"city":"London"}})");
    EXPECT_EQ(get(no).sealed_by, erased_mark);
  }
  EXPECT_EQ(get(other).document.find("buyer")->text_or("email"), "ida@canary.example");
  EXPECT_FALSE(body(naming).has_value());
  EXPECT_EQ(body(unread), "another of Ada");
  EXPECT_FALSE(key_of(ada).has_value());

  // What the platform says later of an erased order is not kept either; a new order of theirs is.
  OrderRow again = get(first);
  again.revision = 2;
  again.document = order("1", ada).document;
  ASSERT_TRUE(write([&](Session& session) { EXPECT_TRUE(update_order(session, again)); }).has_value());
  EXPECT_EQ(get(first).document.find("buyer"), nullptr);
  EXPECT_NE(get(put(order("9", ada))).document.find("buyer"), nullptr);
}

TEST_F(Buyers, WhoWereErasedAreErasedAgainInAStoreThatIsRestored) {
  const auto no = put(order("1", ada));
  const auto naming = deliver("one of Ada", clock.now());
  store.reset();
  std::filesystem::copy_file(path, path.string() + ".backup");
  std::filesystem::copy_file(keys_file(), keys_file().string() + ".backup");
  open();
  erase_now(ada, {naming});
  store.reset();
  std::filesystem::rename(path.string() + ".backup", path);
  std::filesystem::rename(keys_file().string() + ".backup", keys_file());
  for (const auto* suffix : {"-wal", "-shm"}) {
    std::filesystem::remove(path.string() + suffix);
    std::filesystem::remove(keys_file().string() + suffix);
  }
  open();
  EXPECT_EQ(get(no).document.find("buyer"), nullptr);
  EXPECT_EQ(get(no).sealed_by, erased_mark);
  EXPECT_FALSE(body(naming).has_value());
  EXPECT_FALSE(key_of(ada).has_value());
  std::ifstream list(erasures_beside(path));
  const std::string lines(std::istreambuf_iterator<char>(list), {});
  EXPECT_EQ(lines.find("canary"), std::string::npos) << lines;
}

TEST_F(Buyers, AnErasureThatWasWrittenByHalfNeitherStopsTheNextStartNorSpoilsTheNextErasure) {
  const auto ada_order = put(order("1", ada)), ida_order = put(order("2", "ida@canary.example"));
  store.reset();
  std::ofstream(erasures_beside(path)) << R"({"at":"2026-01-01T00:00:00Z","ke)";
  open();
  EXPECT_NE(get(ada_order).document.find("buyer"), nullptr);
  erase_now(ada);
  open();
  EXPECT_EQ(get(ada_order).document.find("buyer"), nullptr);
  EXPECT_NE(get(ida_order).document.find("buyer"), nullptr);
}

TEST_F(Buyers, AnErasureOnAFullDiskLeavesNoHalfLineBehind) {
  put(order("1", ada));
  put(order("2", "ida@canary.example"));
  erase_now(ada);
  const auto size = std::filesystem::file_size(erasures_beside(path));
  const auto key = key_of("ida@canary.example");
  std::optional<Result<Erased>> done;
  ASSERT_TRUE(write([&](Session& session) {
                struct rlimit before {};
                ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
                const struct rlimit nearly_full { size + 10, before.rlim_max };
                const auto handler = std::signal(SIGXFSZ, SIG_IGN);
                ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &nearly_full), 0);
                done = erase(session, {clock.now(), *key, "", {}});
                ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
                std::signal(SIGXFSZ, handler);
              }).has_value());
  ASSERT_TRUE(done && !*done);
  EXPECT_EQ(done->error().fault, Fault::io);
  EXPECT_EQ(std::filesystem::file_size(erasures_beside(path)), size);
  EXPECT_EQ(key_of("ida@canary.example"), key);
}

TEST_F(Buyers, AnErasureBehindALineThatLostItsEndIsALineOfItsOwn) {
  const auto no = put(order("1", ada));
  put(order("2", "ida@canary.example"));
  erase_now("ida@canary.example");
  std::filesystem::resize_file(erasures_beside(path), std::filesystem::file_size(erasures_beside(path)) - 1);
  erase_now(ada);
  open();
  EXPECT_EQ(get(no).document.find("buyer"), nullptr);
}

TEST_F(Buyers, AListOfErasuresThatIsSpoiltInTheMiddleIsRefused) {
  put(order("1", ada));
  std::ofstream(erasures_beside(path)) << "{\"at\":\"20\n";
  erase_now(ada);
  const auto refused = try_open();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().fault, Fault::invalid);
  EXPECT_NE(refused.error().where.find(".erasures.jsonl:1"), std::string::npos) << refused.error().text();
}

TEST_F(Buyers, AnOrderThatComesInTheCommitOfItsBuyersErasureKeepsItsAddress) {
  const auto old = put(order("1", ada));
  OrderNo paid;
  ASSERT_TRUE(write([&](Session& session) {
                ASSERT_TRUE(erase(session, {clock.now(), *find_buyer(session, ada), buyer_hash(session, ada), {}}));
                paid = insert_order(session, order("2", ada));
              }).has_value());
  for (int opening = 0; opening < 2; ++opening) {
    EXPECT_EQ(get(old).document.find("buyer"), nullptr);
    EXPECT_EQ(get(paid).document, order("2", ada).document);
    EXPECT_EQ(key_of(ada), get(paid).sealed_by);
    open();
  }
}

TEST_F(Buyers, AnErasureThatIsRolledBackWithANewOrderLeavesTheKeyAsItWas) {
  const auto old = put(order("1", ada));
  const auto key = key_of(ada);
  ASSERT_FALSE(store
                   ->write([&](Session& session) -> Result<void> {
                     EXPECT_TRUE(erase(session, {clock.now(), *key, buyer_hash(session, ada), {}}));
                     insert_order(session, order("2", ada));
                     return error(Fault::invalid, "not this one");
                   })
                   .has_value());
  EXPECT_EQ(key_of(ada), key);
  EXPECT_EQ(get(old).document, order("1", ada).document);
}

TEST_F(Buyers, CannotBeReadFromABackupOfTheStoreWhenTheirKeyIsGone) {
  const auto no = put(order("1", ada));
  store.reset();
  std::filesystem::copy_file(path, path.string() + ".backup");
  open();
  erase_now(ada);
  store.reset();
  std::filesystem::rename(path.string() + ".backup", path);
  std::filesystem::remove(erasures_beside(path));  // even where the list was lost
  for (const auto* suffix : {"-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
  open();
  EXPECT_EQ(get(no).document.find("buyer"), nullptr);
  EXPECT_EQ(get(no).document.find("ship_to")->dump(), R"({"city":"London"})");
}

TEST_F(Buyers, OfOrdersThatAreFinishedForLongExpire) {
  OrderRow old = order("1", ada, "completed"), same_buyer = order("2", "ida@canary.example", "completed");
  old.changed_at = old.accepted_at = same_buyer.changed_at = same_buyer.accepted_at = clock.now() - 500 * day;
  OrderRow later = order("3", "ida@canary.example", "paid");
  const auto expired = put(old), kept = put(same_buyer);
  put(later);
  std::size_t buyers = 0;
  ASSERT_TRUE(write([&](Session& session) { buyers = expire_buyers(session, clock.now() - 400 * day, 10); }).has_value());
  EXPECT_EQ(buyers, 1u);
  EXPECT_EQ(get(expired).document.find("buyer"), nullptr);
  EXPECT_NE(get(kept).document.find("buyer"), nullptr) << "the same buyer has an order that is worked on";
}

TEST_F(Buyers, KeysThatNoOrderHasAnyMoreAreForgotten) {
  const auto no = put(order("1", ada));
  OrderRow moved = get(no);
  moved.revision = 2;
  moved.document = order("1", "ada.new@canary.example").document;
  ASSERT_TRUE(write([&](Session& session) { EXPECT_TRUE(update_order(session, moved)); }).has_value());
  ASSERT_TRUE(key_of(ada).has_value());
  ASSERT_TRUE(write([&](Session& session) { EXPECT_EQ(forget_unused_keys(session, "", 10), ""); }).has_value());
  EXPECT_FALSE(key_of(ada).has_value());
  EXPECT_EQ(get(no).document.find("buyer")->text_or("email"), "ada.new@canary.example");
}

TEST_F(Buyers, RawDocumentsGoWithTheKeyOfTheirDayButForThoseThatNobodyHasRead) {
  const auto old = deliver("old", clock.now() - 40 * day), fresh = deliver("fresh", clock.now());
  const auto parked = deliver("parked", clock.now() - 39 * day);
  ASSERT_TRUE(write([&](Session& session) { park_row(session, parked, shop, "cannot be read", clock.now()); }).has_value());
  std::vector<std::int64_t> gone;
  ASSERT_TRUE(write([&](Session& session) { gone = expire_raw(session, clock.now() - 30 * day); }).has_value());
  EXPECT_THAT(gone, testing::ElementsAre(parked));
  EXPECT_FALSE(body(old).has_value());
  EXPECT_FALSE(body(parked).has_value());
  EXPECT_EQ(body(fresh), "fresh");
  ASSERT_TRUE(write([&](Session& session) {
                EXPECT_FALSE(session.keys->find_day_key(clock.now() - 40 * day).has_value());
                EXPECT_TRUE(session.keys->find_day_key(clock.now()).has_value());
              }).has_value());

  const auto unread = deliver("unread", clock.now() - 35 * day, false);
  ASSERT_TRUE(write([&](Session& session) { expire_raw(session, clock.now() - 30 * day); }).has_value());
  EXPECT_EQ(body(unread), "unread");
}

TEST_F(Buyers, RawDocumentsThatNameThemAreFoundByValuesNotByParts) {
  const auto nested = deliver(R"({"a": [{"mail": " ADA@canary.example "}]})", clock.now());
  const auto escaped = deliver(R"({"name": "Ad\u0061@canary.example"})", clock.now());
  const auto part = deliver(R"({"mail": "not.ada@canary.example"})", clock.now());
  const auto xml = deliver("<mail>ada@Canary.example</mail>", clock.now());
  std::vector<std::int64_t> found;
  std::int64_t after = 0;
  ASSERT_TRUE(write([&](Session& session) {
                do {
                  const auto some = raw_naming(session, {"x", ada}, after, 3);
                  found.insert(found.end(), some.begin(), some.end());
                } while (after != 0);
              }).has_value());
  EXPECT_THAT(found, testing::ElementsAre(nested, escaped, xml)) << "not " << part;
}

TEST_F(Buyers, AreRefusedWhereAnotherHandChangedThem) {
  const auto first = put(order("1", ada)), second = put(order("2", ada));
  const auto move = [&] {
    return write([&](Session& session) {
      Int from = first.value, to = second.value;
      session.sql << "UPDATE orders SET document = (SELECT document FROM orders WHERE order_no = :f) WHERE order_no = :t", use(from),
          use(to);
    });
  };
  ASSERT_TRUE(move().has_value());
  const auto read = write([&](Session& session) { get_order(session, second); });
  ASSERT_FALSE(read.has_value()) << "a sealed value belongs to its order";
  EXPECT_EQ(read.error().fault, Fault::io);
}

TEST_F(Buyers, KeysAreReadableByTheirOwnerOnlyAndInNoBackupOfTheStore) {
  put(order("1", ada));
  struct stat file {};
  ASSERT_EQ(::stat(keys_file().c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  std::string secret;
  ASSERT_TRUE(write([&](Session& session) { secret = session.keys->find_buyer_key(*find_buyer(session, ada))->base64(); }).has_value());
  store.reset();
  EXPECT_EQ(on_disk().find(secret), std::string::npos);
}

TEST_F(Buyers, AStoreWhoseKeysAreMissingIsRefusedAndSaysWhatToDo) {
  const auto no = put(order("1", ada));
  remove_keys();
  const auto refused = try_open();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().fault, Fault::not_found);
  EXPECT_NE(refused.error().text().find("forget-all"), std::string::npos) << refused.error().text();
  EXPECT_FALSE(std::filesystem::exists(keys_file())) << "no new keys were begun";

  auto given_up = try_open(true);
  ASSERT_TRUE(given_up.has_value()) << given_up.error().text();
  store = std::move(*given_up);
  EXPECT_EQ(get(no).document.dump(), R"({"@id":"1","total":12.50,"ship_to":{"city":"London"}})");
  open();
  OrderRow again = get(no);
  again.revision = 2;
  again.document = order("1", ada).document;
  ASSERT_TRUE(write([&](Session& session) { EXPECT_TRUE(update_order(session, again)); }).has_value());
  EXPECT_NE(get(no).document.find("buyer"), nullptr) << "the next reading fills it again";
}

TEST_F(Buyers, TheKeysOfAnotherStoreAreRefused) {
  remove_keys();
  {
    const auto stranger = Keys::open(keys_file(), {.durable = false, .alone = false, .random = [n = 0](std::size_t count) mutable {
                                                     return std::string(count, static_cast<char>(++n));
                                                   }});
    ASSERT_TRUE(stranger.has_value());
  }
  const auto refused = try_open();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().fault, Fault::not_found);
}

TEST_F(Buyers, AKeyIsNotLostWithTheTransactionThatMadeIt) {
  const auto failed = store->write([&](Session& session) -> Result<void> {
    insert_order(session, order("1", ada));
    add_inbox(session, {0, shop, "hook", "order", "body", {}, clock.now()});
    return error(Fault::invalid, "not this one");
  });
  ASSERT_FALSE(failed.has_value());
  const auto no = put(order("1", ada));
  const auto raw = deliver("body", clock.now());
  open();
  EXPECT_EQ(get(no).document.find("buyer")->text_or("email"), ada);
  EXPECT_EQ(body(raw), "body");
}

TEST_F(Buyers, LieOnTheDiskTheSameForTheSameSeedAndOtherwiseForAnother) {
  const auto stored = [&](std::uint64_t seed) {
    store.reset();
    remove_files();
    Options options{.threaded = false, .durable = false, .backlog = 100, .crash = {}};
    options.random = [rng = std::make_shared<Rng>(seed)](std::size_t count) {
      std::string bytes;
      for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(rng->below(256));
      return bytes;
    };
    open(std::move(options));
    EXPECT_TRUE(write([&](Session& session) { shop = open_channel(session, "shop").no; }).has_value());
    put(order("1", ada));
    deliver("raw", clock.now());
    std::string document, raw;
    EXPECT_TRUE(write([&](Session& session) {
                  session.sql << "SELECT document FROM orders ORDER BY order_no LIMIT 1", into(document);
                  session.sql << "SELECT body FROM inbox ORDER BY row_no LIMIT 1", into(raw);
                }).has_value());
    return document + raw;
  };
  EXPECT_EQ(stored(7), stored(7));
  EXPECT_NE(stored(7), stored(8));
}

TEST(KeysFile, AKeyWhoseDeletionFailedIsForgottenThoughTheTransactionBehindItRolledBack) {
  const auto file = std::filesystem::temp_directory_path() / ("tallyd-keys-test-" + std::to_string(::getpid()) + ".keys.db");
  const auto remove = [&] {
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + suffix);
  };
  remove();
  {
    auto keys = Keys::open(file, {false, false, crypto::random_bytes});
    ASSERT_TRUE(keys.has_value()) << keys.error().text();
    const auto id = (*keys)->buyer_key(ada).id;
    (*keys)->keep_made();
    soci::session beside(sqlite_prepared_once(), "dbname=\"" + file.string() + "\"");
    beside << "CREATE TRIGGER broken BEFORE DELETE ON buyer_key BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";

    (*keys)->forget_buyer(id);
    EXPECT_THROW((*keys)->forget_let_go(), soci::soci_error) << "behind the commit that let it go";
    EXPECT_NE((*keys)->buyer_key(ada).id, id) << "what is to be forgotten seals nothing more";
    (*keys)->roll_back();
    beside << "DROP TRIGGER broken";
    (*keys)->forget_let_go();
    EXPECT_FALSE((*keys)->find_buyer_key(id).has_value());
  }
  remove();
}

}  // namespace
}  // namespace tally::store
