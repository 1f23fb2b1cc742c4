// Where DRAM standards and policies lie: under a path as it stands, or by bare name.
#pragma once

#include <filesystem>
#include <string>

namespace orrery {

// A path; else beside a machine's file in `folder` (<folder>/dram/<name>.yaml, policies in
// dram/policies), where one is given; else under $ORRERY_HOME (the current folder where it is not
// set), as a path or as arch/dram/<name>.yaml. Throws InputError with the nearest known name.
std::filesystem::path dram_standard_file(const std::string& given,
                                         const std::filesystem::path& folder = {});
std::filesystem::path dram_policy_file(const std::string& given,
                                       const std::filesystem::path& folder = {});

}  // namespace orrery
