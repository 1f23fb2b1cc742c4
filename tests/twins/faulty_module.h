// A compiled array with a fault.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "sim/rtl/module.h"

namespace orrery::test {

// A module that shows something wrong at one port from some cycle on.
class FaultyModule : public RtlModule {
 public:
  FaultyModule(std::unique_ptr<RtlModule> inner, const std::string& port, int flip)
      : inner_(std::move(inner)),
        at_(static_cast<std::uint8_t*>(inner_->port(port))),
        flip_(flip) {}
  void* port(std::string_view name) override { return inner_->port(name); }
  void eval() override {
    if (flipped_) turn();
    inner_->eval();
    flipped_ = ++evals_ > kRight;
    if (flipped_) turn();
  }
  void trace(const std::filesystem::path& file) override { inner_->trace(file); }
  void dump() override { inner_->dump(); }
  void write_coverage(const std::filesystem::path& file) override { inner_->write_coverage(file); }

 private:
  static constexpr int kRight = 40;  // evaluations
  void turn() { *at_ = static_cast<std::uint8_t>(*at_ ^ flip_); }

  std::unique_ptr<RtlModule> inner_;
  std::uint8_t* at_;
  const int flip_;
  int evals_ = 0;
  bool flipped_ = false;
};

}  // namespace orrery::test
