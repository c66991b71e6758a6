// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/fast_e2m1.h"
#include "kernels/cuda/octet.h"
#include "kernels/cuda/scale_layout.h"

/// Operations of one thread on one whole block (32 columns, NVFP4 16): no exchange between lanes.
/// residentBlocks: thread blocks of 256 that a multiprocessor holds, which limits registers.
namespace batlab::kernels::cuda {

template<int N>
BATLAB_HD_INLINE void loadBlock(const View &m, std::int64_t row, std::int64_t col, float *x)
{
    BATLAB_UNROLL
    for (int at = 0; at < N; at += octetSize) {
        loadOctet(m, row, col + at, x + at);
    }
}

template<int N>
BATLAB_HD_INLINE void storeBlock(const View &m, std::int64_t row, std::int64_t col, const float *x)
{
    BATLAB_UNROLL
    for (int at = 0; at < N; at += octetSize) {
        storeOctet(m, row, col + at, x + at);
    }
}

/// Bits of NaN where the output is bf16 (a conversion may change them).
BATLAB_HD_INLINE void storeNanBlock(const View &m, std::int64_t row, std::int64_t col, int n)
{
    for (int i = 0; i < n && col + i < m.cols; ++i) {
        if (m.bf16) {
            reinterpret_cast<std::uint16_t *>(m.at(row, col))[i] = 0x7fc0;
        } else {
            reinterpret_cast<float *>(m.at(row, col))[i] = floatOf(nanBits);
        }
    }
}

/// Where packed codes and their scales go; rows and blocks of the padding get zero scales.
struct PackTarget
{
    std::uint8_t *nibbles;
    std::uint8_t *scales;
    std::int64_t rows;
    std::int64_t blocks;
    ScaleLayout layout;
    bool aligned; ///< nibbles: 16-byte stores

    BATLAB_HD_INLINE void put(std::int64_t row, std::int64_t block, std::uint32_t scale,
                              const Words4 &words) const
    {
        scales[scaleOffset(layout, row, block, blocks)] = static_cast<std::uint8_t>(scale);
        std::uint8_t *const p = nibbles + (row * blocks + block) * 16;
        if (aligned) {
            storeWords(p, words);
            return;
        }
        const std::uint32_t word[4] { words.a, words.b, words.c, words.d };
        BATLAB_UNROLL
        for (int i = 0; i < 16; ++i) {
            p[i] = static_cast<std::uint8_t>(word[i / 4] >> (8 * (i % 4)));
        }
    }
    /// True in the padding, which it fills.
    [[nodiscard]] BATLAB_HD_INLINE bool pad(std::int64_t row, std::int64_t block) const
    {
        const bool outside = row >= rows || block >= blocks;
        if (outside) {
            scales[scaleOffset(layout, row, block, blocks)] = 0;
        }
        return outside;
    }
};

/// MXFP4 codes, two a byte, with any rule and ties.
template<class Q>
struct PackOp
{
    static constexpr int residentBlocks = 2;
    Q q;
    View in;
    PackTarget out;

    BATLAB_HD_INLINE void run(std::int64_t row, std::int64_t block) const
    {
        if (out.pad(row, block)) {
            return;
        }
        float x[32];
        loadBlock<32>(in, row, block * 32, x);
        const Scale scale = q.scale(largestOf<32>(x));
        std::uint32_t word[4] { 0, 0, 0, 0 };
        BATLAB_UNROLL
        for (int i = 0; i < 32; ++i) {
            word[i / 8] |= q.code(x[i], scale) << (4 * (i % 8));
        }
        out.put(row, block, static_cast<std::uint32_t>(scale.byte),
                { word[0], word[1], word[2], word[3] });
    }
};

/// Normalised 32-point Hadamard transform in the oracle's order: strides 1, 2, 4, 8, 16, then the
/// factor.
BATLAB_HD_INLINE void hadamard32Values(float *x)
{
    BATLAB_UNROLL
    for (int stride = 1; stride < 32; stride *= 2) {
        BATLAB_UNROLL
        for (int i = 0; i < 32; ++i) {
            if ((i & stride) == 0) {
                const float a = x[i];
                const float b = x[i + stride];
                x[i] = add(a, b);
                x[i + stride] = sub(a, b);
            }
        }
    }
    BATLAB_UNROLL
    for (int i = 0; i < 32; ++i) {
        x[i] = mul(x[i], 0.17677669529663687F); // 1/sqrt(32)
    }
}

/// out = Hadamard of every 32-block, quantized where `Quantizes`.
template<class Q, bool Quantizes>
struct HadamardOp
{
    static constexpr int residentBlocks = Quantizes ? 2 : 1; // less spills on sm_120a
    Q q;
    View in, out;

    BATLAB_HD_INLINE void run(std::int64_t row, std::int64_t block) const
    {
        float x[32];
        loadBlock<32>(in, row, block * 32, x);
        hadamard32Values(x);
        if constexpr (Quantizes) {
            if constexpr (Q::kind == Kind::nvfp4) { // two scales, which may be poisoned one by one
                half(x, row, block * 32);
                half(x + 16, row, block * 32 + 16);
                return;
            }
            const Scale scale = q.scale(largestOf<32>(x));
            if (scale.poisoned) {
                storeNanBlock(out, row, block * 32, 32);
                return;
            }
            const FastScale fast { static_cast<std::uint32_t>(scale.byte) << 23 };
            if (Q::kind == Kind::e2m1 && Q::rne && fast.usable()) {
                BATLAB_UNROLL
                for (int i = 0; i < 32; ++i) {
                    x[i] = fakeQuantizeE2m1(x[i], fast, x[i]);
                }
            } else {
                BATLAB_UNROLL
                for (int i = 0; i < 32; ++i) {
                    x[i] = q.value(q.magnitude(q.scaled(x[i], scale)), x[i], scale);
                }
            }
        }
        storeBlock<32>(out, row, block * 32, x);
    }

private:
    BATLAB_HD_INLINE void half(float *x, std::int64_t row, std::int64_t col) const
    {
        const Scale scale = q.scale(largestOf<16>(x));
        if (scale.poisoned) {
            storeNanBlock(out, row, col, 16);
            return;
        }
        BATLAB_UNROLL
        for (int i = 0; i < 16; ++i) {
            x[i] = q.fakeQuantize(x[i], scale);
        }
        storeBlock<16>(out, row, col, x);
    }
};

/// out = round(w/s + offset*step) * s on given scales, an octet a thread; fp32, whole blocks.
template<class Q>
struct RoundOp
{
    static constexpr int residentBlocks = 2;
    Q q;
    const float *w;
    const float *offset;
    const float *scaleValue;
    float *out;
    std::int64_t cols;
    int block; ///< elements under one scale
    bool aligned;

    BATLAB_HD_INLINE void run(std::int64_t row, std::int64_t octet) const
    {
        const std::int64_t at = row * cols + octet * octetSize;
        const float scale = scaleValue[at / block];
        const View from = rowView(w);
        const View to = rowView(out);
        float x[octetSize];
        float o[octetSize];
        loadOctet(from, 0, at, x);
        if (offset != nullptr) {
            loadOctet(rowView(offset), 0, at, o);
        }
        const GridConstants g = q.grid();
        BATLAB_UNROLL
        for (int i = 0; i < octetSize; ++i) {
            float y = scale > 0.0F ? divide(x[i], scale) : 0.0F;
            if (offset != nullptr) {
                const std::int32_t exponent =
                    greater(static_cast<std::int32_t>(bitsOf(y) & 0x7fffffffU), g.minNormalBits)
                    & 0x7f800000;
                const auto step = static_cast<std::uint32_t>(exponent - (g.mantissaBits << 23));
                y = add(y, mul(o[i], floatOf(step)));
            }
            x[i] = mul(q.signedGrid(q.magnitude(y), y), scale);
        }
        storeOctet(to, 0, at, x);
    }

private:
    [[nodiscard]] BATLAB_HD_INLINE View rowView(const float *p) const
    {
        View v;
        v.data = reinterpret_cast<unsigned char *>(const_cast<float *>(p));
        v.cols = INT64_MAX / 8;
        v.aligned = aligned;
        return v;
    }
};

} // namespace batlab::kernels::cuda
