// Weight stationary: a filter tap stays in each PE while every ofmap position passes by.
//
// Rows hold ifmap channels, so psums are summed up a column and leave it after each product;
// columns hold ofmap channels, so an ifmap word is multicast along a row. Filter rows and columns
// take turns in time, and psums go back to the GLB between them. The GLB holds ifmaps of two blocks
// of channels at a time: more of them would spare the DRAM words, and leave room for fewer rows.
#pragma once

#include "dataflows/pattern/pattern.h"

namespace orrery {

Pattern weight_stationary();

}  // namespace orrery
