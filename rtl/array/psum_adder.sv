// The sum of two psums, as the MAC keeps them: integers of psum_bits, or IEEE singles.
module psum_adder #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16
) (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,
  output logic [31:0] sum_o
);

  if (Mac == orrery_array_pkg::MacInt16Dfp) begin : gen_singles
    mac_fp32_add u_add (
      .a_i,
      .b_i,
      .sum_o
    );
    logic unused_cfg;
    assign unused_cfg = ^cfg_i;
  end else begin : gen_integers
    mac_psum_add u_add (
      .cfg_i,
      .psum_i (a_i),
      .term_i (b_i),
      .psum_o (sum_o)
    );
  end

endmodule
