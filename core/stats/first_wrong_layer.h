// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace batlab {

/// Where a variant goes wrong first, from the relative output errors of its layers on the
/// calibration stream (LayerDone::relativeError, layer 0 first). Errors of earlier layers flow into
/// later ones, so that an error is judged by what stands beside it and not by its size.
struct WrongLayer
{
    std::int64_t layer = -1; ///< negative: none
    double factor = 0; ///< how far it lies above what it was compared with; infinite: not finite
    [[nodiscard]] bool found() const { return layer >= 0; }
};

/// The error of a layer that is wrong exceeds its baseline's by more than this factor: 3 dB.
inline constexpr double kWrongAgainstBaseline = 2;
/// ... or the median of the (up to three) layers before it. On SmolLM2-135M errors grow by less
/// than 1.6 a layer but for layers 2 (2.2 to 3.2) and 11 (2.7 to 4.7), where massive activations
/// are made.
inline constexpr double kWrongAgainstNeighbours = 2.5;

/// First layer whose error is more than kWrongAgainstBaseline times the baseline's, or not finite.
/// Layers that the baseline lacks, or gets exactly right, are passed over.
[[nodiscard]] WrongLayer firstWrongAgainst(std::span<const double> errors,
                                           std::span<const double> baseline);
/// First layer whose error is more than kWrongAgainstNeighbours times the median of the three
/// before it, or not finite. Layer 0 has nothing to be compared with.
[[nodiscard]] WrongLayer firstJump(std::span<const double> errors);

} // namespace batlab
