#include "sim/cycle/array_module.h"

#include <algorithm>

namespace orrery {

ArrayModule::ArrayModule(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(ArrayModule);
  SC_THREAD(run);
}

void ArrayModule::configure(Job& job) {
  job_ = &job;
  array_.emplace(job.machine);
  array_->lose(job.options.lost);
  passes_.clear();
}

void ArrayModule::run() {
  while (true) {
    const PassPtr order = orders->read();
    try {
      play(*order);
    } catch (const DeadlockError& error) {
      job_->failure = error.what();
      order->filled->release();
    }
    order->done.release();
  }
}

void ArrayModule::play(PassOrder& order) {
  const Pass& pass = compiled(order.step.pass);
  const std::int64_t period = job_->clocks.core.period;
  array_->start(pass, job_->machine.arithmetic(job_->layer), tiles(order.step));
  array_->play_fill();
  const std::int64_t filled = array_->record().filled_cycle;
  wait(ticks(filled * period));
  order.filled->release();
  array_->play();
  wait(ticks((array_->record().cycles - filled) * period));
  note(pass, array_->record());
}

const Pass& ArrayModule::compiled(const Box& pass) {
  std::array<int, kDims> size;
  for (const Dim d : kAllDims) size[index(d)] = pass[d].size();
  const auto [it, fresh] = passes_.try_emplace(size);
  if (fresh)
    it->second = compile_pass(job_->layer, job_->machine, job_->mapping, pass, job_->layout);
  return it->second;
}

PassTiles ArrayModule::tiles(const Step& step) {
  const auto offset = [&](Tensor t) {
    const Coordinates from = origin(job_->layer, t, step.pass);
    const Coordinates tile = origin(job_->layer, t, step.tile[index(t)]);
    std::int64_t at = 0;
    for (std::size_t a = 0; a < kAxes; ++a)
      at += (from[a] - tile[a]) * job_->layout[index(t)].stride[a];
    return at;
  };
  Glb& glb = job_->glb;
  const int ifmap = glb.present(Tensor::kIfmap);
  return {.ifmap = glb.words(Tensor::kIfmap, ifmap).data() + offset(Tensor::kIfmap),
          .padding = job_->machine.padding == Padding::kGenerated
                         ? glb.padding(ifmap).data() + offset(Tensor::kIfmap)
                         : nullptr,
          .filter = glb.words(Tensor::kFilter, glb.present(Tensor::kFilter)).data() +
                    offset(Tensor::kFilter),
          .psum = glb.psums(glb.present(Tensor::kPsum)).data() + offset(Tensor::kPsum),
          .read_psums = !step.starts_psums || job_->machine.first_psum == FirstPsum::kRead};
}

void ArrayModule::note(const Pass& pass, const PassRecord& record) {
  LayerResult& result = job_->result;
  const int active = static_cast<int>(pass.pes.size());
  ++result.passes;
  result.pass_cycles += static_cast<std::uint64_t>(record.cycles);
  result.active_pes = std::max(result.active_pes, active);
  result.active_pes_mean += active;
  for (std::size_t i = 0; i < result.pe_cycles.size(); ++i)
    result.pe_cycles[i] += record.pe_cycles[i];
  result.counts += record.counts;
}

}  // namespace orrery
