#include "arch/dram/dram_policy.h"

#include "arch/dram/fields_of_dram_policy.h"

namespace orrery {

DramPolicy read_dram_policy(const std::filesystem::path& path) {
  const Node root = parse_yaml(path);
  DramPolicy p = read<DramPolicy>(root);
  const auto refuse = [&](const char* field, const char* sentence) {
    root.toward(field).fail(sentence);
  };
  if (p.drain_start > p.write_queue) refuse("drain_start", "drain_start is above write_queue");
  if (p.drain == DramPolicy::Drain::kWatermark && p.drain_stop > p.drain_start) {
    refuse("drain_stop", "drain_stop is above drain_start");
  }
  if (p.drain_idle > p.write_queue) refuse("drain_idle", "drain_idle is above write_queue");
  if (p.drain_idle > 1 && !p.posted_writes) {
    refuse("drain_idle",
           "drain_idle is above 1: the last writes would never be done; such writes "
           "must be posted");
  }
  if (p.bank_queue > 0 && p.reserve_activated) {
    refuse("reserve_activated", "reserve_activated is for queues without bank_queue");
  }
  if (p.bank_queue > 0 && p.order == DramPolicy::Order::kInOrder) {
    refuse("order", "in_order is for queues without bank_queue");
  }
  if ((p.bank_queue > 0) != (p.drain == DramPolicy::Drain::kSnapshot)) {
    refuse("drain", "drain is snapshot with bank_queue, and watermark without");
  }
  return p;
}

std::string document_dram_policy() { return document<DramPolicy>(); }

}  // namespace orrery
