// NumPy's .npz files: zip archives of .npy arrays.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace orrery::test {

// Any type of at most 53 bits is exact in double.
struct NpzArray {
  std::vector<int> shape;
  std::vector<double> values;  // C order
};

// The arrays of numbers by name (without ".npy"); texts are left out. Throws std::runtime_error.
std::map<std::string, NpzArray> read_npz(const std::filesystem::path& path);

}  // namespace orrery::test
