// What a PE multiplies with: the term of a pair of operand words, MacStages cycles later (4 of mac_int16_dfp, 2 of all
// others). A pair enters in every cycle. Pairs of one psum follow each other where the MAC keeps chains.
module mac_unit #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic [15:0] chain_i,  // products of a chain
  input  logic        valid_i,
  input  logic [15:0] ifmap_i,
  input  logic [15:0] filter_i,
  input  logic        last_i,   // of its psum's pairs
  output logic        valid_o,
  output logic [31:0] term_o,   // of a pair that does not end its chain: 0
  output logic        gated_o   // the pair was kept quiet
);

  // The term enters no psum in the datapath: that comes after (psum_adder).
  localparam logic [31:0] NoPsum = 32'd0;

  logic       ends_chain, unused_ready;
  logic [2:0] action;

  if (Mac == orrery_array_pkg::MacInt16Dfp) begin : gen_chain
    logic [15:0] products_q;  // of the present chain
    assign ends_chain = last_i | (products_q + 16'd1 == chain_i);
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        products_q <= '0;
      end else if (valid_i) begin
        products_q <= ends_chain ? '0 : products_q + 16'd1;
      end
    end
  end else begin : gen_no_chain
    assign ends_chain = last_i;
    logic unused_chain;
    assign unused_chain = ^chain_i;
  end

`define ORRERY_TWIN(NAME)                                                                                        \
    NAME u_mac (                                                                                                 \
      .clk_i, .rst_ni, .cfg_i, .valid_i, .ifmap_i, .filter_i,                                                    \
      .psum_i (NoPsum), .last_i (ends_chain), .ready_i (1'b1), .ready_o (unused_ready),                          \
      .valid_o, .psum_o (term_o), .action_o (action)                                                             \
    );

  if (Mac == orrery_array_pkg::MacInt8) begin : gen_int8
    `ORRERY_TWIN(mac_int8)
  end else if (Mac == orrery_array_pkg::MacInt16) begin : gen_int16
    `ORRERY_TWIN(mac_int16)
  end else if (Mac == orrery_array_pkg::MacInt16Dfp) begin : gen_int16_dfp
    `ORRERY_TWIN(mac_int16_dfp)
  end else if (Mac == orrery_array_pkg::MacZeroGated) begin : gen_zero_gated
    `ORRERY_TWIN(mac_zero_gated)
  end else if (Mac == orrery_array_pkg::MacLut) begin : gen_lut
    `ORRERY_TWIN(mac_lut)
  end else if (Mac == orrery_array_pkg::MacBinary) begin : gen_binary
    `ORRERY_TWIN(mac_binary)
  end else if (Mac == orrery_array_pkg::MacTernary) begin : gen_ternary
    `ORRERY_TWIN(mac_ternary)
  end else if (Mac == orrery_array_pkg::MacShift) begin : gen_shift
    `ORRERY_TWIN(mac_shift)
  end else begin : gen_unknown
    $error("a PE has no such MAC");
  end

`undef ORRERY_TWIN

  assign gated_o = action == orrery_mac_pkg::ActionGate;

endmodule
