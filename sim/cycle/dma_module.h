// The DMA: moves tiles between DRAM and the GLB in the order of its queue, on the link clock, and
// sends finished psums through post-processing on their way out.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <span>
#include <systemc>
#include <tlm>
#include <vector>

#include "sim/cycle/dma_requests.h"
#include "sim/cycle/job.h"
#include "sim/machine/dram_bursts.h"
#include "sim/machine/tile_code.h"

namespace orrery {

// A transfer begins on a link edge, `crossing_cycles` after the order; the core knows of its end on
// a core edge, as many core cycles after it. Post-processing works at its own pace beside the link.
// Of the transfers that have room the one goes first that the earliest pass waits for, of several
// the one asked for first; at most `outstanding` are under way, and they end in the order in which
// they began.
//
// On a plain link all requests of a transfer go out at once (b_transport), each of at most
// burst_words neighbouring words; a burst passes the link at words_per_cycle once DRAM has all of
// it. A memory of a standard is asked burst by burst (DmaRequests), and bytes move by debug access
// when the transfer begins.
class DmaModule : public sc_core::sc_module {
 public:
  sc_core::sc_fifo_in<TransferPtr> orders;
  tlm_utils::simple_initiator_socket<DmaModule, 64> socket;

  explicit DmaModule(const sc_core::sc_module_name& name);
  void configure(Job& job);

  // Debug access for the host: puts a layer's operands into DRAM, takes its ofmap out. No time
  // passes.
  void put_operands();
  OperandTensor take_ofmap();

 private:
  struct UnderWay {
    TransferPtr transfer;
    std::int64_t end = 0;  // tick; of a memory: known to the requests
  };

  void run();
  void end_transfers();
  TransferPtr next_ready();
  void wait_for_room();
  void begin(const TransferPtr& t, std::int64_t begin);
  void move(const Transfer& t);
  void load_words(const Transfer& t, Tensor tensor);
  void load_filter_tile(const Transfer& t);
  void load_psums(const Transfer& t);
  void store_psums(const Transfer& t);
  void store_ofmap(const Transfer& t);
  void pool_planes(const Transfer& t);
  // Returns the words that were written before any code.
  std::int64_t write_ofmap(const Box& box, const std::vector<Run>& runs,
                           const std::vector<std::int32_t>& words);
  std::int64_t write_pooled(const Box& box, const std::vector<std::int32_t>& words);
  // Tiles that pass the link as codes. What is read must decode to the tile of the layer's operand,
  // what is written to the tile; else they throw std::logic_error.
  std::int64_t read_ifmap(const Box& box, const std::vector<Run>& runs);
  std::int64_t read_code(const Box& box, const std::vector<Run>& runs);
  std::int64_t write_code(const Box& box, const std::vector<std::int16_t>& words);
  std::vector<std::int32_t> read_biases(const Box& box);

  // An integer of the code, of which a word kept the low bits.
  static std::int16_t as_integer(Code code, std::int32_t stored);
  // Elements of `words` words each from or to DRAM, where a gathering has them; counts link words
  // and time. A run's elements stand in `values` from its place in the GLB on.
  void read(const Gathering& where, const std::vector<Run>& runs, int words, std::int32_t* values);
  void write(const Gathering& where, const std::vector<Run>& runs, int words,
             const std::int32_t* values);
  void transact(tlm::tlm_command command, const std::vector<Span>& spans);
  void transact(tlm::tlm_command command, const Span& span, std::size_t at);
  void access(tlm::tlm_command command, std::int64_t word, std::span<unsigned char> bytes);
  tlm::tlm_sync_enum backward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                              sc_core::sc_time&) {
    return requests_.backward(payload, phase);
  }
  void put_tensor(std::int64_t base, const TensorPlace& place,
                  const std::vector<std::int16_t>& values);
  void put_ifmap_codes();
  void take_ofmap_codes(OperandTensor& ofmap);
  // A code as the bytes of its link words, and back.
  void put_code(const SparseStream& code);
  SparseStream take_code() const;

  Job* job_ = nullptr;
  std::vector<unsigned char> bytes_;  // of the transaction under way
  std::vector<std::int32_t> values_;
  std::vector<std::int16_t> dram_ifmap_;  // coded, as the host knows it
  // Link words of each slot's code; -1: none was written. The machine's own table of lengths.
  std::vector<std::int64_t> ifmap_code_words_, ofmap_code_words_;
  std::vector<Burst> bursts_;     // of the transfer that begins, to a memory
  sc_core::sc_time begin_;        // of the transfer whose requests go out
  std::int64_t link_words_ = 0;   // of the transfer under way
  std::int64_t link_time_ = 0;    // until its last word has passed, in ticks * words_per_cycle
  std::int64_t post_cycles_ = 0;  // core cycles of post-processing
  std::deque<TransferPtr> waiting_;
  std::deque<UnderWay> under_way_;
  sc_core::sc_event began_, ended_;
  std::int64_t link_free_ = 0;  // tick
  DmaRequests requests_;
};

}  // namespace orrery
