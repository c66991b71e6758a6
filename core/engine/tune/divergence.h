// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/decoder.h"

#include <ATen/core/Tensor.h>

#include <functional>

namespace batlab::tune {

/// Mean over rows of tau^2 KL(softmax(t / tau) || softmax(s / tau)), in nats, of a chunk of logits
/// [rows, vocab] (fp32 or bf16, contiguous), and its gradient in s times the number of rows: tau
/// (softmax(s / tau) - softmax(t / tau)), fp32 [rows, vocab]. Every row's sums have a fixed order.
struct Divergence
{
    double sum = 0; ///< over the rows
    at::Tensor gradient;
};
[[nodiscard]] Divergence divergence(const at::Tensor &teacher, const at::Tensor &student,
                                    double temperature);

/// Mean divergence of final residual states x [rows, hidden] from the teacher's final normed states
/// [rows, hidden], and its gradient in x (fp32). Logits exist in chunks of 256 rows only.
struct HeadLoss
{
    double mean = 0;
    at::Tensor gradient; ///< like x
};
[[nodiscard]] HeadLoss headLoss(const nn::Decoder &decoder, const at::Tensor &x,
                                const at::Tensor &teacher, double temperature,
                                const std::function<void()> &checkpoint);

} // namespace batlab::tune
