// The values of a structure as bytes: equal structures have equal bytes, and only they.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <type_traits>

#include "workloads/input/fields.h"

namespace orrery {

// Visitor: appends each value in the order of the list; of strings and lists their length first.
struct FieldBytes {
  std::string bytes;

  void number(std::uint64_t n) {
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(n >> (8 * i));
  }
  template <class T>
  void value(T& v) {
    if constexpr (IsVector<T>::value) {
      number(v.size());
      for (auto& element : v) value(element);
    } else if constexpr (std::is_same_v<T, std::string>) {
      number(v.size());
      bytes += v;
    } else if constexpr (std::is_floating_point_v<T>) {
      number(std::bit_cast<std::uint64_t>(static_cast<double>(v)));
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      number(static_cast<std::uint64_t>(static_cast<std::int64_t>(v)));
    } else {
      v.fields(*this);
    }
  }
  template <class T>
  void field(std::string_view, T& member, const FieldSpec&) {
    value(member);
  }
};

}  // namespace orrery
