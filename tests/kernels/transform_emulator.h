// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernel_data.h"
#include "kernels/cuda/factor_sums.h"
#include "kernels/cuda/gpk_exact_backward.h"
#include "kernels/cuda/gpk_mma_backward.h"
#include "kernels/cuda/gpk_plan.h"
#include "kernels/cuda/gpk_quantizers.h"
#include "kernels/cuda/transform_ops.h"

#include <cstring>

/// The transform kernels of kernels/cuda on the CPU: the loops of their launchers around the very
/// bodies the device runs, with HostWarp and HostGroup in place of a warp.
namespace transform_emulator {

using namespace kernel_test;
namespace cu = batlab::kernels::cuda;

/// Calls f(quantizer) or f(NoQuantizer).
template<class Function>
void withAny(const QuantSpec *spec, bool quad, const Function &f)
{
    if (spec == nullptr) {
        f(cu::NoQuantizer {});
    } else if (quad) {
        cu::withQuadQuantizer(*spec, true, f);
    } else {
        cu::withQuantizer(*spec, f);
    }
}

inline cu::ForwardTarget targetOf(const cu::Source &s, const Matrix &out,
                                  const cu::PackedOut &packed)
{
    return { out, packed.codes, packed.scales, packed.layout, (s.x.cols + 31) / 32 };
}

inline void exactForward(const cu::Source &source, const Gpk &p, const Clip &clip,
                         const QuantSpec *spec, const Matrix &out, const cu::PackedOut &packed = {})
{
    const cu::ExactForward op { source, p, cu::unitLayout(source.x.cols, p.g1 * p.g2), clip,
                                targetOf(source, out, packed) };
    std::vector<float> shared(size_t(cu::exactForwardFloats(op.layout.width)));
    cu::HostGroup group(32);
    withAny(spec, false, [&](const auto &q) {
        for (std::int64_t row = 0; row < source.x.rows; row += cu::tileTokens) {
            for (std::int64_t unit = 0; unit < op.layout.units; ++unit) {
                if (p.g1 == 8 && p.g2 == 4) {
                    cu::exactForwardTile<8, 4>(group, op, q, row, unit, shared.data());
                } else {
                    cu::exactForwardTile<0, 0>(group, op, q, row, unit, shared.data());
                }
            }
        }
    });
}

inline void mmaForward(const cu::Source &source, const Gpk &p, const Clip &clip,
                       const QuantSpec *spec, const Matrix &out, const cu::PackedOut &packed = {})
{
    const cu::MmaForward op { cu::pairSource(source),
                              p,
                              cu::unitLayout(source.x.cols, p.g1 * p.g2),
                              clip,
                              targetOf(source, out, packed),
                              cu::viewOf(out) };
    const int rows = static_cast<int>(source.x.rows);
    withAny(spec, true, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        const auto run = [&](auto pack) {
            for (std::int64_t unit = 0; unit < op.layout.units; ++unit) {
                cu::HostWarp<cu::ForwardLane> warp;
                cu::startForward(warp, op, unit);
                cu::loadForward<true>(warp, op, 0, unit);
                for (int row = 0; row < rows; row += cu::mmaRows) {
                    cu::forwardTile<Q, decltype(pack)::value, true>(warp, op, q, row,
                                                                    row + cu::mmaRows, unit);
                }
            }
        };
        if constexpr (!std::is_same_v<Q, cu::NoQuantizer>) {
            if (packed.codes != nullptr) {
                run(std::true_type {});
                return;
            }
        }
        run(std::false_type {});
    });
}

struct Gradients
{
    std::vector<float> x, a, b;
    std::vector<ClipShare> shares;
};

/// gx [rows, cols], dA, dB and the clip shares [rows, ratios].
inline Gradients backward(bool mma, const ConstMatrix &x, const ConstMatrix &gy, const Gpk &p,
                          const Clip &clip, const QuantSpec *spec, const Ste &ste)
{
    const cu::UnitLayout layout = cu::unitLayout(x.cols, p.g1 * p.g2);
    const cu::BackwardPlan plan = mma ? cu::planMmaBackward(x.rows, layout.units, p)
                                      : cu::planExactBackward(x.rows, layout.units, p, {});
    Gradients out;
    out.x.resize(size_t(x.rows * x.cols));
    out.a.resize(size_t(p.g1 * p.g1));
    out.b.resize(size_t(layout.k * p.g2 * p.g2));
    const bool clipped = spec != nullptr && clip.lo != nullptr;
    out.shares.resize(clipped ? size_t(x.rows * layout.ratios(blockSize(spec->format))) : 0);
    ClipShare *const shares = clipped ? out.shares.data() : nullptr;
    const Matrix gx = view(out.x, x.rows, x.cols);
    std::vector<double> sums(plan.sumBytes / sizeof(double));
    const std::int64_t tiles =
        cu::chunkTiles(x.rows, plan.chunks, mma ? cu::mmaRows : cu::tileTokens);
    withAny(spec, mma, [&](const auto &q) {
        using Q = std::decay_t<decltype(q)>;
        for (std::int64_t unit = 0; unit < layout.units; ++unit) {
            for (std::int64_t chunk = 0; chunk < plan.chunks; ++chunk) {
                double *const own = sums.data() + (unit * plan.chunks + chunk) * plan.slot;
                const std::int64_t end = (chunk + 1) * tiles;
                if (mma) {
                    if constexpr (std::is_same_v<Q, cu::NoQuantizer> || Q::block == 32) {
                        const cu::MmaBackward op { cu::pairSource({ x }),
                                                   cu::pairSource({ gy }),
                                                   layout,
                                                   clip,
                                                   ste,
                                                   cu::viewOf(gx),
                                                   shares };
                        cu::HostGroup block(128);
                        cu::SharedFragments fragments;
                        cu::buildShared(block, fragments, p, layout, unit);
                        std::vector<float> dense(size_t(4 * cu::denseFloats));
                        const cu::ChunkRows its =
                            cu::chunkRows(chunk, tiles, static_cast<int>(x.rows));
                        for (int w = 0; w < 4; ++w) {
                            cu::HostWarp<cu::BackwardLane> warp;
                            cu::StagedTile staged; // what nobody sent for is NaN
                            std::memset(&staged, 0xff, sizeof staged);
                            cu::startBackward(warp, op, unit);
                            int row = its.begin + w * cu::mmaRows;
                            cu::stageTile(warp, op, staged, row, its.end);
                            for (; row < its.end; row += 4 * cu::mmaRows) {
                                cu::backwardTile(warp, op, q, fragments, staged, row,
                                                 row + 4 * cu::mmaRows, its.end, unit);
                            }
                            cu::writeOuter(warp, dense.data() + w * cu::denseFloats);
                        }
                        cu::contractOuter(block, dense.data(), 4, p, layout, unit, own);
                    }
                    continue;
                }
                const cu::ExactBackward op { x, gy, p, layout, clip, ste, gx, shares };
                std::vector<float> shared(size_t(cu::exactBackwardFloats(layout.width)));
                cu::HostGroup group(32);
                for (std::int64_t i = chunk * tiles; i < end; ++i) {
                    if (i * cu::tileTokens >= x.rows) {
                        continue;
                    }
                    if (p.g1 == 8 && p.g2 == 4) {
                        cu::exactBackwardTile<8, 4>(group, op, q, i * cu::tileTokens, unit,
                                                    shared.data(), own);
                    } else {
                        cu::exactBackwardTile<0, 0>(group, op, q, i * cu::tileTokens, unit,
                                                    shared.data(), own);
                    }
                }
            }
        }
    });
    const cu::FactorSums args {
        sums.data(), plan.chunks, plan.slot,    layout.k,    layout.width / layout.g,
        p.g1 * p.g1, p.g2 * p.g2, out.a.data(), out.b.data()
    };
    cu::HostGroup group(32);
    double partial[32];
    for (std::int64_t i = 0; i < cu::factorOutputs(args); ++i) {
        cu::sumFactor(group, args, i, partial);
    }
    return out;
}

} // namespace transform_emulator
