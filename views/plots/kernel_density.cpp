// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plots/kernel_density.h"

#include <algorithm>
#include <cmath>

namespace batlab::plots {

namespace {

constexpr int kPoints = 257;

/// The value below which a share of the counts lies, linear within its bin.
double quantile(const std::vector<double> &counts, double total, double share, double limit)
{
    const double width = 2 * limit / double(counts.size());
    double below = 0;
    for (std::size_t i = 1; i + 1 < counts.size(); ++i) {
        if (below + counts[i] >= share * total && counts[i] > 0)
            return -limit + (double(i) + (share * total - below) / counts[i]) * width;
        below += counts[i];
    }
    return limit;
}

} // namespace

KernelDensity kernelDensity(const std::vector<double> &counts, double limit)
{
    KernelDensity out;
    if (counts.size() < 4 || !(limit > 0))
        return out;
    const double width = 2 * limit / double(counts.size());
    double total = 0, sum = 0, sum2 = 0, all = counts.front() + counts.back();
    for (std::size_t i = 1; i + 1 < counts.size(); ++i) {
        const double x = -limit + (double(i) + 0.5) * width;
        total += counts[i];
        sum += counts[i] * x;
        sum2 += counts[i] * x * x;
    }
    all += total;
    if (total <= 0)
        return out;
    const double mean = sum / total;
    const double deviation = std::sqrt(std::max(0.0, sum2 / total - mean * mean));
    const double middle =
        quantile(counts, total, 0.75, limit) - quantile(counts, total, 0.25, limit);
    double spread = deviation;
    if (middle > 0)
        spread = std::min(spread, middle / 1.34);
    out.bandwidth = std::max(width, 0.9 * spread * std::pow(total, -0.2));
    const double norm = 1 / (all * out.bandwidth * std::sqrt(2 * M_PI));
    for (int k = 0; k < kPoints; ++k) {
        const double at = -limit + 2 * limit * k / (kPoints - 1);
        double density = 0;
        for (std::size_t i = 1; i + 1 < counts.size(); ++i) {
            const double z = (at - (-limit + (double(i) + 0.5) * width)) / out.bandwidth;
            if (std::abs(z) < 6)
                density += counts[i] * std::exp(-0.5 * z * z);
        }
        out.x.push_back(at);
        out.density.push_back(density * norm);
    }
    return out;
}

} // namespace batlab::plots
