// Where two arrays in lock step first differ.
#pragma once

#include <string>

#include "sim/machine/lock_step_log.h"
#include "sim/machine/pass_record.h"

namespace orrery {

// Of what happened in a cycle: the first one in which C++ and RTL differ, what it is, and both
// values; empty: none.
std::string first_difference(const LockStepLog& cpp, const LockStepLog& rtl);
// Of what was counted. Overflows of chains, which RTL does not tell, are left out.
std::string first_difference(const PassRecord& cpp, const PassRecord& rtl);

}  // namespace orrery
