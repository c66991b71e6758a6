// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/block_scales.h"

#include "core/base/result.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/variant/layer_solution.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <functional>

namespace batlab::calib {

namespace {

constexpr std::int64_t kChunk = std::int64_t { 1 } << 22; // elements rounded at once

/// start + offset within the range of real scales; bytes that stand for zero, NaN or Inf stay.
at::Tensor shifted(const at::Tensor &start, int offset, const kernels::QuantSpec &spec)
{
    const bool nv = spec.format == kernels::Format::nvfp4;
    const int last = nv ? 0x7e : 254;
    const at::Tensor wide = start.to(at::kInt);
    const at::Tensor moved = (wide + offset).clamp(nv ? 1 : 0, last);
    const at::Tensor keep = wide.gt(last).logical_or(nv ? wide.eq(0) : wide.lt(0));
    return at::where(keep, wide, moved).to(at::kByte);
}

/// The candidate with the least error; `error` gives [rows, blocks] for candidate bytes.
at::Tensor best(const at::Tensor &start, const kernels::QuantSpec &spec, int steps,
                const std::function<at::Tensor(const at::Tensor &)> &error)
{
    at::Tensor bytes = start;
    at::Tensor least = error(start);
    for (int distance = 1; distance <= steps; ++distance) {
        for (const int offset : { distance, -distance }) {
            const at::Tensor candidate = shifted(start, offset, spec);
            const at::Tensor e = error(candidate);
            const at::Tensor better = e < least;
            bytes = at::where(better, candidate, bytes);
            least = at::where(better, e, least);
        }
    }
    return bytes;
}

} // namespace

ScaleMetric scaleMetricFromName(std::string_view name)
{
    constexpr std::string_view names[] { "none", "mse", "hessian", "block" };
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (names[i] == name)
            return static_cast<ScaleMetric>(i);
    throw Exception({ ErrorCode::unsupported,
                      "unknown scale search '" + std::string(name) + "'",
                      "round.scaleSearch",
                      {} });
}

at::Tensor ruleScales(const at::Tensor &w, const kernels::QuantSpec &spec)
{
    at::Tensor scales = at::empty({ w.size(0), w.size(1) / kernels::blockSize(spec.format) },
                                  w.options().dtype(at::kByte));
    quant::run(w, &kernels::Backend::blockScales, quant::view(w), spec,
               scales.data_ptr<std::uint8_t>());
    return scales;
}

at::Tensor roundOnScales(const at::Tensor &w, const at::Tensor &scales,
                         const kernels::QuantSpec &spec)
{
    const at::Tensor in = w.contiguous();
    const at::Tensor s = scaleValues(scales, spec);
    at::Tensor out = at::empty_like(in);
    quant::run(in, &kernels::Backend::roundOnScales, in.const_data_ptr<float>(), nullptr,
               in.size(0), in.size(1), s.const_data_ptr<float>(), spec, out.data_ptr<float>());
    return out;
}

at::Tensor searchedScales(const at::Tensor &w, const at::Tensor &start,
                          const kernels::QuantSpec &spec, int steps, const at::Tensor &diagonal)
{
    const std::int64_t block = kernels::blockSize(spec.format);
    const std::int64_t rows = std::max<std::int64_t>(1, kChunk / w.size(1));
    std::vector<at::Tensor> parts;
    for (std::int64_t r = 0; r < w.size(0); r += rows) {
        const std::int64_t count = std::min(rows, w.size(0) - r);
        const at::Tensor slice = w.narrow(0, r, count);
        parts.push_back(best(start.narrow(0, r, count), spec, steps, [&](const at::Tensor &bytes) {
            at::Tensor e = (slice - roundOnScales(slice, bytes, spec)).square_();
            if (diagonal.defined())
                e.mul_(diagonal);
            return e.view({ count, -1, block }).sum(2);
        }));
    }
    return at::cat(parts);
}

at::Tensor searchedBlockScales(const at::Tensor &w, const at::Tensor &start, const at::Tensor &u,
                               const kernels::QuantSpec &spec, int steps)
{
    const std::int64_t rows = w.size(0);
    const std::int64_t n = w.size(1);
    at::Tensor quantized = at::empty({ rows, n }, w.options());
    at::Tensor errors = at::empty({ rows, n }, w.options());
    return best(start, spec, steps, [&](const at::Tensor &bytes) {
        at::Tensor work = w.clone(at::MemoryFormat::Contiguous);
        const at::Tensor scales = scaleValues(bytes, spec).expand({ rows, n }).contiguous();
        quant::run(work, &kernels::Backend::gptqColumns, work.data_ptr<float>(), rows, n,
                   std::int64_t { 0 }, n, u.const_data_ptr<float>(), scales.const_data_ptr<float>(),
                   n, spec, quantized.data_ptr<float>(), errors.data_ptr<float>());
        return errors.square().sum(1, true);
    });
}

} // namespace batlab::calib
