// The ifmap operand times a power of two, its negative, or 0.
module mac_term_mac_shift (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        [15:0] ifmap_i,
  input  logic        [15:0] filter_i,
  output logic signed [31:0] term_o,
  output logic               gates_o,
  output logic               cuts_o
);

  // Twice the operand, and twice that, and so on.
  logic signed [31:0] x1, x2, x4, x8, x16, x32, x64, magnitude;
  logic power, negative;

  assign x1 = $signed(ifmap_i);
  assign x2 = x1 + x1;
  assign x4 = x2 + x2;
  assign x8 = x4 + x4;
  assign x16 = x8 + x8;
  assign x32 = x16 + x16;
  assign x64 = x32 + x32;
  assign power = cfg_i.filter_coding == orrery_mac_pkg::CodingPowerOfTwo;
  assign negative = power ? filter_i[3] : filter_i[2];

  always_comb begin
    unique case (power ? filter_i[2:0] : {1'b0, filter_i[1] & filter_i[0], filter_i[1] & ~filter_i[0]})
      3'd0: magnitude = 32'sd0;
      3'd1: magnitude = x1;
      3'd2: magnitude = x2;
      3'd3: magnitude = x4;
      3'd4: magnitude = x8;
      3'd5: magnitude = x16;
      3'd6: magnitude = x32;
      3'd7: magnitude = x64;
    endcase
  end

  assign term_o = negative ? 32'sd0 - magnitude : magnitude;
  assign gates_o = power ? filter_i[2:0] == 3'd0 : ~filter_i[1];
  assign cuts_o = 1'b0;

endmodule
