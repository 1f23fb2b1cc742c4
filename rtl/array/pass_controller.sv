// Passes one after the other: when the next one starts, and when its psums may move. Psum FIFOs, links and buses belong
// to a pass until its last psum has landed, even when the next one has started.
module pass_controller (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic pipelined_i,
  input  logic next_valid_i,   // a pass waits to start
  input  logic [31:0] next_packets_i,  // of psums that go to the GLB
  input  logic finishes_i,     // no PE has an operation left after this cycle
  input  logic psum_landed_i,  // a packet of psums is in the GLB after this cycle
  output logic start_o,        // the next cycle is the waiting pass's first
  output logic psum_start_o,   // from the next cycle on the psum side is the latest pass's own
  output logic handed_o,       // the next pass could start after this cycle
  output logic done_o,         // the last psum of the earliest pass is in the GLB after this cycle
  output logic hold_psums_o    // psums of an earlier pass are on their way
);

  logic running_q, waiting_q;  // a pass has not been handed on; its psums wait for those of the pass before
  logic [31:0] left_q;              // packets of psums of the earliest pass that have not landed
  logic [31:0] packets_waiting_q;   // of the waiting one
  logic        psums_over;

  assign done_o = psum_landed_i & (left_q == 32'd1);
  assign psums_over = done_o | (left_q == 32'd0);
  assign handed_o = running_q & (pipelined_i ? finishes_i : done_o);
  assign start_o = next_valid_i & (~running_q | handed_o);
  assign psum_start_o = psums_over & (start_o | waiting_q);
  assign hold_psums_o = waiting_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q         <= 1'b0;
      waiting_q         <= 1'b0;
      left_q            <= '0;
      packets_waiting_q <= '0;
    end else begin
      running_q <= start_o | (running_q & ~handed_o);
      waiting_q <= (start_o | waiting_q) & ~psums_over;
      left_q    <= left_q - 32'(psum_landed_i);
      if (start_o) begin
        packets_waiting_q <= next_packets_i;
      end
      if (psum_start_o) begin
        left_q <= waiting_q ? packets_waiting_q : next_packets_i;
      end
    end
  end

endmodule
