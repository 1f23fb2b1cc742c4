// A MAC's psum is what a plain expression of its term says, for all operands, psums and settings. TWIN names the module,
// TERM the expression of its term.
module mac_proof (
  input logic clk_i,  // of registers that are not there
  input orrery_mac_pkg::mac_cfg_t cfg_i,
  input logic [15:0] ifmap_i,
  input logic [15:0] filter_i,
  input logic [31:0] psum_i
);

  logic [31:0] psum;
  logic [ 2:0] action;

  `TWIN u_twin (
    .clk_i    (clk_i),
    .rst_ni   (1'b1),
    .cfg_i    (cfg_i),
    .valid_i  (1'b1),
    .ifmap_i  (ifmap_i),
    .filter_i (filter_i),
    .psum_i   (psum_i),
    .last_i   (1'b1),
    .ready_i  (1'b1),
    .psum_o   (psum),
    .action_o (action)
  );

  logic signed [31:0] term;
  logic gates, cuts;

  `TERM u_term (
    .cfg_i    (cfg_i),
    .ifmap_i  (ifmap_i),
    .filter_i (filter_i),
    .term_o   (term),
    .gates_o  (gates),
    .cuts_o   (cuts)
  );

  // What becomes of a term is proved by itself (mac_widths_proof.sv).
  logic [31:0] cut, added, expected;

  mac_product_cut u_cut (
    .cfg_i     (cfg_i),
    .product_i (term),
    .term_o    (cut)
  );

  mac_psum_add u_add (
    .cfg_i  (cfg_i),
    .psum_i (psum_i),
    .term_i (cuts ? cut : term),
    .psum_o (added)
  );

  assign expected = gates ? psum_i : added;

  always_comb begin
    assert (psum == expected);
    assert ((action == orrery_mac_pkg::ActionGate) == gates);
  end

endmodule
