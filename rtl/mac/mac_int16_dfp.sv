// 16-bit operands; chains of products in int32, which wraps, and each chain into an FP32 psum at its last pair. A pair
// within a chain hands its psum on as it is.
module mac_int16_dfp (
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

  logic load, emit, mid_valid, mid_ready, load_mid, emit_mid;
  logic unused_busy, unused_busy_mid;

  mac_handshake u_chain (
    .clk_i,
    .rst_ni,
    .valid_i,
    .ready_i (mid_ready),
    .done_i  (1'b1),
    .ready_o,
    .valid_o (mid_valid),
    .load_o  (load),
    .emit_o  (emit),
    .busy_o  (unused_busy)
  );

  mac_handshake u_float (
    .clk_i,
    .rst_ni,
    .valid_i (mid_valid),
    .ready_i,
    .done_i  (1'b1),
    .ready_o (mid_ready),
    .valid_o,
    .load_o  (load_mid),
    .emit_o  (emit_mid),
    .busy_o  (unused_busy_mid)
  );

  // Stage 1: operands. Stage 2: the chain. Stage 3: the chain's sum in FP32. Stage 4: the psum.
  logic signed [15:0] ifmap_q, filter_q;
  logic signed [31:0] product;
  logic        [31:0] psum1_q, psum2_q, psum3_q, psum4_q, chain_q, total_q, total, spilled_q, spilled, sum;
  logic               last1_q, last2_q, last3_q;

  assign product = ifmap_q * filter_q;
  assign total = chain_q + product;

  mac_int32_to_fp32 u_convert (
    .integer_i (total_q),
    .float_o   (spilled)
  );

  mac_fp32_add u_add (
    .a_i   (psum3_q),
    .b_i   (spilled_q),
    .sum_o (sum)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ifmap_q   <= '0;
      filter_q  <= '0;
      psum1_q   <= '0;
      psum2_q   <= '0;
      psum3_q   <= '0;
      psum4_q   <= '0;
      chain_q   <= '0;
      total_q   <= '0;
      spilled_q <= '0;
      last1_q   <= 1'b0;
      last2_q   <= 1'b0;
      last3_q   <= 1'b0;
    end else begin
      if (load) begin
        ifmap_q  <= ifmap_i;
        filter_q <= filter_i;
        psum1_q  <= psum_i;
        last1_q  <= last_i;
      end
      if (emit) begin
        chain_q <= last1_q ? '0 : total;
        psum2_q <= psum1_q;
        last2_q <= last1_q;
        if (last1_q) begin
          total_q <= total;
        end
      end
      if (load_mid) begin
        psum3_q <= psum2_q;
        last3_q <= last2_q;
        if (last2_q) begin
          spilled_q <= spilled;
        end
      end
      if (emit_mid) begin
        psum4_q <= last3_q ? sum : psum3_q;
      end
    end
  end

  assign psum_o = psum4_q;
  assign action_o = orrery_mac_pkg::ActionCompute;

  logic unused_cfg;
  assign unused_cfg = ^cfg_i;

endmodule
