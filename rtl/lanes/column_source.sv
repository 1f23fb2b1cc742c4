// The words of a round, of which those that are not zero are broadcast in order, one in a cycle. While a round is under
// way the words of the next are loaded.
module column_source #(
  parameter int unsigned Lanes = 4,
  parameter int unsigned Levels = 3,       // of the tree that looks for words that are not zero
  parameter int unsigned PointerBits = 10,
  parameter int unsigned MaxLatency = 4,
  parameter int unsigned Words = 4 ** Levels  // follows: the most that a round has
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  input  logic load_valid_i,  // four words of the next round, the first in the lowest bits; not as it starts
  input  logic [2*Levels-3:0] load_line_i,  // the first one's place, by four
  input  logic [63:0] load_words_i,
  input  logic starts_i,
  input  logic [PointerBits-1:0] pointer_i,  // the starting round's first column
  input  logic sends_i,
  input  logic [Lanes-1:0] room_i,
  output logic empty_o,    // the next round's words are all zero
  output logic sent_o,     // to all lanes
  output logic blocked_o,
  output logic ended_o,
  output logic arrives_o,
  output logic [15:0] word_o,
  output logic [PointerBits-1:0] pointer_o  // the word's column
);

  localparam int unsigned Lines = Words / 4;
  localparam int unsigned IndexBits = 2 * Levels;

  orrery_mac_pkg::mac_cfg_t mac_cfg;
  assign mac_cfg = cfg_i.mac_cfg;

  logic                   bank_q;  // of the round under way
  logic [PointerBits-1:0] pointer_q;
  logic [2*Words-1:0]     left_q;  // words that are not zero and not sent, of both banks
  logic [  Words-1:0]     left, rest;
  logic                   found;
  logic [IndexBits-1:0]   index;

  assign left = bank_q ? left_q[2*Words-1:Words] : left_q[Words-1:0];
  assign empty_o = (bank_q ? left_q[Words-1:0] : left_q[2*Words-1:Words]) == '0;

  leading_nonzero #(
    .Levels (Levels)
  ) u_leading (
    .nonzero_i (left),
    .valid_o   (found),
    .index_o   (index)
  );

  logic [3:0] load_nonzero;
  for (genvar i = 0; i < 4; i++) begin : gen_nonzero
    assign load_nonzero[i] = load_words_i[i*16 +: 16] != mac_cfg.ifmap_zero;
  end

  logic [127:0] line;
  for (genvar b = 0; b < 2; b++) begin : gen_bank
    spad #(
      .Width (64),
      .Words (Lines)
    ) u_words (
      .clk_i,
      .write_i      (load_valid_i & (bank_q != 1'(b))),
      .write_slot_i (load_line_i),
      .write_word_i (load_words_i),
      .read_slot_i  (index[IndexBits-1:2]),
      .read_word_o  (line[b*64 +: 64])
    );
  end

  logic [63:0] at_line;
  logic [15:0] word;
  assign at_line = bank_q ? line[127:64] : line[63:0];
  assign word = at_line[32'(index[1:0])*16 +: 16];

  logic has_room;
  always_comb begin
    has_room = 1'b1;
    for (int unsigned l = 0; l < Lanes; l++) begin
      if (8'(l) < cfg_i.lanes && !room_i[l]) begin
        has_room = 1'b0;
      end
    end
  end

  assign sent_o = sends_i & found & has_room;
  assign blocked_o = found & ~has_room;
  assign rest = sent_o ? left & ~(Words'(1) << index) : left;
  assign ended_o = rest == '0;

  bus_delay #(
    .Width      (16 + PointerBits),
    .MaxLatency (MaxLatency)
  ) u_way (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_i.latency_cycles),
    .valid_i   (sent_o),
    .data_i    ({word, pointer_q + PointerBits'(index)}),
    .valid_o   (arrives_o),
    .data_o    ({word_o, pointer_o})
  );

  logic [Words-1:0] loaded;  // the other bank, with the words that are loaded
  always_comb begin
    loaded = bank_q ? left_q[Words-1:0] : left_q[2*Words-1:Words];
    if (load_valid_i) begin
      loaded[{load_line_i, 2'd0} +: 4] = load_nonzero;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      bank_q    <= 1'b0;
      pointer_q <= '0;
      left_q    <= '0;
    end else begin
      left_q <= bank_q ? {rest, loaded} : {loaded, rest};
      if (starts_i) begin
        bank_q    <= ~bank_q;
        pointer_q <= pointer_i;
      end
    end
  end

  logic unused_cfg;
  assign unused_cfg = ^{cfg_i, mac_cfg};

endmodule
