// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/device/device_ops.h"

namespace batlab::test::spy {

/// The spy's operations beyond the table: what the CUDA plug-in gives the engine, thread by thread
/// on the host.
[[nodiscard]] const device::DeviceOps &emulatedOps();

} // namespace batlab::test::spy
