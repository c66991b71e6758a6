// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/local_engine.h"
#include "kernels/team.h"

#include <ATen/Parallel.h>

#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace batlab {

int defaultThreads()
{
#ifdef __linux__
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
#endif
    const unsigned cores = std::thread::hardware_concurrency();
    return cores > 0 ? static_cast<int>(cores) : 1;
}

namespace {

/// libtorch's threads. They spin for a while after each of its loops: the kernels' own would share
/// cores with them.
void runOnTorch(int workers, void (*member)(void *), void *context)
{
    at::parallel_for(0, workers, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
            member(context);
    });
}

} // namespace

void setEngineThreads(int threads)
{
    at::set_num_threads(threads);
    kernels::setTeam(runOnTorch);
}

} // namespace batlab
