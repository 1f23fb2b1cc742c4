// A channel: the memory controller of its banks, played from event to event.
//
//   put() -> [read queue | write queue] -> [queues of banks, if the policy has them] -> commands
//
// In each cycle the controller issues at most one command a command bus: first for requests whose
// row was opened for them (where the policy reserves), then for a refresh that is due, then for
// what waits. A request put in a cycle is seen in the next.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "arch/dram/address_map.h"
#include "arch/dram/dram_policy.h"
#include "sim/dram/state.h"
#include "sim/dram/waiting.h"

namespace orrery {

struct DramDone {
  std::uint32_t tag = 0;
  DramKind kind = DramKind::kRead;
  DramCycle arrived = 0;
  DramCycle at = 0;  // the cycle after its last data; may lie ahead
};

struct DramIssued {
  DramCycle at = 0;
  DramCommand command = DramCommand::kAct;
  int bank = 0;  // through all ranks; of commands to a rank: its first
  int row = 0, column = 0;
  bool operator==(const DramIssued&) const = default;
};

struct DramCounts {
  std::array<std::uint64_t, kDramCommands> commands{};
  // Bursts, by what their row was before: open, closed, or open at another row that a request had
  // closed.
  std::uint64_t hits = 0, misses = 0, conflicts = 0;
  // Requests, by their first command: a burst, an activate, or a precharge.
  std::uint64_t begun_hits = 0, begun_misses = 0, begun_conflicts = 0;
  std::uint64_t forwarded = 0;  // reads answered from a waiting write
  std::uint64_t merged = 0;     // requests that share the burst of a waiting one
  bool operator==(const DramCounts&) const = default;
};

class DramChannel {
 public:
  // `map` outlives the channel. Throws InputError for more than 64 banks in all ranks, and for
  // refreshes of single banks where the standard has none.
  DramChannel(const DramStandard& standard, const DramPolicy& policy, const AddressMap& map,
              int ranks);

  bool has_room(DramKind kind) const {
    return waiting(kind) < (kind == DramKind::kRead ? policy_.read_queue : policy_.write_queue);
  }
  // Takes a request in cycle `now`, up to which advance() has been called; has_room(kind) holds.
  void put(DramKind kind, std::uint64_t address, std::uint32_t tag, DramCycle now);
  // The next cycle in which anything may happen if nothing is put.
  DramCycle next_event() {
    if (stale_) next_ = std::max(find_next(), last_ + 1);
    stale_ = false;
    return next_;
  }
  // Plays all cycles up to and including `until`.
  void advance(DramCycle until) {
    while (next_event() <= until) step(next_);
  }
  // Requests taken that are not done.
  std::uint64_t owed() const { return owed_; }
  // Requests that are done or whose end is known, in the order in which that was so; the caller
  // empties it.
  std::vector<DramDone>& done() { return done_; }

  // Commands from now on go here as well; null: nowhere.
  void record(std::vector<DramIssued>* commands) { record_ = commands; }

  const DramCounts& counts() const { return counts_; }
  const DramState& state() const { return state_; }

 private:
  // What a bank can be told for the requests of its list, a class for each kind of command.
  enum Class : std::uint8_t { kOpens, kCloses, kReads, kWrites };
  static constexpr std::size_t kClasses = 4;
  static constexpr std::uint64_t kNoOrder = ~std::uint64_t{0};
  struct Window {
    std::vector<DramList> list;                  // by bank
    std::uint64_t filled = 0;                    // banks whose list is not empty
    std::uint64_t unsorted = 0;                  // banks whose classes are to be found again
    std::array<std::uint64_t, kClasses> able{};  // banks that have a command of the class
    // Of that command: its request, and the request's order.
    std::array<std::array<std::uint16_t, 64>, kClasses> slot{};
    std::array<std::array<std::uint64_t, 64>, kClasses> order{};
    int size = 0;
  };
  // A queue in front of the banks' own.
  struct Front {
    std::vector<std::uint16_t> slot;
    std::vector<std::uint8_t> bank;
    std::vector<int> of_bank;
    std::uint64_t banks = 0;  // of which a request waits
  };
  // What goes first of what waits in a window, and when, if nothing else happens before.
  struct Plan {
    DramCycle base = 0, at = kDramNever;
    // Cycles from `base` on, in the upper 20 bits; then what goes first of what is ready in the
    // same cycle: where banks take turns how far off a bank's turn is, and a request's order.
    std::uint64_t key = ~std::uint64_t{0};
    std::uint16_t slot = kNoSlot;
    DramCommand command = DramCommand::kAct;
    bool valid = false;
    bool writes = false;  // the window it was made for
  };
  struct RefreshDue {
    int rank = 0;
    int bank = -1;  // -1: all
  };

  // What a command takes of the command bus, or of which of two.
  struct BusUse {
    int clocks = 0, bus = 0;
  };
  static std::array<BusUse, kDramCommands> bus_use(const DramCommandClocks& clocks);

  void step(DramCycle now);
  bool serve(DramCycle now);
  bool serve_refresh(DramCycle now);
  bool wake(DramCycle now);
  void power_down(DramCycle now);
  void play(std::uint16_t slot, DramCommand command, DramCycle now);
  void finish(std::uint16_t slot, DramCycle now);
  void issue(DramCommand command, int bank, int row, int column, DramCycle now);

  // Queues.
  int waiting(DramKind kind) const {
    const auto k = static_cast<std::size_t>(kind);
    return staged_ ? static_cast<int>(front_[k].slot.size()) : window_[k].size;
  }
  bool answered(DramKind kind, std::uint64_t address, std::uint32_t tag, DramCycle now);
  std::uint16_t find(DramKind kind, std::uint64_t address) const;
  void move_from_front(DramCycle now);
  bool move_one(DramKind kind, DramCycle now);
  bool drain_begins() const;
  std::uint64_t movable(DramKind kind) const {
    return front_[static_cast<std::size_t>(kind)].banks & ~full_;
  }
  void enter_window(std::uint16_t slot, DramCycle now);
  void leave_window(std::uint16_t slot);
  bool writes_first() const;  // what a cycle with today's queues would decide
  bool window_is_reached() const;
  std::size_t window_index(DramKind kind) const {
    return staged_ ? 0 : static_cast<std::size_t>(kind);
  }

  // Commands.
  void sort(Window& w, int bank);
  bool may_close(int bank, std::uint16_t head, std::uint16_t other, std::uint64_t oldest_hit) const;
  template <Class c>
  void consider(const Window& w, std::uint64_t banks, DramCycle floor, Plan& plan) const;
  void consider_all(const Window& w, std::uint64_t banks, DramCycle floor, Plan& plan) const;
  const Plan& plan(DramCycle floor);
  const Plan& reserved_plan(DramCycle floor);
  void reserve(std::uint16_t slot);
  void release(int bank);
  bool is_reserved(const DramWaiting& request) const;
  DramCommand column_command(const DramWaiting& request) const;
  DramCycle gate(DramGate gate, int bank) const {
    return std::max(state_.earliest(gate, bank), bus_free(gate));
  }
  DramCycle bus_free(DramGate gate) const {
    const bool column = gate == DramGate::kRd || gate == DramGate::kWr;
    return bus_free_[two_buses_ && column ? 1 : 0];
  }
  void reconsider(std::uint64_t banks);
  std::uint64_t held() const;
  std::uint64_t oldest_bank(const Window& w) const;

  // Next events.
  DramCycle find_next();
  DramCycle next_refresh() const;
  DramCycle next_power() const;
  DramCycle power_change(int rank) const;
  void queue_refreshes(DramCycle now);
  bool wanted(int rank) const;

  const DramPolicy policy_;
  const AddressMap* map_;
  const int ranks_, banks_;
  const bool staged_, two_buses_;
  const std::uint64_t turns_;  // 63 where banks take turns, else 0
  const std::array<BusUse, kDramCommands> bus_use_;
  const int read_latency_, write_latency_, refresh_interval_;
  DramState state_;
  DramSlots slots_;
  std::array<Window, 2> window_;
  std::array<Front, 2> front_;
  std::uint64_t full_ = 0;  // banks whose own queue has no room
  Plan plan_;
  std::array<DramAddressFilter, 2> filter_;
  struct Sharer {
    std::uint16_t slot;
    std::uint32_t tag;
    DramCycle arrived;
  };
  std::vector<Sharer> sharers_;

  Window reserved_;  // requests whose row was opened for them, one of a bank at most; without lists
  Plan reserved_plan_;
  std::uint64_t reserved_banks_ = 0;
  std::vector<int> bursts_;  // by bank, since its row was opened
  std::vector<bool> closed_for_other_;
  bool write_mode_ = false;
  int draining_ = 0;  // writes left of a snapshot
  int turn_ = 0;      // bank served last
  std::array<DramCycle, 2> bus_free_{};

  DramCycle refresh_at_;
  int refresh_turn_ = 0;
  std::vector<RefreshDue> refreshes_;
  std::vector<DramCycle> rank_last_;
  std::vector<int> rank_waiting_;

  DramCycle last_ = 0, next_ = 0;
  bool stale_ = true;
  std::uint64_t order_ = 0;
  std::uint64_t owed_ = 0;
  DramCounts counts_;
  std::vector<DramDone> done_;
  std::vector<DramIssued>* record_ = nullptr;
};

}  // namespace orrery
