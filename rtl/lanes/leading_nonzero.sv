// The first of many words that is not zero: a tree of nodes, each of which looks at four.
module leading_nonzero #(
  parameter int unsigned Levels = 2,  // of the tree
  parameter int unsigned Words = 4 ** Levels  // follows
) (
  input  logic [     Words-1:0] nonzero_i,
  output logic                  valid_o,  // there is one
  output logic [2*Levels-1:0]   index_o   // else any
);

  // A heap: the children of node n are 4 n + 1 to 4 n + 4, and the words are its leaves.
  localparam int unsigned Inner = (Words - 1) / 3;
  logic [Inner+Words-1:0] valid;
  logic [    2*Inner-1:0] chosen;  // of each node, the first child with a word

  assign valid[Inner +: Words] = nonzero_i;

  for (genvar n = 0; n < Inner; n++) begin : gen_node
    logic [2:0] unused_leave;
    mac_look_ahead #(
      .LookAhead (4)
    ) u_four (
      .held_i    (4'hF),
      .nonzero_i (valid[4*n + 1 +: 4]),
      .ready_i   (1'b1),
      .valid_o   (valid[n]),
      .chosen_o  (chosen[2*n +: 2]),
      .leave_o   (unused_leave)
    );
  end

  int unsigned node;
  always_comb begin
    node    = 0;
    index_o = '0;
    for (int unsigned level = 0; level < Levels; level++) begin
      index_o[2*(Levels - 1 - level) +: 2] = chosen[2*node +: 2];
      node = 4 * node + 1 + 32'(chosen[2*node +: 2]);
    end
  end

  assign valid_o = valid[0];

endmodule
