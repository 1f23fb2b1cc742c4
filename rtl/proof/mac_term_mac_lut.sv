// A product of two integers of at most 4 bits.
module mac_term_mac_lut (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        [15:0] ifmap_i,
  input  logic        [15:0] filter_i,
  output logic signed [31:0] term_o,
  output logic               gates_o,
  output logic               cuts_o
);

  // With a table of all products, or one for each ifmap operand.
  logic signed [4:0] x, w;

  mac_lut_field u_ifmap (
    .word_i   (ifmap_i),
    .lane_i   (2'd0),
    .bits_i   (cfg_i.ifmap_bits),
    .signed_i (cfg_i.ifmap_coding == orrery_mac_pkg::CodingTwos),
    .value_o  (x)
  );

  mac_lut_field u_filter (
    .word_i   (filter_i),
    .lane_i   (2'd0),
    .bits_i   (cfg_i.filter_bits),
    .signed_i (cfg_i.filter_coding == orrery_mac_pkg::CodingTwos),
    .value_o  (w)
  );

  assign term_o = x * w;
  always_comb begin
    assume (cfg_i.organisation != orrery_mac_pkg::OrganisationBitSerial);
    assume (cfg_i.ifmap_bits >= 5'd1 && cfg_i.ifmap_bits <= 5'd4);
    assume (cfg_i.filter_bits >= 5'd1 && cfg_i.filter_bits <= 5'd4);
  end

  assign gates_o = 1'b0;
  assign cuts_o = 1'b0;

endmodule
