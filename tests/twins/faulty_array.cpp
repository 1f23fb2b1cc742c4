// In place of a plugin: a small array with faults, in the test program itself.
#define VM_TRACE 0
#define VM_COVERAGE 0
#define ORRERY_TOP Vfaulty_array
#define ORRERY_TOP_HEADER <Vfaulty_array.h>
#include "rtl/array/adapter.cpp"
