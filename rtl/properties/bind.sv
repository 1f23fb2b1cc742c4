// Where the properties stand in a simulation; yosys reads them in the wrappers of rtl/proof.
bind fifo fifo_properties #(.Width (Width)) u_properties (.*);
bind psum_out_fifo psum_out_fifo_properties #(.MaxWords (MaxWords)) u_properties (.*);
bind pe_operand pe_operand_properties u_properties (.*);
bind pass_counters pass_counters_properties u_properties (.*);
bind noc_room noc_room_properties u_properties (.*);
bind noc_link noc_link_properties u_properties (.*);
bind psum_collect psum_collect_properties #(
  .Pes            (Rows * Cols),
  .MaxPacketPsums (MaxPacketPsums),
  .Integers       ((Mac == orrery_array_pkg::MacInt16Dfp) ? 0 : 1)
) u_properties (
  .psum_bits_i (mac_cfg_i.psum_bits),
  .saturate_i  (mac_cfg_i.saturate),
  .*
);
bind pe psum_spad_properties #(
  .Words    (MaxPsumSpad),
  .Bits     (PsumBits),
  .Integers ((Mac == orrery_array_pkg::MacInt16Dfp) ? 0 : 1)
) u_psum_properties (
  .psum_bits_i  (u_adder.cfg_i.psum_bits),
  .saturate_i   (u_adder.cfg_i.saturate),
  .done_i       (phase_q == orrery_array_pkg::PhaseDone),
  .issues_i     (psum_leaves),
  .write_i      (term_valid & (slot.starts | ~term_gated)),
  .read_i       (slot.merge | (term_valid & ~term_gated & ~slot.starts)),
  .leaves_i     (slot.leaves),
  .slot_i       (slot.psum[PsumBits-1:0]),
  .term_valid_i (term_valid),
  .term_i       (term),
  .takes_i      (slot.takes),
  .incoming_i   (slot.incoming),
  .left_i       (left),
  .*
);
