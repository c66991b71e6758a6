// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/decoder.h"
#include "core/engine/tune/tuned_layer.h"
#include "core/job/job.h"

#include <memory>
#include <vector>

namespace batlab::tune {

/// The layers of a model on their way through tuning, and their values.
struct TunedModel
{
    const nn::Decoder &decoder;
    Parameters parameters;
    std::vector<std::unique_ptr<TunedLayer>> layers;
    /// Every layer's graph stays in memory from the forward to the backward sweep, which saves the
    /// second forward pass of each layer; the values are the same.
    bool keepGraphs = false;
};

/// Mean divergence of the tuned model from the teacher over all tokens of a batch (ids int64
/// [B, T]; teacher's final normed states [B, T, hidden]); its gradient is added to the parameters';
/// learned codes take a step on the way. Without kept graphs the residual stream entering each
/// layer is kept and the layer recomputed with its graph in the backward sweep: memory is that of
/// one layer's graph, the streams, and 256 rows of logits.
[[nodiscard]] double modelGradient(TunedModel &model, const at::Tensor &ids,
                                   const at::Tensor &teacher, double temperature, JobContext &job,
                                   const CodeStep &codes = {});

} // namespace batlab::tune
