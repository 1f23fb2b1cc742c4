// In place of rtl/mac/mac_handshake.sv in proofs: every stage takes something in every cycle, so that with
// transparent registers (transparent.v) a pipeline is the function that it computes.
module mac_handshake (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic valid_i,
  input  logic ready_i,
  input  logic done_i,
  output logic ready_o,
  output logic valid_o,
  output logic load_o,
  output logic emit_o,
  output logic busy_o
);

  assign {ready_o, valid_o, load_o, emit_o, busy_o} = 5'b11111;

endmodule
