// Of pass_counters: no counter passes its bound, no word below the lowest one is pointed to, and the lowest one never
// goes back.
module pass_counters_properties (
  input logic clk_i,
  input logic rst_ni,
  input logic start_i,
  input logic advance_i,
  input orrery_array_pkg::pe_program_t program_i,
  input logic [15:0] ifmap_o,
  input logic [15:0] filter_o,
  input logic [15:0] ifmap_lowest_o,
  input logic [15:0] filter_lowest_o,
  input logic        ends_psum_o,
  input logic        ends_pass_o,
  input logic        exhausted_o,
  input logic [orrery_array_pkg::Counters*16-1:0] step_o
);

  logic        runs_q;  // a pass with work has started
  logic [15:0] ifmap_lowest_q, filter_lowest_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      runs_q          <= 1'b0;
      ifmap_lowest_q  <= '0;
      filter_lowest_q <= '0;
    end else begin
      if (start_i) begin
        runs_q <= program_i.mapped;
      end
      ifmap_lowest_q  <= start_i ? 16'd0 : ifmap_lowest_o;
      filter_lowest_q <= start_i ? 16'd0 : filter_lowest_o;
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni && runs_q) begin
      for (int unsigned i = 0; i < orrery_array_pkg::Counters; i++) begin
        assert (step_o[i*16 +: 16] < program_i.bound[i*16 +: 16]);
      end
      assert (exhausted_o || ifmap_lowest_o <= ifmap_o);
      assert (exhausted_o || filter_lowest_o <= filter_o);
      assert (start_i || ifmap_lowest_q <= ifmap_lowest_o);
      assert (start_i || filter_lowest_q <= filter_lowest_o);
      assert (!advance_i || !exhausted_o);
      assert (!ends_pass_o || ends_psum_o);
    end
  end

endmodule
