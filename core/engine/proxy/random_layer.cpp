// SPDX-License-Identifier: Apache-2.0
#include "core/engine/proxy/random_layer.h"

#include "core/engine/proxy/layer_memo.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <cmath>

namespace batlab::proxy {

LayerCache randomLayer(const ModelConfig &config, std::int64_t tokens)
{
    const c10::NoGradGuard noGrad;
    at::manual_seed(1);
    const auto matrix = [](std::int64_t out, std::int64_t in) {
        return at::randn({ out, in }) / std::sqrt(static_cast<double>(in));
    };
    LayerCache cache;
    nn::LayerWeights &w = cache.weights;
    w.of(Linear::q) = matrix(config.heads * config.headDim, config.hidden);
    w.of(Linear::k) = matrix(config.kvHeads * config.headDim, config.hidden);
    w.of(Linear::v) = matrix(config.kvHeads * config.headDim, config.hidden);
    w.of(Linear::o) = matrix(config.hidden, config.heads * config.headDim);
    w.of(Linear::gate) = matrix(config.intermediate, config.hidden);
    w.of(Linear::up) = matrix(config.intermediate, config.hidden);
    w.of(Linear::down) = matrix(config.hidden, config.intermediate);
    w.inputNorm = at::ones({ config.hidden });
    w.postNorm = at::ones({ config.hidden });
    if (config.qkNorm) {
        w.qNorm = at::ones({ config.headDim });
        w.kNorm = at::ones({ config.headDim });
    }
    cache.stream = at::randn({ 1, tokens, config.hidden });
    cache.stream.slice(2, 0, config.hidden, 97).mul_(20);
    cache.inputs = siteInputs(config, nn::PlainOps(w), cache.stream);
    cache.memo = std::make_shared<LayerMemo>();
    return cache;
}

} // namespace batlab::proxy
