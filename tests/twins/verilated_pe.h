// A module `pe` that Verilator compiled, as a PeTwin. Whoever includes it says whether the module
// has traces (ORRERY_PE_TRACES) and how Verilator names an operand's spad (ORRERY_PE_SPAD).
#pragma once

#include <verilated.h>

#include <algorithm>
#include <concepts>
#include <stdexcept>

#if ORRERY_PE_TRACES
#include <verilated_fst_c.h>
#endif

#include "sim/twin/pe_bits.h"
#include "tests/twins/pe_twin.h"

namespace orrery::test {

template <class Module>
class VerilatedPe : public PeTwin {
 public:
  explicit VerilatedPe(int fault) {
    context_.randReset(2);
    context_.randSeed(1);
    context_.traceEverOn(true);
    module_ = std::make_unique<Module>(&context_);
    if constexpr (requires { module_->mutant_i; }) {
      module_->mutant_i = static_cast<std::uint8_t>(fault);
    }
  }
  ~VerilatedPe() override {
#if ORRERY_PE_TRACES
    if (wave_ != nullptr) wave_->close();
#endif
    module_->final();
  }

  void begin(const PeSetup& setup) override {
    setup_ = setup;
    ifmap_slots_ = filter_slots_ = 0;
    Module& m = *module_;
    put(m.cfg_i, pe_cfg_bits(setup));
    put(m.program_i, pe_idle_bits());
    m.rst_ni = 0;
    step({});
    clock();
    m.rst_ni = 1;
    step({});
    play_unmapped();
    start(setup.program, setup.takes_psums);
  }

  PeOutputs step(const PeInputs& in) override {
    clock();
    Module& m = *module_;
    m.start_i = 0;
    m.hold_psums_i = in.hold_psums;
    offer(in.ifmap, m.ifmap_valid_i, m.ifmap_data_i, m.ifmap_words_i);
    offer(in.filter, m.filter_valid_i, m.filter_data_i, m.filter_words_i);
    offer(in.psum, m.psum_in_valid_i, m.psum_in_data_i, m.psum_in_words_i);
    m.psum_out_ready_i = in.takes_psum_out;
    settle();
    under_way_ = true;
    PeOutputs out;
    const PeStatus status = pe_status(m.status_o);
    if (status.done != (status.state == PeState::kDone)) throw std::logic_error("done is not done");
    out.ifmap_ready = m.ifmap_ready_o;
    out.filter_ready = m.filter_ready_o;
    out.psum_ready = m.psum_in_ready_o;
    out.took_ifmap = out.ifmap_ready && !in.ifmap.empty();
    out.took_filter = out.filter_ready && !in.filter.empty();
    out.took_psum = out.psum_ready && !in.psum.empty();
    out.state = status.state;
    out.starts = m.starts_o;
    out.finishes = m.finishes_o;
    out.gated = status.gated;
    out.merged = status.merged;
    out.loads_ifmap = status.loads_ifmap;
    out.loads_filter = status.loads_filter;
    read_head();
    out.psum_out = head_;
    return out;
  }

  void start(const PassProgram& program, bool takes_psums) override {
    Module& m = *module_;
    m.start_i = 1;
    put(m.program_i, pe_program_bits(program, takes_psums));
    settle();
    clock();
  }

  PeRegisters registers() override {
    clock();
    return pe_registers(words_of(module_->registers_o));
  }

  std::vector<std::int16_t> ifmap_spad() override {
    const int loaded = registers().ifmap.loaded;
    return spad(module_->rootp->ORRERY_PE_SPAD(ifmap), ifmap_slots_, loaded,
                setup_.pe.ifmap_spad_words);
  }
  std::vector<std::int16_t> filter_spad() override {
    const int loaded = registers().filter.loaded;
    return spad(module_->rootp->ORRERY_PE_SPAD(filter), filter_slots_, loaded,
                setup_.pe.filter_spad_words);
  }

  void trace([[maybe_unused]] const std::filesystem::path& wave) override {
#if ORRERY_PE_TRACES
    wave_ = std::make_unique<VerilatedFstC>();
    module_->trace(wave_.get(), 99);
    wave_->open(wave.c_str());
#endif
  }

 private:
  // A pass in which the PE has no work.
  void play_unmapped() {
    module_->start_i = 1;
    put(module_->program_i, pe_idle_bits());
    settle();
    clock();
    for (int cycle = 0; cycle < 2; ++cycle) {
      if (step({}).state != PeState::kDone) throw std::logic_error("works without a mapping");
    }
  }

  template <std::integral Port>
  static void put(Port& port, std::span<const std::uint32_t> words) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < words.size() && i < 2; ++i)
      bits |= std::uint64_t{words[i]} << 32 * i;
    port = static_cast<Port>(bits);
  }
  template <std::size_t kWords>
  static void put(VlWide<kWords>& port, std::span<const std::uint32_t> words) {
    for (std::size_t i = 0; i < kWords; ++i) port[i] = i < words.size() ? words[i] : 0;
  }
  template <std::integral Port>
  static std::vector<std::uint32_t> words_of(const Port& port) {
    const std::uint64_t bits = port;
    return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
  }
  template <std::size_t kWords>
  static std::span<const std::uint32_t> words_of(const VlWide<kWords>& port) {
    return {port.data(), kWords};
  }

  // A packet's words side by side; all ones where nothing is.
  template <class Word, class Data>
  static void offer(std::span<const Word> packet, CData& valid, Data& data, CData& words) {
    constexpr std::size_t kInWord = sizeof(std::uint32_t) / sizeof(Word);
    std::vector<std::uint32_t> bits(sizeof(Data) / sizeof(std::uint32_t) + 1, ~std::uint32_t{0});
    for (std::size_t i = 0; i < packet.size(); ++i) {
      const auto word = static_cast<std::make_unsigned_t<Word>>(packet[i]);
      const std::size_t shift = i % kInWord * 8 * sizeof(Word);
      std::uint32_t& at = bits[i / kInWord];
      at = (at & ~(static_cast<std::make_unsigned_t<Word>>(-1) * std::uint32_t{1} << shift)) |
           std::uint32_t{word} << shift;
    }
    put(data, bits);
    valid = !packet.empty();
    words = static_cast<CData>(packet.size());
  }

  void read_head() {
    head_.clear();
    if (!module_->psum_out_valid_o) return;
    const auto words = words_of(module_->psum_out_data_o);
    for (std::size_t i = 0; i < module_->psum_out_words_o && i < words.size(); ++i)
      head_.push_back(static_cast<std::int32_t>(words[i]));
  }

  // 0 in slots that nothing was written into.
  template <class Words>
  static std::vector<std::int16_t> spad(const Words& words, int& used, int loaded, int size) {
    used = std::min(std::max(used, loaded), size);
    std::vector<std::int16_t> out(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < static_cast<std::size_t>(used); ++i)
      out[i] = static_cast<std::int16_t>(words[i]);
    return out;
  }

  void settle() {
    module_->clk_i = 0;
    module_->eval();
    dump();
  }
  // Ends the cycle that a step has begun.
  void clock() {
    if (!under_way_) return;
    under_way_ = false;
    module_->clk_i = 1;
    module_->eval();
    dump();
    module_->start_i = 0;
    module_->clk_i = 0;
    module_->eval();
  }
  void dump() {
#if ORRERY_PE_TRACES
    if (wave_ == nullptr) return;
    wave_->dump(context_.time());
    context_.timeInc(1);
#endif
  }

  VerilatedContext context_;
  std::unique_ptr<Module> module_;
  PeSetup setup_;
  std::vector<std::int32_t> head_;
  int ifmap_slots_ = 0, filter_slots_ = 0;  // in use since the reset
  bool under_way_ = false;                  // a step has begun a cycle
#if ORRERY_PE_TRACES
  std::unique_ptr<VerilatedFstC> wave_;
#endif
};

template <class Module>
std::unique_ptr<PeTwin> make_pe(int fault) {
  return std::make_unique<VerilatedPe<Module>>(fault);
}

}  // namespace orrery::test
