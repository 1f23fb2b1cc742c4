// Of fifo: no packet more than entries, no word from an empty one, and what it offers stands until it is taken.
module fifo_properties #(
  parameter int unsigned Width = 16
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [7:0] depth_i,
  input logic ready_o,
  input logic valid_o,
  input logic [Width-1:0] word_o,
  input logic next_i,
  input logic [7:0] packets_o
);

  logic held_q;
  logic [Width-1:0] word_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      held_q <= 1'b0;
      word_q <= '0;
    end else begin
      held_q <= valid_o & ~next_i;
      word_q <= word_o;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (packets_o <= depth_i);
      assert (ready_o == (packets_o < depth_i));
      assert (!next_i || valid_o);
      assert (!held_q || (valid_o && word_o == word_q));
    end
  end

endmodule
