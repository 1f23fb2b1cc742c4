// Rows of bricks, sent to the lanes one in a cycle. Which bricks a window has, and where, is told at the port; where
// words that are zero are walked too, the row is a single brick, which the lanes share.
module brick_source #(
  parameter int unsigned Lanes = 4,
  parameter int unsigned BrickWords = 16,
  parameter int unsigned AddressBits = 10,
  parameter int unsigned MaxLatency = 4,
  parameter int unsigned GroupBits = orrery_lanes_pkg::GroupBits  // follows
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  input  logic item_valid_i,
  input  logic [Lanes*BrickWords*16-1:0] item_words_i,  // lane 0's brick, its first word, in the lowest bits
  input  logic [Lanes*8-1:0] item_sizes_i,  // of each lane's brick, in words; 0: it has none
  input  logic item_last_i,   // of its window
  input  logic item_final_i,  // of the round
  output logic item_ready_o,  // it is sent
  input  logic starts_i,
  input  logic [AddressBits-1:0] filter_i,  // address of the starting round's filters
  input  logic sends_i,
  input  logic [Lanes-1:0] room_i,
  output logic [Lanes-1:0] sent_o,
  output logic blocked_o,
  output logic ended_o,
  output logic [GroupBits-1:0] group_o,  // of the next item
  output logic [Lanes-1:0] arrives_o,
  output logic [Lanes*BrickWords*16-1:0] words_o,
  output logic [Lanes*BrickWords-1:0] mine_o,  // words that the lane walks, if they are not zero
  output logic [AddressBits-1:0] address_o,    // of the filters of the bricks' first words
  output logic [GroupBits-1:0] item_group_o
);

  logic                   ended_q;
  logic [  GroupBits-1:0] group_q;
  logic [AddressBits-1:0] filter_q, address_q, address;

  // Words of a brick by the lane that they fall to: all, or every cfg_i.lanes-th from the lane's own number on.
  logic [Lanes*BrickWords-1:0] falls, mine;
  always_comb begin
    falls = '1;
    if (cfg_i.walks_all) begin
      for (int unsigned l = 0; l < Lanes; l++) begin
        for (int unsigned i = 0; i < BrickWords; i++) begin
          falls[l*BrickWords + i] = 1'b0;
          if (i == l) begin
            falls[l*BrickWords + i] = 8'(l) < cfg_i.lanes;
          end else if (i >= 32'(cfg_i.lanes)) begin
            falls[l*BrickWords + i] = falls[l*BrickWords + i - 32'(cfg_i.lanes)];
          end
        end
      end
    end
  end

  logic [Lanes*BrickWords*16-1:0] words;
  logic [Lanes-1:0] takes;
  logic [7:0] size;
  always_comb begin
    words = item_words_i;
    mine  = '0;
    takes = '0;
    size  = '0;
    for (int unsigned l = 0; l < Lanes; l++) begin
      size = item_sizes_i[l*8 +: 8];
      if (cfg_i.walks_all) begin
        size = item_sizes_i[7:0];
        words[l*BrickWords*16 +: BrickWords*16] = item_words_i[BrickWords*16-1:0];
      end
      for (int unsigned i = 0; i < BrickWords; i++) begin
        mine[l*BrickWords + i] = falls[l*BrickWords + i] & (8'(i) < size);
      end
      takes[l] = mine[l*BrickWords +: BrickWords] != '0;
    end
  end

  logic waits, sends;  // an item stands ready; it is sent
  assign waits = item_valid_i & ~ended_q;
  assign sends = sends_i & waits & ((takes & ~room_i) == '0);
  assign item_ready_o = sends;
  assign sent_o = sends ? takes : '0;
  assign blocked_o = waits & ~sends;
  assign ended_o = ended_q | (sends & item_final_i);
  logic ends_window;
  assign ends_window = sends & item_last_i;
  assign group_o = group_q + GroupBits'(ends_window);

  logic             arrives;
  logic [Lanes-1:0] taken;
  bus_delay #(
    .Width      (Lanes * (BrickWords * 17 + 1) + AddressBits + GroupBits),
    .MaxLatency (MaxLatency)
  ) u_way (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_i.latency_cycles),
    .valid_i   (sends),
    .data_i    ({words, mine, takes, address_q, group_q}),
    .valid_o   (arrives),
    .data_o    ({words_o, mine_o, taken, address_o, item_group_o})
  );

  assign arrives_o = arrives ? taken : '0;

  // A row's filters follow those of the row before; each window begins anew.
  assign address = item_last_i ? filter_q : address_q + (AddressBits'(1) << cfg_i.index_bits);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ended_q   <= 1'b0;
      group_q   <= '0;
      filter_q  <= '0;
      address_q <= '0;
    end else if (starts_i) begin
      ended_q   <= 1'b0;
      group_q   <= '0;
      filter_q  <= filter_i;
      address_q <= filter_i;
    end else if (sends) begin
      ended_q   <= item_final_i;
      group_q   <= group_o;
      address_q <= address;
    end
  end

  logic unused_cfg;
  assign unused_cfg = ^cfg_i;

endmodule
