// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/device_kernels.h"

#include "core/base/result.h"
#include "core/engine/device/device_ops.h"

#include <array>

namespace batlab::device {

namespace {

std::array<DeviceKernels, c10::COMPILE_TIME_MAX_DEVICE_TYPES> &known()
{
    static std::array<DeviceKernels, c10::COMPILE_TIME_MAX_DEVICE_TYPES> tables = [] {
        std::array<DeviceKernels, c10::COMPILE_TIME_MAX_DEVICE_TYPES> out;
        out[static_cast<std::size_t>(c10::DeviceType::CPU)].table = &kernels::cpu();
        return out;
    }();
    return tables;
}

} // namespace

void registerKernels(c10::DeviceType type, const DeviceKernels &kernels)
{
    known().at(static_cast<std::size_t>(type)) = kernels;
}

const DeviceKernels &kernelsOf(c10::DeviceType type)
{
    const DeviceKernels &found = known().at(static_cast<std::size_t>(type));
    if (found.table == nullptr)
        throw Exception({ ErrorCode::device,
                          "no kernels are loaded for device " + c10::DeviceTypeName(type, true),
                          "engine", "Open the device first (--device)." });
    return found;
}

const DeviceOps &opsOf(c10::DeviceType type)
{
    static const DeviceOps none;
    const DeviceOps *ops = known().at(static_cast<std::size_t>(type)).ops;
    return ops != nullptr ? *ops : none;
}

std::int64_t freeMemory(c10::Device device)
{
    const DeviceKernels &found = kernelsOf(device.type());
    return found.freeMemory != nullptr ? found.freeMemory(device.has_index() ? device.index() : 0)
                                       : 0;
}

bool answers(c10::Device device) { return freeMemory(device) >= 0; }

} // namespace batlab::device
