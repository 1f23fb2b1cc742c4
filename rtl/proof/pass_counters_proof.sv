// The properties of pass_counters, of two counters of up to three steps, for any strides.
module pass_counters_proof (
  input logic clk_i,
  input logic rst_ni,
  input logic advance_i
);

  (* anyconst *) logic [1:0] outer_bound;
  (* anyconst *) logic [1:0] inner_bound;
  (* anyconst *) logic [3:0] outer;  // strides
  (* anyconst *) logic [3:0] inner;
  logic        started_q, start_q, starts, ends_psum, ends_window, ends_pass, exhausted, advance;
  logic [15:0] ifmap, filter, ifmap_lowest, filter_lowest;
  logic [ 3:0] psum;
  logic [orrery_array_pkg::Counters*16-1:0] step;
  orrery_array_pkg::pe_program_t told;

  always_comb begin
    told = '0;
    told.mapped = 1'b1;
    told.ifmap_words = 16'd255;
    told.filter_words = 16'd255;
    told.bound = {{14'd0, inner_bound}, {14'd0, outer_bound}, {6{16'd1}}};
    told.ifmap_stride = {{12'd0, inner}, {12'd0, outer}, 96'd0};
    told.filter_stride = {{12'd0, outer}, {12'd0, inner}, 96'd0};
  end

  pass_counters #(
    .PsumBits (4)
  ) u_counters (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .start_i         (start_q),
    .advance_i       (advance),
    .program_i       (told),
    .ifmap_o         (ifmap),
    .filter_o        (filter),
    .psum_o          (psum),
    .ifmap_lowest_o  (ifmap_lowest),
    .filter_lowest_o (filter_lowest),
    .starts_psum_o   (starts),
    .ends_psum_o     (ends_psum),
    .ends_window_o   (ends_window),
    .ends_pass_o     (ends_pass),
    .exhausted_o     (exhausted),
    .step_o          (step)
  );

  pass_counters_properties u_properties (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .start_i         (start_q),
    .advance_i       (advance),
    .program_i       (told),
    .ifmap_o         (ifmap),
    .filter_o        (filter),
    .ifmap_lowest_o  (ifmap_lowest),
    .filter_lowest_o (filter_lowest),
    .ends_psum_o     (ends_psum),
    .ends_pass_o     (ends_pass),
    .exhausted_o     (exhausted),
    .step_o          (step)
  );

  assign advance = advance_i & ~exhausted & ~start_q;
  initial started_q = 1'b0;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    start_q   <= ~rst_ni;
  end

  always_comb begin
    assume (rst_ni == started_q);
    assume (outer_bound != 2'd0 && inner_bound != 2'd0);
  end

endmodule
