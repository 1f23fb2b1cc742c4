#include "workloads/tensor/tensor.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace orrery {
namespace {

int channels(const Layer& layer, Dim of_group) {
  return layer.bound(Dim::kG) * layer.bound(of_group);
}

void require(int ok) {
  if (ok != 1) throw std::runtime_error("OpenSSL cannot compute SHA-256");
}

}  // namespace

std::vector<int> ifmap_shape(const Layer& layer) {
  return {layer.bound(Dim::kN), channels(layer, Dim::kC), layer.padded_rows(), layer.padded_cols()};
}

std::vector<int> filter_shape(const Layer& layer) {
  if (layer.kind == LayerKind::kPool) return {0};
  return {channels(layer, Dim::kM), layer.bound(Dim::kC), layer.bound(Dim::kR),
          layer.bound(Dim::kS)};
}

std::vector<int> psum_shape(const Layer& layer) {
  return {layer.bound(Dim::kN), channels(layer, Dim::kM), layer.bound(Dim::kP),
          layer.bound(Dim::kQ)};
}

std::vector<int> ofmap_shape(const Layer& layer) {
  std::vector<int> shape = psum_shape(layer);
  for (const Pool& pool : layer.post.pool) {
    shape[2] = pool.out(shape[2]);
    shape[3] = pool.out(shape[3]);
  }
  return shape;
}

std::int64_t elements(const std::vector<int>& shape) {
  std::int64_t n = 1;
  for (const int extent : shape) n *= extent;
  return n;
}

std::string sha256(const OperandTensor& t) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(),
                                                                       &EVP_MD_CTX_free);
  require(digest ? 1 : 0);
  require(EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr));
  std::array<unsigned char, 8192> bytes;
  for (std::size_t at = 0; at < t.data.size();) {
    std::size_t filled = 0;
    for (; at < t.data.size() && filled < bytes.size(); ++at) {
      const auto word = static_cast<std::uint16_t>(t.data[at]);
      bytes[filled++] = static_cast<unsigned char>(word & 0xff);
      bytes[filled++] = static_cast<unsigned char>(word >> 8);
    }
    require(EVP_DigestUpdate(digest.get(), bytes.data(), filled));
  }
  std::array<unsigned char, 32> sum;
  require(EVP_DigestFinal_ex(digest.get(), sum.data(), nullptr));
  std::string hex;
  for (const unsigned char byte : sum) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace orrery
