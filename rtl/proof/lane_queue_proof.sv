// A lane's queue beside a plain one, with items some cycles on their way: it gives them in order, says rightly whether
// there is room, and never has more items than places.
module lane_queue_proof (
  input logic clk_i,
  input logic rst_ni,
  input logic send_i,
  input logic [1:0] item_i,
  input logic next_i
);

  localparam int unsigned Items = 3;

  (* anyconst *) logic [1:0] places;
  (* anyconst *) logic [1:0] latency;  // 0 to 2
  logic room, valid, sent, leaves, arrives;
  logic [1:0] item, arrived;

  assign sent = send_i & room;
  assign leaves = next_i & valid;

  // On the way; the youngest in the lowest bits.
  logic [1:0] way_q;
  logic [3:0] way_items_q;
  always_comb begin
    arrives = sent;
    arrived = item_i;
    if (latency == 2'd1) begin
      arrives = way_q[0];
      arrived = way_items_q[1:0];
    end else if (latency == 2'd2) begin
      arrives = way_q[1];
      arrived = way_items_q[3:2];
    end
  end

  lane_queue #(
    .Width    (2),
    .MaxItems (Items)
  ) u_queue (
    .clk_i     (clk_i),
    .rst_ni    (rst_ni),
    .items_i   ({6'd0, places}),
    .sent_i    (sent),
    .arrives_i (arrives),
    .item_i    (arrived),
    .leaves_i  (leaves),
    .room_o    (room),
    .valid_o   (valid),
    .item_o    (item)
  );

  // The plain queue, the oldest in the lowest bits; and all items that were sent and did not leave.
  logic [2*(Items+1)-1:0] items_q, items;
  logic [2:0] count_q, count, sent_q;
  assign items = leaves ? items_q >> 2 : items_q;
  assign count = count_q - {2'd0, leaves};

  logic started_q;
  initial started_q = 1'b0;

  always_ff @(posedge clk_i) begin
    started_q   <= 1'b1;
    way_q       <= {way_q[0], sent};
    way_items_q <= {way_items_q[1:0], item_i};
    items_q     <= items;
    count_q     <= count;
    sent_q      <= sent_q + {2'd0, sent} - {2'd0, leaves};
    if (arrives) begin
      items_q <= items & ~(8'd3 << (2 * count)) | ({6'd0, arrived} << (2 * count));
      count_q <= count + 3'd1;
    end
    if (!rst_ni) begin
      way_q   <= '0;
      items_q <= '0;
      count_q <= '0;
      sent_q  <= '0;
    end
  end

  always_comb begin
    assume (places != 2'd0);
    assume (latency != 2'd3);
    assume (rst_ni == started_q);
    if (started_q) begin
      assert (sent_q <= {1'b0, places});
      assert (room == (sent_q < {1'b0, places}));
      assert (valid == (count_q != 3'd0));
      assert (!valid || item == items_q[1:0]);
    end
  end

endmodule
