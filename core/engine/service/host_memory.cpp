// SPDX-License-Identifier: Apache-2.0
#include "core/engine/service/host_memory.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace batlab {

namespace {

/// A line "MemAvailable:  123 kB" of /proc/meminfo in bytes; 0 where there is none.
std::uint64_t memoryLine(std::string_view name)
{
    std::ifstream file("/proc/meminfo");
    std::string word;
    std::uint64_t kib = 0;
    while (file >> word) {
        if (word == name && file >> kib)
            return kib * 1024;
        file.ignore(1000, '\n');
    }
    return 0;
}

/// What is left of the limit of the address space.
std::uint64_t addressSpaceLeft()
{
#ifdef __linux__
    rlimit limit {};
    std::uint64_t pages = 0;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY
        && std::ifstream("/proc/self/statm") >> pages) {
        const std::uint64_t used = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
        return limit.rlim_cur > used ? limit.rlim_cur - used : 1;
    }
#endif
    return UINT64_MAX;
}

} // namespace

std::uint64_t totalMemory() { return memoryLine("MemTotal:"); }

std::uint64_t availableMemory()
{
    return std::min(memoryLine("MemAvailable:"), addressSpaceLeft());
}

} // namespace batlab
