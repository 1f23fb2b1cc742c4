// What all MAC twins share: how a datapath is configured, and what it says that it did.
package orrery_mac_pkg;

  // What a datapath did with a pair of operands; the values of MacAction in arch/mac.
  typedef enum logic [2:0] {
    ActionCompute = 3'd0,
    ActionGate = 3'd1,
    ActionSkip = 3'd2,
    ActionLutRead = 3'd3,
    ActionTableBuild = 3'd4
  } mac_action_e;

  // Coding of the fields of an operand word; the values of Coding in workloads/format.
  typedef enum logic [2:0] {
    CodingTwos = 3'd0,
    CodingUnsigned = 3'd1,
    CodingTernary = 3'd2,
    CodingFiveLevel = 3'd3,
    CodingPowerOfTwo = 3'd4,
    CodingSign = 3'd5
  } mac_coding_e;

  // How mac_lut multiplies.
  typedef enum logic [1:0] {
    OrganisationProductTable = 2'd0,
    OrganisationSharedTable = 2'd1,
    OrganisationBitSerial = 2'd2
  } mac_organisation_e;

  // Set before a layer and stable from reset on.
  typedef struct packed {
    logic [4:0] product_shift;      // 0..30, arithmetic (floor)
    logic [5:0] product_bits;       // 8..32, at most psum_bits
    logic [5:0] psum_bits;          // 8..32
    logic       saturate;           // psums saturate; else they wrap
    logic [15:0] ifmap_zero;        // zero points, two's complement
    logic [8:0] filter_zero;
    logic [4:0] ifmap_bits;         // of a field
    logic [4:0] filter_bits;
    logic [2:0] ifmap_coding;       // mac_coding_e
    logic [2:0] filter_coding;      // mac_coding_e
    logic [1:0] organisation;       // mac_organisation_e
  } mac_cfg_t;

endpackage
