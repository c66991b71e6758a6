// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/spy_ops.h"

#include "kernels/cuda/adamw.h"
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
    cu::AdamSettings settings;
    settings.learningRate = s.learningRate;
    settings.beta1 = s.beta1;
    settings.beta2 = s.beta2;
    settings.maxNorm = s.maxNorm;
    settings.minFactor = 1.0;
    const float *g = here(s.gradients);
    float *parameters = here(s.parameters);
    float *mean = here(s.mean);
    float *square = here(s.square);
    const device::RateRun *runs = here(s.runs);
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
        const cu::AdamSegment segment { runs[run].begin, runs[run].factor, runs[run].weightDecay };
        cu::adamUpdate(settings, step, segment, g[i], parameters[i], mean[i], square[i]);
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
