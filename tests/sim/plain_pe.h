// A slow and obvious PE: the witness of sim/machine/pe_alone.h, from the rules of docs/model.md.
// Its MAC is a plain multiplier.
//
// Its operations are listed beforehand, FIFOs are queues of packets, and spads are maps from slots
// to words. Of the model it reads the structs of ports and registers, as data.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "sim/machine/pe_alone.h"
#include "tests/sim/plain_script.h"

namespace orrery::test {

class PlainPe {
 public:
  explicit PlainPe(const PeSetup& setup);

  PeOutputs step(const PeInputs& in);
  void start(const PassProgram& program, bool takes_psums);

  PeRegisters registers() const;
  // By slot; slots that nothing was written into are missing.
  std::map<int, std::int32_t> ifmap_spad() const { return words(ifmap_); }
  std::map<int, std::int32_t> filter_spad() const { return words(filter_); }
  std::map<int, std::int32_t> psum_spad() const { return psum_spad_; }

 private:
  using Packet = std::deque<std::int32_t>;
  struct Slot {
    int word = 0;  // of the stream; -1: of that of an earlier pass
    std::int32_t value = 0;
  };
  struct Operand {
    std::deque<Packet> fifo;
    std::map<int, Slot> spad;
    int slots = 0;
    int loaded = 0;
    std::vector<int> last_use;  // the last operation that uses a word
  };
  struct LeavingPsum {
    std::int32_t value = 0;
    std::int64_t seen_from = 0;  // first cycle in which it is in the FIFO
  };
  struct LeavingPacket {
    std::vector<LeavingPsum> psums;
    bool closed = false;  // has its last psum
  };

  static std::map<int, std::int32_t> words(const Operand& operand);
  static const Slot* find(const Operand& operand, int word);
  PeOperandRegisters registers_of(const Operand& operand) const;
  bool can_load(const Operand& operand) const;
  static void load(Operand& operand);
  bool is_ready(const LeavingPacket& packet) const;
  bool is_over() const { return operation_ == script_.operations.size(); }
  PeState need(bool hold_psums) const;
  void operate(PeOutputs& out);

  PeSetup setup_;
  Script script_;
  std::size_t operation_ = 0;  // the next one
  std::int64_t macs_ = 0;      // done
  std::int64_t now_ = 0;
  Operand ifmap_, filter_;
  std::map<int, std::int32_t> psum_spad_;
  std::deque<Packet> psum_in_;
  std::deque<LeavingPacket> psum_out_;
  std::vector<std::int32_t> head_;  // of psum_out_, as the last step showed it
};

}  // namespace orrery::test
