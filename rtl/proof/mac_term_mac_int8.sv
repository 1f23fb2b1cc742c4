// A product of two differences of 9 bits.
module mac_term_mac_int8 (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        [15:0] ifmap_i,
  input  logic        [15:0] filter_i,
  output logic signed [31:0] term_o,
  output logic               gates_o,
  output logic               cuts_o
);

  logic signed [8:0] x, w;
  assign x = ifmap_i[8:0] - cfg_i.ifmap_zero[8:0];
  assign w = filter_i[8:0] - cfg_i.filter_zero;
  assign term_o = x * w;
  assign gates_o = 1'b0;
  assign cuts_o = 1'b1;

endmodule
