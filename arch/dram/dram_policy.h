// The rules by which a memory controller orders requests and commands.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workloads/input/node.h"

namespace orrery {

struct DramPolicy {
  enum class Page : std::uint8_t { kOpen, kClosed };
  enum class Order : std::uint8_t { kFrFcfs, kInOrder };
  // Among banks with a command that can issue: the one of the oldest request, or the next bank.
  enum class Arbiter : std::uint8_t { kOldest, kRoundRobin };
  // When a request may close a row that others opened.
  enum class Close : std::uint8_t { kNoHitWaits, kNoOlderHit, kReady };
  enum class Drain : std::uint8_t { kWatermark, kSnapshot };
  enum class Refresh : std::uint8_t { kAllBank, kPerBank, kNone };
  enum class RefreshClose : std::uint8_t { kAllBanks, kEachBank };
  enum class RefreshHolds : std::uint8_t { kRank, kChannel };

  std::string name, description;
  Page page = Page::kOpen;
  Order order = Order::kFrFcfs;
  Arbiter arbiter = Arbiter::kOldest;
  Close close = Close::kNoHitWaits;
  int hit_cap = 4;
  int read_queue = 32, write_queue = 32, bank_queue = 0;
  Drain drain = Drain::kWatermark;
  int drain_start = 26, drain_stop = 7, drain_idle = 1;
  bool reserve_activated = false, merge_reads = true, posted_writes = false;
  Refresh refresh = Refresh::kAllBank;
  bool refresh_staggered = true;
  RefreshClose refresh_close = RefreshClose::kAllBanks;
  RefreshHolds refresh_holds = RefreshHolds::kRank;
  int power_down_after = 0;
  template <class V>
  void fields(V& v);
  bool operator==(const DramPolicy&) const = default;
};

// Reads and validates; throws InputError with file:line.
DramPolicy read_dram_policy(const std::filesystem::path& path);
// Every field as a Markdown table.
std::string document_dram_policy();

}  // namespace orrery
