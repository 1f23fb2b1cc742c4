// Wires with a register for a packet that passes in several cycles, and delay stages: a packet that enters in cycle t
// comes out in cycle t + cycles - 1 + latency.
module noc_link #(
  parameter int unsigned Width = 16,
  parameter int unsigned MaxLatency = 3
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [      7:0] cycles_i,   // of a transfer, from 1
  input  logic [      3:0] latency_i,  // 0 to MaxLatency
  input  logic             valid_i,
  input  logic [Width-1:0] data_i,
  output logic             ready_o,    // no transfer is under way
  output logic             valid_o,
  output logic [Width-1:0] data_o
);

  logic [      7:0] left_q;  // cycles of the transfer under way
  logic [Width-1:0] held_q, through;
  logic             take, passes;

  assign ready_o = left_q == 8'd0;
  assign take = valid_i & ready_o;
  assign passes = ready_o ? take & (cycles_i == 8'd1) : left_q == 8'd1;
  assign through = ready_o ? data_i : held_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
      held_q <= '0;
    end else begin
      if (!ready_o) begin
        left_q <= left_q - 8'd1;
      end else if (take) begin
        left_q <= cycles_i - 8'd1;
        held_q <= data_i;
      end
    end
  end

  noc_stages #(
    .Width      (Width),
    .MaxLatency (MaxLatency)
  ) u_stages (
    .clk_i,
    .rst_ni,
    .latency_i,
    .valid_i (passes),
    .data_i  (through),
    .valid_o,
    .data_o
  );

endmodule
