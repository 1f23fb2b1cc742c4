// Control of two elastic pipeline stages: the first takes operands, the second a result. Each moves on as soon as
// there is room behind it, so bubbles close up while the output stalls.
module mac_handshake (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic valid_i,
  input  logic ready_i,
  input  logic done_i,   // the first stage ends its work on its operands in this cycle
  output logic ready_o,
  output logic valid_o,
  output logic load_o,   // the first stage takes operands at the end of this cycle
  output logic emit_o,   // the second stage takes the first one's result at the end of this cycle
  output logic busy_o    // the first stage holds operands
);

  logic busy_q, valid_q;

  assign emit_o = busy_q & done_i & (~valid_q | ready_i);
  assign ready_o = ~busy_q | emit_o;
  assign load_o = valid_i & ready_o;
  assign valid_o = valid_q;
  assign busy_o = busy_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q  <= 1'b0;
      valid_q <= 1'b0;
    end else begin
      busy_q  <= load_o | (busy_q & ~emit_o);
      valid_q <= emit_o | (valid_q & ~ready_i);
    end
  end

endmodule
