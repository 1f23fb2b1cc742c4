#include "tests/workloads/npz.h"

#include <zip.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <sstream>
#include <stdexcept>

namespace orrery::test {
namespace {

static_assert(std::endian::native == std::endian::little);

template <class T>
double value_at(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return static_cast<double>(value);
}

struct Type {
  std::string name;
  std::size_t bytes;
  double (*value)(const char*);
};

const Type* type_of(const std::string& header) {
  static const std::vector<Type> types{
      {"'|i1'", 1, value_at<std::int8_t>},  {"'|u1'", 1, value_at<std::uint8_t>},
      {"'<i2'", 2, value_at<std::int16_t>}, {"'<i4'", 4, value_at<std::int32_t>},
      {"'<i8'", 8, value_at<std::int64_t>}, {"'<f4'", 4, value_at<float>},
      {"'<f8'", 8, value_at<double>}};
  for (const Type& type : types) {
    if (header.find(type.name) != std::string::npos) return &type;
  }
  return nullptr;
}

std::vector<int> shape_of(const std::string& header) {
  const std::size_t open = header.find('(');
  std::istringstream text(header.substr(open + 1, header.find(')') - open - 1));
  std::vector<int> shape;
  for (std::string extent; std::getline(text, extent, ',');) {
    if (extent.find_first_of("0123456789") != std::string::npos) shape.push_back(std::stoi(extent));
  }
  return shape;
}

// Version 1: magic, two bytes of version, two of the header's length.
bool parse(const std::string& file, NpzArray& array) {
  const std::size_t length = static_cast<std::uint8_t>(file.at(8)) +
                             std::size_t{256} * static_cast<std::uint8_t>(file.at(9));
  const std::string header = file.substr(10, length);
  const Type* type = type_of(header);
  if (type == nullptr) return false;
  array.shape = shape_of(header);
  for (std::size_t at = 10 + length; at + type->bytes <= file.size(); at += type->bytes) {
    array.values.push_back(type->value(&file[at]));
  }
  return true;
}

std::string read_entry(zip_t* archive, zip_uint64_t index, const zip_stat_t& entry) {
  std::string bytes(entry.size, '\0');
  zip_file_t* file = zip_fopen_index(archive, index, 0);
  if (file == nullptr) throw std::runtime_error("an archive's entry cannot be opened");
  const zip_int64_t read = zip_fread(file, bytes.data(), entry.size);
  zip_fclose(file);
  if (read != static_cast<zip_int64_t>(entry.size)) {
    throw std::runtime_error("an archive's entry cannot be read");
  }
  return bytes;
}

}  // namespace

std::map<std::string, NpzArray> read_npz(const std::filesystem::path& path) {
  int error = 0;
  const std::unique_ptr<zip_t, int (*)(zip_t*)> archive(zip_open(path.c_str(), ZIP_RDONLY, &error),
                                                        zip_close);
  if (!archive) throw std::runtime_error(path.string() + " is not a zip archive");
  std::map<std::string, NpzArray> arrays;
  const auto entries = static_cast<zip_uint64_t>(zip_get_num_entries(archive.get(), 0));
  for (zip_uint64_t i = 0; i < entries; ++i) {
    zip_stat_t entry;
    if (zip_stat_index(archive.get(), i, 0, &entry) != 0) {
      throw std::runtime_error(path.string() + " has an entry without a name");
    }
    const std::string name = entry.name;
    NpzArray array;
    if (parse(read_entry(archive.get(), i, entry), array)) {
      arrays[name.substr(0, name.rfind(".npy"))] = std::move(array);
    }
  }
  return arrays;
}

}  // namespace orrery::test
