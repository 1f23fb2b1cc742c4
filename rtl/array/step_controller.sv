// The controller of an array in lock step: takes the steps of a pass one by one, each as soon as all that it needs is
// there, or has the whole array wait.
module step_controller #(
  parameter int unsigned MaxHold = 32,  // steps for which PEs hold their ifmap words; a power of two
  parameter int unsigned MaxPsumOut = 8
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  orrery_lock_step_pkg::lock_step_cfg_t cfg_i,
  input  logic        start_i,  // a pass begins; its first step comes in the next cycle at the earliest
  input  orrery_lock_step_pkg::lock_step_pass_t pass_i,
  // The end of the operand buses: the last word of an item.
  input  logic        ifmap_arrives_i,
  input  logic [15:0] ifmap_item_i,
  input  logic        filter_arrives_i,  // not into the shadow
  input  logic [15:0] filter_item_i,
  // Their begin: a word's item, its slot, and whether that is free.
  input  logic [15:0] ifmap_sent_i,
  output logic [15:0] ifmap_slot_o,
  output logic        ifmap_room_o,
  input  logic [15:0] filter_sent_i,
  output logic [15:0] filter_slot_o,
  output logic        filter_room_o,
  // How the ifmap words of the steps to come, in order, reach their PEs.
  input  logic        source_valid_i,
  input  orrery_lock_step_pkg::ifmap_source_t source_i,
  output logic        source_ready_o,
  input  logic        psum_in_begins_i,   // an item of old psums leaves the GLB
  input  logic        psum_in_arrives_i,  // its last psum arrives
  output logic        psum_in_room_o,
  input  logic        psum_out_left_i,  // the last psum of the oldest item leaves
  output logic        psum_out_landed_o,  // that item can leave
  output orrery_lock_step_pkg::step_command_t command_o,
  output logic [ 2:0] state_o,  // orrery_array_pkg::pe_state_e, of the PEs that take part
  output logic        last_o,   // the pass's last step
  output logic [15:0] ifmap_o,  // items of the next step
  output logic [15:0] filter_o,
  output logic [orrery_array_pkg::Counters*16-1:0] step_o
);

  orrery_lock_step_pkg::lock_step_pass_t pass_q;
  logic running_q, issue, active, source_used;

  // What the counters are told of the pass.
  orrery_array_pkg::pe_program_t program_of;
  always_comb begin
    program_of               = '0;
    program_of.mapped        = 1'b1;
    program_of.takes_psums   = pass_q.takes_psums;
    program_of.window        = pass_q.window;
    program_of.ifmap_words   = pass_q.ifmap_words;
    program_of.filter_words  = pass_q.filter_words;
    program_of.bound         = pass_q.bound;
    program_of.ifmap_stride  = pass_q.ifmap_stride;
    program_of.filter_stride = pass_q.filter_stride;
    program_of.psum_stride   = pass_q.psum_stride;
    program_of.reduction     = pass_q.reduction;
  end

  logic [15:0] psum, ifmap_lowest, filter_lowest;
  logic        starts_psum, ends_window, ends_pass, exhausted;
  logic        unused_ends_psum;
  logic [7:0]  unused_psum;

  pass_counters u_counters (
    .clk_i,
    .rst_ni,
    .start_i,
    .advance_i       (issue),
    .program_i       (program_of),
    .ifmap_o,
    .filter_o,
    .psum_o          (psum),
    .ifmap_lowest_o  (ifmap_lowest),
    .filter_lowest_o (filter_lowest),
    .starts_psum_o   (starts_psum),
    .ends_psum_o     (unused_ends_psum),
    .ends_window_o   (ends_window),
    .ends_pass_o     (ends_pass),
    .exhausted_o     (exhausted),
    .step_o
  );
  assign unused_psum = psum[15:8];

  ring_place u_ifmap (
    .clk_i,
    .rst_ni,
    .start_i,
    .size_i      (cfg_i.ifmap_ring),
    .lowest_i    (ifmap_lowest),
    .word_i      (ifmap_o),
    .item_i      (ifmap_sent_i),
    .word_slot_o (command_o.ifmap_slot),
    .item_slot_o (ifmap_slot_o),
    .room_o      (ifmap_room_o)
  );

  ring_place u_filter (
    .clk_i,
    .rst_ni,
    .start_i,
    .size_i      (cfg_i.filter_ring),
    .lowest_i    (filter_lowest),
    .word_i      (filter_o),
    .item_i      (filter_sent_i),
    .word_slot_o (command_o.filter_slot),
    .item_slot_o (filter_slot_o),
    .room_o      (filter_room_o)
  );

  // Sources wait in a FIFO of four.
  orrery_lock_step_pkg::ifmap_source_t source;
  localparam int unsigned SourceBits = orrery_lock_step_pkg::SourceBits;
  logic [4*SourceBits-1:0] sources_q;
  logic [2:0] sources_left_q;
  logic [1:0] source_write_q, source_read_q;
  assign source = sources_q[source_read_q*SourceBits +: SourceBits];
  assign source_ready_o = sources_left_q < 3'd4;

  // What a step needs, in the order in which waiting is charged.
  logic [15:0] ifmap_there_q, filter_there_q;  // items
  logic [ 7:0] psum_in_begun_q, psum_in_there_q, leaving_q;
  logic        needs_ifmap, needs_filter, needs_psum_in, needs_psum_out;
  assign active = running_q & ~exhausted;
  always_comb begin
    needs_ifmap = ifmap_there_q <= ifmap_o;
    if (pass_q.hands_over) begin
      needs_ifmap = (sources_left_q == 3'd0) || (source.bus && ifmap_there_q <= ifmap_o);
    end
  end
  assign needs_filter = pass_q.multiplies && !pass_q.shadowed && filter_there_q <= filter_o;
  assign needs_psum_in = ends_window && pass_q.takes_psums && psum_in_there_q == 8'd0;
  assign needs_psum_out = ends_window && leaving_q >= cfg_i.psum_out_depth;
  assign issue = active & ~(needs_ifmap | needs_filter | needs_psum_in | needs_psum_out);

  assign source_used = issue & pass_q.hands_over;

  always_comb begin
    state_o = start_i ? orrery_array_pkg::StateWaitIfmap : orrery_array_pkg::StateDone;
    if (active) begin
      state_o = orrery_array_pkg::StateMac;
      if (needs_ifmap) begin
        state_o = orrery_array_pkg::StateWaitIfmap;
      end else if (needs_filter) begin
        state_o = orrery_array_pkg::StateWaitFilter;
      end else if (needs_psum_in) begin
        state_o = orrery_array_pkg::StateWaitPsumIn;
      end else if (needs_psum_out) begin
        state_o = orrery_array_pkg::StateWaitPsumOut;
      end
    end
  end

  logic window_ends, psum_in_pops;
  assign last_o = issue & ends_pass;
  assign window_ends = issue & ends_window;
  assign psum_in_pops = window_ends & pass_q.takes_psums;
  assign psum_in_room_o = psum_in_begun_q < cfg_i.psum_in_depth;

  localparam logic [7:0] HoldMask = 8'(MaxHold - 1);
  assign command_o.begins = start_i;
  assign command_o.swaps = start_i & pass_i.shadowed;
  assign command_o.valid = issue;
  assign command_o.starts = starts_psum;
  assign command_o.ends = window_ends;
  assign command_o.takes = psum_in_pops;
  assign command_o.psum = psum[7:0];
  assign command_o.hands = pass_q.hands_over & source.hands;
  assign command_o.right = source.right;
  assign command_o.hold_write = ifmap_o[7:0] & HoldMask;
  assign command_o.hold_read = (ifmap_o[7:0] - source.distance) & HoldMask;
  assign command_o.step = step_o;
  for (genvar i = 0; i < orrery_array_pkg::Counters; i++) begin : gen_sums
    assign command_o.sums[i] = pass_q.reduction[i] & (4'(i) >= pass_q.window);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pass_q          <= '0;
      running_q       <= 1'b0;
      ifmap_there_q   <= '0;
      filter_there_q  <= '0;
      psum_in_begun_q <= '0;
      psum_in_there_q <= '0;
      leaving_q       <= '0;
      sources_q       <= '0;
      sources_left_q  <= '0;
      source_write_q  <= '0;
      source_read_q   <= '0;
    end else begin
      if (start_i) begin
        pass_q <= pass_i;
      end
      running_q <= start_i | (running_q & ~last_o);
      if (ifmap_arrives_i) begin
        ifmap_there_q <= ifmap_item_i + 16'd1;
      end else if (start_i) begin
        ifmap_there_q <= '0;
      end
      if (filter_arrives_i) begin
        filter_there_q <= filter_item_i + 16'd1;
      end else if (start_i) begin
        filter_there_q <= '0;
      end
      psum_in_begun_q <= psum_in_begun_q + 8'(psum_in_begins_i) - 8'(psum_in_pops);
      psum_in_there_q <= psum_in_there_q + 8'(psum_in_arrives_i) - 8'(psum_in_pops);
      leaving_q       <= leaving_q + 8'(window_ends) - 8'(psum_out_left_i);
      sources_left_q  <= sources_left_q + 3'(source_valid_i) - 3'(source_used);
      if (source_valid_i) begin
        sources_q[source_write_q*SourceBits +: SourceBits] <= source_i;
        source_write_q <= source_write_q + 2'd1;
      end
      if (source_used) begin
        source_read_q <= source_read_q + 2'd1;
      end
    end
  end

  // Psum-out items, the oldest at place 0, each with the cycles until it can leave.
  logic [MaxPsumOut*8-1:0] landing_q, landing;
  always_comb begin
    landing = '0;
    for (int unsigned i = 0; i < MaxPsumOut; i++) begin
      landing[i*8 +: 8] = landing_q[i*8 +: 8];
      if (window_ends && leaving_q == 8'(i)) begin
        landing[i*8 +: 8] = pass_q.landing;
      end
      if (landing[i*8 +: 8] != 8'd0) begin
        landing[i*8 +: 8] = landing[i*8 +: 8] - 8'd1;
      end
    end
    if (psum_out_left_i) begin
      landing = landing >> 8;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      landing_q <= '0;
    end else begin
      landing_q <= landing;
    end
  end
  assign psum_out_landed_o = leaving_q != 8'd0 && landing_q[7:0] == 8'd0;

endmodule
