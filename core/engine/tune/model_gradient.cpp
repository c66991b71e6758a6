// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/model_gradient.h"

#include "core/engine/calib/interrupt.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace batlab::tune {

namespace {

/// The layer's output with its graph; in requires grad unless it is the first layer's.
at::Tensor visit(const nn::Decoder &decoder, TrainedLayer &layer, const at::Tensor &in,
                 const std::vector<std::int64_t> &tokens, JobContext &job)
{
    const at::AutoGradMode grad(true);
    layer.prepare(tokens);
    return decoder.forward(calib::InterruptibleOps(layer, job), in);
}

} // namespace

double modelGradient(const nn::Decoder &decoder, const std::vector<TrainedLayer *> &layers,
                     const at::Tensor &ids, const Objective &objective, JobContext &job,
                     const CodeStep &codes, bool keepGraphs)
{
    const at::NoGradGuard guard;
    const quant::BackwardCheck check([&job] { job.checkpoint(); });
    const std::vector<std::int64_t> tokens = ids.sizes().vec();
    std::vector<at::Tensor> entering; // each layer's input, and its output if graphs are kept
    std::vector<at::Tensor> leaving(layers.size());
    at::Tensor x = decoder.embed(ids);
    for (std::size_t l = 0; l < layers.size(); ++l) {
        TrainedLayer &layer = *layers[l];
        entering.push_back(l > 0 ? x.detach().requires_grad_(true) : x);
        if (keepGraphs) {
            leaving[l] = visit(decoder, layer, entering[l], tokens, job);
            x = leaving[l].detach();
        } else {
            layer.prepare(tokens);
            x = decoder.forward(calib::InterruptibleOps(layer, job), x);
            layer.release();
        }
    }
    const HeadLoss loss = headLoss(decoder, x, objective, [&job] { job.checkpoint(); });
    if (!std::isfinite(loss.mean)) {
        for (TrainedLayer *layer : layers)
            layer->release();
        return loss.mean;
    }
    at::Tensor upstream = loss.gradient;
    for (std::size_t l = layers.size(); l-- > 0;) {
        TrainedLayer &layer = *layers[l];
        at::Tensor out = std::move(leaving[l]);
        if (!out.defined())
            out = visit(decoder, layer, entering[l], tokens, job);
        if (out.requires_grad())
            out.backward(upstream);
        out = at::Tensor();
        layer.collect(codes);
        if (l > 0)
            upstream = entering[l].grad();
        entering[l] = at::Tensor();
    }
    return loss.mean;
}

} // namespace batlab::tune
