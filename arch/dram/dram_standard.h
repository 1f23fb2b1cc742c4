// A DRAM standard as data: organization, timing parameters, the table of timing constraints, and
// currents by rail.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "workloads/input/node.h"

namespace orrery {

enum class DramCommand : std::uint8_t {
  kAct,     // opens a row
  kPre,     // closes a bank
  kPreAll,  // closes all banks of a rank
  kRd,      // a burst
  kRda,     // a burst, after which the bank closes itself
  kWr,
  kWra,
  kRef,        // refreshes all banks of a rank
  kRefBank,    // refreshes one bank
  kPowerDown,  // a rank's clock enable goes low
  kPowerUp,
};
inline constexpr std::size_t kDramCommands = 11;

// What a constraint holds back. RDA waits for what RD waits for, WRA for what WR does.
enum class DramGate : std::uint8_t {
  kAct,
  kPre,
  kPreAll,
  kRd,
  kWr,
  kRef,
  kRefBank,
  kPowerDown,
  kPowerUp
};
inline constexpr std::size_t kDramGates = 9;

// Where a constraint holds, seen from the bank of the earlier command. A wider scope includes the
// narrower ones; the largest of all that apply counts.
enum class DramScope : std::uint8_t { kBank, kGroup, kRank, kOtherRanks };

struct DramOrganization {
  int channel_bits = 0;  // data pins of a channel
  int device_bits = 0;   // of them on one device
  int bank_groups = 1;   // of a rank; 1: none
  int banks_per_group = 0;
  int rows = 0;          // of a bank
  int columns = 0;       // of a row, each device_bits wide in every device
  int burst_length = 0;  // beats
  int beats_per_clock = 2;
  template <class V>
  void fields(V& v);
  bool operator==(const DramOrganization&) const = default;

  int banks() const { return bank_groups * banks_per_group; }
  int devices() const { return channel_bits / device_bits; }
  int burst_clocks() const { return burst_length / beats_per_clock; }
  int burst_bytes() const { return channel_bits / 8 * burst_length; }
  int bursts_per_row() const { return columns / burst_length; }
  // Of one rank of a channel.
  std::int64_t bytes() const;
};

// In clocks of tck_ps. Names are those of JEDEC without the t: rrd_l is tRRD_L.
struct DramTiming {
  int cl = 0, cwl = 0, dqsck = 0;
  int rcd_rd = 0, rcd_wr = 0, ras = 0, rc = 0, rp = 0, rp_all = 0, ppd = 0;
  int rrd_s = 0, rrd_l = 0, faw = 0;
  int ccd_s = 0, ccd_l = 0, wtr_s = 0, wtr_l = 0, wr = 0, rtp = 0;
  int turn = 0, rank_switch = 0;
  int rfc = 0, refi = 0, rfc_bank = 0, refi_bank = 0, ref_act = 0;
  int xp = 0, cke = 0;
  template <class V>
  void fields(V& v);
  bool operator==(const DramTiming&) const = default;
};

// Clocks for which a command occupies the command bus.
struct DramCommandClocks {
  int act = 1, column = 1, pre = 1, ref = 1;
  bool two_buses = false;
  template <class V>
  void fields(V& v);
  bool operator==(const DramCommandClocks&) const = default;
};

// One supply of a device and what it carries, in mA.
struct DramRail {
  std::string name;
  double volts = 0;
  double idd0 = 0, idd2p = 0, idd2n = 0, idd3p = 0, idd3n = 0, idd4r = 0, idd4w = 0, idd5b = 0;
  double idd5pb = 0;
  template <class V>
  void fields(V& v);
  bool operator==(const DramRail&) const = default;
};

struct DramIo {
  double read_pj_per_bit = 0, write_pj_per_bit = 0;
  template <class V>
  void fields(V& v);
  bool operator==(const DramIo&) const = default;
};

// A row of the table: after any of `from`, no gate of `to` opens before `clocks`, in `scope`.
struct DramConstraint {
  std::vector<DramCommand> from;
  std::vector<DramGate> to;
  DramScope scope = DramScope::kBank;
  std::string clocks;  // a sum of timing parameters, `burst` and numbers: "cl + burst + turn - cwl"
  int window = 1;      // counted from the last but (window - 1) of `from`; 4: four in a row
  template <class V>
  void fields(V& v);
  bool operator==(const DramConstraint&) const = default;

  int value = 0;  // not a field: `clocks` under this standard's parameters
};

struct DramStandard {
  std::string name, description;
  int tck_ps = 0;
  DramOrganization organization;
  DramTiming timing;
  DramCommandClocks command_clocks;
  std::string constraints;  // file beside this one
  std::vector<DramRail> rails;
  DramIo io;
  double flat_pj_per_bit = 0;
  template <class V>
  void fields(V& v);

  // Not fields: the file, the tags in it, and the rows of `constraints` that bind (value > 0).
  std::string file;
  std::vector<TaggedValue> tags;
  std::vector<DramConstraint> table;
  bool operator==(const DramStandard&) const = default;
};

// Reads and validates a standard and the table that it names. Throws InputError with file:line:
// sizes that are no powers of two, a constraint with an unknown parameter, parameters in
// contradiction (rrd_l below rrd_s), more than 2^40 bytes in a rank.
DramStandard read_dram_standard(const std::filesystem::path& path);

// The value of a sum of parameters. Throws InputError at `at` for an unknown name or bad syntax.
int evaluate_clocks(const std::string& sum, const DramStandard& standard, const Node& at);

// Every field of a standard, and of a row of the table, as Markdown tables.
std::string document_dram_standard();
std::string document_dram_constraint();

std::string name(DramCommand command);  // "ACT", "REFpb": as data sheets write it

}  // namespace orrery
