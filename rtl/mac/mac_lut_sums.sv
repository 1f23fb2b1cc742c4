// The sums of every choice of four ifmap operands: entry m adds those whose bit of m is set.
module mac_lut_sums (
  input  logic [ 19:0] ifmaps_i,  // four integers -8..15 of 5 bits, lane 0 in the low ones
  output logic [143:0] sums_o     // 16 entries of 9 bits
);

  for (genvar choice = 0; choice < 16; choice++) begin : gen_choice
    logic [8:0] lane0, lane1, lane2, lane3;
    assign lane0 = choice[0] ? {{4{ifmaps_i[4]}}, ifmaps_i[4:0]} : 9'd0;
    assign lane1 = choice[1] ? {{4{ifmaps_i[9]}}, ifmaps_i[9:5]} : 9'd0;
    assign lane2 = choice[2] ? {{4{ifmaps_i[14]}}, ifmaps_i[14:10]} : 9'd0;
    assign lane3 = choice[3] ? {{4{ifmaps_i[19]}}, ifmaps_i[19:15]} : 9'd0;
    assign sums_o[choice*9 +: 9] = (lane0 + lane1) + (lane2 + lane3);
  end

endmodule
