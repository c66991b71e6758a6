// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// codes, one a byte, and scale bytes; `codes` null: scales alone.
template<class Q>
struct QuantizeOp
{
    static constexpr int group = Q::block / octetSize;
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

} // namespace batlab::kernels::cuda
