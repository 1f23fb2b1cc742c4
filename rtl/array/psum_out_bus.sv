// The psum-out bus: takes the psums of an item that has landed, so many words a cycle. An item begins in a cycle of its
// own; a psum leaves in the cycle of its last word.
module psum_out_bus #(
  parameter int unsigned PsumBus = 8
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic [7:0]         words_i,       // a cycle
  input  logic [7:0]         psum_words_i,  // of a psum
  input  logic               landed_i,
  input  logic [PsumBus-1:0] valid_i,  // psums that are left of the oldest item
  input  logic [PsumBus-1:0] last_i,
  output logic [PsumBus-1:0] taken_o,
  output logic               left_o    // the item's last psum
);

  logic [7:0] rest_q, rest;  // words of the next psum that have gone
  logic       going;

  always_comb begin
    rest    = rest_q + words_i;
    going   = landed_i;
    taken_o = '0;
    left_o  = 1'b0;
    for (int unsigned i = 0; i < PsumBus; i++) begin
      going = going && valid_i[i] && rest >= psum_words_i;
      if (going) begin
        taken_o[i] = 1'b1;
        rest       = rest - psum_words_i;
        left_o     = last_i[i];
        going      = ~last_i[i];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      rest_q <= '0;
    end else if (landed_i) begin
      rest_q <= left_o ? '0 : rest;
    end
  end

endmodule
