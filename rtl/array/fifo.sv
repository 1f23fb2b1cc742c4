// A FIFO that packets enter as a whole and words leave one by one. A packet keeps its entry until its last word leaves.
module fifo #(
  parameter int unsigned Width = 16,     // of a word
  parameter int unsigned MaxPackets = 4,
  parameter int unsigned MaxWords = 4    // of a packet
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [7:0] depth_i,  // entries, 1 to MaxPackets
  input  logic       valid_i,
  input  logic [MaxWords*Width-1:0] data_i,  // the first word in the lowest bits
  input  logic [7:0] words_i,  // of this packet, 1 to MaxWords
  output logic       ready_o,  // an entry is free at the cycle's start
  output logic       valid_o,
  output logic [Width-1:0] word_o,
  input  logic       next_i,   // the word leaves; only while valid_o
  output logic [7:0] packets_o  // entries in use
);

  localparam int unsigned EntryBits = (MaxPackets > 1) ? $clog2(MaxPackets) : 1;
  localparam int unsigned WordBits = (MaxWords > 1) ? $clog2(MaxWords) : 1;
  localparam int unsigned CountBits = $clog2(MaxPackets + 1);

  logic [EntryBits-1:0] write_q, read_q;
  logic [ WordBits-1:0] word_q;  // of the packet at the head
  logic [CountBits-1:0] packets_q;
  logic                 push, pop;

  assign ready_o = packets_q < depth_i[CountBits-1:0];
  assign valid_o = packets_q != '0;
  assign packets_o = 8'(packets_q);
  assign push = valid_i & ready_o;

  logic [MaxWords*Width-1:0] packet;
  logic [7:0] words_less;
  assign words_less = words_i - 8'd1;
  logic [WordBits-1:0] last_word;  // of the packet at the head

  spad #(
    .Width (WordBits + MaxWords * Width),
    .Words (MaxPackets)
  ) u_packets (
    .clk_i,
    .write_i      (push),
    .write_slot_i (write_q),
    .write_word_i ({words_less[WordBits-1:0], data_i}),
    .read_slot_i  (read_q),
    .read_word_o  ({last_word, packet})
  );

  assign word_o = packet[32'(word_q) * Width +: Width];
  assign pop = next_i & (word_q == last_word);

  logic [EntryBits-1:0] last_entry;
  assign last_entry = EntryBits'(depth_i - 8'd1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q   <= '0;
      read_q    <= '0;
      word_q    <= '0;
      packets_q <= '0;
    end else begin
      packets_q <= packets_q + CountBits'(push) - CountBits'(pop);
      if (push) begin
        write_q <= (write_q == last_entry) ? '0 : write_q + 1'b1;
      end
      if (pop) begin
        read_q <= (read_q == last_entry) ? '0 : read_q + 1'b1;
      end
      if (next_i) begin
        word_q <= pop ? '0 : word_q + 1'b1;
      end
    end
  end

  logic unused_depth;
  assign unused_depth = ^{depth_i, words_less};

endmodule
