#include "tests/twins/faulty_twins.h"

#include <faulty_twins.inc>

#include "sim/twin/verilated_twin.h"

namespace orrery {
namespace {

template <class Module>
class Faulty : public VerilatedPorts<Module> {
 public:
  explicit Faulty(int fault) { this->module().mutant_i = static_cast<std::uint8_t>(fault); }
  void trace(const std::filesystem::path&) override {}
  std::vector<CoverPoint> coverage() override { return {}; }
};

template <class Module>
std::unique_ptr<Rtl> make_faulty(int fault) {
  return std::make_unique<Faulty<Module>>(fault);
}

}  // namespace

const std::vector<FaultyTwin>& faulty_twins() {
  static const std::vector<FaultyTwin> all{
#include <faulty_entries.inc>
  };
  return all;
}

}  // namespace orrery
