// How long transfers take on link and DRAM, remembered by their form.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "arch/counts/counts.h"
#include "sim/fast/form.h"
#include "sim/fast/transfer_parts.h"
#include "sim/machine/clocks.h"
#include "sim/machine/dram_device.h"

namespace orrery {

class TransferTimes {
 public:
  TransferTimes(const Machine& machine, const Layer& layer, const Mapping& mapping,
                const ClockDomains& clocks, const LinkValues* values);

  // Transfers of one kind and form are alike: a number for each such sort. Where tensors lie tiled
  // it matters too where a tile begins, and each coded tile is a sort of its own.
  int sort(const TransferOrder& transfer);
  // Whether transfers of one form may take different times.
  bool by_place() const {
    return tiled_ || parts_.codes(TransferKind::kLoadIfmap) ||
           parts_.codes(TransferKind::kStoreOfmap);
  }
  // Of a machine whose DRAM names a standard.
  std::vector<Burst> bursts(const TransferOrder& transfer) const { return parts_.bursts(transfer); }
  // Ticks of post-processing.
  std::int64_t post_ticks(int sort) const {
    return sorts_[static_cast<std::size_t>(sort)].post_cycles * clocks_.core.period;
  }
  // What moving one of them counts.
  const Counts& counts(int sort) const { return sorts_[static_cast<std::size_t>(sort)].counts; }
  const LinkCode& code(int sort) const { return sorts_[static_cast<std::size_t>(sort)].code; }
  // The link edge with which a transfer ends that begins on link edge `begin`, its words behind
  // those that pass the link until `link_free`.
  std::int64_t end(int sort, std::int64_t begin, std::int64_t link_free, DramDevice& dram);

 private:
  // Spans of so many words, so many times after one another.
  struct Stretch {
    std::int64_t words = 0, times = 0;
  };
  struct Sort {
    std::vector<Stretch> stretches;
    std::int64_t post_cycles = 0;  // core cycles of post-processing, or of a decoder's words
    Counts counts;
    LinkCode code;
  };
  // What of the past a transfer meets, in ticks from its begin.
  struct Meets {
    int sort = 0;
    std::int64_t link = 0;
    DramDevice::Moment dram;
    bool operator==(const Meets&) const = default;
  };
  struct MeetsHash {
    std::size_t operator()(const Meets& m) const;
  };
  struct Takes {
    std::int64_t ticks = 0;
    DramDevice::Moment dram;  // left behind, as seen from the begin
  };

  Sort make(const TransferOrder& transfer) const;
  void count_coded_ifmap(Sort& sort, const CodedWords& code) const;
  void count_ofmap(Sort& sort, const Box& box, std::int64_t made) const;
  void count_planes(Sort& sort, const Box& box, std::int64_t taken, std::int64_t made) const;
  Takes play(const Sort& sort, const Meets& meets) const;

  const Machine& machine_;
  const Layer& layer_;
  const ClockDomains& clocks_;
  TransferParts parts_;
  bool tiled_ = false;
  std::unordered_map<Form, int, FormHash> sort_of_;
  std::map<std::array<std::int32_t, std::size_t{2} * kDims + 1>, int> sort_at_;  // of tiled ones
  std::vector<Sort> sorts_;
  std::unordered_map<Meets, Takes, MeetsHash> takes_;
};

}  // namespace orrery
