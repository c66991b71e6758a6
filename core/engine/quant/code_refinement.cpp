// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/code_refinement.h"

#include "core/engine/quant/block_codes.h"
#include "core/engine/quant/bridge.h"
#include "kernels/formats.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>

namespace batlab::quant {

namespace {

/// Of each code byte: how far the next values up and down are (0: there is none).
struct GridSteps
{
    std::array<float, 256> up {}, down {};
};

GridSteps gridSteps(kernels::Format format)
{
    const auto grid = sortedGrid(format);
    GridSteps out;
    for (const auto &[value, code] : grid) {
        for (const auto &[other, unused] : grid) { // ascending
            if (other < value)
                out.down[code] = other - value;
            if (other > value && out.up[code] == 0)
                out.up[code] = other - value;
        }
    }
    return out;
}

/// Nearest codes u8 and what they stand for, fp32 [rows, n]; the real value of each block's scale,
/// fp32 [rows, blocks].
struct Encoded
{
    at::Tensor codes, values, scales;
};

Encoded encode(const at::Tensor &x, const kernels::QuantSpec &spec)
{
    const std::int64_t blocks = x.size(-1) / kernels::blockSize(spec.format);
    Encoded e { at::empty_like(x, at::kByte), at::empty_like(x), {} };
    at::Tensor bytes = at::empty({ x.size(0), blocks }, x.options().dtype(at::kByte));
    run(x, &kernels::Backend::quantize, view(x), spec, e.codes.data_ptr<std::uint8_t>(),
        bytes.data_ptr<std::uint8_t>());
    run(x, &kernels::Backend::dequantize, e.codes.const_data_ptr<std::uint8_t>(),
        bytes.const_data_ptr<std::uint8_t>(), spec, mutableView(e.values));
    e.scales = scaleValues(bytes, spec);
    return e;
}

/// W'^T W' d - W'^T (W - W') x for d = y - x, fp32 [blocks, rows, b]; x and y [rows, n].
at::Tensor halfSlopes(const at::Tensor &y, const at::Tensor &x, const CodeRefinement &r)
{
    const auto blocks = [&](const at::Tensor &t) {
        return t.view({ t.size(0), r.gram.size(0), r.gram.size(1) }).transpose(0, 1);
    };
    const at::Tensor ofError = at::bmm(blocks(y - x), r.gram);
    return r.residual.defined() ? at::baddbmm(ofError, blocks(x), r.residual, 1, -1) : ofError;
}

struct HostJob
{
    const GridSteps *steps;
    const std::uint8_t *codes;
    const float *scales, *slopes, *curvature;
    float *y;
    std::int64_t rows, blocks, block;
};

/// Takes the best step of one block.
void stepInBlock(const HostJob &job, std::int64_t row, std::int64_t ofRow)
{
    const std::int64_t index = row * job.blocks + ofRow;
    const std::uint8_t *codes = job.codes + index * job.block;
    const float *slope = job.slopes + (ofRow * job.rows + row) * job.block;
    const float *curvature = job.curvature + ofRow * job.block;
    const float scale = job.scales[index];
    float best = 0;
    float taken = 0;
    std::int64_t at = 0;
    for (std::int64_t i = 0; i < job.block; ++i) {
        for (const float step :
             { job.steps->up[codes[i]] * scale, job.steps->down[codes[i]] * scale }) {
            const float change = step * (2 * slope[i] + step * curvature[i]);
            if (change < best) {
                best = change;
                taken = step;
                at = i;
            }
        }
    }
    job.y[index * job.block + at] += taken;
}

void stepInRows(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &job = *static_cast<const HostJob *>(context);
    for (std::int64_t row = begin; row < end; ++row)
        for (std::int64_t b = 0; b < job.blocks; ++b)
            stepInBlock(job, row, b);
}

at::Tensor refineOnHost(const at::Tensor &x, const kernels::QuantSpec &spec,
                        const CodeRefinement &r)
{
    const Encoded e = encode(x, spec);
    const GridSteps steps = gridSteps(spec.format);
    const at::Tensor curvature = r.gram.diagonal(0, 1, 2).contiguous();
    const at::Tensor slopes = halfSlopes(e.values, x, r).contiguous();
    at::Tensor y = e.values;
    HostJob job { &steps,
                  e.codes.const_data_ptr<std::uint8_t>(),
                  e.scales.const_data_ptr<float>(),
                  slopes.const_data_ptr<float>(),
                  curvature.const_data_ptr<float>(),
                  y.data_ptr<float>(),
                  x.size(0),
                  r.gram.size(0),
                  r.gram.size(1) };
    kernels::parallelFor(x.size(0), 16, exec().threads, stepInRows, &job);
    return y;
}

at::Tensor refineOnDevice(const at::Tensor &x, const kernels::QuantSpec &spec,
                          const CodeRefinement &r)
{
    const Encoded e = encode(x, spec);
    const GridSteps steps = gridSteps(spec.format);
    const std::int64_t block = r.gram.size(1);
    const at::Tensor index = e.codes.view({ -1 }).to(at::kInt);
    const at::Tensor scale = e.scales.unsqueeze(2);
    const auto scaled = [&](const std::array<float, 256> &table) {
        return at::tensor(at::ArrayRef<float>(table))
                   .to(x.device())
                   .index_select(0, index)
                   .view({ x.size(0), -1, block })
            * scale;
    };
    at::Tensor y = e.values.view({ x.size(0), -1, block });
    const at::Tensor slope = 2 * halfSlopes(e.values, x, r).transpose(0, 1);
    const at::Tensor curvature = r.gram.diagonal(0, 1, 2).unsqueeze(0);
    const at::Tensor up = scaled(steps.up);
    const at::Tensor down = scaled(steps.down);
    const at::Tensor step = at::stack({ up, down }, 3).view({ x.size(0), -1, 2 * block });
    const at::Tensor change =
        at::stack({ up * (slope + up * curvature), down * (slope + down * curvature) }, 3)
            .view(step.sizes());
    const auto [least, at] = change.min(2, true);
    const at::Tensor taken = at::where(least < 0, step.gather(2, at), at::zeros_like(least));
    y.scatter_add_(2, at::floor_divide(at, 2), taken);
    return e.values;
}

using Refine = at::Tensor (*)(const at::Tensor &, const kernels::QuantSpec &,
                              const CodeRefinement &);

at::Tensor refined(const at::Tensor &x, const Quantizer &q, const CodeRefinement &r,
                   at::ScalarType out, Refine refine)
{
    const at::Tensor rows = x.detach().to(at::kFloat).reshape({ -1, x.size(-1) }).contiguous();
    if (q.dynamicScale) {
        // The step that is best for x is best for all multiples of x.
        const at::Tensor factor = rowFactor(rows);
        return (refine((rows * factor).contiguous(), *q.spec, r) / factor).view(x.sizes()).to(out);
    }
    return (refine(rows, *q.spec, r) * q.epilogue()).view(x.sizes()).to(out);
}

} // namespace

double CodeRefinement::flopPerToken() const
{
    if (!active())
        return 0;
    const auto channels = static_cast<double>(gram.size(0) * gram.size(1));
    const double products = residual.defined() ? 2 : 1;
    return channels * (2.0 * products * static_cast<double>(gram.size(1)) + 8.0);
}

CodeRefinement codeRefinement(const at::Tensor &w, const at::Tensor &stored, std::int64_t block)
{
    const auto blocks = [&](const at::Tensor &t) {
        return t.view({ t.size(0), -1, block }).permute({ 1, 0, 2 });
    };
    const at::Tensor own = blocks(stored);
    CodeRefinement out { at::bmm(own.transpose(1, 2), own).contiguous(), {} };
    if (w.defined())
        out.residual = at::bmm(blocks(w - stored).transpose(1, 2), own).contiguous();
    return out;
}

at::Tensor refinedFakeQuantize(const at::Tensor &x, const Quantizer &q,
                               const CodeRefinement &refinement, at::ScalarType out)
{
    return refined(x, q, refinement, out, onHost(x) ? &refineOnHost : &refineOnDevice);
}

at::Tensor refinedByOperators(const at::Tensor &x, const Quantizer &q,
                              const CodeRefinement &refinement, at::ScalarType out)
{
    return refined(x, q, refinement, out, &refineOnDevice);
}

} // namespace batlab::quant
