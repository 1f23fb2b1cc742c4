// Operands and steps on their way to the PEs of a systolic array in lock step. They come in at the last row and at
// column 0 and move on by a PE a cycle: steps up column 0 and along the rows, ifmap words along their row, filter words up
// their column. Rows and columns further in have theirs later by as many cycles, so that all meet in each PE.
//
// Where psums climb, filters shift in: a column's words move up by a row with each one that comes in behind them, and
// with an item's last word every PE keeps the word that has come to it.
module lock_step_systolic #(
  parameter int unsigned Rows = 4,
  parameter int unsigned Cols = 4,
  parameter int unsigned BusWords = 4,
  parameter int unsigned Pes = Rows * Cols,  // these follow
  parameter int unsigned WordBits = 25 + Rows + Cols,
  parameter int unsigned CommandBits = 256
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lock_step_pkg::lock_step_cfg_t cfg_i,
  input  logic [Pes*8-1:0] names_i,
  input  orrery_lock_step_pkg::step_command_t command_i,
  // Words are {valid, word, name, rows, columns}; one that shifts in names a column, and in row 0 whether its PE takes it.
  input  logic                         ifmap_valid_i,
  input  logic [15:0]                  ifmap_slot_i,
  input  logic [BusWords*WordBits-1:0] ifmap_i,
  input  logic                         filter_valid_i,
  input  logic                         filter_last_i,  // of its item
  input  logic                         filter_shadow_i,
  input  logic [15:0]                  filter_slot_i,
  input  logic [BusWords*WordBits-1:0] filter_i,
  output logic [Pes*CommandBits-1:0] command_o,
  output logic [Pes-1:0]    ifmap_valid_o,
  output logic [Pes*16-1:0] ifmap_slot_o,
  output logic [Pes*16-1:0] ifmap_o,
  output logic [Pes-1:0]    filter_valid_o,
  output logic [Pes-1:0]    filter_shadow_o,
  output logic [Pes*16-1:0] filter_slot_o,
  output logic [Pes*16-1:0] filter_o,
  output logic [Pes-1:0]    passes_ifmap_o,  // a word is here that this PE, or one further on, takes
  output logic [Pes-1:0]    passes_filter_o
);

  localparam int unsigned StepBits = orrery_lock_step_pkg::StepBits;
  localparam int unsigned RowBits = 32 + Cols;    // of a word in a row: {slot, word, columns}
  localparam int unsigned ColBits = 35 + Rows;    // in a column: {shifts, keeps, shadow, slot, word, rows}
  localparam int unsigned MostSkew = (Rows > 1) ? Rows - 1 : 1;
  localparam int unsigned ColSkew = (Cols > 1) ? Cols - 1 : 1;

  logic shifts_in;
  assign shifts_in = cfg_i.route == orrery_lock_step_pkg::RouteColumn;

  // What comes in at the edge.
  logic [Rows-1:0]         row_edge_valid;
  logic [Rows*RowBits-1:0] row_edge;
  logic [Cols-1:0]         col_edge_valid;
  logic [Cols*ColBits-1:0] col_edge;

  for (genvar row = 0; row < Rows; row++) begin : gen_row_edge
    logic            valid;
    logic [15:0]     word;
    logic [Cols-1:0] cols;
    always_comb begin
      valid = 1'b0;
      word  = '0;
      cols  = '0;
      for (int unsigned i = 0; i < BusWords; i++) begin
        if (ifmap_i[i*WordBits + WordBits-1] && ifmap_i[i*WordBits + Cols + row]) begin
          valid = ifmap_valid_i;
          word  = word | ifmap_i[i*WordBits + Cols + Rows + 8 +: 16];
          cols  = cols | ifmap_i[i*WordBits +: Cols];
        end
      end
    end
    bus_delay #(
      .Width      (RowBits),
      .MaxLatency (MostSkew)
    ) u_skew (
      .clk_i,
      .rst_ni,
      .latency_i (cfg_i.rows - 8'(row) - 8'd1),
      .valid_i   (valid),
      .data_i    ({ifmap_slot_i, word, cols}),
      .valid_o   (row_edge_valid[row]),
      .data_o    (row_edge[row*RowBits +: RowBits])
    );
  end

  for (genvar col = 0; col < Cols; col++) begin : gen_col_edge
    logic            valid;
    logic [15:0]     word;
    logic [Rows-1:0] rows;
    always_comb begin
      valid = 1'b0;
      word  = '0;
      rows  = '0;
      for (int unsigned i = 0; i < BusWords; i++) begin
        if (filter_i[i*WordBits + WordBits-1] && filter_i[i*WordBits + col]) begin
          valid = filter_valid_i;
          word  = word | filter_i[i*WordBits + Cols + Rows + 8 +: 16];
          rows  = rows | filter_i[i*WordBits + Cols +: Rows];
        end
      end
    end
    bus_delay #(
      .Width      (ColBits),
      .MaxLatency (ColSkew)
    ) u_skew (
      .clk_i,
      .rst_ni,
      .latency_i (8'(col)),
      .valid_i   (valid | (filter_valid_i & filter_last_i & shifts_in)),
      .data_i    ({valid, filter_last_i, filter_shadow_i, filter_slot_i, word, rows}),
      .valid_o   (col_edge_valid[col]),
      .data_o    (col_edge[col*ColBits +: ColBits])
    );
  end

  // Behind each PE.
  logic [Pes*CommandBits-1:0] command_q;
  logic [Pes-1:0]             row_valid_q, col_valid_q;
  logic [Pes*RowBits-1:0]     row_q;
  logic [Pes*ColBits-1:0]     col_q;
  logic [Pes*17-1:0]          passed_q;  // {taken, word} that the PE above comes to next

  for (genvar row = 0; row < Rows; row++) begin : gen_row
    for (genvar col = 0; col < Cols; col++) begin : gen_col
      localparam int unsigned Pe = row * Cols + col;
      localparam int unsigned Left = (col == 0) ? Pe : Pe - 1;
      localparam int unsigned Below = (row == Rows - 1) ? Pe : Pe + Cols;
      systolic_place #(
        .Rows (Rows),
        .Cols (Cols)
      ) u_place (
        .clk_i,
        .rst_ni,
        .row_i           (8'(row)),
        .col_i           (8'(col)),
        .last_row_i      (8'(row) + 8'd1 == cfg_i.rows),
        .shifts_in_i     (shifts_in),
        .command_i,
        .command_left_i  (command_q[Left*CommandBits +: StepBits]),
        .command_below_i (command_q[Below*CommandBits +: StepBits]),
        .row_valid_i     ((col == 0) ? row_edge_valid[row] : row_valid_q[Left]),
        .row_word_i      ((col == 0) ? row_edge[row*RowBits +: RowBits] : row_q[Left*RowBits +: RowBits]),
        .edge_valid_i    (col_edge_valid[col]),
        .edge_i          (col_edge[col*ColBits +: ColBits]),
        .below_valid_i   (col_valid_q[Below]),
        .below_i         (col_q[Below*ColBits +: ColBits]),
        .passed_below_i  (passed_q[Below*17 +: 17]),
        .command_o       (command_o[Pe*CommandBits +: StepBits]),
        .command_q_o     (command_q[Pe*CommandBits +: StepBits]),
        .row_valid_q_o   (row_valid_q[Pe]),
        .row_q_o         (row_q[Pe*RowBits +: RowBits]),
        .col_valid_q_o   (col_valid_q[Pe]),
        .col_q_o         (col_q[Pe*ColBits +: ColBits]),
        .passed_q_o      (passed_q[Pe*17 +: 17]),
        .ifmap_valid_o   (ifmap_valid_o[Pe]),
        .ifmap_slot_o    (ifmap_slot_o[Pe*16 +: 16]),
        .ifmap_o         (ifmap_o[Pe*16 +: 16]),
        .filter_valid_o  (filter_valid_o[Pe]),
        .filter_shadow_o (filter_shadow_o[Pe]),
        .filter_slot_o   (filter_slot_o[Pe*16 +: 16]),
        .filter_o        (filter_o[Pe*16 +: 16]),
        .passes_ifmap_o  (passes_ifmap_o[Pe]),
        .passes_filter_o (passes_filter_o[Pe])
      );
      assign command_q[Pe*CommandBits + StepBits +: CommandBits - StepBits] = '0;
      assign command_o[Pe*CommandBits + StepBits +: CommandBits - StepBits] = '0;
    end
  end

  logic [BusWords*8-1:0] unused_names;
  for (genvar i = 0; i < BusWords; i++) begin : gen_unused
    assign unused_names[i*8 +: 8] = ifmap_i[i*WordBits + Cols + Rows +: 8] ^ filter_i[i*WordBits + Cols + Rows +: 8];
  end
  logic unused_inputs;
  assign unused_inputs = ^{names_i, unused_names, cfg_i};

endmodule
