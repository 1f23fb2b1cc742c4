#include "sim/activity/netlist.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace orrery {
namespace {

namespace json = boost::json;
using Nets = std::vector<std::int32_t>;

// yosys writes `\name` where Verilog needs it.
std::string plain(std::string_view name) {
  const std::size_t last = name.rfind('\\');
  return std::string(last == name.npos ? name : name.substr(last + 1));
}

class Reader {
 public:
  Reader(const json::object& modules, const std::map<std::string, LogicCell>& cells)
      : modules_(modules), cells_(cells) {
    netlist_.instance_of = {0, 0};
  }

  Netlist read(const std::string& top) {
    const json::object& module = find(top);
    std::map<std::int64_t, std::int32_t> nets;
    for (const auto& [name, port] : module.at("ports").as_object())
      netlist_.ports[name] = bits(port.as_object().at("bits").as_array(), nets);
    take_apart(module, "", nets);
    netlist_.load.assign(static_cast<std::size_t>(netlist_.nets), 0);
    for (const Netlist::Gate& gate : netlist_.gates) {
      for (const std::int32_t in : gate.in) ++load(in);
    }
    for (const Netlist::Register& r : netlist_.registers) ++load(r.next);
    sort();
    return std::move(netlist_);
  }

 private:
  std::int32_t& load(std::int32_t net) { return netlist_.load[static_cast<std::size_t>(net)]; }

  const json::object& find(const std::string& name) const {
    const json::value* module = modules_.if_contains(name);
    if (module == nullptr) throw std::runtime_error("a netlist without module " + name);
    return module->as_object();
  }

  std::int32_t new_net() {
    netlist_.instance_of.push_back(0);
    return netlist_.nets++;
  }

  // Bits of a module's own as nets; those that are new get one.
  Nets bits(const json::array& list, std::map<std::int64_t, std::int32_t>& nets) {
    Nets result;
    for (const json::value& bit : list) {
      if (bit.is_string()) {
        result.push_back(bit.as_string() == "1" ? Netlist::kOne : Netlist::kZero);
        continue;
      }
      const auto [at, fresh] = nets.try_emplace(bit.as_int64());
      if (fresh) at->second = new_net();
      result.push_back(at->second);
    }
    return result;
  }

  void take_apart(const json::object& module, const std::string& path,
                  std::map<std::int64_t, std::int32_t>& nets) {
    const auto instance = static_cast<std::int32_t>(netlist_.instances.size());
    netlist_.instances.push_back(path);
    netlist_.registers_of.push_back(0);
    for (const auto& [name, value] : module.at("cells").as_object()) {
      const json::object& cell = value.as_object();
      const std::string type(cell.at("type").as_string());
      std::map<std::string, Nets> pins;
      for (const auto& [pin, list] : cell.at("connections").as_object())
        pins[pin] = bits(list.as_array(), nets);
      if (const auto found = cells_.find(type); found != cells_.end()) {
        add(found->second, pins, instance);
      } else {
        enter(type, path.empty() ? plain(name) : path + "." + plain(name), pins);
      }
    }
  }

  void enter(const std::string& type, const std::string& path,
             const std::map<std::string, Nets>& pins) {
    const json::object& module = find(type);
    std::map<std::int64_t, std::int32_t> nets;
    for (const auto& [name, port] : module.at("ports").as_object()) {
      const json::array& list = port.as_object().at("bits").as_array();
      const auto pin = pins.find(std::string(name));
      if (pin == pins.end()) continue;
      for (std::size_t i = 0; i < list.size(); ++i) connect(list[i], pin->second.at(i), nets);
    }
    take_apart(module, path, nets);
  }

  // A bit of a module's port is the net outside. One that is both an input and an output, or a
  // constant output, drives a buffer.
  void connect(const json::value& bit, std::int32_t outside,
               std::map<std::int64_t, std::int32_t>& nets) {
    if (bit.is_string()) {
      buffer(bit.as_string() == "1" ? Netlist::kOne : Netlist::kZero, outside);
      return;
    }
    const auto [at, fresh] = nets.try_emplace(bit.as_int64(), outside);
    if (!fresh && at->second != outside) buffer(at->second, outside);
  }
  void buffer(std::int32_t from, std::int32_t to) {
    constexpr std::uint16_t kSame = 0xAAAA;
    netlist_.gates.push_back({{from}, to, kSame});
  }

  void add(const LogicCell& cell, const std::map<std::string, Nets>& pins, std::int32_t instance) {
    const auto net = [&](const std::string& pin) { return pins.at(pin).at(0); };
    if (cell.is_register()) {
      netlist_.registers.push_back({net(cell.next), net(cell.state), !cell.clear.empty()});
      netlist_.instance_of[static_cast<std::size_t>(net(cell.state))] = instance;
      ++netlist_.registers_of[static_cast<std::size_t>(instance)];
      return;
    }
    for (const CellOutput& out : cell.outputs) {
      const auto pin = pins.find(out.pin);
      if (pin == pins.end() || pin->second.empty()) continue;
      Netlist::Gate gate{{}, pin->second[0], out.table};
      for (std::size_t i = 0; i < out.inputs.size(); ++i) gate.in[i] = net(out.inputs[i]);
      netlist_.gates.push_back(gate);
      netlist_.instance_of[static_cast<std::size_t>(gate.out)] = instance;
    }
  }

  // Puts each gate behind those that drive it.
  void sort() {
    std::vector<std::int32_t> driver(static_cast<std::size_t>(netlist_.nets), -1);
    for (std::size_t i = 0; i < netlist_.gates.size(); ++i)
      driver[static_cast<std::size_t>(netlist_.gates[i].out)] = static_cast<std::int32_t>(i);
    enum : std::uint8_t { kNew, kOpen, kDone };
    std::vector<std::uint8_t> state(netlist_.gates.size(), kNew);
    std::vector<Netlist::Gate> sorted;
    std::vector<std::int32_t> stack;
    for (std::size_t first = 0; first < netlist_.gates.size(); ++first) {
      stack.push_back(static_cast<std::int32_t>(first));
      while (!stack.empty()) {
        const auto at = static_cast<std::size_t>(stack.back());
        if (state[at] != kNew) {
          if (state[at] == kOpen) sorted.push_back(netlist_.gates[at]);
          state[at] = kDone;
          stack.pop_back();
          continue;
        }
        state[at] = kOpen;
        for (const std::int32_t in : netlist_.gates[at].in) {
          const std::int32_t from = driver[static_cast<std::size_t>(in)];
          if (from < 0 || state[static_cast<std::size_t>(from)] == kDone) continue;
          if (state[static_cast<std::size_t>(from)] == kOpen)
            throw std::runtime_error("a netlist in which gates drive each other in a circle");
          stack.push_back(from);
        }
      }
    }
    netlist_.gates = std::move(sorted);
  }

  const json::object& modules_;
  const std::map<std::string, LogicCell>& cells_;
  Netlist netlist_;
};

}  // namespace

Netlist read_netlist(const std::filesystem::path& file, const std::string& top,
                     const std::map<std::string, LogicCell>& cells) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  boost::system::error_code error;
  const json::value root = json::parse(text.str(), error);
  if (error || !root.is_object()) throw std::runtime_error("no netlist in " + file.string());
  return Reader(root.as_object().at("modules").as_object(), cells).read(top);
}

}  // namespace orrery
