// SPDX-License-Identifier: Apache-2.0
#include "kernels/parallel.h"
#include "kernels/reduce.h"
#include "kernels/scalar/block.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace batlab::kernels::oracle {

namespace {

/// Straight-through gradient of clip + fake-quantize on one block (methods.md 1.5): y is the block
/// before clipping, g = dL/dout on entry and dL/dy on return.
ClipShare steBlock(const float *y, float *g, const Clamp &clamp, const QuantSpec &spec,
                   const Ste &ste)
{
    const int n = blockSize(spec.format);
    float v[32];
    for (int i = 0; i < n; ++i) {
        v[i] = clampValue(y[i], clamp);
    }
    const Block q = quantizeBlock(v, spec);
    if (q.poisoned) {
        for (int i = 0; i < n; ++i) {
            g[i] = ste.mask ? 0.0F : g[i];
        }
        return {};
    }
    float amax = 0.0F;
    for (int i = 0; i < n; ++i) {
        amax = std::max(amax, std::fabs(v[i]));
    }
    float scaleSum = 0.0F; // dL/ds
    for (int i = 0; i < n; ++i) {
        const auto j = static_cast<std::size_t>(i);
        const bool in = !ste.mask || std::fabs(q.scaled[j]) <= elementFormat(spec.format).maxValue;
        const float grid = std::copysign(
            decodeTable(spec.format)[roundToGrid(std::fabs(q.scaled[j]), spec.format, spec.ties)],
            q.scaled[j]);
        scaleSum += g[i] * (grid - (in ? q.scaled[j] : 0.0F));
        g[i] = in ? g[i] : 0.0F;
    }
    if (ste.scaleGradient && amax > 0.0F) {
        const float toMax = scaleSum * (q.step / amax);
        for (int i = 0; i < n; ++i) {
            if (std::fabs(v[i]) == amax) {
                g[i] += std::signbit(v[i]) ? -toMax : toMax;
                break;
            }
        }
    }
    if (!clamp.active) {
        return {};
    }
    float lowerSum = 0.0F;
    float upperSum = 0.0F;
    for (int i = 0; i < n; ++i) {
        if (y[i] < clamp.lower) {
            lowerSum += g[i];
            g[i] = 0.0F;
        } else if (y[i] > clamp.upper) {
            upperSum += g[i];
            g[i] = 0.0F;
        }
    }
    // lower = lo * min, upper = hi * max: the rest of the chain goes to the first extreme elements.
    for (int i = 0; i < n; ++i) {
        if (y[i] == clamp.min) {
            g[i] += lowerSum * clamp.lo;
            break;
        }
    }
    for (int i = 0; i < n; ++i) {
        if (y[i] == clamp.max) {
            g[i] += upperSum * clamp.hi;
            break;
        }
    }
    return { lowerSum * clamp.min, upperSum * clamp.max };
}

float sumLanes(const std::array<float, tokenLanes> &lanes)
{
    std::array<float, tokenLanes> sum = lanes;
    for (std::size_t stride = tokenLanes / 2; stride > 0; stride /= 2) {
        for (std::size_t i = 0; i < stride; ++i) {
            sum[i] += sum[i + stride];
        }
    }
    return sum[0];
}

/// Per-chunk fp32 sums of one transform block in 16 token lanes.
struct Lanes
{
    explicit Lanes(int size) : lanes(static_cast<std::size_t>(size)) { }
    void add(int index, std::int64_t row, float term)
    {
        lanes[static_cast<std::size_t>(index)][static_cast<std::size_t>(row % tokenLanes)] += term;
    }
    void flush(double *total)
    {
        for (std::size_t i = 0; i < lanes.size(); ++i) {
            total[i] += static_cast<double>(sumLanes(lanes[i]));
            lanes[i].fill(0.0F);
        }
    }
    std::vector<std::array<float, tokenLanes>> lanes;
};

/// One transform block, one token: x [g2,g1] in, g = dL/dY; gx = B G A^T; adds to dA and dB (A.1).
void transformBackward(const float *x, const float *g, float *gx, const Gpk &p, const float *b,
                       std::int64_t row, Lanes &dA, Lanes &dB)
{
    float z[maxUnit]; // X A
    float u[maxUnit]; // B G
    for (int r = 0; r < p.g2; ++r) {
        for (int c = 0; c < p.g1; ++c) {
            z[r * p.g1 + c] = x[r * p.g1] * p.a[c];
            for (int i = 1; i < p.g1; ++i) {
                z[r * p.g1 + c] += x[r * p.g1 + i] * p.a[i * p.g1 + c];
            }
            u[r * p.g1 + c] = b[r * p.g2] * g[c];
            for (int i = 1; i < p.g2; ++i) {
                u[r * p.g1 + c] += b[r * p.g2 + i] * g[i * p.g1 + c];
            }
        }
    }
    for (int r = 0; r < p.g2; ++r) {
        for (int c = 0; c < p.g1; ++c) {
            float sum = u[r * p.g1] * p.a[c * p.g1];
            for (int i = 1; i < p.g1; ++i) {
                sum += u[r * p.g1 + i] * p.a[c * p.g1 + i];
            }
            gx[r * p.g1 + c] = sum;
        }
    }
    for (int r = 0; r < p.g2; ++r) { // dA += X^T U
        for (int i = 0; i < p.g1; ++i) {
            for (int c = 0; c < p.g1; ++c) {
                dA.add(i * p.g1 + c, row, x[r * p.g1 + i] * u[r * p.g1 + c]);
            }
        }
    }
    for (int c = 0; c < p.g1; ++c) { // dB += Z G^T
        for (int i = 0; i < p.g2; ++i) {
            for (int j = 0; j < p.g2; ++j) {
                dB.add(i * p.g2 + j, row, z[i * p.g1 + c] * g[j * p.g1 + c]);
            }
        }
    }
}

/// Everything a backward pass needs; p null: no transform, spec null: no quantization.
struct Backward
{
    ConstMatrix x, gy;
    const Gpk *p;
    const QuantSpec *spec;
    Clip clip;
    Ste ste;
    Matrix gx;
    float *dA;
    float *dB;
    ClipGrad dclip;
};

void runBackward(const Backward &op, const Exec &exec)
{
    const int g = op.p != nullptr ? op.p->g1 * op.p->g2 : 32;
    const int width = unitWidth(g);
    const int n = op.spec != nullptr ? blockSize(op.spec->format) : 32;
    const std::int64_t k = (op.x.cols + g - 1) / g;
    const std::int64_t units = (op.x.cols + width - 1) / width;
    // Blocks that have a clip ratio; padding beyond them shares the last one's.
    const std::int64_t blocks = ((op.p != nullptr ? k * g : op.x.cols) + n - 1) / n;
    const int sizeA = op.p != nullptr ? op.p->g1 * op.p->g1 : 0;
    const int sizeB = op.p != nullptr ? op.p->g2 * op.p->g2 : 0;
    std::vector<double> sumA(static_cast<std::size_t>(k * sizeA));
    std::vector<double> sumB(static_cast<std::size_t>(k * sizeB));
    const bool wantClip = op.spec != nullptr && (op.dclip.lo != nullptr || op.dclip.hi != nullptr)
        && op.clip.lo != nullptr;
    std::vector<ClipShare> shares(wantClip ? static_cast<std::size_t>(op.x.rows * blocks) : 0);

    forRanges(units, 1, exec.threads, [&](std::int64_t unit, std::int64_t) {
        const std::int64_t col = unit * width;
        const int parts = op.p == nullptr
            ? 0
            : static_cast<int>(
                std::min<std::int64_t>(width / g, k - col / g)); // transform blocks of this unit
        std::vector<Lanes> dA(static_cast<std::size_t>(parts), Lanes(sizeA));
        std::vector<Lanes> dB(static_cast<std::size_t>(parts), Lanes(sizeB));
        for (std::int64_t row = 0; row < op.x.rows; ++row) {
            float x[maxUnit];
            float y[maxUnit];
            float grad[maxUnit];
            float gx[maxUnit] = {};
            loadRow(op.x, row, col, width, x);
            loadRow(op.gy, row, col, width, grad);
            std::copy(x, x + width, y);
            if (op.p != nullptr) {
                transformUnit(y, width, col, *op.p, k);
            }
            for (int at = 0; op.spec != nullptr && at < width; at += n) {
                const std::int64_t block = (col + at) / n;
                const Clamp clamp = clampOf(y + at, n, op.clip, row, std::min(block, blocks - 1));
                const ClipShare share = steBlock(y + at, grad + at, clamp, *op.spec, op.ste);
                if (wantClip && block < blocks) {
                    shares[static_cast<std::size_t>(row * blocks + block)] = share;
                }
            }
            if (op.p == nullptr) {
                std::copy(grad, grad + width, gx);
            }
            for (int part = 0; part < parts; ++part) {
                const float *b = op.p->b + (col / g + part) * sizeB;
                const int at = part * g;
                transformBackward(x + at, grad + at, gx + at, *op.p, b, row,
                                  dA[static_cast<std::size_t>(part)],
                                  dB[static_cast<std::size_t>(part)]);
            }
            if (op.gx.data != nullptr) {
                storeRow(op.gx, row, col, width, gx);
            }
            if (row % chunkRows == chunkRows - 1 || row == op.x.rows - 1) {
                for (int part = 0; part < parts; ++part) {
                    const std::int64_t block = col / g + part;
                    dA[static_cast<std::size_t>(part)].flush(sumA.data() + block * sizeA);
                    dB[static_cast<std::size_t>(part)].flush(sumB.data() + block * sizeB);
                }
            }
        }
    });

    for (int i = 0; op.dA != nullptr && i < sizeA; ++i) {
        double sum = 0.0;
        for (std::int64_t block = 0; block < k; ++block) {
            sum += sumA[static_cast<std::size_t>(block * sizeA + i)];
        }
        op.dA[i] = static_cast<float>(sum);
    }
    for (std::size_t i = 0; op.dB != nullptr && i < sumB.size(); ++i) {
        op.dB[i] = static_cast<float>(sumB[i]);
    }
    if (wantClip) {
        addClipGradient(shares.data(), op.x.rows, blocks, op.clip, op.dclip);
    }
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

} // namespace batlab::kernels::oracle
