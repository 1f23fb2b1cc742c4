#include "sim/cycle/accelerator.h"

namespace orrery {

Accelerator::Accelerator(const sc_core::sc_module_name& name) : sc_module(name) {
  controller_.passes(passes_);
  array_.orders(passes_);
  controller_.transfers(transfers_);
  dma_.orders(transfers_);
}

OperandTensor Accelerator::play(Job& job) {
  array_.configure(job);
  dma_.configure(job);
  dma_.put_operands();
  job.start = sc_core::sc_time_stamp();
  controller_.play(job);
  sc_core::sc_start();
  job.end = job.now();
  return dma_.take_ofmap();
}

}  // namespace orrery
