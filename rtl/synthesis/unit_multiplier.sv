// A multiplier of signed operands alone, with the whole product, for scale.
module unit_multiplier #(
  parameter int unsigned Bits      = 8,
  parameter int unsigned OtherBits = Bits
) (
  input  logic signed [Bits-1:0]           a_i,
  input  logic signed [OtherBits-1:0]      b_i,
  output logic signed [Bits+OtherBits-1:0] product_o
);
  assign product_o = a_i * b_i;
endmodule
