// An operand's way into a PE: a FIFO of packets, and the ring-shaped spad that it fills, a word a cycle. Word k of the
// stream sits in slot k modulo the spad's size.
module pe_operand #(
  parameter int unsigned MaxSpad = 16,
  parameter int unsigned MaxPackets = 4,
  parameter int unsigned MaxPacketWords = 4
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,  // words are counted from zero again; the FIFO is empty
  input  logic [15:0] spad_words_i,
  input  logic [ 7:0] fifo_packets_i,
  input  logic        valid_i,
  input  logic [MaxPacketWords*16-1:0] data_i,
  input  logic [ 7:0] words_i,
  output logic        ready_o,
  input  logic [15:0] position_i,  // of the word that is read
  input  logic [15:0] lowest_i,    // words below are not needed any more
  input  logic        quiet_i,     // the word at position_i need not be read: word_o is any
  output logic        present_o,   // the word is in the spad, if it is needed
  output logic [15:0] word_o,
  output logic        loads_o,
  output orrery_array_pkg::pe_operand_registers_t registers_o
);

  localparam int unsigned SlotBits = (MaxSpad > 1) ? $clog2(MaxSpad) : 1;

  logic [15:0] arrived_q, loaded_q;
  logic [SlotBits-1:0] slot_q;  // of word loaded_q
  logic [15:0] fifo_word;
  logic [ 7:0] packets;
  logic        filled;

  fifo #(
    .Width      (16),
    .MaxPackets (MaxPackets),
    .MaxWords   (MaxPacketWords)
  ) u_fifo (
    .clk_i,
    .rst_ni,
    .depth_i   (fifo_packets_i),
    .valid_i,
    .data_i,
    .words_i,
    .ready_o,
    .valid_o   (filled),
    .word_o    (fifo_word),
    .next_i    (loads_o),
    .packets_o (packets)
  );

  // Words that nobody needs are loaded too: the slot in front of them is free.
  logic [SlotBits:0] spad_words;
  assign spad_words = spad_words_i[SlotBits:0];
  assign loads_o = filled && {1'b0, loaded_q} < {1'b0, lowest_i} + 17'(spad_words);
  assign present_o = position_i < loaded_q;

  // The words from lowest_i on have slots of their own, so the one at position_i was loaded 1 to spad_words_i words ago.
  logic [SlotBits:0] back, read_slot;
  always_comb begin
    back      = (SlotBits + 1)'(loaded_q - position_i);
    read_slot = {1'b0, slot_q} - back;
    if ({1'b0, slot_q} < back) begin
      read_slot = read_slot + spad_words;
    end
  end

  // A word that nobody wants is not read: the spad's port stays at the one before.
  logic [SlotBits-1:0] held_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      held_q <= '0;
    end else if (!quiet_i) begin
      held_q <= read_slot[SlotBits-1:0];
    end
  end

  spad #(
    .Width (16),
    .Words (MaxSpad)
  ) u_spad (
    .clk_i,
    .write_i      (loads_o),
    .write_slot_i (slot_q),
    .write_word_i (fifo_word),
    .read_slot_i  (quiet_i ? held_q : read_slot[SlotBits-1:0]),
    .read_word_o  (word_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      arrived_q <= '0;
      loaded_q  <= '0;
      slot_q    <= '0;
    end else if (start_i) begin
      arrived_q <= '0;
      loaded_q  <= '0;
      slot_q    <= '0;
    end else begin
      if (valid_i && ready_o) begin
        arrived_q <= arrived_q + 16'(words_i);
      end
      if (loads_o) begin
        loaded_q <= loaded_q + 16'd1;
        slot_q   <= (slot_q == SlotBits'(spad_words - 1'b1)) ? '0 : slot_q + 1'b1;
      end
    end
  end

  assign registers_o.fifo_packets = packets;
  assign registers_o.arrived = arrived_q;
  assign registers_o.loaded = loaded_q;
  assign registers_o.freed = lowest_i;

  logic unused_slot;
  assign unused_slot = ^{read_slot, spad_words_i};

endmodule
