// The psum-out bus. It takes packets in the order that the GLB tells, each when all PEs that it names have theirs ready;
// at most one in each row. Those of several rows are summed in the cycle in which they leave, from the first row on.
module psum_collect #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned Rows = 2,
  parameter int unsigned Cols = 2,
  parameter int unsigned MaxPacketPsums = 4,
  parameter int unsigned MaxLatency = 3
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_mac_pkg::mac_cfg_t mac_cfg_i,
  input  logic [7:0] cycles_i,   // for which a packet holds the bus
  input  logic [3:0] latency_i,
  // The packet whose turn it is.
  input  logic            valid_i,
  input  logic [Rows-1:0] y_mask_i,
  input  logic [Cols-1:0] x_mask_i,
  // Of all PEs, by row, then by column.
  input  logic [Rows*Cols*12-1:0] ids_i,     // orrery_noc_pkg::noc_id_t
  input  logic [Rows*Cols-1:0]    listens_i, // hands psums to the bus
  input  logic [Rows*Cols-1:0]    ready_i,   // has a packet ready
  input  logic [Rows*Cols*MaxPacketPsums*32-1:0] data_i,
  input  logic [Rows*Cols*8-1:0]  words_i,
  output logic [Rows*Cols-1:0]    takes_o,
  // To the GLB: a packet in the first cycle of its transfer, and the end of transfer and latency.
  output logic                    taken_o,
  output logic                    busy_o,    // an earlier transfer is under way
  output logic [MaxPacketPsums*32-1:0] data_o,
  output logic [7:0]              words_o,
  output logic                    landed_o
);

  localparam int unsigned Pes = Rows * Cols;
  localparam int unsigned Width = MaxPacketPsums * 32;
  localparam int unsigned YBits = (Rows > 1) ? $clog2(Rows) : 1;
  localparam int unsigned XBits = (Cols > 1) ? $clog2(Cols) : 1;

  logic [Pes-1:0] named;
  logic           all_ready, free, unused_landed;

  logic unused_ids;  // bits of IDs that are above the array's size
  assign unused_ids = ^ids_i;

  for (genvar i = 0; i < Pes; i++) begin : gen_pe
    assign named[i] = listens_i[i] & y_mask_i[ids_i[i*12+6 +: YBits]] & x_mask_i[ids_i[i*12 +: XBits]];
  end

  assign all_ready = valid_i & (&(ready_i | ~named)) & (|named);
  assign taken_o = all_ready & free;
  assign busy_o = ~free;
  assign takes_o = named & {Pes{taken_o}};

  // What the PE of each row that is named gives, and the sums of the rows so far.
  logic [Rows*Width-1:0] row_data;
  logic [Rows*Width-1:0] sums  /*verilator split_var*/;
  logic [Rows-1:0]       row_named;
  logic [Rows:0]         earlier  /*verilator split_var*/;  // one of the rows before is named
  logic [Rows*8-1:0]     row_words;
  logic [Rows*8-1:0]     words  /*verilator split_var*/;

  assign earlier[0] = 1'b0;

  for (genvar row = 0; row < Rows; row++) begin : gen_row
    always_comb begin
      row_named[row]                 = |named[row*Cols +: Cols];
      row_data[row*Width +: Width]   = '0;
      row_words[row*8 +: 8]          = '0;
      for (int unsigned col = 0; col < Cols; col++) begin
        if (taken_o && named[row*Cols+col]) begin
          row_data[row*Width +: Width] = row_data[row*Width +: Width] | data_i[(row*Cols+col)*Width +: Width];
          row_words[row*8 +: 8]        = row_words[row*8 +: 8] | words_i[(row*Cols+col)*8 +: 8];
        end
      end
    end

    assign earlier[row+1] = earlier[row] | row_named[row];

    if (row == 0) begin : gen_first
      assign sums[row*Width +: Width] = row_data[row*Width +: Width];
      assign words[row*8 +: 8] = row_words[row*8 +: 8];
    end else begin : gen_next
      logic [Width-1:0] sum;
      assign words[row*8 +: 8] = words[(row-1)*8 +: 8] | row_words[row*8 +: 8];
      for (genvar k = 0; k < MaxPacketPsums; k++) begin : gen_psum
        psum_adder #(
          .Mac (Mac)
        ) u_add (
          .cfg_i (mac_cfg_i),
          .a_i   (sums[(row-1)*Width+k*32 +: 32]),
          .b_i   (row_data[row*Width+k*32 +: 32]),
          .sum_o (sum[k*32 +: 32])
        );
      end
      always_comb begin
        sums[row*Width +: Width] = sums[(row-1)*Width +: Width];
        if (row_named[row]) begin
          sums[row*Width +: Width] = earlier[row] ? sum : row_data[row*Width +: Width];
        end
      end
    end
  end

  logic unused_sums;  // of an array of one row
  assign unused_sums = ^{mac_cfg_i, row_named, earlier};

  assign data_o = sums[(Rows-1)*Width +: Width];
  assign words_o = words[(Rows-1)*8 +: 8];

  noc_link #(
    .Width      (1),
    .MaxLatency (MaxLatency)
  ) u_wires (
    .clk_i,
    .rst_ni,
    .cycles_i,
    .latency_i,
    .valid_i (taken_o),
    .data_i  (1'b1),
    .ready_o (free),
    .valid_o (landed_o),
    .data_o  (unused_landed)
  );

endmodule
