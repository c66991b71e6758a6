// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/local_engine.h"

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

void setEngineThreads(int threads) { at::set_num_threads(threads); }

} // namespace batlab
