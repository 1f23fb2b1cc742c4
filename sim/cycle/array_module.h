// The PE array with its NoC, as a module: plays the passes that the controller orders, on the core
// clock.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <systemc>

#include "sim/cycle/job.h"

namespace orrery {

// Inside a pass nothing depends on the rest of the machine (GLB banks belong to one tensor, DMA has
// its own slot), so the array plays its cycles in one go up to the next point that others wait for,
// and then lets that many clocks pass.
class ArrayModule : public sc_core::sc_module {
 public:
  sc_core::sc_fifo_in<PassPtr> orders;

  explicit ArrayModule(const sc_core::sc_module_name& name);
  void configure(Job& job);

 private:
  void run();
  void play(PassOrder& order);
  const Pass& compiled(const Box& pass);
  PassTiles tiles(const Step& step);
  void note(const Pass& pass, const PassRecord& record);

  Job* job_ = nullptr;
  std::optional<Array> array_;
  // Passes over boxes of one size are alike.
  std::map<std::array<int, kDims>, Pass> passes_;
};

}  // namespace orrery
