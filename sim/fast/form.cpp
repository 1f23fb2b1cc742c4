#include "sim/fast/form.h"

#include <algorithm>

#include "sim/fast/hash.h"

namespace orrery {

Form form(const Layer& layer, const Machine& machine, const Box& box, std::int32_t extra) {
  Form out;
  for (const Dim d : kAllDims) out.value[index(d)] = box[d].size();
  out.value[Form::kExtra] = extra;
  if (machine.padding == Padding::kStored) return out;
  const auto made = [&](std::size_t at, Range windows, Range taps, int stride, int dilation,
                        int pad, int extent) {
    const int first = windows.lo * stride + taps.lo * dilation,
              last = (windows.hi - 1) * stride + (taps.hi - 1) * dilation;
    out.value[at] = std::max(0, pad - first);
    out.value[at + 1] = std::max(0, last - (pad + extent - 1));
  };
  using enum Dim;
  made(Form::kMade, box[kP], box[kR], layer.stride_rows, layer.dilation_rows, layer.pad_top,
       layer.ifmap_rows);
  made(Form::kMade + 2, box[kQ], box[kS], layer.stride_cols, layer.dilation_cols, layer.pad_left,
       layer.ifmap_cols);
  return out;
}

std::size_t FormHash::operator()(const Form& form) const { return hash_of(form.value); }

}  // namespace orrery
