// Operands and steps on their way to the PEs of an array in lock step: each bus word to all PEs that it names, in one
// cycle. It names rows, columns and, of ifmap words, what the PEs call it, which differs from row to row on a diagonal.
module lock_step_multicast #(
  parameter int unsigned Rows = 4,
  parameter int unsigned Cols = 4,
  parameter int unsigned BusWords = 4,
  parameter int unsigned Pes = Rows * Cols,  // these follow
  parameter int unsigned WordBits = 25 + Rows + Cols,
  parameter int unsigned CommandBits = $bits(orrery_lock_step_pkg::step_command_t)
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
      logic        ifmap_valid, filter_valid;
      logic [15:0] ifmap, filter;
      always_comb begin
        ifmap_valid  = 1'b0;
        filter_valid = 1'b0;
        ifmap        = '0;
        filter       = '0;
        for (int unsigned i = 0; i < BusWords; i++) begin
          if (ifmap_i[i*WordBits + WordBits-1] && ifmap_i[i*WordBits + Cols + row] && ifmap_i[i*WordBits + col] &&
              ifmap_i[i*WordBits + Cols + Rows +: 8] == names_i[Pe*8 +: 8]) begin
            ifmap_valid = ifmap_valid_i;
            ifmap       = ifmap | ifmap_i[i*WordBits + Cols + Rows + 8 +: 16];
          end
          if (filter_i[i*WordBits + WordBits-1] && filter_i[i*WordBits + Cols + row] && filter_i[i*WordBits + col]) begin
            filter_valid = filter_valid_i;
            filter       = filter | filter_i[i*WordBits + Cols + Rows + 8 +: 16];
          end
        end
      end
      assign ifmap_valid_o[Pe] = ifmap_valid;
      assign ifmap_slot_o[Pe*16 +: 16] = ifmap_slot_i;
      assign ifmap_o[Pe*16 +: 16] = ifmap;
      assign filter_valid_o[Pe] = filter_valid;
      assign filter_shadow_o[Pe] = filter_shadow_i;
      assign filter_slot_o[Pe*16 +: 16] = filter_slot_i;
      assign filter_o[Pe*16 +: 16] = filter;
      assign command_o[Pe*CommandBits +: CommandBits] = command_i;
    end
  end
  assign passes_ifmap_o = '0;
  assign passes_filter_o = '0;

  logic [BusWords-1:0] unused_names;
  for (genvar i = 0; i < BusWords; i++) begin : gen_unused
    assign unused_names[i] = ^filter_i[i*WordBits + Cols + Rows +: 8];
  end
  logic unused_inputs;
  assign unused_inputs = ^{clk_i, rst_ni, cfg_i, filter_last_i, unused_names};

endmodule
