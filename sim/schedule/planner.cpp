#include "sim/schedule/planner.h"

namespace orrery {

std::array<int, kTensors> glb_buffers(const Machine& machine) {
  std::array<int, kTensors> count;
  for (const Tensor t : kAllTensors) {
    const int queued = machine.store_of(t).prefetch_tiles;
    count[index(t)] = queued > 0 ? queued + 3 : 2;
  }
  return count;
}

Planner::Planner(const Layer& layer, const Mapping& mapping, const Machine& machine)
    : layer_(layer),
      machine_(machine),
      walk_(layer, mapping, machine),
      buffers_(glb_buffers(machine)) {
  for (const Tensor t : kAllTensors)
    user_[index(t)].assign(static_cast<std::size_t>(buffers_[index(t)]), 0);
}

bool Planner::next(PlannedPass& pass) {
  if (!walk_.next(pass.step)) return false;
  pass.number = ++last_;
  for (const Tensor t : kAllTensors) place_tile(pass, t);
  last_buffer_ = pass.buffer;
  return true;
}

// Each new tile goes into the next buffer in turn, once the pass that is in its way is over.
void Planner::place_tile(PlannedPass& pass, Tensor t) {
  const std::size_t i = index(t);
  const Store& store = machine_.store_of(t);
  pass.buffer[i] = last_buffer_[i];
  pass.makes_room[i] = 0;
  if (pass.step.fetch[i]) {
    const std::int64_t words =
        store.tile_words > 0 ? store.tile_words : footprint_words(layer_, pass.step.tile[i], t);
    pass.buffer[i] = next_buffer_[i];
    next_buffer_[i] = (next_buffer_[i] + 1) % buffers_[i];
    pass.makes_room[i] = store.prefetches() ? first_too_many(t, words)
                                            : user_[i][static_cast<std::size_t>(pass.buffer[i])];
    latest_[i].push_back({0, words});
    if (latest_[i].size() > user_[i].size()) latest_[i].pop_front();
  }
  latest_[i].back().user = pass.number;
  user_[i][static_cast<std::size_t>(pass.buffer[i])] = pass.number;
}

// A store that queues tiles and cannot hold one more of `words` beside the latest gets room when
// the array is through with the last that is too many; 0: there is room.
PassNumber Planner::first_too_many(Tensor t, std::int64_t words) const {
  const Store& store = machine_.store_of(t);
  const std::int64_t room = std::int64_t{store.banks} * store.bank_words;
  for (auto tile = latest_[index(t)].rbegin(); tile != latest_[index(t)].rend(); ++tile) {
    words += tile->words;
    if (words > room) return tile->user;
  }
  return 0;
}

}  // namespace orrery
