// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/gpk_mma.h"
#include "kernels/cuda/staged_tile.h"
#include "kernels/reduce.h"

/// Backward with recompute on the tensor cores (performance.md 3.2): a tile of 16 tokens x 32
/// columns gives u = xP again, the straight-through mask, gx = g P^T and 16 tokens' share of the
/// dense gradient dP = X^T G, which stays in registers over the warp's tiles. The transposed
/// operands of dP are 8 x 8 register transposes of what the lane holds already. g is split into
/// hi + lo bf16: exact for masked bf16 gradients, 2^-17 where clip or scale gradients were added.
namespace batlab::kernels::cuda {

/// Floats of a dense gradient in shared memory, rows padded to 33.
constexpr int denseFloats = 32 * 33;

struct alignas(16) FragmentWords
{
    std::uint32_t w[4];
};
/// Fragments of P and P^T as they lie in shared memory: [matrix][part][nt][lane].
struct SharedFragments
{
    FragmentWords words[2][2][4][warpLanes];
};

template<class Group>
BATLAB_HD_INLINE void buildShared(Group &group, SharedFragments &shared, const Gpk &p,
                                  const UnitLayout &layout, std::int64_t unit)
{
    group.each([&](int thread) {
        const UnitMatrix m = unitMatrix(p, layout, unit);
        for (int i = thread; i < 2 * 4 * warpLanes; i += group.size()) {
            const int lane = i % warpLanes;
            const int nt = i / warpLanes % 4;
            const int matrix = i / warpLanes / 4;
            BATLAB_UNROLL
            for (int pair = 0; pair < 4; ++pair) {
                const Cell a = unitCellB(lane, nt, 2 * pair);
                const Cell b = unitCellB(lane, nt, 2 * pair + 1);
                const auto entry = [&](Cell c) {
                    return matrix == 0 ? m(c.row, c.col) : m(c.col, c.row);
                };
                splitPair(entry(a), entry(b), shared.words[matrix][0][nt][lane].w[pair],
                          shared.words[matrix][1][nt][lane].w[pair]);
            }
        }
    });
}

struct BackwardLane
{
    std::uint32_t x[2][4];
    float y[2][8]; ///< u = xP, then gx
    float g[2][8];
    std::uint32_t gPairs[2][2][4]; ///< [hi, lo][row][pair]
    FragmentWords fragment;
    float dP[2][4][4]; ///< [mt][nt][element]
    Limits limits[2];
    std::uint32_t amax;
    float sum[2];
    int first[2];
    LaneColumns xIn, gIn, out;
};

struct MmaBackward
{
    PairSource x, gy;
    UnitLayout layout;
    Clip clip;
    Ste ste;
    View gx; ///< data null: not wanted
    ClipShare *shares; ///< [rows, ratios]; null: not wanted
};

struct MaxBits
{
    BATLAB_HD_INLINE std::uint32_t operator()(std::uint32_t a, std::uint32_t b) const
    {
        return greater(a, b);
    }
};
struct Add
{
    BATLAB_HD_INLINE float operator()(float a, float b) const { return add(a, b); }
};
struct MinIndex
{
    BATLAB_HD_INLINE int operator()(int a, int b) const { return lesser(a, b); }
};

/// c += a * (matrix in shared memory).
template<class Warp, class A>
BATLAB_HD_INLINE void multiplyShared(Warp &warp, const SharedFragments &shared, int matrix,
                                     int parts, const A &a)
{
    warp.converge();
    BATLAB_UNROLL
    for (int nt = 0; nt < 4; ++nt) {
        BATLAB_UNROLL
        for (int part = 1; part >= 0; --part) {
            if (part >= parts) {
                continue;
            }
            warp.each(
                [&](auto &s, int lane) { s.fragment = shared.words[matrix][part][nt][lane]; });
            BATLAB_UNROLL
            for (int kt = 0; kt < 2; ++kt) {
                warp.mma([&](auto &s) {
                    auto &x = a(s);
                    return MmaLane { s.y[0][2 * nt],       s.y[0][2 * nt + 1],
                                     s.y[1][2 * nt],       s.y[1][2 * nt + 1],
                                     x[0][2 * kt],         x[1][2 * kt],
                                     x[0][2 * kt + 1],     x[1][2 * kt + 1],
                                     s.fragment.w[2 * kt], s.fragment.w[2 * kt + 1] };
                });
            }
        }
    }
}

/// The gradient of row i's extremes: where get(s, j) says so first, value(s) is added to g.
template<class Warp, class Here, class Value>
BATLAB_HD_INLINE void addAtFirst(Warp &warp, int i, int slot, const Here &here, const Value &value)
{
    warp.each([&](BackwardLane &s, int lane) {
        s.first[slot] = 32;
        BATLAB_UNROLL
        for (int j = 7; j >= 0; --j) {
            s.first[slot] = here(s, j) ? 8 * (lane % 4) + j : s.first[slot];
        }
    });
    warp.quadReduce([&](BackwardLane &s) -> int & { return s.first[slot]; }, MinIndex {});
    warp.each([&](BackwardLane &s, int lane) {
        BATLAB_UNROLL
        for (int j = 0; j < 8; ++j) {
            if (8 * (lane % 4) + j == s.first[slot]) {
                s.g[i][j] = add(s.g[i][j], value(s, j));
            }
        }
    });
}

/// Straight-through gradient of clip + quantize for row i of every quad (methods.md 1.5): s.y
/// before clipping; s.g = dL/dout becomes dL/dy.
template<class Q, class Warp>
BATLAB_HD_INLINE void steRow(Warp &warp, const MmaBackward &op, const Q &q, bool clipped, int i,
                             int row0, std::int64_t unit)
{
    const auto valueOf = [clipped, i](const BackwardLane &s, int j) {
        return clipped ? clampedFast(s.y[i][j], s.limits[i]) : s.y[i][j];
    };
    warp.each([&](BackwardLane &s, int) {
        float largest = absolute(valueOf(s, 0));
        BATLAB_UNROLL
        for (int j = 1; j < 8; ++j) {
            largest = nanMax(largest, absolute(valueOf(s, j)));
        }
        s.amax = bitsOf(largest) & 0x7fffffffU;
    });
    warp.quadReduce([](BackwardLane &s) -> std::uint32_t & { return s.amax; }, MaxBits {});
    warp.each([&](BackwardLane &s, int) {
        const Scale scale = q.scale(s.amax);
        s.sum[0] = 0.0F;
        BATLAB_UNROLL
        for (int j = 0; j < 8; ++j) {
            const float scaled = q.scaled(valueOf(s, j), scale);
            const bool in =
                !op.ste.mask || (absolute(scaled) <= q.grid().maxValue && !scale.poisoned);
            if (op.ste.scaleGradient) {
                const float grid = withSign(q.magnitude(scaled), scaled);
                s.sum[0] = add(s.sum[0], mul(s.g[i][j], sub(grid, in ? scaled : 0.0F)));
            }
            s.g[i][j] = in ? s.g[i][j] : 0.0F;
        }
    });
    if (op.ste.scaleGradient) {
        warp.quadReduce([](BackwardLane &s) -> float & { return s.sum[0]; }, Add {});
        addAtFirst(
            warp, i, 0,
            [&](const BackwardLane &s, int j) {
                return s.amax > 0 && s.amax < 0x7f800000U
                    && (bitsOf(valueOf(s, j)) & 0x7fffffffU) == s.amax;
            },
            [&](const BackwardLane &s, int j) {
                const Scale scale = q.scale(s.amax);
                const float toMax = mul(s.sum[0], divide(q.effectiveStep(scale), floatOf(s.amax)));
                return bitsOf(s.y[i][j]) >> 31 != 0 ? -toMax : toMax;
            });
    }
    if (!clipped) {
        return;
    }
    warp.each([&](BackwardLane &s, int) {
        const bool good = s.amax < 0x7f800000U;
        s.sum[0] = s.sum[1] = 0.0F;
        BATLAB_UNROLL
        for (int j = 0; j < 8; ++j) {
            const bool below = good && s.y[i][j] < s.limits[i].lower;
            const bool above = good && !below && s.y[i][j] > s.limits[i].upper;
            s.sum[0] = add(s.sum[0], below ? s.g[i][j] : 0.0F);
            s.sum[1] = add(s.sum[1], above ? s.g[i][j] : 0.0F);
            s.g[i][j] = below || above ? 0.0F : s.g[i][j];
        }
    });
    BATLAB_UNROLL
    for (int side = 0; side < 2; ++side) {
        warp.quadReduce([&](BackwardLane &s) -> float & { return s.sum[side]; }, Add {});
        addAtFirst(
            warp, i, side,
            [&](const BackwardLane &s, int j) {
                const Limits &l = s.limits[i];
                return s.amax < 0x7f800000U && s.y[i][j] == (side == 0 ? l.min : l.max);
            },
            [&](const BackwardLane &s, int) {
                const Limits &l = s.limits[i];
                return mul(s.sum[side], side == 0 ? l.lo : l.hi);
            });
    }
    warp.each([&](BackwardLane &s, int lane) {
        const int row = row0 + lane / 4 + 8 * i;
        const std::int64_t ratios = op.layout.ratios(32);
        if (op.shares != nullptr && lane % 4 == 0 && row < op.x.rows && unit < ratios) {
            const bool good = s.amax < 0x7f800000U;
            const Limits &l = s.limits[i];
            op.shares[row * ratios + unit] = { good ? mul(s.sum[0], l.min) : 0.0F,
                                               good ? mul(s.sum[1], l.max) : 0.0F };
        }
    });
}

template<class Warp>
BATLAB_HD_INLINE void startBackward(Warp &warp, const MmaBackward &op, std::int64_t unit)
{
    warp.each([&](BackwardLane &s, int lane) {
        s.xIn.start(op.x.x, lane, unit);
        s.gIn.start(op.gy.x, lane, unit);
        s.out.start(op.gx, lane, unit);
    });
}

/// Sends for the tile at row0, if it begins before `end`; lanes whose 16 bytes are not whole read
/// them later.
template<class Warp>
BATLAB_HD_INLINE void stageTile(Warp &warp, const MmaBackward &op, StagedTile &staged, int row0,
                                int end)
{
    if (row0 >= end) {
        return;
    }
    warp.each([&](BackwardLane &s, int lane) {
        BATLAB_UNROLL
        for (int i = 0; i < 2; ++i) {
            const bool there = row0 + 8 * i + lane / 4 < op.x.rows;
            if (s.xIn.whole) {
                copyAhead(staged.words[0][i][lane], s.xIn.at(op.x.x, row0 + 8 * i), there);
            }
            if (s.gIn.whole) {
                copyAhead(staged.words[1][i][lane], s.gIn.at(op.gy.x, row0 + 8 * i), there);
            }
        }
    });
}

/// One tile of 16 tokens x one unit, which stageTile() sent for; adds its X^T G to s.dP. Sends for
/// the tile at row `next`, if it begins before `end`, as soon as this one is in registers, so that
/// its way from memory overlaps the work.
template<class Q, class Warp>
BATLAB_HD_INLINE void backwardTile(Warp &warp, const MmaBackward &op, const Q &q,
                                   const SharedFragments &shared, StagedTile &staged, int row0,
                                   int next, int end, std::int64_t unit)
{
    copiesArrived();
    warp.each([&](BackwardLane &s, int lane) {
        BATLAB_UNROLL
        for (int i = 0; i < 2; ++i) {
            takePairs(op.x, s.xIn, staged.words[0][i][lane], row0 + 8 * i, lane, unit, s.x[i]);
            takePairs(op.gy, s.gIn, staged.words[1][i][lane], row0 + 8 * i, lane, unit,
                      s.gPairs[0][i]);
            BATLAB_UNROLL
            for (int j = 0; j < 8; ++j) {
                s.g[i][j] =
                    j % 2 == 0 ? lowOf(s.gPairs[0][i][j / 2]) : highOf(s.gPairs[0][i][j / 2]);
                s.y[i][j] = 0.0F;
            }
        }
    });
    warp.converge(); // reads before the copies that follow
    stageTile(warp, op, staged, next, end);
    if constexpr (!std::is_same_v<Q, NoQuantizer>) {
        const bool clipped = op.clip.lo != nullptr && op.clip.hi != nullptr;
        multiplyShared(
            warp, shared, 0, 2, [](BackwardLane & s) -> auto & { return s.x; });
        if (clipped) {
            const std::int64_t last = op.layout.ratios(32) - 1;
            findLimits(warp, op.clip, row0, op.x.rows, unit < last ? unit : last);
        }
        BATLAB_UNROLL
        for (int i = 0; i < 2; ++i) {
            steRow(warp, op, q, clipped, i, row0, unit);
        }
        warp.each([&](BackwardLane &s, int) {
            BATLAB_UNROLL
            for (int i = 0; i < 2; ++i) {
                BATLAB_UNROLL
                for (int j = 0; j < 4; ++j) {
                    splitPair(s.g[i][2 * j], s.g[i][2 * j + 1], s.gPairs[0][i][j],
                              s.gPairs[1][i][j]);
                    s.y[i][2 * j] = s.y[i][2 * j + 1] = 0.0F;
                }
            }
        });
    }
    constexpr int parts = std::is_same_v<Q, NoQuantizer> ? 1 : 2; // a bf16 gradient has no rest
    if (op.gx.data != nullptr) {
        if constexpr (parts == 2) {
            multiplyShared(
                warp, shared, 1, 1, [](BackwardLane & s) -> auto & { return s.gPairs[1]; });
        }
        multiplyShared(
            warp, shared, 1, 2, [](BackwardLane & s) -> auto & { return s.gPairs[0]; });
        warp.each([&](BackwardLane &s, int lane) {
            BATLAB_UNROLL
            for (int i = 0; i < 2; ++i) {
                storeLane(op.gx, s.out, row0 + 8 * i, op.x.rows, lane, unit, s.y[i]);
            }
        });
    }
    warp.converge();
    BATLAB_UNROLL
    for (int i = 0; i < 2; ++i) {
        BATLAB_UNROLL
        for (int j = 0; j < 4; ++j) {
            warp.transpose8([&](BackwardLane &s) -> std::uint32_t & { return s.x[i][j]; });
            BATLAB_UNROLL
            for (int part = 0; part < parts; ++part) {
                warp.transpose8(
                    [&](BackwardLane &s) -> std::uint32_t & { return s.gPairs[part][i][j]; });
            }
        }
    }
    BATLAB_UNROLL
    for (int part = parts - 1; part >= 0; --part) {
        BATLAB_UNROLL
        for (int mt = 0; mt < 2; ++mt) {
            BATLAB_UNROLL
            for (int nt = 0; nt < 4; ++nt) {
                warp.mma([&](BackwardLane &s) {
                    float(&c)[4] = s.dP[mt][nt];
                    return MmaLane { c[0],
                                     c[1],
                                     c[2],
                                     c[3],
                                     s.x[0][2 * mt],
                                     s.x[0][2 * mt + 1],
                                     s.x[1][2 * mt],
                                     s.x[1][2 * mt + 1],
                                     s.gPairs[part][0][nt],
                                     s.gPairs[part][1][nt] };
                });
            }
        }
    }
}

/// The dense gradient [32][32] of the lane's elements, to be added up over the warps of a block.
template<class Warp>
BATLAB_HD_INLINE void writeOuter(Warp &warp, float *dense)
{
    warp.each([&](BackwardLane &s, int lane) {
        BATLAB_UNROLL
        for (int mt = 0; mt < 2; ++mt) {
            BATLAB_UNROLL
            for (int nt = 0; nt < 4; ++nt) {
                BATLAB_UNROLL
                for (int e = 0; e < 4; ++e) {
                    const Cell cell = outerCell(lane, mt, nt, e);
                    dense[cell.row * 33 + cell.col] = s.dP[mt][nt][e];
                }
            }
        }
    });
}

/// Contracts the sum over `warps` dense gradients (denseFloats floats each) to dA and dB of the
/// unit's transform blocks: sums[part][g1*g1 + g2*g2], fp64, entries one thread each.
template<class Group>
BATLAB_HD_INLINE void contractOuter(Group &group, const float *dense, int warps, const Gpk &p,
                                    const UnitLayout &layout, std::int64_t unit, double *sums)
{
    group.each([&](int thread) {
        const int sizeA = p.g1 * p.g1;
        const int sizeB = p.g2 * p.g2;
        const int size = sizeA + sizeB;
        for (int e = thread; e < layout.parts(unit) * size; e += group.size()) {
            const int part = e / size;
            const int entry = e % size;
            const bool inA = entry < sizeA;
            const float *const b =
                p.b + (unit * (32 / layout.g) + part) * static_cast<std::int64_t>(sizeB);
            // dA[i][c] = sum over (r, d) of dP[(r,i),(d,c)] B[r][d]; dB[r][d] the other way round.
            const int n = inA ? p.g1 : p.g2;
            const int m = inA ? p.g2 : p.g1;
            const int first = (inA ? entry : entry - sizeA) / n;
            const int second = (inA ? entry : entry - sizeA) % n;
            double sum = 0.0;
            for (int r = 0; r < m; ++r) {
                for (int d = 0; d < m; ++d) {
                    const int row = part * layout.g + (inA ? r * p.g1 + first : first * p.g1 + r);
                    const int column =
                        part * layout.g + (inA ? d * p.g1 + second : second * p.g1 + d);
                    double cell = 0.0;
                    for (int w = 0; w < warps; ++w) {
                        cell += static_cast<double>(dense[w * denseFloats + row * 33 + column]);
                    }
                    sum += cell * static_cast<double>(inA ? b[r * p.g2 + d] : p.a[r * p.g1 + d]);
                }
            }
            sums[e] = sum;
        }
    });
}

} // namespace batlab::kernels::cuda
