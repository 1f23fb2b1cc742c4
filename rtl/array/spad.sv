// A small memory of words: one port that writes at the clock's edge, one that reads in the same cycle what was written
// in earlier ones.
module spad #(
  parameter int unsigned Width = 16,
  parameter int unsigned Words = 16,
  parameter int unsigned SlotBits = (Words > 1) ? $clog2(Words) : 1  // follows
) (
  input  logic                clk_i,
  input  logic                write_i,
  input  logic [SlotBits-1:0] write_slot_i,  // below Words
  input  logic [   Width-1:0] write_word_i,
  input  logic [SlotBits-1:0] read_slot_i,  // else the word read is any
  output logic [   Width-1:0] read_word_o
);

  logic [Width-1:0] words[0:Words-1];

  assign read_word_o = words[read_slot_i];

  always_ff @(posedge clk_i) begin
    if (write_i) begin
      words[write_slot_i] <= write_word_i;
    end
  end

endmodule
