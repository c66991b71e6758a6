// SPDX-License-Identifier: Apache-2.0
#include "kernels/bench/timing.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace batlab::kernels::bench {

namespace {

constexpr std::size_t hugePage = std::size_t { 2 } << 20;

double now(bool cpuTime)
{
    timespec t {};
    clock_gettime(cpuTime ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double timeOf(const std::function<void()> &f, bool cpuTime)
{
    const double start = now(cpuTime);
    f();
    return now(cpuTime) - start;
}

double quantile(std::vector<double> values, double q)
{
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(
        std::lround(q * static_cast<double>(values.size() - 1)))];
}

} // namespace

Buffer::Buffer(std::size_t bytes) : m_bytes((bytes + hugePage - 1) / hugePage * hugePage)
{
    m_data = std::aligned_alloc(hugePage, m_bytes);
    if (m_data == nullptr) {
        std::abort();
    }
#ifdef MADV_HUGEPAGE
    madvise(m_data, m_bytes, MADV_HUGEPAGE);
#endif
    std::memset(m_data, 0, m_bytes);
}

Buffer::~Buffer() { std::free(m_data); }

void Buffer::poison() const { std::memset(m_data, 0xff, m_bytes); }

Ratio alternate(const std::function<void()> &baseline, const std::function<void()> &candidate,
                bool cpuTime, double seconds)
{
    baseline();
    candidate();
    std::vector<double> ratios;
    std::vector<double> times;
    const double start = now(false);
    while (ratios.size() < 5 || (now(false) - start < seconds && ratios.size() < 2000)) {
        const double b = timeOf(baseline, cpuTime);
        const double c = timeOf(candidate, cpuTime);
        ratios.push_back(b / c);
        times.push_back(c);
    }
    return { quantile(ratios, 0.5), quantile(ratios, 0.1), quantile(ratios, 0.9),
             quantile(times, 0.5) };
}

std::uint64_t readAll(const void *data, std::size_t bytes)
{
    typedef std::uint64_t Wide __attribute__((vector_size(64)));
    const auto *p = static_cast<const Wide *>(data);
    Wide sum[4] = {};
    for (std::size_t i = 0; i + 4 <= bytes / sizeof(Wide); i += 4) {
        for (std::size_t j = 0; j < 4; ++j) {
            sum[j] += p[i + j];
        }
    }
    const Wide total = sum[0] + sum[1] + sum[2] + sum[3];
    std::uint64_t result = 0;
    for (int i = 0; i < 8; ++i) {
        result += total[i];
    }
    return result;
}

} // namespace batlab::kernels::bench
