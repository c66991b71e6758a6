// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/device.h"
#include "tests/engine/device_under_test.h"

namespace batlab::test {

Result<DeviceUnderTest> deviceUnderTest()
{
    const auto device = device::openDevice("cuda");
    if (!device)
        return device.error();
    return DeviceUnderTest { device->place, false, 1e-4, 5e-4, 0.02 };
}

} // namespace batlab::test
