// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

/// A device that behaves like a GPU where none is: libtorch's spare backend ("spy:0") whose memory
/// the host cannot read. A host loop over its tensors is a segmentation fault, an operator that
/// mixes it with host tensors an error that names the operator. Operators and kernels run on the
/// CPU over a second, readable mapping of the same memory.
namespace batlab::test::spy {

/// Makes the device known and gives it kernels; once is enough.
[[nodiscard]] at::Device open();

/// What the next call of a kernel reports as failed, once.
void failNext(std::string message);
/// The same, and from then on the device does not answer, until setFreeMemory().
void loseNext(std::string message);
/// Calls of kernels so far.
[[nodiscard]] long kernelCalls();
/// Tensors and values that the host has fetched from the device: each time it waits.
[[nodiscard]] long readsByHost();
/// Calls so far that took rows from a norm or a gate (Backend::producedFakeQuantize).
[[nodiscard]] long producedCalls();
/// Whether the device has operations beyond the table (device/device_ops.h): the bodies of the CUDA
/// kernels, run on the host; and whether it can record them too. Off after open().
void useOps(bool on, bool graphs = false);
/// Calls of those so far.
[[nodiscard]] long opCalls();
/// Graphs recorded and replayed so far.
[[nodiscard]] long recordings();
[[nodiscard]] long replays();
/// What the device says is free (default 1 GB).
void setFreeMemory(std::int64_t bytes);

} // namespace batlab::test::spy
