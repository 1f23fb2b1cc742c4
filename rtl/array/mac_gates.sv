// Whether a MAC keeps a pair of operand words quiet.
module mac_gates #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16
) (
  input  orrery_mac_pkg::mac_cfg_t cfg_i,
  input  logic [15:0] ifmap_i,
  input  logic [15:0] filter_i,
  output logic        gates_o
);

  if (Mac == orrery_array_pkg::MacZeroGated) begin : gen_ifmap
    assign gates_o = ifmap_i == cfg_i.ifmap_zero;
  end else if (Mac == orrery_array_pkg::MacTernary) begin : gen_ternary
    assign gates_o = ~filter_i[0];
  end else if (Mac == orrery_array_pkg::MacShift) begin : gen_shift
    assign gates_o = (cfg_i.filter_coding == orrery_mac_pkg::CodingPowerOfTwo) ? filter_i[2:0] == 3'd0 : ~filter_i[1];
  end else begin : gen_none
    assign gates_o = 1'b0;
  end

  logic unused_inputs;
  assign unused_inputs = ^{cfg_i, ifmap_i, filter_i};

endmodule
