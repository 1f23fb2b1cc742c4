// A lane's bricks: of each the words that are not zero, one in a cycle, found by looking at all of them at once; a brick
// of zeros alone takes a cycle. Each word meets a filter word for every column of MACs.
module brick_lane #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned Filters = 4,  // columns of MACs
  parameter int unsigned Levels = 2,   // bricks of 4^Levels words
  parameter int unsigned MaxAddresses = 256,  // of filter words, a word for each column
  parameter int unsigned MaxItems = 8,
  parameter int unsigned BrickWords = 4 ** Levels,  // these follow
  parameter int unsigned AddressBits = $clog2(MaxAddresses),
  parameter int unsigned GroupBits = orrery_lanes_pkg::GroupBits
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  // The filters, stored while no round is under way.
  input  logic        store_valid_i,
  input  logic [AddressBits-1:0] store_at_i,
  input  logic [Filters*16-1:0] store_words_i,
  // The source.
  input  logic        sent_i,
  input  logic        arrives_i,
  input  logic [BrickWords*16-1:0] words_i,
  input  logic [BrickWords-1:0]    mine_i,
  input  logic [AddressBits-1:0]   address_i,
  input  logic [GroupBits-1:0]     group_i,
  output logic        room_o,
  // The head of the queue.
  input  logic        works_i,
  output logic        valid_o,
  output logic [GroupBits-1:0] group_o,
  output logic [ 2:0] work_o,
  // Terms, MinPipelineStages cycles after the word was walked.
  output logic        term_valid_o,
  output logic [Filters*32-1:0] terms_o
);

  localparam int unsigned IndexBits = 2 * Levels;

  orrery_mac_pkg::mac_cfg_t mac_cfg;
  assign mac_cfg = cfg_i.mac_cfg;

  logic [BrickWords*16-1:0] words;
  logic [   BrickWords-1:0] mine, left, rest, walked_q;
  logic [  AddressBits-1:0] address;
  logic                     leaves;

  lane_queue #(
    .Width    (BrickWords * 17 + AddressBits + GroupBits),
    .MaxItems (MaxItems)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .items_i   (cfg_i.queue_items),
    .sent_i,
    .arrives_i,
    .item_i    ({words_i, mine_i, address_i, group_i}),
    .leaves_i  (leaves),
    .room_o,
    .valid_o,
    .item_o    ({words, mine, address, group_o})
  );

  // The word of this cycle: the first that is left.
  for (genvar i = 0; i < BrickWords; i++) begin : gen_left
    assign left[i] = mine[i] & ~walked_q[i] & (cfg_i.walks_all | (words[i*16 +: 16] != mac_cfg.ifmap_zero));
  end

  logic                 found;
  logic [IndexBits-1:0] index;
  leading_nonzero #(
    .Levels (Levels)
  ) u_leading (
    .nonzero_i (left),
    .valid_o   (found),
    .index_o   (index)
  );

  assign rest = left & ~(BrickWords'(1) << index);
  assign leaves = works_i & (rest == '0);
  assign work_o = found ? orrery_lanes_pkg::StateMac : orrery_lanes_pkg::StateEmpty;

  logic [Filters*16-1:0] filters, filters_q;
  logic [          15:0] word_q;
  logic                  valid_q;

  spad #(
    .Width (Filters * 16),
    .Words (MaxAddresses)
  ) u_filters (
    .clk_i,
    .write_i      (store_valid_i),
    .write_slot_i (store_at_i),
    .write_word_i (store_words_i),
    .read_slot_i  (address + AddressBits'(index)),
    .read_word_o  (filters)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      walked_q  <= '0;
      valid_q   <= 1'b0;
      word_q    <= '0;
      filters_q <= '0;
    end else begin
      valid_q <= works_i & found;
      if (works_i) begin
        walked_q  <= leaves ? '0 : walked_q | (BrickWords'(1) << index);
        word_q    <= words[index*16 +: 16];
        filters_q <= filters;
      end
    end
  end

  logic [Filters-1:0] valid;
  for (genvar f = 0; f < Filters; f++) begin : gen_mac
    logic        gated;
    logic [31:0] term;
    mac_unit #(
      .Mac (Mac)
    ) u_mac (
      .clk_i,
      .rst_ni,
      .cfg_i    (mac_cfg),
      .chain_i  (16'd1),
      .valid_i  (valid_q),
      .ifmap_i  (word_q),
      .filter_i (filters_q[f*16 +: 16]),
      .last_i   (1'b1),
      .valid_o  (valid[f]),
      .term_o   (term),
      .gated_o  (gated)
    );
    assign terms_o[f*32 +: 32] = gated ? '0 : term;
  end
  assign term_valid_o = valid[0];

  logic unused_bits;
  assign unused_bits = ^{cfg_i, mac_cfg, valid};

endmodule
