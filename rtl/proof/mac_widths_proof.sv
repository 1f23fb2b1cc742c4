// Cutting a product and adding to a psum, for all values and widths that a validated machine has.
module mac_proof (
  input orrery_mac_pkg::mac_cfg_t cfg_i,
  input logic signed [31:0] product_i,
  input logic signed [31:0] term_i,
  input logic signed [31:0] psum_i
);

  logic signed [31:0] cut, psum;

  mac_product_cut u_cut (
    .cfg_i     (cfg_i),
    .product_i (product_i),
    .term_o    (cut)
  );

  mac_psum_add u_add (
    .cfg_i  (cfg_i),
    .psum_i (psum_i),
    .term_i (term_i),
    .psum_o (psum)
  );

  // Low bits by shifts up and down; a sum in more bits than it can have.
  logic signed [31:0] shifted, expected_cut, wrapped, least, most, expected;
  logic signed [33:0] sum;
  logic        [ 5:0] free_bits, cut_bits;

  assign cut_bits = 6'd32 - cfg_i.product_bits;
  assign free_bits = 6'd32 - cfg_i.psum_bits;
  assign shifted = product_i >>> cfg_i.product_shift;
  assign expected_cut = $signed(shifted <<< cut_bits) >>> cut_bits;
  assign sum = psum_i + term_i;
  assign wrapped = $signed(sum[31:0] << free_bits) >>> free_bits;
  assign most = 32'sh7FFFFFFF >>> free_bits;
  assign least = -most - 32'sd1;

  always_comb begin
    expected = wrapped;
    if (cfg_i.saturate && sum > most) expected = most;
    if (cfg_i.saturate && sum < least) expected = least;
  end

  always_comb begin
    assume (cfg_i.product_bits >= 6'd8 && cfg_i.product_bits <= 6'd32);
    assume (cfg_i.psum_bits >= 6'd8 && cfg_i.psum_bits <= 6'd32);
    assume (psum_i >= least && psum_i <= most);
    assume (term_i >= least && term_i <= most);
    assert (cut == expected_cut);
    assert (psum == expected);
  end

endmodule
