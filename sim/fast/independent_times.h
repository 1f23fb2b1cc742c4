// The times of an array of independent PEs.
#pragma once

#include <deque>
#include <unordered_map>

#include "sim/fast/array_times.h"
#include "sim/fast/form.h"

namespace orrery {

// A pass depends on those before it only by how long their psums are still on their way out.
class IndependentTimes : public ArrayTimes {
 public:
  IndependentTimes(const Machine& machine, const Layer& layer, const Mapping& mapping);

  int sort(const Step& step) override;
  int pes(int sort) const override { return at(sort).pes; }
  bool shadows(int) const override { return false; }
  std::int64_t fill_cycles(int) const override { return 0; }
  PassTimes play(int sort, std::int64_t fill_begin, std::int64_t begin) override;
  void finish(std::int64_t) override {}
  const PassRecord& totals() const override { return totals_; }
  void append_state(std::vector<std::int64_t>& to, std::int64_t now) const override;
  void shift(std::int64_t cycles) override { over_ += cycles; }

 private:
  struct Sort {
    Step step;             // one of them
    std::size_t pass = 0;  // compiled
    int pes = 0;
    // By the cycles until the psums of earlier passes are out.
    std::unordered_map<std::int64_t, PassRecord> record;
  };

  const Sort& at(int sort) const { return sorts_[static_cast<std::size_t>(sort)]; }
  PassRecord play(const Sort& sort, std::int64_t psums_from);
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
  std::int64_t over_ = 0;  // core cycle in which the passes so far are over
  int last_pes_ = 0;
  PassRecord totals_;
};

}  // namespace orrery
