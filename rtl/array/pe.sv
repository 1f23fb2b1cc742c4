// One PE by itself: the timing rules of docs/model.md, and the twin of PeAlone, cycle by cycle.
//
// FIFOs -> spads -> MAC -> adder and psum spad -> psum-out FIFO. An operation is decided on and issued in one cycle; a
// MAC's term, or a merge, meets its psum in the cycle in which the MAC's stages are over.
module pe #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned MaxIfmapSpad = 16,
  parameter int unsigned MaxFilterSpad = 16,
  parameter int unsigned MaxPsumSpad = 16,
  parameter int unsigned MaxFifoPackets = 4,
  parameter int unsigned MaxIfmapPacketWords = 4,
  parameter int unsigned MaxFilterPacketWords = 4,
  parameter int unsigned MaxPacketPsums = 4
) (
  input  logic clk_i,
  input  logic rst_ni,
  // The next cycle is a pass's first; it may be that of the last operation of the pass before, whose program holds up to
  // its end, but for `mapped`, which is the new one's. No operands are left. Psums may be on their way still.
  input  logic start_i,
  input  orrery_array_pkg::pe_cfg_t cfg_i,
  input  orrery_array_pkg::pe_program_t program_i,
  input  logic hold_psums_i,  // no psum is merged or leaves
  // Packets: the first word in the lowest bits. Ready: an entry was free at the cycle's start.
  input  logic ifmap_valid_i,
  input  logic [MaxIfmapPacketWords*16-1:0] ifmap_data_i,
  input  logic [7:0] ifmap_words_i,
  output logic ifmap_ready_o,
  input  logic filter_valid_i,
  input  logic [MaxFilterPacketWords*16-1:0] filter_data_i,
  input  logic [7:0] filter_words_i,
  output logic filter_ready_o,
  input  logic psum_in_valid_i,
  input  logic [MaxPacketPsums*32-1:0] psum_in_data_i,
  input  logic [7:0] psum_in_words_i,
  output logic psum_in_ready_o,
  output logic psum_out_valid_o,
  output logic [MaxPacketPsums*32-1:0] psum_out_data_o,
  output logic [7:0] psum_out_words_o,
  input  logic psum_out_ready_i,
  output orrery_array_pkg::pe_status_t status_o,
  output logic starts_o,    // the cycle's MAC is its psum's first
  output logic finishes_o,  // the cycle's operation is the pass's last
  // Before this cycle; in a start's cycle `freed` follows the new program.
  output orrery_array_pkg::pe_registers_t registers_o
);

  localparam int unsigned MacStages = (Mac == orrery_array_pkg::MacInt16Dfp) ? 4 : 2;
  localparam int unsigned SlotBits = orrery_array_pkg::SlotBits;
  localparam int unsigned PsumBits = (MaxPsumSpad > 1) ? $clog2(MaxPsumSpad) : 1;
  localparam int unsigned WordBits = (MaxPacketPsums > 1) ? $clog2(MaxPacketPsums) : 1;
  localparam int unsigned MaxStages = orrery_array_pkg::MaxPipelineStages;

  logic mac_issues, merge_issues, psum_leaves;

  // Where the next MAC finds its operands.
  logic [15:0] ifmap_position, filter_position, ifmap_lowest, filter_lowest;
  logic [PsumBits-1:0] psum_position;
  logic        starts_psum, ends_psum, ends_window, ends_pass, exhausted;
  logic [orrery_array_pkg::Counters*16-1:0] step;

  pass_counters #(
    .PsumBits (PsumBits)
  ) u_counters (
    .clk_i,
    .rst_ni,
    .start_i,
    .advance_i       (mac_issues),
    .program_i,
    .ifmap_o         (ifmap_position),
    .filter_o        (filter_position),
    .psum_o          (psum_position),
    .ifmap_lowest_o  (ifmap_lowest),
    .filter_lowest_o (filter_lowest),
    .starts_psum_o   (starts_psum),
    .ends_psum_o     (ends_psum),
    .ends_window_o   (ends_window),
    .ends_pass_o     (ends_pass),
    .exhausted_o     (exhausted),
    .step_o          (step)
  );

  logic        has_ifmap, has_filter, loads_ifmap, loads_filter;
  logic [15:0] ifmap_word, filter_word;
  orrery_array_pkg::pe_operand_registers_t ifmap_registers, filter_registers;

  pe_operand #(
    .MaxSpad        (MaxIfmapSpad),
    .MaxPackets     (MaxFifoPackets),
    .MaxPacketWords (MaxIfmapPacketWords)
  ) u_ifmap (
    .clk_i,
    .rst_ni,
    .start_i,
    .spad_words_i   (cfg_i.ifmap_spad_words),
    .fifo_packets_i (cfg_i.ifmap_fifo_packets),
    .valid_i        (ifmap_valid_i),
    .data_i         (ifmap_data_i),
    .words_i        (ifmap_words_i),
    .ready_o        (ifmap_ready_o),
    .position_i     (ifmap_position),
    .lowest_i       (ifmap_lowest),
    .quiet_i        (1'b0),
    .present_o      (has_ifmap),
    .word_o         (ifmap_word),
    .loads_o        (loads_ifmap),
    .registers_o    (ifmap_registers)
  );

  // A MAC that its ifmap word keeps quiet does not read the filter spad.
  logic ifmap_gates, gates;
  assign ifmap_gates = (Mac == orrery_array_pkg::MacZeroGated) && gates;

  pe_operand #(
    .MaxSpad        (MaxFilterSpad),
    .MaxPackets     (MaxFifoPackets),
    .MaxPacketWords (MaxFilterPacketWords)
  ) u_filter (
    .clk_i,
    .rst_ni,
    .start_i,
    .spad_words_i   (cfg_i.filter_spad_words),
    .fifo_packets_i (cfg_i.filter_fifo_packets),
    .valid_i        (filter_valid_i),
    .data_i         (filter_data_i),
    .words_i        (filter_words_i),
    .ready_o        (filter_ready_o),
    .position_i     (filter_position),
    .lowest_i       (filter_lowest),
    .quiet_i        (ifmap_gates),
    .present_o      (has_filter),
    .word_o         (filter_word),
    .loads_o        (loads_filter),
    .registers_o    (filter_registers)
  );

  logic        has_psum, merges;
  logic [31:0] incoming;
  logic [ 7:0] psum_in_packets;

  fifo #(
    .Width      (32),
    .MaxPackets (MaxFifoPackets),
    .MaxWords   (MaxPacketPsums)
  ) u_psum_in (
    .clk_i,
    .rst_ni,
    .depth_i   (cfg_i.psum_in_fifo_packets),
    .valid_i   (psum_in_valid_i),
    .data_i    (psum_in_data_i),
    .words_i   (psum_in_words_i),
    .ready_o   (psum_in_ready_o),
    .valid_o   (has_psum),
    .word_o    (incoming),
    .next_i    (merges),
    .packets_o (psum_in_packets)
  );

  // What issues, or else the first unmet need.
  orrery_array_pkg::pe_phase_e phase_q;
  orrery_array_pkg::pe_state_e state;
  logic [PsumBits-1:0] left_q;         // psums of the window that have left
  logic [WordBits-1:0] packet_left_q;  // of the packet
  logic        leaves_next, has_room, begins_packet, ends_packet, leaves_window;

  assign leaves_next = cfg_i.two_adders ? ends_psum : phase_q == orrery_array_pkg::PhaseMerge;
  assign begins_packet = packet_left_q == '0;

  always_comb begin
    state = (phase_q == orrery_array_pkg::PhaseMac) ? orrery_array_pkg::StateMac : orrery_array_pkg::StateMerge;
    if (leaves_next) begin
      if (begins_packet && !has_room) state = orrery_array_pkg::StateWaitPsumOut;
      if (program_i.takes_psums && !has_psum) state = orrery_array_pkg::StateWaitPsumIn;
      if (hold_psums_i) begin
        state = program_i.takes_psums ? orrery_array_pkg::StateWaitPsumIn : orrery_array_pkg::StateWaitPsumOut;
      end
    end
    if (phase_q == orrery_array_pkg::PhaseMac) begin
      if (!has_filter) state = orrery_array_pkg::StateWaitFilter;
      if (!has_ifmap) state = orrery_array_pkg::StateWaitIfmap;
    end
    if (phase_q == orrery_array_pkg::PhaseDone) state = orrery_array_pkg::StateDone;
  end

  assign mac_issues = state == orrery_array_pkg::StateMac;
  assign merge_issues = state == orrery_array_pkg::StateMerge;
  assign psum_leaves = merge_issues | (mac_issues & leaves_next);
  assign merges = psum_leaves & program_i.takes_psums;
  assign leaves_window = left_q == PsumBits'(program_i.window_psums - 16'd1);
  assign ends_packet = leaves_window | (packet_left_q == WordBits'(cfg_i.packet_psums - 8'd1));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      phase_q       <= orrery_array_pkg::PhaseDone;
      left_q        <= '0;
      packet_left_q <= '0;
    end else if (start_i) begin
      left_q        <= '0;
      packet_left_q <= '0;
      phase_q <= program_i.mapped ? orrery_array_pkg::PhaseMac : orrery_array_pkg::PhaseDone;
    end else begin
      if (mac_issues && ends_window) begin
        if (!cfg_i.two_adders) begin
          phase_q <= orrery_array_pkg::PhaseMerge;
        end else if (ends_pass) begin
          phase_q <= orrery_array_pkg::PhaseDone;
        end
      end
      if (merge_issues && leaves_window) begin
        phase_q <= exhausted ? orrery_array_pkg::PhaseDone : orrery_array_pkg::PhaseMac;
      end
      if (psum_leaves) begin
        left_q        <= leaves_window ? '0 : left_q + 1'b1;
        packet_left_q <= ends_packet ? '0 : packet_left_q + 1'b1;
      end
    end
  end

  // The MAC, and what goes beside it. The last psum of a packet is complete `pipeline_stages` cycles after its issue; it
  // waits for that in its entry of the FIFO.
  orrery_array_pkg::pe_slot_t issued, slot;
  logic [MacStages*SlotBits-1:0] slots_q;
  logic [MaxStages-2:0] lasts_q;  // bit k: a packet's last psum issued k + 1 cycles ago
  logic        term_valid, term_gated;
  logic [31:0] term;

  assign issued.merge = merge_issues;
  assign issued.starts = starts_psum;
  assign issued.leaves = psum_leaves;
  assign issued.last = ends_packet;
  assign issued.takes = program_i.takes_psums;
  assign issued.psum = merge_issues ? 16'(left_q) : 16'(psum_position);
  assign issued.incoming = incoming;
  assign slot = slots_q[MacStages*SlotBits-1 -: SlotBits];

  mac_gates #(
    .Mac (Mac)
  ) u_gates (
    .cfg_i    (cfg_i.mac_cfg),
    .ifmap_i  (ifmap_word),
    .filter_i (filter_word),
    .gates_o  (gates)
  );

  mac_unit #(
    .Mac (Mac)
  ) u_mac (
    .clk_i,
    .rst_ni,
    .cfg_i    (cfg_i.mac_cfg),
    .chain_i  (cfg_i.chain),
    .valid_i  (mac_issues),
    .ifmap_i  (ifmap_word),
    .filter_i (filter_word),
    .last_i   (ends_psum),
    .valid_o  (term_valid),
    .term_o   (term),
    .gated_o  (term_gated)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      slots_q <= '0;
      lasts_q <= '0;
    end else begin
      slots_q <= {slots_q[(MacStages-1)*SlotBits-1:0], issued};
      lasts_q <= {lasts_q[MaxStages-3:0], psum_leaves & ends_packet};
    end
  end

  // The adder: a term, or the incoming psum of a merge, and the psum spad. With two, what leaves meets the incoming psum
  // in the second.
  logic [31:0] own, sum, updated, second, left;

  psum_adder #(
    .Mac (Mac)
  ) u_adder (
    .cfg_i (cfg_i.mac_cfg),
    .a_i   (own),
    .b_i   (slot.merge ? slot.incoming : term),
    .sum_o (sum)
  );

  psum_adder #(
    .Mac (Mac)
  ) u_second_adder (
    .cfg_i (cfg_i.mac_cfg),
    .a_i   (updated),
    .b_i   (slot.incoming),
    .sum_o (second)
  );

  assign updated = slot.starts ? term : sum;
  always_comb begin
    if (slot.merge) left = slot.takes ? sum : own;
    else left = slot.takes ? second : updated;
  end

  // A MAC that was kept quiet leaves its psum as it is, and does not read it either.
  logic [PsumBits-1:0] psum_slot, psum_slot_q;
  assign psum_slot = (slot.merge | (term_valid & ~term_gated) | slot.leaves) ? slot.psum[PsumBits-1:0] : psum_slot_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      psum_slot_q <= '0;
    end else begin
      psum_slot_q <= psum_slot;
    end
  end

  spad #(
    .Width (32),
    .Words (MaxPsumSpad)
  ) u_psum_spad (
    .clk_i,
    .write_i      (term_valid & (slot.starts | ~term_gated)),
    .write_slot_i (slot.psum[PsumBits-1:0]),
    .write_word_i (updated),
    .read_slot_i  (psum_slot),
    .read_word_o  (own)
  );

  psum_out_fifo #(
    .MaxPackets (MaxFifoPackets),
    .MaxWords   (MaxPacketPsums)
  ) u_psum_out (
    .clk_i,
    .rst_ni,
    .depth_i    (cfg_i.psum_out_fifo_packets),
    .open_i     (psum_leaves & begins_packet),
    .room_o     (has_room),
    .put_i      (slot.leaves),
    .psum_i     (left),
    .last_i     (slot.last),
    .land_i     (lasts_q[5'(cfg_i.pipeline_stages - 6'd2)]),
    .valid_o    (psum_out_valid_o),
    .data_o     (psum_out_data_o),
    .words_o    (psum_out_words_o),
    .ready_i    (psum_out_ready_i),
    .packets_o  (registers_o.psum_out_packets),
    .complete_o (registers_o.psum_out_ready)
  );

  assign status_o.state = state;
  assign status_o.gated = mac_issues & gates;
  assign status_o.merged = merges;
  assign status_o.loads_ifmap = loads_ifmap;
  assign status_o.loads_filter = loads_filter;
  assign status_o.done = phase_q == orrery_array_pkg::PhaseDone;

  assign starts_o = mac_issues & starts_psum;
  assign finishes_o = cfg_i.two_adders ? mac_issues & ends_pass : merge_issues & leaves_window & exhausted;

  assign registers_o.phase = phase_q;
  assign registers_o.exhausted = exhausted;
  assign registers_o.merge_at = cfg_i.two_adders ? 16'd0 : 16'(left_q);
  assign registers_o.ifmap = ifmap_registers;
  assign registers_o.filter = filter_registers;
  assign registers_o.psum_in_packets = psum_in_packets;
  assign registers_o.step = step;

  logic unused_bits;
  assign unused_bits = ^{slot.psum, cfg_i.packet_psums, program_i.window_psums};

endmodule
