// The sum of an IEEE single and a whole number that fits int32, to nearest, ties to even: no sum of finite ones
// overflows. Subnormals are kept, a NaN becomes quiet.
module mac_fp32_add (
  input  logic [31:0] a_i,
  input  logic [31:0] b_i,  // the whole number, as a single
  output logic [31:0] sum_o
);

  // The summand of the larger magnitude comes first.
  logic [31:0] larger, smaller;
  assign larger = (a_i[30:0] >= b_i[30:0]) ? a_i : b_i;
  assign smaller = (a_i[30:0] >= b_i[30:0]) ? b_i : a_i;

  // Subnormals have the exponent of the smallest normals, and no leading one.
  logic [7:0] large_exponent, small_exponent, distance;
  assign large_exponent = (larger[30:23] == 8'd0) ? 8'd1 : larger[30:23];
  assign small_exponent = (smaller[30:23] == 8'd0) ? 8'd1 : smaller[30:23];
  assign distance = large_exponent - small_exponent;

  // {leading one, fraction, guard, round}, and what is shifted out of them in one sticky bit.
  logic [25:0] large_digits, small_digits, aligned, lost;
  logic        sticky;
  assign large_digits = {larger[30:23] != 8'd0, larger[22:0], 2'd0};
  assign small_digits = {smaller[30:23] != 8'd0, smaller[22:0], 2'd0};
  assign aligned = small_digits >> distance;
  assign lost = small_digits & ~(26'h3FFFFFF << distance);
  assign sticky = lost != 26'd0;

  // With a carry above and the sticky bit below.
  logic        subtract;
  logic [27:0] digits;
  assign subtract = larger[31] ^ smaller[31];
  assign digits = subtract ? {1'b0, large_digits, 1'b0} - {1'b0, aligned, sticky}
                           : {1'b0, large_digits, 1'b0} + {1'b0, aligned, sticky};

  // The leading one to its place, but not below the smallest exponent.
  logic [ 4:0] zeros, room, left;
  logic [ 7:0] exponent;
  logic [26:0] shifted;

  always_comb begin
    zeros = 5'd27;
    for (int unsigned i = 0; i < 27; i++) begin
      if (digits[i]) zeros = 5'(26 - i);
    end
  end

  assign room = (large_exponent > 8'd27) ? 5'd27 : 5'(large_exponent - 8'd1);
  assign left = (zeros > room) ? room : zeros;

  always_comb begin
    shifted  = digits[26:0] << left;
    exponent = large_exponent - {3'd0, left};
    if (digits[27]) begin
      shifted  = {digits[27:2], digits[1] | digits[0]};
      exponent = large_exponent + 8'd1;
    end else if (!shifted[26]) begin
      exponent = 8'd0;  // subnormal, or zero
    end
  end

  logic        up;
  logic [30:0] rounded;
  assign up = shifted[2] & (shifted[3] | shifted[1] | shifted[0]);
  assign rounded = {exponent, shifted[25:3]} + {30'd0, up};

  always_comb begin
    sum_o = {larger[31], rounded};
    if (larger[30:23] == 8'hFF) begin
      sum_o = {larger[31:23], larger[22:0] != 23'd0, larger[21:0]};
    end else if (digits == 28'd0) begin
      sum_o = {larger[31] & smaller[31], 31'd0};
    end
  end

endmodule
