// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/clip_search.h"

#include "core/engine/quant/fake_quant.h"
#include "core/engine/transform/closed_form.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace batlab::calib {

at::Tensor searchedClip(const at::Tensor &w, const at::Tensor &hessian,
                        const kernels::QuantSpec &spec, const ClipSearch &settings,
                        const std::function<void()> &checkpoint)
{
    const std::int64_t block = kernels::blockSize(spec.format);
    const std::int64_t rows = w.size(0);
    const at::Tensor gram = transform::diagonalBlocks(hessian, block).to(at::kFloat); // [k, b, b]
    const at::Tensor blocks = w.view({ rows, -1, block });
    const at::Tensor peak = blocks.abs().amax(2, true);
    quant::Quantizer quantizer;
    quantizer.spec = spec;
    const auto clamped = [&](const at::Tensor &share) {
        const at::Tensor limit = peak * share;
        return blocks.clamp(-limit, limit).contiguous();
    };
    const auto error = [&](const at::Tensor &clipped) {
        const at::Tensor q = quant::fakeQuantize(clipped.view_as(w), {}, quantizer, at::kFloat)
            / quantizer.epilogue();
        const at::Tensor d = (w - q).view({ rows, -1, block }).transpose(0, 1); // [k, rows, b]
        return (at::bmm(d, gram) * d).sum(2).t().unsqueeze(2); // [rows, k, 1]
    };
    at::Tensor share = at::ones_like(peak);
    at::Tensor least = error(blocks.contiguous());
    const std::int64_t tries = std::max<std::int64_t>(
        2, std::llround(settings.shrink * static_cast<double>(settings.steps)));
    for (std::int64_t i = 1; i < tries; ++i) { // i = 0 is the start; methods.md 2.3: i = 0..9
        checkpoint();
        const at::Tensor candidate =
            at::full_like(peak, 1.0 - static_cast<double>(i) / static_cast<double>(settings.steps));
        const at::Tensor e = error(clamped(candidate));
        const at::Tensor better = e < least;
        share = at::where(better, candidate, share);
        least = at::where(better, e, least);
    }
    return clamped(share).view_as(w);
}

} // namespace batlab::calib
