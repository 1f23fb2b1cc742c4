// What must hold in every cycle of a lane's queue, bound to each where it is simulated.
module lane_queue_checks #(
  parameter int unsigned MaxItems = 8
) (
  input logic       clk_i,
  input logic       rst_ni,
  input logic [7:0] items_i,
  input logic       sent_i,
  input logic       arrives_i,
  input logic       leaves_i,
  input logic       room_o,
  input logic       valid_o,
  input logic       unused_ready,
  input logic [7:0] unused_packets,
  input logic [$clog2(MaxItems+1)-1:0] taken_q
);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (rst_ni) begin
      no_item_without_room : assert (!sent_i || room_o);
      no_overflow : assert (!arrives_i || unused_ready);
      no_item_from_an_empty_queue : assert (!leaves_i || valid_o);
      places_for_all : assert (8'(taken_q) <= items_i && 8'(taken_q) >= unused_packets);
    end
  end

endmodule

bind lane_queue lane_queue_checks #(.MaxItems(MaxItems)) u_checks (.*);
