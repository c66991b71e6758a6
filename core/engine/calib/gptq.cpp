// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/gptq.h"

#include "core/base/result.h"
#include "core/engine/calib/cholesky.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/variant/layer_solution.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

namespace batlab::calib {

namespace {

at::Tensor falling(const at::Tensor &values) // stable, along the last axis
{
    return std::get<1>(values.sort(true, -1, true));
}

at::Tensor columnOrder(const at::Tensor &diagonal, const GptqSettings &settings)
{
    const std::int64_t n = diagonal.size(0);
    const at::TensorOptions places = diagonal.options().dtype(at::kLong);
    if (settings.order == ColumnOrder::natural)
        return at::arange(n, places);
    if (settings.order == ColumnOrder::reversed)
        return at::arange(n - 1, -1, -1, places);
    if (settings.wholeBlock == 0)
        return falling(diagonal);
    const at::Tensor blocks = diagonal.view({ -1, settings.wholeBlock });
    const at::Tensor inside =
        falling(blocks) + at::arange(0, n, settings.wholeBlock, places).unsqueeze(1);
    return inside.index_select(0, falling(blocks.mean(1))).reshape({ -1 });
}

/// The block that columns `order` form; Exception{internal} if they come from several.
std::int64_t wholeBlock(const at::Tensor &order, std::int64_t width)
{
    const at::Tensor blocks = order.div(width, "floor");
    const auto block = blocks[0].item<std::int64_t>();
    if (!blocks.eq(block).all().item<bool>())
        throw Exception({ ErrorCode::internal,
                          "dynamic block scales need the columns of a block one after the other",
                          "gptq",
                          {} });
    return block;
}

} // namespace

GptqFactor gptqFactor(const at::Tensor &h, const GptqSettings &settings,
                      const std::function<void()> &checkpoint)
{
    UsableMoment usable(h);
    GptqFactor f;
    f.dead = usable.dead;
    f.order = columnOrder(usable.m.diagonal().to(at::kDouble), settings);
    // H = R R^T with R upper comes from the Cholesky factor of the reversed matrix; H^-1 = R^-T
    // R^-1, so U = R^-1.
    const at::Tensor backwards = f.order.flip(0);
    const at::Tensor reversed =
        usable.m.index_select(0, backwards).index_select(1, backwards).contiguous();
    usable.m.reset();
    const DampedFactor damped = dampedCholesky(reversed, settings.damp, usable.mean, checkpoint);
    f.damp = damped.damp;
    f.upper = upperInverse(damped.lower.flip({ 0, 1 }).contiguous(), checkpoint)
                  .to(at::kFloat)
                  .contiguous();
    return f;
}

at::Tensor conditionalFactors(const GptqFactor &factor, std::int64_t block)
{
    const std::int64_t n = factor.upper.size(0);
    at::Tensor u = at::empty_like(factor.upper); // columns in their original order
    u.index_copy_(1, factor.order, factor.upper);
    std::vector<at::Tensor> inverse;
    for (std::int64_t c = 0; c < n; c += block) {
        const at::Tensor part = u.narrow(1, c, block).to(at::kDouble);
        inverse.push_back(at::mm(part.t(), part));
    }
    return at::linalg_cholesky(at::stack(inverse), true).to(at::kFloat).contiguous();
}

GptqResult gptqRound(const at::Tensor &w, const GptqFactor &factor, const ScaleSource &source,
                     const kernels::QuantSpec &spec, const GptqSettings &settings,
                     const std::function<void()> &checkpoint)
{
    const std::int64_t rows = w.size(0);
    const std::int64_t n = w.size(1);
    const std::int64_t width = kernels::blockSize(spec.format);
    const bool dynamic = !source.fixed.defined();
    const std::int64_t lazy =
        dynamic ? std::max(width, settings.blockSize / width * width) : settings.blockSize;
    at::Tensor work = w.to(at::kFloat)
                          .masked_fill(factor.dead.unsqueeze(0), 0.0)
                          .index_select(1, factor.order)
                          .contiguous();
    GptqResult out;
    out.scales =
        dynamic ? at::empty({ rows, n / width }, work.options().dtype(at::kByte)) : source.fixed;
    // Each column keeps the scale of the block it came from (methods.md 2.16.9).
    at::Tensor scales = dynamic ? at::empty({ rows, n }, work.options())
                                : scaleValues(source.fixed, spec)
                                      .index_select(1, factor.order.div(width, "floor"))
                                      .contiguous();
    at::Tensor quantized = at::empty({ rows, n }, work.options());
    const auto upper = [&](std::int64_t r, std::int64_t height, std::int64_t c, std::int64_t cols) {
        return factor.upper.narrow(0, r, height).narrow(1, c, cols);
    };
    for (std::int64_t p0 = 0; p0 < n; p0 += lazy) {
        checkpoint();
        const std::int64_t p1 = std::min(n, p0 + lazy);
        std::vector<at::Tensor> panel;
        const std::int64_t step = dynamic ? width : p1 - p0;
        for (std::int64_t c0 = p0; c0 < p1; c0 += step) {
            const std::int64_t c1 = c0 + step;
            if (dynamic) {
                BlockAtHand hand;
                hand.w = work.narrow(1, c0, step).contiguous();
                hand.u = upper(c0, step, c0, step).contiguous();
                hand.columns = factor.order.narrow(0, c0, step);
                hand.block = wholeBlock(hand.columns, width);
                const at::Tensor bytes = source.choose(hand);
                out.scales.narrow(1, hand.block, 1).copy_(bytes);
                scales.narrow(1, c0, step).copy_(scaleValues(bytes, spec).expand({ rows, step }));
            }
            const at::Tensor errors = at::empty({ rows, step }, work.options());
            quant::run(work, &kernels::Backend::gptqColumns, work.data_ptr<float>(), rows, n, c0,
                       c1, factor.upper.const_data_ptr<float>(), scales.const_data_ptr<float>(), n,
                       spec, quantized.data_ptr<float>(), errors.data_ptr<float>());
            if (c1 < p1)
                work.narrow(1, c1, p1 - c1).sub_(at::mm(errors, upper(c0, step, c1, p1 - c1)));
            panel.push_back(errors);
        }
        if (p1 < n)
            work.narrow(1, p1, n - p1)
                .sub_(at::mm(panel.size() == 1 ? panel.front() : at::cat(panel, 1),
                             upper(p0, p1 - p0, p1, n - p1)));
    }
    const auto original = [&](const at::Tensor &t) {
        at::Tensor back = at::empty_like(t);
        return back.index_copy_(1, factor.order, t);
    };
    out.values = original(quantized);
    out.updated = original(work);
    return out;
}

} // namespace batlab::calib
