// The memory model: CACTI's points, what lies between and outside them, registers.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>

#include "arch/sram/memory.h"
#include "arch/sram/points.h"

namespace orrery {
namespace {

std::array<double, 5> figures(const MemoryCost& c) {
  return {c.read_pj, c.write_pj, c.leakage_mw, c.area_mm2, c.access_ns};
}
std::array<double, 5> figures(const SramPoint& p) {
  return {p.read_pj, p.write_pj, p.leakage_mw, p.area_mm2, p.access_ns};
}

MemoryCost cost(const SramPoint& p) {
  return sram_cost({.bytes = p.bytes, .width_bits = p.width_bits, .banks = p.banks},
                   {.node_nm = p.node_nm, .cell = p.cell});
}

std::string text(const SramPoint& p) {
  return fmt::format("{{.bytes = {}, .width_bits = {}, .banks = {}}} at {} nm, cell {}", p.bytes,
                     p.width_bits, p.banks, p.node_nm, static_cast<int>(p.cell));
}

// The point that differs from p only by another capacity and width, or null.
const SramPoint* beside(const SramPoint& p, std::int64_t bytes, int width_bits) {
  const auto all = sram_points();
  const auto same = [&](const SramPoint& q) {
    return q.cell == p.cell && q.node_nm == p.node_nm && q.banks == p.banks && q.bytes == bytes &&
           q.width_bits == width_bits;
  };
  const auto at = std::find_if(all.begin(), all.end(), same);
  return at == all.end() ? nullptr : &*at;
}

TEST(Sram, HasEveryRowOfTheFile) {
  std::ifstream in(std::string(ORRERY_SOURCE_DIR) + "/arch/sram/cacti_points.csv");
  std::size_t rows = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#' || line.starts_with("cell,")) continue;
    std::istringstream cells(line);
    std::vector<std::string> texts;
    for (std::string cell; std::getline(cells, cell, ',');) texts.push_back(cell);
    const SramPoint& p = sram_points()[rows++];
    EXPECT_EQ(texts[0], enum_name(p.cell));
    const double numbers[] = {p.node_nm,
                              static_cast<double>(p.banks),
                              static_cast<double>(p.bytes),
                              static_cast<double>(p.width_bits),
                              p.read_pj,
                              p.write_pj,
                              p.leakage_mw,
                              p.area_mm2,
                              p.access_ns};
    for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(std::stod(texts[i + 1]), numbers[i]) << line;
  }
  EXPECT_EQ(rows, sram_points().size());
  EXPECT_EQ(rows, 3724U);
}

TEST(Sram, ReturnsThePointsExactly) {
  for (const SramPoint& p : sram_points()) {
    EXPECT_EQ(figures(cost(p)), figures(p)) << text(p);
    EXPECT_EQ(cost(p).basis, Basis::kPoint) << text(p);
  }
}

// 45 nm, 64 bits: Horowitz (ISSCC 2014) has 10, 20 and 100 pJ for caches of 8 KB, 32 KB and 1 MB.
TEST(Sram, IsWithinHalfOfHorowitzsCaches) {
  for (const auto& [kilobytes, pj] : {std::pair{8, 10.}, {32, 20.}, {1024, 100.}}) {
    const double read =
        sram_cost({.bytes = std::int64_t{1024} * kilobytes, .width_bits = 64}, {}).read_pj;
    EXPECT_NEAR(read / pj, 1, 0.5) << kilobytes << " KB";
  }
}

// Halfway between two neighbours every figure lies between theirs.
TEST(Sram, StaysBetweenItsNeighboursInCapacityAndWidth) {
  for (const SramPoint& p : sram_points()) {
    SramPoint wider = p, larger = p;
    wider.width_bits = p.width_bits * 3 / 2;
    larger.bytes = p.bytes * 5 / 4;  // no capacity between p and 3/2 of it
    const SramPoint* big = beside(p, p.bytes * 3 / 2, p.width_bits);
    if (big == nullptr) big = beside(p, p.bytes * 2, p.width_bits);
    const std::pair<SramPoint, const SramPoint*> steps[] = {
        {wider, beside(p, p.bytes, 2 * p.width_bits)}, {larger, big}};
    for (const auto& [middle, next] : steps) {
      if (next == nullptr) continue;
      const auto low = figures(p), high = figures(*next), here = figures(cost(middle));
      for (std::size_t i = 0; i < here.size(); ++i) {
        EXPECT_GE(here[i], std::min(low[i], high[i]) * (1 - 1e-12)) << text(middle);
        EXPECT_LE(here[i], std::max(low[i], high[i]) * (1 + 1e-12)) << text(middle);
      }
    }
  }
}

// CACTI changes its organization from size to size, so its own energies fall here and there.
TEST(Sram, RisesWithFourTimesTheCapacityOrWidthInAllButOneOfAHundredPoints) {
  for (const auto& [bytes, width] : {std::pair{4, 1}, {1, 4}}) {
    int steps = 0, falls = 0;
    for (const SramPoint& p : sram_points()) {
      const SramPoint* next = beside(p, bytes * p.bytes, width * p.width_bits);
      if (next == nullptr) continue;
      ++steps;
      if (cost(*next).read_pj <= cost(p).read_pj) ++falls;
    }
    EXPECT_GT(steps, 2000);
    EXPECT_LE(100 * falls, steps) << bytes << " times the bytes, " << width << " times the width";
  }
}

TEST(Sram, RisesWithCapacityOutsideThePoints) {
  for (const Cell cell : {Cell::kLowPower, Cell::kHighPerformance}) {
    for (const double node : {7., 14., 22., 30., 45., 55., 90.}) {
      MemoryCost last = sram_cost({.bytes = 8 << 20, .width_bits = 64}, {node, cell});
      for (std::int64_t bytes = 16 << 20; bytes <= 1 << 28; bytes *= 2) {
        const MemoryCost next = sram_cost({.bytes = bytes, .width_bits = 64}, {node, cell});
        for (std::size_t i = 0; i < 5; ++i) {
          EXPECT_GT(figures(next)[i], figures(last)[i]) << bytes << " bytes at " << node << " nm";
        }
        EXPECT_EQ(next.basis, Basis::kFitted);
        last = next;
      }
    }
  }
}

TEST(Sram, IsFinerAndCheaperAtFinerNodes) {
  for (const int kilobytes : {1, 12, 108, 4096, 30000}) {
    MemoryCost last =
        sram_cost({.bytes = std::int64_t{1024} * kilobytes, .width_bits = 48}, {.node_nm = 90});
    for (const double node : {77., 65., 50., 45., 40., 32., 28., 22., 16., 7.}) {
      const MemoryCost next =
          sram_cost({.bytes = std::int64_t{1024} * kilobytes, .width_bits = 48}, {.node_nm = node});
      EXPECT_LT(next.read_pj, last.read_pj) << kilobytes << " KB at " << node;
      EXPECT_LT(next.area_mm2, last.area_mm2) << kilobytes << " KB at " << node;
      last = next;
    }
  }
}

// 512 bits are two arrays of half the bytes and 256 bits.
TEST(Sram, SetsWideAccessesSideBySide) {
  const MemoryCost wide = sram_cost({.bytes = 131072, .width_bits = 512}, {});
  const MemoryCost half = sram_cost({.bytes = 65536, .width_bits = 256}, {});
  EXPECT_DOUBLE_EQ(wide.read_pj, 2 * half.read_pj);
  EXPECT_DOUBLE_EQ(wide.area_mm2, 2 * half.area_mm2);
  EXPECT_DOUBLE_EQ(wide.access_ns, half.access_ns);
}

// Figures of two banks over those of one, in the median over all points: what four banks do to two.
TEST(Sram, TakesMoreBanksAsTwoAreToOne) {
  const MemoryCost two = sram_cost({.bytes = 65536, .width_bits = 64, .banks = 2}, {});
  const MemoryCost four = sram_cost({.bytes = 65536, .width_bits = 64, .banks = 4}, {});
  for (std::size_t i = 0; i < 5; ++i) {
    std::vector<double> ratios;
    for (const SramPoint& p : sram_points()) {
      SramPoint banked = p;
      banked.banks = 2;
      const SramPoint* other = beside(banked, p.bytes, p.width_bits);
      if (p.banks == 1 && other != nullptr) ratios.push_back(figures(*other)[i] / figures(p)[i]);
    }
    std::nth_element(ratios.begin(), ratios.begin() + std::ssize(ratios) / 2, ratios.end());
    EXPECT_NEAR(figures(four)[i] / figures(two)[i], ratios[ratios.size() / 2], .005) << i;
  }
}

// A second port: a cell of 19.6 x 15 features instead of 14.6 x 10.
TEST(Sram, GrowsWithPorts) {
  const MemoryCost one = sram_cost({.bytes = 65536, .width_bits = 64}, {});
  const MemoryCost two = sram_cost({.bytes = 65536, .width_bits = 64, .ports = 2}, {});
  const double grown = 19.6 * 15 / 146;
  EXPECT_NEAR(two.area_mm2 / one.area_mm2, grown, 1e-12);
  EXPECT_NEAR(two.read_pj / one.read_pj, std::sqrt(grown), 1e-12);
}

// 16 bits: 16 x 0.009 pJ, and for 12 words 12 x 4 address bits of 0.029/32 pJ; 192 bits of 5.98 um2
// and 48 of 71/32 um2.
TEST(Registers, AreFlipFlopsAndComparators) {
  const MemoryCost c = memory_cost({.bytes = 24, .width_bits = 16}, {});
  EXPECT_EQ(c.basis, Basis::kRegisters);
  EXPECT_NEAR(c.read_pj, 16 * .009 + 48 * .029 / 32, 1e-12);
  EXPECT_NEAR(c.area_mm2 * 1e6, 192 * 5.98 + 48 * 71. / 32, 1e-9);
  EXPECT_NEAR(c.leakage_mw, 192 * 7e-5, 1e-12);
}

TEST(Memory, IsRegistersWhereCactiMakesNoArray) {
  const std::pair<MemoryShape, Basis> cases[] = {
      {{.bytes = 255, .width_bits = 8}, Basis::kRegisters},
      {{.bytes = 256, .width_bits = 8}, Basis::kPoint},
      {{.bytes = 504, .width_bits = 64}, Basis::kRegisters},  // 63 words
      {{.bytes = 512, .width_bits = 64}, Basis::kPoint},
      {{.bytes = 512, .width_bits = 64, .banks = 8}, Basis::kPoint},  // as one bank of 64 words
      {{.bytes = 448, .width_bits = 16}, Basis::kInterpolated},
      {{.bytes = 1 << 24, .width_bits = 64}, Basis::kFitted}};
  for (const auto& [shape, basis] : cases) {
    EXPECT_EQ(memory_cost(shape, {.node_nm = 65}).basis, basis)
        << shape.bytes << " bytes of " << shape.width_bits << " bits";
  }
}

struct Errors {
  double squares = 0, largest = 0;
  int n = 0;
  void add(double relative) {
    squares += relative * relative;
    largest = std::max(largest, std::abs(relative));
    ++n;
  }
  std::string text() const {
    return fmt::format("{:.1f} %, {:.0f} %", 100 * std::sqrt(squares / n), 100 * largest);
  }
};

// Each point left out, and made again from its two neighbours along one axis in log-log: rms and
// largest error.
std::array<Errors, 5> left_out(bool by_width) {
  std::array<Errors, 5> errors;
  for (const SramPoint& p : sram_points()) {
    const SramPoint* below =
        by_width ? beside(p, p.bytes, p.width_bits / 2) : beside(p, p.bytes / 2, p.width_bits);
    const SramPoint* above =
        by_width ? beside(p, p.bytes, 2 * p.width_bits) : beside(p, 2 * p.bytes, p.width_bits);
    if (below == nullptr || above == nullptr) continue;
    for (std::size_t i = 0; i < 5; ++i) {
      errors[i].add(std::sqrt(figures(*below)[i] * figures(*above)[i]) / figures(p)[i] - 1);
    }
  }
  return errors;
}

TEST(Sram, ErrsByWhatTheDocsSayWhenAPointIsLeftOut) {
  std::ostringstream page;
  page << std::ifstream(std::string(ORRERY_SOURCE_DIR) + "/docs/energy.md").rdbuf();
  const char* names[] = {"read energy", "write energy", "leakage", "area", "access time"};
  const auto by_capacity = left_out(false), by_width = left_out(true);
  for (std::size_t i = 0; i < 5; ++i) {
    const std::string row =
        fmt::format("| {} | {} | {} |", names[i], by_capacity[i].text(), by_width[i].text());
    EXPECT_NE(page.str().find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace orrery
