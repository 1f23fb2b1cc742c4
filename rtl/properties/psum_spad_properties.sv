// Of a spad of psums: none is read before it is written, nor again once it has left. What enters a PE leaves it: with
// integers that wrap, the sum of all terms and incoming psums is that of the psums that leave.
module psum_spad_properties #(
  parameter int unsigned Words = 16,
  parameter int unsigned Bits = 4,      // of a slot
  parameter int unsigned Integers = 1   // 0: psums are singles
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [5:0] psum_bits_i,
  input logic       saturate_i,
  input logic       done_i,    // no operation is left
  input logic       issues_i,  // a psum will leave
  input logic       write_i,
  input logic       read_i,    // the word read matters
  input logic       leaves_i,  // the psum leaves
  input logic [Bits-1:0] slot_i,
  input logic        term_valid_i,
  input logic [31:0] term_i,
  input logic        takes_i,  // the psum that leaves meets the incoming one
  input logic [31:0] incoming_i,
  input logic [31:0] left_i
);

  logic [Words-1:0] written_q;
  logic [31:0] balance_q, entering, leaving;
  logic [ 7:0] on_way_q;  // psums that will leave
  assign entering = (term_valid_i ? term_i : 32'd0) + ((leaves_i & takes_i) ? incoming_i : 32'd0);
  assign leaving = leaves_i ? left_i : 32'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      written_q <= '0;
      balance_q <= '0;
      on_way_q  <= '0;
    end else begin
      if (write_i) begin
        written_q[slot_i] <= 1'b1;
      end
      if (leaves_i) begin
        written_q[slot_i] <= 1'b0;
      end
      balance_q <= balance_q + entering - leaving;
      on_way_q  <= on_way_q + 8'(issues_i) - 8'(leaves_i);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!leaves_i || on_way_q != 8'd0);
      assert (!read_i || written_q[slot_i]);
      assert (Integers == 0 || saturate_i || !done_i || on_way_q != 8'd0 || (balance_q << (6'd32 - psum_bits_i)) == 32'd0);
    end
  end

endmodule
