// A bus from the GLB to the PEs. A packet goes to all PEs whose row ID and column ID it names, and leaves the GLB only
// when each of them has an entry of its FIFO free, which is then set aside.
module noc_multicast #(
  parameter int unsigned Rows = 2,
  parameter int unsigned Cols = 2,
  parameter int unsigned MaxWords = 4,   // of a packet
  parameter int unsigned WordBits = 16,
  parameter int unsigned MaxPackets = 4, // of a FIFO
  parameter int unsigned MaxLatency = 3
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic [3:0] latency_i,
  input  logic [7:0] depth_i,  // of the PEs' FIFOs
  // Of all PEs, by row, then by column.
  input  logic [Rows*Cols*12-1:0] ids_i,     // orrery_noc_pkg::noc_id_t
  input  logic [Rows*Cols-1:0]    listens_i, // else the bus does not reach it
  input  logic [Rows*Cols*8-1:0]  packets_i, // entries of its FIFO in use
  // The GLB's next packet.
  input  logic                         valid_i,
  input  logic [Rows-1:0]              y_mask_i,
  input  logic [Cols-1:0]              x_mask_i,
  input  logic [7:0]                   words_i,  // 1 to MaxWords
  input  logic [MaxWords*WordBits-1:0] data_i,
  output logic                         ready_o,
  output logic [Rows*Cols-1:0]         takes_o,  // PEs to which a packet leaves
  // To the PEs.
  output logic [Rows*Cols-1:0]         valid_o,
  output logic [7:0]                   words_o,
  output logic [MaxWords*WordBits-1:0] data_o
);

  localparam int unsigned Pes = Rows * Cols;
  localparam int unsigned CountBits = $clog2(MaxWords + 1);
  localparam int unsigned UnderWay = (MaxLatency == 0) ? 1 : (MaxLatency < MaxPackets) ? MaxLatency : MaxPackets;
  localparam int unsigned Width = Pes + CountBits + MaxWords * WordBits;
  localparam int unsigned YBits = (Rows > 1) ? $clog2(Rows) : 1;
  localparam int unsigned XBits = (Cols > 1) ? $clog2(Cols) : 1;

  logic [Pes-1:0] named, room, arriving;
  logic           sends, arrives;
  logic [CountBits-1:0] words;

  logic unused_ids;  // bits of IDs that are above the array's size
  assign unused_ids = ^ids_i;

  for (genvar i = 0; i < Pes; i++) begin : gen_pe
    assign named[i] = listens_i[i] & y_mask_i[ids_i[i*12+6 +: YBits]] & x_mask_i[ids_i[i*12 +: XBits]];

    noc_room #(
      .MaxPackets (UnderWay)
    ) u_room (
      .clk_i,
      .rst_ni,
      .depth_i,
      .packets_i (packets_i[i*8 +: 8]),
      .sent_i    (takes_o[i]),
      .arrives_i (valid_o[i]),
      .room_o    (room[i])
    );
  end

  assign ready_o = &(room | ~named);
  assign sends = valid_i & ready_o;
  assign takes_o = named & {Pes{sends}};

  noc_stages #(
    .Width      (Width),
    .MaxLatency (MaxLatency)
  ) u_wires (
    .clk_i,
    .rst_ni,
    .latency_i,
    .valid_i   (sends),
    .data_i    ({named, words_i[CountBits-1:0], data_i}),
    .valid_o   (arrives),
    .data_o    ({arriving, words, data_o})
  );

  assign valid_o = arriving & {Pes{arrives}};
  assign words_o = 8'(words);

  logic unused_words;
  assign unused_words = ^words_i;

endmodule
