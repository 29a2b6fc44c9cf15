// What the rules of stock remember: quotas with what was drawn from them, and buffers that follow sales.
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tally::store {

class Session;

/// Units that are set aside for one offer from a moment until another.
struct Quota {
  std::int64_t no = 0;
  ChannelNo channel;
  VariantNo variant;  ///< of the offer; may be a bundle
  Quantity units = 0;
  Time from, until;
  std::string state = "planned";  ///< planned, running, ended
  std::string author;
  bool by_file = false;  ///< stands in the channel's file
  Quantity drawn = 0;    ///< by the channel's orders that were placed in its time

  Quantity left() const { return drawn < units ? units - drawn : 0; }
};

/// A new row; its number.
std::int64_t add_quota(Session& session, const Quota& quota);
/// Its units, its end and its state.
void update_quota(Session& session, const Quota& quota);
std::optional<Quota> get_quota(Session& session, std::int64_t no);
/// Of one offer, whatever their state, in order of their numbers.
std::vector<Quota> quotas_of(Session& session, ChannelNo channel, VariantNo variant);
/// The newest first, at most `limit`; of one channel's file only, where a channel is given.
std::vector<Quota> quotas(Session& session, std::optional<ChannelNo> by_file_of, std::size_t limit);

/// What a running quota sets aside, frozen when it began; `set_parts` with none ends that. Answers the variants of which it set aside until
/// then.
struct QuotaPart {
  VariantNo variant;
  Quantity each = 1;
};
std::vector<VariantNo> set_parts(Session& session, std::int64_t quota, const std::vector<QuotaPart>& parts);
/// Units of a variant that a running quota sets aside.
struct SetAside {
  ChannelNo channel;
  VariantNo offer;
  Quantity units = 0;
};
std::vector<SetAside> set_aside_of(Session& session, VariantNo variant);

void forget_drawn(Session& session, OrderNo order);
void set_drawn(Session& session, std::int64_t quota, OrderNo order, Quantity units);

struct SalesBuffer {
  VariantNo variant;
  Quantity units = 0;
};
Quantity sales_buffer(Session& session, ChannelNo channel, VariantNo variant);
std::vector<SalesBuffer> sales_buffers(Session& session, ChannelNo channel);
/// 0 forgets it.
void set_sales_buffer(Session& session, ChannelNo channel, VariantNo variant, Quantity units);
/// Units that orders took since a moment (goods that came back do not count against them), by variant.
std::vector<SalesBuffer> sold_since(Session& session, Time since);

}  // namespace tally::store
