// A FIFO beside a queue of words: it gives them in order, holds what it offers, and never has more packets than entries.
module fifo_proof (
  input logic clk_i,
  input logic rst_ni,
  input logic valid_i,
  input logic [3:0] data_i,
  input logic more_i,  // the packet has two words
  input logic next_i
);

  localparam int unsigned Packets = 3;

  (* anyconst *) logic [1:0] depth;
  logic       ready, valid, take, leave;
  logic [1:0] word;
  logic [7:0] packets;

  fifo #(
    .Width      (2),
    .MaxPackets (Packets),
    .MaxWords   (2)
  ) u_fifo (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .depth_i   ({6'd0, depth}),
    .valid_i   (valid_i),
    .data_i    (data_i),
    .words_i   ({6'd0, more_i, ~more_i}),
    .ready_o   (ready),
    .valid_o   (valid),
    .word_o    (word),
    .next_i    (leave),
    .packets_o (packets)
  );

  assign take = valid_i & ready;
  assign leave = next_i & valid;

  // The queue; the oldest word in the lowest bits.
  logic [2*2*Packets-1:0] words_q, words;
  logic [2:0] count_q, count;
  assign words = leave ? words_q >> 2 : words_q;
  assign count = count_q - {2'd0, leave};

  logic started_q, held_q;
  logic [1:0] word_q;
  initial started_q = 1'b0;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    held_q <= rst_ni & valid & ~leave;
    word_q <= word;
    words_q <= words;
    count_q <= count;
    if (take) begin
      words_q <= words & ~(12'hFFF << (2 * count)) | ({8'd0, more_i ? data_i : {2'd0, data_i[1:0]}} << (2 * count));
      count_q <= count + (more_i ? 3'd2 : 3'd1);
    end
    if (!rst_ni) begin
      words_q <= '0;
      count_q <= '0;
    end
  end

  always_comb begin
    assume (depth != 2'd0);
    assume (rst_ni == started_q);
    if (started_q) begin
      assert (packets <= {6'd0, depth});
      assert (ready == (packets < {6'd0, depth}));
      assert (valid == (count_q != 3'd0));
      assert (!valid || word == words_q[1:0]);
      assert (!held_q || (valid && word == word_q));
    end
  end

endmodule
