// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/fast_e2m1.h"
#include "kernels/cuda/scale_layout.h"

#include <type_traits>

/// The hot elementwise operations: MXFP4, ties to even, whole aligned blocks. As in
/// elementwise_ops.h, but a thread keeps its columns: at() moves the pointers there once, so that a
/// row costs one multiply-add per matrix.
namespace batlab::kernels::cuda {

/// Rows less than 4 GB apart.
struct FastView
{
    unsigned char *data;
    std::uint32_t stride; ///< bytes

    [[nodiscard]] BATLAB_HD_INLINE unsigned char *at(std::uint32_t row) const
    {
        return data + static_cast<std::uint64_t>(row) * stride;
    }
    [[nodiscard]] BATLAB_HD_INLINE FastView moved(std::uint32_t columns, int bytes) const
    {
        return { data + static_cast<std::uint64_t>(columns) * static_cast<unsigned>(bytes),
                 stride };
    }
};

/// Whether fast operations take the matrix.
[[nodiscard]] inline bool isFast(const View &m, std::int64_t rows)
{
    return m.aligned && m.cols % 32 == 0 && rows < (std::int64_t { 1 } << 31)
        && m.cols < (std::int64_t { 1 } << 31)
        && (rows <= 1 || (m.strideBytes >= 0 && m.strideBytes < (std::int64_t { 1 } << 32)));
}
[[nodiscard]] inline FastView fastView(const View &m, std::int64_t rows)
{
    return { m.data, rows <= 1 ? 0U : static_cast<std::uint32_t>(m.strideBytes) };
}

/// fakeQuantize: 16 columns a thread, two lanes a block.
template<bool InBf16, bool OutBf16, bool Clips>
struct FastFakeQuantizeOp
{
    static constexpr int width = 16;
    static constexpr int group = 2;
    static constexpr int inWords = InBf16 ? 2 : 4;
    using Shared = std::conditional_t<Clips, Extremes, Largest>;
    struct State
    {
        Words4 w[inWords];
    };
    Quantizer<Kind::e2m1, true> q;
    FastView in, out;
    Clip clip;

    [[nodiscard]] BATLAB_HD_INLINE FastFakeQuantizeOp at(std::uint32_t item) const
    {
        FastFakeQuantizeOp mine { q, in.moved(item * width, InBf16 ? 2 : 4),
                                  out.moved(item * width, OutBf16 ? 2 : 4), clip };
        if constexpr (Clips) {
            const std::int64_t block = item / group;
            mine.clip.lo += block * clip.blockStride;
            mine.clip.hi += block * clip.blockStride;
        }
        return mine;
    }
    BATLAB_HD_INLINE void load(State &s, std::uint32_t row) const
    {
        const unsigned char *const p = in.at(row);
        BATLAB_UNROLL
        for (int i = 0; i < inWords; ++i) {
            s.w[i] = loadWords(p + 16 * i);
        }
    }
    [[nodiscard]] BATLAB_HD_INLINE Shared share(const State &s) const
    {
        if constexpr (InBf16 && !Clips) {
            return { greater(largerHalf(largestPair(s.w[0])), largerHalf(largestPair(s.w[1]))) };
        } else {
            float x[width];
            values(s, x);
            if constexpr (Clips) {
                return extremesOf<width>(x);
            } else {
                return { largestOf<width>(x) };
            }
        }
    }
    BATLAB_HD_INLINE void finish(State &s, const Shared &all, std::uint32_t row) const
    {
        ClipLimits limits;
        std::uint32_t amax = all.amax;
        if constexpr (Clips) {
            limits = clipLimits(clip, all, row, 0);
            amax = clippedLargest(all, limits);
        }
        const FastScale scale = fastScale(amax, q.c.bump);
        unsigned char *const p = out.at(row);
        if (!scale.usable()) {
            slow(s, amax, limits, p);
            return;
        }
        if constexpr (InBf16 && OutBf16 && !Clips) {
            const std::uint32_t step = scale.step2();
            const std::uint32_t top = scale.top2();
            BATLAB_UNROLL
            for (int i = 0; i < inWords; ++i) {
                const Words4 &w = s.w[i];
                storeWords(p + 16 * i,
                           { fakeQuantizeE2m1x2(w.a, step, top), fakeQuantizeE2m1x2(w.b, step, top),
                             fakeQuantizeE2m1x2(w.c, step, top),
                             fakeQuantizeE2m1x2(w.d, step, top) });
            }
        } else {
            float x[width];
            values(s, x);
            BATLAB_UNROLL
            for (int i = 0; i < width; ++i) {
                x[i] = fakeQuantizeE2m1(Clips ? limits.bound(x[i]) : x[i], scale, x[i]);
            }
            store(p, x);
        }
    }

private:
    BATLAB_HD_INLINE static void values(const State &s, float *x)
    {
        BATLAB_UNROLL
        for (int i = 0; i < inWords; ++i) {
            if constexpr (InBf16) {
                unpackOctet(s.w[i], x + octetSize * i);
            } else {
                x[4 * i] = floatOf(s.w[i].a);
                x[4 * i + 1] = floatOf(s.w[i].b);
                x[4 * i + 2] = floatOf(s.w[i].c);
                x[4 * i + 3] = floatOf(s.w[i].d);
            }
        }
    }
    BATLAB_HD_INLINE static void store(unsigned char *p, const float *x)
    {
        BATLAB_UNROLL
        for (int i = 0; i < (OutBf16 ? 2 : 4); ++i) {
            if constexpr (OutBf16) {
                storeWords(p + 16 * i, packOctet(x + octetSize * i));
            } else {
                storeWords(p + 16 * i,
                           { bitsOf(x[4 * i]), bitsOf(x[4 * i + 1]), bitsOf(x[4 * i + 2]),
                             bitsOf(x[4 * i + 3]) });
            }
        }
    }
    /// Blocks whose scale the exact path does not reach.
    BATLAB_HD_INLINE void slow(const State &s, std::uint32_t amax, const ClipLimits &limits,
                               unsigned char *p) const
    {
        const Scale scale = q.scale(amax);
        if (OutBf16 && scale.poisoned) {
            storeWords(p, { nanBf16x2, nanBf16x2, nanBf16x2, nanBf16x2 });
            storeWords(p + 16, { nanBf16x2, nanBf16x2, nanBf16x2, nanBf16x2 });
            return;
        }
        float x[width];
        values(s, x);
        BATLAB_UNROLL
        for (int i = 0; i < width; ++i) {
            x[i] = q.fakeQuantize(Clips ? limits.clamp(x[i]) : x[i], scale);
        }
        store(p, x);
    }
};

/// packMxfp4 from bf16: a thread packs a block.
template<ScaleLayout Layout>
struct FastPackOp
{
    static constexpr int group = 1;
    using Shared = Largest;
    struct State
    {
        Words4 w[4];
    };
    Quantizer<Kind::e2m1, true> q;
    FastView in, nibbles;
    std::uint8_t *scales;
    std::uint32_t blocks;
    std::uint32_t block; ///< the thread's

    [[nodiscard]] BATLAB_HD_INLINE FastPackOp at(std::uint32_t item) const
    {
        return { q, in.moved(item * 32, 2), nibbles.moved(item, 16), scales, blocks, item };
    }
    BATLAB_HD_INLINE void load(State &s, std::uint32_t row) const
    {
        const unsigned char *const p = in.at(row);
        BATLAB_UNROLL
        for (int i = 0; i < 4; ++i) {
            s.w[i] = loadWords(p + 16 * i);
        }
    }
    [[nodiscard]] BATLAB_HD_INLINE Shared share(const State &s) const
    {
        const std::uint32_t left =
            maxMagnitudeBf16x2(largestSignedPair(s.w[0]), largestSignedPair(s.w[1]));
        const std::uint32_t right =
            maxMagnitudeBf16x2(largestSignedPair(s.w[2]), largestSignedPair(s.w[3]));
        return { largerHalf(absBf16x2(maxMagnitudeBf16x2(left, right))) };
    }
    BATLAB_HD_INLINE void finish(State &s, const Shared &all, std::uint32_t row) const
    {
        const FastScale scale = fastScale(all.amax, q.c.bump);
        if (!scale.usable()) {
            slow(s, all.amax, row);
            return;
        }
        const std::uint32_t toGrid = scale.toGrid2();
        put(row, scale.byte(),
            { packOctetE2m1(s.w[0], toGrid), packOctetE2m1(s.w[1], toGrid),
              packOctetE2m1(s.w[2], toGrid), packOctetE2m1(s.w[3], toGrid) });
    }

private:
    BATLAB_HD_INLINE void put(std::uint32_t row, std::uint32_t scale, const Words4 &words) const
    {
        storeWords(nibbles.at(row), words);
        if constexpr (Layout == ScaleLayout::linear) {
            scales[static_cast<std::uint64_t>(row) * blocks + block] =
                static_cast<std::uint8_t>(scale);
        } else {
            scales[scaleOffset(Layout, row, block, blocks)] = static_cast<std::uint8_t>(scale);
        }
    }
    BATLAB_HD_INLINE void slow(const State &s, std::uint32_t amax, std::uint32_t row) const
    {
        const Scale scale = q.scale(amax);
        std::uint32_t word[4] { 0, 0, 0, 0 };
        BATLAB_UNROLL
        for (int i = 0; i < 4; ++i) {
            float x[octetSize];
            unpackOctet(s.w[i], x);
            BATLAB_UNROLL
            for (int j = 0; j < octetSize; ++j) {
                word[i] |= q.code(x[j], scale) << (4 * j);
            }
        }
        put(row, static_cast<std::uint32_t>(scale.byte), { word[0], word[1], word[2], word[3] });
    }
};

/// unpackMxfp4 to bf16: a thread unpacks a block. Bytes of four values at a time come out of a
/// table in a register pair, by nibble.
struct FastUnpackOp
{
    static constexpr int group = 1;
    using Shared = Largest;
    struct State
    {
        Words4 nibbles;
        std::uint32_t scale;
    };
    FastView nibbles, scales, out;

    [[nodiscard]] BATLAB_HD_INLINE FastUnpackOp at(std::uint32_t item) const
    {
        return { nibbles.moved(item, 16), scales.moved(item, 1), out.moved(item, 64) };
    }
    BATLAB_HD_INLINE void load(State &s, std::uint32_t row) const
    {
        s.nibbles = loadWords(nibbles.at(row));
        s.scale = *scales.at(row);
    }
    [[nodiscard]] BATLAB_HD_INLINE Shared share(const State &) const { return {}; }
    BATLAB_HD_INLINE void finish(State &s, const Shared &, std::uint32_t row) const
    {
        unsigned char *const p = out.at(row);
        // The power is a bf16 number, 2^-127 as a subnormal: one rounding, as the oracle has. Byte
        // 255 gives an infinity; its block is overwritten.
        const std::uint32_t power = greater(s.scale << 7, 0x40U);
        const std::uint32_t step = power | (power << 16);
        storeWords(p, octet(s.nibbles.a, step));
        storeWords(p + 16, octet(s.nibbles.b, step));
        storeWords(p + 32, octet(s.nibbles.c, step));
        storeWords(p + 48, octet(s.nibbles.d, step));
        for (int i = 0; s.scale == 255 && i < 4; ++i) {
            storeWords(p + 16 * i, { nanBf16x2, nanBf16x2, nanBf16x2, nanBf16x2 });
        }
    }

private:
    BATLAB_HD_INLINE static Words4 octet(std::uint32_t nibbles, std::uint32_t step)
    {
        // low and high bytes of bf16 0, 0.5, 1, 1.5 and 2, 3, 4, 6
        const std::uint32_t codes = nibbles & 0x77777777U;
        std::uint32_t word[4];
        BATLAB_UNROLL
        for (int i = 0; i < 2; ++i) {
            const std::uint32_t selector = codes >> (16 * i);
            const std::uint32_t lows = permuteBytes(0xc0800000U, 0xc0804000U, selector);
            const std::uint32_t highs = permuteBytes(0x3f3f3f00U, 0x40404040U, selector);
            word[2 * i] = permuteBytes(lows, highs, 0x5140);
            word[2 * i + 1] = permuteBytes(lows, highs, 0x7362);
        }
        BATLAB_UNROLL
        for (int i = 0; i < 4; ++i) { // bits 3 and 7 of byte i are the signs of its two values
            const std::uint32_t signs = permuteBytes(nibbles << 4, nibbles, signBytes(i));
            word[i] = mulBf16x2(selectBits(0x80008000U, signs, word[i]), step);
        }
        return { word[0], word[1], word[2], word[3] };
    }
    /// Byte i of nibbles << 4 (its bit 7: the even element's sign) into byte 1, of nibbles into
    /// byte 3.
    [[nodiscard]] static BATLAB_HD_INLINE constexpr std::uint32_t signBytes(int i)
    {
        return (static_cast<std::uint32_t>(i) << 4) | (static_cast<std::uint32_t>(4 + i) << 12);
    }
};

} // namespace batlab::kernels::cuda
