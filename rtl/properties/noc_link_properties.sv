// Of noc_link: what enters comes out, once.
module noc_link_properties (
  input logic clk_i,
  input logic rst_ni,
  input logic valid_i,
  input logic ready_o,
  input logic valid_o
);

  logic [7:0] under_way_q;
  logic       enters;
  assign enters = valid_i & ready_o;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      under_way_q <= '0;
    end else begin
      under_way_q <= under_way_q + 8'(enters) - 8'(valid_o);
    end
  end

  always_ff @(posedge clk_i) begin
    if (rst_ni) begin
      assert (!valid_o || enters || under_way_q != 8'd0);
      assert (ready_o || under_way_q != 8'd0);
    end
  end

endmodule
