// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/integer_round.h"

#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace batlab::calib {

namespace {

/// Columns [c0, c1) of one panel, in processing order.
struct Panel
{
    float *work; ///< [rows, n], in processing order
    std::int64_t n, c0, c1;
    const float *upper; ///< U [n, n]
    const std::int64_t *order;
    const quant::IntegerGrid &grid;
    std::uint8_t *codes; ///< [rows, n], original order
    float *errors; ///< [rows, c1 - c0]

    void roundRow(std::int64_t row) const
    {
        const float *scales = grid.scales.const_data_ptr<float>() + row * grid.groups();
        const float *zeros = grid.zeros.const_data_ptr<float>() + row * grid.groups();
        const auto most = static_cast<float>((1 << grid.format.bits) - 1);
        float *w = work + row * n;
        for (std::int64_t j = c0; j < c1; ++j) {
            const std::int64_t g = order[j] / grid.group();
            const float code = std::clamp(std::nearbyint(w[j] / scales[g]) + zeros[g], 0.0F, most);
            const float error = (w[j] - (code - zeros[g]) * scales[g]) / upper[j * n + j];
            const float *u = upper + j * n;
            for (std::int64_t l = j + 1; l < c1; ++l)
                w[l] -= error * u[l];
            codes[row * n + order[j]] = static_cast<std::uint8_t>(code);
            errors[row * (c1 - c0) + j - c0] = error;
        }
    }
};

void roundRows(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &panel = *static_cast<const Panel *>(context);
    for (std::int64_t row = begin; row < end; ++row)
        panel.roundRow(row);
}

at::Tensor gptqIntegers(const at::Tensor &w, const GptqFactor &factor,
                        const quant::IntegerGrid &grid, const GptqSettings &settings,
                        const std::function<void()> &checkpoint)
{
    const std::int64_t rows = w.size(0);
    const std::int64_t n = w.size(1);
    at::Tensor work = w.to(at::kFloat)
                          .masked_fill(factor.dead.unsqueeze(0), 0.0)
                          .index_select(1, factor.order)
                          .contiguous();
    const at::Tensor order = factor.order.contiguous();
    at::Tensor codes = at::empty({ rows, n }, at::kByte);
    for (std::int64_t c0 = 0; c0 < n; c0 += settings.blockSize) {
        checkpoint();
        const std::int64_t c1 = std::min(n, c0 + settings.blockSize);
        at::Tensor errors = at::empty({ rows, c1 - c0 }, at::kFloat);
        Panel panel { work.data_ptr<float>(),
                      n,
                      c0,
                      c1,
                      factor.upper.const_data_ptr<float>(),
                      order.const_data_ptr<std::int64_t>(),
                      grid,
                      codes.data_ptr<std::uint8_t>(),
                      errors.data_ptr<float>() };
        kernels::parallelFor(rows, 16, quant::exec().threads, roundRows, &panel);
        if (c1 < n)
            work.narrow(1, c1, n - c1)
                .sub_(at::mm(errors, factor.upper.narrow(0, c0, c1 - c0).narrow(1, c1, n - c1)));
    }
    return codes;
}

} // namespace

void roundToIntegers(LinearSolution &out, const at::Tensor &w, const quant::ClipRatios &clip,
                     const IntegerFormat &format, const GptqFactor *factor,
                     const GptqSettings &settings, const std::function<void()> &checkpoint)
{
    const at::Tensor host = w.cpu(); // integers have no device kernels
    const quant::IntegerGrid grid = quant::integerGrid(host, clip, format);
    if (factor == nullptr) {
        out.setIntegers(quant::integerCodes(host, grid), grid);
        return;
    }
    GptqFactor here = *factor;
    for (at::Tensor *t : { &here.upper, &here.order, &here.dead })
        *t = t->cpu();
    out.setIntegers(gptqIntegers(host, here, grid, settings, checkpoint), grid);
}

} // namespace batlab::calib
