// A FIFO that psums enter one by one and packets leave as a whole. A packet has its entry from its first psum's issue
// on, and may leave when its last psum has landed.
module psum_out_fifo #(
  parameter int unsigned MaxPackets = 4,
  parameter int unsigned MaxWords = 4  // psums of a packet
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [ 7:0] depth_i,  // entries, 1 to MaxPackets
  input  logic        open_i,   // an entry is set aside; only while there is room
  output logic        room_o,   // an entry is free at the cycle's start
  input  logic        put_i,    // a psum is written to the oldest entry that is not full
  input  logic [31:0] psum_i,
  input  logic        last_i,   // it is its packet's last
  input  logic        land_i,   // one more packet is complete
  output logic        valid_o,
  output logic [MaxWords*32-1:0] data_o,  // the first psum in the lowest bits
  output logic [ 7:0] words_o,
  input  logic        ready_i,
  output logic [ 7:0] packets_o,  // entries set aside or complete
  output logic [ 7:0] complete_o
);

  localparam int unsigned EntryBits = (MaxPackets > 1) ? $clog2(MaxPackets) : 1;
  localparam int unsigned CountBits = $clog2(MaxPackets + 1);
  localparam int unsigned WordBits = (MaxWords > 1) ? $clog2(MaxWords) : 1;

  logic [EntryBits-1:0] write_q, read_q;
  logic [ WordBits-1:0] word_q;  // of the next psum
  logic [CountBits-1:0] packets_q, complete_q;
  logic                 pop;

  assign room_o = packets_q < depth_i[CountBits-1:0];
  assign valid_o = complete_q != '0;
  assign pop = valid_o & ready_i;
  assign packets_o = 8'(packets_q);
  assign complete_o = 8'(complete_q);

  for (genvar word = 0; word < MaxWords; word++) begin : gen_word
    spad #(
      .Width (32),
      .Words (MaxPackets)
    ) u_psums (
      .clk_i,
      .write_i      (put_i && word_q == WordBits'(word)),
      .write_slot_i (write_q),
      .write_word_i (psum_i),
      .read_slot_i  (read_q),
      .read_word_o  (data_o[word*32 +: 32])
    );
  end

  logic [WordBits-1:0] last_word;  // of the packet at the head
  assign words_o = 8'(last_word) + 8'd1;

  spad #(
    .Width (WordBits),
    .Words (MaxPackets)
  ) u_words (
    .clk_i,
    .write_i      (put_i & last_i),
    .write_slot_i (write_q),
    .write_word_i (word_q),
    .read_slot_i  (read_q),
    .read_word_o  (last_word)
  );

  logic [EntryBits-1:0] last_entry;
  assign last_entry = EntryBits'(depth_i - 8'd1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q    <= '0;
      read_q     <= '0;
      word_q     <= '0;
      packets_q  <= '0;
      complete_q <= '0;
    end else begin
      packets_q  <= packets_q + CountBits'(open_i) - CountBits'(pop);
      complete_q <= complete_q + CountBits'(land_i) - CountBits'(pop);
      if (put_i) begin
        word_q <= last_i ? '0 : word_q + 1'b1;
      end
      if (put_i && last_i) begin
        write_q <= (write_q == last_entry) ? '0 : write_q + 1'b1;
      end
      if (pop) begin
        read_q <= (read_q == last_entry) ? '0 : read_q + 1'b1;
      end
    end
  end

  logic unused_depth;
  assign unused_depth = ^depth_i;

endmodule
