// A PE of an array in lock step: it takes part in a step, or sits it out, by its own bounds. Rings of operand words, a
// MAC, the psums of a window, and on from there a psum that meets those of other PEs.
module pe_lock_step #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned MaxIfmapRing = 16,
  parameter int unsigned MaxFilterRing = 32,
  parameter int unsigned MaxHold = 32,   // steps; a power of two
  parameter int unsigned Lanes = 8,      // psums of a column in a window
  parameter int unsigned PsumBus = 8,    // psums a cycle
  parameter int unsigned MaxPsumIn = 32, // items; a power of two
  parameter int unsigned MaxDelay = 4    // cycles from a window's end until its psums are met
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  orrery_lock_step_pkg::lock_step_cfg_t cfg_i,
  input  orrery_lock_step_pkg::lock_step_pe_t  pe_i,
  input  orrery_lock_step_pkg::step_command_t  command_i,
  // Operand words, into the slot of a ring.
  input  logic        ifmap_valid_i,
  input  logic [15:0] ifmap_slot_i,
  input  logic [15:0] ifmap_i,
  input  logic        filter_valid_i,
  input  logic        filter_shadow_i,  // of the next pass
  input  logic [15:0] filter_slot_i,
  input  logic [15:0] filter_i,
  // Ifmap words that a PE holds for its neighbours.
  input  logic [15:0] held_right_i,
  input  logic [15:0] held_below_i,
  output logic [15:0] held_o,
  // Old psums: their entries, lanes and values.
  input  logic [PsumBus-1:0]    psum_in_valid_i,
  input  logic [7:0]            psum_in_entry_i,
  input  logic [PsumBus*8-1:0]  psum_in_lane_i,
  input  logic [PsumBus*32-1:0] psum_in_i,
  // Psums that climb a column, and how long this PE's wait for those from below.
  input  logic [7:0]          delay_i,  // 0 to MaxDelay
  input  logic                climbs_i,  // psums come from below, not from the GLB
  input  logic [Lanes-1:0]    below_valid_i,
  input  logic [Lanes*32-1:0] below_i,
  output logic [Lanes-1:0]    above_valid_o,  // a cycle later
  output logic [Lanes*32-1:0] above_o,
  output logic                meets_o,  // psums of a window meet in this cycle:
  output logic [Lanes-1:0]    met_valid_o,
  output logic [Lanes*32-1:0] met_o,
  output logic [Lanes-1:0]    parts_o,  // this PE's psums of a window that ends in its adder
  output logic                works_o,
  output logic                starts_o,
  output logic                handed_o,
  output logic                gated_o,  // an earlier step's MAC was kept quiet,
  output logic                spared_o  // which would have changed a psum
);

  localparam int unsigned N = orrery_array_pkg::Counters;
  localparam int unsigned MacStages = (Mac == orrery_array_pkg::MacInt16Dfp) ? 4 : 2;
  localparam int unsigned IfmapBits = (MaxIfmapRing > 1) ? $clog2(MaxIfmapRing) : 1;
  localparam int unsigned FilterBits = (MaxFilterRing > 1) ? $clog2(MaxFilterRing) : 1;
  localparam int unsigned HoldBits = $clog2(MaxHold);
  localparam int unsigned EntryBits = $clog2(MaxPsumIn);
  localparam int unsigned LaneBits = (Lanes > 1) ? $clog2(Lanes) : 1;

  // Who takes part in a step, and whether it is the last on its psum.
  orrery_lock_step_pkg::lock_step_pe_t pe_q;
  logic [N-1:0] has_step, at_end;
  logic         works;
  for (genvar i = 0; i < N; i++) begin : gen_bound
    assign has_step[i] = command_i.step[i*16 +: 16] < pe_q.bound[i*16 +: 16];
    assign at_end[i] = command_i.step[i*16 +: 16] + 16'd1 == pe_q.bound[i*16 +: 16];
  end
  assign works = command_i.valid & (&has_step);
  assign works_o = works;
  assign starts_o = works & command_i.starts;

  // Operands. A word that has come by the bus is fresh until it is used.
  logic [15:0] ifmap_word, ifmap_ring_word, filter_word, filter_even, filter_odd;
  logic [MaxIfmapRing-1:0] fresh_q;
  logic bank_q, bank_written, handed;

  spad #(
    .Width (16),
    .Words (MaxIfmapRing)
  ) u_ifmap (
    .clk_i,
    .write_i      (ifmap_valid_i),
    .write_slot_i (ifmap_slot_i[IfmapBits-1:0]),
    .write_word_i (ifmap_i),
    .read_slot_i  (command_i.ifmap_slot[IfmapBits-1:0]),
    .read_word_o  (ifmap_ring_word)
  );

  // Two banks of filters: of this pass, and of the next. They change places when it begins.
  assign bank_written = bank_q ^ (filter_shadow_i & ~command_i.swaps) ^ (~filter_shadow_i & command_i.swaps);
  spad #(
    .Width (16),
    .Words (MaxFilterRing)
  ) u_filter_even (
    .clk_i,
    .write_i      (filter_valid_i & ~bank_written),
    .write_slot_i (filter_slot_i[FilterBits-1:0]),
    .write_word_i (filter_i),
    .read_slot_i  (command_i.filter_slot[FilterBits-1:0]),
    .read_word_o  (filter_even)
  );
  spad #(
    .Width (16),
    .Words (MaxFilterRing)
  ) u_filter_odd (
    .clk_i,
    .write_i      (filter_valid_i & bank_written),
    .write_slot_i (filter_slot_i[FilterBits-1:0]),
    .write_word_i (filter_i),
    .read_slot_i  (command_i.filter_slot[FilterBits-1:0]),
    .read_word_o  (filter_odd)
  );
  assign filter_word = bank_q ? filter_odd : filter_even;

  assign handed = command_i.hands & ~fresh_q[command_i.ifmap_slot[IfmapBits-1:0]];
  assign ifmap_word = handed ? (command_i.right ? held_right_i : held_below_i) : ifmap_ring_word;
  assign handed_o = works & handed;

  spad #(
    .Width (16),
    .Words (MaxHold)
  ) u_held (
    .clk_i,
    .write_i      (works),
    .write_slot_i (command_i.hold_write[HoldBits-1:0]),
    .write_word_i (ifmap_word),
    .read_slot_i  (command_i.hold_read[HoldBits-1:0]),
    .read_word_o  (held_o)
  );

  // An operation, from the operands to the adder.
  orrery_lock_step_pkg::lock_step_slot_t slot, at_adder;
  localparam int unsigned SlotBits = orrery_lock_step_pkg::SlotBits;
  logic [MacStages*SlotBits-1:0] slots_q;  // the youngest in the lowest bits
  always_comb begin
    slot.works  = works;
    slot.starts = command_i.starts;
    slot.ends   = command_i.valid & command_i.ends;
    slot.takes  = command_i.takes;
    slot.lane   = pe_q.lane + command_i.psum;
    slot.word   = ifmap_word;
  end
  assign at_adder = slots_q[(MacStages-1)*SlotBits +: SlotBits];

  logic multiplies, mac_valid, mac_gated;
  logic [31:0] mac_term;
  assign multiplies = cfg_i.work == orrery_lock_step_pkg::WorkMultiply;
  mac_unit #(
    .Mac (Mac)
  ) u_mac (
    .clk_i,
    .rst_ni,
    .cfg_i    (cfg_i.mac_cfg),
    .chain_i  (cfg_i.chain),
    .valid_i  (works & multiplies),
    .ifmap_i  (ifmap_word),
    .filter_i (filter_word),
    .last_i   (&(at_end | ~command_i.sums)),
    .valid_o  (mac_valid),
    .term_o   (mac_term),
    .gated_o  (mac_gated)
  );
  assign gated_o = mac_valid & mac_gated;
  assign spared_o = gated_o & ~at_adder.starts;

  // The psums of the window, each in its lane.
  logic [Lanes*32-1:0] psums_q, psums;
  logic [   Lanes-1:0] own_q, own;
  logic [LaneBits-1:0] lane;
  logic [31:0] psum, term, sum, result;
  logic        greater;
  assign lane = at_adder.lane[LaneBits-1:0];
  assign psum = psums_q[lane*32 +: 32];
  assign term = multiplies ? mac_term : {{16{at_adder.word[15]}}, at_adder.word};
  assign greater = $signed(psum) > $signed(term);

  psum_adder #(
    .Mac (Mac)
  ) u_add (
    .cfg_i (cfg_i.mac_cfg),
    .a_i   (psum),
    .b_i   (term),
    .sum_o (sum)
  );

  always_comb begin
    result = sum;
    if (at_adder.starts) begin
      result = term;
    end else if (cfg_i.work == orrery_lock_step_pkg::WorkMax) begin
      result = greater ? psum : term;
    end
    psums = psums_q;
    own   = own_q;
    if (at_adder.works) begin
      psums[lane*32 +: 32] = result;
      own[lane] = 1'b1;
    end
  end
  assign parts_o = at_adder.ends ? own : '0;

  // Psums of a window wait for those from below.
  localparam int unsigned WaitBits = (MaxDelay > 1) ? $clog2(MaxDelay + 1) : 1;
  localparam int unsigned Waits = 1 << WaitBits;
  logic [WaitBits-1:0] wait_write_q, wait_read_q;
  logic [Lanes*33-1:0] waited, mine;
  logic [MaxDelay-1:0] ends_q, takes_q;  // the youngest in the lowest bits
  logic                meets, takes;

  spad #(
    .Width (Lanes * 33),
    .Words (Waits)
  ) u_wait (
    .clk_i,
    .write_i      (at_adder.ends),
    .write_slot_i (wait_write_q),
    .write_word_i ({own, psums}),
    .read_slot_i  (wait_read_q),
    .read_word_o  (waited)
  );

  always_comb begin
    meets = at_adder.ends;
    takes = at_adder.takes;
    mine  = {own, psums};
    for (int unsigned i = 0; i < MaxDelay; i++) begin
      if (delay_i == 8'(i + 1)) begin
        meets = ends_q[i];
        takes = takes_q[i];
        mine  = waited;
      end
    end
  end

  // Old psums, an entry a window.
  logic [MaxPsumIn*Lanes-1:0] old_valid_q, old_valid;
  logic [EntryBits-1:0] old_read_q;
  logic [Lanes-1:0]     in_valid;
  logic [Lanes*32-1:0]  in, old;
  for (genvar i = 0; i < Lanes; i++) begin : gen_old
    logic        write;
    logic [31:0] value;
    always_comb begin
      write = 1'b0;
      value = '0;
      for (int unsigned j = 0; j < PsumBus; j++) begin
        if (psum_in_valid_i[j] && psum_in_lane_i[j*8 +: 8] == 8'(i)) begin
          write = 1'b1;
          value = value | psum_in_i[j*32 +: 32];
        end
      end
    end
    spad #(
      .Width (32),
      .Words (MaxPsumIn)
    ) u_old (
      .clk_i,
      .write_i      (write),
      .write_slot_i (psum_in_entry_i[EntryBits-1:0]),
      .write_word_i (value),
      .read_slot_i  (old_read_q),
      .read_word_o  (old[i*32 +: 32])
    );

    // A psum of this PE meets an old one, or one from below.
    logic [31:0] met;
    psum_adder #(
      .Mac (Mac)
    ) u_meet (
      .cfg_i (cfg_i.mac_cfg),
      .a_i   (in[i*32 +: 32]),
      .b_i   (mine[i*32 +: 32]),
      .sum_o (met)
    );
    assign met_o[i*32 +: 32] = !in_valid[i] ? mine[i*32 +: 32] : mine[Lanes*32+i] ? met : in[i*32 +: 32];
  end
  assign in_valid = climbs_i ? below_valid_i : takes ? old_valid_q[old_read_q*Lanes +: Lanes] : '0;
  assign in = climbs_i ? below_i : old;
  assign met_valid_o = meets ? in_valid | mine[Lanes*32 +: Lanes] : '0;
  assign meets_o = meets;

  always_comb begin
    old_valid = old_valid_q;
    if (meets && takes) begin
      old_valid[old_read_q*Lanes +: Lanes] = '0;
    end
    for (int unsigned j = 0; j < PsumBus; j++) begin
      if (psum_in_valid_i[j]) begin
        old_valid[psum_in_entry_i[EntryBits-1:0]*Lanes + 32'(psum_in_lane_i[j*8 +: LaneBits])] = 1'b1;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pe_q          <= '0;
      fresh_q       <= '0;
      bank_q        <= 1'b0;
      slots_q       <= '0;
      psums_q       <= '0;
      own_q         <= '0;
      wait_write_q  <= '0;
      wait_read_q   <= '0;
      ends_q        <= '0;
      takes_q       <= '0;
      old_valid_q   <= '0;
      old_read_q    <= '0;
      above_valid_o <= '0;
      above_o       <= '0;
    end else begin
      if (command_i.begins) begin
        pe_q <= pe_i;
      end
      bank_q <= bank_q ^ command_i.swaps;
      if (works) begin
        fresh_q[command_i.ifmap_slot[IfmapBits-1:0]] <= 1'b0;
      end
      if (ifmap_valid_i) begin
        fresh_q[ifmap_slot_i[IfmapBits-1:0]] <= 1'b1;
      end
      slots_q <= {slots_q[(MacStages-1)*SlotBits-1:0], slot};
      psums_q <= psums;
      own_q   <= at_adder.ends ? '0 : own;
      for (int unsigned i = 0; i < MaxDelay; i++) begin
        ends_q[i]  <= (i == 0) ? at_adder.ends : ends_q[(i == 0) ? 0 : i - 1];
        takes_q[i] <= (i == 0) ? at_adder.takes : takes_q[(i == 0) ? 0 : i - 1];
      end
      if (at_adder.ends) begin
        wait_write_q <= wait_write_q + 1'b1;
      end
      if (meets) begin
        wait_read_q <= wait_read_q + 1'b1;
      end
      old_valid_q <= old_valid;
      if (meets && takes) begin
        old_read_q <= old_read_q + 1'b1;
      end
      above_valid_o <= met_valid_o;
      if (meets) begin
        above_o <= met_o;
      end
    end
  end

endmodule
