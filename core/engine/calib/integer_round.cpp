// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/integer_round.h"

#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <vector>

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

/// The same in libtorch's operators, panel by panel with columns as rows; every number is rounded
/// as the host rounds it, but for the order of sums in the products between panels.
at::Tensor gptqOnDevice(const at::Tensor &w, const GptqFactor &factor,
                        const quant::IntegerGrid &grid, const GptqSettings &settings,
                        const std::function<void()> &checkpoint)
{
    const std::int64_t n = w.size(1);
    const at::Tensor order = quant::beside(factor.order, w);
    const at::Tensor upper = quant::beside(factor.upper, w);
    at::Tensor work = w.to(at::kFloat)
                          .masked_fill(quant::beside(factor.dead, w).unsqueeze(0), 0.0)
                          .index_select(1, order);
    const at::Tensor group = at::div(order, grid.group(), "floor");
    const double most = (1 << grid.format.bits) - 1;
    std::vector<at::Tensor> codes; // [columns, rows], in processing order
    for (std::int64_t c0 = 0; c0 < n; c0 += settings.blockSize) {
        checkpoint();
        const std::int64_t width = std::min(n - c0, settings.blockSize);
        const auto columns = [&](const at::Tensor &cells) {
            return cells.index_select(1, group.narrow(0, c0, width)).t().contiguous();
        };
        const at::Tensor scales = columns(grid.scales);
        const at::Tensor zeros = columns(grid.zeros);
        const at::Tensor square = upper.narrow(0, c0, width).narrow(1, c0, width);
        at::Tensor panel = work.narrow(1, c0, width).t().contiguous();
        at::Tensor chosen = at::empty_like(panel);
        at::Tensor errors = at::empty_like(panel);
        for (std::int64_t j = 0; j < width; ++j) {
            const at::Tensor column = panel.select(0, j);
            const at::Tensor zero = zeros.select(0, j);
            at::Tensor code = chosen.select(0, j);
            code.copy_(((column / scales.select(0, j)).round() + zero).clamp(0, most));
            at::Tensor error = errors.select(0, j);
            error.copy_((column - (code - zero) * scales.select(0, j))
                        / square.select(0, j).select(0, j));
            if (j + 1 < width)
                panel.narrow(0, j + 1, width - j - 1)
                    .sub_(square.select(0, j).narrow(0, j + 1, width - j - 1).unsqueeze(1) * error);
        }
        codes.push_back(chosen.to(at::kByte));
        if (const std::int64_t c1 = c0 + width; c1 < n)
            work.narrow(1, c1, n - c1)
                .sub_(at::mm(errors.t(), upper.narrow(0, c0, width).narrow(1, c1, n - c1)));
    }
    return at::cat(codes).index_select(0, at::argsort(order)).t().contiguous();
}

} // namespace

void roundToIntegers(LinearSolution &out, const at::Tensor &w, const quant::ClipRatios &clip,
                     const IntegerFormat &format, const GptqFactor *factor,
                     const GptqSettings &settings, const std::function<void()> &checkpoint)
{
    const quant::IntegerGrid grid = quant::integerGrid(w, clip, format);
    if (factor == nullptr) {
        out.setIntegers(quant::integerCodes(w, grid), grid);
        return;
    }
    const bool here = quant::onHost(w);
    out.setIntegers((here ? gptqIntegers : gptqOnDevice)(w, *factor, grid, settings, checkpoint),
                    grid);
}

} // namespace batlab::calib
