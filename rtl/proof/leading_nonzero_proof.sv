// What the tree finds is the first word that is not zero, if there is one.
module leading_nonzero_proof (
  input logic [63:0] nonzero_i
);

  logic       valid;
  logic [5:0] index;

  leading_nonzero #(
    .Levels (3)
  ) u_leading (
    .nonzero_i (nonzero_i),
    .valid_o   (valid),
    .index_o   (index)
  );

  logic [63:0] before;  // words before that one
  assign before = (64'd1 << index) - 64'd1;

  always_comb begin
    assert (valid == (nonzero_i != 64'd0));
    assert (!valid || nonzero_i[index]);
    assert (!valid || (nonzero_i & before) == 64'd0);
  end

endmodule
