// What crosses a bus, `latency_i` cycles later.
module bus_delay #(
  parameter int unsigned Width = 16,
  parameter int unsigned MaxLatency = 7
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [      7:0] latency_i,  // 0 to MaxLatency
  input  logic             valid_i,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  output logic [Width-1:0] data_o
);

  // The youngest in the lowest bits.
  logic [MaxLatency-1:0]       valid_q;
  logic [MaxLatency*Width-1:0] data_q;

  always_comb begin
    valid_o = valid_i;
    data_o  = data_i;
    for (int unsigned i = 0; i < MaxLatency; i++) begin
      if (latency_i == 8'(i + 1)) begin
        valid_o = valid_q[i];
        data_o  = data_q[i*Width +: Width];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      data_q  <= '0;
    end else begin
      for (int unsigned i = 0; i < MaxLatency; i++) begin
        valid_q[i] <= (i == 0) ? valid_i : valid_q[(i == 0) ? 0 : i - 1];
        if ((i == 0) ? valid_i : valid_q[(i == 0) ? 0 : i - 1]) begin
          data_q[i*Width +: Width] <= (i == 0) ? data_i : data_q[((i == 0) ? 0 : i - 1)*Width +: Width];
        end
      end
    end
  end

endmodule
