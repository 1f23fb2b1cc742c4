// 8- or 16-bit operands; an ifmap operand at its zero point holds multiplier and adder as they are.
module mac_zero_gated (
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

  logic signed [16:0] ifmap, ifmap_q;
  logic signed [15:0] filter_q;

  assign ifmap = {ifmap_i[15], ifmap_i} - {cfg_i.ifmap_zero[15], cfg_i.ifmap_zero};

  logic gate, gate_q, result_gate_q;
  logic [31:0] psum_q, held_q, sum_q, term, sum;
  logic signed [31:0] product;

  // The psum of a gated pair passes beside the adder, so nothing in front of multiplier or adder changes.
  assign gate = ifmap == 17'd0;
  assign product = ifmap_q * filter_q;

  mac_product_cut u_cut (
    .cfg_i,
    .product_i (product),
    .term_o    (term)
  );

  mac_psum_add u_add (
    .cfg_i,
    .psum_i (psum_q),
    .term_i (term),
    .psum_o (sum)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ifmap_q       <= '0;
      filter_q      <= '0;
      psum_q        <= '0;
      held_q        <= '0;
      gate_q        <= 1'b0;
      sum_q         <= '0;
      result_gate_q <= 1'b0;
    end else begin
      if (load) begin
        gate_q <= gate;
        if (gate) begin
          held_q <= psum_i;
        end else begin
          ifmap_q  <= ifmap;
          filter_q <= filter_i;
          psum_q   <= psum_i;
        end
      end
      if (emit) begin
        sum_q         <= gate_q ? held_q : sum;
        result_gate_q <= gate_q;
      end
    end
  end

  assign psum_o = sum_q;
  assign action_o = result_gate_q ? orrery_mac_pkg::ActionGate : orrery_mac_pkg::ActionCompute;

  logic unused_inputs;
  assign unused_inputs = ^{last_i};

endmodule
