// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/fast_e2m1.h"
#include "kernels/cuda/octet.h"

/// The elementwise kernels without their launch: an operation loads its octet, says what the lanes
/// of a block must agree on (`Shared`), and finishes once they did. `group` lanes form a block. The
/// device exchanges by shuffles, the host tests by loops; the code is the same.
namespace batlab::kernels::cuda {

/// out = dequantized quantize(clip(in)), any specification and any pair of dtypes.
template<class Q, bool Clips>
struct FakeQuantizeOp
{
    static constexpr int group = Q::block / octetSize;
    static constexpr int rowsAtOnce = 1;
    using Shared = Extremes;
    struct State
    {
        float x[octetSize];
    };
    Q q;
    View in, out;
    Clip clip;

    BATLAB_HD_INLINE void load(State &s, std::int64_t row, std::int64_t octet) const
    {
        loadOctet(in, row, octet * octetSize, s.x);
    }
    [[nodiscard]] BATLAB_HD_INLINE Shared share(const State &s) const
    {
        if constexpr (Clips) {
            return extremesOf<octetSize>(s.x);
        } else {
            return { largestOf<octetSize>(s.x), 0.0F, 0.0F };
        }
    }
    BATLAB_HD_INLINE void finish(State &s, const Shared &all, std::int64_t row,
                                 std::int64_t octet) const
    {
        std::uint32_t amax = all.amax;
        if constexpr (Clips) {
            const ClipLimits limits = clipLimits(clip, all, row, octet / group);
            amax = clippedLargest(all, limits);
            BATLAB_UNROLL
            for (int i = 0; i < octetSize; ++i) {
                s.x[i] = limits.clamp(s.x[i]);
            }
        }
        const Scale scale = q.scale(amax);
        BATLAB_UNROLL
        for (int i = 0; i < octetSize; ++i) {
            s.x[i] = q.fakeQuantize(s.x[i], scale);
        }
        if (out.bf16 && scale.poisoned) { // conversions may change a NaN's bits; ours are 0x7fc0
            storeNan(row, octet * octetSize);
            return;
        }
        storeOctet(out, row, octet * octetSize, s.x);
    }
    BATLAB_HD_INLINE void storeNan(std::int64_t row, std::int64_t col) const
    {
        for (int i = 0; i < octetSize && col + i < out.cols; ++i) {
            reinterpret_cast<std::uint16_t *>(out.at(row, col))[i] = 0x7fc0;
        }
    }
};

/// The hot one: MXFP4, ties to even, no clipping, whole aligned octets; bf16 or fp32 either side.
template<bool InBf16, bool OutBf16>
struct FastFakeQuantizeOp
{
    static constexpr int group = 4;
    static constexpr int rowsAtOnce = InBf16 ? 2 : 1; ///< loads in flight
    using Shared = Largest;
    struct State
    {
        Words4 lo, hi; ///< bf16: hi unused
    };
    Quantizer<Kind::e2m1, true> q;
    View in, out;

    BATLAB_HD_INLINE void load(State &s, std::int64_t row, std::int64_t octet) const
    {
        const unsigned char *const p =
            in.data + row * in.strideBytes + octet * octetSize * (InBf16 ? 2 : 4);
        s.lo = loadWords(p);
        if constexpr (!InBf16) {
            s.hi = loadWords(p + 16);
        }
    }
    [[nodiscard]] BATLAB_HD_INLINE Shared share(const State &s) const
    {
        if constexpr (InBf16) {
            const std::uint32_t most =
                maxNanBf16x2(maxNanBf16x2(absBf16x2(s.lo.a), absBf16x2(s.lo.b)),
                             maxNanBf16x2(absBf16x2(s.lo.c), absBf16x2(s.lo.d)));
            return { greater(most << 16, most & 0xffff0000U) };
        } else {
            float x[octetSize];
            values(s, x);
            return { largestOf<octetSize>(x) };
        }
    }
    BATLAB_HD_INLINE void finish(State &s, const Shared &all, std::int64_t row,
                                 std::int64_t octet) const
    {
        const FastScale scale = fastScale(all.amax, q.c.bump);
        unsigned char *const p =
            out.data + row * out.strideBytes + octet * octetSize * (OutBf16 ? 2 : 4);
        if (!scale.usable()) {
            slow(s, all.amax, p);
            return;
        }
        if constexpr (InBf16 && OutBf16) {
            const std::uint32_t step = scale.step2();
            const std::uint32_t top = scale.top2();
            storeWords(
                p,
                { fakeQuantizeE2m1x2(s.lo.a, step, top), fakeQuantizeE2m1x2(s.lo.b, step, top),
                  fakeQuantizeE2m1x2(s.lo.c, step, top), fakeQuantizeE2m1x2(s.lo.d, step, top) });
        } else {
            float x[octetSize];
            values(s, x);
            BATLAB_UNROLL
            for (int i = 0; i < octetSize; ++i) {
                x[i] = fakeQuantizeE2m1(x[i], scale);
            }
            store(p, x);
        }
    }

private:
    BATLAB_HD_INLINE static void values(const State &s, float *x)
    {
        if constexpr (InBf16) {
            unpackOctet(s.lo, x);
        } else {
            const std::uint32_t bits[octetSize] { s.lo.a, s.lo.b, s.lo.c, s.lo.d,
                                                  s.hi.a, s.hi.b, s.hi.c, s.hi.d };
            BATLAB_UNROLL
            for (int i = 0; i < octetSize; ++i) {
                x[i] = floatOf(bits[i]);
            }
        }
    }
    BATLAB_HD_INLINE static void store(unsigned char *p, const float *x)
    {
        if constexpr (OutBf16) {
            storeWords(p, packOctet(x));
        } else {
            storeWords(p, { bitsOf(x[0]), bitsOf(x[1]), bitsOf(x[2]), bitsOf(x[3]) });
            storeWords(p + 16, { bitsOf(x[4]), bitsOf(x[5]), bitsOf(x[6]), bitsOf(x[7]) });
        }
    }
    /// Blocks whose scale the exact path does not reach.
    BATLAB_HD_INLINE void slow(const State &s, std::uint32_t amax, unsigned char *p) const
    {
        const Scale scale = q.scale(amax);
        if (OutBf16 && scale.poisoned) {
            storeWords(p, { nanBf16x2, nanBf16x2, nanBf16x2, nanBf16x2 });
            return;
        }
        float x[octetSize];
        values(s, x);
        BATLAB_UNROLL
        for (int i = 0; i < octetSize; ++i) {
            x[i] = q.fakeQuantize(x[i], scale);
        }
        store(p, x);
    }
};

/// codes, one a byte, and scale bytes; `codes` null: scales alone.
template<class Q>
struct QuantizeOp
{
    static constexpr int group = Q::block / octetSize;
    static constexpr int rowsAtOnce = 1;
    using Shared = Largest;
    struct State
    {
        float x[octetSize];
    };
    Q q;
    View in;
    std::uint8_t *codes;
    std::uint8_t *scales;
    std::int64_t blocks;
    bool aligned; ///< codes: 8-byte stores

    BATLAB_HD_INLINE void load(State &s, std::int64_t row, std::int64_t octet) const
    {
        loadOctet(in, row, octet * octetSize, s.x);
    }
    [[nodiscard]] BATLAB_HD_INLINE Shared share(const State &s) const
    {
        return { largestOf<octetSize>(s.x) };
    }
    BATLAB_HD_INLINE void finish(State &s, const Shared &all, std::int64_t row,
                                 std::int64_t octet) const
    {
        const Scale scale = q.scale(all.amax);
        if (octet % group == 0) {
            scales[row * blocks + octet / group] = static_cast<std::uint8_t>(scale.byte);
        }
        if (codes == nullptr) {
            return;
        }
        std::uint32_t word[2] { 0, 0 };
        BATLAB_UNROLL
        for (int i = 0; i < octetSize; ++i) {
            word[i / 4] |= q.code(s.x[i], scale) << (8 * (i % 4));
        }
        std::uint8_t *const p = codes + (row * blocks * group + octet) * octetSize;
        if (aligned) {
            *reinterpret_cast<Words2 *>(p) = { word[0], word[1] };
            return;
        }
        BATLAB_UNROLL
        for (int i = 0; i < octetSize; ++i) {
            p[i] = static_cast<std::uint8_t>(word[i / 4] >> (8 * (i % 4)));
        }
    }
};

/// Values of codes under scale bytes: one code a byte, or two (`Packed`, low nibble first).
template<class Q, bool Packed>
struct DequantizeOp
{
    static constexpr int group = Q::block / octetSize;
    static constexpr int rowsAtOnce = 1;
    static constexpr int codeBytes = Packed ? octetSize / 2 : octetSize;
    using Shared = Largest;
    struct State
    {
        std::uint32_t word[2];
    };
    Q q;
    const std::uint8_t *codes;
    const std::uint8_t *scales;
    View out;
    std::int64_t blocks;
    bool aligned; ///< codes start at a multiple of 8

    BATLAB_HD_INLINE void load(State &s, std::int64_t row, std::int64_t octet) const
    {
        const std::uint8_t *const p = codes + (row * blocks * group + octet) * codeBytes;
        s.word[0] = s.word[1] = 0;
        if (aligned) {
            BATLAB_UNROLL
            for (int i = 0; i < codeBytes / 4; ++i) {
                s.word[i] = reinterpret_cast<const std::uint32_t *>(p)[i];
            }
            return;
        }
        BATLAB_UNROLL
        for (int i = 0; i < codeBytes; ++i) {
            s.word[i / 4] |= static_cast<std::uint32_t>(p[i]) << (8 * (i % 4));
        }
    }
    [[nodiscard]] BATLAB_HD_INLINE Shared share(const State &) const { return {}; }
    BATLAB_HD_INLINE void finish(State &s, const Shared &, std::int64_t row,
                                 std::int64_t octet) const
    {
        const Scale scale = q.scaleOfByte(scales[row * blocks + octet / group]);
        float x[octetSize];
        BATLAB_UNROLL
        for (int i = 0; i < octetSize; ++i) {
            const std::uint32_t code =
                Packed ? (s.word[0] >> (4 * i)) & 15U : (s.word[i / 4] >> (8 * (i % 4))) & 255U;
            x[i] = q.decode(code, scale);
        }
        if (out.bf16 && scale.poisoned) {
            for (int i = 0; i < octetSize && octet * octetSize + i < out.cols; ++i) {
                reinterpret_cast<std::uint16_t *>(out.at(row, octet * octetSize))[i] = 0x7fc0;
            }
            return;
        }
        storeOctet(out, row, octet * octetSize, x);
    }
};

/// The hot unpack: MXFP4 to bf16, whole aligned octets. Bytes of four values at a time come out of
/// a table in a register pair, by nibble.
struct FastUnpackOp
{
    static constexpr int group = 4;
    static constexpr int rowsAtOnce = 1;
    using Shared = Largest;
    struct State
    {
        std::uint32_t nibbles = 0;
        std::uint32_t scale = 0;
    };
    const std::uint8_t *nibbles;
    const std::uint8_t *scales;
    View out;
    std::int64_t blocks;

    BATLAB_HD_INLINE void load(State &s, std::int64_t row, std::int64_t octet) const
    {
        const std::int64_t at = row * blocks * group + octet;
        s.nibbles = reinterpret_cast<const std::uint32_t *>(nibbles)[at];
        s.scale = scales[at / group];
    }
    [[nodiscard]] BATLAB_HD_INLINE Shared share(const State &) const { return {}; }
    BATLAB_HD_INLINE void finish(State &s, const Shared &, std::int64_t row,
                                 std::int64_t octet) const
    {
        // bf16 of 0, 0.5 ... 6: low and high bytes
        constexpr std::uint32_t low[2] { 0xc0800000U, 0xc0804000U };
        constexpr std::uint32_t high[2] { 0x3f3f3f00U, 0x40404040U };
        const std::uint32_t codes = s.nibbles & 0x77777777U;
        // Exact as a bf16 product from 2^-127 up: the power is a bf16 number, subnormal or not.
        const std::uint32_t power = s.scale == 0 ? 0x40U : s.scale << 7;
        const std::uint32_t step = power | (power << 16);
        std::uint32_t word[4];
        BATLAB_UNROLL
        for (int i = 0; i < 2; ++i) {
            const std::uint32_t selector = codes >> (16 * i);
            const std::uint32_t lows = permuteBytes(low[0], low[1], selector);
            const std::uint32_t highs = permuteBytes(high[0], high[1], selector);
            word[2 * i] = permuteBytes(lows, highs, 0x5140);
            word[2 * i + 1] = permuteBytes(lows, highs, 0x7362);
        }
        BATLAB_UNROLL
        for (int i = 0; i < 4; ++i) { // nibble bits 3 and 7 of byte i are the signs
            const std::uint32_t byte = s.nibbles >> (8 * i);
            word[i] |= ((byte << 12) & 0x8000U) | ((byte << 24) & 0x80000000U);
            word[i] = mulBf16x2(word[i], step);
        }
        const Words4 values { word[0], word[1], word[2], word[3] };
        const Words4 nans { nanBf16x2, nanBf16x2, nanBf16x2, nanBf16x2 };
        storeWords(out.at(row, octet * octetSize), s.scale == 255 ? nans : values);
    }
};

} // namespace batlab::kernels::cuda
