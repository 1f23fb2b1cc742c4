// AlexNet on the machines of the other dataflow classes, each by its own dataflow: the values, and
// what the dataflow promises for the on-chip stores (Chen, Emer, Sze, ISCA 2016, section IV).
#include <gtest/gtest.h>

#include "tests/laws/published_layers.h"
#include "workloads/network/network.h"

namespace orrery::test {
namespace {

struct Case {
  const char* machine;
  const char* layer;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.machine << " " << c.layer;
}

class AlexNet : public testing::TestWithParam<Case> {};

Shape shape_of(const Layer& layer) {
  const auto at = [&](Dim d) { return layer.bound(d); };
  return {.groups = at(Dim::kG),
          .images = at(Dim::kN),
          .m = at(Dim::kM),
          .c = at(Dim::kC),
          .p = at(Dim::kP),
          .q = at(Dim::kQ),
          .r = at(Dim::kR),
          .s = at(Dim::kS),
          .stride = layer.stride_rows};
}

// A filter word for each MAC; an ifmap word for 16 neurons; a psum for 16 synapses.
void expect_no_reuse(const Shape& x, const LayerResult& r) {
  const std::uint64_t taps = product({x.groups, x.p, x.q, x.r, x.s});
  EXPECT_EQ(r.steps, diannao_steps(x));
  EXPECT_EQ(r.counts[Action::glb_filter_array_read], r.macs);
  EXPECT_EQ(r.counts[Action::noc_ifmap_bus_word], taps * product({x.c}) * ceil_div(x.m, 16));
  EXPECT_EQ(r.counts[Action::glb_psum_array_write], taps * product({x.m}) * ceil_div(x.c, 16));
  EXPECT_EQ(r.counts[Action::glb_psum_array_write] - r.counts[Action::glb_psum_array_read],
            product({x.groups, x.m, x.p, x.q}))
      << "each psum starts once";
}

// Each filter word once; an ifmap word for 256 ofmap channels; a psum of 4 words for 256 ifmap
// channels.
void expect_filters_stay(const Shape& x, const LayerResult& r) {
  const std::uint64_t taps = product({x.groups, x.p, x.q, x.r, x.s});
  EXPECT_EQ(r.steps, taps * ceil_div(x.m, 256) * ceil_div(x.c, 256));
  EXPECT_EQ(r.counts[Action::glb_filter_array_read], product({x.groups, x.m, x.c, x.r, x.s}));
  EXPECT_EQ(r.counts[Action::noc_ifmap_bus_word], taps * product({x.c}) * ceil_div(x.m, 256));
  EXPECT_EQ(r.counts[Action::glb_psum_array_write], taps * product({4, x.m}) * ceil_div(x.c, 256));
}

// Psums leave once for each tile of ifmap channels and filter rows, and come back in between.
void expect_psums_stay(const Shape& x, const LayerResult& r) {
  std::uint64_t tiles = 1;
  for (const Loop& loop : r.mapping.nest) {
    if (loop.place == Place::kDram && loop.dim == Dim::kC) tiles *= ceil_div(x.c, loop.step);
    if (loop.place == Place::kDram && loop.dim == Dim::kR) tiles *= ceil_div(x.r, loop.step);
  }
  const std::uint64_t ofmap = product({x.groups, x.m, x.p, x.q});
  EXPECT_EQ(r.counts[Action::glb_psum_array_write], ofmap * tiles);
  EXPECT_EQ(r.counts[Action::glb_psum_array_read], ofmap * (tiles - 1));
  EXPECT_EQ(r.counts[Action::spad_psum_update_write] + r.counts[Action::spad_psum_first_write],
            r.macs);
}

TEST_P(AlexNet, KeepsThePromiseOfItsDataflowOnMachinesBuiltForIt) {
  const Case& c = GetParam();
  const Machine m = machine_named(c.machine);
  const Network network = read_network(kRoot / "workloads/alexnet");
  const Layer layer = at_widths_of(m, select(network, 1, {c.layer}).layers.at(0));
  const LayerResult r = play(m, layer, find_dataflow(m.native)->map(layer, m));
  EXPECT_EQ(static_cast<std::int64_t>(r.macs), layer.macs());
  const auto expect = m.native == "nlr"  ? expect_no_reuse
                      : m.native == "ws" ? expect_filters_stay
                                         : expect_psums_stay;
  expect(shape_of(layer), r);
}

std::vector<Case> runs() {
  std::vector<Case> all;
  for (const char* machine : {"tpu_v1", "shidiannao", "diannao"}) {
    for (const char* layer : {"CONV1", "CONV2", "CONV3", "CONV4", "CONV5", "FC6", "FC7", "FC8"}) {
      all.push_back({machine, layer});
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Published, AlexNet, testing::ValuesIn(runs()), [](const auto& test) {
  return fmt::format("{}_{}", test.param.machine, test.param.layer);
});

}  // namespace
}  // namespace orrery::test
