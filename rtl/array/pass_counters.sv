// The nested counters of a pass, and where they point to in its three streams. Each counter keeps the word at which its
// present step begins: a step adds its stride, and the counters inside begin there again.
module pass_counters #(
  parameter int unsigned PsumBits = 16  // of a psum's place in the window
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        start_i,    // all to zero
  input  logic        advance_i,  // to the next MAC
  input  orrery_array_pkg::pe_program_t program_i,
  output logic [15:0] ifmap_o,  // the next MAC's word of the stream
  output logic [15:0] filter_o,
  output logic [PsumBits-1:0] psum_o,  // and psum of the window
  output logic [15:0] ifmap_lowest_o,  // of the words that it or a later one needs; the stream's length: none
  output logic [15:0] filter_lowest_o,
  output logic        starts_psum_o,  // the MAC is its psum's first
  output logic        ends_psum_o,
  output logic        ends_window_o,
  output logic        ends_pass_o,
  output logic        exhausted_o,  // no MAC is left
  output logic [orrery_array_pkg::Counters*16-1:0] step_o
);

  localparam int unsigned N = orrery_array_pkg::Counters;

  logic [N*16-1:0] step_q, ifmap_q, filter_q;
  logic [N*PsumBits-1:0] psum_q;
  logic            exhausted_q;

  // Of each counter: the words at which its next step would begin, and whether its present one is its last.
  logic [N*16-1:0] ifmap_next, filter_next;
  logic [N*PsumBits-1:0] psum_next;
  logic [   N-1:0] first, last, moves, sums, in_window;

  for (genvar i = 0; i < N; i++) begin : gen_counter
    assign ifmap_next[i*16 +: 16] = ifmap_q[i*16 +: 16] + program_i.ifmap_stride[i*16 +: 16];
    assign filter_next[i*16 +: 16] = filter_q[i*16 +: 16] + program_i.filter_stride[i*16 +: 16];
    assign psum_next[i*PsumBits +: PsumBits] = psum_q[i*PsumBits +: PsumBits] + program_i.psum_stride[i*16 +: PsumBits];
    assign first[i] = step_q[i*16 +: 16] == 16'd0;
    assign last[i] = step_q[i*16 +: 16] + 16'd1 == program_i.bound[i*16 +: 16];
    assign in_window[i] = 4'(i) >= program_i.window;
    if (i == N - 1) begin : gen_innermost
      assign moves[i] = 1'b1;
    end else begin : gen_outer
      assign moves[i] = &last[N-1:i+1];
    end
    assign sums[i] = in_window[i] & program_i.reduction[i];
  end

  // The outermost counter of those that move is the one that steps, and the only one that is not at its last step.
  logic [    15:0] ifmap_stepped, filter_stepped;  // 0: none is left
  logic [PsumBits-1:0] psum_stepped;

  always_comb begin
    ifmap_stepped  = 16'd0;
    filter_stepped = 16'd0;
    psum_stepped   = '0;
    for (int unsigned i = 0; i < N; i++) begin
      if (moves[i] && !last[i]) begin
        ifmap_stepped  = ifmap_next[i*16 +: 16];
        filter_stepped = filter_next[i*16 +: 16];
        psum_stepped   = psum_next[i*PsumBits +: PsumBits];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      step_q      <= '0;
      ifmap_q     <= '0;
      filter_q    <= '0;
      psum_q      <= '0;
      exhausted_q <= 1'b0;
    end else if (start_i) begin
      step_q      <= '0;
      ifmap_q     <= '0;
      filter_q    <= '0;
      psum_q      <= '0;
      exhausted_q <= 1'b0;
    end else if (advance_i) begin
      exhausted_q <= ends_pass_o;
      for (int unsigned i = 0; i < N; i++) begin
        if (moves[i]) begin
          step_q[i*16 +: 16]   <= last[i] ? 16'd0 : step_q[i*16 +: 16] + 16'd1;
          ifmap_q[i*16 +: 16]  <= ifmap_stepped;
          filter_q[i*16 +: 16] <= filter_stepped;
          psum_q[i*PsumBits +: PsumBits] <= psum_stepped;
        end
      end
    end
  end

  // Every later MAC comes after some counter's next step, with the counters inside it from zero on, and strides are
  // never negative.
  always_comb begin
    ifmap_lowest_o  = ifmap_o;
    filter_lowest_o = filter_o;
    for (int unsigned i = 0; i < N; i++) begin
      if (!last[i] && ifmap_next[i*16 +: 16] < ifmap_lowest_o) ifmap_lowest_o = ifmap_next[i*16 +: 16];
      if (!last[i] && filter_next[i*16 +: 16] < filter_lowest_o) filter_lowest_o = filter_next[i*16 +: 16];
    end
    if (exhausted_q) begin
      ifmap_lowest_o  = program_i.ifmap_words;
      filter_lowest_o = program_i.filter_words;
    end
  end

  assign ifmap_o = ifmap_q[N*16-1 -: 16];
  assign filter_o = filter_q[N*16-1 -: 16];
  assign psum_o = psum_q[N*PsumBits-1 -: PsumBits];
  assign starts_psum_o = &(first | ~sums);
  assign ends_psum_o = &(last | ~sums);
  assign ends_window_o = &(last | ~in_window);
  assign ends_pass_o = &last;
  assign exhausted_o = exhausted_q;
  assign step_o = step_q;

  logic unused_program;
  assign unused_program = ^{program_i.mapped, program_i.takes_psums, program_i.window_psums, program_i.psum_stride};

endmodule
