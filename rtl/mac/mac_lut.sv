// Operands of 1 to 4 bits, multiplied by reading tables, in one of three organisations: a table of all products; a
// row of the products of one ifmap operand with all filter codes, built when the operand changes; or the sums of
// every choice of four ifmap operands, built when they change and addressed by one bit of four filter operands a
// cycle, so that a pair of words takes filter_bits cycles.
module mac_lut (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic        valid_i,
  input  logic [15:0] ifmap_i,
  input  logic [15:0] filter_i,
  input  logic [31:0] psum_i,
  input  logic        last_i,
  input  logic        ready_i,
  output logic        ready_o,
  output logic        valid_o,
  output logic [31:0] psum_o,
  output logic [ 2:0] action_o
);

  logic load, emit, done, busy;

  mac_handshake u_handshake (
    .clk_i,
    .rst_ni,
    .valid_i,
    .ready_i,
    .done_i (done),
    .ready_o,
    .valid_o,
    .load_o (load),
    .emit_o (emit),
    .busy_o (busy)
  );

  logic ifmap_signed, filter_signed, serial, shared;
  assign ifmap_signed = cfg_i.ifmap_coding == orrery_mac_pkg::CodingTwos;
  assign filter_signed = cfg_i.filter_coding == orrery_mac_pkg::CodingTwos;
  assign serial = cfg_i.organisation == orrery_mac_pkg::OrganisationBitSerial;
  assign shared = cfg_i.organisation == orrery_mac_pkg::OrganisationSharedTable;

  // The integers of the ifmap word that comes in, on 5 bits each.
  logic [19:0] ifmaps;
  for (genvar lane = 0; lane < 4; lane++) begin : gen_ifmap
    mac_lut_field u_field (
      .word_i   (ifmap_i),
      .lane_i   (2'(lane)),
      .bits_i   (cfg_i.ifmap_bits),
      .signed_i (ifmap_signed),
      .value_o  (ifmaps[lane*5 +: 5])
    );
  end

  // The table of shared ifmap operands, 16 entries of 9 bits.
  logic [143:0] row, sums, table_q;
  logic [15:0] ifmap_q, filter_q;
  logic built_q, build, build_q, result_build_q;

  mac_lut_row u_row (
    .ifmap_i  (ifmaps[4:0]),
    .signed_i (filter_signed),
    .row_o    (row)
  );

  mac_lut_sums u_sums (
    .ifmaps_i (ifmaps),
    .sums_o   (sums)
  );

  assign build = (serial | shared) & ~(built_q && ifmap_q == ifmap_i);

  // One read: of the product table by two integers, of a row by the filter code, of the sums by a bit plane.
  logic signed [4:0] ifmap, filter;
  logic signed [8:0] tabled, read;
  logic [1:0] plane_q;
  logic [3:0] address;
  logic [15:0] planes;  // of the filter word, 4 lanes each

  mac_lut_field u_ifmap (
    .word_i   (ifmap_q),
    .lane_i   (2'd0),
    .bits_i   (cfg_i.ifmap_bits),
    .signed_i (ifmap_signed),
    .value_o  (ifmap)
  );

  mac_lut_field u_filter (
    .word_i   (filter_q),
    .lane_i   (2'd0),
    .bits_i   (cfg_i.filter_bits),
    .signed_i (filter_signed),
    .value_o  (filter)
  );

  mac_lut_product_table u_product_table (
    .ifmap_i   (ifmap),
    .filter_i  (filter),
    .product_o (tabled)
  );

  for (genvar lane = 0; lane < 4; lane++) begin : gen_plane
    logic signed [4:0] value;
    logic unused_sign;
    assign unused_sign = value[4];

    mac_lut_field u_field (
      .word_i   (filter_q),
      .lane_i   (2'(lane)),
      .bits_i   (cfg_i.filter_bits),
      .signed_i (1'b0),
      .value_o  (value)
    );
    for (genvar plane = 0; plane < 4; plane++) begin : gen_bit
      assign planes[plane*4+lane] = value[plane];
    end
  end

  assign address = serial ? planes[{plane_q, 2'd0} +: 4] : filter[3:0];
  assign read = (serial | shared) ? table_q[(8'd9 * {4'd0, address}) +: 9] : tabled;

  // Bit planes from the highest down; that of a sign counts negative.
  logic signed [11:0] partial_q, partial, wide;
  logic first_q;
  assign wide = 12'(read);
  assign partial = (partial_q <<< 1) + ((serial & first_q & filter_signed) ? -wide : wide);
  assign done = plane_q == 2'd0;

  logic [31:0] psum_q, sum_q, sum;

  mac_psum_add u_add (
    .cfg_i,
    .psum_i (psum_q),
    .term_i ({{20{partial[11]}}, partial}),
    .psum_o (sum)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ifmap_q        <= '0;
      filter_q       <= '0;
      psum_q         <= '0;
      table_q        <= '0;
      built_q        <= 1'b0;
      build_q        <= 1'b0;
      plane_q        <= '0;
      first_q        <= 1'b0;
      partial_q      <= '0;
      sum_q          <= '0;
      result_build_q <= 1'b0;
    end else begin
      if (emit) begin
        sum_q          <= sum;
        result_build_q <= build_q;
      end
      if (load) begin
        ifmap_q   <= ifmap_i;
        filter_q  <= filter_i;
        psum_q    <= psum_i;
        build_q   <= build;
        built_q   <= 1'b1;
        first_q   <= 1'b1;
        partial_q <= '0;
        plane_q   <= serial ? cfg_i.filter_bits[1:0] - 2'd1 : 2'd0;
        if (build) begin
          table_q <= serial ? sums : row;
        end
      end else if (busy && !done) begin
        first_q   <= 1'b0;
        partial_q <= partial;
        plane_q   <= plane_q - 2'd1;
      end
    end
  end

  assign psum_o = sum_q;
  assign action_o = result_build_q ? orrery_mac_pkg::ActionTableBuild : orrery_mac_pkg::ActionLutRead;

  logic unused_inputs;
  assign unused_inputs = last_i;

endmodule
