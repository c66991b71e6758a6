// SPDX-License-Identifier: Apache-2.0
#include "core/base/peak_memory.h"

#include <fstream>
#include <string>

namespace batlab {

bool resetPeakMemory()
{
    std::ofstream file("/proc/self/clear_refs");
    file << "5" << std::flush; // proc(5): resets VmHWM to VmRSS
    return file.good();
}

std::uint64_t peakMemoryBytes()
{
    std::ifstream file("/proc/self/status");
    std::string word;
    std::uint64_t kib = 0;
    while (file >> word) {
        if (word == "VmHWM:" && file >> kib)
            return kib * 1024;
        file.ignore(4096, '\n');
    }
    return 0;
}

} // namespace batlab
