// psum + term in psum_bits, which both fit: it wraps or saturates.
module mac_psum_add (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic [31:0] psum_i,
  input  logic [31:0] term_i,
  output logic [31:0] psum_o
);

  logic [31:0] sum, high;  // high: the sign bit of a psum and all bits above
  logic        carry, overflow;

  assign {carry, sum} = {psum_i[31], psum_i} + {term_i[31], term_i};
  assign high = 32'hFFFF_FFFF << (cfg_i.psum_bits - 6'd1);
  assign overflow = (({32{carry}} ^ sum) & high) != 32'd0;

  always_comb begin
    psum_o = sum & ~high;
    if (cfg_i.saturate && overflow) begin
      psum_o = carry ? high : ~high;
    end else if ((sum & high & ~(high << 1)) != 32'd0) begin
      psum_o = sum | high;
    end
  end

  logic unused_cfg;
  assign unused_cfg = ^cfg_i;

endmodule
