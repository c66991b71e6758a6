// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/backend.h"

#include <functional>
#include <string>
#include <vector>

/// The benchmarks of performance.md 5.2: every kernel against a baseline timed alternately in the
/// same loop, so that the printed ratio outlives the noise of the machine.
namespace batlab::kernels::bench {

/// What a benchmark works on; callers' baselines get the same (all buffers 64-byte aligned, huge
/// pages).
struct Workload
{
    std::int64_t rows = 0;
    std::int64_t cols = 0;
    const float *input = nullptr; ///< [rows, cols] fp32
    const std::uint16_t *inputBf16 = nullptr; ///< the same, rounded
    const float *gradient = nullptr; ///< [rows, cols], for backward benchmarks
    Gpk gpk; ///< 8 x 4 factors for transforms
    void *output = nullptr; ///< as large as input
    int threads = 1;
};

/// One more denominator for a benchmark, e.g. a libtorch op chain. ratio = its time / the kernel's
/// time.
struct Baseline
{
    std::string benchmark; ///< e.g. "FakeQuantF32"
    std::string name; ///< e.g. "libtorch lean chain"
    double target = 0.0; ///< wanted ratio; 0: none
    std::function<void(const Workload &)> run;
};

struct Row
{
    std::string name;
    std::string baseline;
    double ratio = 0.0; ///< median over iterations of baseline time / kernel time
    double ratioP10 = 0.0;
    double ratioP90 = 0.0;
    double target = 0.0; ///< 0: none
    double bytesPerSecond = 0.0; ///< read + written by the kernel
    double elementsPerSecond = 0.0;
    int threads = 1;
    bool correct = true; ///< output equalled the scalar oracle's before timing
};

struct Options
{
    std::string filter; ///< substring of a benchmark's name; empty: all
    int maxThreads = 2;
    double secondsPerRow = 0.6;
    std::int64_t rows = 4096; ///< 4096 x 4096 fp32 = 64 MB
    std::int64_t cols = 4096;
    std::vector<Baseline> baselines;
    std::function<void(const Row &)> onRow; ///< called as rows finish
};

/// Runs the benchmarks whose name contains the filter. One thread is timed by its CPU time, more by
/// the wall clock.
[[nodiscard]] std::vector<Row> run(const Options &options);
/// A row as one line of a table; header() is its heading.
[[nodiscard]] std::string format(const Row &row);
[[nodiscard]] std::string header();

} // namespace batlab::kernels::bench
