// SPDX-License-Identifier: Apache-2.0
#include "core/engine/device/device.h"
#include "tests/engine/device_under_test.h"

#include <QtGlobal>

namespace batlab::test {

Result<DeviceUnderTest> deviceUnderTest()
{
    const auto device = device::openDevice("cuda");
    if (!device) {
        // Where a GPU is to be tested, a skip would look like a pass.
        if (qEnvironmentVariableIsSet("BATLAB_TEST_GPU"))
            qFatal("BATLAB_TEST_GPU is set, but: %s", device.error().message().c_str());
        return device.error();
    }
    return DeviceUnderTest { device->place, false, 1e-4, 5e-4, 0.02 };
}

} // namespace batlab::test
