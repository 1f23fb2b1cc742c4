// A product shifted right (floor) and cut to its low product_bits, two's complement.
module mac_product_cut (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic signed [31:0] product_i,
  output logic        [31:0] term_o
);

  logic signed [31:0] shifted;
  logic        [31:0] high;  // the sign bit of the cut product and all bits above

  assign shifted = product_i >>> cfg_i.product_shift;
  assign high = 32'hFFFF_FFFF << (cfg_i.product_bits - 6'd1);

  always_comb begin
    term_o = shifted & ~high;
    if ((shifted & high & ~(high << 1)) != 32'd0) begin
      term_o = shifted | high;
    end
  end

  logic unused_cfg;
  assign unused_cfg = ^cfg_i;

endmodule
