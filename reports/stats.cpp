#include "reports/stats.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "reports/grid.h"

namespace orrery {
namespace {

namespace json = boost::json;

std::string kilobytes(std::int64_t bits) {
  return fmt::format("{:.1f}", static_cast<double>(bits) / 8e3);
}

std::vector<std::string> cells(const ZeroStatistics& t) {
  const std::vector<std::string> spread{percent(t.least_share, 1), percent(t.most_share, 1),
                                        fmt::format("{}", t.dead)};
  std::vector<std::string> row{t.layer + " " + t.tensor,
                               grouped(static_cast<std::uint64_t>(t.words)),
                               percent(t.share(), 1),
                               spread[0],
                               spread[1],
                               spread[2],
                               fmt::format("{:.1f}", t.mean_stretch()),
                               fmt::format("{}", t.longest),
                               kilobytes(t.bits)};
  for (const CodedSize& size : t.codes)
    row.push_back(size.why_not.empty() ? kilobytes(size.bits) : "-");
  return row;
}

json::object to_object(const CodedSize& size) {
  json::object o;
  o["bits"] = size.bits;
  o["entries"] = size.entries;
  o["padding"] = size.padding;
  o["why_not"] = size.why_not;
  o["decodes"] = size.decodes;
  return o;
}

json::object to_object(const ZeroStatistics& t) {
  json::object o;
  o["layer"] = t.layer;
  o["tensor"] = t.tensor;
  o["shape"] = json::value_from(t.shape);
  o["words"] = t.words;
  o["zeros"] = t.zeros;
  o["share"] = t.share();
  o["channels"] = {{"number", t.channels},
                   {"dead", t.dead},
                   {"least", t.least_share},
                   {"most", t.most_share},
                   {"deviation", t.deviation}};
  o["stretches"] = {{"mean", t.mean_stretch()},
                    {"longest", t.longest},
                    {"by_length", json::value_from(t.stretches)}};
  o["bits"] = t.bits;
  json::object& codes = o["codes"].emplace_object();
  for (const CodedSize& size : t.codes) codes[size.code] = to_object(size);
  return o;
}

}  // namespace

std::string stats_table(const StatsRun& run, int width) {
  std::vector<std::string> titles{
      "tensor",        "words",          "zeros",         "least\nchannel",
      "most\nchannel", "dead\nchannels", "mean\nstretch", "longest\nstretch",
      "dense\nkB"};
  for (const std::string_view code : kSparseCodes) titles.push_back(std::string(code) + "\nkB");
  Grid grid(titles);
  for (const ZeroStatistics& t : run.tensors) grid.row(cells(t));
  return fmt::format("{}: zeros of its tensors, batch {}, {} data, seed {}, {} bits{}\n\n{}",
                     run.network, run.batch, run.data, run.seed, run.operand_bits,
                     run.pruning.empty() ? "" : ", pruned by " + run.pruning,
                     grid.to_string(width));
}

std::string stats_json(const StatsRun& run) {
  json::object o;
  o["schema"] = kStatsJsonSchema;
  o["network"] = run.network;
  o["data"] = run.data;
  o["pruning"] = run.pruning;
  o["batch"] = run.batch;
  o["operand_bits"] = run.operand_bits;
  o["seed"] = run.seed;
  json::array& tensors = o["tensors"].emplace_array();
  for (const ZeroStatistics& t : run.tensors) tensors.push_back(to_object(t));
  return json::serialize(o) + "\n";
}

}  // namespace orrery
