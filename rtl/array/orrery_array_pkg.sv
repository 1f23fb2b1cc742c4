// What the PE and the arrays share: codes of the MACs, what a PE is set to and told, and what it tells.
package orrery_array_pkg;

  // The parameter Mac: the datapath's place in kMacs (arch/mac/all.h). mac_zero_skip (4) takes no fixed slot, and has
  // no place in a PE.
  localparam int unsigned MacInt8 = 0;
  localparam int unsigned MacInt16 = 1;
  localparam int unsigned MacInt16Dfp = 2;
  localparam int unsigned MacZeroGated = 3;
  localparam int unsigned MacLut = 5;
  localparam int unsigned MacBinary = 6;
  localparam int unsigned MacTernary = 7;
  localparam int unsigned MacShift = 8;

  localparam int unsigned MaxPipelineStages = 32;
  localparam int unsigned Counters = 8;  // PassProgram::kMaxCounters
  localparam int unsigned SlotBits = 53;

  // What a PE does, or waits for, in a cycle; the values of PeState in sim/result.
  typedef enum logic [2:0] {
    StateMac = 3'd0,
    StateMerge = 3'd1,
    StateWaitIfmap = 3'd2,
    StateWaitFilter = 3'd3,
    StateWaitPsumIn = 3'd4,
    StateWaitPsumOut = 3'd5,
    StateDone = 3'd6
  } pe_state_e;

  // The values of PeRegisters::Phase in sim/machine.
  typedef enum logic [1:0] {
    PhaseMac = 2'd0,
    PhaseMerge = 2'd1,
    PhaseDone = 2'd2
  } pe_phase_e;

  // Stable while an array is not idle; mac_cfg and chain from reset on.
  typedef struct packed {
    logic [15:0] ifmap_spad_words;  // 1 to the parameters' maxima, as all sizes
    logic [15:0] filter_spad_words;
    logic [ 7:0] ifmap_fifo_packets;
    logic [ 7:0] filter_fifo_packets;
    logic [ 7:0] psum_in_fifo_packets;
    logic [ 7:0] psum_out_fifo_packets;
    logic [ 7:0] packet_psums;
    logic [ 5:0] pipeline_stages;  // the MAC's and one for the adder, up to MaxPipelineStages
    logic        two_adders;
    logic [15:0] chain;  // products of a chain, from 1; of mac_int16_dfp
    logic [60:0] mac_cfg;  // orrery_mac_pkg::mac_cfg_t
  } pe_cfg_t;

  // PassProgram (dataflows/pass), as one PE is told. Every word of a stream has a position of 16 bits. Of the counters the
  // outermost is in the lowest bits; one that is not used has a bound of 1 and else zeros.
  typedef struct packed {
    logic        mapped;  // the PE has work in this pass; else it is done at once and takes nothing
    logic        takes_psums;
    logic [ 3:0] window;  // the window's first counter, 0 to 8
    logic [15:0] ifmap_words;
    logic [15:0] filter_words;
    logic [15:0] window_psums;
    logic [Counters*16-1:0] bound;
    logic [Counters*16-1:0] ifmap_stride;
    logic [Counters*16-1:0] filter_stride;
    logic [Counters*16-1:0] psum_stride;
    logic [   Counters-1:0] reduction;
  } pe_program_t;

  // An operation on its way through the MAC to the adder.
  typedef struct packed {
    logic        merge;   // of an incoming psum, or none, with one of the PE's own; else a MAC, if there is one
    logic        starts;  // the MAC is its psum's first
    logic        leaves;  // the psum leaves
    logic        last;    // as the last of its packet
    logic        takes;   // and meets `incoming`
    logic [15:0] psum;    // in the window
    logic [31:0] incoming;
  } pe_slot_t;

  typedef struct packed {
    logic [2:0] state;  // pe_state_e
    logic       gated;   // the cycle's MAC is kept quiet
    logic       merged;  // an incoming psum meets one of the PE's own
    logic       loads_ifmap;  // a word moves from the FIFO to the spad
    logic       loads_filter;
    logic       done;
  } pe_status_t;

  // PeOperandRegisters and PeRegisters of sim/machine/pe_alone.h.
  typedef struct packed {
    logic [ 7:0] fifo_packets;
    logic [15:0] arrived;
    logic [15:0] loaded;
    logic [15:0] freed;
  } pe_operand_registers_t;

  typedef struct packed {
    logic [1:0]   phase;  // pe_phase_e
    logic         exhausted;
    logic [15:0]  merge_at;
    pe_operand_registers_t ifmap;
    pe_operand_registers_t filter;
    logic [7:0]   psum_in_packets;
    logic [7:0]   psum_out_packets;
    logic [7:0]   psum_out_ready;
    logic [Counters*16-1:0] step;  // the outermost in the lowest bits
  } pe_registers_t;

endpackage
