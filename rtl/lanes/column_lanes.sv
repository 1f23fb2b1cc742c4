// Lanes with interleaved rows of a matrix that walk its compressed columns for each ifmap word that is not zero; the
// twin of LaneSteps on ColumnWork, cycle by cycle.
//
//   load -> column_source --items--> queue of lane 0 -> its columns -> MAC -> psums --> read
//                                    queue of lane 1 -> its columns -> MAC -> psums
module column_lanes #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned Lanes = 4,
  parameter int unsigned Levels = 3,         // a round has up to 4^Levels words
  parameter int unsigned MaxEntries = 256,   // of a lane, as all
  parameter int unsigned MaxPointers = 64,   // even
  parameter int unsigned MaxValues = 16,
  parameter int unsigned MaxPsums = 16,      // up to 256
  parameter int unsigned MaxItems = 8,
  parameter int unsigned MaxLatency = 4,     // from 1 on
  parameter int unsigned MaxStages = 6,      // from 4 on
  parameter int unsigned PointerBits = $clog2(MaxPointers),  // these follow
  parameter int unsigned PsumBits = (MaxPsums > 1) ? $clog2(MaxPsums) : 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  // A word of a lane's store, while no round is under way: an entry {word, zeros before it in 8 bits}, a pointer, or a
  // shared value.
  input  logic        store_valid_i,
  input  logic [ 1:0] store_what_i,  // 0: entry, 1: pointer, 2: value
  input  logic [ 7:0] store_lane_i,
  input  logic [15:0] store_at_i,
  input  logic [23:0] store_word_i,
  // Four words of the next round, the first in the lowest bits; those that are missing are at the zero point.
  input  logic        load_valid_i,
  input  logic [ 7:0] load_line_i,
  input  logic [63:0] load_words_i,
  // The next round, when all its words are loaded.
  input  logic        next_valid_i,
  input  logic [15:0] next_pointer_i,  // of its first column
  input  logic        next_first_i,    // its psums start from zero
  input  logic        next_last_i,     // and leave when it ends
  output logic        next_ready_o,    // it is taken at the end of this cycle
  output logic        starts_o,        // and begins then; one whose words are all zero is over at once
  output logic        ends_o,          // the round's last cycle
  output logic        sent_o,          // an item leaves the source
  output logic [Lanes*3-1:0] states_o,  // orrery_lanes_pkg::lane_state_e
  // Psums that entries met.
  output logic [Lanes-1:0]    psum_valid_o,
  output logic [Lanes*8-1:0]  psum_at_o,
  output logic [Lanes*32-1:0] psum_o,
  // Psums that leave, one of each lane at a time.
  output logic        read_valid_o,
  input  logic [ 7:0] read_at_i,
  output logic [Lanes*32-1:0] read_o,
  input  logic        read_taken_i     // all of them, at the end of this cycle
);

  localparam int unsigned GroupBits = orrery_lanes_pkg::GroupBits;

  logic       bank_q, last_q;    // psums: the bank that grows; they leave when the round ends
  logic       read_bank_q;
  logic [1:0] full_q;            // banks whose psums leave
  logic       has_bank, takes_empty, starts, empty;

  logic other;
  assign other = ~bank_q;
  assign has_bank = ~next_first_i | ~full_q[other];
  assign takes_empty = next_ready_o & ~starts;
  assign read_valid_o = full_q[read_bank_q];

  logic sends, blocked, ended, arrives;
  logic [15:0] word;
  logic [PointerBits-1:0] pointer;
  logic [Lanes-1:0] room, head, works;
  logic [Lanes*3-1:0] work;
  logic unused_closes;

  lane_control #(
    .Lanes      (Lanes),
    .MaxLatency (MaxLatency)
  ) u_control (
    .clk_i,
    .rst_ni,
    .cfg_i,
    .next_valid_i (next_valid_i & has_bank),
    .next_empty_i (empty),
    .blocked_i    (blocked),
    .ended_i      (ended),
    .group_i      (GroupBits'(0)),
    .head_valid_i (head),
    .head_group_i ({Lanes*GroupBits{1'b0}}),
    .work_i       (work),
    .next_ready_o,
    .starts_o     (starts),
    .sends_o      (sends),
    .works_o      (works),
    .closes_o     (unused_closes),
    .ends_o,
    .states_o
  );

  column_source #(
    .Lanes       (Lanes),
    .Levels      (Levels),
    .PointerBits (PointerBits),
    .MaxLatency  (MaxLatency)
  ) u_source (
    .clk_i,
    .rst_ni,
    .cfg_i,
    .load_valid_i,
    .load_line_i (load_line_i[2*Levels-3:0]),
    .load_words_i,
    .starts_i    (starts),
    .pointer_i   (next_pointer_i[PointerBits-1:0]),
    .sends_i     (sends),
    .room_i      (room),
    .empty_o     (empty),
    .sent_o,
    .blocked_o   (blocked),
    .ended_o     (ended),
    .arrives_o   (arrives),
    .word_o      (word),
    .pointer_o   (pointer)
  );

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic in_use, stores, entry_valid;
    logic [PsumBits-1:0] entry_psum, at;
    logic [15:0] entry_ifmap, entry_filter;
    assign in_use = 8'(l) < cfg_i.lanes;
    assign stores = store_valid_i & (store_lane_i == 8'(l));

    column_lane #(
      .MaxEntries  (MaxEntries),
      .MaxPointers (MaxPointers),
      .MaxValues   (MaxValues),
      .MaxPsums    (MaxPsums),
      .MaxItems    (MaxItems)
    ) u_lane (
      .clk_i,
      .rst_ni,
      .cfg_i,
      .store_entry_i   (stores & (store_what_i == 2'd0)),
      .store_pointer_i (stores & (store_what_i == 2'd1)),
      .store_value_i   (stores & (store_what_i == 2'd2)),
      .store_at_i,
      .store_word_i,
      .sent_i          (sent_o & in_use),
      .arrives_i       (arrives & in_use),
      .word_i          (word),
      .pointer_i       (pointer),
      .room_o          (room[l]),
      .works_i         (works[l]),
      .valid_o         (head[l]),
      .work_o          (work[l*3 +: 3]),
      .entry_valid_o   (entry_valid),
      .entry_psum_o    (entry_psum),
      .entry_ifmap_o   (entry_ifmap),
      .entry_filter_o  (entry_filter)
    );

    column_psums #(
      .Mac       (Mac),
      .MaxPsums  (MaxPsums),
      .MaxStages (MaxStages)
    ) u_psums (
      .clk_i,
      .rst_ni,
      .cfg_i,
      .bank_i         (bank_q),
      .full_i         (full_q),
      .clears_i       (next_ready_o & next_first_i),
      .entry_valid_i  (entry_valid),
      .entry_psum_i   (entry_psum),
      .entry_ifmap_i  (entry_ifmap),
      .entry_filter_i (entry_filter),
      .valid_o        (psum_valid_o[l]),
      .at_o           (at),
      .psum_o         (psum_o[l*32 +: 32]),
      .read_bank_i    (read_bank_q),
      .read_i         (read_at_i[PsumBits-1:0]),
      .read_o         (read_o[l*32 +: 32])
    );
    assign psum_at_o[l*8 +: 8] = 8'(at);
  end

  assign starts_o = starts;

  logic bank;  // of the round that is taken
  assign bank = bank_q ^ next_first_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bank_q      <= 1'b0;
      last_q      <= 1'b0;
      read_bank_q <= 1'b1;
      full_q      <= '0;
    end else begin
      if (read_taken_i && read_valid_o) begin
        full_q[read_bank_q] <= 1'b0;
        read_bank_q         <= ~read_bank_q;
      end
      if (ends_o && last_q) begin
        full_q[bank_q] <= 1'b1;
      end
      if (takes_empty && next_last_i) begin
        full_q[bank] <= 1'b1;
      end
      if (next_ready_o) begin
        bank_q <= bank;
      end
      if (starts) begin
        last_q <= next_last_i;
      end
    end
  end

  logic unused_bits;
  assign unused_bits = ^{cfg_i, load_line_i, next_pointer_i, read_at_i};

endmodule
