// An adder tree over the parts of a psum, which wrap; those that are not valid count as zero.
module psum_tree #(
  parameter int unsigned Parts = 4
) (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic [   Parts-1:0] valid_i,
  input  logic [Parts*32-1:0] parts_i,
  output logic [31:0]         sum_o
);

  // A heap: node i is the sum of nodes 2 i and 2 i + 1; the parts are its leaves.
  logic [2*Parts*32-1:0] node;
  for (genvar i = 0; i < Parts; i++) begin : gen_leaf
    assign node[(Parts + i)*32 +: 32] = valid_i[i] ? parts_i[i*32 +: 32] : '0;
  end
  for (genvar i = 1; i < Parts; i++) begin : gen_node
    mac_psum_add u_add (
      .cfg_i,
      .psum_i (node[2*i*32 +: 32]),
      .term_i (node[(2*i + 1)*32 +: 32]),
      .psum_o (node[i*32 +: 32])
    );
  end
  assign node[31:0] = '0;
  assign sum_o = node[32 +: 32];

  logic unused_node;
  assign unused_node = ^node[31:0];

endmodule
