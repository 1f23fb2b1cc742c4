// Of psum_collect: a packet leaves when all PEs that it names have theirs ready, and of integers that wrap its psums are
// the sums of theirs.
module psum_collect_properties #(
  parameter int unsigned Pes = 4,
  parameter int unsigned MaxPacketPsums = 4,
  parameter int unsigned Integers = 1  // 0: psums are singles
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [5:0]     psum_bits_i,
  input logic           saturate_i,
  input logic [Pes-1:0] ready_i,
  input logic [Pes*MaxPacketPsums*32-1:0] data_i,
  input logic [Pes-1:0] takes_o,
  input logic           taken_o,
  input logic [MaxPacketPsums*32-1:0] data_o
);

  logic [31:0] sum;  // of all psums of all PEs, less those that leave

  always_comb begin
    sum = '0;
    for (int unsigned k = 0; k < MaxPacketPsums; k++) begin
      for (int unsigned pe = 0; pe < Pes; pe++) begin
        if (takes_o[pe]) begin
          sum = sum + data_i[(pe*MaxPacketPsums+k)*32 +: 32];
        end
      end
      sum = sum - data_o[k*32 +: 32];
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert ((takes_o & ~ready_i) == '0);
      assert (taken_o == (|takes_o));
      assert (Integers == 0 || saturate_i || !taken_o || (sum << (6'd32 - psum_bits_i)) == 32'd0);
    end
  end

endmodule
