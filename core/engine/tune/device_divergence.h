// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

/// divergence() and crossEntropy() (divergence.h) of logits that live on a device, in libtorch's
/// operators; the host waits for nothing.
namespace batlab::tune {

struct DeviceDivergence
{
    at::Tensor sum; ///< over the rows, an fp64 scalar of the device
    at::Tensor gradient; ///< fp32 [rows, vocab]
};

/// teacher, student [rows, vocab].
[[nodiscard]] DeviceDivergence deviceDivergence(const at::Tensor &teacher,
                                                const at::Tensor &student, double temperature);
/// labels int64 [rows]; a negative one has neither loss nor gradient.
[[nodiscard]] DeviceDivergence deviceCrossEntropy(const at::Tensor &labels,
                                                  const at::Tensor &student);

} // namespace batlab::tune
