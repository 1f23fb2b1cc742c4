// oneDNN's convolution, the independent witness of the golden reference.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

#include "workloads/tensor/tensor.h"

namespace orrery::test {

// An ifmap without its padding and a filter, as floats.
struct Floats {
  std::vector<float> ifmap, filter;
};

// The psums of a convolution in f32: exact where every partial sum is an integer below 2^24.
inline std::vector<float> onednn(const Layer& l, Floats in) {
  using dnnl::memory;
  using Conv = dnnl::convolution_forward;
  using Tag = memory::format_tag;
  const auto at = [&](Dim d) { return static_cast<memory::dim>(l.bound(d)); };
  const memory::dim g = at(Dim::kG), n = at(Dim::kN), m = at(Dim::kM), c = at(Dim::kC);
  const auto f32 = memory::data_type::f32;
  const memory::desc src({n, g * c, l.ifmap_rows, l.ifmap_cols}, f32, Tag::nchw);
  const memory::desc weights({g, m, c, at(Dim::kR), at(Dim::kS)}, f32, Tag::goihw);
  const memory::desc dst({n, g * m, at(Dim::kP), at(Dim::kQ)}, f32, Tag::nchw);
  // oneDNN wants the padding that its windows reach, which may be less than the layer's.
  const auto reached = [](int out, int stride, int taps, int dilation, int before, int plane) {
    return static_cast<memory::dim>((out - 1) * stride + (taps - 1) * dilation + 1 - before -
                                    plane);
  };
  const memory::dims after{reached(l.bound(Dim::kP), l.stride_rows, l.bound(Dim::kR),
                                   l.dilation_rows, l.pad_top, l.ifmap_rows),
                           reached(l.bound(Dim::kQ), l.stride_cols, l.bound(Dim::kS),
                                   l.dilation_cols, l.pad_left, l.ifmap_cols)};
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const Conv::primitive_desc description({dnnl::prop_kind::forward_inference,
                                          dnnl::algorithm::convolution_direct,
                                          src,
                                          weights,
                                          dst,
                                          {l.stride_rows, l.stride_cols},
                                          {l.dilation_rows - 1, l.dilation_cols - 1},
                                          {l.pad_top, l.pad_left},
                                          after},
                                         engine);
  std::vector<float> psums(static_cast<std::size_t>(elements(psum_shape(l))));
  dnnl::stream stream(engine);
  Conv(description)
      .execute(stream, {{DNNL_ARG_SRC, memory(src, engine, in.ifmap.data())},
                        {DNNL_ARG_WEIGHTS, memory(weights, engine, in.filter.data())},
                        {DNNL_ARG_DST, memory(dst, engine, psums.data())}});
  stream.wait();
  return psums;
}

}  // namespace orrery::test
