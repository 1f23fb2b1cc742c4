// An adder alone, for scale.
module unit_adder #(
  parameter int unsigned Bits = 8
) (
  input  logic [Bits-1:0] a_i,
  input  logic [Bits-1:0] b_i,
  output logic [Bits-1:0] sum_o
);
  assign sum_o = a_i + b_i;
endmodule
