// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

/// The tables behind every quantizer: element grids and scale thresholds
/// (methods.md 1.1, 1.2, 1.4).
namespace batlab::kernels {

/// A sign-magnitude mini-float, or MXINT8 as the fixed-point grid k/64.
struct ElementFormat
{
    int mantissaBits; ///< stored mantissa bits
    int minExponent; ///< exponent of the smallest normal; below it the step is constant
    int maxExponent; ///< emax: exponent of the largest value, subtracted from the block's exponent
    float maxValue; ///< saturation value
    int maxCode; ///< magnitude code of maxValue
    int codeBits; ///< width of a code, sign included
    bool twosComplement; ///< MXINT8: no negative zero
};
[[nodiscard]] const ElementFormat &elementFormat(Format format);

/// The shared exponent is floor(log2 amax) - emax, one more if amax/2^floor > theta (>= if closed).
struct ScaleThreshold
{
    double theta;
    bool closed;
    bool defined;
};
[[nodiscard]] ScaleThreshold scaleThreshold(Format format, ScaleRule rule);

/// A grid as the constants of the branch-free rounding (performance.md 3.3): with e the exponent
/// bits of max(|y|, min normal), M = float(e + magic) has an ulp of exactly one grid step, so (|y|
/// + M) - M rounds to even.
struct GridConstants
{
    std::int32_t minNormalBits;
    std::int32_t magic;
    std::int32_t halfShift; ///< exponent bits from e down to half a step
    std::int32_t mantissaBits;
    std::int32_t codeBits;
    float maxValue;
};
[[nodiscard]] GridConstants gridConstants(Format format);

/// Which code path a QuantSpec takes in the vector kernels.
enum class Kind : std::uint8_t { e2m1, miniFloat, int8, prescale, nvfp4 };
/// A QuantSpec as constants for the vector kernels.
struct QuantConstants
{
    Kind kind;
    bool away, zero; ///< ties
    GridConstants grid;
    GridConstants scaleGrid; ///< E4M3, for NVFP4
    std::int32_t
        bump; ///< added to the bits of amax: carries into the exponent where the rule rounds up
    std::int32_t emax;
    float tensorScale;
};
[[nodiscard]] QuantConstants quantConstants(const QuantSpec &spec);

/// Value of each code byte (bits above codeBits are ignored), [256]; prescale gives value/3.
[[nodiscard]] const float *decodeTable(Format format, bool prescale = false);
/// Value of each E4M3 byte, [256]: the scale bytes of NVFP4.
[[nodiscard]] const float *e4m3Table();

} // namespace batlab::kernels
