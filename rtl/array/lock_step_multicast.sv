// Operands and steps on their way to the PEs of an array in lock step: each bus word to all PEs that it names, in one
// cycle. It names rows, columns and, of ifmap words, what the PEs call it, which differs from row to row on a diagonal.
module lock_step_multicast #(
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
  input  logic [Pes*8-1:0] names_i,  // of each PE's ifmap words in this pass
  input  orrery_lock_step_pkg::step_command_t command_i,
  // Words are {valid, word, name, rows, columns}.
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
  output logic [Pes-1:0]    passes_ifmap_o,  // none: nothing moves from PE to PE
  output logic [Pes-1:0]    passes_filter_o
);

  for (genvar row = 0; row < Rows; row++) begin : gen_row
    for (genvar col = 0; col < Cols; col++) begin : gen_col
      localparam int unsigned Pe = row * Cols + col;
      multicast_tap #(
        .Rows     (Rows),
        .Cols     (Cols),
        .BusWords (BusWords)
      ) u_tap (
        .row_i          (8'(row)),
        .col_i          (8'(col)),
        .name_i         (names_i[Pe*8 +: 8]),
        .ifmap_valid_i,
        .ifmap_i,
        .filter_valid_i,
        .filter_i,
        .ifmap_valid_o  (ifmap_valid_o[Pe]),
        .ifmap_o        (ifmap_o[Pe*16 +: 16]),
        .filter_valid_o (filter_valid_o[Pe]),
        .filter_o       (filter_o[Pe*16 +: 16])
      );
      assign ifmap_slot_o[Pe*16 +: 16] = ifmap_slot_i;
      assign filter_shadow_o[Pe] = filter_shadow_i;
      assign filter_slot_o[Pe*16 +: 16] = filter_slot_i;
      assign command_o[Pe*CommandBits +: CommandBits] = CommandBits'(command_i);
    end
  end
  assign passes_ifmap_o = '0;
  assign passes_filter_o = '0;

  logic unused_inputs;
  assign unused_inputs = ^{clk_i, rst_ni, cfg_i, filter_last_i};

endmodule
