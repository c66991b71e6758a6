// SPDX-License-Identifier: Apache-2.0
#include "core/engine/eval/variant_logits.h"
#include "core/engine/eval/logits.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace batlab::eval {

void variantLogits(const nn::Decoder &decoder, const Variant &variant,
                   const std::vector<std::int32_t> &ids, JobContext &job,
                   const std::function<void(std::int64_t, std::int64_t, const float *)> &take)
{
    const c10::NoGradGuard noGrad;
    checkTokens(ids, decoder.config().vocab, "token ids");
    const std::int64_t layers = decoder.config().layers;
    job.setStage("logits of " + variant.id(), 0, static_cast<std::uint64_t>(layers));
    at::Tensor x = decoder.embed(nn::idTensor({ ids }));
    for (std::int64_t l = 0; l < layers; ++l) {
        job.checkpoint();
        x = decoder.forward(*variant.layer(l), x);
        job.setStage("logits of " + variant.id(), static_cast<std::uint64_t>(l + 1),
                     static_cast<std::uint64_t>(layers));
    }
    const at::Tensor normed = decoder.finalNorm(x.squeeze(0));
    const auto length = static_cast<std::int64_t>(ids.size());
    for (std::int64_t begin = 0; begin < length; begin += kLogitRows) {
        job.checkpoint();
        const std::int64_t rows = std::min(kLogitRows, length - begin);
        const at::Tensor chunk =
            decoder.logits(normed.narrow(0, begin, rows)).to(at::kFloat).cpu().contiguous();
        take(begin, rows, chunk.const_data_ptr<float>());
    }
}

} // namespace batlab::eval
