// The ifmap operand times -1, 0 or 1.
module mac_term_mac_ternary (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        [15:0] ifmap_i,
  input  logic        [15:0] filter_i,
  output logic signed [31:0] term_o,
  output logic               gates_o,
  output logic               cuts_o
);

  logic signed [31:0] x;
  assign x = $signed(ifmap_i);
  always_comb begin
    unique case (filter_i[1:0])
      2'b01:   term_o = x;
      2'b11:   term_o = 32'sd0 - x;
      default: term_o = 32'sd0;
    endcase
  end
  assign gates_o = ~filter_i[0];
  assign cuts_o = 1'b0;

endmodule
