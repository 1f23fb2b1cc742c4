// A spad gives, of any slot, the word that was written to it last.
module spad_proof (
  input logic clk_i,
  input logic rst_ni,
  input logic write_i,
  input logic [1:0] write_slot_i,
  input logic [3:0] word_i,
  input logic [1:0] read_slot_i
);

  (* anyconst *) logic [1:0] slot;
  logic       started_q, written_q;
  logic [3:0] last_q, word;

  spad #(
    .Width (4),
    .Words (3)
  ) u_spad (
    .clk_i        (clk_i),
    .write_i      (write_i),
    .write_slot_i (write_slot_i),
    .write_word_i (word_i),
    .read_slot_i  (read_slot_i),
    .read_word_o  (word)
  );

  initial {started_q, written_q} = 2'b00;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    if (write_i && write_slot_i == slot) begin
      written_q <= 1'b1;
      last_q    <= word_i;
    end
  end

  always_comb begin
    assume (rst_ni == started_q);
    assume (slot < 2'd3 && write_slot_i < 2'd3 && read_slot_i < 2'd3);
    assert (!written_q || read_slot_i != slot || word == last_q);
  end

endmodule
