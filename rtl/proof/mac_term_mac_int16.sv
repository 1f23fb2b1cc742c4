// A product of two 16-bit integers.
module mac_term_mac_int16 (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        [15:0] ifmap_i,
  input  logic        [15:0] filter_i,
  output logic signed [31:0] term_o,
  output logic               gates_o,
  output logic               cuts_o
);

  assign term_o = $signed(ifmap_i) * $signed(filter_i);
  assign gates_o = 1'b0;
  assign cuts_o = 1'b1;

endmodule
