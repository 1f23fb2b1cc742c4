// The bus words that a PE takes: those that name its row and its column and, of ifmap words, what it calls its own.
module multicast_tap #(
  parameter int unsigned Rows = 4,
  parameter int unsigned Cols = 4,
  parameter int unsigned BusWords = 4,
  parameter int unsigned WordBits = 25 + Rows + Cols  // follows
) (
  input  logic [7:0] row_i,
  input  logic [7:0] col_i,
  input  logic [7:0] name_i,
  // Words are {valid, word, name, rows, columns}.
  input  logic                         ifmap_valid_i,
  input  logic [BusWords*WordBits-1:0] ifmap_i,
  input  logic                         filter_valid_i,
  input  logic [BusWords*WordBits-1:0] filter_i,
  output logic        ifmap_valid_o,
  output logic [15:0] ifmap_o,
  output logic        filter_valid_o,
  output logic [15:0] filter_o
);

  logic [WordBits-1:0] ifmap, filter;

  always_comb begin
    ifmap_valid_o  = 1'b0;
    filter_valid_o = 1'b0;
    ifmap_o        = '0;
    filter_o       = '0;
    ifmap          = '0;
    filter         = '0;
    for (int unsigned i = 0; i < BusWords; i++) begin
      ifmap = ifmap_i[i*WordBits +: WordBits] >> col_i;
      if (ifmap[0] && ifmap_i[i*WordBits + WordBits-1] && ifmap_i[i*WordBits + Cols + Rows +: 8] == name_i) begin
        ifmap = ifmap_i[i*WordBits +: WordBits] >> (8'(Cols) + row_i);
        if (ifmap[0]) begin
          ifmap_valid_o = ifmap_valid_i;
          ifmap_o       = ifmap_i[i*WordBits + Cols + Rows + 8 +: 16];
        end
      end
      filter = filter_i[i*WordBits +: WordBits] >> col_i;
      if (filter[0] && filter_i[i*WordBits + WordBits-1]) begin
        filter = filter_i[i*WordBits +: WordBits] >> (8'(Cols) + row_i);
        if (filter[0]) begin
          filter_valid_o = filter_valid_i;
          filter_o       = filter_i[i*WordBits + Cols + Rows + 8 +: 16];
        end
      end
    end
  end

endmodule
