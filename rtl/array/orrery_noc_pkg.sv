// What an array of independent PEs is set to, and what each of its PEs is told beside its program.
package orrery_noc_pkg;

  // Of orrery_array_pkg::pe_program_t and pe_role_t; not every tool reads $bits of a type.
  localparam int unsigned ProgramBits = 574;
  localparam int unsigned RoleBits = 50;
  // Each PE's lies in bits of its own, from a multiple of 32 on.
  localparam int unsigned ProgramSlot = 576;
  localparam int unsigned RoleSlot = 64;

  // Stable while an array is not idle.
  typedef struct packed {
    logic        pipelined;       // a pass starts after the last operation of the one before; else after its last psum
    logic [ 7:0] collect_cycles;  // for which a packet holds the psum-out bus, from 1
    logic [ 7:0] link_cycles;     // or a link between two PEs
    logic [ 3:0] ifmap_latency;   // up to the parameter MaxLatency, as all latencies
    logic [ 3:0] filter_latency;
    logic [ 3:0] psum_in_latency;
    logic [ 3:0] psum_out_latency;
    logic [ 3:0] link_latency;
  } array_cfg_t;

  // How a bus knows a PE: it takes a packet whose masks have both its bits.
  typedef struct packed {
    logic [5:0] y;  // below Rows
    logic [5:0] x;  // below Cols
  } noc_id_t;

  typedef struct packed {
    logic    from_below;  // takes psums from the PE in the next row; else from the psum-in bus, if at all
    logic    to_above;    // hands psums to the PE in the row before; else to the psum-out bus
    logic [11:0] ifmap;  // noc_id_t, as all
    logic [11:0] filter;
    logic [11:0] psum_in;
    logic [11:0] psum_out;
  } pe_role_t;

endpackage
