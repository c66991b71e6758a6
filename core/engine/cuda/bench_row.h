// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

/// The arithmetic of a benchmark's row, without a GPU: tests check it on the host.
namespace batlab::cuda {

/// What one benchmark compares.
struct Pair
{
    std::string name, against;
    std::vector<std::int64_t> shape;
    double target = 0; ///< of the ratio
    double bytes = 0; ///< ours reads and writes; 0: counts flop
    double flop = 0;
    double scale = 1; ///< the baseline's time counts this often (it moves other bytes)
    std::function<void(int)> ours, baseline; ///< of the set of inputs
};

/// The value below which `share` of the values lie, the lower neighbour; values is not empty.
[[nodiscard]] double quantile(std::vector<double> values, double share);

/// The row as JSON (bench.h): ratios of each pair of times, medians. As many baselines as own.
[[nodiscard]] std::string rowText(const Pair &pair, const std::vector<double> &own,
                                  const std::vector<double> &baseline);
/// The row of a benchmark that could not be measured.
[[nodiscard]] std::string errorText(const Pair &pair, const std::string &what);

/// Bytes that a pass over n elements moves: `in` and `out` bytes an element; packed MXFP4 counts
/// half a byte and a 32nd for its scale.
inline constexpr double kPackedBytes = 0.5 + 1.0 / 32;
[[nodiscard]] inline double moved(double n, double in, double out) { return n * (in + out); }
/// The time of a device copy of bf16 (4 bytes an element) counts this often for `bytes`.
[[nodiscard]] inline double copyScale(double n, double bytes) { return bytes / (4 * n); }

} // namespace batlab::cuda
