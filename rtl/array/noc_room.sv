// Whether a packet may be sent to a FIFO: those in it and those on their way have an entry each.
module noc_room #(
  parameter int unsigned MaxPackets = 4  // on their way
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic [7:0] depth_i,    // entries
  input  logic [7:0] packets_i,  // in use, without those on their way
  input  logic       sent_i,     // a packet leaves for it
  input  logic       arrives_i,  // a packet enters it
  output logic       room_o      // an entry is free at the cycle's start
);

  localparam int unsigned CountBits = $clog2(MaxPackets + 1);

  logic [CountBits-1:0] under_way_q;

  assign room_o = {1'b0, packets_i} + 9'(under_way_q) < {1'b0, depth_i};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      under_way_q <= '0;
    end else begin
      under_way_q <= under_way_q + CountBits'(sent_i) - CountBits'(arrives_i);
    end
  end

endmodule
