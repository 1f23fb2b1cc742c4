// Which channel, rank, bank, row and column an address lies in.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "arch/dram/dram_standard.h"

namespace orrery {

struct DramPlace {
  int channel = 0, rank = 0, group = 0, bank = 0, row = 0;
  int column = 0;  // in bursts
  bool operator==(const DramPlace&) const = default;
};

// A mapping lists the fields of an address from high to low: "ro|ra|co|ba|bg|ch" (row, rank,
// column, bank in its group, bank group, channel). Below the lowest field are the bytes of a burst;
// bits above the highest are ignored. Fields of which there is one may be left out.
class AddressMap {
 public:
  // Throws InputError for an unknown, repeated or missing field, and for a number of channels or
  // ranks that is no power of two.
  AddressMap(const std::string& mapping, const DramOrganization& organization, int channels,
             int ranks);

  DramPlace place(std::uint64_t address) const;
  std::uint64_t address(const DramPlace& place) const;
  int channel(std::uint64_t address) const {
    return static_cast<int>(part(address, Field::kChannel));
  }
  // rank, group and bank as one number below ranks x banks of a rank.
  int flat_bank(std::uint64_t address) const {
    const std::uint64_t group =
        (part(address, Field::kRank) << width(Field::kGroup)) | part(address, Field::kGroup);
    return static_cast<int>((group << width(Field::kBank)) | part(address, Field::kBank));
  }
  int row(std::uint64_t address) const { return static_cast<int>(part(address, Field::kRow)); }
  // The address of the burst that this byte is in.
  std::uint64_t burst(std::uint64_t address) const { return address >> shift_ << shift_; }

 private:
  enum class Field : std::uint8_t { kRow, kRank, kGroup, kBank, kColumn, kChannel };
  static constexpr std::size_t kFields = 6;
  struct Bits {
    int low = 0, width = 0;
  };
  static Field field_of(const std::string& word);
  int width(Field f) const { return bits_[static_cast<std::size_t>(f)].width; }
  std::uint64_t part(std::uint64_t address, Field f) const {
    const Bits& b = bits_[static_cast<std::size_t>(f)];
    return (address >> b.low) & ((std::uint64_t{1} << b.width) - 1);
  }

  std::array<Bits, kFields> bits_{};
  int shift_ = 0;
};

// The mapping used where none is given: neighbouring bursts go to other channels and bank groups.
inline constexpr const char* kDefaultMapping = "ro|ra|co|ba|bg|ch";
// Neighbouring bursts fill a row of a bank, the next row's worth goes to the next bank.
inline constexpr const char* kBankInterleavedMapping = "ro|ra|ba|bg|co|ch";

}  // namespace orrery
