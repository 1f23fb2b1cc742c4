// The array as a plugin: the only file that sees what Verilator made of it. Compiled by
// build_array.
#include ORRERY_TOP_HEADER
#include <verilated.h>
#if VM_COVERAGE
#include <verilated_cov.h>
#endif
#if VM_TRACE
#include <verilated_fst_c.h>
#endif

#include <memory>
#include <stdexcept>
#include <utility>

#include "sim/rtl/module.h"

namespace {

class Module : public orrery::RtlModule {
 public:
  Module() {
    context_.randReset(0);
    context_.traceEverOn(VM_TRACE != 0);
    context_.fatalOnError(false);
    top_ = std::make_unique<ORRERY_TOP>(&context_);
  }
  ~Module() override {
#if VM_TRACE
    if (wave_ != nullptr) wave_->close();
#endif
    top_->final();
  }

  void* port(std::string_view name) override {
    const std::pair<std::string_view, void*> ports[] = {
#define ORRERY_PORT(NAME) {#NAME, &top_->NAME},
#include "array_ports.inc"
#undef ORRERY_PORT
    };
    for (const auto& [known, at] : ports) {
      if (known == name) return at;
    }
    return nullptr;
  }
  void eval() override {
    top_->eval();
    if (context_.gotError()) throw std::runtime_error("an assertion of the RTL fails");
  }

  void trace(const std::filesystem::path& file) override {
#if VM_TRACE
    wave_ = std::make_unique<VerilatedFstC>();
    top_->trace(wave_.get(), 99);
    wave_->open(file.c_str());
#else
    throw std::logic_error("this array was compiled without waves; no " + file.string());
#endif
  }
  void dump() override {
#if VM_TRACE
    if (wave_ == nullptr) return;
    wave_->dump(context_.time());
    context_.timeInc(1);
#endif
  }
  void write_coverage(const std::filesystem::path& file) override {
#if VM_COVERAGE
    context_.coveragep()->write(file.c_str());
#else
    throw std::logic_error("this array was compiled without coverage; no " + file.string());
#endif
  }

 private:
  VerilatedContext context_;
  std::unique_ptr<ORRERY_TOP> top_;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> wave_;
#endif
};

}  // namespace

extern "C" orrery::RtlModule* orrery_make_rtl_module() { return new Module; }
