// The fields of a controller's policy: names, units, ranges and meanings.
#pragma once

#include "arch/dram/dram_policy.h"
#include "workloads/input/fields.h"

namespace orrery {

template <>
struct EnumNames<DramPolicy::Page> {
  static constexpr std::array kNames{std::pair{DramPolicy::Page::kOpen, "open"},
                                     std::pair{DramPolicy::Page::kClosed, "closed"}};
};
template <>
struct EnumNames<DramPolicy::Order> {
  static constexpr std::array kNames{std::pair{DramPolicy::Order::kFrFcfs, "fr_fcfs"},
                                     std::pair{DramPolicy::Order::kInOrder, "in_order"}};
};
template <>
struct EnumNames<DramPolicy::Arbiter> {
  static constexpr std::array kNames{std::pair{DramPolicy::Arbiter::kOldest, "oldest"},
                                     std::pair{DramPolicy::Arbiter::kRoundRobin, "round_robin"}};
};
template <>
struct EnumNames<DramPolicy::Close> {
  static constexpr std::array kNames{std::pair{DramPolicy::Close::kNoHitWaits, "no_hit_waits"},
                                     std::pair{DramPolicy::Close::kNoOlderHit, "no_older_hit"},
                                     std::pair{DramPolicy::Close::kReady, "ready"}};
};
template <>
struct EnumNames<DramPolicy::Drain> {
  static constexpr std::array kNames{std::pair{DramPolicy::Drain::kWatermark, "watermark"},
                                     std::pair{DramPolicy::Drain::kSnapshot, "snapshot"}};
};
template <>
struct EnumNames<DramPolicy::Refresh> {
  static constexpr std::array kNames{std::pair{DramPolicy::Refresh::kAllBank, "all_bank"},
                                     std::pair{DramPolicy::Refresh::kPerBank, "per_bank"},
                                     std::pair{DramPolicy::Refresh::kNone, "none"}};
};
template <>
struct EnumNames<DramPolicy::RefreshClose> {
  static constexpr std::array kNames{std::pair{DramPolicy::RefreshClose::kAllBanks, "all_banks"},
                                     std::pair{DramPolicy::RefreshClose::kEachBank, "each_bank"}};
};
template <>
struct EnumNames<DramPolicy::RefreshHolds> {
  static constexpr std::array kNames{std::pair{DramPolicy::RefreshHolds::kRank, "rank"},
                                     std::pair{DramPolicy::RefreshHolds::kChannel, "channel"}};
};

// A line for each field.
template <class V>
void DramPolicy::fields(V& v) {  // NOLINT(readability-function-size)
  v.field("name", name, {.doc = "name of the policy"});
  v.field("description", description, {.doc = "one line"});
  v.field(
      "page", page,
      {.doc = "closed: the last burst for which a request waits closes the row", .optional = true});
  v.field("order", order,
          {.doc = "fr_fcfs: what is ready goes first; in_order: only the oldest request is served",
           .optional = true});
  v.field("arbiter", arbiter,
          {.doc = "among banks with a command that can issue: that of the oldest request, or the "
                  "next bank after the last served",
           .optional = true});
  v.field("close", close,
          {.doc = "who may close a row. no_hit_waits: the oldest request of a bank, when none that "
                  "hits waits there, or hit_cap bursts have hit; no_older_hit: one that is older "
                  "than all hits; ready: any whose precharge is ready first",
           .optional = true});
  v.field("hit_cap", hit_cap,
          {.doc = "bursts of a row after which others may close it",
           .min = 1,
           .max = 1 << 20,
           .optional = true});
  const auto queue = [&](const char* key, int& member, const char* doc, int least, int most) {
    v.field(key, member,
            {.doc = doc,
             .unit = "request",
             .min = static_cast<double>(least),
             .max = static_cast<double>(most),
             .optional = true});
  };
  queue("read_queue", read_queue, "reads that wait", 1, 1024);
  queue("write_queue", write_queue, "writes that wait", 1, 1024);
  queue("bank_queue", bank_queue,
        "queues of single banks behind these two, filled by one request a clock; 0: none", 0, 64);
  v.field("drain", drain,
          {.doc = "writes go first until fewer than drain_stop wait (and reads do), or until as "
                  "many went as waited at first",
           .optional = true});
  queue("drain_start", drain_start, "writes go first when so many wait", 1, 1024);
  queue("drain_stop", drain_stop, "reads go first again when fewer writes wait", 0, 1024);
  queue("drain_idle", drain_idle, "writes go when no reads wait and so many writes do", 1, 1024);
  v.field("reserve_activated", reserve_activated,
          {.doc = "a request whose row was opened for it leaves its queue, goes before all others, "
                  "and keeps its bank open",
           .optional = true});
  v.field("merge_reads", merge_reads,
          {.doc = "a read of an address that waits to be read shares its burst", .optional = true});
  v.field("posted_writes", posted_writes,
          {.doc = "a write is done when it has been taken; a few may stay in the queue for good",
           .optional = true});
  v.field("refresh", refresh, {.doc = "what a refresh is for", .optional = true});
  v.field("refresh_staggered", refresh_staggered,
          {.doc = "ranks are refreshed one after the other, not at once", .optional = true});
  v.field("refresh_close", refresh_close,
          {.doc = "before a refresh: one command for all banks, or one for each that is open",
           .optional = true});
  v.field("refresh_holds", refresh_holds,
          {.doc = "where requests wait while a refresh is due", .optional = true});
  v.field("power_down_after", power_down_after,
          {.doc = "clocks without a request until a rank is powered down; 0: never",
           .unit = "clock",
           .min = 0,
           .max = 1 << 24,
           .optional = true});
}

}  // namespace orrery
