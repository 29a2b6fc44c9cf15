// `tallyd product pin`, `undo` and saved plans before a daemon that answers what the test says.
#include "desk.hpp"

namespace tally::cli::test {
namespace {

class PinCommands : public CliTest {
 protected:
  std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static constexpr const char* plan =
      R"({"empty":false,"digest":"12ab","store":"5e","made_at":"2026-11-27T10:00:00Z","expires_at":"2026-11-28T10:00:00Z","totals":[],"items":[)"
      R"({"channel":"shop","action":"price","thing":"P","sku":"A","before":"10.00 EUR","after":"12.50 EUR","cause":"pinned by anna","held":false,)"
      R"("pinned":"pinned by anna","state":"aa"},)"
      R"({"channel":"shop","action":"stock","thing":"B","sku":"B","before":3,"after":2,"cause":"adjust:1","held":true,"state":"bb"}]})";
};

TEST_F(PinCommands, APinIsSentAsItIsSaidAndShown) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/pins",
              R"({"items":[{"channel":"shop","aspect":"price","thing":"A","value":"12.50 EUR","author":"anna","at":"x"}]})");
  EXPECT_EQ(tallyd({"product", "pin", "A", "--channel", "shop", "--price", "12.50", "--until", "2026-11-27T18:00:00+01:00"}), exit_ok)
      << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/pins {"sku":"A","channel":"shop","price":"12.50","until":"2026-11-27T18:00:00+01:00"})");
  EXPECT_TRUE(printed("12.50 EUR")) << out.str();
}

TEST_F(PinCommands, UnpinningNamesOneSkuOrAllOfThem) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/pins/clear", R"({"cleared":2,"held":["12ab12ab12ab"]})");
  EXPECT_EQ(tallyd({"product", "unpin", "--channel", "shop"}), exit_error);
  EXPECT_EQ(tallyd({"product", "unpin", "A", "--all", "--channel", "shop"}), exit_error);
  EXPECT_TRUE(fake.asked().empty());
  EXPECT_EQ(tallyd({"product", "unpin", "--all", "--channel", "shop"}), exit_guard);
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/pins/clear {"channel":"shop","all":true})");
  EXPECT_TRUE(printed("tallyd release 12ab12ab12ab")) << out.str();
}

TEST_F(PinCommands, AnUndoSaysWhatItPinsWhatItDoesNotKnowAndThatStockStays) {
  auto& fake = with_daemon();
  fake.answer(
      "/api/v1/undo",
      R"({"to":"T","prices":1,"contents":1,"cause":"undo:3","held":[],"unknowns":1,)"
      R"("items":[{"aspect":"price","thing":"A","from":"12.00 EUR","to":"10.00 EUR"},{"aspect":"content","thing":"P","fields":["title"]}],)"
      R"("unknown":[{"aspect":"price","thing":"N","why":"no price of it was confirmed there by then"}]})");
  EXPECT_EQ(tallyd({"undo", "--channel", "shop", "--to", "2026-11-27T10:00:00Z", "--aspect", "price"}), exit_partly) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/undo {"channel":"shop","to":"2026-11-27T10:00:00Z","aspect":"price"})");
  for (const auto* text : {"12.00 EUR → 10.00 EUR", "title", "price of N", "tallyd stock reverse CAUSE", "unpin --all --channel shop"})
    EXPECT_TRUE(printed(text)) << text << "\n" << out.str();
}

TEST_F(PinCommands, ADryRunOfAnUndoEndsWith2WhenSomethingWouldChange) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/undo", R"({"to":"T","prices":1,"contents":0,"held":[],"unknowns":0,"items":[],"unknown":[]})");
  EXPECT_EQ(tallyd({"undo", "--channel", "shop", "--to", "T", "--dry-run"}), exit_changes);
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/undo {"channel":"shop","to":"T","dry_run":true})");
  EXPECT_TRUE(printed("would be pinned")) << out.str();
}

TEST_F(PinCommands, ASavedPlanIsAppliedLineByLineAndADroppedOneEndsWith3) {
  auto& fake = with_daemon();
  fake.answer("/api/v1/plan", plan);
  const auto file = folder / "plan.jsonl";
  EXPECT_EQ(tallyd({"plan", "--save", file.string()}), exit_changes) << err.str();
  EXPECT_TRUE(printed("(pinned)")) << out.str();
  const std::string saved = text_of(file);
  EXPECT_EQ(std::count(saved.begin(), saved.end(), '\n'), 3) << saved;
  fake.answer(
      "/api/v1/plan/apply",
      R"({"applied":1,"held":[],"moved":[{"channel":"shop","action":"stock","sku":"B","why":"what it was made from has changed"}]})");
  EXPECT_EQ(tallyd({"plan", "--apply", file.string()}), exit_partly) << err.str();
  EXPECT_EQ(fake.asked().back(), R"(POST /api/v1/plan/apply {"store":"5e","made_at":"2026-11-27T10:00:00Z","lines":[)"
                                 R"({"channel":"shop","action":"price","thing":"P","sku":"A","state":"aa"},)"
                                 R"({"channel":"shop","action":"stock","thing":"B","sku":"B","state":"bb"}]})");
  EXPECT_TRUE(printed("shop stock B: what it was made from has changed")) << out.str();
}

TEST_F(PinCommands, AFileThatIsNoPlanIsRefusedWithItsLine) {
  auto& fake = with_daemon();
  const auto file = folder / "plan.jsonl";
  std::ofstream(file) << R"({"tallyd_plan":1,"store":"5e","made_at":"x"})"
                      << "\n{\"channel\":\"shop\"}\n";
  EXPECT_EQ(tallyd({"plan", "--apply", file.string()}), exit_error);
  EXPECT_TRUE(complained("plan.jsonl:2")) << err.str();
  std::ofstream(file, std::ios::trunc) << "sku,price\n";
  EXPECT_EQ(tallyd({"sync", "--plan", file.string()}), exit_error);
  EXPECT_TRUE(complained("plan.jsonl:1")) << err.str();
  EXPECT_EQ(tallyd({"plan", "--apply", (folder / "none").string()}), exit_error);
  EXPECT_EQ(tallyd({"plan", "--save", (folder / "no" / "plan").string()}), exit_error);
  for (const auto& asked : fake.asked()) EXPECT_EQ(asked.find("POST"), std::string::npos) << asked;
}

}  // namespace
}  // namespace tally::cli::test
