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

/// The same of the cross entropy -log softmax(s)[label] with labels int64 [rows]; a row with a
/// negative label has neither loss nor gradient.
[[nodiscard]] Divergence crossEntropy(const at::Tensor &labels, const at::Tensor &student);

/// What the logits of a batch are to agree with: a teacher or the text itself.
struct Objective
{
    at::Tensor teacher; ///< final normed states [.., hidden] of the full-precision model
    double temperature = 1; ///< of the divergence from the teacher
    at::Tensor labels; ///< int64 [..], if there is no teacher; negative: not scored
};

/// Of token ids [B, T]: each one's successor, -1 for the last of a sequence.
[[nodiscard]] at::Tensor nextTokens(const at::Tensor &ids);

/// Mean loss of final residual states x [.., hidden] over the rows scored, and its gradient in x.
/// Logits exist in chunks of 256 rows only.
struct HeadLoss
{
    double mean = 0;
    at::Tensor gradient; ///< like x
};
[[nodiscard]] HeadLoss headLoss(const nn::Decoder &decoder, const at::Tensor &x,
                                const Objective &objective,
                                const std::function<void()> &checkpoint);

} // namespace batlab::tune
