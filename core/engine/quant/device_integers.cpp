// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/device_integers.h"

#include "core/base/result.h"
#include "core/engine/quant/bridge.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>

namespace batlab::quant {

namespace {

/// A number of the device: dividing by a number of the host would multiply by its reciprocal.
at::Tensor number(double value, const at::Tensor &like)
{
    return at::full({}, value, like.options().dtype(at::kFloat).requires_grad(false));
}

/// x [.., n] in groups [rows, groups, group]; a short last group is filled with zeros, which its
/// range holds anyway.
at::Tensor grouped(const at::Tensor &x, std::int64_t group)
{
    const std::int64_t n = x.size(-1);
    const at::Tensor rows = x.reshape({ n > 0 ? x.numel() / n : 0, n });
    const std::int64_t rest = n % group;
    const at::Tensor whole = rest == 0 ? rows : at::constant_pad_nd(rows, { 0, group - rest });
    return whole.reshape({ rows.size(0), whole.size(1) / group, group });
}

/// Back to the shape of x.
at::Tensor ungrouped(const at::Tensor &groups, const at::Tensor &x)
{
    const at::Tensor rows = groups.reshape({ groups.size(0), groups.size(1) * groups.size(2) });
    return rows.narrow(1, 0, x.size(-1)).reshape(x.sizes());
}

std::int64_t groupOf(const at::Tensor &x, const IntegerFormat &format)
{
    return format.group > 0 ? format.group : std::max<std::int64_t>(x.size(-1), 1);
}

/// A ratio for each of [rows, groups, 1].
at::Tensor spread(const at::Tensor &ratio, std::int64_t rows, std::int64_t groups)
{
    const at::Tensor r = ratio.detach().to(at::kFloat);
    if (r.numel() == 1)
        return r.reshape({ 1, 1, 1 });
    if (r.dim() == 2 && r.size(0) == rows && r.size(1) == 1)
        return r.reshape({ rows, 1, 1 });
    if (r.numel() == groups)
        return r.reshape({ 1, groups, 1 });
    throw Exception(
        { ErrorCode::internal,
          fmt::format("{} clip ratios do not fit {} rows of {} groups", r.numel(), rows, groups),
          {},
          {} });
}

/// What groups [rows, groups, group] are quantized with, each [rows, groups, 1].
struct Grids
{
    at::Tensor scale, zero, low, high, lo, hi;
    at::Tensor bottom; ///< lo * low
    at::Tensor fromLow; ///< symmetric: the minimum decided
};

bool clipped(const ClipRatios &clip) { return clip.lo.defined() && clip.lo.numel() > 0; }

Grids gridsOf(const at::Tensor &x, const ClipRatios &clip, const IntegerFormat &format)
{
    Grids g;
    const at::Tensor none = number(0, x);
    const at::Tensor known = at::where(at::isnan(x), none, x); // comparisons pass over NaN
    const at::Tensor least = known.amin(2, true);
    const at::Tensor most = known.amax(2, true);
    g.low = at::where(least < 0, least, none);
    g.high = at::where(most > 0, most, none);
    at::Tensor top = g.high;
    g.bottom = g.low;
    if (clipped(clip)) {
        g.lo = spread(clip.lo, x.size(0), x.size(1));
        g.hi = spread(clip.hi, x.size(0), x.size(1));
        g.bottom = g.lo * g.low;
        top = g.hi * g.high;
    }
    const int half = 1 << (format.bits - 1);
    if (format.symmetric) {
        g.fromLow = -g.bottom > top;
        g.scale = at::where(g.fromLow, -g.bottom, top) / number(half - 1, x);
    } else {
        g.scale = (top - g.bottom) / number(2 * half - 1, x);
    }
    g.scale = at::where(g.scale > 0, g.scale, number(1, x));
    g.zero = format.symmetric ? at::full_like(g.scale, half) : (-g.bottom / g.scale).round();
    return g;
}

/// To the nearest whole number, ties to even, as the host does it.
at::Tensor rounded(const at::Tensor &v)
{
    constexpr double magic = 12582912.0; // 1.5 * 2^23: its ulp is 1
    return (v.clamp(-2097152.0, 2097152.0) + magic) - magic;
}

double mostCode(const IntegerFormat &format) { return (1 << format.bits) - 1; }

/// Numbers of [rows, groups] for every element of [rows, n].
at::Tensor overColumns(const at::Tensor &cells, const IntegerGrid &grid)
{
    return cells.repeat_interleave(grid.group(), 1).narrow(1, 0, grid.columns);
}

/// Sum of [rows, groups, 1] doubles over what shares a ratio.
at::Tensor collected(const at::Tensor &cells, const at::Tensor &ratio)
{
    const std::int64_t rows = cells.size(0);
    if (ratio.numel() == 1)
        return cells.sum().to(at::kFloat).reshape(ratio.sizes());
    const bool perRow = ratio.dim() == 2 && ratio.size(0) == rows && ratio.size(1) == 1;
    return cells.sum(perRow ? 1 : 0).to(at::kFloat).reshape(ratio.sizes());
}

/// Where a group's `limit` is met first.
at::Tensor firstAt(const at::Tensor &x, const at::Tensor &limit, const at::Tensor &counts)
{
    const at::Tensor met = x.eq(limit).logical_and(counts);
    const at::Tensor place = met.to(at::kInt).argmax(2, true); // of equals the first
    const at::Tensor places = at::arange(x.size(2), place.options());
    return met.logical_and(places.eq(place));
}

} // namespace

IntegerGrid deviceGrid(const at::Tensor &x, const ClipRatios &clip, const IntegerFormat &format)
{
    const at::Tensor in = grouped(x.detach().to(at::kFloat), groupOf(x, format));
    const Grids g = gridsOf(in, { beside(clip.lo, x), beside(clip.hi, x) }, format);
    IntegerGrid out;
    out.format = format;
    out.columns = x.size(-1);
    out.scales = g.scale.squeeze(2).contiguous();
    out.zeros = g.zero.squeeze(2).contiguous();
    return out;
}

at::Tensor deviceCodes(const at::Tensor &x, const IntegerGrid &grid)
{
    const at::Tensor in = x.detach().to(at::kFloat);
    const at::Tensor code =
        (rounded(in / overColumns(grid.scales, grid)) + overColumns(grid.zeros, grid))
            .clamp(0, mostCode(grid.format));
    return at::where(code >= 0, code, number(0, in)).to(at::kByte);
}

at::Tensor deviceValues(const at::Tensor &codes, const IntegerGrid &grid)
{
    const at::Tensor scales = overColumns(beside(grid.scales, codes), grid);
    const at::Tensor zeros = overColumns(beside(grid.zeros, codes), grid);
    return (codes.to(at::kFloat) - zeros) * scales;
}

at::Tensor deviceIntegers(const at::Tensor &x, const ClipRatios &clip, const IntegerFormat &format)
{
    const at::Tensor in = grouped(x.detach().to(at::kFloat), groupOf(x, format));
    const Grids g = gridsOf(in, clip, format);
    const at::Tensor code = (rounded(in / g.scale) + g.zero).clamp(0, mostCode(format));
    return ungrouped((code - g.zero) * g.scale, x);
}

IntegerGradients deviceIntegersBackward(const at::Tensor &x, const ClipRatios &clip,
                                        const IntegerFormat &format, const kernels::Ste &ste,
                                        const at::Tensor &gy)
{
    // The derivatives of integer_quant.cpp, backwardGroup().
    const std::int64_t group = groupOf(x, format);
    const at::Tensor in = grouped(x.detach().to(at::kFloat), group);
    const at::Tensor dy = grouped(gy.to(at::kFloat), group);
    const Grids g = gridsOf(in, clip, format);
    const double most = mostCode(format);
    const at::Tensor y = in / g.scale;
    const at::Tensor whole = rounded(y);
    const at::Tensor code = whole + g.zero;
    const at::Tensor low = code < 0;
    const at::Tensor high = code > most;
    const at::Tensor outside = low.logical_or(high);
    const at::Tensor nothing = number(0, x);
    const auto total = [](const at::Tensor &t) { return at::sum(t, { 2 }, true, at::kDouble); };

    at::Tensor dx = ste.mask ? at::where(outside, nothing, dy) : dy;
    const at::Tensor below = total(at::where(low, dy, nothing));
    const at::Tensor above = total(at::where(high, dy, nothing));
    at::Tensor dLow = below; // of m and M
    at::Tensor dHigh = above;
    if (ste.scaleGradient) {
        at::Tensor held = at::where(low, -g.zero, most - g.zero);
        if (!format.symmetric)
            held = held + g.zero + (-g.zero - g.bottom / g.scale);
        const at::Tensor dScale = total(dy * at::where(outside, held, whole - y));
        const at::Tensor any = g.high > g.low;
        if (format.symmetric) {
            const at::Tensor each = dScale / static_cast<double>((1 << (format.bits - 1)) - 1);
            const at::Tensor zero = at::zeros_like(each);
            dLow = at::where(any, at::where(g.fromLow, -each, zero), below);
            dHigh = at::where(any, at::where(g.fromLow, zero, each), above);
        } else {
            const at::Tensor own = dScale / most;
            dHigh = at::where(any, own, above);
            dLow = at::where(any, below + above - own, below);
        }
        const auto share = [&](const at::Tensor &d, const at::Tensor &ratio) {
            return (ratio.defined() ? d * ratio.to(at::kDouble) : d).to(at::kFloat);
        };
        // A share that is not finite stays with the element it belongs to.
        const at::Tensor none = at::zeros({}, dx.options());
        dx = dx
            + at::where(firstAt(in, g.low, (g.low < 0).logical_and(any)), share(dLow, g.lo), none)
            + at::where(firstAt(in, g.high, (g.high > 0).logical_and(any)), share(dHigh, g.hi),
                        none);
    }
    IntegerGradients out;
    out.x = ungrouped(dx, x);
    if (clipped(clip)) {
        out.lo = collected(dLow * g.low.to(at::kDouble), clip.lo);
        out.hi = collected(dHigh * g.high.to(at::kDouble), clip.hi);
    }
    return out;
}

} // namespace batlab::quant
