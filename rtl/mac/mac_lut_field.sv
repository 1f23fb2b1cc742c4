// A field of an operand word of mac_lut as an integer.
module mac_lut_field (
  input  logic        [15:0] word_i,
  input  logic        [ 1:0] lane_i,
  input  logic        [ 4:0] bits_i,    // 1..4, of every field of the word
  input  logic               signed_i,  // two's complement; else unsigned
  output logic signed [ 4:0] value_o
);

  logic [3:0] field;  // on 4 bits, with zeros above

  always_comb begin
    unique case (bits_i[2:0])
      3'd1: begin
        field   = {3'd0, word_i[{2'd0, lane_i}]};
        value_o = {{4{signed_i & field[0]}}, field[0]};
      end
      3'd2: begin
        field   = {2'd0, word_i[{1'b0, lane_i, 1'b0} +: 2]};
        value_o = {{3{signed_i & field[1]}}, field[1:0]};
      end
      3'd3: begin
        field   = {1'b0, word_i[({2'd0, lane_i} * 4'd3) +: 3]};
        value_o = {{2{signed_i & field[2]}}, field[2:0]};
      end
      default: begin
        field   = word_i[{lane_i, 2'd0} +: 4];
        value_o = {signed_i & field[3], field};
      end
    endcase
  end

  logic unused_bits;
  assign unused_bits = ^bits_i[4:3];

endmodule
