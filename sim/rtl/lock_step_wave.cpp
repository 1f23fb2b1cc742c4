#include "sim/rtl/lock_step_wave.h"

#include <limits>
#include <utility>

#include "sim/rtl/lock_step_driver.h"
#include "sim/rtl/vcd.h"

namespace orrery {
namespace {

class LockStepWave {
 public:
  LockStepWave()
      : state_(vcd_.add("state", 3)),
        ifmap_(vcd_.add("ifmap_bus", 1)),
        filter_(vcd_.add("filter_bus", 1)),
        psum_in_(vcd_.add("psum_in_bus", 1)),
        psum_out_(vcd_.add("psum_out_bus", 1)),
        psum_(vcd_.add("psum_out_last_psum", 32)) {
    set(state_, 0, static_cast<std::uint32_t>(PeState::kDone));
  }

  void add(const LockStepLog::Pass& pass) {
    for (const std::int64_t cycle : pass.steps) {
      set(state_, cycle, static_cast<std::uint32_t>(PeState::kMac));
      end(state_, cycle + 1, static_cast<std::uint32_t>(PeState::kDone));
    }
    for (const LockStepLog::Wait& wait : pass.waits)
      set(state_, wait.from, static_cast<std::uint32_t>(wait.state));
    for (const auto& [signal, transfers] : {std::pair{ifmap_, &pass.operands[0]},
                                            {filter_, &pass.operands[1]},
                                            {psum_in_, &pass.psums_in},
                                            {psum_out_, &pass.psums_out}}) {
      for (const LockStepLog::Transfer& t : *transfers) {
        set(signal, t.begin, 1);
        end(signal, t.end, 0);
      }
    }
    for (const LockStepLog::Psum& psum : pass.psums)
      set(psum_, psum.cycle, static_cast<std::uint32_t>(psum.value));
  }

  void write(const std::filesystem::path& file) const {
    vcd_.write(file, std::numeric_limits<std::int64_t>::max());
  }

 private:
  void set(int signal, std::int64_t cycle, std::uint32_t value) {
    vcd_.set(LockStepDriver::wave_time(cycle), signal, value);
  }
  // Unless something begins there.
  void end(int signal, std::int64_t cycle, std::uint32_t value) {
    vcd_.set_default(LockStepDriver::wave_time(cycle), signal, value);
  }

  Vcd vcd_;
  int state_, ifmap_, filter_, psum_in_, psum_out_, psum_;
};

}  // namespace

void write_wave(const std::filesystem::path& file, const LockStepLog& log) {
  LockStepWave wave;
  for (const LockStepLog::Pass& pass : log.passes) wave.add(pass);
  wave.write(file);
}

}  // namespace orrery
