// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/block_ops.h"
#include "kernels/reduce.h"

/// Straight-through gradient of clip + fake-quantize on one block (methods.md 1.5), with the
/// oracle's order of sums.
namespace batlab::kernels::cuda {

/// y: the block before clipping; g: dL/dout on entry, dL/dy on return. `limits` null: no clipping.
template<class Q>
BATLAB_HD_INLINE ClipShare steBlock(const Q &q, const float *y, float *g, const Ste &ste,
                                    const Extremes &extremes, const ClipLimits *limits)
{
    constexpr int n = Q::block;
    const std::uint32_t amax =
        limits != nullptr ? clippedLargest(extremes, *limits) : extremes.amax;
    const Scale scale = q.scale(amax);
    if (scale.poisoned) {
        BATLAB_UNROLL
        for (int i = 0; i < n; ++i) {
            g[i] = ste.mask ? 0.0F : g[i];
        }
        return {};
    }
    float scaleSum = 0.0F; // dL/ds
    BATLAB_UNROLL
    for (int i = 0; i < n; ++i) {
        const float v = limits != nullptr ? limits->clamp(y[i]) : y[i];
        const float scaled = q.scaled(v, scale);
        const bool in = !ste.mask || absolute(scaled) <= q.grid().maxValue;
        if (ste.scaleGradient) {
            const float grid = withSign(q.magnitude(scaled), scaled);
            scaleSum = add(scaleSum, mul(g[i], sub(grid, in ? scaled : 0.0F)));
        }
        g[i] = in ? g[i] : 0.0F;
    }
    if (ste.scaleGradient && amax > 0U) {
        const float toMax = mul(scaleSum, divide(q.effectiveStep(scale), floatOf(amax)));
        bool open = true;
        BATLAB_UNROLL
        for (int i = 0; i < n; ++i) {
            const float v = limits != nullptr ? limits->clamp(y[i]) : y[i];
            const bool here = open && (bitsOf(v) & 0x7fffffffU) == amax;
            g[i] = here ? add(g[i], (bitsOf(v) >> 31) != 0 ? -toMax : toMax) : g[i];
            open = open && !here;
        }
    }
    if (limits == nullptr) {
        return {};
    }
    float lowerSum = 0.0F;
    float upperSum = 0.0F;
    BATLAB_UNROLL
    for (int i = 0; i < n; ++i) {
        const bool below = y[i] < limits->lower;
        const bool above = !below && y[i] > limits->upper;
        lowerSum = below ? add(lowerSum, g[i]) : lowerSum;
        upperSum = above ? add(upperSum, g[i]) : upperSum;
        g[i] = below || above ? 0.0F : g[i];
    }
    // lower = lo * min, upper = hi * max: the rest of the chain goes to the first extreme elements.
    bool openLow = true;
    bool openHigh = true;
    BATLAB_UNROLL
    for (int i = 0; i < n; ++i) {
        const bool lowest = openLow && y[i] == extremes.low;
        g[i] = lowest ? add(g[i], mul(lowerSum, limits->lo)) : g[i];
        openLow = openLow && !lowest;
        const bool highest = openHigh && y[i] == extremes.high;
        g[i] = highest ? add(g[i], mul(upperSum, limits->hi)) : g[i];
        openHigh = openHigh && !highest;
    }
    return { mul(lowerSum, extremes.low), mul(upperSum, extremes.high) };
}

/// gx = gradient of fakeQuantize(clip(x)); shares of the clip gradient where wanted.
template<class Q>
struct SteOp
{
    static constexpr int residentBlocks = 2;
    Q q;
    View x, gy, gx;
    Clip clip;
    Ste ste;
    ClipShare *shares; ///< [rows, blocks] or null
    std::int64_t blocks;

    BATLAB_HD_INLINE void run(std::int64_t row, std::int64_t block) const
    {
        constexpr int n = Q::block;
        float y[n];
        float g[n];
        loadBlock<n>(x, row, block * n, y);
        loadBlock<n>(gy, row, block * n, g);
        const Extremes extremes = extremesOf<n>(y);
        ClipShare share;
        if (clip.lo != nullptr && clip.hi != nullptr) {
            const ClipLimits limits = clipLimits(clip, extremes, row, block);
            share = steBlock(q, y, g, ste, extremes, &limits);
        } else {
            share = steBlock(q, y, g, ste, extremes, nullptr);
        }
        if (shares != nullptr) {
            shares[row * blocks + block] = share;
        }
        if (gx.data != nullptr) {
            storeBlock<n>(gx, row, block * n, g);
        }
    }
};

} // namespace batlab::kernels::cuda
