// Equal signs less unequal ones.
module mac_term_mac_binary (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        [15:0] ifmap_i,
  input  logic        [15:0] filter_i,
  output logic signed [31:0] term_o,
  output logic               gates_o,
  output logic               cuts_o
);

  always_comb begin
    term_o = 32'sd0;
    for (int i = 0; i < 16; i++) begin
      if (ifmap_i[i] == filter_i[i]) term_o = term_o + 32'sd1;
      else term_o = term_o - 32'sd1;
    end
  end
  assign gates_o = 1'b0;
  assign cuts_o = 1'b0;

endmodule
