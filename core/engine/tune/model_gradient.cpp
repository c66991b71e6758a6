// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/model_gradient.h"

#include "core/engine/calib/interrupt.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace batlab::tune {

double modelGradient(const nn::Decoder &decoder, const std::vector<TrainedLayer *> &layers,
                     const at::Tensor &ids, const Objective &objective, JobContext &job,
                     const CodeStep &codes)
{
    const at::NoGradGuard guard;
    const quant::BackwardCheck check([&job] { job.checkpoint(); });
    const std::vector<std::int64_t> tokens = ids.sizes().vec();
    std::vector<at::Tensor> entering;
    at::Tensor x = decoder.embed(ids);
    for (TrainedLayer *layer : layers) {
        entering.push_back(x);
        layer->prepare(tokens);
        x = decoder.forward(calib::InterruptibleOps(*layer, job), x);
        layer->release();
    }
    const HeadLoss loss = headLoss(decoder, x, objective, [&job] { job.checkpoint(); });
    if (!std::isfinite(loss.mean))
        return loss.mean;
    at::Tensor upstream = loss.gradient;
    for (std::size_t l = layers.size(); l-- > 0;) {
        TrainedLayer &layer = *layers[l];
        at::Tensor in = entering[l].detach();
        if (l > 0)
            in.requires_grad_(true);
        at::Tensor out;
        {
            const at::AutoGradMode grad(true);
            layer.prepare(tokens);
            out = decoder.forward(calib::InterruptibleOps(layer, job), in);
        }
        if (out.requires_grad())
            out.backward(upstream);
        else if (l > 0) // nothing to train here: never with biases or norms
            break;
        layer.collect(codes);
        if (l > 0)
            upstream = in.grad();
        entering[l] = at::Tensor();
    }
    return loss.mean;
}

} // namespace batlab::tune
