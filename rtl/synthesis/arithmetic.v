// How arithmetic becomes cells, for techmap: products are sums of rows of partial products (Baugh and Wooley), sums
// are made of full adders with rippling carries: little area, much depth.

(* techmap_celltype = "$mul" *)
module rows_of_products (A, B, Y);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  parameter _TECHMAP_CONSTMSK_A_ = 0;
  parameter _TECHMAP_CONSTMSK_B_ = 0;
  input [A_WIDTH-1:0] A;
  input [B_WIDTH-1:0] B;
  output [Y_WIDTH-1:0] Y;

  // Products by a constant, and unsigned ones, are left to maccmap.
  wire _TECHMAP_FAIL_ = !(A_SIGNED && B_SIGNED) || A_WIDTH < 2 || B_WIDTH < 2 ||
                        &_TECHMAP_CONSTMSK_A_ || &_TECHMAP_CONSTMSK_B_;

  // Products with one sign bit count negative. -t is ~t - 1: the complements are added, and all the -1 together.
  localparam W = A_WIDTH + B_WIDTH;
  localparam [W-1:0] ONE = 1;
  wire [W*(B_WIDTH+1)-1:0] sums;
  assign sums[W-1:0] = (ONE << (A_WIDTH - 1)) + (ONE << (B_WIDTH - 1)) + (ONE << (W - 1));
  genvar i;
  generate
    for (i = 0; i < B_WIDTH; i = i + 1) begin : row
      wire [A_WIDTH-1:0] inverted = {i < B_WIDTH - 1, {A_WIDTH-1{i == B_WIDTH - 1}}};
      wire [W-1:0] bits = ({A_WIDTH{B[i]}} & A) ^ inverted;
      assign sums[W*(i+1) +: W] = sums[W*i +: W] + (bits << i);
    end
  endgenerate
  wire signed [W-1:0] product = sums[W*B_WIDTH +: W];
  assign Y = product;
endmodule

// A + B + CI; with BI A + ~B + CI. X: the sum without carries. An operand of no bits is 0.
(* techmap_celltype = "$alu" *)
module ripple (A, B, CI, BI, X, Y, CO);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  input [A_WIDTH-1:0] A;
  input [B_WIDTH-1:0] B;
  input CI, BI;
  output [Y_WIDTH-1:0] X, Y, CO;

  wire [Y_WIDTH-1:0] a = A_WIDTH == 0 ? 0 : {{Y_WIDTH{A_SIGNED && A[A_WIDTH-1]}}, A};
  wire [Y_WIDTH-1:0] b = (B_WIDTH == 0 ? 0 : {{Y_WIDTH{B_SIGNED && B[B_WIDTH-1]}}, B}) ^ {Y_WIDTH{BI}};
  wire [Y_WIDTH:0] carries = {CO, CI};
  genvar i;
  generate
    for (i = 0; i < Y_WIDTH; i = i + 1) begin : place
      \$fa #(.WIDTH(1)) adder (.A(a[i]), .B(b[i]), .C(carries[i]), .Y(Y[i]), .X(CO[i]));
    end
  endgenerate
  assign X = a ^ b;
endmodule
