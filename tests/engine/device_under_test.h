// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/result.h"

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>

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
/// Sets it, or says why a test has to be skipped.
[[nodiscard]] inline std::string findDevice(std::optional<DeviceUnderTest> &device)
{
    const Result<DeviceUnderTest> found = deviceUnderTest();
    if (!found)
        return "no GPU: " + found.error().message();
    device = *found;
    return {};
}

} // namespace batlab::test
