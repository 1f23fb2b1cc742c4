// A lane's MAC and its psums, in two banks: those of one round, or of several that add up, leave while others grow.
module column_psums #(
  parameter int unsigned Mac = orrery_array_pkg::MacInt16,
  parameter int unsigned MaxPsums = 16,
  parameter int unsigned MaxStages = 6,
  parameter int unsigned PsumBits = (MaxPsums > 1) ? $clog2(MaxPsums) : 1  // follows
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  orrery_lanes_pkg::lane_cfg_t cfg_i,
  input  logic bank_i,        // that grows
  input  logic [1:0] full_i,  // banks whose psums leave
  input  logic clears_i,      // all psums of the other bank, which grows from the next cycle on
  input  logic entry_valid_i,
  input  logic [PsumBits-1:0] entry_psum_i,
  input  logic [15:0] entry_ifmap_i,
  input  logic [15:0] entry_filter_i,
  // A psum that an entry met, pipeline_stages cycles after the entry was walked.
  output logic        valid_o,
  output logic [PsumBits-1:0] at_o,
  output logic [31:0] psum_o,
  // Of a full bank.
  input  logic        read_bank_i,
  input  logic [PsumBits-1:0] read_i,
  output logic [31:0] read_o
);

  localparam int unsigned MinStages = orrery_lanes_pkg::MinPipelineStages;

  orrery_mac_pkg::mac_cfg_t mac_cfg;
  assign mac_cfg = cfg_i.mac_cfg;

  logic                valid;
  logic [PsumBits-1:0] at, at_q, at_term_q;
  logic [        15:0] ifmap, filter;

  bus_delay #(
    .Width      (PsumBits + 32),
    .MaxLatency (MaxStages - MinStages)
  ) u_stages (
    .clk_i,
    .rst_ni,
    .latency_i ({2'd0, cfg_i.pipeline_stages} - 8'(MinStages)),
    .valid_i   (entry_valid_i),
    .data_i    ({entry_psum_i, entry_ifmap_i, entry_filter_i}),
    .valid_o   (valid),
    .data_o    ({at, ifmap, filter})
  );

  logic [31:0] term, own, sum;
  logic        gated;

  mac_unit #(
    .Mac (Mac)
  ) u_mac (
    .clk_i,
    .rst_ni,
    .cfg_i    (mac_cfg),
    .chain_i  (16'd1),
    .valid_i  (valid),
    .ifmap_i  (ifmap),
    .filter_i (filter),
    .last_i   (1'b1),
    .valid_o,
    .term_o   (term),
    .gated_o  (gated)
  );

  psum_adder #(
    .Mac (Mac)
  ) u_adder (
    .cfg_i (mac_cfg),
    .a_i   (own),
    .b_i   (gated ? 32'd0 : term),
    .sum_o (sum)
  );

  // Psums that no entry has met are zero, whatever stands in the spad.
  logic [2*MaxPsums-1:0] met_q;
  logic [          63:0] words;
  logic [           1:0] met;

  for (genvar b = 0; b < 2; b++) begin : gen_bank
    logic [PsumBits-1:0] slot;
    assign slot = full_i[b] ? read_i : at_term_q;
    spad #(
      .Width (32),
      .Words (MaxPsums)
    ) u_psums (
      .clk_i,
      .write_i      (valid_o & (bank_i == 1'(b))),
      .write_slot_i (at_term_q),
      .write_word_i (sum),
      .read_slot_i  (slot),
      .read_word_o  (words[b*32 +: 32])
    );
    assign met[b] = met_q[b*MaxPsums + 32'(slot)];
  end

  logic other;
  assign other = ~bank_i;
  assign own = met[bank_i] ? words[32*bank_i +: 32] : '0;
  assign read_o = met[read_bank_i] ? words[32*read_bank_i +: 32] : '0;
  assign at_o = at_term_q;
  assign psum_o = sum;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      met_q     <= '0;
      at_q      <= '0;
      at_term_q <= '0;
    end else begin
      at_q      <= at;
      at_term_q <= at_q;
      if (valid_o) begin
        met_q[32'(bank_i)*MaxPsums + 32'(at_term_q)] <= 1'b1;
      end
      if (clears_i) begin
        for (int unsigned i = 0; i < MaxPsums; i++) begin
          met_q[32'(other)*MaxPsums + i] <= 1'b0;
        end
      end
    end
  end

  logic unused_cfg;
  assign unused_cfg = ^{cfg_i, mac_cfg};

endmodule
