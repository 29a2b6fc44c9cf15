#include "cli/chunk.hpp"

#include "desk.hpp"

namespace tally::cli::test {
namespace {

Json product(int number) {
  const std::string sku = "S" + std::to_string(number);
  return Json::object({{"code", "P" + std::to_string(number)}, {"variants", Json::Array{Json::object({{"sku", sku}})}}});
}

CatalogueFile catalogue(int products) {
  CatalogueFile file;
  file.format = "tallyd CSV";
  file.rows = static_cast<std::size_t>(products);
  for (int n = 0; n < products; ++n) {
    file.products.push_back(product(n));
    file.stock.push_back(Json::object({{"sku", "S" + std::to_string(n)}, {"location", "main"}, {"counted", n}}));
  }
  return file;
}

TEST(Chunks, HoldTwoHundredProductsWithTheirStockAndTheLastOneCloses) {
  CatalogueFile file = catalogue(450);
  file.stock.push_back(Json::object({{"sku", "not in the file"}, {"counted", 1}}));
  const auto chunks = chunks_of(file.products, file.stock);
  ASSERT_EQ(chunks.size(), 3u);
  EXPECT_EQ(chunks[0].find("products")->as_array().size(), 200u);
  EXPECT_EQ(chunks[0].find("stock")->as_array().size(), 200u);
  EXPECT_EQ(chunks[1].find("stock")->as_array()[0].text_or("sku"), "S200");
  EXPECT_EQ(chunks[2].find("products")->as_array().size(), 50u);
  EXPECT_EQ(chunks[2].find("stock")->as_array().size(), 51u);
  EXPECT_FALSE(chunks[0].bool_or("close"));
  EXPECT_FALSE(chunks[1].bool_or("close"));
  EXPECT_TRUE(chunks[2].bool_or("close"));
}

TEST(Chunks, EndBeforeTheyGrowTooLarge) {
  Json::Array products;
  for (int n = 0; n < 10; ++n) {
    Json large = product(n);
    large.set("description", std::string(1'000'000, 'x'));
    products.push_back(large);
  }
  const auto chunks = chunks_of(products, {});
  EXPECT_GE(chunks.size(), 3u);
  std::size_t count = 0;
  for (const Json& chunk : chunks) {
    EXPECT_LE(chunk.dump().size(), bytes_a_chunk + 1000);
    count += chunk.find("products")->as_array().size();
  }
  EXPECT_EQ(count, 10u);
}

TEST(Chunks, OfNothingIsOneThatCloses) {
  const auto chunks = chunks_of({}, {});
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_TRUE(chunks[0].bool_or("close"));
}

class ImportTest : public CliTest {
 protected:
  ImportTest() {
    std::ofstream(folder / "p.csv") << "sku\n";
    parts.read_catalogue = [this](const ImportOptions& options,
                                  const std::function<void(std::size_t, std::size_t)>& progress) -> Result<CatalogueFile> {
      asked = options;
      progress(1, 1);
      return file;
    };
  }
  int import(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"import", (folder / "p.csv").string()};
    words.insert(words.end(), more.begin(), more.end());
    return tallyd(words);
  }
  CatalogueFile file = catalogue(250);
  ImportOptions asked;
};

TEST_F(ImportTest, SendsTheFileToTheDaemonAndAddsUp) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/import", R"({"created":200,"updated":0,"unchanged":0,"refused":[]})");
  fake.answer("/api/v1/import", R"({"created":40,"updated":9,"unchanged":1,"refused":[]})");
  file.summary = {"14 parents took their options from the variations."};
  EXPECT_EQ(import({"--location", "shop"}), exit_ok) << err.str();
  EXPECT_EQ(asked.location, "shop");
  EXPECT_EQ(fake.asked().size(), 2u);
  EXPECT_TRUE(printed("14 parents took their options"));
  EXPECT_TRUE(printed("Imported 250 products with 250 sellable variants: 240 created, 9 updated, 1 unchanged.")) << out.str();
}

TEST_F(ImportTest, EveryChunkBehindTheFirstNamesTheBatchThatTheDaemonOpened) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/import", R"({"created":1,"batch":42})");
  EXPECT_EQ(import(), exit_ok) << err.str();
  const auto asked = fake.asked();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].find(R"("batch")"), std::string::npos);
  EXPECT_NE(asked[1].find(R"("batch":42)"), std::string::npos);
}

TEST_F(ImportTest, ReportsEachRefusedRowAndImportsTheRest) {
  with_daemon().answer("/api/v1/import",
                       R"({"created":1,"updated":0,"unchanged":0,"refused":[{"thing":"P1","why":"its bundle contains itself"}]})");
  file = catalogue(2);
  file.refused = {Json::object({{"line", 17}, {"column", "sku"}, {"reason", "no SKU"}})};
  EXPECT_EQ(import(), exit_partly);
  EXPECT_TRUE(printed("line 17: sku: no SKU"));
  EXPECT_TRUE(printed("P1: its bundle contains itself"));
  EXPECT_TRUE(printed("Imported 1 product"));
  EXPECT_EQ(import({"--json"}), exit_partly);
  EXPECT_EQ(json_out().find("refused_rows")->as_array().size(), 1u);
}

TEST_F(ImportTest, NamesTheVariantsThatTheFileLeavesOutAndHowToEndThem) {
  with_daemon().answer("/api/v1/import", R"({"created":0,"updated":1,"unchanged":1,"refused":[],"kept":[{"sku":"QO2","code":"QO"}]})");
  file = catalogue(2);
  EXPECT_EQ(import({"--encoding", "latin1"}), exit_ok);
  EXPECT_EQ(asked.encoding, "latin1");
  EXPECT_TRUE(
      printed("1 variant that no row taken names stays on sale as before: QO2; to end one, import `sku,variant_state` with `QO2,ended`"));
  EXPECT_NE(import({"--encoding", "klingon"}), exit_ok);
}

TEST_F(ImportTest, AnUpdateGoesInRowsAndTheDaemonsRefusalsStandAmongTheFilesOwn) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/import", R"({"batch":4,"updated":1000,"unchanged":0,"refused":[]})");
  fake.answer("/api/v1/import",
              R"({"batch":4,"updated":3,"unchanged":2,"refused":[{"thing":"X","why":"no such SKU","line":9,"column":"sku"}]})");
  file = {};
  for (int n = 0; n < 1006; ++n) file.changes.push_back(Json::object({{"sku", "S" + std::to_string(n)}, {"counted", n}}));
  file.refused = {Json::object({{"line", 17}, {"column", "stock"}, {"reason", "'x' is not a whole number"}, {"scope", "cell"}})};
  EXPECT_EQ(import({"--json"}), exit_partly);
  const Json said = json_out();
  const auto& rows = said.find("refused_rows")->as_array();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].dump(), R"({"line":9,"column":"sku","reason":"X: no such SKU","scope":"row"})");
  EXPECT_EQ(rows[1].integer_or("line"), 17);
  EXPECT_EQ(said.integer_or("changes"), 1006);
  EXPECT_EQ(said.integer_or("updated"), 1003);
  const auto asked = fake.asked();
  EXPECT_NE(asked.back().find(R"("close":true,"batch":4)"), std::string::npos) << asked.back().substr(0, 200);
}

TEST_F(ImportTest, ADryRunTellsTheDaemonThatItIsOne) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/import", R"({"created":2,"updated":0,"unchanged":0,"refused":[]})");
  file = catalogue(2);
  // given: a bundle of a SKU of the file and of one that is not
  file.products[0]
      .find("variants")
      ->as_array()[0]
      .set("bundle", Json::Array{Json::object({{"sku", "S1"}}), Json::object({{"sku", "ELSEWHERE"}})});
  EXPECT_EQ(import({"--dry-run"}), exit_ok) << err.str();
  EXPECT_TRUE(printed("Would import 2 products with 2 sellable variants: 2 created, 0 updated, 0 unchanged. Nothing was changed"))
      << out.str();
  EXPECT_NE(fake.asked().back().find(R"("known":["S1"],"dry_run":true)"), std::string::npos) << fake.asked().back();
  EXPECT_LT(fake.asked().back().find(R"("code":"P1")"), fake.asked().back().find(R"("code":"P0")")) << "bundles stand behind their parts";
}

TEST_F(ImportTest, AFileOfWhichNothingIsLeftIsAnError) {
  with_daemon().answer("/api/v1/import", R"({"created":0})");
  file = {};
  file.refused = {Json::object({{"line", 2}, {"column", ""}, {"reason", "no SKU"}})};
  EXPECT_EQ(import(), exit_error);
}

TEST_F(ImportTest, ShowsABarOnATerminalAndJsonLinesToAProgram) {
  with_daemon().answer("/api/v1/import", R"({"created":1})");
  console.live = true;
  EXPECT_EQ(import(), exit_ok);
  EXPECT_TRUE(complained("200/250")) << err.str();
  EXPECT_TRUE(complained("█"));
  EXPECT_EQ(import({"--json"}), exit_ok);
  EXPECT_TRUE(printed(R"({"progress":"importing","done":200,"total":250})")) << out.str();
  EXPECT_EQ(err.str(), "");
  EXPECT_EQ(json_out().integer_or("products"), 250);
}

TEST_F(ImportTest, GoesStraightIntoTheStoreWhereNoDaemonRuns) {
  std::size_t products = 0;
  int closed = 0;
  parts.open_offline = [&](const std::filesystem::path&) -> Result<Offline> {
    return Offline{.import = [&](const Json& chunk, const std::string& author) -> Result<Json> {
                     EXPECT_FALSE(author.empty());
                     products += chunk.find("products")->as_array().size();
                     closed += chunk.bool_or("close") ? 1 : 0;
                     return Json::object({{"created", static_cast<std::uint64_t>(chunk.find("products")->as_array().size())}});
                   },
                   .plan = {}};
  };
  EXPECT_EQ(import(), exit_ok) << err.str();
  EXPECT_EQ(products, 250u);
  EXPECT_EQ(closed, 1);
}

TEST_F(ImportTest, AStopInTheMiddleSaysHowFarItCame) {
  FakeDaemon& fake = with_daemon();
  fake.answer("/api/v1/import", R"({"created":200})");
  fake.refuse("/api/v1/import", 503, "locked", "the disk is full");
  EXPECT_EQ(import(), exit_locked);
  EXPECT_TRUE(complained("the disk is full"));
  EXPECT_TRUE(complained("200 products were taken"));
}

TEST_F(ImportTest, AFileThatIsNotThereIsSaidBeforeAnythingElse) {
  EXPECT_EQ(tallyd({"import", "nowhere.csv"}), exit_error);
  EXPECT_TRUE(complained("nowhere.csv"));
}

}  // namespace
}  // namespace tally::cli::test
