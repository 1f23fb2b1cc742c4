// How arithmetic becomes cells, for techmap: products by carry-save arrays (Baugh and Wooley), sums by full adders with
// rippling carries. Little area, much depth.

// Row i holds the products of all bits of the longer operand with bit i of the other. Each row is added to the sums and
// carries of those above by full adders that hand their carries down; the last carries ripple.
(* techmap_celltype = "$mul" *)
module carry_save_array (A, B, Y);
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

  localparam M = A_WIDTH < B_WIDTH ? B_WIDTH : A_WIDTH;
  localparam N = A_WIDTH < B_WIDTH ? A_WIDTH : B_WIDTH;
  wire [M-1:0] x = A_WIDTH < B_WIDTH ? B : A;
  wire [N-1:0] w = A_WIDTH < B_WIDTH ? A : B;

  // Products with one sign bit count negative. -t is ~t - 1: the complements are added, and all the -1 together are
  // these bits and, modulo 2^(M+N), the highest.
  localparam [M:0] CONSTANT = (1 << (M - 1)) + (1 << (N - 1));
  wire [M*N-1:0] sums, carries;  // row i: of weights i.. and i+1..
  wire [M+N-1:0] product;
  assign sums[M-1:0] = {1'b1, {M-1{1'b0}}} ^ ({M{w[0]}} & x);
  assign carries[M-1:0] = CONSTANT[M:1];
  genvar i;
  generate
    for (i = 1; i < N; i = i + 1) begin : row
      wire [M-1:0] bits = {i < N - 1, {M-1{i == N - 1}}} ^ ({M{w[i]}} & x);
      \$fa #(.WIDTH(M)) adders (
        .A({1'b0, sums[M*(i-1)+1 +: M-1]}), .B(carries[M*(i-1) +: M]), .C(bits), .Y(sums[M*i +: M]),
        .X(carries[M*i +: M])
      );
    end
    for (i = 0; i < N; i = i + 1) begin : low
      assign product[i] = sums[M*i];
    end
  endgenerate
  assign product[N +: M] = {1'b1, sums[M*(N-1)+1 +: M-1]} + carries[M*(N-1) +: M];
  wire signed [M+N-1:0] whole = product;
  assign Y = whole;
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
