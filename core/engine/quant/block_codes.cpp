// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/block_codes.h"

#include "core/engine/quant/bridge.h"
#include "kernels/formats.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace batlab::quant {

std::vector<std::pair<float, std::uint8_t>> sortedGrid(kernels::Format format)
{
    const kernels::ElementFormat &e = kernels::elementFormat(format);
    const float *table = kernels::decodeTable(format);
    std::vector<std::pair<float, std::uint8_t>> grid;
    for (int code = 0; code < (1 << e.codeBits); ++code)
        if (std::isfinite(table[code]))
            grid.emplace_back(table[code], static_cast<std::uint8_t>(code));
    std::sort(grid.begin(), grid.end(), [](auto x, auto y) { return x.first < y.first; });
    return grid;
}

namespace {

/// What each of the 256 scale bytes stands for.
std::array<float, 256> scaleTable(const kernels::QuantSpec &spec)
{
    const bool nv = spec.format == kernels::Format::nvfp4;
    const float third = spec.rule == kernels::ScaleRule::prescale ? 3.0F : 1.0F;
    const float *e4m3 = kernels::e4m3Table();
    std::array<float, 256> table {};
    for (std::size_t byte = 0; byte < table.size(); ++byte) {
        const float s = nv ? e4m3[byte] / spec.tensorScale
            : byte == 255  ? std::numeric_limits<float>::quiet_NaN()
                           : std::ldexp(1.0F, static_cast<int>(byte) - 127);
        table[byte] = s / third;
    }
    return table;
}

/// encodeOnGrid in libtorch's operators, for a device.
at::Tensor encodeOnDevice(const at::Tensor &v, const at::Tensor &s, const kernels::QuantSpec &spec)
{
    const kernels::ElementFormat &e = kernels::elementFormat(spec.format);
    std::vector<float> borders; // halfway between neighbours: values lie on the grid
    std::vector<std::uint8_t> codeOf;
    const auto grid = sortedGrid(spec.format);
    for (std::size_t i = 0; i < grid.size(); ++i) {
        if (i > 0 && grid[i].first > grid[i - 1].first)
            borders.push_back(0.5F * (grid[i - 1].first + grid[i].first));
        if (i == 0 || grid[i].first > grid[i - 1].first)
            codeOf.push_back(grid[i].first == 0 ? std::uint8_t { 0 } : grid[i].second);
    }
    const std::int64_t block = kernels::blockSize(spec.format);
    const at::Tensor scale = s.unsqueeze(2);
    const at::Tensor y =
        at::where(scale > 0, v.view({ v.size(0), -1, block }) / scale, at::zeros_like(scale));
    const at::Tensor nearest = at::bucketize(y, at::tensor(borders).to(v.device()), true);
    const at::Tensor table =
        at::tensor(std::vector<std::int64_t>(codeOf.begin(), codeOf.end()), at::kLong)
            .to(at::kByte)
            .to(v.device());
    at::Tensor codes = table.index_select(0, nearest.view({ -1 })).view_as(y);
    if (!e.twosComplement) { // zeros keep the sign of what was rounded
        const auto signBit = static_cast<std::int64_t>(1 << (e.codeBits - 1));
        codes = at::where(codes.eq(0).logical_and(at::signbit(y)), signBit, codes).to(at::kByte);
    }
    return codes.view(v.sizes()).contiguous();
}

} // namespace

at::Tensor scaleValues(const at::Tensor &scales, const kernels::QuantSpec &spec)
{
    const at::Tensor c = scales.contiguous();
    const std::array<float, 256> table = scaleTable(spec);
    if (!onHost(c))
        return at::tensor(at::ArrayRef<float>(table))
            .to(c.device())
            .index_select(0, c.view({ -1 }).to(at::kInt))
            .view(c.sizes());
    at::Tensor out = at::empty(c.sizes(), at::kFloat);
    const auto *bytes = c.const_data_ptr<std::uint8_t>();
    std::transform(bytes, bytes + c.numel(), out.data_ptr<float>(),
                   [&](std::uint8_t byte) { return table[byte]; });
    return out;
}

at::Tensor encodeOnGrid(const at::Tensor &values, const at::Tensor &scales,
                        const kernels::QuantSpec &spec)
{
    const at::Tensor v = values.to(at::kFloat).contiguous();
    const at::Tensor s = scaleValues(beside(scales, v), spec);
    if (!onHost(v))
        return encodeOnDevice(v, s, spec);
    // Each value is nearest to its own code.
    const kernels::ElementFormat &e = kernels::elementFormat(spec.format);
    const auto grid = sortedGrid(spec.format);
    const std::int64_t rows = v.size(0);
    const std::int64_t cols = v.size(1);
    const std::int64_t block = kernels::blockSize(spec.format);
    at::Tensor codes = at::empty({ rows, cols }, at::kByte);
    const float *pv = v.const_data_ptr<float>();
    const float *ps = s.const_data_ptr<float>();
    auto *pc = codes.data_ptr<std::uint8_t>();
    const auto signBit = static_cast<std::uint8_t>(1 << (e.codeBits - 1));
    for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t c = 0; c < cols; ++c) {
            const float scale = ps[r * s.size(1) + c / block];
            const float y = scale > 0 ? pv[r * cols + c] / scale : 0.0F;
            const auto next = std::lower_bound(grid.begin(), grid.end(), y,
                                               [](auto g, float x) { return g.first < x; });
            auto best = next;
            if (next == grid.end()
                || (next != grid.begin() && y - std::prev(next)->first < next->first - y))
                best = std::prev(next);
            std::uint8_t code = best->second;
            if (best->first == 0 && !e.twosComplement)
                code = std::signbit(y) ? signBit : std::uint8_t { 0 };
            pc[r * cols + c] = code;
        }
    }
    return codes;
}

at::Tensor packedNibbles(const at::Tensor &codes)
{
    const at::Tensor pairs = codes.view({ codes.size(0), -1, 2 });
    return at::bitwise_or(pairs.select(2, 0), pairs.select(2, 1) * 16).contiguous();
}

} // namespace batlab::quant
