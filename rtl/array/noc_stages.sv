// Delay stages: what enters in cycle t comes out in cycle t + latency.
module noc_stages #(
  parameter int unsigned Width = 16,
  parameter int unsigned MaxLatency = 3
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [      3:0] latency_i,  // 0 to MaxLatency
  input  logic             valid_i,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  output logic [Width-1:0] data_o
);

  if (MaxLatency == 0) begin : gen_wire
    assign valid_o = valid_i;
    assign data_o = data_i;
    logic unused_inputs;
    assign unused_inputs = ^{clk_i, rst_ni, latency_i};
  end else begin : gen_stages
    localparam int unsigned IndexBits = (MaxLatency > 1) ? $clog2(MaxLatency) : 1;

    // Stage k holds what entered k + 1 cycles ago. No further stages than those in use take anything in.
    logic [MaxLatency-1:0]       valid_q;
    logic [MaxLatency*Width-1:0] data_q;
    logic [IndexBits-1:0]        last;
    assign last = IndexBits'(latency_i - 4'd1);
    assign valid_o = (latency_i == 4'd0) ? valid_i : valid_q[last];
    assign data_o = (latency_i == 4'd0) ? data_i : data_q[32'(last) * Width +: Width];

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        valid_q <= '0;
        data_q  <= '0;
      end else begin
        valid_q[0] <= valid_i & (latency_i != 4'd0);
        if (valid_i) begin
          data_q[0 +: Width] <= data_i;
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
