// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

/// What CodeKernels do (code_kernels.h), in libtorch's operators and in the same arithmetic, for
/// codes that live on a device.
namespace batlab::tune {

/// Codes of a weight [out, in] in blocks, as LearnedCodes keeps them.
struct CodeTensors
{
    at::Tensor start, scales; ///< int8 [out, in]; fp32 [out, blocks]
    at::Tensor offset, mean, square; ///< int16, bf16 [out, in]; fp32 [out, blocks]
    at::Tensor weight; ///< fp32 or bf16 [out, in]
};
/// Of Adam's rule; `unit` and `correction2` as in CodeBlocks.
struct CodeRule
{
    float beta1 = 0.9F;
    double beta2 = 0.95, unit = 0, correction2 = 1;
};

/// placeOf() of every code, int8.
[[nodiscard]] at::Tensor placesOf(const at::Tensor &start, const at::Tensor &offset);
/// Writes the weights of the moment.
void refreshOnDevice(const CodeTensors &codes);
/// One step of offsets, moments and weights; gradient [out, in].
void stepOnDevice(const CodeTensors &codes, const at::Tensor &gradient, const CodeRule &rule);

} // namespace batlab::tune
