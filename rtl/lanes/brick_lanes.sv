// Lanes that walk bricks of ifmap channels for the words that are not zero, each meeting a column of MACs for every
// filter; the twin of LaneSteps on BrickWork, cycle by cycle.
//
//   rows of bricks -> brick_source --> queue of lane 0 -> its words -> MACs --+
//                                      queue of lane 1 -> its words -> MACs --+-> tree -> psums
module brick_lanes #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned Lanes = 4,
  parameter int unsigned Filters = 4,
  parameter int unsigned Levels = 2,          // bricks have up to 4^Levels words
  parameter int unsigned MaxAddresses = 256,  // of a lane's filter words
  parameter int unsigned MaxItems = 8,
  parameter int unsigned MaxLatency = 4,      // from 1 on
  parameter int unsigned MaxStages = 6,       // from 4 on
  parameter int unsigned BrickWords = 4 ** Levels,  // these follow
  parameter int unsigned AddressBits = $clog2(MaxAddresses)
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  // Filter words of a lane, one for each column, while no round is under way.
  input  logic        store_valid_i,
  input  logic [ 7:0] store_lane_i,
  input  logic [15:0] store_at_i,
  input  logic [Filters*16-1:0] store_words_i,
  // Items: a brick for each lane, lane 0's in the lowest bits; where zeros are walked too, lane 0's for all of them.
  input  logic        item_valid_i,
  input  logic [Lanes*BrickWords*16-1:0] item_words_i,
  input  logic [Lanes*8-1:0] item_sizes_i,  // words; 0: the lane has no brick
  input  logic        item_last_i,   // of its window
  input  logic        item_final_i,  // of the round
  output logic        item_ready_o,  // it is sent at the end of this cycle
  // The next round.
  input  logic        next_valid_i,
  input  logic [15:0] next_filter_i,  // address of its filters
  output logic        next_ready_o,   // it begins with the next cycle
  output logic        ends_o,         // the round's last cycle
  output logic [Lanes*3-1:0] states_o,  // orrery_lanes_pkg::lane_state_e
  // The psums of a window, pipeline_stages cycles after its last word was walked.
  output logic        psum_valid_o,
  output logic [Filters*32-1:0] psums_o
);

  localparam int unsigned GroupBits = orrery_lanes_pkg::GroupBits;

  logic starts, sends, blocked, ended, closes, leaves, unused_data;
  logic [GroupBits-1:0] group, item_group;
  logic [Lanes-1:0] room, head, works, sent, arrives, term_valid;
  logic [Lanes*GroupBits-1:0] head_group;
  logic [Lanes*3-1:0] work;
  logic [Lanes*BrickWords*16-1:0] words;
  logic [Lanes*BrickWords-1:0] mine;
  logic [AddressBits-1:0] address;
  logic [Lanes*Filters*32-1:0] terms;

  lane_control #(
    .Lanes      (Lanes),
    .MaxLatency (MaxLatency)
  ) u_control (
    .clk_i,
    .rst_ni,
    .cfg_i,
    .next_valid_i,
    .next_empty_i (1'b0),
    .blocked_i    (blocked),
    .ended_i      (ended),
    .group_i      (group),
    .head_valid_i (head),
    .head_group_i (head_group),
    .work_i       (work),
    .next_ready_o,
    .starts_o     (starts),
    .sends_o      (sends),
    .works_o      (works),
    .closes_o     (closes),
    .ends_o,
    .states_o
  );

  brick_source #(
    .Lanes       (Lanes),
    .BrickWords  (BrickWords),
    .AddressBits (AddressBits),
    .MaxLatency  (MaxLatency)
  ) u_source (
    .clk_i,
    .rst_ni,
    .cfg_i,
    .item_valid_i,
    .item_words_i,
    .item_sizes_i,
    .item_last_i,
    .item_final_i,
    .item_ready_o,
    .starts_i     (starts),
    .filter_i     (next_filter_i[AddressBits-1:0]),
    .sends_i      (sends),
    .room_i       (room),
    .sent_o       (sent),
    .blocked_o    (blocked),
    .ended_o      (ended),
    .group_o      (group),
    .arrives_o    (arrives),
    .words_o      (words),
    .mine_o       (mine),
    .address_o    (address),
    .item_group_o (item_group)
  );

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    brick_lane #(
      .Mac          (Mac),
      .Filters      (Filters),
      .Levels       (Levels),
      .MaxAddresses (MaxAddresses),
      .MaxItems     (MaxItems)
    ) u_lane (
      .clk_i,
      .rst_ni,
      .cfg_i,
      .store_valid_i (store_valid_i & (store_lane_i == 8'(l))),
      .store_at_i    (store_at_i[AddressBits-1:0]),
      .store_words_i,
      .sent_i        (sent[l]),
      .arrives_i     (arrives[l]),
      .words_i       (words[l*BrickWords*16 +: BrickWords*16]),
      .mine_i        (mine[l*BrickWords +: BrickWords]),
      .address_i     (address),
      .group_i       (item_group),
      .room_o        (room[l]),
      .works_i       (works[l]),
      .valid_o       (head[l]),
      .group_o       (head_group[l*GroupBits +: GroupBits]),
      .work_o        (work[l*3 +: 3]),
      .term_valid_o  (term_valid[l]),
      .terms_o       (terms[l*Filters*32 +: Filters*32])
    );
  end

  // closes: the last word was walked in the cycle before.
  bus_delay #(
    .Width      (1),
    .MaxLatency (MaxStages - 1)
  ) u_leaves (
    .clk_i,
    .rst_ni,
    .latency_i ({2'd0, cfg_i.pipeline_stages} - 8'd1),
    .valid_i   (closes),
    .data_i    (1'b0),
    .valid_o   (leaves),
    .data_o    (unused_data)
  );
  assign psum_valid_o = leaves;

  for (genvar f = 0; f < Filters; f++) begin : gen_psum
    logic [Lanes*32-1:0] of_filter;
    for (genvar l = 0; l < Lanes; l++) begin : gen_term
      assign of_filter[l*32 +: 32] = terms[(l*Filters + f)*32 +: 32];
    end
    brick_psums #(
      .Lanes     (Lanes),
      .MaxStages (MaxStages)
    ) u_psums (
      .clk_i,
      .rst_ni,
      .cfg_i,
      .term_valid_i (term_valid),
      .terms_i      (of_filter),
      .leaves_i     (leaves),
      .psum_o       (psums_o[f*32 +: 32])
    );
  end

  logic unused_bits;
  assign unused_bits = ^{cfg_i, store_at_i, next_filter_i};

endmodule
