// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/plugin.h"

#include <torch/headeronly/version.h>

#include <cstdio>

// A plug-in without a GPU behind it, in variants that fit the engine and variants that do not.

namespace {

void *stream(int) { return nullptr; }
bool takeError(char *text, std::size_t capacity)
{
    static bool told = false;
    if (told)
        return false;
    told = true;
    std::snprintf(text, capacity, "a failure from before");
    return true;
}
std::int64_t freeMemory(int index) { return index == 0 ? 1'000'000'000 : -1; }
void releaseMemory() { }
bool bench(int, const char *, void (*row)(void *, const char *), void *context, char *, std::size_t)
{
    row(context, R"({"name": "Fake"})");
    return true;
}

} // namespace

extern "C" __attribute__((visibility("default"))) const batlab::device::CudaPlugin *FAKE_ENTRY()
{
    static batlab::kernels::Backend table {};
    table.name = "fake";
    static const batlab::device::DeviceOps ops {};
    static const batlab::device::CudaPlugin plugin { FAKE_ABI,   FAKE_TORCH,  "80 90a",
                                                     &table,     &ops,        &stream,
                                                     &takeError, &freeMemory, &releaseMemory,
                                                     &bench };
    return &plugin;
}
