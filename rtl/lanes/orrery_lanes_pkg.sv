// What the modules of lanes that pass over zeros share.
package orrery_lanes_pkg;

  // What a lane does, or waits for, in a cycle; up to StateDrain the values of LaneState in sim/sparse.
  typedef enum logic [2:0] {
    StateMac = 3'd0,
    StatePadding = 3'd1,
    StateEmpty = 3'd2,
    StateWaitItem = 3'd3,
    StateQueueFull = 3'd4,
    StateImbalance = 3'd5,
    StateDrain = 3'd6,
    StateIdle = 3'd7  // no round is under way, or the lane is not in use
  } lane_state_e;

  localparam int unsigned GroupBits = 16;  // groups are told apart by their number modulo 2^16

  // The MAC's stages, the register of an entry before them, and the cycle of the adder.
  localparam int unsigned MinPipelineStages = 3;

  // Stable while a round is under way; mac_cfg from reset on.
  typedef struct packed {
    logic [ 7:0] lanes;            // in use, from lane 0 on; 1 to the parameter's maximum, as all sizes
    logic [ 7:0] queue_items;      // of a lane, those on their way included
    logic [ 7:0] latency_cycles;   // from the source to the queues; 0 to MaxLatency
    logic [ 5:0] pipeline_stages;  // from MinPipelineStages on
    logic [ 3:0] index_bits;       // bricks: of a word's place in its brick
    logic        walks_all;        // bricks: of words that are zero too; lanes then share each brick
    logic        shares_values;    // columns: an entry has the place of its word in a list of values
    logic [60:0] mac_cfg;          // orrery_mac_pkg::mac_cfg_t
  } lane_cfg_t;

endpackage
