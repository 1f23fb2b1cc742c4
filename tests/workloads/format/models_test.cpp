#include <gtest/gtest.h>

#include <boost/crc.hpp>

#include "tests/workloads/format/model.h"

namespace orrery::test {
namespace {

class Models : public testing::Test {
 protected:
  void SetUp() override {
    if (models().empty()) {
      GTEST_SKIP() << "no trained networks in " << models_folder()
                   << "; ORRERY_SHARED names the folder that holds models/";
    }
  }
  static const std::vector<Model>& models() {
    static const std::vector<Model> all = read_models();
    return all;
  }
  // Calls check(layer, its name) for each layer of each model.
  template <class Check>
  static void for_each_layer(Check check) {
    for (const Model& model : models()) {
      for (const ModelLayer& layer : model.layers) check(layer, model.name + "/" + layer.file);
    }
  }
};

bool has_weights(const ModelLayer& layer) { return layer.data.contains("w"); }

Codes second(const ModelLayer& layer) {
  return layer.data.contains("x2") ? codes(layer.data.at("x2")) : Codes{};
}

// The golden codes of TFLite, with the few that ONNX changes.
Codes onnx_golden(const ModelLayer& layer) {
  Codes y = codes(layer.data.at("y"));
  const std::vector<double>& places = layer.data.at("onnx_idx").values;
  for (std::size_t i = 0; i < places.size(); ++i) {
    y.at(static_cast<std::size_t>(places[i])) =
        static_cast<std::int16_t>(layer.data.at("onnx_val").values[i]);
  }
  return y;
}

TEST_F(Models, AccumulatorsAreTheGoldenOnes) {
  for_each_layer([](const ModelLayer& layer, const std::string& name) {
    if (!has_weights(layer)) return;
    const std::vector<double>& golden = layer.data.at("acc").values;
    const std::vector<std::int32_t> sums = accumulators(layer, codes(layer.data.at("x")));
    EXPECT_TRUE(std::equal(sums.begin(), sums.end(), golden.begin(), golden.end())) << name;
  });
}

TEST_F(Models, MultipliersFollowFromTheScales) {
  for_each_layer([](const ModelLayer& layer, const std::string& name) {
    if (!has_weights(layer)) return;
    const std::vector<RequantChannel> all = channels(layer, Requant::kTflite);
    for (std::size_t k = 0; k < all.size(); ++k) {
      EXPECT_EQ(all[k].fixed.mantissa, layer.data.at("mult").values[k]) << name << " " << k;
      EXPECT_EQ(all[k].fixed.shift, layer.data.at("shift").values[k]) << name << " " << k;
    }
  });
}

TEST_F(Models, EveryLayerIsBitExactUnderTfliteRules) {
  for_each_layer([](const ModelLayer& layer, const std::string& name) {
    const Codes x = codes(layer.data.at("x"));
    EXPECT_EQ(run(layer, x, second(layer), Requant::kTflite), codes(layer.data.at("y"))) << name;
  });
}

TEST_F(Models, EveryLayerIsBitExactUnderOnnxRules) {
  for_each_layer([](const ModelLayer& layer, const std::string& name) {
    const Codes x = codes(layer.data.at("x"));
    EXPECT_EQ(run(layer, x, second(layer), Requant::kOnnx), onnx_golden(layer)) << name;
  });
}

// Sample `i` of a batch of codes.
Codes sample(const NpzArray& batch, std::size_t i) {
  const std::size_t words = batch.values.size() / static_cast<std::size_t>(batch.shape[0]);
  const auto begin = batch.values.begin() + static_cast<std::ptrdiff_t>(i * words);
  return {begin, begin + static_cast<std::ptrdiff_t>(words)};
}

std::uint32_t crc32(const Codes& x) {
  boost::crc_32_type crc;
  for (const std::int16_t code : x) crc.process_byte(static_cast<unsigned char>(code));
  return crc.checksum();
}

// Runs sample `i` from its input on; `each` sees every layer's output.
template <class Each>
Codes chained(const Model& model, std::size_t i, Requant rule, Each each) {
  const Codes input = sample(model.samples.at("x"), i);
  std::map<int, Codes> outputs;
  const auto from = [&](int n) { return n < 0 ? input : outputs.at(n); };
  for (const ModelLayer& layer : model.layers) {
    const bool adds = layer.kind == "ADD";
    outputs[layer.number] =
        run(layer, from(layer.input), adds ? from(layer.input2) : Codes{}, rule);
    each(layer, outputs[layer.number]);
  }
  return outputs.at(model.layers.back().number);
}

TEST_F(Models, WholeNetworksAreBitExactUnderTfliteRulesLayerByLayer) {
  for (const Model& model : models()) {
    const NpzArray& y = model.samples.at("y");
    for (std::size_t i = 0; i < static_cast<std::size_t>(y.shape[0]); ++i) {
      const auto same_crc = [&](const ModelLayer& layer, const Codes& out) {
        EXPECT_EQ(crc32(out), layer.out_crc32.at(i)) << model.name << " " << layer.file << " " << i;
      };
      EXPECT_EQ(chained(model, i, Requant::kTflite, same_crc), sample(y, i)) << model.name << i;
    }
  }
}

TEST_F(Models, WholeNetworksAreBitExactUnderOnnxRules) {
  for (const Model& model : models()) {
    const NpzArray& y = model.samples.at("y_onnx");
    for (std::size_t i = 0; i < static_cast<std::size_t>(y.shape[0]); ++i) {
      const auto nothing = [](const ModelLayer&, const Codes&) {};
      EXPECT_EQ(chained(model, i, Requant::kOnnx, nothing), sample(y, i)) << model.name << i;
    }
  }
}

}  // namespace
}  // namespace orrery::test
