// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <ATen/core/Tensor.h>

namespace batlab::test {

/// The device that the checks of tst_device.cpp run on: the spy, or the first GPU.
struct DeviceUnderTest
{
    at::Device place;
    bool spy = false;
    double sums = 1e-6; ///< relative: sums in another order
    double perplexity = 1e-5;
    double layerError = 1e-3; ///< relative, of a layer that was only rounded
};
/// An error where there is none.
[[nodiscard]] Result<DeviceUnderTest> deviceUnderTest();

} // namespace batlab::test
