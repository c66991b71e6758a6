// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <cstdint>
#include <string>
#include <vector>

/// Which linears keep more bits: the arithmetic behind the fallback editor.
namespace batlab::views {

/// The linears that read one site of one layer, which share a precision.
struct FallbackUnit
{
    int layer = 0;
    Site site = Site::t1;
    double weights = 0; ///< how many
    double width = 0; ///< inputs of the linears: what scales are shared along
    double error = 0; ///< relative output error summed over the linears, at `measured`
    std::string measured; ///< format the error was measured in
    std::string format; ///< chosen
};

/// What raising costs and brings.
struct FallbackPoint
{
    double bits = 0; ///< per weight, over all units
    double error = 0; ///< estimated sum of relative output errors
};

/// The formats a unit can take, fewest bits first: "mxfp4", "mxfp8-e4m3", "bf16".
[[nodiscard]] const std::vector<std::string> &fallbackFormats();
/// Error of a format relative to another: each bit of mantissa quarters the error's power (E2M1
/// has 1, E4M3 3, bf16 7); formats it knows nothing about count as E2M1.
[[nodiscard]] double errorRatio(const std::string &from, const std::string &to);
[[nodiscard]] double estimatedError(const FallbackUnit &unit);
[[nodiscard]] FallbackPoint pointOf(const std::vector<FallbackUnit> &units);
/// Bytes of all units' weights.
[[nodiscard]] double weightBytes(const std::vector<FallbackUnit> &units);

/// Greedy: again and again the step to the next format that takes away the most error for each bit
/// it adds, of those that fit under `bits` per weight. Starts from the units as they are and never
/// lowers one. `path` gets the point after each step, the start first.
[[nodiscard]] std::vector<FallbackUnit> greedyFallback(std::vector<FallbackUnit> units, double bits,
                                                       std::vector<FallbackPoint> *path = nullptr);

/// Lines of a "precision" stage: runs of layers with one format joined. Only units that differ from
/// `base` (same order) are named.
[[nodiscard]] std::vector<std::string> precisionLines(const std::vector<FallbackUnit> &units,
                                                      const std::vector<FallbackUnit> &base);

} // namespace batlab::views
