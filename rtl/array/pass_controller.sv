// Passes one after the other: when the next one starts, when its psums may move, and how many packets each bus has to
// carry still. Psum FIFOs, links and buses belong to a pass until its last psum has landed, even when the next one has
// started.
module pass_controller (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic pipelined_i,
  input  logic next_valid_i,   // a pass waits to start
  input  orrery_noc_pkg::pass_packets_t next_packets_i,
  input  logic finishes_i,     // no PE has an operation left after this cycle
  input  logic ifmap_sent_i,   // a packet leaves on the bus
  input  logic filter_sent_i,
  input  logic psum_in_sent_i,
  input  logic psum_landed_i,  // a packet of psums is in the GLB after this cycle
  output logic start_o,        // the next cycle is the waiting pass's first
  output logic psum_start_o,   // from the next cycle on the psum side is the latest pass's own
  output logic handed_o,       // the next pass could start after this cycle
  output logic done_o,         // the last psum of the earliest pass is in the GLB after this cycle
  output logic hold_psums_o,   // psums of an earlier pass are on their way
  output orrery_noc_pkg::pass_packets_t left_o  // of ifmaps and filters of the latest pass, of psums of the earliest
);

  logic running_q, waiting_q;  // a pass has not been handed on; its psums wait for those of the pass before
  orrery_noc_pkg::pass_packets_t left_q;
  logic [31:0] psum_in_waiting_q, psum_out_waiting_q;
  logic        psums_over;

  assign done_o = psum_landed_i & (left_q.psum_out == 32'd1);
  assign psums_over = done_o | (left_q.psum_out == 32'd0);
  assign handed_o = running_q & (pipelined_i ? finishes_i : done_o);
  assign start_o = next_valid_i & (~running_q | handed_o);
  assign psum_start_o = psums_over & (start_o | waiting_q);
  assign hold_psums_o = waiting_q;
  assign left_o = left_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      running_q          <= 1'b0;
      waiting_q          <= 1'b0;
      left_q             <= '0;
      psum_in_waiting_q  <= '0;
      psum_out_waiting_q <= '0;
    end else begin
      running_q       <= start_o | (running_q & ~handed_o);
      waiting_q       <= (start_o | waiting_q) & ~psums_over;
      left_q.ifmap    <= start_o ? next_packets_i.ifmap : left_q.ifmap - 32'(ifmap_sent_i);
      left_q.filter   <= start_o ? next_packets_i.filter : left_q.filter - 32'(filter_sent_i);
      left_q.psum_in  <= left_q.psum_in - 32'(psum_in_sent_i);
      left_q.psum_out <= left_q.psum_out - 32'(psum_landed_i);
      if (start_o) begin
        psum_in_waiting_q  <= next_packets_i.psum_in;
        psum_out_waiting_q <= next_packets_i.psum_out;
      end
      if (psum_start_o) begin
        left_q.psum_in  <= waiting_q ? psum_in_waiting_q : next_packets_i.psum_in;
        left_q.psum_out <= waiting_q ? psum_out_waiting_q : next_packets_i.psum_out;
      end
    end
  end

endmodule
