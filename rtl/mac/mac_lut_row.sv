// The products of one ifmap operand and every filter code of 4 bits, by additions: entry c is c * ifmap, less
// 16 * ifmap where code c is negative.
module mac_lut_row (
  input  logic signed [  4:0] ifmap_i,   // -8..15
  input  logic                signed_i,  // filter codes are two's complement; else unsigned
  output logic        [143:0] row_o      // 16 entries of 9 bits
);

  logic signed [8:0] ifmap;
  assign ifmap = 9'(ifmap_i);

  for (genvar half = 0; half < 2; half++) begin : gen_half
    for (genvar code = 0; code < 8; code++) begin : gen_code
      logic signed [8:0] entry;
      assign entry = 9'(code) * ifmap;
      if (half == 0) begin : gen_positive
        assign row_o[code*9 +: 9] = entry;
      end else begin : gen_negative
        assign row_o[(8+code)*9 +: 9] = signed_i ? entry - (ifmap <<< 3) : entry + (ifmap <<< 3);
      end
    end
  end

endmodule
