// A channel that is paused: written down first, then so for everybody who looks.
#include "long_day.hpp"

#include <future>
#include <shared_mutex>

namespace tally::engine {
namespace {

class Pause : public LongDay {
 protected:
  void SetUp() override {
    LongDay::SetUp();
    add_shop("shop", {});
    add_product("A", 5);
    start();
    come_to_rest();
    pass(Duration(300000));
  }
  const std::string& paused() { return core->world().find("shop")->paused; }
  std::string stored() {
    std::string why;
    write([&](store::Session& session) { why = store::all_channels(session).front().paused; });
    return why;
  }
  static Outcome forbidden() {
    Outcome outcome;
    outcome.page.emplace(error(Fault::unauthorized, "the key is not valid"));
    return outcome;
  }
  Call a_read() {
    for (auto& call : decided()) {
      if (call.kind == Call::Kind::read_orders) return call;
      perform_and_answer(call);
    }
    ADD_FAILURE() << "orders are not read";
    return {};
  }
};

TEST_F(Pause, ThatCouldNotBeStoredIsNone) {
  const Call read = a_read();
  disk->fill();
  EXPECT_FALSE(core->finish(read, forbidden()).has_value());
  EXPECT_EQ(paused(), "") << "status would tell of a pause that a restart does not know";
  disk->make_room();
  EXPECT_TRUE(decided().empty()) << "the lane rests";

  live(Duration(5000), [](const Call&) { return forbidden(); });
  EXPECT_NE(paused(), "");
  EXPECT_EQ(stored(), paused());
}

TEST_F(Pause, DoesNotEndInTheMiddleOfALookAtIt) {
  answer(a_read(), forbidden());
  ASSERT_NE(paused(), "");
  std::shared_lock looking(core->world().mutex);
  auto lifted = std::async(std::launch::async, [&] { core->lane(no("shop"))->hurry(); });
  EXPECT_EQ(lifted.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  EXPECT_NE(paused(), "");
  looking.unlock();
  lifted.get();
  EXPECT_EQ(paused(), "");
}

}  // namespace
}  // namespace tally::engine
