// The PE array in lock step: all PEs take the same step of the nest, or wait together. Docs: docs/rtl_lock_step.md.
module lock_step_array #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned Systolic = 0,  // 1: operands move from PE to PE
  parameter int unsigned Rows = 4,
  parameter int unsigned Cols = 4,
  parameter int unsigned MaxIfmapRing = 16,
  parameter int unsigned MaxFilterRing = 32,
  parameter int unsigned MaxHold = 32,     // steps; a power of two
  parameter int unsigned Lanes = 8,        // psums of a column in a window
  parameter int unsigned BusWords = 8,     // operand words a cycle
  parameter int unsigned PsumBus = 8,      // psums a cycle
  parameter int unsigned MaxPsumIn = 32,   // items; a power of two
  parameter int unsigned MaxPsumOut = 4,   // items
  parameter int unsigned MaxLatency = 7,
  parameter int unsigned Pes = Rows * Cols,  // these follow
  parameter int unsigned WordBits = 25 + Rows + Cols
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lock_step_pkg::lock_step_cfg_t cfg_i,
  // A pass begins; its settings hold until the next one does.
  input  logic start_i,
  input  orrery_lock_step_pkg::lock_step_pass_t pass_i,
  input  logic [Pes*136-1:0] pes_i,   // lock_step_pe_t, row after row
  input  logic [Pes*8-1:0]   names_i,  // of ifmap words
  // Operands: words of one item. `first` only where there is room.
  input  logic                         ifmap_valid_i,
  input  logic                         ifmap_last_i,
  input  logic [15:0]                  ifmap_item_i,
  input  logic [BusWords*WordBits-1:0] ifmap_i,
  output logic                         ifmap_room_o,
  input  logic                         filter_valid_i,
  input  logic                         filter_last_i,
  input  logic                         filter_shadow_i,  // of the next pass, before it begins
  input  logic [15:0]                  filter_item_i,
  input  logic [BusWords*WordBits-1:0] filter_i,
  output logic                         filter_room_o,
  input  logic source_valid_i,
  input  orrery_lock_step_pkg::ifmap_source_t source_i,
  output logic source_ready_o,
  // Old psums, each to a PE (in a column or a tree: to that of the last row) and a lane.
  input  logic [PsumBus-1:0]    psum_in_valid_i,
  input  logic                  psum_in_first_i,
  input  logic                  psum_in_last_i,
  input  logic [PsumBus*8-1:0]  psum_in_row_i,
  input  logic [PsumBus*8-1:0]  psum_in_col_i,
  input  logic [PsumBus*8-1:0]  psum_in_lane_i,
  input  logic [PsumBus*32-1:0] psum_in_i,
  output logic                  psum_in_room_o,
  // Psums out: the next ones of the oldest item, in any order of PEs and lanes; those that are taken leave.
  input  logic [PsumBus-1:0]    psum_out_valid_i,
  input  logic [PsumBus-1:0]    psum_out_last_i,  // of the item
  input  logic [PsumBus*16-1:0] psum_out_pe_i,
  input  logic [PsumBus*8-1:0]  psum_out_lane_i,
  output logic [PsumBus-1:0]    psum_out_taken_o,
  output logic [PsumBus*32-1:0] psum_out_o,
  // What the array does in this cycle.
  output logic [ 2:0] state_o,
  output logic        last_o,
  output logic [15:0] ifmap_o,
  output logic [15:0] filter_o,
  output logic [orrery_array_pkg::Counters*16-1:0] step_o,
  output logic [Pes-1:0] works_o,
  output logic [Pes-1:0] starts_o,
  output logic [Pes-1:0] handed_o,
  output logic [Pes-1:0] gated_o,
  output logic [Pes-1:0] spared_o,
  output logic [Pes-1:0] fills_ifmap_o,
  output logic [Pes-1:0] fills_filter_o,
  output logic [Pes-1:0] passes_ifmap_o,
  output logic [Pes-1:0] passes_filter_o,
  output logic [Pes*Lanes-1:0] parts_o
);

  localparam int unsigned StepBits = orrery_lock_step_pkg::StepBits;
  localparam int unsigned PeBits = orrery_lock_step_pkg::PeBits;
  localparam int unsigned CommandBits = 256;  // of a step_command_t, padded
  localparam int unsigned BeatBits = 18 + BusWords * WordBits;  // {shadow, last, slot or item, words}
  localparam int unsigned PsumBits = PsumBus * 57;
  localparam int unsigned MaxDelay = (Rows > 1) ? Rows - 1 : 1;

  orrery_lock_step_pkg::step_command_t command;
  logic [15:0] ifmap_slot, filter_slot;
  logic        ifmap_there, filter_there, psum_in_there, psum_in_last, psum_out_left, psum_out_landed;
  logic [BeatBits+15:0] ifmap_beat, filter_beat;
  logic [PsumBits:0]    psum_beat;

  bus_delay #(
    .Width      (BeatBits + 16),
    .MaxLatency (MaxLatency)
  ) u_ifmap_bus (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_i.ifmap_latency),
    .valid_i   (ifmap_valid_i),
    .data_i    ({1'b0, ifmap_last_i, ifmap_item_i, ifmap_slot, ifmap_i}),
    .valid_o   (ifmap_there),
    .data_o    (ifmap_beat)
  );

  bus_delay #(
    .Width      (BeatBits + 16),
    .MaxLatency (MaxLatency)
  ) u_filter_bus (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_i.filter_latency),
    .valid_i   (filter_valid_i),
    .data_i    ({filter_shadow_i, filter_last_i, filter_item_i, filter_shadow_i ? filter_item_i : filter_slot, filter_i}),
    .valid_o   (filter_there),
    .data_o    (filter_beat)
  );

  bus_delay #(
    .Width      (PsumBits + 1),
    .MaxLatency (MaxLatency)
  ) u_psum_in_bus (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_i.psum_in_latency),
    .valid_i   ((|psum_in_valid_i) | psum_in_last_i),
    .data_i    ({psum_in_last_i, psum_in_valid_i, psum_in_row_i, psum_in_col_i, psum_in_lane_i, psum_in_i}),
    .valid_o   (psum_in_there),
    .data_o    (psum_beat)
  );
  assign psum_in_last = psum_in_there & psum_beat[PsumBits];

  logic ifmap_last, filter_last, filter_shadow;
  localparam int unsigned Words = BusWords * WordBits;
  assign ifmap_last = ifmap_beat[Words+32];
  assign filter_last = filter_beat[Words+32];
  assign filter_shadow = filter_beat[Words+33];

  step_controller #(
    .MaxHold    (MaxHold),
    .MaxPsumOut (MaxPsumOut)
  ) u_controller (
    .clk_i,
    .rst_ni,
    .cfg_i,
    .start_i,
    .pass_i,
    .ifmap_arrives_i   (ifmap_there & ifmap_last),
    .ifmap_item_i      (ifmap_beat[Words+16 +: 16]),
    .filter_arrives_i  (filter_there & filter_last & ~filter_shadow),
    .filter_item_i     (filter_beat[Words+16 +: 16]),
    .ifmap_sent_i      (ifmap_item_i),
    .ifmap_slot_o      (ifmap_slot),
    .ifmap_room_o,
    .filter_sent_i     (filter_item_i),
    .filter_slot_o     (filter_slot),
    .filter_room_o,
    .source_valid_i,
    .source_i,
    .source_ready_o,
    .psum_in_begins_i  (psum_in_first_i),
    .psum_in_arrives_i (psum_in_last),
    .psum_in_room_o,
    .psum_out_left_i   (psum_out_left),
    .psum_out_landed_o (psum_out_landed),
    .command_o         (command),
    .state_o,
    .last_o,
    .ifmap_o,
    .filter_o,
    .step_o
  );

  // Entries of old psums are written in turn.
  logic [7:0] entry_q;
  logic [PsumBus-1:0] psum_valid;
  assign psum_valid = psum_in_there ? psum_beat[PsumBits-1 -: PsumBus] : '0;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      entry_q <= '0;
    end else if (psum_in_last) begin
      entry_q <= entry_q + 8'd1;
    end
  end

  logic [Pes*CommandBits-1:0] commands;
  logic [Pes-1:0]    ifmap_valid, filter_valid, filter_shadows;
  logic [Pes*16-1:0] ifmap_slots, ifmaps, filter_slots, filters;
  assign fills_ifmap_o = ifmap_valid;
  assign fills_filter_o = filter_valid;

`define ORRERY_DELIVERY(NAME)                                                                                       \
    NAME #(.Rows (Rows), .Cols (Cols), .BusWords (BusWords)) u_delivery (                                           \
      .clk_i, .rst_ni, .cfg_i, .names_i, .command_i (command),                                                      \
      .ifmap_valid_i (ifmap_there), .ifmap_slot_i (ifmap_beat[Words +: 16]), .ifmap_i (ifmap_beat[Words-1:0]),      \
      .filter_valid_i (filter_there), .filter_last_i (filter_last), .filter_shadow_i (filter_shadow),               \
      .filter_slot_i (filter_beat[Words +: 16]), .filter_i (filter_beat[Words-1:0]),                                \
      .command_o (commands), .ifmap_valid_o (ifmap_valid), .ifmap_slot_o (ifmap_slots), .ifmap_o (ifmaps),          \
      .filter_valid_o (filter_valid), .filter_shadow_o (filter_shadows), .filter_slot_o (filter_slots),             \
      .filter_o (filters), .passes_ifmap_o, .passes_filter_o                                                        \
    );
  if (Systolic != 0) begin : gen_systolic
    `ORRERY_DELIVERY(lock_step_systolic)
  end else begin : gen_multicast
    `ORRERY_DELIVERY(lock_step_multicast)
  end
`undef ORRERY_DELIVERY

  // PEs, and behind each that lets psums go a FIFO of the items' psums.
  logic column, tree;
  assign column = cfg_i.route == orrery_lock_step_pkg::RouteColumn;
  assign tree = cfg_i.route == orrery_lock_step_pkg::RouteTree;
  logic [Pes*16-1:0]       held;
  logic [Pes*Lanes-1:0]    above_valid, met_valid;
  logic [Pes*Lanes*32-1:0] above, met, exits, sums;
  logic [Pes-1:0]          meets;
  logic [7:0]              exit_q;

  for (genvar row = 0; row < Rows; row++) begin : gen_row
    for (genvar col = 0; col < Cols; col++) begin : gen_col
      localparam int unsigned Pe = row * Cols + col;
      localparam int unsigned Right = (col == Cols - 1) ? Pe : Pe + 1;
      localparam int unsigned Below = (row == Rows - 1) ? Pe : Pe + Cols;
      logic last_row;
      assign last_row = 8'(row) + 8'd1 == cfg_i.rows;

      logic [PsumBus-1:0] psum_here;
      for (genvar j = 0; j < PsumBus; j++) begin : gen_psum
        assign psum_here[j] = psum_valid[j] && psum_beat[PsumBus*48 + j*8 +: 8] == 8'(row) &&
                              psum_beat[PsumBus*40 + j*8 +: 8] == 8'(col);
      end

      pe_lock_step #(
        .Mac           (Mac),
        .MaxIfmapRing  (MaxIfmapRing),
        .MaxFilterRing (MaxFilterRing),
        .MaxHold       (MaxHold),
        .Lanes         (Lanes),
        .PsumBus       (PsumBus),
        .MaxPsumIn     (MaxPsumIn),
        .MaxDelay      (MaxDelay)
      ) u_pe (
        .clk_i,
        .rst_ni,
        .cfg_i,
        .pe_i            (pes_i[Pe*PeBits +: PeBits]),
        .command_i       (commands[Pe*CommandBits +: StepBits]),
        .ifmap_valid_i   (ifmap_valid[Pe]),
        .ifmap_slot_i    (ifmap_slots[Pe*16 +: 16]),
        .ifmap_i         (ifmaps[Pe*16 +: 16]),
        .filter_valid_i  (filter_valid[Pe]),
        .filter_shadow_i (filter_shadows[Pe]),
        .filter_slot_i   (filter_slots[Pe*16 +: 16]),
        .filter_i        (filters[Pe*16 +: 16]),
        .held_right_i    (held[Right*16 +: 16]),
        .held_below_i    (held[Below*16 +: 16]),
        .held_o          (held[Pe*16 +: 16]),
        .psum_in_valid_i (psum_here),
        .psum_in_entry_i (entry_q),
        .psum_in_lane_i  (psum_beat[PsumBus*32 +: PsumBus*8]),
        .psum_in_i       (psum_beat[PsumBus*32-1:0]),
        .delay_i         ((column && Systolic == 0) ? cfg_i.rows - 8'(row) - 8'd1 : 8'd0),
        .climbs_i        (column & ~last_row),
        .below_valid_i   (above_valid[Below*Lanes +: Lanes]),
        .below_i         (above[Below*Lanes*32 +: Lanes*32]),
        .above_valid_o   (above_valid[Pe*Lanes +: Lanes]),
        .above_o         (above[Pe*Lanes*32 +: Lanes*32]),
        .meets_o         (meets[Pe]),
        .met_valid_o     (met_valid[Pe*Lanes +: Lanes]),
        .met_o           (met[Pe*Lanes*32 +: Lanes*32]),
        .parts_o         (parts_o[Pe*Lanes +: Lanes]),
        .works_o         (works_o[Pe]),
        .starts_o        (starts_o[Pe]),
        .handed_o        (handed_o[Pe]),
        .gated_o         (gated_o[Pe]),
        .spared_o        (spared_o[Pe])
      );

      psum_exit #(
        .Lanes   (Lanes),
        .MaxItems (MaxPsumOut)
      ) u_exit (
        .clk_i,
        .rst_ni,
        .put_i   (meets[Pe] & ((row == 0) | ~(column | tree))),
        .psums_i ((row == 0 && tree) ? sums[Pe*Lanes*32 +: Lanes*32] : met[Pe*Lanes*32 +: Lanes*32]),
        .item_i  (exit_q),
        .psums_o (exits[Pe*Lanes*32 +: Lanes*32])
      );
    end
  end

  // The trees, one a column and lane, stand behind row 0.
  for (genvar col = 0; col < Cols; col++) begin : gen_tree
    for (genvar i = 0; i < Lanes; i++) begin : gen_lane
      logic [Rows-1:0]    valid;
      logic [Rows*32-1:0] parts;
      for (genvar row = 0; row < Rows; row++) begin : gen_part
        assign valid[row] = met_valid[(row*Cols + col)*Lanes + i];
        assign parts[row*32 +: 32] = met[((row*Cols + col)*Lanes + i)*32 +: 32];
      end
      psum_tree #(
        .Parts (Rows)
      ) u_tree (
        .cfg_i   (cfg_i.mac_cfg),
        .valid_i (valid & {Rows{tree}}),
        .parts_i (parts),
        .sum_o   (sums[(col*Lanes + i)*32 +: 32])
      );
    end
  end
  for (genvar pe = Cols; pe < Pes; pe++) begin : gen_no_tree
    assign sums[pe*Lanes*32 +: Lanes*32] = '0;
  end

  psum_out_bus #(
    .PsumBus (PsumBus)
  ) u_psum_out_bus (
    .clk_i,
    .rst_ni,
    .words_i      (cfg_i.psum_out_words),
    .psum_words_i (cfg_i.psum_words),
    .landed_i     (psum_out_landed),
    .valid_i      (psum_out_valid_i),
    .last_i       (psum_out_last_i),
    .taken_o      (psum_out_taken_o),
    .left_o       (psum_out_left)
  );

  always_comb begin
    psum_out_o = '0;
    for (int unsigned j = 0; j < PsumBus; j++) begin
      psum_out_o[j*32 +: 32] =
          exits[(psum_out_pe_i[j*16 +: 16]*Lanes + 32'(psum_out_lane_i[j*8 +: 8]))*32 +: 32];
    end
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      exit_q <= '0;
    end else if (psum_out_left) begin
      exit_q <= (exit_q == 8'(MaxPsumOut - 1)) ? '0 : exit_q + 8'd1;
    end
  end

  logic unused_padding;  // of commands
  assign unused_padding = ^commands;
  logic unused_links;  // of the first row and the first column: no PE is above or to the left
  assign unused_links = ^{held, above_valid, above};

endmodule
