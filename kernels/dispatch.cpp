// SPDX-License-Identifier: Apache-2.0
#include "kernels/backend.h"
#include "kernels/produced.h"
#include "kernels/scalar/block.h"

#include <cstdlib>
#include <cstring>

namespace batlab::kernels {

#ifdef BATLAB_KERNELS_X86
// The tables of the vector levels, each compiled for its own instruction set.
namespace level_v2 {
extern const Backend table;
}
namespace level_v3 {
extern const Backend table;
}
namespace level_v4 {
extern const Backend table;
}
#endif

namespace {

void producedFakeQuantize(const Produced &produced, OnlineTransform transform, const Gpk &p,
                          const Clip &clip, const QuantSpec &spec, Matrix out, const Exec &exec)
{
    producedByEntries(*cpuBackend(CpuLevel::scalar), produced, transform, p, clip, spec, out, exec);
}

const Backend scalarTable {
    "cpu-scalar",
    &oracle::fakeQuantize,
    &oracle::fakeQuantizeBackward,
    &oracle::quantize,
    &oracle::dequantize,
    &oracle::packMxfp4,
    &oracle::unpackMxfp4,
    &oracle::blockScales,
    &oracle::gpkTransform,
    &oracle::gpkFakeQuantize,
    &oracle::gpkFakeQuantizeBackward,
    &oracle::gpkTransformBackward,
    &oracle::hadamard32,
    &oracle::blockStats,
    &oracle::gptqColumns,
    &oracle::roundOnScales,
    &producedFakeQuantize,
};

CpuLevel hardwareLevel()
{
#ifdef BATLAB_KERNELS_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) {
        return CpuLevel::v4;
    }
    if (__builtin_cpu_supports("x86-64-v3")) {
        return CpuLevel::v3;
    }
    if (__builtin_cpu_supports("x86-64-v2")) {
        return CpuLevel::v2;
    }
#endif
    return CpuLevel::scalar;
}

/// The level named by BATLAB_CPU_LEVEL; v4 (no limit) when unset or unknown.
CpuLevel requestedLevel()
{
    const char *const names[] = { "scalar", "v2", "v3", "v4" };
    const char *const wanted = std::getenv("BATLAB_CPU_LEVEL");
    for (int i = 0; wanted != nullptr && i < 4; ++i) {
        if (std::strcmp(wanted, names[i]) == 0) {
            return static_cast<CpuLevel>(i);
        }
    }
    return CpuLevel::v4;
}

} // namespace

CpuLevel detectCpuLevel()
{
    static const CpuLevel level =
        requestedLevel() < hardwareLevel() ? requestedLevel() : hardwareLevel();
    return level;
}

const Backend *cpuBackend(CpuLevel level)
{
    if (level > hardwareLevel()) {
        return nullptr;
    }
    switch (level) {
    case CpuLevel::scalar: return &scalarTable;
#ifdef BATLAB_KERNELS_X86
    case CpuLevel::v2: return &level_v2::table;
    case CpuLevel::v3: return &level_v3::table;
    case CpuLevel::v4: return &level_v4::table;
#endif
    default: return nullptr;
    }
}

const Backend &cpu() { return *cpuBackend(detectCpuLevel()); }

} // namespace batlab::kernels
