// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/gpk_unit.h"
#include "kernels/cuda/lanes.h"
#include "kernels/cuda/octet.h"

/// Operands of the tensor core kernels: matrices as fragments, values as bf16 pairs.
namespace batlab::kernels::cuda {

constexpr int mmaRows = 16;
/// Rows and strides are 32-bit here; larger matrices go to the exact kernels.
constexpr std::int64_t mmaMostRows = 2000000000;
[[nodiscard]] inline bool fitsMma(const ConstMatrix &m)
{
    return m.rows <= mmaMostRows && m.rowStride < (std::int64_t { 1 } << 29);
}

/// B fragments of a 32 x 32 matrix: [hi, lo][nt][register]; registers 2kt, 2kt + 1.
struct UnitFragments
{
    std::uint32_t r[2][4][4];
};

/// Splits two floats into bf16 pairs of the leading bits and of the rest.
BATLAB_HD_INLINE void splitPair(float a, float b, std::uint32_t &hi, std::uint32_t &lo)
{
    hi = toBf16x2(a, b);
    lo = toBf16x2(sub(a, lowOf(hi)), sub(b, highOf(hi)));
}

/// Fragments of a matrix given by entry(row, col).
template<class Entry>
BATLAB_HD_INLINE void buildFragments(UnitFragments &f, int lane, const Entry &entry)
{
    BATLAB_UNROLL
    for (int nt = 0; nt < 4; ++nt) {
        BATLAB_UNROLL
        for (int pair = 0; pair < 4; ++pair) {
            const Cell first = unitCellB(lane, nt, 2 * pair);
            const Cell second = unitCellB(lane, nt, 2 * pair + 1);
            splitPair(entry(first.row, first.col), entry(second.row, second.col), f.r[0][nt][pair],
                      f.r[1][nt][pair]);
        }
    }
}

/// A Source as the lanes of a quad read it, 8 columns each.
struct PairSource
{
    View x, up, gamma;
    const float *rowScale;
    int rows; ///< at most mmaMostRows
    Prologue prologue;
};
[[nodiscard]] inline PairSource pairSource(const Source &s)
{
    return { viewOf(s.x),
             viewOf(s.up),
             viewOf(s.gamma, DType::f32, s.x.cols, 0),
             s.rowScale,
             static_cast<int>(s.x.rows),
             s.prologue };
}

BATLAB_HD_INLINE void applyPrologue(const PairSource &s, std::int64_t row, std::int64_t col,
                                    float (&x)[octetSize])
{
    float other[octetSize];
    if (s.prologue == Prologue::rmsNorm) {
        loadOctet(s.gamma, 0, col, other);
        const float scale = s.rowScale[row];
        BATLAB_UNROLL
        for (int j = 0; j < octetSize; ++j) {
            x[j] = mul(mul(x[j], scale), other[j]);
        }
    } else if (s.prologue == Prologue::swiglu) {
        loadOctet(s.up, row, col, other);
        BATLAB_UNROLL
        for (int j = 0; j < octetSize; ++j) {
            x[j] = gated(x[j], other[j]);
        }
    }
}

/// One matrix as a lane walks down it: its 8 columns of rows lane / 4 + 8 i of every tile. The
/// lane's part of the address is made once; a tile adds a multiple of the stride that is the same
/// for the whole warp.
struct LaneColumns
{
    unsigned char *base; ///< of row lane / 4
    bool whole; ///< all 8 columns exist and may be moved 16 bytes at a time

    BATLAB_HD_INLINE void start(const View &m, int lane, std::int64_t unit)
    {
        const std::int64_t col = unit * 32 + 8 * (lane % 4);
        base = m.at(lane / 4, col);
        whole = m.isWhole(col, octetSize);
    }
    [[nodiscard]] BATLAB_HD_INLINE unsigned char *at(const View &m, int row0) const
    {
        return base + static_cast<std::int64_t>(row0) * static_cast<std::int32_t>(m.strideBytes);
    }
};

/// The lane's values of row `row0` + lane / 4 as bf16 pairs; zeros beyond the source. Fused: any
/// prologue and dtype; otherwise a plain bf16 matrix.
template<bool Fused>
BATLAB_HD_INLINE void loadPairs(const PairSource &s, const LaneColumns &columns, int row0, int lane,
                                std::int64_t unit, std::uint32_t (&pairs)[4])
{
    const int row = row0 + lane / 4;
    const std::int64_t col = unit * 32 + 8 * (lane % 4);
    if (!Fused && columns.whole && row < s.rows) {
        const Words4 words = loadWords(columns.at(s.x, row0));
        pairs[0] = words.a;
        pairs[1] = words.b;
        pairs[2] = words.c;
        pairs[3] = words.d;
        return;
    }
    Words4 words {};
    if (row < s.rows) {
        float x[octetSize];
        loadOctet(s.x, row, col, x);
        if constexpr (Fused) {
            applyPrologue(s, row, col, x);
        }
        words = packOctet(x);
    }
    pairs[0] = words.a;
    pairs[1] = words.b;
    pairs[2] = words.c;
    pairs[3] = words.d;
}

/// Writes the lane's values of row `row0` + lane / 4.
BATLAB_HD_INLINE void storeLane(const View &m, const LaneColumns &columns, int row0, int rows,
                                int lane, std::int64_t unit, const float (&x)[8])
{
    if (row0 + lane / 4 >= rows) {
        return;
    }
    if (columns.whole && m.bf16) {
        storeWords(columns.at(m, row0), packOctet(x));
    } else {
        storeOctet(m, row0 + lane / 4, unit * 32 + 8 * (lane % 4), x);
    }
}

/// A copy that the compiler must not make again for every use.
BATLAB_HD_INLINE std::uint32_t pinned(std::uint32_t x)
{
#if defined(__CUDA_ARCH__)
    asm volatile("prmt.b32 %0, %0, 0, 0x3210;" : "+r"(x));
#endif
    return x;
}

/// c += a * matrix: a and c by lane as the lane's 8 columns of two rows, the matrix as fragments
/// f(state, part, nt, register). Rest first, so that the leading bits are added to a finished sum.
template<int Parts, class Warp, class A, class Fragment, class C>
BATLAB_HD_INLINE void multiplyUnit(Warp &warp, const A &a, const Fragment &f, const C &c)
{
    warp.converge();
    BATLAB_UNROLL
    for (int kt = 0; kt < 2; ++kt) {
        // A wants its registers in another order than loads give them: copied once, for all 8.
        warp.each([&](auto &s, int) {
            auto &x = a(s);
            s.a[0] = pinned(x[0][2 * kt]);
            s.a[1] = pinned(x[1][2 * kt]);
            s.a[2] = pinned(x[0][2 * kt + 1]);
            s.a[3] = pinned(x[1][2 * kt + 1]);
        });
        BATLAB_UNROLL
        for (int part = Parts - 1; part >= 0; --part) {
            BATLAB_UNROLL
            for (int nt = 0; nt < 4; ++nt) {
                warp.mma([&](auto &s) {
                    auto &y = c(s);
                    return MmaLane { y[0][2 * nt],
                                     y[0][2 * nt + 1],
                                     y[1][2 * nt],
                                     y[1][2 * nt + 1],
                                     s.a[0],
                                     s.a[1],
                                     s.a[2],
                                     s.a[3],
                                     f(s, part, nt, 2 * kt),
                                     f(s, part, nt, 2 * kt + 1) };
                });
            }
        }
    }
}

} // namespace batlab::kernels::cuda
