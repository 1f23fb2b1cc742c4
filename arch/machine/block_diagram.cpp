// A machine drawn as text: DRAM above, the array below, sizes and widths on every box and wire.
#include <fmt/format.h>

#include <algorithm>

#include "arch/mac/all.h"
#include "arch/machine/fields_of_machine.h"

namespace orrery {
namespace {

std::string kilobytes(std::int64_t bits) {
  return fmt::format("{:.1f} KB", static_cast<double>(bits) / 8 / 1024);
}

std::string megabytes_per_second(double bytes) { return fmt::format("{:.6g} MB/s", bytes / 1e6); }

std::string list(const std::vector<std::string>& words) {
  return words.empty() ? "nothing" : fmt::format("{}", fmt::join(words, ", "));
}

// "12 words", "1 word".
std::string some(std::int64_t count, std::string_view unit) {
  return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

// Boxes as wide as the widest line, joined by wires.
class Drawing {
 public:
  void box(std::vector<std::string> lines) {
    for (const std::string& line : lines) width_ = std::max(width_, line.size());
    blocks_.push_back({true, std::move(lines)});
  }
  void wire(const std::string& label) { blocks_.push_back({false, {label}}); }
  std::string text() const {
    const std::string edge = fmt::format("  +{:-<{}}+\n", "", width_ + 2);
    std::string out;
    for (const auto& [boxed, lines] : blocks_) {
      if (boxed) out += edge;
      for (const std::string& line : lines) {
        out += boxed ? fmt::format("  | {:<{}} |\n", line, width_)
                     : fmt::format("       |  {}\n", line);
      }
      if (boxed) out += edge;
    }
    return out;
  }

 private:
  std::size_t width_ = 72;
  std::vector<std::pair<bool, std::vector<std::string>>> blocks_;
};

std::string bus(const Link& b) {
  std::string text = some(b.words_per_cycle, "word") + "/cycle";
  if (b.latency_cycles > 0) text += " after " + some(b.latency_cycles, "cycle");
  return text;
}

void draw_dram(const Machine& m, Drawing& drawing) {
  const double link = m.clocks.link_mhz * 1e6 * m.dma.words_per_cycle * m.numbers.word_bits / 8;
  const std::string kind = m.dram.setup ? m.dram.setup->standard.name + ", " : "";
  drawing.box({fmt::format(
      "DRAM  {}{} MB, {}, first word after {:.6g} ns", kind, m.dram.capacity_bytes() >> 20,
      megabytes_per_second(m.dram.peak_bytes_per_second()), m.dram.first_word_ns())});
  drawing.wire(fmt::format("link  {}/cycle at {} MHz = {}", some(m.dma.words_per_cycle, "word"),
                           m.clocks.link_mhz, megabytes_per_second(link)));
  drawing.box({fmt::format("DMA   beside the array: {}; a clock crossing costs {}",
                           list(m.dma.overlap), some(m.dma.crossing_cycles, "edge"))});
}

void draw_post(const Machine& m, Drawing& drawing) {
  const std::pair<bool, const char*> all[] = {{m.post.bias, "bias"},
                                              {m.post.requantize, "requantization"},
                                              {m.post.relu, "ReLU"},
                                              {m.post.pooling, "pooling"}};
  std::vector<std::string> steps;
  for (const auto& [present, step] : all) {
    if (present) steps.emplace_back(step);
  }
  drawing.wire(
      fmt::format("out through {}: {}/cycle", list(steps), some(m.post.words_per_cycle, "word")));
}

// What a store does beside holding words.
std::string note(const Store& s) {
  std::string text;
  if (s.prefetches()) text += fmt::format(", {} ahead", some(s.prefetch_tiles, "tile"));
  if (s.tile_words > 0) text += fmt::format(", tiles of {}", some(s.tile_words, "word"));
  if (s.accumulates) text += ", adds";
  return text;
}

void draw_levels(const Machine& m, Drawing& drawing) {
  for (const Level& level : m.levels) {
    std::vector<std::string> lines;
    std::int64_t bits = 0;
    for (const Store& s : level.stores) {
      const std::int64_t words = std::int64_t{s.banks} * s.bank_words;
      bits += words * m.numbers.word_bits;
      lines.push_back(fmt::format("  {:<10} {} x {} words, {}, for {}{}", s.name, s.banks,
                                  s.bank_words, kilobytes(words * m.numbers.word_bits),
                                  list(s.holds), note(s)));
      lines.push_back(fmt::format("  {:<10} reads {}, writes {} words/cycle{}", "",
                                  s.read_words_per_cycle, s.write_words_per_cycle,
                                  s.shared_port ? ", psums in turns" : ""));
    }
    lines.insert(lines.begin(),
                 fmt::format("{}  {} in banks, each of one tensor", level.name, kilobytes(bits)));
    drawing.box(lines);
  }
}

std::string gated_by(const Machine& m) {
  const MacTraits& mac = find_mac(m.mac)->traits;
  if (mac.skips) return ", passes over zero ifmap operands";
  if (mac.gating == Gating::kNone) return "";
  return fmt::format(", gated by zero {} operands",
                     mac.gating == Gating::kIfmap ? "ifmap" : "filter");
}

void draw_array(const Machine& m, Drawing& drawing) {
  const Pe& pe = m.pe;
  const Numbers& n = m.numbers;
  const std::int64_t bits = std::int64_t{pe.ifmap_spad_words + pe.filter_spad_words} * n.word_bits +
                            std::int64_t{pe.psum_spad_words} * m.words_per_psum() * n.word_bits;
  drawing.wire(fmt::format("NoC   ifmap {}, filter {}", bus(m.noc.ifmap), bus(m.noc.filter)));
  drawing.wire(
      fmt::format("      psums in {}, psums out {}", bus(m.noc.psum_in), bus(m.noc.psum_out)));
  drawing.box(
      {fmt::format("Array {} x {} = {} PEs at {} MHz, psums meet by: {}", m.array.rows,
                   m.array.cols, m.pes(), m.clocks.core_mhz, enum_name(m.array.psum_route)),
       fmt::format("  pace       {}; operands: {}{}{}", enum_name(m.array.pace),
                   enum_name(m.array.delivery), m.array.shadow_filters ? "; shadow filters" : "",
                   m.array.pipelined ? "; pipelined" : ""),
       fmt::format("  psum link  {}", bus(m.noc.psum_link)),
       fmt::format("  PE spads   ifmap {}, filter {}, psum {}", some(pe.ifmap_spad_words, "word"),
                   some(pe.filter_spad_words, "word"), some(pe.psum_spad_words, "psum")),
       fmt::format("             {} bytes a PE, {} in all", bits / 8, kilobytes(bits * m.pes())),
       fmt::format("  PE FIFOs   ifmap {}, filter {}, psum in {}, out {}",
                   some(pe.ifmap_fifo_words, "word"), some(pe.filter_fifo_packets, "packet"),
                   some(pe.psum_in_fifo_packets, "packet"),
                   some(pe.psum_out_fifo_packets, "packet")),
       fmt::format("  {:<10} {} pipeline {}, {}{}", m.mac, pe.pipeline_stages,
                   pe.pipeline_stages == 1 ? "stage" : "stages", some(pe.adders, "adder"),
                   gated_by(m)),
       fmt::format("  numbers    operands {}, products {}, psums {} bits ({}), words {} bits",
                   n.operand_bits, n.product_bits, n.psum_bits, enum_name(n.overflow),
                   n.word_bits)});
}

std::string stride_text(const std::vector<int>& strides) {
  return fmt::format("{}", fmt::join(strides, " "));
}

std::string controller_text(const Machine& m) {
  const auto limit = [](int value) { return value == 0 ? "any" : fmt::format("up to {}", value); };
  return fmt::format(
      "  set-up     {} at {} MHz for each layer\n"
      "  native     filter rows {}, columns {}, filters {}, channels {}\n"
      "  strides    rows {}; columns {}\n"
      "  padding    {}; the first pass {}\n",
      some(m.controller.setup_bits, "bit"), m.controller.setup_mhz, limit(m.limits.filter_rows),
      limit(m.limits.filter_cols), limit(m.limits.filters), limit(m.limits.channels),
      stride_text(m.limits.stride_rows), stride_text(m.limits.stride_cols), enum_name(m.padding),
      m.first_psum == FirstPsum::kRead ? "reads its zero psums" : "starts from zero");
}

// " = 4", " = [ifmap, filter]" or nothing for a structure.
std::string value_text(const Node& node) {
  if (node.kind == Node::Kind::kScalar) return " = " + node.text;
  if (node.kind == Node::Kind::kMap) return "";
  std::vector<std::string> words;
  for (const Node& item : node.items) words.push_back(item.text);
  return fmt::format(" = [{}]", fmt::join(words, ", "));
}

std::string tagged_text(const Machine& m, Origin origin, std::string_view heading) {
  Machine copy = m;
  const Node tree = write_value(copy, "", m.tags);
  std::string lines;
  for (const TaggedValue& tag : m.tags) {
    if (tag.origin != origin) continue;
    const std::string what =
        tag.path.empty() ? "the whole machine" : tag.path + value_text(tree.toward(tag.path));
    const bool in_file = tag.line > 0;  // or set on the command line
    lines += fmt::format("  {}{}\n", what, in_file ? fmt::format(" (line {})", tag.line) : "");
  }
  return lines.empty() ? "" : fmt::format("\n{}\n{}", heading, lines);
}

}  // namespace

std::string block_diagram(const Machine& machine) {
  Drawing drawing;
  draw_dram(machine, drawing);
  draw_post(machine, drawing);
  draw_levels(machine, drawing);
  draw_array(machine, drawing);
  std::string text = machine.name + "\n";
  if (!machine.description.empty()) text += "  " + machine.description + "\n";
  text +=
      fmt::format("  source: {}\n\n{}{}", machine.source, drawing.text(), controller_text(machine));
  text +=
      tagged_text(machine, Origin::kAssumed, "Assumed: no source says; chosen for this machine");
  text += tagged_text(machine, Origin::kFitted, "Fitted: chosen to match a published figure");
  return text;
}

}  // namespace orrery
