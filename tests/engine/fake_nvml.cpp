// SPDX-License-Identifier: Apache-2.0
#include <cstring>

// NVML of a machine with two GPUs: one is busy, the other is split by MIG and not counted.

namespace {
constexpr int kNotSupported = 3, kNotFound = 6; // nvmlReturn_t
int busy = 0, split = 0; // their addresses are the handles
bool open = false;
} // namespace

#define FAKE_NVML_ENTRY extern "C" __attribute__((visibility("default"))) int

FAKE_NVML_ENTRY nvmlInit_v2()
{
    open = true;
    return 0;
}

FAKE_NVML_ENTRY nvmlShutdown()
{
    open = false;
    return 0;
}

FAKE_NVML_ENTRY nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **device)
{
    if (std::strcmp(bus, "0000:3B:00.0") == 0)
        *device = &busy;
    else if (std::strcmp(bus, "0000:5E:00.0") == 0)
        *device = &split;
    else
        return kNotFound;
    return 0;
}

FAKE_NVML_ENTRY nvmlDeviceGetUtilizationRates(void *device, unsigned *rates)
{
    if (!open || device != &busy)
        return kNotSupported;
    rates[0] = 37;
    rates[1] = 12;
    return 0;
}
