// Whose file it is: what another program keeps is not taken for a store.
#include "store/owner.hpp"

#include "opened.hpp"
#include "store/catalogue.hpp"
#include "store/session.hpp"

#include <fstream>
#include <sstream>

namespace tally::store {
namespace {

using soci::into;

class Owner : public Opened {
 protected:
  std::int64_t mark() {
    Int value = 0;
    EXPECT_TRUE(store->read([&](Session& session) -> Result<void> {
      session.sql << "PRAGMA application_id", into(value);
      return {};
    }));
    return value;
  }
  static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
  }
};

TEST_F(Owner, OfANewStoreIsInItsHeader) {
  EXPECT_EQ(mark(), application_id);
  store.reset();
  EXPECT_EQ(bytes_of(path).substr(68, 4), "tlyd") << "another program can tell without opening it";
  EXPECT_TRUE(check_owner(path));
}

TEST_F(Owner, OfAStoreFromBeforeThereWasAMarkIsKnownByItsTables) {
  ASSERT_TRUE(write([](Session& session) {
    open_channel(session, "shop");
    session.sql << "PRAGMA application_id = 0";
  }));
  ASSERT_EQ(mark(), 0);
  store.reset();
  EXPECT_TRUE(check_owner(path));
  open();
  EXPECT_EQ(mark(), application_id);
  ASSERT_TRUE(write([](Session& session) { EXPECT_EQ(all_channels(session).size(), 1u); }));
}

TEST_F(Owner, OfAnotherProgramsDatabaseIsRefusedAndNothingOfItIsChanged) {
  for (const char* made : {"CREATE TABLE account (id INTEGER)", "PRAGMA application_id = 77", "CREATE TABLE migration (id INTEGER)"}) {
    store.reset();
    remove_files();
    {
      soci::session sql("sqlite3", "dbname=\"" + path.string() + "\"");
      sql << made;
      sql << "CREATE TABLE other (id INTEGER)";
    }
    const std::string before = bytes_of(path);
    EXPECT_EQ(check_owner(path).error().fault, Fault::invalid) << made;
    const auto opened = Database::open("sqlite:" + path.string(), {.threaded = false, .durable = false}, clock, Log());
    ASSERT_FALSE(opened) << made;
    EXPECT_NE(opened.error().what.find("another program"), std::string::npos) << opened.error().text();
    EXPECT_EQ(bytes_of(path), before) << made;
  }
}

}  // namespace
}  // namespace tally::store
