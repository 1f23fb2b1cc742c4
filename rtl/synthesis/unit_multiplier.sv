// A multiplier of signed operands alone, with the whole product, for scale.
module unit_multiplier #(
  parameter int unsigned Bits = 8
) (
  input  logic signed [Bits-1:0]   a_i,
  input  logic signed [Bits-1:0]   b_i,
  output logic signed [2*Bits-1:0] product_o
);
  assign product_o = a_i * b_i;
endmodule
