// The properties of psum_out_fifo, served as a PE serves it: a psum that issues is put one cycle later, and its packet is
// complete one after that.
module psum_out_fifo_proof (
  input logic clk_i,
  input logic rst_ni,
  input logic leave_i,  // a psum issues, if there is room
  input logic last_i,   // as the last of its packet
  input logic psum_i,
  input logic ready_i
);

  (* anyconst *) logic [1:0] depth;
  logic        room, valid, begins_q, issues, open, ends, put_q, last_q, land_q, psum_q, started_q;
  logic [63:0] data;
  logic [ 7:0] words, packets, complete;

  psum_out_fifo #(
    .MaxPackets (2),
    .MaxWords   (2)
  ) u_fifo (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .depth_i    ({6'd0, depth}),
    .open_i     (open),
    .room_o     (room),
    .put_i      (put_q),
    .psum_i     ({31'd0, psum_q}),
    .last_i     (last_q),
    .land_i     (land_q),
    .valid_o    (valid),
    .data_o     (data),
    .words_o    (words),
    .ready_i    (ready_i),
    .packets_o  (packets),
    .complete_o (complete)
  );

  psum_out_fifo_properties #(
    .MaxWords (2)
  ) u_properties (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .depth_i    ({6'd0, depth}),
    .open_i     (open),
    .room_o     (room),
    .put_i      (put_q),
    .valid_o    (valid),
    .data_o     (data),
    .words_o    (words),
    .ready_i    (ready_i),
    .packets_o  (packets),
    .complete_o (complete)
  );

  // A packet has two psums at most.
  assign issues = leave_i & (room | ~begins_q);
  assign open = issues & begins_q;
  assign ends = last_i | ~begins_q;
  initial started_q = 1'b0;

  always_ff @(posedge clk_i) begin
    started_q <= 1'b1;
    begins_q  <= ~rst_ni | (issues ? ends : begins_q);
    put_q     <= rst_ni & issues;
    last_q    <= rst_ni & issues & ends;
    land_q    <= rst_ni & put_q & last_q;
    psum_q    <= psum_i;
  end

  always_comb begin
    assume (rst_ni == started_q);
    assume (depth == 2'd1 || depth == 2'd2);
  end

endmodule
