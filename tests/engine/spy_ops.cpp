// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/spy_ops.h"

#include "core/engine/cuda/adam_settings.h"
#include "kernels/cuda/small_inverse.h"
#include "tests/engine/spy_device.h"
#include "tests/engine/spy_memory.h"

#include <atomic>
#include <memory>

namespace batlab::test::spy {

namespace cu = kernels::cuda;

namespace {

std::atomic<long> calls { 0 };

template<class T>
T *here(T *p)
{
    return p != nullptr ? static_cast<T *>(memory().host(p)) : nullptr;
}

void smallInverses(const device::InverseJob *jobs, int count, const kernels::Exec &)
{
    ++calls;
    const auto scratch = std::make_unique<cu::InverseScratch>();
    cu::HostGroup warp(32);
    for (int j = 0; j < count; ++j) {
        const float *in = here(jobs[j].in);
        float *out = here(jobs[j].out);
        const int n = jobs[j].n;
        for (std::int64_t i = 0; i < jobs[j].count; ++i)
            cu::invertMatrix(warp, *scratch, in + i * n * n, n, jobs[j].transpose, out + i * n * n,
                             nullptr);
    }
}

void adamW(const device::AdamWStep &s, const kernels::Exec &)
{
    ++calls;
    const cu::AdamSettings settings = cuda::adamSettings(s);
    const float *g = here(s.gradients);
    float *parameters = here(s.parameters);
    float *mean = here(s.mean);
    float *square = here(s.square);
    const cu::AdamSegment *runs = cuda::adamSegments(here(s.runs));
    const std::int64_t done = (*here(s.step))++;
    if (!cu::mayStep(here(s.loss)))
        return;
    double norm2 = 0;
    for (std::int64_t i = 0; i < s.count; ++i)
        norm2 += double(g[i]) * double(g[i]);
    const cu::AdamStep step = cu::adamStep(settings, done, norm2);
    int run = 0;
    for (std::int64_t i = 0; i < s.count; ++i) {
        run += run + 1 < s.runCount && runs[run + 1].begin == i ? 1 : 0;
        cu::adamUpdate(settings, step, runs[run], g[i], parameters[i], mean[i], square[i]);
    }
}

} // namespace

const device::DeviceOps &emulatedOps()
{
    static const device::DeviceOps all { &smallInverses, &adamW };
    return all;
}

long opCalls() { return calls; }

} // namespace batlab::test::spy
