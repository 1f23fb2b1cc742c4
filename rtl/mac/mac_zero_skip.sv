// 8- or 16-bit operands; pairs whose ifmap operand is at its zero point are passed over, up to LookAhead a cycle,
// and leave no result.
module mac_zero_skip #(
  parameter int unsigned LookAhead = 4  // operand pairs looked at in a cycle, up to 4
) (
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

  localparam int unsigned PairBits = 65;  // {psum, filter, ifmap less its zero point}
  localparam int unsigned Bits = LookAhead * PairBits;

  logic [16:0] ifmap;
  assign ifmap = {ifmap_i[15], ifmap_i} - {cfg_i.ifmap_zero[15], cfg_i.ifmap_zero};

  // The window; entry 0 holds the oldest pair.
  logic [Bits-1:0]      window_d, window_q;
  logic [LookAhead-1:0] held_d, held_q, nonzero_d, nonzero_q;
  logic [1:0]           chosen;
  logic [2:0]           leave;
  logic                 take, found, core_ready;

  assign ready_o = ~held_q[LookAhead-1] | (leave != 3'd0);
  assign take = valid_i & ready_o;

  mac_look_ahead #(
    .LookAhead (LookAhead)
  ) u_look_ahead (
    .held_i    (held_q),
    .nonzero_i (nonzero_q),
    .ready_i   (core_ready),
    .valid_o   (found),
    .chosen_o  (chosen),
    .leave_o   (leave)
  );

  // Pairs that leave make room at the end; a new one takes the first free entry.
  logic [LookAhead-1:0] stays, first_free;
  assign stays = held_q >> leave;
  assign first_free = ~stays & {stays[LookAhead-2:0], 1'b1};

  always_comb begin
    window_d  = window_q >> (leave * PairBits);
    held_d    = stays;
    nonzero_d = nonzero_q >> leave;
    for (int unsigned i = 0; i < LookAhead; i++) begin
      if (take && first_free[i]) begin
        window_d[i*PairBits +: PairBits] = {psum_i, filter_i, ifmap};
        held_d[i]                        = 1'b1;
        nonzero_d[i]                     = ifmap != 17'd0;
      end
    end
  end

  logic load, emit;
  logic unused_busy;

  mac_handshake u_handshake (
    .clk_i,
    .rst_ni,
    .valid_i (found),
    .ready_i,
    .done_i  (1'b1),
    .ready_o (core_ready),
    .valid_o,
    .load_o  (load),
    .emit_o  (emit),
    .busy_o  (unused_busy)
  );

  logic signed [16:0] ifmap_q;
  logic signed [15:0] filter_q;
  logic [31:0] psum_q, sum_q, term, sum;
  logic signed [31:0] product;

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
      window_q  <= '0;
      held_q    <= '0;
      nonzero_q <= '0;
      ifmap_q   <= '0;
      filter_q  <= '0;
      psum_q    <= '0;
      sum_q     <= '0;
    end else begin
      window_q  <= window_d;
      held_q    <= held_d;
      nonzero_q <= nonzero_d;
      if (load) begin
        {psum_q, filter_q, ifmap_q} <= window_q[chosen * PairBits +: PairBits];
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
