#include "arch/dram/dram_setup.h"

#include <fmt/format.h>

#include <bit>

#include "workloads/input/input_error.h"

namespace orrery {
namespace {

constexpr int kMostChannels = 64;
constexpr int kMostBanks = 64;  // of a channel: masks of banks are 64 bits wide

bool power_of_two(int n) { return n >= 1 && std::has_single_bit(static_cast<unsigned>(n)); }

}  // namespace

double DramSetup::peak_bytes_per_second() const {
  const DramOrganization& o = standard.organization;
  return 1e12 / standard.tck_ps * o.beats_per_clock * o.channel_bits / 8.0 * channels;
}

DramMisfit misfit(const DramSetup& setup) {
  if (!power_of_two(setup.channels) || setup.channels > kMostChannels) {
    return {"channels", fmt::format("{} channels; it must be a power of two, 1 to {}",
                                    setup.channels, kMostChannels)};
  }
  const int most_ranks = kMostBanks / setup.standard.organization.banks();
  if (!power_of_two(setup.ranks) || setup.ranks > most_ranks) {
    return {"ranks", fmt::format("{} ranks of {} banks; it must be a power of two, 1 to {}",
                                 setup.ranks, setup.standard.organization.banks(), most_ranks)};
  }
  if (setup.policy.refresh == DramPolicy::Refresh::kPerBank &&
      setup.standard.timing.refi_bank == 0) {
    return {"policy", fmt::format("{} refreshes single banks, which {} cannot", setup.policy.name,
                                  setup.standard.name)};
  }
  try {
    AddressMap(setup.mapping, setup.standard.organization, setup.channels, setup.ranks);
  } catch (const InputError& mistake) {
    return {"mapping", mistake.what()};
  }
  return {};
}

}  // namespace orrery
