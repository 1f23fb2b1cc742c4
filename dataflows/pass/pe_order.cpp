#include "dataflows/pass/pe_order.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <span>

namespace orrery {
namespace {

std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

std::span<const std::int32_t> members(const Stream& stream, std::int32_t packet) {
  const std::size_t group = at(stream.group[at(packet)]);
  const std::int32_t first = stream.first_member[group];
  return {&stream.member[at(first)], at(stream.first_member[group + 1] - first)};
}

class PeByPe {
 public:
  explicit PeByPe(const Stream& stream) : stream_(stream) {
    for (std::int32_t k = 0; k < stream.packets(); ++k) {
      const auto takers = members(stream, k);
      absent_.push_back(static_cast<std::int32_t>(takers.size()));
      for (const std::int32_t pe : takers) {
        if (at(pe) >= share_.size()) share_.resize(at(pe) + 1);
        share_[at(pe)].push_back(k);
      }
    }
    taken_.resize(share_.size());
  }

  std::vector<std::int32_t> order() {
    std::vector<std::int32_t> order;
    order.reserve(absent_.size());
    for (std::size_t pe = 0; pe < share_.size(); ++pe) arrive(pe);
    while (!ready_.empty()) {
      const std::int32_t packet = ready_.top().second;
      ready_.pop();
      order.push_back(packet);
      for (const std::int32_t pe : members(stream_, packet)) {
        ++taken_[at(pe)];
        arrive(at(pe));
      }
    }
    return order;
  }

 private:
  // A PE comes to its next packet.
  void arrive(std::size_t pe) {
    if (taken_[pe] == share_[pe].size()) return;
    const std::int32_t packet = share_[pe][taken_[pe]];
    if (--absent_[at(packet)] == 0)
      ready_.emplace(std::ranges::min(members(stream_, packet)), packet);
  }

  const Stream& stream_;
  std::vector<std::vector<std::int32_t>> share_;        // packets of each PE
  std::vector<std::size_t> taken_;                      // of its share
  std::vector<std::int32_t> absent_;                    // PEs that have not come to a packet yet
  using Ready = std::pair<std::int32_t, std::int32_t>;  // its first PE, packet
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready_;
};

}  // namespace

Stream pe_order(const Stream& by_step) {
  Stream stream{.address = {},
                .first = {0},
                .group = {},
                .member = by_step.member,
                .first_member = by_step.first_member};
  for (const std::int32_t k : PeByPe(by_step).order()) {
    const auto words = by_step.address.begin();
    stream.address.insert(stream.address.end(), words + by_step.first[at(k)],
                          words + by_step.first[at(k) + 1]);
    stream.first.push_back(static_cast<std::int32_t>(stream.address.size()));
    stream.group.push_back(by_step.group[at(k)]);
  }
  return stream;
}

}  // namespace orrery
