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
  localparam int unsigned WordBits = (MaxWords > 1) ? $clog2(MaxWords) : 1;

  logic [EntryBits-1:0] write_q, read_q;
  logic [ WordBits-1:0] word_q;  // of the next psum
  logic [          7:0] packets_q, complete_q;
  logic                 pop;

  assign room_o = packets_q < depth_i;
  assign valid_o = complete_q != 8'd0;
  assign pop = valid_o & ready_i;
  assign packets_o = packets_q;
  assign complete_o = complete_q;

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

  spad #(
    .Width (8),
    .Words (MaxPackets)
  ) u_words (
    .clk_i,
    .write_i      (put_i & last_i),
    .write_slot_i (write_q),
    .write_word_i (8'(word_q) + 8'd1),
    .read_slot_i  (read_q),
    .read_word_o  (words_o)
  );

  logic [EntryBits-1:0] after_write, after_read;
  assign after_write = (8'(write_q) == depth_i - 8'd1) ? '0 : write_q + 1'b1;
  assign after_read = (8'(read_q) == depth_i - 8'd1) ? '0 : read_q + 1'b1;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q    <= '0;
      read_q     <= '0;
      word_q     <= '0;
      packets_q  <= '0;
      complete_q <= '0;
    end else begin
      packets_q  <= packets_q + 8'(open_i) - 8'(pop);
      complete_q <= complete_q + 8'(land_i) - 8'(pop);
      if (put_i) begin
        word_q <= last_i ? '0 : word_q + 1'b1;
      end
      if (put_i && last_i) begin
        write_q <= after_write;
      end
      if (pop) begin
        read_q <= after_read;
      end
    end
  end

endmodule
