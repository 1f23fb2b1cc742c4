// Of pe_operand: a word that is read was loaded in this pass, and its slot has no later one.
module pe_operand_properties (
  input logic clk_i,
  input logic rst_ni,
  input logic start_i,  // lowest_i may be the next pass's
  input logic [15:0] spad_words_i,
  input logic [ 7:0] fifo_packets_i,
  input logic [15:0] position_i,
  input logic [15:0] lowest_i,
  input logic        present_o,
  input orrery_array_pkg::pe_operand_registers_t registers_o
);

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (registers_o.fifo_packets <= fifo_packets_i);
      assert (registers_o.loaded <= registers_o.arrived);
      assert (start_i || {1'b0, registers_o.loaded} <= {1'b0, lowest_i} + {1'b0, spad_words_i});
      assert (present_o == (position_i < registers_o.loaded));
      assert (!present_o || position_i < lowest_i || registers_o.loaded - position_i <= spad_words_i);
    end
  end

endmodule
