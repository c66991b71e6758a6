// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/model_gradient.h"

#include "core/engine/calib/interrupt.h"
#include "core/engine/tune/divergence.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace batlab::tune {

double modelGradient(TunedModel &model, const at::Tensor &ids, const at::Tensor &teacher,
                     double temperature, JobContext &job, const CodeStep &codes)
{
    const at::NoGradGuard guard;
    const quant::BackwardCheck check([&job] { job.checkpoint(); });
    const nn::Decoder &decoder = model.decoder;
    const std::vector<std::int64_t> tokens = ids.sizes().vec();
    std::vector<at::Tensor> entering;
    at::Tensor x = decoder.embed(ids);
    for (const auto &layer : model.layers) {
        entering.push_back(x);
        layer->prepare(tokens);
        x = decoder.forward(calib::InterruptibleOps(*layer, job), x);
        layer->release();
    }
    const std::int64_t hidden = x.size(-1);
    const HeadLoss loss =
        headLoss(decoder, x.reshape({ -1, hidden }), teacher.reshape({ -1, hidden }), temperature,
                 [&job] { job.checkpoint(); });
    if (!std::isfinite(loss.mean))
        return loss.mean;
    at::Tensor upstream = loss.gradient.view(x.sizes());
    for (std::size_t l = model.layers.size(); l-- > 0;) {
        TunedLayer &layer = *model.layers[l];
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
