// The queue of a lane. Items that are still on their way to it have their places already.
module lane_queue #(
  parameter int unsigned Width = 16,  // of an item
  parameter int unsigned MaxItems = 8
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [7:0] items_i,    // places, 1 to MaxItems
  input  logic       sent_i,     // an item leaves the source; only while room_o
  input  logic       arrives_i,  // an item that was sent, in this cycle or an earlier one
  input  logic [Width-1:0] item_i,
  input  logic       leaves_i,   // the item at the head, at the end of this cycle; only while valid_o
  output logic       room_o,     // a place was free at the cycle's start
  output logic       valid_o,
  output logic [Width-1:0] item_o
);

  localparam int unsigned CountBits = $clog2(MaxItems + 1);
  logic [CountBits-1:0] taken_q;  // places

  assign room_o = taken_q < items_i[CountBits-1:0];

  logic       unused_ready;
  logic [7:0] unused_packets;

  fifo #(
    .Width      (Width),
    .MaxPackets (MaxItems),
    .MaxWords   (1)
  ) u_items (
    .clk_i,
    .rst_ni,
    .depth_i   (items_i),
    .valid_i   (arrives_i),
    .data_i    (item_i),
    .words_i   (8'd1),
    .ready_o   (unused_ready),
    .valid_o,
    .word_o    (item_o),
    .next_i    (leaves_i),
    .packets_o (unused_packets)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      taken_q <= '0;
    end else begin
      taken_q <= taken_q + CountBits'(sent_i) - CountBits'(leaves_i);
    end
  end

  logic unused_items;
  assign unused_items = ^items_i;

endmodule
