// What an array in lock step is set to and told, and what its controller tells its PEs.
package orrery_lock_step_pkg;

  // orrery_array_pkg::Counters, and the bits of types below; not every tool reads one package in another, or $bits of a
  // type.
  localparam int unsigned StepCounters = 8;
  localparam int unsigned PeBits = 136;      // lock_step_pe_t
  localparam int unsigned SourceBits = 11;   // ifmap_source_t
  localparam int unsigned StepBits = 200;    // step_command_t
  localparam int unsigned SlotBits = 28;     // lock_step_slot_t

  // The values of PsumRoute in arch/machine.
  typedef enum logic [1:0] {
    RouteColumn = 2'd0,
    RouteTree = 2'd1,
    RouteInPlace = 2'd2,
    RouteSpill = 2'd3
  } route_e;

  // The values of PeWork in sim/machine.
  typedef enum logic [1:0] {
    WorkMultiply = 2'd0,
    WorkMax = 2'd1,
    WorkSum = 2'd2
  } work_e;

  // Stable while the array is not idle. Sizes are from 1 to the parameters' maxima.
  typedef struct packed {
    logic [ 1:0] route;  // route_e
    logic [ 1:0] work;   // work_e
    logic [ 7:0] rows;   // of the array
    logic [15:0] ifmap_ring;  // words of spad and FIFO
    logic [15:0] filter_ring;
    logic [ 7:0] ifmap_latency;
    logic [ 7:0] filter_latency;
    logic [ 7:0] psum_in_latency;
    logic [ 7:0] psum_in_depth;  // items
    logic [ 7:0] psum_out_depth;
    logic [ 7:0] psum_out_words;  // a cycle
    logic [ 7:0] psum_words;      // of one psum
    logic [15:0] chain;
    logic [60:0] mac_cfg;  // orrery_mac_pkg::mac_cfg_t
  } lock_step_cfg_t;

  // A pass; from the cycle of start_i on, until the next.
  typedef struct packed {
    logic        shadowed;    // its filters have moved into shadow registers
    logic        multiplies;  // it uses filters
    logic        takes_psums;
    logic        hands_over;  // ifmap words come by neighbours too
    logic [ 7:0] landing;  // cycles from a window's last step until its psums can leave
    logic [ 3:0] window;      // as the following, of orrery_array_pkg::pe_program_t
    logic [15:0] ifmap_words;
    logic [15:0] filter_words;
    logic [StepCounters*16-1:0] bound;
    logic [StepCounters*16-1:0] ifmap_stride;
    logic [StepCounters*16-1:0] filter_stride;
    logic [StepCounters*16-1:0] psum_stride;
    logic [   StepCounters-1:0] reduction;
  } lock_step_pass_t;

  // Of one PE in a pass.
  typedef struct packed {
    logic [7:0] lane;  // of its first psum: the place of its chain among those of a column
    logic [StepCounters*16-1:0] bound;  // 0: no work
  } lock_step_pe_t;

  // How the ifmap words of a step come.
  typedef struct packed {
    logic       bus;       // some by the bus
    logic       hands;     // some by a neighbour,
    logic       right;     // that to the right, not that below,
    logic [7:0] distance;  // which used them so many steps before
  } ifmap_source_t;

  // A step, as PEs are told.
  typedef struct packed {
    logic        begins;  // a pass begins: its bounds hold from the next cycle on
    logic        swaps;   // its filters are taken out of the shadow
    logic        valid;   // there is a step
    logic        starts;  // its psums start
    logic        ends;    // a window ends
    logic        takes;   // and meets old psums
    logic [ 7:0] psum;    // slot of its psums in the window
    logic [15:0] ifmap_slot;
    logic [15:0] filter_slot;
    logic        hands;
    logic        right;
    logic [ 7:0] hold_read;   // where a neighbour has the word
    logic [ 7:0] hold_write;  // where a PE puts its own
    logic [StepCounters-1:0] sums;  // counters that add to one psum of the window
    logic [StepCounters*16-1:0] step;
  } step_command_t;

  // An operation of a PE on its way through its MAC.
  typedef struct packed {
    logic        works;
    logic        starts;
    logic        ends;
    logic        takes;
    logic [ 7:0] lane;
    logic [15:0] word;  // of pooling
  } lock_step_slot_t;

endpackage
