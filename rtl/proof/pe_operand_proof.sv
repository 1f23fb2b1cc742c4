// An operand's way in: a word that is said to be in the spad was loaded, and is the one of its position, as long as it is
// needed; whatever arrives, and however the needed words move on.
module pe_operand_proof (
  input logic clk_i,
  input logic rst_ni,
  input logic valid_i,
  input logic [31:0] data_i,
  input logic more_i,           // the packet has two words
  input logic [1:0] forward_i,  // words that are not needed any more after this cycle
  input logic [1:0] ahead_i     // of the word that is read, from the lowest needed on
);

  // One word of the stream, any: its position and its value.
  (* anyconst *) logic [3:0] place;
  (* anyconst *) logic [15:0] value;
  (* anyconst *) logic [1:0] depth, size;

  logic        ready, present, loads;
  logic [15:0] word, position, lowest_q;
  orrery_array_pkg::pe_operand_registers_t registers;

  pe_operand #(
    .MaxSpad        (3),
    .MaxPackets     (2),
    .MaxPacketWords (2)
  ) u_operand (
    .clk_i          (clk_i),
    .rst_ni         (rst_ni),
    .start_i        (1'b0),
    .spad_words_i   ({14'd0, size}),
    .fifo_packets_i ({6'd0, depth}),
    .valid_i        (valid_i),
    .data_i         (data_i),
    .words_i        ({6'd0, more_i, ~more_i}),
    .ready_o        (ready),
    .position_i     (position),
    .lowest_i       (lowest_q),
    .present_o      (present),
    .word_o         (word),
    .loads_o        (loads),
    .registers_o    (registers)
  );

  logic started_q;
  initial started_q = 1'b0;
  assign position = lowest_q + {14'd0, ahead_i};

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    lowest_q <= rst_ni ? lowest_q + {14'd0, forward_i} : 16'd0;
  end

  always_comb begin
    assume (rst_ni == started_q);
    assume (depth == 2'd1 || depth == 2'd2);
    assume (size != 2'd0);
    assume (ahead_i < size);
    // The stream has its word at that place.
    if (started_q && valid_i) begin
      assume (registers.arrived != {12'd0, place} || data_i[15:0] == value);
      assume (registers.arrived + 16'd1 != {12'd0, place} || data_i[31:16] == value);
    end
    if (started_q) begin
      assert (registers.fifo_packets <= {6'd0, depth});
      assert (registers.loaded <= registers.arrived);
      assert (registers.loaded <= lowest_q + {14'd0, size});
      assert (present == (position < registers.loaded));
      assert (!present || position != {12'd0, place} || word == value);
    end
  end

endmodule
