// Of psum_out_fifo: no entry is set aside twice, a packet is offered until it is taken, and as many psums leave as enter.
module psum_out_fifo_properties #(
  parameter int unsigned MaxWords = 4
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [7:0] depth_i,
  input logic open_i,
  input logic room_o,
  input logic put_i,
  input logic valid_o,
  input logic [MaxWords*32-1:0] data_o,
  input logic [7:0] words_o,
  input logic ready_i,
  input logic [7:0] packets_o,
  input logic [7:0] complete_o
);

  logic       held_q;
  logic [7:0] words_q;
  logic [31:0] first_q;
  logic [15:0] inside_q, leaving;  // psums that have entered and not left
  assign leaving = (valid_o & ready_i) ? 16'(words_o) : 16'd0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      held_q   <= 1'b0;
      words_q  <= '0;
      first_q  <= '0;
      inside_q <= '0;
    end else begin
      held_q   <= valid_o & ~ready_i;
      words_q  <= words_o;
      first_q  <= data_o[31:0];
      inside_q <= inside_q + 16'(put_i) - leaving;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!open_i || room_o);
      assert (packets_o <= depth_i);
      assert (complete_o <= packets_o);
      assert (valid_o == (complete_o != 8'd0));
      assert (!valid_o || 32'(words_o) <= MaxWords);
      assert (!held_q || (valid_o && words_o == words_q && data_o[31:0] == first_q));
      assert (leaving <= inside_q);
      assert (packets_o != 8'd0 || inside_q == 16'd0);
    end
  end

endmodule
