// A twin with settings that a validated machine has, whatever its cfg_i.
module settings (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        valid_i,
  input  logic [15:0] ifmap_i,
  input  logic [15:0] filter_i,
  input  logic [31:0] psum_i,
  input  logic        last_i,
  input  logic        ready_i,
  output logic        ready_o,
  output logic        valid_o,
  output logic [31:0] psum_o,
  output logic [ 2:0] action_o
);

  // Widths of 8 to 32 bits; fields of mac_lut of 1 to 4.
  function automatic logic [5:0] width(logic [5:0] bits);
    width = bits < 6'd8 ? 6'd8 : bits > 6'd32 ? 6'd32 : bits;
  endfunction

  orrery_mac_pkg::mac_cfg_t cfg;
  always_comb begin
    cfg = cfg_i;
    cfg.product_bits = width(cfg_i.product_bits);
    cfg.psum_bits = width(cfg_i.psum_bits);
    cfg.ifmap_bits = {3'd0, cfg_i.ifmap_bits[1:0]} + 5'd1;
    cfg.filter_bits = {3'd0, cfg_i.filter_bits[1:0]} + 5'd1;
  end

  `TWIN u_twin (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .cfg_i    (cfg),
    .valid_i  (valid_i),
    .ifmap_i  (ifmap_i),
    .filter_i (filter_i),
    .psum_i   (psum_i),
    .last_i   (last_i),
    .ready_i  (ready_i),
    .ready_o  (ready_o),
    .valid_o  (valid_o),
    .psum_o   (psum_o),
    .action_o (action_o)
  );

endmodule
