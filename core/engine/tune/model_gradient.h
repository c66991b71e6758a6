// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/nn/decoder.h"
#include "core/engine/tune/divergence.h"
#include "core/engine/tune/trained_layer.h"
#include "core/job/job.h"

#include <memory>
#include <vector>

namespace batlab::tune {

/// Mean loss of a model of trained layers over all tokens of a batch (ids int64 [B, T]; the
/// objective's tensors with the same leading axes); its gradient is added to the layers'
/// parameters; learned codes take a step on the way. Keeps the residual stream entering each layer
/// and recomputes each layer with its graph in the backward sweep: memory is that of one layer's
/// graph, the streams, and 256 rows of logits. keepGraphs: every layer's graph stays in memory
/// instead, which saves the second forward pass of each; the values are the same.
[[nodiscard]] double modelGradient(const nn::Decoder &decoder,
                                   const std::vector<TrainedLayer *> &layers, const at::Tensor &ids,
                                   const Objective &objective, JobContext &job,
                                   const CodeStep &codes = {}, bool keepGraphs = false);

/// The layers of a model on their way through training, and their values.
template<class Layer>
struct TrainedModel
{
    const nn::Decoder &decoder;
    Parameters parameters;
    std::vector<std::unique_ptr<Layer>> layers;
    bool keepGraphs = false;

    [[nodiscard]] double gradient(const at::Tensor &ids, const Objective &objective,
                                  JobContext &job, const CodeStep &codes = {})
    {
        std::vector<TrainedLayer *> all;
        for (const auto &layer : layers)
            all.push_back(layer.get());
        return modelGradient(decoder, all, ids, objective, job, codes, keepGraphs);
    }
};

} // namespace batlab::tune
