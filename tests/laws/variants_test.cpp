// What the papers on Eyeriss do not say, varied: docs/variants.md prints the spread, and this test
// holds it to what the fast engine says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>

#include "sim/fast/engine.h"
#include "workloads/input/input_error.h"
#include "workloads/input/override.h"
#include "workloads/network/network.h"

namespace orrery {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = ORRERY_SOURCE_DIR;

using Set = std::vector<std::string>;
using Times = std::array<double, 6>;  // ms of processing: CONV1 to CONV5, their sum

class Chip {
 public:
  // Empty: a pass can never end.
  std::optional<Times> times(const Set& set) const {
    Node file = parse_yaml(kRoot / "arch/eyeriss.yaml");
    override_values(file, set);
    const Machine machine = read_machine(file);
    Times out{};
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const auto given =
          std::ranges::find(mappings_, network_.layers[i].name, &NamedMapping::layer);
      try {
        out[i] = run_layer_fast(machine, network_.layers[i], given->mapping).processing_ms;
      } catch (const InputError&) {
        return {};
      }
      out[5] += out[i];
    }
    return out;
  }

 private:
  Network network_ = select(read_network(kRoot / "workloads/alexnet"), 4,
                            {"CONV1", "CONV2", "CONV3", "CONV4", "CONV5"});
  std::vector<NamedMapping> mappings_ =
      read_mappings(kRoot / "workloads/alexnet/mappings/eyeriss-table3.yaml");
};

std::string row(const std::string& title, const std::optional<Times>& times) {
  std::string text = fmt::format("| {} |", title);
  if (!times) return text + " a pass can never end | | | | | |\n";
  for (const double ms : *times) text += fmt::format(" {:.2f} |", ms);
  return text + "\n";
}

const std::vector<std::string> kOnes{"array.pipelined=true",
                                     "noc.ifmap.order=step_reversed",
                                     "noc.ifmap.order=pe",
                                     "noc.filter.order=step_reversed",
                                     "noc.filter.order=pe",
                                     "noc.psum_in.order=step_reversed",
                                     "noc.psum_in.order=pe",
                                     "noc.psum_out.order=step_reversed",
                                     "noc.psum_out.order=pe",
                                     "pe.ifmap_fifo_words=1",
                                     "pe.ifmap_fifo_words=16",
                                     "pe.filter_fifo_packets=1",
                                     "pe.filter_fifo_packets=16",
                                     "pe.psum_in_fifo_packets=1",
                                     "pe.psum_in_fifo_packets=2",
                                     "pe.psum_in_fifo_packets=3",
                                     "pe.psum_in_fifo_packets=16",
                                     "pe.psum_out_fifo_packets=1",
                                     "pe.psum_out_fifo_packets=2",
                                     "pe.psum_out_fifo_packets=3",
                                     "pe.psum_out_fifo_packets=16",
                                     "noc.ifmap.latency_cycles=4",
                                     "noc.filter.latency_cycles=4",
                                     "noc.psum_in.latency_cycles=4",
                                     "noc.psum_out.latency_cycles=4",
                                     "noc.psum_link.latency_cycles=4",
                                     "dma.crossing_cycles=0",
                                     "dma.crossing_cycles=4",
                                     "dma.burst_words=8",
                                     "dma.burst_words=128",
                                     "dram.latency_ns=20",
                                     "dram.latency_ns=200",
                                     "post.words_per_cycle=1"};

// Every choice of overlap, orders and depths, with each other.
const std::vector<Set> kAxes{
    {"array.pipelined=false", "array.pipelined=true"},
    {"noc.ifmap.order=step", "noc.ifmap.order=step_reversed"},
    {"noc.filter.order=step", "noc.filter.order=step_reversed", "noc.filter.order=pe"},
    {"noc.psum_in.order=step", "noc.psum_in.order=step_reversed"},
    {"noc.psum_out.order=step", "noc.psum_out.order=step_reversed"},
    {"pe.ifmap_fifo_words=1", "pe.ifmap_fifo_words=4"},
    {"pe.filter_fifo_packets=1", "pe.filter_fifo_packets=4"},
    {"pe.psum_in_fifo_packets=2", "pe.psum_in_fifo_packets=4", "pe.psum_in_fifo_packets=8"},
    {"pe.psum_out_fifo_packets=2", "pe.psum_out_fifo_packets=4", "pe.psum_out_fifo_packets=8"}};

Set combination(std::size_t number) {
  Set set;
  for (const Set& axis : kAxes) {
    set.push_back(axis[number % axis.size()]);
    number /= axis.size();
  }
  return set;
}

std::size_t combinations() {
  std::size_t all = 1;
  for (const Set& axis : kAxes) all *= axis.size();
  return all;
}

struct Spread {
  Times least, most;
  std::size_t played = 0, stuck = 0, in_windows = 0;
  Spread() {
    least.fill(std::numeric_limits<double>::max());
    most.fill(0);
  }
};

// The windows of the published times: 2, 3.5, 2 per cent, and 2 for the sum.
bool in_windows(const Times& ms) {
  const auto near = [](double ours, double chip, double part) {
    return std::abs(ours - chip) <= chip * part;
  };
  return near(ms[0], 16.5, 0.02) && near(ms[1], 39.2, 0.035) && near(ms[2], 21.8, 0.02) &&
         near(ms[5], 103.5, 0.02);
}

Spread spread(const Chip& chip, std::size_t stride) {
  Spread out;
  for (std::size_t k = 0; k < combinations(); k += stride) {
    const std::optional<Times> times = chip.times(combination(k));
    ++out.played;
    if (!times) {
      ++out.stuck;
      continue;
    }
    out.in_windows += in_windows(*times) ? 1 : 0;
    for (std::size_t i = 0; i < times->size(); ++i) {
      out.least[i] = std::min(out.least[i], (*times)[i]);
      out.most[i] = std::max(out.most[i], (*times)[i]);
    }
  }
  return out;
}

std::string document() {
  std::ifstream in(kRoot / "docs/variants.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

void expect_in_document(const std::string& text) {
  EXPECT_NE(document().find(text), std::string::npos) << "docs/variants.md should print\n" << text;
}

TEST(Variants, OneByOneAreAsTheDocumentPrintsThem) {
  const Chip chip;
  std::string text = row("as in the file", chip.times({}));
  for (const std::string& one : kOnes) text += row(fmt::format("`{}`", one), chip.times({one}));
  expect_in_document(text);
}

// A hundredth of them in every run.
TEST(Variants, TogetherStayInTheSpreadThatTheDocumentPrints) {
  const bool all = std::getenv("ORRERY_ALL") != nullptr;
  const Spread found = spread(Chip(), all ? 1 : 97);
  if (all) {
    expect_in_document(row("least", found.least) + row("most", found.most));
    expect_in_document(
        fmt::format("{} combinations, of which {} can never end and {} are inside "
                    "all windows",
                    found.played, found.stuck, found.in_windows));
    return;
  }
  const std::string text = document();
  const auto figures = [&](const std::string& title) {
    Times out{};
    std::istringstream line(text.substr(text.find("| " + title + " |") + title.size() + 4));
    char bar = 0;
    for (double& ms : out) line >> ms >> bar;
    return out;
  };
  const Times least = figures("least"), most = figures("most");
  for (std::size_t i = 0; i < least.size(); ++i) {
    EXPECT_GE(found.least[i], least[i] - 0.005) << "column " << i;
    EXPECT_LE(found.most[i], most[i] + 0.005) << "column " << i;
  }
  EXPECT_GT(found.in_windows, 0U);
}

}  // namespace
}  // namespace orrery
