// Compiles the arrays that tests play.
#include <exception>
#include <iostream>

#include "tests/twins/arrays.h"

int main() try {
  const auto say = [](const std::string& sentence) { std::cout << sentence << std::endl; };
  for (const orrery::test::NeededArray& array : orrery::test::needed_arrays())
    orrery::built_plugin(array.build, array.extras, {ORRERY_SOURCE_DIR, ORRERY_ARRAYS_DIR}, say);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
