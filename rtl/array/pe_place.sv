// A PE in its place in the array: what it is told, the link from the PE below, and the PE.
module pe_place #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
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
  input  orrery_array_pkg::pe_cfg_t pe_cfg_i,
  input  orrery_noc_pkg::array_cfg_t cfg_i,
  // pass_controller: the next program and role are taken over at a start, what psums need of them when their time comes.
  input  logic start_i,
  input  logic psum_start_i,
  input  logic hold_psums_i,
  input  orrery_array_pkg::pe_program_t next_program_i,
  input  orrery_noc_pkg::pe_role_t next_role_i,
  output orrery_noc_pkg::pe_role_t role_o,       // of the pass whose operations run
  output orrery_noc_pkg::pe_role_t psum_role_o,  // of the pass whose psums move
  output logic mapped_o,    // it listens to the operand buses,
  output logic from_bus_o,  // to the psum-in bus,
  output logic to_bus_o,    // hands psums to the psum-out bus,
  output logic to_above_o,  // or to the PE above
  // Buses.
  input  logic ifmap_valid_i,
  input  logic [MaxIfmapPacketWords*16-1:0] ifmap_data_i,
  input  logic [7:0] ifmap_words_i,
  output logic [7:0] ifmap_packets_o,  // entries of the FIFO in use
  input  logic filter_valid_i,
  input  logic [MaxFilterPacketWords*16-1:0] filter_data_i,
  input  logic [7:0] filter_words_i,
  output logic [7:0] filter_packets_o,
  input  logic psum_in_valid_i,
  input  logic [MaxPacketPsums*32-1:0] psum_in_data_i,
  input  logic [7:0] psum_in_words_i,
  output logic [7:0] psum_in_packets_o,
  output logic psum_out_valid_o,
  output logic [MaxPacketPsums*32-1:0] psum_out_data_o,
  output logic [7:0] psum_out_words_o,
  input  logic psum_out_ready_i,
  // The PE below: its packet goes up the link where it is ready, the link free and an entry of the FIFO too.
  input  logic below_valid_i,
  input  logic [MaxPacketPsums*32-1:0] below_data_i,
  input  logic [7:0] below_words_i,
  output logic below_ready_o,
  output orrery_array_pkg::pe_status_t status_o,
  output logic starts_o,    // the MAC is its psum's first
  output logic finishes_o   // no operation is left after this cycle
);

  localparam int unsigned PsumBits = MaxPacketPsums * 32;
  localparam int unsigned CountBits = $clog2(MaxPacketPsums + 1);  // of the psums of a packet
  // Packets on a link: no more than stages, but for one that passes in several cycles.
  localparam int unsigned UnderWay = (MaxLatency == 0) ? 1 : (MaxLatency < MaxFifoPackets) ? MaxLatency : MaxFifoPackets;

  orrery_array_pkg::pe_program_t program_q, program_now;
  orrery_noc_pkg::pe_role_t role_q, psum_role_q;
  logic psum_mapped_q, takes_psums_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      program_q     <= '0;
      role_q        <= '0;
      psum_role_q   <= '0;
      psum_mapped_q <= 1'b0;
      takes_psums_q <= 1'b0;
    end else begin
      if (start_i) begin
        program_q <= next_program_i;
        role_q    <= next_role_i;
      end
      if (psum_start_i) begin
        psum_role_q   <= start_i ? next_role_i : role_q;
        psum_mapped_q <= start_i ? next_program_i.mapped : program_q.mapped;
        takes_psums_q <= start_i ? next_program_i.takes_psums : program_q.takes_psums;
      end
    end
  end

  // Of the new program the PE needs to know, before it holds, whether it is mapped.
  always_comb begin
    program_now        = program_q;
    program_now.mapped = next_program_i.mapped;
  end

  assign role_o = role_q;
  assign psum_role_o = psum_role_q;
  assign mapped_o = program_q.mapped;
  assign from_bus_o = psum_mapped_q & takes_psums_q & ~psum_role_q.from_below;
  assign to_bus_o = psum_mapped_q & ~psum_role_q.to_above;
  assign to_above_o = psum_mapped_q & psum_role_q.to_above;

  logic                room, free, link_valid;
  logic [CountBits-1:0] link_words;
  logic [PsumBits-1:0] link_data;

  noc_room #(
    .MaxPackets (UnderWay)
  ) u_room (
    .clk_i,
    .rst_ni,
    .depth_i   (pe_cfg_i.psum_in_fifo_packets),
    .packets_i (psum_in_packets_o),
    .sent_i    (below_valid_i & below_ready_o),
    .arrives_i (link_valid),
    .room_o    (room)
  );

  assign below_ready_o = room & free;

  noc_link #(
    .Width      (CountBits + PsumBits),
    .MaxLatency (MaxLatency)
  ) u_link (
    .clk_i,
    .rst_ni,
    .cycles_i  (cfg_i.link_cycles),
    .latency_i (cfg_i.link_latency),
    .valid_i   (below_valid_i & room),
    .data_i    ({below_words_i[CountBits-1:0], below_data_i}),
    .ready_o   (free),
    .valid_o   (link_valid),
    .data_o    ({link_words, link_data})
  );

  orrery_array_pkg::pe_registers_t registers;
  logic finishes, unused_ifmap_ready, unused_filter_ready, unused_psum_in_ready;

  pe #(
    .Mac                  (Mac),
    .MaxIfmapSpad         (MaxIfmapSpad),
    .MaxFilterSpad        (MaxFilterSpad),
    .MaxPsumSpad          (MaxPsumSpad),
    .MaxFifoPackets       (MaxFifoPackets),
    .MaxIfmapPacketWords  (MaxIfmapPacketWords),
    .MaxFilterPacketWords (MaxFilterPacketWords),
    .MaxPacketPsums       (MaxPacketPsums)
  ) u_pe (
    .clk_i,
    .rst_ni,
    .start_i,
    .cfg_i           (pe_cfg_i),
    .program_i       (program_now),
    .hold_psums_i,
    .ifmap_valid_i,
    .ifmap_data_i,
    .ifmap_words_i,
    .ifmap_ready_o   (unused_ifmap_ready),
    .filter_valid_i,
    .filter_data_i,
    .filter_words_i,
    .filter_ready_o  (unused_filter_ready),
    .psum_in_valid_i (psum_in_valid_i | link_valid),
    .psum_in_data_i  (link_valid ? link_data : psum_in_data_i),
    .psum_in_words_i (link_valid ? 8'(link_words) : psum_in_words_i),
    .psum_in_ready_o (unused_psum_in_ready),
    .psum_out_valid_o,
    .psum_out_data_o,
    .psum_out_words_o,
    .psum_out_ready_i,
    .status_o,
    .starts_o,
    .finishes_o      (finishes),
    .registers_o     (registers)
  );

  assign finishes_o = finishes | status_o.done;
  assign ifmap_packets_o = registers.ifmap.fifo_packets;
  assign filter_packets_o = registers.filter.fifo_packets;
  assign psum_in_packets_o = registers.psum_in_packets;

  logic unused_registers;
  assign unused_registers = ^{registers, cfg_i, below_words_i};

endmodule
