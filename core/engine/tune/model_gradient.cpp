// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/model_gradient.h"

#include "core/engine/calib/interrupt.h"
#include "core/engine/tune/divergence.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace batlab::tune {

namespace {

/// The layer's output with its graph; in requires grad unless it is the first layer's.
at::Tensor visit(const nn::Decoder &decoder, TunedLayer &layer, const at::Tensor &in,
                 const std::vector<std::int64_t> &tokens, JobContext &job)
{
    const at::AutoGradMode grad(true);
    layer.prepare(tokens);
    return decoder.forward(calib::InterruptibleOps(layer, job), in);
}

} // namespace

double modelGradient(TunedModel &model, const at::Tensor &ids, const at::Tensor &teacher,
                     double temperature, JobContext &job, const CodeStep &codes)
{
    const at::NoGradGuard guard;
    const quant::BackwardCheck check([&job] { job.checkpoint(); });
    const nn::Decoder &decoder = model.decoder;
    const std::vector<std::int64_t> tokens = ids.sizes().vec();
    const std::size_t layers = model.layers.size();
    std::vector<at::Tensor> entering; // each layer's input, and its output if graphs are kept
    std::vector<at::Tensor> leaving(layers);
    at::Tensor x = decoder.embed(ids);
    for (std::size_t l = 0; l < layers; ++l) {
        TunedLayer &layer = *model.layers[l];
        entering.push_back(l > 0 ? x.detach().requires_grad_(true) : x);
        if (model.keepGraphs) {
            leaving[l] = visit(decoder, layer, entering[l], tokens, job);
            x = leaving[l].detach();
        } else {
            layer.prepare(tokens);
            x = decoder.forward(calib::InterruptibleOps(layer, job), x);
            layer.release();
        }
    }
    const std::int64_t hidden = x.size(-1);
    const HeadLoss loss =
        headLoss(decoder, x.reshape({ -1, hidden }), teacher.reshape({ -1, hidden }), temperature,
                 [&job] { job.checkpoint(); });
    if (!std::isfinite(loss.mean)) {
        for (const auto &layer : model.layers)
            layer->release();
        return loss.mean;
    }
    at::Tensor upstream = loss.gradient.view(x.sizes());
    for (std::size_t l = layers; l-- > 0;) {
        TunedLayer &layer = *model.layers[l];
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
