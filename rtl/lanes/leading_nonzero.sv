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

  // From the root down: nodes of a level lie side by side, in the order of what is above them.
  localparam int unsigned IndexBits = 2 * Levels;
  logic [IndexBits-1:0] at;  // of the level's nodes
  logic [          1:0] child;
  always_comb begin
    at    = '0;
    child = '0;
    for (int unsigned level = 0; level < Levels; level++) begin
      child = chosen[2*((4**level - 1)/3) + 2*32'(at) +: 2];
      at    = (at << 2) | IndexBits'(child);
    end
    index_o = at;
  end

  assign valid_o = valid[0];

endmodule
