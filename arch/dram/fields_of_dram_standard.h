// The fields of a DRAM standard and of its table of constraints: names, units, ranges, meanings.
#pragma once

#include "arch/dram/dram_standard.h"
#include "workloads/input/fields.h"

namespace orrery {

template <>
struct EnumNames<DramCommand> {
  static constexpr std::array kNames{std::pair{DramCommand::kAct, "act"},
                                     std::pair{DramCommand::kPre, "pre"},
                                     std::pair{DramCommand::kPreAll, "pre_all"},
                                     std::pair{DramCommand::kRd, "rd"},
                                     std::pair{DramCommand::kRda, "rda"},
                                     std::pair{DramCommand::kWr, "wr"},
                                     std::pair{DramCommand::kWra, "wra"},
                                     std::pair{DramCommand::kRef, "ref"},
                                     std::pair{DramCommand::kRefBank, "ref_bank"},
                                     std::pair{DramCommand::kPowerDown, "power_down"},
                                     std::pair{DramCommand::kPowerUp, "power_up"}};
};
template <>
struct EnumNames<DramGate> {
  static constexpr std::array kNames{std::pair{DramGate::kAct, "act"},
                                     std::pair{DramGate::kPre, "pre"},
                                     std::pair{DramGate::kPreAll, "pre_all"},
                                     std::pair{DramGate::kRd, "rd"},
                                     std::pair{DramGate::kWr, "wr"},
                                     std::pair{DramGate::kRef, "ref"},
                                     std::pair{DramGate::kRefBank, "ref_bank"},
                                     std::pair{DramGate::kPowerDown, "power_down"},
                                     std::pair{DramGate::kPowerUp, "power_up"}};
};
template <>
struct EnumNames<DramScope> {
  static constexpr std::array kNames{
      std::pair{DramScope::kBank, "bank"}, std::pair{DramScope::kGroup, "group"},
      std::pair{DramScope::kRank, "rank"}, std::pair{DramScope::kOtherRanks, "other_ranks"}};
};

template <class V>
void DramOrganization::fields(V& v) {
  v.field("channel_bits", channel_bits,
          {.doc = "data pins of a channel", .unit = "bit", .min = 8, .max = 1024});
  v.field("device_bits", device_bits,
          {.doc = "of them on one device", .unit = "bit", .min = 4, .max = 1024});
  v.field("bank_groups", bank_groups,
          {.doc = "bank groups of a rank; 1: none", .min = 1, .max = 16});
  v.field("banks_per_group", banks_per_group, {.doc = "banks of a group", .min = 1, .max = 64});
  v.field("rows", rows, {.doc = "rows of a bank", .min = 2, .max = 1 << 24});
  v.field("columns", columns,
          {.doc = "columns of a row, each as wide as the device", .min = 2, .max = 1 << 16});
  v.field("burst_length", burst_length,
          {.doc = "beats of a read or write", .unit = "beat", .min = 1, .max = 64});
  v.field("beats_per_clock", beats_per_clock,
          {.doc = "beats on the data pins in a clock", .min = 1, .max = 16, .optional = true});
}

template <class V>
void DramTiming::fields(V& v) {
  const auto clocks = [&](const char* name, int& member, const char* doc, int least = 1) {
    v.field(name, member,
            {.doc = doc, .unit = "clock", .min = static_cast<double>(least), .max = 1 << 20});
  };
  const auto maybe = [&](const char* name, int& member, const char* doc) {
    v.field(name, member,
            {.doc = doc, .unit = "clock", .min = 0, .max = 1 << 20, .optional = true});
  };
  clocks("cl", cl, "read to its data");
  clocks("cwl", cwl, "write to its data");
  maybe("dqsck", dqsck, "delay of read data beyond cl");
  clocks("rcd_rd", rcd_rd, "activate to read, same bank");
  clocks("rcd_wr", rcd_wr, "activate to write, same bank");
  clocks("ras", ras, "activate to precharge, same bank");
  clocks("rc", rc, "activate to activate, same bank");
  clocks("rp", rp, "precharge of a bank to its activate");
  clocks("rp_all", rp_all, "precharge of all banks to activate");
  maybe("ppd", ppd, "precharge to precharge, same rank");
  clocks("rrd_s", rrd_s, "activate to activate, same rank");
  clocks("rrd_l", rrd_l, "activate to activate, same bank group");
  clocks("faw", faw, "window that holds four activates of a rank");
  clocks("ccd_s", ccd_s, "column command to the next of its kind, same rank");
  clocks("ccd_l", ccd_l, "column command to the next of its kind, same bank group");
  clocks("wtr_s", wtr_s, "end of write data to read, same rank");
  clocks("wtr_l", wtr_l, "end of write data to read, same bank group");
  clocks("wr", wr, "end of write data to precharge, same bank");
  clocks("rtp", rtp, "read to precharge, same bank");
  clocks("turn", turn, "end of read data to write data, same rank", 0);
  clocks("rank_switch", rank_switch, "end of one rank's data to another's", 0);
  clocks("rfc", rfc, "refresh of all banks to the next command");
  clocks("refi", refi, "mean time between refreshes of all banks");
  maybe("rfc_bank", rfc_bank, "refresh of one bank to its next command; 0: has none");
  maybe("refi_bank", refi_bank, "mean time between refreshes of single banks of a rank");
  maybe("ref_act", ref_act, "refresh of one bank to activate of another");
  clocks("xp", xp, "end of power-down to the next command");
  clocks("cke", cke, "shortest power-down");
}

template <class V>
void DramCommandClocks::fields(V& v) {
  const auto clocks = [&](const char* name, int& member, const char* doc) {
    v.field(name, member, {.doc = doc, .unit = "clock", .min = 1, .max = 16, .optional = true});
  };
  clocks("act", act, "command bus taken by an activate");
  clocks("column", column, "by a read or write");
  clocks("pre", pre, "by a precharge");
  clocks("ref", ref, "by a refresh");
  v.field("two_buses", two_buses,
          {.doc = "reads and writes have a command bus of their own", .optional = true});
}

template <class V>
void DramRail::fields(V& v) {
  v.field("name", name, {.doc = "name of the supply"});
  v.field("volts", volts, {.doc = "its voltage", .unit = "V", .min = 0.1, .max = 10});
  const auto current = [&](const char* key, double& member, const char* doc) {
    v.field(key, member, {.doc = doc, .unit = "mA", .min = 0, .max = 10000});
  };
  current("idd0", idd0, "a bank opened and closed every rc");
  current("idd2p", idd2p, "all banks closed, powered down");
  current("idd2n", idd2n, "all banks closed");
  current("idd3p", idd3p, "a bank open, powered down");
  current("idd3n", idd3n, "a bank open");
  current("idd4r", idd4r, "reads without a gap");
  current("idd4w", idd4w, "writes without a gap");
  current("idd5b", idd5b, "refresh of all banks, during rfc");
  v.field("idd5pb", idd5pb,
          {.doc = "refreshes of single banks, mean over refi_bank; 0 on all rails: the energy of "
                  "idd5b, divided by the banks",
           .unit = "mA",
           .min = 0,
           .max = 10000,
           .optional = true});
}

template <class V>
void DramIo::fields(V& v) {
  const auto energy = [&](const char* name, double& member, const char* doc) {
    v.field(name, member, {.doc = doc, .unit = "pJ/bit", .min = 0, .max = 1000, .optional = true});
  };
  energy("read_pj_per_bit", read_pj_per_bit, "drivers, which no IDD contains");
  energy("write_pj_per_bit", write_pj_per_bit, "termination, which no IDD contains");
}

template <class V>
void DramConstraint::fields(V& v) {
  v.field("from", from, {.doc = "earlier commands"});
  v.field("to", to, {.doc = "later commands; rd and wr include rda and wra"});
  v.field("scope", scope, {.doc = "banks in which the later ones wait"});
  v.field("clocks", clocks, {.doc = "a sum of timing parameters, `burst` and numbers"});
  v.field("window", window,
          {.doc = "counted from the last but window - 1 of the earlier commands of the rank",
           .min = 1,
           .max = 32,
           .optional = true});
}

template <class V>
void DramStandard::fields(V& v) {
  v.field("name", name, {.doc = "name of the standard"});
  v.field("description", description, {.doc = "one line"});
  v.field("tck_ps", tck_ps, {.doc = "clock period", .unit = "ps", .min = 100, .max = 100000});
  v.field("organization", organization, {.doc = "sizes"});
  v.field("timing", timing, {.doc = "timing parameters"});
  v.field("command_clocks", command_clocks, {.doc = "clocks on the command bus", .optional = true});
  v.field("constraints", constraints, {.doc = "file with the table of constraints, beside this"});
  v.field("rails", rails, {.doc = "currents of one device, by supply"});
  v.field("io", io, {.doc = "energy outside the devices' currents", .optional = true});
  v.field("flat_pj_per_bit", flat_pj_per_bit,
          {.doc = "published energy of a bit, for the flat model; 0: none",
           .unit = "pJ/bit",
           .min = 0,
           .max = 1000,
           .optional = true});
}

// A file of constraints.
struct DramConstraints {
  std::vector<DramConstraint> constraints;
  template <class V>
  void fields(V& v) {
    v.field("constraints", constraints, {.doc = "rows"});
  }
};

}  // namespace orrery
