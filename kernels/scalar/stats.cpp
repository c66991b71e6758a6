// SPDX-License-Identifier: Apache-2.0
#include "kernels/parallel.h"
#include "kernels/scalar/block.h"

#include <algorithm>
#include <cmath>

namespace batlab::kernels::oracle {

namespace {

/// Bin of y in [-limit, limit); what lies outside goes to the end bins.
int binOf(float y, int bins, float limit)
{
    const float position = (y + limit) * (static_cast<float>(bins) / (2.0F * limit));
    const float clamped = std::min(std::max(position, 0.0F), static_cast<float>(bins - 1));
    return static_cast<int>(clamped);
}

/// Sum of 32 values as a tree of strides 16, 8, 4, 2, 1.
float treeSum(const float *x)
{
    float sum[32];
    std::copy(x, x + 32, sum);
    for (int stride = 16; stride > 0; stride /= 2) {
        for (int i = 0; i < stride; ++i) {
            sum[i] += sum[i + stride];
        }
    }
    return sum[0];
}

double sumLanes(const double *lanes)
{
    double sum = 0.0;
    for (int i = 0; i < 32; ++i) {
        sum += lanes[i];
    }
    return sum;
}

/// Statistics of one 32-column block over all rows: per-column double sums, then the columns in
/// order.
void statsOfBlock(const ConstMatrix &m, std::int64_t block, std::int64_t k, const QuantSpec &spec,
                  const BlockStatsOut &out)
{
    double power[4][32] = {};
    double error2[32] = {};
    double sumBlockMax = 0.0;
    float maxAbs = 0.0F;
    const int n = blockSize(spec.format);
    const int valid = static_cast<int>(std::min<std::int64_t>(32, m.cols - block * 32));
    for (std::int64_t row = 0; row < m.rows; ++row) {
        float x[32];
        float square[32];
        loadRow(m, row, block * 32, 32, x);
        float blockMax = 0.0F;
        for (int i = 0; i < 32; ++i) {
            const auto d = static_cast<double>(x[i]);
            power[0][i] += d;
            power[1][i] += d * d;
            power[2][i] += d * d * d;
            power[3][i] += (d * d) * (d * d);
            square[i] = x[i] * x[i];
            blockMax =
                std::isnan(blockMax) || std::fabs(x[i]) <= blockMax ? blockMax : std::fabs(x[i]);
        }
        maxAbs = std::isnan(maxAbs) || blockMax <= maxAbs ? maxAbs : blockMax;
        sumBlockMax += static_cast<double>(blockMax);
        if (out.rowEnergy != nullptr) {
            out.rowEnergy[row * k + block] = treeSum(square) / static_cast<float>(valid);
        }
        for (int at = 0; at < 32; at += n) {
            const Block q = quantizeBlock(x + at, spec);
            for (int i = 0; i < n && at + i < valid; ++i) {
                const auto j = static_cast<std::size_t>(i);
                const double e = static_cast<double>(x[at + i]) - static_cast<double>(q.value[j]);
                error2[at + i] += e * e;
                if (q.poisoned) {
                    continue;
                }
                if (out.histogram != nullptr) {
                    ++out.histogram[block * out.bins
                                    + binOf(q.scaled[j], out.bins, out.histogramLimit)];
                }
                if (out.codeUse != nullptr) {
                    ++out.codeUse[block * 16 + (q.code[j] & 15)];
                }
                if (out.clipped != nullptr
                    && std::fabs(q.scaled[j]) > elementFormat(spec.format).maxValue) {
                    ++out.clipped[block];
                }
            }
        }
    }
    double *const sums[4] = { out.sum, out.sum2, out.sum3, out.sum4 };
    for (int i = 0; i < 4; ++i) {
        if (sums[i] != nullptr) {
            sums[i][block] = sumLanes(power[i]);
        }
    }
    if (out.maxAbs != nullptr) {
        out.maxAbs[block] = maxAbs;
    }
    if (out.sumBlockMax != nullptr) {
        out.sumBlockMax[block] = sumBlockMax;
    }
    if (out.quantError2 != nullptr) {
        out.quantError2[block] = sumLanes(error2);
    }
}

} // namespace

void blockStats(ConstMatrix x, const QuantSpec &spec, const BlockStatsOut &out, const Exec &exec)
{
    const std::int64_t k = (x.cols + 31) / 32;
    forRanges(k, 1, exec.threads, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t block = begin; block < end; ++block) {
            if (out.histogram != nullptr) {
                std::fill_n(out.histogram + block * out.bins, out.bins, 0U);
            }
            if (out.codeUse != nullptr) {
                std::fill_n(out.codeUse + block * 16, 16, 0U);
            }
            if (out.clipped != nullptr) {
                out.clipped[block] = 0;
            }
            statsOfBlock(x, block, k, spec, out);
        }
    });
}

} // namespace batlab::kernels::oracle
