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
class VerilatedPorts : public Rtl {
 public:
  VerilatedPorts() {
    context_.randReset(2);
    context_.randSeed(1);
    context_.traceEverOn(true);
    module_ = std::make_unique<Module>(&context_);
    module_->clk_i = 0;
    module_->rst_ni = 1;
  }
  ~VerilatedPorts() override { module_->final(); }

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
    m.eval();
    return {m.ready_o != 0, m.valid_o != 0, static_cast<std::int32_t>(m.psum_o), m.action_o};
  }

  void clock() override {
    module_->clk_i = 1;
    module_->eval();
  }

 protected:
  VerilatedContext& context() { return context_; }
  Module& module() { return *module_; }

 private:
  VerilatedContext context_;
  std::unique_ptr<Module> module_;
};

// One that was compiled with coverage and traces.
template <class Module>
class VerilatedTwin : public VerilatedPorts<Module> {
  using Ports = VerilatedPorts<Module>;

 public:
  ~VerilatedTwin() override {
    if (wave_ != nullptr) wave_->close();
  }

  RtlOutputs settle(const RtlInputs& in) override {
    const RtlOutputs out = Ports::settle(in);
    dump();
    return out;
  }
  void clock() override {
    Ports::clock();
    dump();
  }

  void trace(const std::filesystem::path& file) override {
    wave_ = std::make_unique<VerilatedFstC>();
    Ports::module().trace(wave_.get(), 99);
    wave_->open(file.c_str());
  }

  std::vector<CoverPoint> coverage() override {
    return read_coverage([this](const char* file) { Ports::context().coveragep()->write(file); });
  }

 private:
  void dump() {
    if (wave_ == nullptr) return;
    wave_->dump(Ports::context().time());
    Ports::context().timeInc(1);
  }

  std::unique_ptr<VerilatedFstC> wave_;
};

template <class Module>
std::unique_ptr<Rtl> make_verilated() {
  return std::make_unique<VerilatedTwin<Module>>();
}

}  // namespace orrery
