// A lane's compressed columns: for each item its entries, one in a cycle. An entry has a word, or the place of one in
// the list of values that all filters share, and the zeros of its column before it; words of zero are padding.
module column_lane #(
  parameter int unsigned MaxEntries = 256,
  parameter int unsigned MaxPointers = 64,  // even; two for the first column of each compressed block, one for any other
  parameter int unsigned MaxValues = 16,
  parameter int unsigned MaxPsums = 16,
  parameter int unsigned MaxItems = 8,
  parameter int unsigned EntryBits = $clog2(MaxEntries + 1),  // these follow
  parameter int unsigned PointerBits = $clog2(MaxPointers),
  parameter int unsigned PsumBits = (MaxPsums > 1) ? $clog2(MaxPsums) : 1
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  // The stores, filled while no round is under way: entry {word, zeros before}, pointer, or shared value.
  input  logic        store_entry_i,
  input  logic        store_pointer_i,
  input  logic        store_value_i,
  input  logic [15:0] store_at_i,
  input  logic [23:0] store_word_i,
  // The source.
  input  logic        sent_i,
  input  logic        arrives_i,
  input  logic [15:0] word_i,
  input  logic [PointerBits-1:0] pointer_i,
  output logic        room_o,
  // The head of the queue.
  input  logic        works_i,
  output logic        valid_o,
  output logic [ 2:0] work_o,
  // An entry, the cycle after it was walked.
  output logic        entry_valid_o,
  output logic [PsumBits-1:0] entry_psum_o,
  output logic [15:0] entry_ifmap_o,
  output logic [15:0] entry_filter_o
);

  localparam int unsigned EntrySlotBits = (MaxEntries > 1) ? $clog2(MaxEntries) : 1;
  localparam int unsigned ValueBits = (MaxValues > 1) ? $clog2(MaxValues) : 1;
  localparam int unsigned PairBits = PointerBits - 1;

  orrery_mac_pkg::mac_cfg_t mac_cfg;
  assign mac_cfg = cfg_i.mac_cfg;

  // Pointers lie in two banks, so that one and the next are read together: as an item arrives.
  logic [EntryBits-1:0] even, odd, begins, ends;
  logic [ PairBits-1:0] even_slot;
  assign even_slot = pointer_i[PointerBits-1:1] + PairBits'(pointer_i[0]);

  spad #(
    .Width (EntryBits),
    .Words (MaxPointers / 2)
  ) u_even (
    .clk_i,
    .write_i      (store_pointer_i & ~store_at_i[0]),
    .write_slot_i (store_at_i[PointerBits-1:1]),
    .write_word_i (store_word_i[EntryBits-1:0]),
    .read_slot_i  (even_slot),
    .read_word_o  (even)
  );

  spad #(
    .Width (EntryBits),
    .Words (MaxPointers / 2)
  ) u_odd (
    .clk_i,
    .write_i      (store_pointer_i & store_at_i[0]),
    .write_slot_i (store_at_i[PointerBits-1:1]),
    .write_word_i (store_word_i[EntryBits-1:0]),
    .read_slot_i  (pointer_i[PointerBits-1:1]),
    .read_word_o  (odd)
  );

  assign begins = pointer_i[0] ? odd : even;
  assign ends = pointer_i[0] ? even : odd;

  logic [15:0] head_word;
  logic [EntryBits-1:0] head_begins, head_ends;
  logic leaves;

  lane_queue #(
    .Width    (16 + 2 * EntryBits),
    .MaxItems (MaxItems)
  ) u_queue (
    .clk_i,
    .rst_ni,
    .items_i   (cfg_i.queue_items),
    .sent_i,
    .arrives_i,
    .item_i    ({word_i, begins, ends}),
    .leaves_i  (leaves),
    .room_o,
    .valid_o,
    .item_o    ({head_word, head_begins, head_ends})
  );

  // The entry of this cycle.
  logic [EntryBits-1:0] walked_q, at, next;  // of the head's entries: those walked
  logic [ PsumBits-1:0] row_q, row;          // of the lane's rows: the first after the last entry; the entry's
  logic [15:0] coded, shared, filter;
  logic [ 7:0] zeros;
  logic        empty, padding;

  assign at = head_begins + walked_q;
  assign next = at + 1'b1;
  assign empty = head_begins == head_ends;

  spad #(
    .Width (24),
    .Words (MaxEntries)
  ) u_entries (
    .clk_i,
    .write_i      (store_entry_i),
    .write_slot_i (store_at_i[EntrySlotBits-1:0]),
    .write_word_i (store_word_i),
    .read_slot_i  (at[EntrySlotBits-1:0]),
    .read_word_o  ({coded, zeros})
  );

  spad #(
    .Width (16),
    .Words (MaxValues)
  ) u_values (
    .clk_i,
    .write_i      (store_value_i),
    .write_slot_i (store_at_i[ValueBits-1:0]),
    .write_word_i (store_word_i[15:0]),
    .read_slot_i  (coded[ValueBits-1:0]),
    .read_word_o  (shared)
  );

  assign filter = cfg_i.shares_values ? shared : coded;
  assign padding = filter == {{7{mac_cfg.filter_zero[8]}}, mac_cfg.filter_zero};
  assign row = ((walked_q == '0) ? '0 : row_q) + zeros[PsumBits-1:0];
  assign leaves = works_i & (empty | (next == head_ends));

  always_comb begin
    work_o = orrery_lanes_pkg::StateMac;
    if (empty) begin
      work_o = orrery_lanes_pkg::StateEmpty;
    end else if (padding) begin
      work_o = orrery_lanes_pkg::StatePadding;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      walked_q       <= '0;
      row_q          <= '0;
      entry_valid_o  <= 1'b0;
      entry_psum_o   <= '0;
      entry_ifmap_o  <= '0;
      entry_filter_o <= '0;
    end else begin
      entry_valid_o <= works_i & ~empty & ~padding;
      if (works_i) begin
        walked_q       <= leaves ? '0 : walked_q + 1'b1;
        row_q          <= row + 1'b1;
        entry_psum_o   <= row;
        entry_ifmap_o  <= head_word;
        entry_filter_o <= filter;
      end
    end
  end

  logic unused_bits;
  assign unused_bits = ^{cfg_i, mac_cfg, store_at_i, zeros, at, coded};

endmodule
