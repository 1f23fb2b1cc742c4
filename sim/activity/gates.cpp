#include "sim/activity/gates.h"

#include <bit>
#include <stdexcept>

namespace orrery {
namespace {

std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

}  // namespace

Gates::Gates(const Netlist& netlist)
    : netlist_(netlist),
      value_(at(netlist.nets), 0),
      next_(netlist.registers.size(), 0),
      switches_(at(netlist.nets), 0) {
  value_[Netlist::kOne] = ~Lanes{0};
}

const std::vector<std::int32_t>& Gates::port(const std::string& name) const {
  const auto found = netlist_.ports.find(name);
  if (found == netlist_.ports.end()) throw std::logic_error("a netlist without port " + name);
  return found->second;
}

void Gates::set(std::int32_t net, int lane, bool value) {
  const Lanes bit = Lanes{1} << lane;
  Lanes& lanes = value_[at(net)];
  lanes = value ? lanes | bit : lanes & ~bit;
}

std::uint32_t Gates::get(const std::vector<std::int32_t>& port, int lane, std::size_t from,
                         std::size_t bits) const {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < bits; ++i)
    value |= static_cast<std::uint32_t>(get(port[from + i]) >> lane & 1) << i;
  return value;
}

// Each input halves the table that is left: the last one chooses between its upper and lower half.
void Gates::settle() {
  for (const Netlist::Gate& gate : netlist_.gates) {
    const Lanes a = value_[at(gate.in[0])], b = value_[at(gate.in[1])];
    const Lanes c = value_[at(gate.in[2])], d = value_[at(gate.in[3])];
    const auto row = [&](int i) { return gate.table >> i & 1 ? ~Lanes{0} : Lanes{0}; };
    const auto by_a = [&](int i) { return (a & row(i + 1)) | (~a & row(i)); };
    const auto by_b = [&](int i) { return (b & by_a(i + 2)) | (~b & by_a(i)); };
    const auto by_c = [&](int i) { return (c & by_b(i + 4)) | (~c & by_b(i)); };
    value_[at(gate.out)] = (d & by_c(8)) | (~d & by_c(0));
  }
}

void Gates::count(Lanes counted) {
  if (before_.empty()) before_ = value_;
  for (std::size_t net = 0; net < value_.size(); ++net) {
    switches_[net] +=
        static_cast<std::uint64_t>(std::popcount((value_[net] ^ before_[net]) & counted));
    before_[net] = value_[net];
  }
}

void Gates::clock() {
  for (std::size_t i = 0; i < next_.size(); ++i) next_[i] = value_[at(netlist_.registers[i].next)];
  for (std::size_t i = 0; i < next_.size(); ++i) value_[at(netlist_.registers[i].state)] = next_[i];
}

}  // namespace orrery
