// The psum of one column of MACs: a tree over the terms of all lanes, and a sum that leaves when the lanes are done with
// a window.
module brick_psums #(
  parameter int unsigned Lanes = 4,
  parameter int unsigned MaxStages = 6
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  input  logic [Lanes-1:0]    term_valid_i,
  input  logic [Lanes*32-1:0] terms_i,
  input  logic        leaves_i,  // with the sum of this cycle; the next starts from zero
  output logic [31:0] psum_o
);

  localparam int unsigned MinStages = orrery_lanes_pkg::MinPipelineStages;

  orrery_mac_pkg::mac_cfg_t mac_cfg;
  assign mac_cfg = cfg_i.mac_cfg;

  logic [31:0] sum, part, psum_q;
  logic        part_valid;

  psum_tree #(
    .Parts (Lanes)
  ) u_tree (
    .cfg_i   (mac_cfg),
    .valid_i (term_valid_i),
    .parts_i (terms_i),
    .sum_o   (sum)
  );

  bus_delay #(
    .Width      (32),
    .MaxLatency (MaxStages - MinStages)
  ) u_stages (
    .clk_i,
    .rst_ni,
    .latency_i ({2'd0, cfg_i.pipeline_stages} - 8'(MinStages)),
    .valid_i   (term_valid_i != '0),
    .data_i    (sum),
    .valid_o   (part_valid),
    .data_o    (part)
  );

  mac_psum_add u_add (
    .cfg_i  (mac_cfg),
    .psum_i (psum_q),
    .term_i (part_valid ? part : 32'd0),
    .psum_o
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      psum_q <= '0;
    end else begin
      psum_q <= leaves_i ? '0 : psum_o;
    end
  end

  logic unused_cfg;
  assign unused_cfg = ^{cfg_i, mac_cfg};

endmodule
