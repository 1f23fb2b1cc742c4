// The PE array and its NoC: buses from and to the GLB, links between PEs, PEs on their own.
//
//        ifmap, filter, psum in            psum out
//             |  |  |                         ^
//          [ PE ] [ PE ] ... Cols  ------> collector
//             ^      ^                        |
//          [ PE ] [ PE ]       ---------------+
//            ...  Rows; links hand psums to the row before
module pe_array #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned Rows = 2,
  parameter int unsigned Cols = 2,
  parameter int unsigned MaxIfmapSpad = 16,
  parameter int unsigned MaxFilterSpad = 16,
  parameter int unsigned MaxPsumSpad = 16,
  parameter int unsigned MaxFifoPackets = 4,
  parameter int unsigned MaxIfmapPacketWords = 4,
  parameter int unsigned MaxFilterPacketWords = 4,
  parameter int unsigned MaxPacketPsums = 4,
  parameter int unsigned MaxLatency = 3
) (
  input  logic clk_i,
  input  logic rst_ni,
  // What the array is set to holds from the cycle after on.
  input  orrery_array_pkg::pe_cfg_t pe_cfg_i,
  input  orrery_noc_pkg::array_cfg_t cfg_i,
  // The next pass: what it is, of each PE by row, then by column. Taken over when it starts.
  input  logic next_valid_i,
  input  logic [31:0] next_packets_i,  // that leave on the psum-out bus
  input  logic [Rows*Cols*orrery_noc_pkg::ProgramSlot-1:0] next_programs_i,
  input  logic [Rows*Cols*orrery_noc_pkg::RoleSlot-1:0] next_roles_i,
  // Buses from the GLB: the next packet of each, and to which PEs one leaves.
  input  logic                                ifmap_valid_i,
  input  logic [Rows-1:0]                     ifmap_y_i,
  input  logic [Cols-1:0]                     ifmap_x_i,
  input  logic [7:0]                          ifmap_words_i,
  input  logic [MaxIfmapPacketWords*16-1:0]   ifmap_data_i,
  input  logic                                filter_valid_i,
  input  logic [Rows-1:0]                     filter_y_i,
  input  logic [Cols-1:0]                     filter_x_i,
  input  logic [7:0]                          filter_words_i,
  input  logic [MaxFilterPacketWords*16-1:0]  filter_data_i,
  input  logic                                psum_in_valid_i,
  input  logic [Rows-1:0]                     psum_in_y_i,
  input  logic [Cols-1:0]                     psum_in_x_i,
  input  logic [7:0]                          psum_in_words_i,
  input  logic [MaxPacketPsums*32-1:0]        psum_in_data_i,
  // The bus to the GLB: whose packet is next; one that leaves.
  input  logic                                psum_out_valid_i,
  input  logic [Rows-1:0]                     psum_out_y_i,
  input  logic [Cols-1:0]                     psum_out_x_i,
  output logic                                ifmap_ready_o,
  output logic                                filter_ready_o,
  output logic                                psum_in_ready_o,
  output logic [Rows*Cols-1:0]                ifmap_takes_o,
  output logic [Rows*Cols-1:0]                filter_takes_o,
  output logic [Rows*Cols-1:0]                psum_in_takes_o,
  output logic                                psum_out_taken_o,
  output logic                                psum_out_busy_o,
  output logic [Rows*Cols-1:0]                psum_out_takes_o,
  output logic [7:0]                          psum_out_words_o,
  output logic [MaxPacketPsums*32-1:0]        psum_out_data_o,
  // The pass: pass_controller.
  output logic                                start_o,
  output logic                                handed_o,
  output logic                                done_o,
  // Of each PE.
  output logic [Rows*Cols*8-1:0]              status_o,  // orrery_array_pkg::pe_status_t
  output logic [Rows*Cols-1:0]                starts_o,  // its MAC is its psum's first
  output logic [Rows*Cols-1:0]                hops_o,    // a packet leaves for the PE above
  output logic [Rows*Cols*8-1:0]              hop_psums_o
);

  localparam int unsigned Pes = Rows * Cols;
  localparam int unsigned PsumBits = MaxPacketPsums * 32;
  localparam int unsigned ProgramBits = orrery_noc_pkg::ProgramBits;
  localparam int unsigned RoleBits = orrery_noc_pkg::RoleBits;

  orrery_array_pkg::pe_cfg_t pe_cfg_q;
  orrery_noc_pkg::array_cfg_t cfg_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      pe_cfg_q <= '0;
      cfg_q    <= '0;
    end else begin
      pe_cfg_q <= pe_cfg_i;
      cfg_q    <= cfg_i;
    end
  end

  logic [Pes-1:0] finishes;
  logic           psum_start, hold_psums, landed;

  pass_controller u_controller (
    .clk_i,
    .rst_ni,
    .pipelined_i    (cfg_q.pipelined),
    .next_valid_i,
    .next_packets_i,
    .finishes_i     (&finishes),
    .psum_landed_i  (landed),
    .start_o,
    .psum_start_o   (psum_start),
    .handed_o,
    .done_o,
    .hold_psums_o   (hold_psums)
  );

  // What PEs are told, by the buses that need to know.
  logic [Pes*12-1:0] ifmap_ids, filter_ids, psum_in_ids, psum_out_ids;
  logic [Pes-1:0]    mapped, to_above, from_bus, to_bus;

  // What they say.
  logic [Pes*8-1:0]        ifmap_packets, filter_packets, psum_in_packets, psum_out_words;
  logic [Pes*PsumBits-1:0] psum_out_data;
  logic [Pes-1:0]          psum_out_ready;

  // What the buses bring them.
  logic [Pes-1:0] ifmap_valid, filter_valid, psum_in_valid;
  logic [7:0]     ifmap_words, filter_words, psum_in_words;
  logic [MaxIfmapPacketWords*16-1:0]  ifmap_data;
  logic [MaxFilterPacketWords*16-1:0] filter_data;
  logic [PsumBits-1:0]                psum_in_data;
  logic                               psum_in_room;

  noc_multicast #(
    .Rows       (Rows),
    .Cols       (Cols),
    .MaxWords   (MaxIfmapPacketWords),
    .WordBits   (16),
    .MaxPackets (MaxFifoPackets),
    .MaxLatency (MaxLatency)
  ) u_ifmap_bus (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_q.ifmap_latency),
    .depth_i   (pe_cfg_q.ifmap_fifo_packets),
    .ids_i     (ifmap_ids),
    .listens_i (mapped),
    .packets_i (ifmap_packets),
    .valid_i   (ifmap_valid_i),
    .y_mask_i  (ifmap_y_i),
    .x_mask_i  (ifmap_x_i),
    .words_i   (ifmap_words_i),
    .data_i    (ifmap_data_i),
    .ready_o   (ifmap_ready_o),
    .takes_o   (ifmap_takes_o),
    .valid_o   (ifmap_valid),
    .words_o   (ifmap_words),
    .data_o    (ifmap_data)
  );

  noc_multicast #(
    .Rows       (Rows),
    .Cols       (Cols),
    .MaxWords   (MaxFilterPacketWords),
    .WordBits   (16),
    .MaxPackets (MaxFifoPackets),
    .MaxLatency (MaxLatency)
  ) u_filter_bus (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_q.filter_latency),
    .depth_i   (pe_cfg_q.filter_fifo_packets),
    .ids_i     (filter_ids),
    .listens_i (mapped),
    .packets_i (filter_packets),
    .valid_i   (filter_valid_i),
    .y_mask_i  (filter_y_i),
    .x_mask_i  (filter_x_i),
    .words_i   (filter_words_i),
    .data_i    (filter_data_i),
    .ready_o   (filter_ready_o),
    .takes_o   (filter_takes_o),
    .valid_o   (filter_valid),
    .words_o   (filter_words),
    .data_o    (filter_data)
  );

  noc_multicast #(
    .Rows       (Rows),
    .Cols       (Cols),
    .MaxWords   (MaxPacketPsums),
    .WordBits   (32),
    .MaxPackets (MaxFifoPackets),
    .MaxLatency (MaxLatency)
  ) u_psum_in_bus (
    .clk_i,
    .rst_ni,
    .latency_i (cfg_q.psum_in_latency),
    .depth_i   (pe_cfg_q.psum_in_fifo_packets),
    .ids_i     (psum_in_ids),
    .listens_i (from_bus),
    .packets_i (psum_in_packets),
    .valid_i   (psum_in_valid_i & ~hold_psums),
    .y_mask_i  (psum_in_y_i),
    .x_mask_i  (psum_in_x_i),
    .words_i   (psum_in_words_i),
    .data_i    (psum_in_data_i),
    .ready_o   (psum_in_room),
    .takes_o   (psum_in_takes_o),
    .valid_o   (psum_in_valid),
    .words_o   (psum_in_words),
    .data_o    (psum_in_data)
  );

  assign psum_in_ready_o = psum_in_room & ~hold_psums;

  psum_collect #(
    .Mac            (Mac),
    .Rows           (Rows),
    .Cols           (Cols),
    .MaxPacketPsums (MaxPacketPsums),
    .MaxLatency     (MaxLatency)
  ) u_collector (
    .clk_i,
    .rst_ni,
    .mac_cfg_i (pe_cfg_q.mac_cfg),
    .cycles_i  (cfg_q.collect_cycles),
    .latency_i (cfg_q.psum_out_latency),
    .valid_i   (psum_out_valid_i),
    .y_mask_i  (psum_out_y_i),
    .x_mask_i  (psum_out_x_i),
    .ids_i     (psum_out_ids),
    .listens_i (to_bus),
    .ready_i   (psum_out_ready),
    .data_i    (psum_out_data),
    .words_i   (psum_out_words),
    .takes_o   (psum_out_takes_o),
    .taken_o   (psum_out_taken_o),
    .busy_o    (psum_out_busy_o),
    .data_o    (psum_out_data_o),
    .words_o   (psum_out_words_o),
    .landed_o  (landed)
  );

  assign hop_psums_o = psum_out_words;

  // Links: the PE above takes what its neighbour below has ready. The last row has nobody below.
  logic [(Pes+Cols)-1:0]          up_valid;
  logic [(Pes+Cols)*PsumBits-1:0] up_data;
  logic [(Pes+Cols)*8-1:0]        up_words;
  logic [(Pes+Cols)-1:0]          up_ready;

  assign up_valid = {{Cols{1'b0}}, to_above & psum_out_ready};
  assign up_data = {{Cols*PsumBits{1'b0}}, psum_out_data};
  assign up_words = {{Cols*8{1'b0}}, psum_out_words};
  assign up_ready[Cols-1:0] = '0;
  assign hops_o = up_valid[Pes-1:0] & up_ready[Pes-1:0];

  for (genvar i = 0; i < Pes; i++) begin : gen_pe
    logic [RoleBits-1:0] role, psum_role;
    logic unused_role;
    assign {ifmap_ids[i*12 +: 12], filter_ids[i*12 +: 12]} = role[47:24];
    assign {psum_in_ids[i*12 +: 12], psum_out_ids[i*12 +: 12]} = psum_role[23:0];
    assign unused_role = ^{role, psum_role};

    pe_place #(
      .Mac                  (Mac),
      .MaxIfmapSpad         (MaxIfmapSpad),
      .MaxFilterSpad        (MaxFilterSpad),
      .MaxPsumSpad          (MaxPsumSpad),
      .MaxFifoPackets       (MaxFifoPackets),
      .MaxIfmapPacketWords  (MaxIfmapPacketWords),
      .MaxFilterPacketWords (MaxFilterPacketWords),
      .MaxPacketPsums       (MaxPacketPsums),
      .MaxLatency           (MaxLatency)
    ) u_place (
      .clk_i,
      .rst_ni,
      .pe_cfg_i          (pe_cfg_q),
      .cfg_i             (cfg_q),
      .start_i           (start_o),
      .psum_start_i      (psum_start),
      .hold_psums_i      (hold_psums),
      .next_program_i    (next_programs_i[i*orrery_noc_pkg::ProgramSlot +: ProgramBits]),
      .next_role_i       (next_roles_i[i*orrery_noc_pkg::RoleSlot +: RoleBits]),
      .role_o            (role),
      .psum_role_o       (psum_role),
      .mapped_o          (mapped[i]),
      .from_bus_o        (from_bus[i]),
      .to_bus_o          (to_bus[i]),
      .to_above_o        (to_above[i]),
      .ifmap_valid_i     (ifmap_valid[i]),
      .ifmap_data_i      (ifmap_data),
      .ifmap_words_i     (ifmap_words),
      .ifmap_packets_o   (ifmap_packets[i*8 +: 8]),
      .filter_valid_i    (filter_valid[i]),
      .filter_data_i     (filter_data),
      .filter_words_i    (filter_words),
      .filter_packets_o  (filter_packets[i*8 +: 8]),
      .psum_in_valid_i   (psum_in_valid[i]),
      .psum_in_data_i    (psum_in_data),
      .psum_in_words_i   (psum_in_words),
      .psum_in_packets_o (psum_in_packets[i*8 +: 8]),
      .psum_out_valid_o  (psum_out_ready[i]),
      .psum_out_data_o   (psum_out_data[i*PsumBits +: PsumBits]),
      .psum_out_words_o  (psum_out_words[i*8 +: 8]),
      .psum_out_ready_i  (psum_out_takes_o[i] | hops_o[i]),
      .below_valid_i     (up_valid[i+Cols]),
      .below_data_i      (up_data[(i+Cols)*PsumBits +: PsumBits]),
      .below_words_i     (up_words[(i+Cols)*8 +: 8]),
      .below_ready_o     (up_ready[i+Cols]),
      .status_o          (status_o[i*8 +: 8]),
      .starts_o          (starts_o[i]),
      .finishes_o        (finishes[i])
    );
  end

  logic unused_padding;  // of programs and roles
  assign unused_padding = ^{next_programs_i, next_roles_i};

  logic unused_links;  // of the first row, and of the last
  assign unused_links = ^{to_above, up_ready, up_data, up_words};

endmodule
