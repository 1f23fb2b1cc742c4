// A product of a difference of 17 bits and an integer of 16; nothing where the difference is 0.
module mac_term_mac_zero_gated (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        [15:0] ifmap_i,
  input  logic        [15:0] filter_i,
  output logic signed [31:0] term_o,
  output logic               gates_o,
  output logic               cuts_o
);

  logic signed [16:0] x;
  logic signed [15:0] w;
  assign x = {ifmap_i[15], ifmap_i} - {cfg_i.ifmap_zero[15], cfg_i.ifmap_zero};
  assign w = filter_i;
  assign term_o = x * w;
  assign gates_o = ifmap_i == cfg_i.ifmap_zero;
  assign cuts_o = 1'b1;

endmodule
