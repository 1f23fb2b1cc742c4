#include "tests/sim/plain_lock_step.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "tests/sim/plain_lock_pass.h"

namespace orrery::test {
namespace {

// Nothing that an array does takes longer.
constexpr std::int64_t kPatience = 2'000;

class PlainLockStep {
 public:
  PlainLockStep(const Machine& machine, const Layer& layer, const Mapping& mapping, PlainWork work,
                const std::vector<PlainPass>& passes, PlainTensors& tensors, const PlainLoss& loss)
      : machine_(machine), requests_(passes), tensors_(tensors) {
    for (const PlainPass& pass : passes) {
      passes_.push_back(std::make_unique<PlainLockPass>(machine, layer, mapping, work, pass, loss,
                                                        tensors, record_.counts));
      record_.times.push_back({-1, -1, -1, -1, -1});
    }
    const Store& store = machine.store_of(Tensor::kPsum);
    out_width_ = std::min(machine.noc.psum_out.words_per_cycle, store.write_words_per_cycle);
    if (store.accumulates) out_width_ = std::min(out_width_, store.read_words_per_cycle);
  }

  PlainLockRecord play() {
    for (now_ = 0; now_ < last_event_ + kPatience; ++now_) {
      if (left_ == passes_.size() && record_.times.back().done <= now_) {
        record_.ends = true;
        break;
      }
      cycle();
    }
    return record_;
  }

 private:
  PlainTimes& times(std::size_t pass) { return record_.times[pass]; }
  void charge(PeState state, std::size_t pes) {
    record_.pe_cycles[static_cast<std::size_t>(state)] += pes;
  }

  void cycle() {
    open_next();
    if (begun_ > 0 && passes_[begun_ - 1]->has_steps()) {
      step(*passes_[begun_ - 1]);
    } else {
      idle();
    }
    open_next();
    for (std::size_t i = left_; i < passes_.size(); ++i) passes_[i]->move(now_);
    write_psums();
    for (std::size_t i = 0; i < passes_.size(); ++i) {
      passes_[i]->send(now_);
      if (passes_[i]->filling() && passes_[i]->filters_are_sent())
        times(i).filled = std::max(times(i).fill_begin, passes_[i]->filters_free_from());
    }
  }

  // The next pass begins, or its filters begin to move, where nothing forbids it any more.
  void open_next() {
    if (begun_ == passes_.size()) return;
    PlainLockPass& pass = *passes_[begun_];
    const bool first = begun_ == 0;
    if (now_ < requests_[begun_].from) return;
    if (pass.shadows() && !pass.filling()) {
      if (!first && !passes_[begun_ - 1]->filters_are_sent()) return;
      pass.start_fill();
      times(begun_).fill_begin = last_event_ = now_;
    }
    if (!first && (times(begun_ - 1).handed < 0 || times(begun_ - 1).handed > now_)) return;
    if (pass.shadows() && !pass.filters_are_there(now_)) return;
    pass.begin();
    times(begun_).begin = last_event_ = now_;
    if (!pass.shadows()) times(begun_).fill_begin = now_;
    ++begun_;
    open_next();
  }

  void step(PlainLockPass& pass) {
    const LockStep& next = pass.next_step();
    if (const auto need = pass.issue(now_, psums_leaving_)) return charge(*need, pass.pes());
    for (const LockUse& use : next.uses) charge(use.works ? PeState::kMac : PeState::kDone, 1);
    last_event_ = now_;
    if (next.ends_window) ++psums_leaving_;
    if (!pass.has_steps() && machine_.array.pipelined) times(begun_ - 1).handed = now_;
  }

  // No step is left: PEs wait for the filters of the next pass, or for the end of this one.
  void idle() {
    const bool handed =
        begun_ == 0 || (times(begun_ - 1).handed >= 0 && times(begun_ - 1).handed <= now_);
    if (begun_ < passes_.size() && passes_[begun_]->shadows() && passes_[begun_]->filling() &&
        handed && !passes_[begun_]->filters_are_there(now_)) {
      return charge(PeState::kWaitFilter, passes_[begun_]->pes());
    }
    if (begun_ == 0) return;
    const std::int64_t done = times(begun_ - 1).done;
    if (done < 0 || now_ < done) charge(PeState::kDone, passes_[begun_ - 1]->pes());
  }

  // The psum-out bus takes a cycle's worth of words of the first item, if that is ready.
  void write_psums() {
    if (left_ == passes_.size()) return;
    std::deque<OutItem>& out = passes_[left_]->out();
    if (out.empty() || out.front().ready > now_) return;
    const int bits = machine_.numbers.word_bits;
    const auto per_psum =
        static_cast<std::uint64_t>((machine_.numbers.psum_bits + bits - 1) / bits);
    const std::uint64_t words = out.front().psums.size() * per_psum;
    sent_ += static_cast<std::uint64_t>(out_width_);
    if (sent_ < words) return;
    sent_ = 0;
    for (const auto& [psum, value] : out.front().psums) write(psum, value, per_psum);
    record_.counts[Action::noc_psum_bus_word] += words;
    record_.counts[Action::noc_psum_delivery] += words;
    record_.counts[Action::glb_psum_array_write] += words;
    out.pop_front();
    last_event_ = now_;
    --psums_leaving_;
    if (++windows_out_ == passes_[left_]->windows()) end_pass();
  }

  void write(Word psum, std::int32_t value, std::uint64_t words) {
    std::int32_t& stored = tensors_.psum.at(psum);
    const bool visited = !visited_.insert(psum).second;
    if (machine_.accumulates_at_store() && (visited || requests_[left_].read_psums)) {
      stored = passes_[left_]->combine(stored, value);
      record_.counts[Action::glb_psum_array_read] += words;
      ++record_.counts[Action::adder_none_merge];
    } else {
      stored = value;
    }
  }

  void end_pass() {
    times(left_).done = now_ + 1 + machine_.noc.psum_out.latency_cycles;
    if (!machine_.array.pipelined) times(left_).handed = times(left_).done;
    windows_out_ = 0;
    visited_.clear();
    ++left_;
  }

  const Machine& machine_;
  const std::vector<PlainPass>& requests_;
  PlainTensors& tensors_;
  std::vector<std::unique_ptr<PlainLockPass>> passes_;
  int out_width_ = 1;
  std::int64_t now_ = 0, last_event_ = 0;
  std::size_t begun_ = 0;  // passes
  std::size_t left_ = 0;   // passes whose psums are all in their store
  // Of the pass that psums leave now.
  std::size_t windows_out_ = 0;
  std::uint64_t sent_ = 0;  // words of the item
  std::set<Word> visited_;
  int psums_leaving_ = 0;  // items of windows that have ended, of all passes
  PlainLockRecord record_;
};

}  // namespace

PlainLockRecord play_lock_step(const Machine& machine, const Layer& layer, const Mapping& mapping,
                               PlainWork work, const std::vector<PlainPass>& passes,
                               PlainTensors& tensors, const PlainLoss& loss) {
  return PlainLockStep(machine, layer, mapping, work, passes, tensors, loss).play();
}

}  // namespace orrery::test
