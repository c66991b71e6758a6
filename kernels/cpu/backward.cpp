// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/table.h"

#include "kernels/cpu/transform.h"

#include <cstdlib>

/// Backward passes with recompute. Work is split over columns, so every sum over tokens is made by
/// one thread in row order: fp32 in 16 lanes over 64 rows, double beyond (reduce.h).
namespace batlab::kernels::BATLAB_LEVEL {

namespace {

constexpr int tilesPerChunk = chunkRows / T;
constexpr std::int64_t unitsPerTask = 4;

/// Straight-through gradient of clip + fake-quantize on `width` columns (methods.md 1.5): y before
/// clipping; g = dL/dout becomes dL/dy; shares (if wanted) get [row][block].
using SteTile = void (*)(const QuantConstants &, const Ste &, const float *y, float *g, int width,
                         const Clip &, std::int64_t row, std::int64_t rows, std::int64_t col,
                         ClipShare *shares, std::int64_t blocks);

template<class Q, bool Clipped>
void steTile(const QuantConstants &constants, const Ste &ste, const float *y, float *g, int width,
             const Clip &clip, std::int64_t row, std::int64_t rows, std::int64_t col,
             ClipShare *shares, std::int64_t blocks)
{
    constexpr int n = Q::block;
    const Q q(constants);
    const I all = splat(-1);
    for (int first = 0; first < width; first += n) {
        const float *const block = y + first * T;
        float *const grad = g + first * T;
        for (int v = 0; v < tokenVectors; ++v) {
            alignas(64) float clamped[n * W];
            Limits l {};
            if constexpr (Clipped) {
                l = limitsOf<n>(block, v, clip, row, rows, ratioIndex(col + first, n, blocks));
            }
            I amax {};
            for (int c = 0; c < n; ++c) {
                F x = get(block, c, v);
                if constexpr (Clipped) {
                    x = clamp(x, l);
                }
                store(clamped + c * W, x);
                amax = maxI(amax, as<I>(x) & 0x7fffffff);
            }
            const Scale s = q.scale(amax);
            const I good = ~s.poisoned;
            F scaleSum {};
            for (int c = 0; c < n; ++c) {
                const F scaled = q.scaled(load<F>(clamped + c * W), s);
                const I in = ste.mask ? (absF(scaled) <= splat(q.maxValue())) & good : all;
                if (ste.scaleGradient) {
                    const F grid = as<F>(as<I>(q.magnitude(scaled)) | signBits(scaled));
                    scaleSum += get(grad, c, v) * (grid - select(in, scaled, F {}));
                }
                put(grad, c, v, select(in, get(grad, c, v), F {}));
            }
            if (ste.scaleGradient) {
                const F step = Q::kind == Kind::prescale ? s.step / 3.0F : s.step;
                const F toMax = scaleSum * (step / as<F>(amax));
                I open = good & (amax > 0);
                for (int c = 0; c < n; ++c) {
                    const F x = load<F>(clamped + c * W);
                    const I here = open & ((as<I>(x) & 0x7fffffff) == amax);
                    const F signedMax = as<F>(as<I>(toMax) ^ signBits(x));
                    put(grad, c, v, select(here, get(grad, c, v) + signedMax, get(grad, c, v)));
                    open &= ~here;
                }
            }
            if constexpr (Clipped) {
                F lowerSum {};
                F upperSum {};
                for (int c = 0; c < n; ++c) {
                    const F x = get(block, c, v);
                    const F d = get(grad, c, v);
                    const I below = (x < l.lower) & good;
                    const I above = (x > l.upper) & good & ~below;
                    lowerSum = select(below, lowerSum + d, lowerSum);
                    upperSum = select(above, upperSum + d, upperSum);
                    put(grad, c, v, select(below | above, F {}, d));
                }
                I openMin = good;
                for (int c = 0; c < n; ++c) {
                    const I here = openMin & (get(block, c, v) == l.min);
                    const F d = get(grad, c, v);
                    put(grad, c, v, select(here, d + lowerSum * l.lo, d));
                    openMin &= ~here;
                }
                I openMax = good;
                for (int c = 0; c < n; ++c) {
                    const I here = openMax & (get(block, c, v) == l.max);
                    const F d = get(grad, c, v);
                    put(grad, c, v, select(here, d + upperSum * l.hi, d));
                    openMax &= ~here;
                }
                if (shares != nullptr && (col + first) / n < blocks) {
                    const F lo = select(good, lowerSum * l.min, F {});
                    const F hi = select(good, upperSum * l.max, F {});
                    for (int i = 0; i < W && row + v * W + i < rows; ++i) {
                        shares[(row + v * W + i) * blocks + (col + first) / n] = { lo[i], hi[i] };
                    }
                }
            }
        }
    }
}

SteTile pickSte(const QuantSpec &spec, bool clipped)
{
    SteTile f = nullptr;
    withQuantizer(spec, [&](const auto &q) {
        using Q = std::remove_cvref_t<decltype(q)>;
        f = clipped ? &steTile<Q, true> : &steTile<Q, false>;
    });
    return f;
}

/// Sum of one lane set: strides 8, 4, 2, 1.
BATLAB_INLINE float sumLanes(const F *lanes)
{
    F sum[tokenVectors];
    for (int v = 0; v < tokenVectors; ++v) {
        sum[v] = lanes[v];
    }
    for (int stride = tokenVectors / 2; stride > 0; stride /= 2) {
        for (int v = 0; v < stride; ++v) {
            sum[v] += sum[v + stride];
        }
    }
    return reduceTree(sum[0], [](F a, F b) { return a + b; })[0];
}

/// total[i, j] += sum over tokens and r of left[i-th row set] * right[j-th row set] (see below).
/// dA: left = X, right = U, summed over the g2 rows; dB: left = Z, right = G, summed over the g1
/// columns.
template<int N, int Inner>
BATLAB_INLINE void addOuter(const float *left, const float *right, int strideOuter, int strideInner,
                            int tiles, std::int64_t tileSize, double *total, int runN, int runInner)
{
    const int n = N > 0 ? N : runN;
    const int inner = Inner > 0 ? Inner : runInner;
    constexpr int step = N == 0 ? 1 : N % 4 == 0 ? 4 : N;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; j += step) {
            F sum[step][tokenVectors] = {};
            for (int tile = 0; tile < tiles; ++tile) {
                const float *const l = left + tile * tileSize;
                const float *const r = right + tile * tileSize;
                for (int m = 0; m < inner; ++m) {
                    for (int v = 0; v < tokenVectors; ++v) {
                        const F x = get(l, i * strideOuter + m * strideInner, v);
                        for (int s = 0; s < step; ++s) {
                            sum[s][v] += x * get(r, (j + s) * strideOuter + m * strideInner, v);
                        }
                    }
                }
            }
            for (int s = 0; s < step; ++s) {
                total[i * n + j + s] += static_cast<double>(sumLanes(sum[s]));
            }
        }
    }
}

/// gx, dA, dB of one transform block over the tiles of a chunk (methods.md A.1). x, z, g, u, gx:
/// tiles `tileSize` apart.
using TransformBack = void (*)(const Gpk &p, const float *b, int tiles, std::int64_t tileSize,
                               const float *x, const float *z, const float *g, float *u, float *gx,
                               double *dA, double *dB);
TransformBack pickTransformBack(const Gpk &p)
{
    TransformBack f = nullptr;
    withFactors(p, [&](auto factors) {
        using N = decltype(factors);
        f = [](const Gpk &gpk, const float *b, int tiles, std::int64_t tileSize, const float *x,
               const float *z, const float *g, float *u, float *gx, double *dA, double *dB) {
            const int g1 = N::g1 > 0 ? N::g1 : gpk.g1;
            const int g2 = N::g2 > 0 ? N::g2 : gpk.g2;
            for (int tile = 0; tile < tiles; ++tile) {
                const std::int64_t at = tile * tileSize;
                timesLeft<N::g1, N::g2>(g + at, b, 1, g2, u + at, g1, g2); // U = B G
                timesRight<N::g1, N::g2>(u + at, gpk.a, 1, g1, gx + at, g1, g2); // U A^T
            }
            addOuter<N::g1, N::g2>(x, u, 1, g1, tiles, tileSize, dA, g1, g2); // X^T U
            addOuter<N::g2, N::g1>(z, g, g1, 1, tiles, tileSize, dB, g2, g1); // Z G^T
        };
    });
    return f;
}

struct Backward
{
    ConstMatrix x, gy;
    const Gpk *p; ///< null: no transform
    const QuantSpec *spec; ///< null: no quantization
    Clip clip;
    Ste ste;
    Matrix gx;
    float *dA;
    float *dB;
    ClipGrad dclip;
};

template<class V>
V *allocate(std::int64_t count)
{
    return static_cast<V *>(
        std::calloc(static_cast<std::size_t>(count > 0 ? count : 1), sizeof(V)));
}

void runBackward(const Backward &op, const Exec &exec)
{
    const Layout layout(op.x.cols, op.p != nullptr ? op.p->g1 * op.p->g2 : 32);
    const int g = layout.g;
    const int unitWidth = layout.unit;
    const std::int64_t tileSize = std::int64_t { unitWidth } * T;
    const bool clipped = op.spec != nullptr && op.clip.lo != nullptr && op.clip.hi != nullptr;
    const bool wantClip = clipped && (op.dclip.lo != nullptr || op.dclip.hi != nullptr);
    const int n = op.spec != nullptr && op.spec->format == Format::nvfp4 ? 16 : 32;
    const std::int64_t blocks = op.p != nullptr ? layout.ratios(n) : (op.x.cols + n - 1) / n;
    const int sizeA = op.p != nullptr ? op.p->g1 * op.p->g1 : 0;
    const int sizeB = op.p != nullptr ? op.p->g2 * op.p->g2 : 0;

    const LoadTile loadX = pickLoad(op.x.dtype);
    const LoadTile loadG = pickLoad(op.gy.dtype);
    const StoreTile write =
        pickStore(op.gx.dtype, op.gx.data != op.gy.data && shouldStream(op.gx, op.x.data));
    const TransformTile transform = op.p != nullptr ? pickTransform(*op.p) : nullptr;
    const TransformBack back = op.p != nullptr ? pickTransformBack(*op.p) : nullptr;
    const SteTile ste = op.spec != nullptr ? pickSte(*op.spec, clipped) : nullptr;
    const QuantConstants constants =
        op.spec != nullptr ? quantConstants(*op.spec) : QuantConstants {};

    auto *const sumA = allocate<double>(layout.k * sizeA);
    auto *const sumB = allocate<double>(layout.k * sizeB);
    auto *const shares = wantClip ? allocate<ClipShare>(op.x.rows * blocks) : nullptr;

    forRanges(layout.units, unitsPerTask, exec.threads, [&](std::int64_t begin, std::int64_t end) {
        // Per tile of the chunk: x, z = XA, g, u = BG, gx; and y once.
        const std::int64_t floats = tileSize * (5 * tilesPerChunk + 1);
        auto *const memory = static_cast<float *>(
            std::aligned_alloc(64, static_cast<std::size_t>(floats) * sizeof(float)));
        float *const x = memory;
        float *const z = x + tileSize * tilesPerChunk;
        float *const grad = z + tileSize * tilesPerChunk;
        float *const u = grad + tileSize * tilesPerChunk;
        float *const gx = u + tileSize * tilesPerChunk;
        float *const y = gx + tileSize * tilesPerChunk;
        for (std::int64_t chunk = 0; chunk < op.x.rows; chunk += chunkRows) {
            const std::int64_t left = (op.x.rows - chunk + T - 1) / T;
            const int tiles = static_cast<int>(left < tilesPerChunk ? left : tilesPerChunk);
            for (std::int64_t unit = begin; unit < end; ++unit) {
                const std::int64_t col = unit * unitWidth;
                const int parts = op.p != nullptr ? layout.parts(unit) : 0;
                for (int tile = 0; tile < tiles; ++tile) {
                    const std::int64_t row = chunk + tile * T;
                    float *const tx = x + tile * tileSize;
                    float *const tg = grad + tile * tileSize;
                    float *ty = tx;
                    loadX(op.x, row, col, unitWidth, tx);
                    loadG(op.gy, row, col, unitWidth, tg);
                    if (op.p != nullptr) {
                        ty = y;
                        for (int part = 0; part < parts; ++part) {
                            const std::int64_t at = std::int64_t { part } * g * T;
                            transform(tx + at, op.p->a, op.p->b + (col / g + part) * sizeB,
                                      z + tile * tileSize + at, ty + at, op.p->g1, op.p->g2);
                        }
                        for (int c = parts * g; c < unitWidth; ++c) {
                            __builtin_memset(ty + c * T, 0, sizeof(float) * T);
                        }
                    }
                    if (ste != nullptr) {
                        ste(constants, op.ste, ty, tg, unitWidth, op.clip, row, op.x.rows, col,
                            shares, blocks);
                    }
                }
                for (int part = 0; part < parts; ++part) {
                    const std::int64_t block = col / g + part;
                    const std::int64_t at = std::int64_t { part } * g * T;
                    back(*op.p, op.p->b + block * sizeB, tiles, tileSize, x + at, z + at, grad + at,
                         u + at, gx + at, sumA + block * sizeA, sumB + block * sizeB);
                }
                for (int tile = 0; tile < tiles && op.gx.data != nullptr; ++tile) {
                    write(op.gx, chunk + tile * T, col, unitWidth,
                          (op.p != nullptr ? gx : grad) + tile * tileSize);
                }
            }
        }
        streamFence();
        std::free(memory);
    });

    for (int i = 0; op.dA != nullptr && i < sizeA; ++i) {
        double sum = 0.0;
        for (std::int64_t block = 0; block < layout.k; ++block) {
            sum += sumA[block * sizeA + i];
        }
        op.dA[i] = static_cast<float>(sum);
    }
    for (std::int64_t i = 0; op.dB != nullptr && i < layout.k * sizeB; ++i) {
        op.dB[i] = static_cast<float>(sumB[i]);
    }
    if (wantClip) {
        addClipGradient(shares, op.x.rows, blocks, op.clip, op.dclip);
    }
    std::free(sumA);
    std::free(sumB);
    std::free(shares);
}

} // namespace

void fakeQuantizeBackward(ConstMatrix x, ConstMatrix gy, const Clip &clip, const QuantSpec &spec,
                          const Ste &ste, Matrix gx, const ClipGrad &dclip, const Exec &exec)
{
    runBackward({ x, gy, nullptr, &spec, clip, ste, gx, nullptr, nullptr, dclip }, exec);
}

void gpkFakeQuantizeBackward(ConstMatrix x, ConstMatrix gy, const Gpk &p, const Clip &clip,
                             const QuantSpec &spec, const Ste &ste, Matrix gx, float *dA, float *dB,
                             const ClipGrad &dclip, const Exec &exec)
{
    runBackward({ x, gy, &p, &spec, clip, ste, gx, dA, dB, dclip }, exec);
}

void gpkTransformBackward(ConstMatrix x, ConstMatrix gy, const Gpk &p, Matrix gx, float *dA,
                          float *dB, const Exec &exec)
{
    runBackward({ x, gy, &p, nullptr, {}, {}, gx, dA, dB, {} }, exec);
}

} // namespace batlab::kernels::BATLAB_LEVEL
