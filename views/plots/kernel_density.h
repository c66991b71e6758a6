// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace batlab::plots {

/// A Gaussian kernel density of binned values over [-limit, limit].
struct KernelDensity
{
    double bandwidth = 0; ///< standard deviation of the kernel, in the values' unit
    std::vector<double> x, density; ///< even steps from -limit to limit
    [[nodiscard]] bool isEmpty() const { return x.empty(); }
};

/// Silverman's rule (0.9 min(sd, IQR/1.34) n^(-1/5)) from the bins, but no narrower than a bin:
/// finer detail is not in the data. The end bins hold what lies outside and stay out.
[[nodiscard]] KernelDensity kernelDensity(const std::vector<double> &counts, double limit);

} // namespace batlab::plots
