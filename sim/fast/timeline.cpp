#include "sim/fast/timeline.h"

#include <algorithm>

namespace orrery {

Timeline::Timeline(const Machine& machine, const Layer& layer, const Mapping& mapping,
                   const FastOptions& options)
    : machine_(machine),
      layer_(layer),
      clocks_(machine),
      transfer_times_(machine, layer, mapping, clocks_, options.values),
      dma_(machine, layer, clocks_, transfer_times_),
      array_(mapping.nest.empty() ? nullptr : array_times(machine, layer, mapping, options.memory)),
      sequencer_(layer, mapping, machine, *this) {
  // What a memory does depends on addresses; where tensors lie tiled requests do, and codes depend
  // on values.
  const bool alike = !machine.dram.setup && !transfer_times_.by_place();
  if (options.folds && array_ != nullptr && alike) fold_.emplace();
}

LayerResult Timeline::play(
    const std::function<void(std::int64_t done, std::int64_t of)>& progress) {
  progress_ = &progress;
  sequencer_.play();
  finish_until(cycle());
  LayerResult result;
  result.cycles = static_cast<std::uint64_t>(cycle());
  result.stalls = sequencer_.stalls();
  const Fold::Sums all = sums();
  result.pass_cycles = static_cast<std::uint64_t>(all.record.cycles);
  result.steps = static_cast<std::uint64_t>(all.record.steps);
  result.pe_cycles = all.record.pe_cycles;
  result.before_mac = all.record.before_mac;
  result.counts = all.record.counts;
  result.counts += all.moved;
  result.passes = static_cast<std::uint64_t>(all.passes);
  result.active_pes = most_pes_;
  result.active_pes_mean = static_cast<double>(all.active_pes);
  result.link_code = dma_.link_code();
  result.dram = dma_.memory_use(now_);
  return result;
}

void Timeline::order(const TransferOrder& transfer) {
  DmaTimeline::Waiting waiting{.number = transfer.number,
                               .sort = transfer_times_.sort(transfer),
                               .pass = transfer.pass,
                               .ready = now_,
                               .until_done = transfer.after,
                               .bursts = {}};
  // A pass that is not known yet will be; one that is not among the known is over.
  if (transfer.after_fill > latest_pass_) waiting.until_filled = transfer.after_fill;
  if (transfer.after_pass > latest_pass_) waiting.until_over = transfer.after_pass;
  for (const KnownPass& pass : known_) {
    if (pass.number == transfer.after_fill) waiting.ready = std::max(waiting.ready, pass.filled);
    if (pass.number == transfer.after_pass) waiting.ready = std::max(waiting.ready, pass.over);
  }
  if (machine_.dram.setup) waiting.bursts = transfer_times_.bursts(transfer);
  dma_.order(std::move(waiting));
  latest_transfer_ = transfer.number;
}

void Timeline::order(const PlannedPass& pass) {
  const int sort = array_->sort(pass.step);
  const std::int64_t ordered = std::max(cycle(), stages_.read);
  now_ = std::max(now_, ordered * clocks_.core.period);
  const std::int64_t read = std::max(ordered, stages_.shadowed);
  const bool shadows = array_->shadows(sort);
  const std::int64_t shadowed = read + (shadows ? array_->fill_cycles(sort) : 0);
  const std::int64_t begin = std::max({shadowed, stages_.begun, stages_.handed});
  finish_until(begin);
  const PassTimes times = array_->play(sort, read, begin);
  const std::int64_t filled = shadows ? shadowed : times.filled;
  stages_ = {.read = read,
             .shadowed = std::max(begin, filled),
             .begun = begin,
             .handed = shadows ? times.handed : std::max(times.filled, times.handed),
             .done = std::max(times.done, stages_.done)};
  ends_.push_back(stages_.done);
  forget_passes();
  known_.push_back({pass.number, filled * clocks_.core.period, stages_.done * clocks_.core.period});
  dma_.pass_is_known(pass.number, known_.back().filled, known_.back().over);
  latest_pass_ = pass.number;
  const int pes = array_->pes(sort);
  most_pes_ = std::max(most_pes_, pes);
  active_pes_ += static_cast<std::uint64_t>(pes);
}

void Timeline::wait_for_transfer(TransferNumber transfer) {
  now_ = std::max(now_, dma_.seen(transfer));
  dma_.forget(now_);
}

void Timeline::wait_for_pass(PassNumber pass) {
  for (const KnownPass& known : known_) {
    if (known.number == pass) now_ = std::max(now_, known.over);
  }
}

void Timeline::finish_until(std::int64_t cycle) {
  for (; !ends_.empty() && ends_.front() <= cycle; ends_.pop_front()) array_->finish(ends_.front());
}

void Timeline::forget_passes() {
  finish_until(cycle());
  while (!known_.empty() && known_.front().over <= now_) known_.pop_front();
}

std::optional<std::int64_t> Timeline::array_idle_since() const {
  if (stages_.done * clocks_.core.period > now_) return {};
  return stages_.done;
}

void Timeline::report(std::int64_t done, std::int64_t of) {
  if (*progress_) (*progress_)(done, of);
}

}  // namespace orrery
