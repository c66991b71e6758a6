// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/block_ops.h"
#include "kernels/cuda/gpk_fragments.h"

#include <type_traits>

/// Rows that are made, transformed and quantized in one pass (backend.h: Produced).
namespace batlab::kernels::cuda {

/// out = fakeQuantize(clip(T(produced))), T the 32-point Hadamard transform or nothing: a thread
/// does 32 columns.
template<class Q, bool Hadamard>
struct ProducedOp
{
    static constexpr int residentBlocks = 1;
    Q q;
    PairSource source;
    bool rounded; ///< to bf16, as a kernel of its own would have stored them
    View out;
    Clip clip;

    BATLAB_HD_INLINE void run(std::int64_t row, std::int64_t group) const
    {
        float x[32];
        BATLAB_UNROLL
        for (int at = 0; at < 32; at += octetSize) {
            float octet[octetSize];
            loadOctet(source.x, row, group * 32 + at, octet);
            applyPrologue(source, row, group * 32 + at, octet);
            if (rounded) {
                unpackOctet(packOctet(octet), octet);
            }
            BATLAB_UNROLL
            for (int i = 0; i < octetSize; ++i) {
                x[at + i] = octet[i];
            }
        }
        if constexpr (Hadamard) {
            hadamard32Values(x);
        }
        BATLAB_UNROLL
        for (int at = 0; at < 32; at += Q::block) {
            if (group * 32 + at < out.cols) {
                quantize(x + at, row, group * (32 / Q::block) + at / Q::block);
            }
        }
    }

private:
    BATLAB_HD_INLINE void quantize(float *x, std::int64_t row, std::int64_t block) const
    {
        constexpr int n = Q::block;
        std::uint32_t amax = 0;
        if (clip.lo != nullptr && clip.hi != nullptr) {
            const Extremes all = extremesOf<n>(x);
            const ClipLimits limits = clipLimits(clip, all, row, block);
            amax = clippedLargest(all, limits);
            BATLAB_UNROLL
            for (int i = 0; i < n; ++i) {
                x[i] = limits.clamp(x[i]);
            }
        } else {
            amax = largestOf<n>(x);
        }
        const Scale scale = q.scale(amax);
        if (scale.poisoned) {
            storeNanBlock(out, row, block * n, n);
            return;
        }
        const FastScale fast { static_cast<std::uint32_t>(scale.byte) << 23 };
        if (Q::kind == Kind::e2m1 && Q::rne && fast.usable()) {
            BATLAB_UNROLL
            for (int i = 0; i < n; ++i) {
                x[i] = fakeQuantizeE2m1(x[i], fast);
            }
        } else {
            BATLAB_UNROLL
            for (int i = 0; i < n; ++i) {
                x[i] = q.value(q.magnitude(q.scaled(x[i], scale)), x[i], scale);
            }
        }
        storeBlock<n>(out, row, block * n, x);
    }
};

/// Without a transform, or with the Hadamard transform (elementwise.h: Launch).
template<class Launch>
void runProduced(const Produced &produced, bool hadamard, const Clip &clip, const QuantSpec &spec,
                 const Matrix &out, const Launch &launch)
{
    const Source source = sourceOf(produced);
    const std::int64_t groups = (produced.x.cols + 31) / 32;
    const auto run = [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        const PairSource from = pairSource(source);
        constexpr const char *where = "producedFakeQuantize";
        if (hadamard) {
            launch.blocks(ProducedOp<Q, true> { q, from, source.rounded, viewOf(out), clip },
                          produced.x.rows, groups, where);
        } else {
            launch.blocks(ProducedOp<Q, false> { q, from, source.rounded, viewOf(out), clip },
                          produced.x.rows, groups, where);
        }
    };
    const QuantConstants c = quantConstants(spec);
    if (c.kind == Kind::e2m1 && !c.away && !c.zero) {
        run(Quantizer<Kind::e2m1, true> { c });
    } else {
        withQuantizer(spec, run);
    }
}

} // namespace batlab::kernels::cuda
