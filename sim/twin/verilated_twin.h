// A module that Verilator compiled, as an Rtl.
#pragma once

#include <verilated.h>
#include <verilated_cov.h>
#include <verilated_fst_c.h>

#include <memory>

#include "sim/twin/coverage.h"
#include "sim/twin/rtl.h"

namespace orrery {

// A module with the port list of the MACs.
template <class Module>
class VerilatedTwin : public Rtl {
 public:
  VerilatedTwin() {
    context_.randReset(2);
    context_.randSeed(1);
    context_.traceEverOn(true);
    module_ = std::make_unique<Module>(&context_);
    module_->clk_i = 0;
    module_->rst_ni = 1;
  }
  ~VerilatedTwin() override {
    if (wave_ != nullptr) wave_->close();
    module_->final();
  }

  Module& module() { return *module_; }

  void configure(std::uint64_t cfg) override { module_->cfg_i = cfg; }

  RtlOutputs settle(const RtlInputs& in) override {
    Module& m = *module_;
    m.clk_i = 0;
    m.rst_ni = in.reset ? 0 : 1;
    m.valid_i = in.valid ? 1 : 0;
    m.ready_i = in.ready ? 1 : 0;
    m.last_i = in.last ? 1 : 0;
    m.ifmap_i = static_cast<std::uint16_t>(in.ifmap);
    m.filter_i = static_cast<std::uint16_t>(in.filter);
    m.psum_i = static_cast<std::uint32_t>(in.psum);
    evaluate();
    return {m.ready_o != 0, m.valid_o != 0, static_cast<std::int32_t>(m.psum_o), m.action_o};
  }

  void clock() override {
    module_->clk_i = 1;
    evaluate();
  }

  void trace(const std::filesystem::path& file) override {
    wave_ = std::make_unique<VerilatedFstC>();
    module_->trace(wave_.get(), 99);
    wave_->open(file.c_str());
  }

  std::vector<CoverPoint> coverage() override {
    return read_coverage([this](const char* file) { context_.coveragep()->write(file); });
  }

 private:
  void evaluate() {
    module_->eval();
    if (wave_ == nullptr) return;
    wave_->dump(context_.time());
    context_.timeInc(1);
  }

  VerilatedContext context_;
  std::unique_ptr<VerilatedFstC> wave_;
  std::unique_ptr<Module> module_;
};

template <class Module>
std::unique_ptr<Rtl> make_verilated() {
  return std::make_unique<VerilatedTwin<Module>>();
}

}  // namespace orrery
