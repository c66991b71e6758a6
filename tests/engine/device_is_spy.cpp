// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/device_under_test.h"
#include "tests/engine/spy_device.h"

namespace batlab::test {

Result<DeviceUnderTest> deviceUnderTest() { return DeviceUnderTest { spy::open(), true }; }

} // namespace batlab::test
