// The RTL PE as the models of sim/machine/pe_alone.h are played: a step a clock.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <span>
#include <string_view>
#include <vector>

#include "sim/machine/pe_alone.h"

namespace orrery::test {

// Elaboration parameters of a module `pe`.
struct PeMaxima {
  int ifmap_spad = 1, filter_spad = 1, psum_spad = 1;
  int fifo_packets = 1;
  int packet_words = 1;  // of each operand, and psums
};

class PeTwin {
 public:
  virtual ~PeTwin() = default;
  // From a reset on, until the cycle in which the setup's program starts.
  virtual void begin(const PeSetup& setup) = 0;
  virtual PeOutputs step(const PeInputs& in) = 0;
  // In the cycle of the last step.
  virtual void start(const PassProgram& program, bool takes_psums) = 0;
  virtual PeRegisters registers() = 0;
  virtual std::vector<std::int16_t> ifmap_spad() = 0;
  virtual std::vector<std::int16_t> filter_spad() = 0;
  static std::span<const std::int32_t> psum_spad() { return {}; }  // it is behind that of PeAlone
  virtual void trace(const std::filesystem::path& wave) = 0;
};

// A module in this build.
struct PeModule {
  std::string_view mac;
  int code = 0;  // its parameter Mac
  PeMaxima maxima;
  std::unique_ptr<PeTwin> (*make)(int fault);  // 0: none; modules without faults have no others
};
inline std::ostream& operator<<(std::ostream& out, const PeModule& m) { return out << m.mac; }

const std::vector<PeModule>& pe_modules();

}  // namespace orrery::test
