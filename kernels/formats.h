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

/// Value of each code byte (bits above codeBits are ignored), [256]; prescale gives value/3.
[[nodiscard]] const float *decodeTable(Format format, bool prescale = false);
/// Value of each E4M3 byte, [256]: the scale bytes of NVFP4.
[[nodiscard]] const float *e4m3Table();

} // namespace batlab::kernels
