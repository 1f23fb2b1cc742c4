// Passes of independent PEs that have been played before, in this process or another.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>

#include "dataflows/mapping/mapping.h"
#include "sim/fast/form.h"
#include "sim/machine/pass_record.h"

namespace orrery {

struct PlayedPass {
  PassRecord record;
  std::int64_t pes = 0;  // mapped
};

// Keyed by content: all that a pass without values follows from, and the sources that play it. One
// thread at a time.
class PassMemory {
 public:
  using Key = std::array<std::uint8_t, 32>;  // SHA-256
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  // What all passes of a layer have in common: of the machine its array, PEs, NoC, numbers and the
  // ports of its stores; of the layer its strides; of the mapping the loops inside a pass.
  static std::string common(const Machine& machine, const Layer& layer, const Mapping& mapping);
  // Of that, a pass of this form that starts so many cycles before the psums of earlier ones are
  // out.
  static Key key(const std::string& common, const Form& form, std::int64_t psums_from);

  const PlayedPass* find(const Key& key) const;
  void put(const Key& key, const PlayedPass& pass);

  // Adds what the file holds; a file that is not there, is damaged or comes from other sources
  // holds nothing.
  void load(const std::filesystem::path& file);
  // Writes all of it, and what others have put into the file meanwhile, if anything is new. At most
  // kMostKept passes are kept. Errors of the file system are not told: the next run plays again.
  void save(const std::filesystem::path& file);
  static constexpr std::size_t kMostKept = 100'000;
  std::size_t size() const { return passes_.size(); }

 private:
  std::unordered_map<Key, PlayedPass, Hash> passes_;
  bool news_ = false;
};

}  // namespace orrery
