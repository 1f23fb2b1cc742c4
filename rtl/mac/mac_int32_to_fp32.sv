// An integer of 32 bits as an IEEE single, to nearest, ties to even.
module mac_int32_to_fp32 (
  input  logic [31:0] integer_i,
  output logic [31:0] float_o
);

  logic [31:0] magnitude;
  logic [30:0] normal;  // below the leading one
  logic [ 4:0] zeros;  // above the leading one
  logic        up;
  logic [ 7:0] exponent;

  assign magnitude = integer_i[31] ? -integer_i : integer_i;

  always_comb begin
    zeros = 5'd31;
    for (int unsigned i = 0; i < 32; i++) begin
      if (magnitude[i]) zeros = 5'(31 - i);
    end
  end

  assign normal = magnitude[30:0] << zeros;
  assign up = normal[7] & (normal[8] | (normal[6:0] != 7'd0));
  assign exponent = 8'd158 - {3'd0, zeros};  // bias + 31 - zeros

  always_comb begin
    float_o = {integer_i[31], {exponent, normal[30:8]} + {30'd0, up}};
    if (integer_i == 32'd0) begin
      float_o = 32'd0;
    end
  end

endmodule
