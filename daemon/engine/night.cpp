#include "engine/night.hpp"

#include "engine/lane.hpp"
#include "store/inbox.hpp"
#include "store/journal.hpp"

#include <algorithm>

namespace tally::engine {
namespace {

using store::Session;

constexpr const char* night = "night";  ///< the cursor: until when the platform's list was read so, and when that began here
constexpr Duration between_nights{86400000};
constexpr Duration furthest{7LL * 86400000};  ///< how far back is read after a long stop
constexpr Duration after_a_start{600000};     ///< first what is urgent
constexpr Duration after_a_failure{3600000};

/// So that not all channels begin in the same minute.
Duration own_minute(ChannelNo channel) {
  return Duration(60000) * (channel.value % 60);
}

}  // namespace

/// Nothing where it is not time; a channel that was never read so begins a day after it came.
Result<void> Lane::begin_night() {
  const Time now = world_.clock.now(), there = channel_->clock.theirs(now) - channel_->clock.doubt;
  std::optional<store::Cursor> last;
  auto read = world_.store.read([&](Session& session) -> Result<void> {
    last = store::get_cursor(session, channel_->no, night);
    return {};
  });
  if (!read) return read;
  if (!last) {
    const Time first = now + own_minute(channel_->no);
    next_night_ = first + between_nights;
    return world_.store.write([&](Session& session) -> Result<void> {
      store::set_cursor(session, channel_->no, night, std::to_string(to_ms(there)), first);
      return {};
    });
  }
  next_night_ = std::max(last->at + between_nights, born_ + after_a_start + own_minute(channel_->no));
  if (next_night_ > now) return {};
  const auto& facts = channel_->facts;
  const Time unread = std::min(there - facts.nightly_overlap, from_ms(std::stoll(last->value)) - facts.order_overlap);
  night_ = NightReading{now, there, std::max(unread, there - std::max(facts.nightly_overlap, furthest)) - facts.order_lag};
  return {};
}

Result<std::optional<Call>> Lane::next_night() {
  const Time now = world_.clock.now();
  const auto& facts = channel_->facts;
  if (!facts.reads_orders || !facts.has_order_list || facts.nightly_overlap == Duration(0)) return std::optional<Call>();
  if (reading_again_ || list_failed_ || complete_.began == long_ago || now < next_night_) return std::optional<Call>();
  if (!night_) {
    if (auto begun = begin_night(); !begun) return begun.error();
    if (!night_) return std::optional<Call>();
  }
  if (const auto closed = closed_until(night_->by_placed ? "read_placed_orders" : "read_orders")) {
    next_night_ = *closed;
    return std::optional<Call>();
  }
  Call call = make(Call::Kind::read_again, false);
  call.want.what = channel::Want::What::orders;
  call.want.by_placed = night_->by_placed;
  call.want.cursor = night_->cursor;
  call.want.since = night_->since;
  if (night_->by_placed) call.want.until = night_->began_there + channel_->margin();
  reading_again_ = true;
  return std::optional<Call>(std::move(call));
}

Result<void> Lane::finish_night(const Call& call, Outcome& outcome) {
  reading_again_ = false;
  auto& page = *outcome.page;
  if (!night_) return {};  // a reload came between
  if (const auto until = page ? std::nullopt : put_off(call, page.error())) {
    next_night_ = *until;
    return {};
  }
  if (!page) {
    const Error& error = page.error();
    world_.log.warning(
        "orders could not be read again for the night",
        {{"channel", channel_->config.name}, {"part", night_->by_placed ? "by placing" : "by change"}, {"reason", error.text()}});
    // Where the platform was busy its page is asked for again; another answer may be to the cursor, so it begins anew.
    if (error.fault != Fault::throttled && error.fault != Fault::transient) night_.reset();
    next_night_ = world_.clock.now() + std::max(error.retry_after.value_or(after_a_failure), after_a_failure);
    return {};
  }
  Brought brought;
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    brought = {};
    if (auto done = store_documents(session, page->documents, brought); !done) return done;
    ask_for_what_lacks(session, brought);
    return {};
  });
  if (!written) return written;  // the page is read again
  remember_unread(brought);
  night_->different += brought.stored;
  night_->cursor = page->cursor;
  if (!night_->cursor.empty()) return {};
  if (!night_->by_placed && channel_->facts.changes_unseen && channel_->facts.lists_placed_orders) {
    night_->by_placed = true;
    return {};
  }
  return end_night();
}

Result<void> Lane::end_night() {
  const Time now = world_.clock.now();
  const NightReading done = *night_;
  auto written = world_.store.write([&](Session& session) -> Result<void> {
    store::set_cursor(session, channel_->no, night, std::to_string(to_ms(done.began_there)), done.began);
    if (done.different == 0) return {};
    const Json detail = Json::object({{"orders", static_cast<std::int64_t>(done.different)}});
    store::journal(session, {0, now, "orders.read_again", night, channel_->no, "", detail.dump()});
    return {};
  });
  night_.reset();
  next_night_ = written ? done.began + between_nights : now + after_a_failure;
  return written;
}

}  // namespace tally::engine
