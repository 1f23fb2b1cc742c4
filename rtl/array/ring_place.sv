// Where the words of a stream lie in rings of its size: word k in slot k modulo the ring, as long as it is within a ring
// of the lowest word that is still needed.
module ring_place (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,   // the stream begins anew, from this cycle on for `item_i`, from the next on for `word_i`
  input  logic [15:0] size_i,
  input  logic [15:0] lowest_i,  // word that is still needed
  input  logic [15:0] word_i,    // that a step uses
  input  logic [15:0] item_i,    // that comes in
  output logic [15:0] word_slot_o,
  output logic [15:0] item_slot_o,
  output logic        room_o     // the item's slot is free
);

  // The lowest word of the cycle before, and its slot.
  logic [15:0] lowest_q, slot_q, slot, ahead;

  // Nothing is further than a ring from what it is counted from.
  function automatic logic [15:0] wrap(logic [15:0] from, logic [15:0] by, logic [15:0] size);
    logic [16:0] sum;
    sum = {1'b0, from} + {1'b0, by};
    wrap = (sum >= {1'b0, size}) ? 16'(sum - {1'b0, size}) : sum[15:0];
  endfunction

  assign slot = wrap(slot_q, lowest_i - lowest_q, size_i);
  assign word_slot_o = wrap(slot, word_i - lowest_i, size_i);
  assign ahead = start_i ? item_i : item_i - lowest_i;
  assign item_slot_o = start_i ? item_i : wrap(slot, ahead, size_i);
  assign room_o = ahead < size_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      lowest_q <= '0;
      slot_q   <= '0;
    end else begin
      lowest_q <= start_i ? '0 : lowest_i;
      slot_q   <= start_i ? '0 : slot;
    end
  end

endmodule
