// The times of an array of independent PEs.
#pragma once

#include <deque>
#include <unordered_map>

#include "sim/fast/array_times.h"
#include "sim/fast/form.h"
#include "sim/fast/pass_memory.h"

namespace orrery {

// A pass depends on those before it only by how long their psums are still on their way out.
class IndependentTimes : public ArrayTimes {
 public:
  // `memory` may be null.
  IndependentTimes(const Machine& machine, const Layer& layer, const Mapping& mapping,
                   PassMemory* memory);

  int sort(const Step& step) override;
  int pes(int sort) const override { return static_cast<int>(at(sort).pes); }
  bool shadows(int) const override { return false; }
  std::int64_t fill_cycles(int) const override { return 0; }
  PassTimes play(int sort, std::int64_t fill_begin, std::int64_t begin) override;
  void finish(std::int64_t) override {}
  const PassRecord& totals() const override { return totals_; }
  void append_state(std::vector<std::int64_t>& to, std::int64_t now) const override;
  void shift(std::int64_t cycles) override { over_ += cycles; }

 private:
  struct Sort {
    Step step;  // one of them
    Form form;
    std::int64_t pes = 0;  // once it has been played
    // By the cycles until the psums of earlier passes are out.
    std::unordered_map<std::int64_t, PassRecord> record;
  };

  const Sort& at(int sort) const { return sorts_[static_cast<std::size_t>(sort)]; }
  PlayedPass recall(const Sort& sort, std::int64_t psums_from);
  PlayedPass play(const Sort& sort, std::int64_t psums_from);
  const Pass& compiled(const Sort& sort);
  std::vector<std::uint8_t> made_padding(const Step& step) const;

  const Machine& machine_;
  const Layer& layer_;
  const Mapping& mapping_;
  std::array<TileLayout, kTensors> layout_;
  Array array_;
  std::unordered_map<Form, int, FormHash> sort_of_;
  std::vector<Sort> sorts_;
  std::vector<Pass> passes_;  // compiled, by size
  std::unordered_map<Form, std::size_t, FormHash> pass_of_;
  PassMemory* memory_;
  std::string common_;     // of all passes
  std::int64_t over_ = 0;  // core cycle in which the passes so far are over
  std::int64_t last_pes_ = 0;
  PassRecord totals_;
};

}  // namespace orrery
