// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/spy_ops.h"

#include "core/engine/cuda/adam_settings.h"
#include "kernels/cuda/small_inverse.h"
#include "tests/engine/spy_device.h"
#include "tests/engine/spy_graph.h"
#include "tests/engine/spy_memory.h"

#include <atomic>
#include <memory>
#include <vector>

namespace batlab::test::spy {

namespace cu = kernels::cuda;

namespace {

std::atomic<long> calls { 0 };

template<class T>
T *here(T *p)
{
    return p != nullptr ? static_cast<T *>(memory().host(p)) : nullptr;
}

void invert(const std::vector<device::InverseJob> &jobs)
{
    const auto scratch = std::make_unique<cu::InverseScratch>();
    cu::HostGroup warp(32);
    for (const device::InverseJob &job : jobs) {
        const float *in = here(job.in);
        float *out = here(job.out);
        const int n = job.n;
        for (std::int64_t i = 0; i < job.count; ++i)
            cu::invertMatrix(warp, *scratch, in + i * n * n, n, job.transpose, out + i * n * n,
                             nullptr);
    }
}

void smallInverses(const device::InverseJob *jobs, int count, const kernels::Exec &)
{
    ++calls;
    const std::vector<device::InverseJob> all(jobs, jobs + count);
    if (recording())
        note([all] { invert(all); });
    invert(all);
}

void update(const device::AdamWStep &s)
{
    cu::AdamSettings settings = cuda::adamSettings(s);
    settings.rate = here(settings.rate);
    settings.taken = here(settings.taken);
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

void adamW(const device::AdamWStep &s, const kernels::Exec &)
{
    ++calls;
    if (recording())
        note([s] { update(s); });
    update(s);
}

} // namespace

const device::DeviceOps &emulatedOps()
{
    static const device::DeviceOps all { &smallInverses, &adamW, nullptr };
    return all;
}

long opCalls() { return calls; }

} // namespace batlab::test::spy
