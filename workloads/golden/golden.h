// The golden reference: a plain loop nest and nothing clever. It shares no code with the machine,
// only the parameters below.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "workloads/tensor/tensor.h"

namespace orrery {

enum class Overflow : std::uint8_t { kWrap, kSaturate };

// Integer arithmetic of a MAC. A product of two operands is shifted right arithmetically by
// product_shift (floor), cut to its low product_bits (two's complement), and added to a psum of
// psum_bits that wraps or saturates.
struct Arithmetic {
  int product_shift = 0;  // 0..30
  int product_bits = 32;  // 8..32
  int psum_bits = 32;     // 8..32
  Overflow overflow = Overflow::kWrap;
  // > 0: whole products are added in int32 (wrapping) in chains of so many, zeros included, and
  // each chain is added to a psum that is an IEEE single; a visit of a PE ends a chain too. The
  // other members then do not matter. 0: psums are integers.
  int chain = 0;
  bool operator==(const Arithmetic&) const = default;
};

// The order in which the products of one psum are added. It matters only where psums saturate.
//   total = 0
//   for the points of `outer`, in order:        (passes)
//     for the points of `chain`, in order:      (PEs, from where the psum enters)
//       local = 0
//       for the points of `local`, in order:    (what one PE does between two merges)
//         local = add(local, product)
//       total = add(total, local)
// Each list is a loop nest over reduction dimensions, outermost first; a loop at `step` covers
// [lo, lo + step) of the enclosing one, clipped; `reversed` runs it from its last block to its
// first.
struct ReductionLoop {
  Dim dim;
  int step;
  bool reversed = false;
  bool operator==(const ReductionLoop&) const = default;
};
struct ReductionTree {
  std::vector<ReductionLoop> outer, chain, local;
  // Loops must cover C, R and S down to step 1. One line, for people: "passes C/6; chain C/3 rev, R
  // rev; PE S, C".
  std::string to_string() const;
  bool operator==(const ReductionTree&) const = default;
};
// Every product in the order c, r, s, in one PE.
ReductionTree plain_reduction();

// psum[N][G*M][P][Q] of a convolution, fully connected layer or GEMM, of integers less their zero
// points. With chains these are the bits of singles. Integers that wrap ignore `tree`. May use
// every core; the result does not depend on how many.
PsumTensor golden_psums(const Layer& layer, const Operands& in, const Arithmetic& arithmetic,
                        const ReductionTree& tree);

// What the 32 bits of a psum are.
enum class PsumKind : std::uint8_t { kInteger, kSingle };

// Bias, requantization, ReLU and pooling, as PostProcess says (the bias is added in 64 bits: it
// never overflows; singles, whole numbers below 2^63, become integers first).
OperandTensor golden_post(const Layer& layer, const PsumTensor& psums, const Operands& in,
                          PsumKind kind = PsumKind::kInteger);

// A pooling layer: pool of the ifmap.
OperandTensor golden_pool(const Layer& layer, const OperandTensor& ifmap);
// Pooling of every plane of [N][channels][rows][cols]; the window must fit the padded plane.
OperandTensor golden_pool(const Pool& pool, const OperandTensor& planes);

// golden_psums then golden_post, or golden_pool.
OperandTensor golden_ofmap(const Layer& layer, const Operands& in, const Arithmetic& arithmetic,
                           const ReductionTree& tree);

}  // namespace orrery
