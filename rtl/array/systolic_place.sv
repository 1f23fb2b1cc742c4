// What stands in front of and behind a PE of a systolic array: registers that hand steps and words on to the next ones.
module systolic_place #(
  parameter int unsigned Rows = 4,
  parameter int unsigned Cols = 4,
  parameter int unsigned StepBits = orrery_lock_step_pkg::StepBits,  // these follow
  parameter int unsigned RowBits = 32 + Cols,  // {slot, word, columns}
  parameter int unsigned ColBits = 35 + Rows   // {shifts, keeps, shadow, slot, word, rows}
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic [7:0]          row_i,
  input  logic [7:0]          col_i,
  input  logic                last_row_i,
  input  logic                shifts_in_i,
  input  logic [StepBits-1:0] command_i,  // of the controller
  input  logic [StepBits-1:0] command_left_i,
  input  logic [StepBits-1:0] command_below_i,
  input  logic                row_valid_i,
  input  logic [RowBits-1:0]  row_word_i,
  input  logic                edge_valid_i,  // below the last row
  input  logic [ColBits-1:0]  edge_i,
  input  logic                below_valid_i,
  input  logic [ColBits-1:0]  below_i,
  input  logic [16:0]         passed_below_i,
  output logic [StepBits-1:0] command_o,
  output logic [StepBits-1:0] command_q_o,
  output logic                row_valid_q_o,
  output logic [RowBits-1:0]  row_q_o,
  output logic                col_valid_q_o,
  output logic [ColBits-1:0]  col_q_o,
  output logic [16:0]         passed_q_o,  // {taken, word} that the PE above comes to next
  output logic                ifmap_valid_o,
  output logic [15:0]         ifmap_slot_o,
  output logic [15:0]         ifmap_o,
  output logic                filter_valid_o,
  output logic                filter_shadow_o,
  output logic [15:0]         filter_slot_o,
  output logic [15:0]         filter_o,
  output logic                passes_ifmap_o,
  output logic                passes_filter_o
);

  assign command_o = (col_i != 8'd0) ? command_left_i : last_row_i ? command_i : command_below_i;

  // Along the row: columns from this one on.
  logic [Cols-1:0] cols;
  assign cols = row_word_i[Cols-1:0] >> col_i;
  assign passes_ifmap_o = row_valid_i & (|cols);
  assign ifmap_valid_o = row_valid_i & cols[0];
  assign ifmap_slot_o = row_word_i[Cols+16 +: 16];
  assign ifmap_o = row_word_i[Cols +: 16];

  // Up the column: rows from this one up.
  logic               up_valid;
  logic [ColBits-1:0] up;
  logic [Rows-1:0]    this_row, rows;
  logic [16:0]        here, kept_q;
  assign up_valid = last_row_i ? edge_valid_i : below_valid_i;
  assign up = last_row_i ? edge_i : below_i;
  assign this_row = Rows'(1) << row_i;
  assign rows = up[Rows-1:0] & (this_row | (this_row - Rows'(1)));
  assign here = !up[ColBits-1] ? kept_q : last_row_i ? {up[0], up[Rows +: 16]} : passed_below_i;
  assign passes_filter_o = up_valid & ~shifts_in_i & (|rows);
  assign filter_valid_o = up_valid & (shifts_in_i ? up[ColBits-2] & here[16] : |(up[Rows-1:0] & this_row));
  assign filter_shadow_o = up[ColBits-3];
  assign filter_slot_o = up[Rows+16 +: 16];
  assign filter_o = shifts_in_i ? here[15:0] : up[Rows +: 16];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      command_q_o   <= '0;
      row_valid_q_o <= 1'b0;
      row_q_o       <= '0;
      col_valid_q_o <= 1'b0;
      col_q_o       <= '0;
      kept_q        <= '0;
      passed_q_o    <= '0;
    end else begin
      command_q_o   <= command_o;
      row_valid_q_o <= row_valid_i;
      row_q_o       <= row_word_i;
      col_valid_q_o <= up_valid;
      col_q_o       <= up;
      if (up_valid && up[ColBits-1]) begin
        kept_q     <= here;
        passed_q_o <= kept_q;
      end
    end
  end

endmodule
