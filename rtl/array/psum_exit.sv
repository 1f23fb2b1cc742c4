// Psums of a PE, a column or a tree that wait for the psum-out bus: an entry an item, used in turn.
module psum_exit #(
  parameter int unsigned Lanes = 8,
  parameter int unsigned MaxItems = 4
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                put_i,
  input  logic [Lanes*32-1:0] psums_i,
  input  logic [7:0]          item_i,  // entry of the oldest item
  output logic [Lanes*32-1:0] psums_o
);

  localparam int unsigned Bits = (MaxItems > 1) ? $clog2(MaxItems) : 1;
  logic [Bits-1:0] write_q;

  spad #(
    .Width (Lanes * 32),
    .Words (MaxItems)
  ) u_items (
    .clk_i,
    .write_i      (put_i),
    .write_slot_i (write_q),
    .write_word_i (psums_i),
    .read_slot_i  (item_i[Bits-1:0]),
    .read_word_o  (psums_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_q <= '0;
    end else if (put_i) begin
      write_q <= (write_q == Bits'(MaxItems - 1)) ? '0 : write_q + 1'b1;
    end
  end

  logic unused_item;
  assign unused_item = ^item_i;

endmodule
