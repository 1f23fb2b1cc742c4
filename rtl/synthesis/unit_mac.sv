// A MAC without handshake or options, for scale: operands and a psum in registers, a product added every cycle.
module unit_mac #(
  parameter int unsigned Bits     = 8,
  parameter int unsigned PsumBits = 32
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic signed [Bits-1:0]     a_i,
  input  logic signed [Bits-1:0]     b_i,
  output logic signed [PsumBits-1:0] psum_o
);
  logic signed [Bits-1:0] a_q, b_q;
  logic signed [2*Bits-1:0] product;
  assign product = a_q * b_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      a_q    <= '0;
      b_q    <= '0;
      psum_o <= '0;
    end else begin
      a_q    <= a_i;
      b_q    <= b_i;
      psum_o <= psum_o + PsumBits'(product);
    end
  end
endmodule
