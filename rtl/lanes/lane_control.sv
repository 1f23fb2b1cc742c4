// When rounds begin and end, which group of items the lanes are at, and what each of them does in a cycle.
module lane_control #(
  parameter int unsigned Lanes = 4,
  parameter int unsigned MaxLatency = 4,
  parameter int unsigned GroupBits = orrery_lanes_pkg::GroupBits  // follows
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  input  logic next_valid_i,  // a round stands ready
  input  logic next_empty_i,  // it has no items
  // The source at the end of this cycle, while sends_o.
  input  logic blocked_i,  // its next item was held back
  input  logic ended_i,    // it has none for this round
  input  logic [GroupBits-1:0] group_i,  // of its next item
  // The head of each lane's queue, and what the lane does if it works at it.
  input  logic [Lanes-1:0] head_valid_i,
  input  logic [Lanes*GroupBits-1:0] head_group_i,
  input  logic [Lanes*3-1:0] work_i,
  output logic next_ready_o,  // the round is taken at the end of this cycle
  output logic starts_o,      // and begins then; one without items is over at once
  output logic sends_o,       // the source may send
  output logic [Lanes-1:0] works_o,  // the lane works at its head
  output logic closes_o,      // before this cycle all lanes came to be done with a group
  output logic ends_o,        // the round's last cycle
  output logic [Lanes*3-1:0] states_o  // orrery_lanes_pkg::lane_state_e
);

  logic       busy_q;   // items are sent or worked at
  logic [5:0] drain_q;  // cycles since the last entry; 0: none
  logic       round_q;  // of the round's number, the lowest bit
  logic [GroupBits-1:0] group_q, group;

  // What the lanes know of the source is as old as the items that arrive. What is left of the round before tells by
  // its round bit: no round is shorter than the way of an item.
  localparam int unsigned SourceBits = 3 + GroupBits;
  logic                  tell_valid, known_valid_q;
  logic [SourceBits-1:0] tell, known_q;
  logic                  known_round, known_blocked, known_ended, known;
  logic [ GroupBits-1:0] known_group;

  bus_delay #(
    .Width      (SourceBits),
    .MaxLatency (MaxLatency)
  ) u_tell (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_i.latency_cycles),
    .valid_i   (busy_q),
    .data_i    ({round_q, blocked_i, ended_i, group_i}),
    .valid_o   (tell_valid),
    .data_o    (tell)
  );

  assign {known_round, known_blocked, known_ended, known_group} = known_q;
  assign known = known_valid_q & (known_round == round_q);

  // Lanes.
  logic [Lanes-1:0] of_group, in_use;
  logic             open, over, idle, draining;

  for (genvar l = 0; l < Lanes; l++) begin : gen_head
    assign of_group[l] = head_valid_i[l] & (head_group_i[l*GroupBits +: GroupBits] == group_q);
    assign works_o[l] = head_valid_i[l] & (head_group_i[l*GroupBits +: GroupBits] == group);
    assign in_use[l] = 8'(l) < cfg_i.lanes;
  end

  assign open = (of_group != '0) | ~known | (~known_ended & (known_group == group_q));
  assign group = open ? group_q : group_q + 1'b1;
  assign closes_o = busy_q & ~open;
  assign over = busy_q & known & known_ended & (head_valid_i == '0);

  assign idle = ~busy_q & (drain_q == 6'd0);
  assign draining = over | (drain_q != 6'd0);
  assign ends_o = drain_q == cfg_i.pipeline_stages - 6'd1;
  assign starts_o = next_valid_i & ~next_empty_i & (idle | ends_o);
  assign next_ready_o = starts_o | (next_valid_i & next_empty_i & idle);
  assign sends_o = busy_q;

  logic [2:0] waits;  // what lanes do that have nothing at the head
  always_comb begin
    waits = orrery_lanes_pkg::StateWaitItem;
    if (known && (known_ended || known_group != group)) begin
      waits = orrery_lanes_pkg::StateImbalance;
    end else if (known && known_blocked) begin
      waits = orrery_lanes_pkg::StateQueueFull;
    end
  end

  always_comb begin
    for (int unsigned l = 0; l < Lanes; l++) begin
      states_o[l*3 +: 3] = waits;
      if (idle || !in_use[l]) begin
        states_o[l*3 +: 3] = orrery_lanes_pkg::StateIdle;
      end else if (draining) begin
        states_o[l*3 +: 3] = orrery_lanes_pkg::StateDrain;
      end else if (works_o[l]) begin
        states_o[l*3 +: 3] = work_i[l*3 +: 3];
      end else if (head_valid_i[l]) begin
        states_o[l*3 +: 3] = orrery_lanes_pkg::StateImbalance;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q        <= 1'b0;
      drain_q       <= '0;
      round_q       <= 1'b0;
      group_q       <= '0;
      known_valid_q <= 1'b0;
      known_q       <= '0;
    end else begin
      busy_q        <= starts_o | (busy_q & ~over);
      round_q       <= round_q ^ starts_o;
      group_q       <= starts_o ? '0 : group;
      known_valid_q <= tell_valid;
      known_q       <= tell;
      if (over) begin
        drain_q <= 6'd1;
      end else if (drain_q != 6'd0) begin
        drain_q <= ends_o ? 6'd0 : drain_q + 6'd1;
      end
    end
  end

  logic unused_cfg;
  assign unused_cfg = ^cfg_i;

endmodule
