// What must hold in every cycle of the control of rounds, bound to each where it is simulated.
module lane_control_checks #(
  parameter int unsigned Lanes = 4
) (
  input logic clk_i,
  input logic rst_ni,
  input logic busy_q,
  input logic [5:0] drain_q,
  input logic next_valid_i,
  input logic next_ready_o,
  input logic starts_o,
  input logic [Lanes-1:0] head_valid_i
);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (rst_ni) begin
      one_phase : assert (!busy_q || drain_q == 6'd0);
      no_items_left_behind : assert (busy_q || head_valid_i == '0);
      only_what_is_offered : assert (!next_ready_o || next_valid_i);
      begins_when_taken : assert (!starts_o || next_ready_o);
    end
  end

endmodule

bind lane_control lane_control_checks #(.Lanes(Lanes)) u_checks (.*);
