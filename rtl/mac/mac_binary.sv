// 16 pairs of signs a word; 2 popcount(xnor) - 16.
module mac_binary (
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

  logic load, emit;
  logic unused_busy;

  mac_handshake u_handshake (
    .clk_i,
    .rst_ni,
    .valid_i,
    .ready_i,
    .done_i (1'b1),
    .ready_o,
    .valid_o,
    .load_o (load),
    .emit_o (emit),
    .busy_o (unused_busy)
  );

  logic [15:0] ifmap_q, filter_q, equal;
  logic [4:0] count;
  logic [31:0] psum_q, sum_q, sum;
  logic signed [31:0] product;

  assign equal = ~(ifmap_q ^ filter_q);

  always_comb begin
    count = 5'd0;
    for (int i = 0; i < 16; i++) count = count + {4'd0, equal[i]};
  end

  // Each lane adds 1 where its signs are equal, else -1.
  assign product = $signed({26'd0, count, 1'b0}) - 32'sd16;

  mac_psum_add u_add (
    .cfg_i,
    .psum_i (psum_q),
    .term_i (product),
    .psum_o (sum)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ifmap_q  <= '0;
      filter_q <= '0;
      psum_q   <= '0;
      sum_q    <= '0;
    end else begin
      if (load) begin
        ifmap_q  <= ifmap_i;
        filter_q <= filter_i;
        psum_q   <= psum_i;
      end
      if (emit) begin
        sum_q <= sum;
      end
    end
  end

  assign psum_o = sum_q;
  assign action_o = orrery_mac_pkg::ActionCompute;

  logic unused_inputs;
  assign unused_inputs = ^{last_i};

endmodule
