// A table of the 256 products of two magnitudes of 4 bits; the product of two integers -8..15 by one read.
module mac_lut_product_table (
  input  logic signed [4:0] ifmap_i,
  input  logic signed [4:0] filter_i,
  output logic signed [8:0] product_o
);

  logic [2047:0] products;  // constant: {ifmap, filter} is the index of 8 bits

  for (genvar x = 0; x < 16; x++) begin : gen_ifmap
    for (genvar w = 0; w < 16; w++) begin : gen_filter
      assign products[(16*x+w)*8 +: 8] = 8'(x * w);
    end
  end

  logic [3:0] ifmap, filter;
  logic [7:0] read;

  assign ifmap = ifmap_i[4] ? 4'(-ifmap_i) : ifmap_i[3:0];
  assign filter = filter_i[4] ? 4'(-filter_i) : filter_i[3:0];
  assign read = products[{ifmap, filter, 3'd0} +: 8];
  assign product_o = (ifmap_i[4] ^ filter_i[4]) ? -{1'b0, read} : {1'b0, read};

endmodule
