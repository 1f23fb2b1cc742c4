// The fetch of mac_zero_skip: of the operand pairs in a window, the first whose ifmap operand is not at its zero
// point is handed over, and those before it are passed over, all in one cycle.
module mac_look_ahead #(
  parameter int unsigned LookAhead = 4  // operand pairs looked at in a cycle, up to 4
) (
  input  logic [LookAhead-1:0] held_i,     // entries with a pair, from the oldest on
  input  logic [LookAhead-1:0] nonzero_i,  // of entries with a pair
  input  logic       ready_i,   // the datapath takes a pair in this cycle
  output logic       valid_o,   // there is one to take
  output logic [1:0] chosen_o,  // its entry
  output logic [2:0] leave_o    // pairs that leave the window at the end of this cycle
);

  always_comb begin
    valid_o  = 1'b0;
    chosen_o = 2'd0;
    leave_o  = 3'd0;
    for (int unsigned i = 0; i < LookAhead; i++) begin
      if (held_i[i] && !valid_o) begin
        if (nonzero_i[i]) begin
          valid_o  = 1'b1;
          chosen_o = 2'(i);
          leave_o  = leave_o + {2'd0, ready_i};
        end else begin
          leave_o = leave_o + 3'd1;
        end
      end
    end
  end

endmodule
