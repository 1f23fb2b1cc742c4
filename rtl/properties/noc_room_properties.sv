// Of noc_room: packets in a FIFO and on their way to it have an entry each, and none arrives that was not sent.
module noc_room_properties (
  input logic clk_i,
  input logic rst_ni,
  input logic [7:0] depth_i,
  input logic [7:0] packets_i,
  input logic       sent_i,
  input logic       arrives_i,
  input logic       room_o
);

  logic [7:0] under_way_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      under_way_q <= '0;
    end else begin
      under_way_q <= under_way_q + 8'(sent_i) - 8'(arrives_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert ({1'b0, packets_i} + {1'b0, under_way_q} <= {1'b0, depth_i});
      assert (room_o == ({1'b0, packets_i} + {1'b0, under_way_q} < {1'b0, depth_i}));
      assert (!sent_i || room_o);
      assert (!arrives_i || sent_i || under_way_q != 8'd0);
    end
  end

endmodule
