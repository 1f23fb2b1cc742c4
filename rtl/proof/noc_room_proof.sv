// The properties of noc_room and noc_link, between a sender and a FIFO that is emptied at any time.
module noc_room_proof (
  input logic clk_i,
  input logic rst_ni,
  input logic send_i,
  input logic pop_i
);

  (* anyconst *) logic [1:0] depth;
  (* anyconst *) logic [1:0] cycles;
  (* anyconst *) logic latency;
  logic       room, free, sends, arrives, started_q;
  logic [1:0] packets_q;
  logic [3:0] word_q, arrived_q, word;
  assign sends = send_i & room & free;

  noc_room #(
    .MaxPackets (3)
  ) u_room (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .depth_i   ({6'd0, depth}),
    .packets_i ({6'd0, packets_q}),
    .sent_i    (sends),
    .arrives_i (arrives),
    .room_o    (room)
  );

  noc_room_properties u_room_properties (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .depth_i   ({6'd0, depth}),
    .packets_i ({6'd0, packets_q}),
    .sent_i    (sends),
    .arrives_i (arrives),
    .room_o    (room)
  );

  noc_link #(
    .Width      (4),
    .MaxLatency (1)
  ) u_link (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .cycles_i  ({6'd0, cycles}),
    .latency_i ({3'd0, latency}),
    .valid_i   (send_i & room),
    .data_i    (word_q),
    .ready_o   (free),
    .valid_o   (arrives),
    .data_o    (word)
  );

  noc_link_properties u_link_properties (
    .clk_i   (clk_i),
    .rst_ni  (rst_ni),
    .valid_i (send_i & room),
    .ready_o (free),
    .valid_o (arrives)
  );

  initial started_q = 1'b0;

  // Words are numbered as they leave; they arrive in that order.
  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    packets_q <= rst_ni ? packets_q + {1'b0, arrives} - {1'b0, pop_i & (packets_q != 2'd0)} : 2'd0;
    word_q    <= rst_ni ? word_q + {3'd0, sends} : 4'd0;
    arrived_q <= rst_ni ? arrived_q + {3'd0, arrives} : 4'd0;
  end

  always_comb begin
    assume (rst_ni == started_q);
    assume (depth != 2'd0 && cycles != 2'd0);
    assert (!started_q || !arrives || word == arrived_q);
  end

endmodule
