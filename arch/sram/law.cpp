#include "arch/sram/law.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace orrery {
namespace {

constexpr double kLeastWords = 64;
constexpr double kLeastKilobytes = 0.25;
constexpr double kBitsOfKilobyte = 8192;

struct Energy4 {
  double a, c, b, d;
  double at(double k, double w) const {
    const double root = std::sqrt(k);
    return a + c * w + (b + d * w) * root;
  }
};

struct EnergyLaw {
  double node_nm;
  Energy4 read, write;
};
// rms error 14 to 23 % (read) and 8 to 10 % (write), largest 64 %.
constexpr EnergyLaw kLowPower[] = {
    {90, {-1.260, -.02349, 4.477, .06317}, {.4016, .04704, 2.524, .09115}},
    {65, {-.3665, -.02254, 2.324, .03851}, {-.1104, .02842, 1.389, .04936}},
    {45, {-.1524, -.01122, 1.302, .02045}, {-.0623, .01415, .7567, .02604}},
    {40, {-.1291, -.00945, 1.051, .01721}, {-.0747, .01131, .6315, .02087}},
    {32, {-.0797, -.00629, .6839, .01192}, {-.0489, .00751, .4107, .01410}},
    {28, {-.0549, -.00471, .4785, .00955}, {-.0382, .00500, .2974, .01028}},
    {22, {-.0287, -.00309, .2827, .00586}, {-.0230, .00255, .1636, .00624}}};
constexpr EnergyLaw kHighPerformance[] = {
    {65, {-.2206, -.01536, 1.927, .02764}, {-.0019, .02313, .9937, .03628}},
    {45, {.0404, -.00833, .9090, .01655}, {.0578, .01338, .5357, .01995}},
    {32, {.0030, -.00484, .4968, .00932}, {.0153, .00658, .2827, .01089}}};

struct Linear {
  double node_nm;
  double first, second;
};
// mm2: first * K + second * W; rms 7 to 8 %.
constexpr Linear kArea[] = {{65, .00662, 2.7e-5},
                            {45, .00322, 1.3e-5},
                            {40, .00259, 1e-5},
                            {32, .00169, 6e-6},
                            {28, .00132, 5e-6}};
// ns: first + second * sqrt(K); rms 9 to 11 %.
constexpr Linear kLowPowerAccess[] = {{65, 1.14, .141}, {45, .713, .106}, {32, .545, .087}};
constexpr Linear kHighPerformanceAccess[] = {{65, .264, .075}, {45, .148, .052}, {32, .101, .041}};

template <class Entry>
const Entry& nearest_node(std::span<const Entry> table, double node_nm) {
  return *std::min_element(table.begin(), table.end(), [node_nm](const Entry& a, const Entry& b) {
    return std::abs(a.node_nm - node_nm) < std::abs(b.node_nm - node_nm);
  });
}

}  // namespace

Figures sram_law(double bytes, double width_bits, const Technology& technology) {
  const double k =
      std::max({bytes / 1024, kLeastKilobytes, kLeastWords * width_bits / kBitsOfKilobyte});
  const double node = technology.node_nm;
  const bool low = technology.cell == Cell::kLowPower;
  const auto& energy =
      nearest_node(low ? std::span<const EnergyLaw>(kLowPower) : kHighPerformance, node);
  const auto& area = nearest_node(std::span<const Linear>(kArea), node);
  const auto& access =
      nearest_node(low ? std::span<const Linear>(kLowPowerAccess) : kHighPerformanceAccess, node);
  return {energy.read.at(k, width_bits), energy.write.at(k, width_bits), k,
          area.first * k + area.second * width_bits, access.first + access.second * std::sqrt(k)};
}

}  // namespace orrery
