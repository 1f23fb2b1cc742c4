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

  if (MaxLatency == 0) begin : gen_wire
    assign valid_o = passes;
    assign data_o = through;
    logic unused_latency;
    assign unused_latency = ^latency_i;
  end else begin : gen_stages
    localparam int unsigned IndexBits = (MaxLatency > 1) ? $clog2(MaxLatency) : 1;

    // Stage k holds what passed k + 1 cycles ago. No further stages than those in use take anything in.
    logic [MaxLatency-1:0]       valid_q;
    logic [MaxLatency*Width-1:0] data_q;
    logic [IndexBits-1:0]        last;
    assign last = IndexBits'(latency_i - 4'd1);
    assign valid_o = (latency_i == 4'd0) ? passes : valid_q[last];
    assign data_o = (latency_i == 4'd0) ? through : data_q[32'(last) * Width +: Width];

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        valid_q <= '0;
        data_q  <= '0;
      end else begin
        valid_q[0] <= passes & (latency_i != 4'd0);
        if (passes) begin
          data_q[0 +: Width] <= through;
        end
        for (int unsigned k = 1; k < MaxLatency; k++) begin
          valid_q[k] <= valid_q[k-1] & (4'(k) < latency_i);
          if (valid_q[k-1]) begin
            data_q[k*Width +: Width] <= data_q[(k-1)*Width +: Width];
          end
        end
      end
    end
  end

endmodule
