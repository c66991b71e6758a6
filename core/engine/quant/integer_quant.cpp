// SPDX-License-Identifier: Apache-2.0
#include "core/engine/quant/integer_quant.h"

#include "core/base/result.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/device_integers.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

/// The host's loops; numbers of a device stay there (device_integers.h).
namespace batlab::quant {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// body(first row, last row) in chunks of rows; chunks depend on the number of rows only.
template<class Body>
void forRows(std::int64_t rows, Body &&body)
{
    constexpr std::int64_t kGrain = 16;
    const auto thunk = [](void *context, std::int64_t begin, std::int64_t end) {
        (*static_cast<std::remove_reference_t<Body> *>(context))(begin, end);
    };
    kernels::parallelFor(rows, kGrain, exec().threads, thunk, &body);
}

/// Rows of fp32 numbers in groups, and the clip ratio of each.
struct Layout
{
    const float *x = nullptr;
    std::int64_t rows = 0, columns = 0, group = 0, groups = 0;
    const float *lo = nullptr, *hi = nullptr; ///< null: no clipping
    std::int64_t rowStride = 0, groupStride = 0;
    at::Tensor keepX, keepLo, keepHi;

    Layout(const at::Tensor &in, const at::Tensor &loIn, const at::Tensor &hiIn,
           const IntegerFormat &format)
        : keepX(in.detach().to(at::kFloat).contiguous())
    {
        x = keepX.const_data_ptr<float>();
        columns = keepX.size(-1);
        rows = columns > 0 ? keepX.numel() / columns : 0;
        group = format.group > 0 ? format.group : std::max<std::int64_t>(columns, 1);
        groups = (columns + group - 1) / group;
        if (!loIn.defined() || loIn.numel() == 0)
            return;
        keepLo = loIn.detach().to(at::kFloat).contiguous();
        keepHi = hiIn.detach().to(at::kFloat).contiguous();
        lo = keepLo.const_data_ptr<float>();
        hi = keepHi.const_data_ptr<float>();
        if (keepLo.numel() == 1)
            return;
        if (keepLo.dim() == 2 && keepLo.size(0) == rows && keepLo.size(1) == 1)
            rowStride = 1;
        else if (keepLo.numel() == groups)
            groupStride = 1;
        else
            throw Exception({ ErrorCode::internal,
                              fmt::format("{} clip ratios do not fit {} rows of {} groups",
                                          keepLo.numel(), rows, groups),
                              {},
                              {} });
    }
    [[nodiscard]] std::int64_t width(std::int64_t g) const
    {
        return std::min(group, columns - g * group);
    }
    [[nodiscard]] const float *at(std::int64_t row, std::int64_t g) const
    {
        return x + row * columns + g * group;
    }
    [[nodiscard]] std::int64_t entry(std::int64_t row, std::int64_t g) const
    {
        return row * rowStride + g * groupStride;
    }
};

/// What a group's grid follows from.
struct Grid
{
    float scale = 1, zero = 0; ///< value = (code - zero) * scale
    float low = 0, high = 0; ///< min(x, 0) and max(x, 0), before clipping
    float lo = 1, hi = 1; ///< ratios
    bool fromLow = false; ///< symmetric: the minimum decided
};

Grid gridOf(const Layout &layout, const IntegerFormat &format, std::int64_t row, std::int64_t g)
{
    const float *p = layout.at(row, g);
    const std::int64_t n = layout.width(g);
    Grid grid;
    for (std::int64_t i = 0; i < n; ++i) {
        grid.low = p[i] < grid.low ? p[i] : grid.low;
        grid.high = p[i] > grid.high ? p[i] : grid.high;
    }
    if (layout.lo != nullptr) {
        grid.lo = layout.lo[layout.entry(row, g)];
        grid.hi = layout.hi[layout.entry(row, g)];
    }
    const float m = grid.lo * grid.low;
    const float top = grid.hi * grid.high;
    const int half = 1 << (format.bits - 1);
    if (format.symmetric) {
        grid.fromLow = -m > top;
        grid.scale = (grid.fromLow ? -m : top) / static_cast<float>(half - 1);
        grid.zero = static_cast<float>(half);
    } else {
        grid.scale = (top - m) / static_cast<float>(2 * half - 1);
    }
    if (!(grid.scale > 0))
        grid.scale = 1;
    if (!format.symmetric)
        grid.zero = std::nearbyint(-m / grid.scale);
    return grid;
}

/// To the nearest whole number, ties to even; beyond 2^21 the code saturates anyway.
float rounded(float v)
{
    constexpr float kMagic = 12582912.0F; // 1.5 * 2^23: its ulp is 1
    constexpr float kMost = 2097152.0F;
    const float held = v < -kMost ? -kMost : v > kMost ? kMost : v;
    return (held + kMagic) - kMagic;
}

/// The code, as a number, of x on a grid; NaN stays NaN.
float codeOf(float x, float scale, float zero, float most)
{
    const float code = rounded(x / scale) + zero;
    return code < 0 ? 0.0F : code > most ? most : code;
}

float mostCode(const IntegerFormat &format) { return static_cast<float>((1 << format.bits) - 1); }

at::Tensor forwardValues(const Layout &layout, const IntegerFormat &format)
{
    at::Tensor y = at::empty_like(layout.keepX);
    auto *out = y.data_ptr<float>();
    const float most = mostCode(format);
    forRows(layout.rows, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            for (std::int64_t g = 0; g < layout.groups; ++g) {
                const Grid grid = gridOf(layout, format, row, g);
                const float *p = layout.at(row, g);
                float *q = out + row * layout.columns + g * layout.group;
                for (std::int64_t i = 0; i < layout.width(g); ++i)
                    q[i] = (codeOf(p[i], grid.scale, grid.zero, most) - grid.zero) * grid.scale;
            }
        }
    });
    return y;
}

struct Gradients
{
    at::Tensor x;
    std::vector<double> lo, hi; ///< [rows, groups]
};

/// Straight-through derivatives: both roundings count as the identity. With s = (M - m) / Q an
/// element inside the range gives dy/ds = round(x/s) - x/s; one below it y = -zero s, dy = dm +
/// (-zero - m/s) ds; one above y = (Q - zero) s, dy = dm + (Q - zero - m/s) ds. Without
/// scaleGradient only clamping counts: below dy = dm, above dy = dM.
void backwardGroup(const Layout &layout, const IntegerFormat &format, const kernels::Ste &ste,
                   const float *gy, std::int64_t row, std::int64_t g, Gradients &out)
{
    const Grid grid = gridOf(layout, format, row, g);
    const std::int64_t base = row * layout.columns + g * layout.group;
    const float *x = layout.x + base;
    const float *dy = gy + base;
    float *dx = out.x.data_ptr<float>() + base;
    const float most = mostCode(format);
    const float m = grid.lo * grid.low;
    const float shift = format.symmetric ? 0.0F : -grid.zero - m / grid.scale;
    double dScale = 0;
    double below = 0;
    double above = 0;
    std::int64_t argLow = -1;
    std::int64_t argHigh = -1;
    for (std::int64_t i = 0; i < layout.width(g); ++i) {
        const float y = x[i] / grid.scale;
        const float code = rounded(y) + grid.zero;
        const bool low = code < 0;
        const bool high = code > most;
        dx[i] = ste.mask && (low || high) ? 0.0F : dy[i];
        below += low ? double(dy[i]) : 0.0;
        above += high ? double(dy[i]) : 0.0;
        const float held = low ? -grid.zero : high ? most - grid.zero : rounded(y) - y;
        const bool outside = low || high;
        dScale += double(dy[i])
            * double(outside ? (format.symmetric ? held : held + grid.zero + shift) : held);
        if (argLow < 0 && x[i] == grid.low && grid.low < 0)
            argLow = i;
        if (argHigh < 0 && x[i] == grid.high && grid.high > 0)
            argHigh = i;
    }
    double dLow = below; // of m and M
    double dHigh = above;
    if (ste.scaleGradient && grid.high > grid.low) {
        if (format.symmetric) {
            const double each = dScale / double((1 << (format.bits - 1)) - 1);
            dLow = grid.fromLow ? -each : 0.0;
            dHigh = grid.fromLow ? 0.0 : each;
        } else {
            dHigh = dScale / double(most);
            dLow = below + above - dHigh;
        }
        if (argLow >= 0)
            dx[argLow] += static_cast<float>(dLow * double(grid.lo));
        if (argHigh >= 0)
            dx[argHigh] += static_cast<float>(dHigh * double(grid.hi));
    }
    if (layout.lo != nullptr) {
        const auto cell = static_cast<std::size_t>(row * layout.groups + g);
        out.lo[cell] = dLow * double(grid.low);
        out.hi[cell] = dHigh * double(grid.high);
    }
}

/// Partial sums to the shape of the ratios, in order.
at::Tensor collected(const Layout &layout, const std::vector<double> &cells, const at::Tensor &like)
{
    std::vector<double> sums(static_cast<std::size_t>(like.numel()), 0.0);
    for (std::int64_t row = 0; row < layout.rows; ++row)
        for (std::int64_t g = 0; g < layout.groups; ++g)
            sums[static_cast<std::size_t>(layout.entry(row, g))] +=
                cells[static_cast<std::size_t>(row * layout.groups + g)];
    at::Tensor out = at::empty(like.sizes(), at::kFloat);
    std::transform(sums.begin(), sums.end(), out.data_ptr<float>(),
                   [](double v) { return static_cast<float>(v); });
    return out;
}

struct IntegerFakeQuantFn : Function<IntegerFakeQuantFn>
{
    static at::Tensor forward(AutogradContext *ctx, const at::Tensor &x, const at::Tensor &lo,
                              const at::Tensor &hi, const IntegerFormat &format,
                              const kernels::Ste &ste, at::ScalarType out)
    {
        ctx->save_for_backward({ x.detach(), lo, hi });
        ctx->saved_data["format"] =
            std::vector<std::int64_t> { format.bits, format.group, format.symmetric, ste.mask,
                                        ste.scaleGradient };
        if (!onHost(x))
            return deviceIntegers(x, { lo, hi }, format).to(out);
        return forwardValues(Layout(x, lo, hi, format), format).to(out);
    }

    static variable_list backward(AutogradContext *ctx, variable_list grads)
    {
        checkBackward();
        const auto saved = ctx->get_saved_variables();
        const std::vector<std::int64_t> f = ctx->saved_data["format"].toIntVector();
        const IntegerFormat format { static_cast<int>(f[0]), f[1], f[2] != 0 };
        kernels::Ste ste;
        ste.mask = f[3] != 0;
        ste.scaleGradient = f[4] != 0;
        if (!onHost(saved[0])) {
            const IntegerGradients g =
                deviceIntegersBackward(saved[0], { saved[1], saved[2] }, format, ste, grads[0]);
            return {
                g.x.to(saved[0].scalar_type()), g.lo, g.hi, at::Tensor(), at::Tensor(), at::Tensor()
            };
        }
        const Layout layout(saved[0], saved[1], saved[2], format);
        const at::Tensor gy = grads[0].to(at::kFloat).contiguous();
        Gradients out { at::empty_like(layout.keepX), {}, {} };
        if (layout.lo != nullptr) {
            out.lo.resize(static_cast<std::size_t>(layout.rows * layout.groups));
            out.hi.resize(out.lo.size());
        }
        forRows(layout.rows, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t row = begin; row < end; ++row)
                for (std::int64_t g = 0; g < layout.groups; ++g)
                    backwardGroup(layout, format, ste, gy.const_data_ptr<float>(), row, g, out);
        });
        at::Tensor dLo;
        at::Tensor dHi;
        if (layout.lo != nullptr) {
            dLo = collected(layout, out.lo, layout.keepLo);
            dHi = collected(layout, out.hi, layout.keepHi);
        }
        return {
            out.x.to(saved[0].scalar_type()), dLo, dHi, at::Tensor(), at::Tensor(), at::Tensor()
        };
    }
};

at::Tensor orEmpty(const at::Tensor &t, const at::Tensor &x)
{
    return t.defined() ? beside(t, x) : at::empty({ 0 });
}

} // namespace

IntegerGrid integerGrid(const at::Tensor &x, const ClipRatios &clip, const IntegerFormat &format)
{
    if (!onHost(x))
        return deviceGrid(x, clip, format);
    const Layout layout(x, clip.lo, clip.hi, format);
    IntegerGrid out;
    out.format = format;
    out.columns = layout.columns;
    out.scales = at::empty({ layout.rows, layout.groups }, at::kFloat);
    out.zeros = at::empty_like(out.scales);
    auto *scales = out.scales.data_ptr<float>();
    auto *zeros = out.zeros.data_ptr<float>();
    forRows(layout.rows, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            for (std::int64_t g = 0; g < layout.groups; ++g) {
                const Grid grid = gridOf(layout, format, row, g);
                scales[row * layout.groups + g] = grid.scale;
                zeros[row * layout.groups + g] = grid.zero;
            }
    });
    return out;
}

at::Tensor integerCodes(const at::Tensor &x, const IntegerGrid &grid)
{
    if (!onHost(x))
        return deviceCodes(x, grid);
    const at::Tensor in = x.detach().to(at::kFloat).contiguous();
    at::Tensor codes = at::empty(in.sizes(), at::kByte);
    const auto *p = in.const_data_ptr<float>();
    const auto *scales = grid.scales.const_data_ptr<float>();
    const auto *zeros = grid.zeros.const_data_ptr<float>();
    auto *out = codes.data_ptr<std::uint8_t>();
    const float most = mostCode(grid.format);
    const std::int64_t n = grid.columns;
    forRows(grid.scales.size(0), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            for (std::int64_t c = 0; c < n; ++c) {
                const std::int64_t cell = row * grid.groups() + c / grid.group();
                const float code = codeOf(p[row * n + c], scales[cell], zeros[cell], most);
                out[row * n + c] = code >= 0 ? static_cast<std::uint8_t>(code) : std::uint8_t { 0 };
            }
    });
    return codes;
}

at::Tensor integerValues(const at::Tensor &codes, const IntegerGrid &grid)
{
    if (!onHost(codes))
        return deviceValues(codes, grid);
    const at::Tensor in = codes.contiguous();
    at::Tensor values = at::empty(in.sizes(), at::kFloat);
    const auto *p = in.const_data_ptr<std::uint8_t>();
    const auto *scales = grid.scales.const_data_ptr<float>();
    const auto *zeros = grid.zeros.const_data_ptr<float>();
    auto *out = values.data_ptr<float>();
    const std::int64_t n = grid.columns;
    forRows(grid.scales.size(0), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
            for (std::int64_t c = 0; c < n; ++c) {
                const std::int64_t cell = row * grid.groups() + c / grid.group();
                out[row * n + c] =
                    (static_cast<float>(p[row * n + c]) - zeros[cell]) * scales[cell];
            }
    });
    return values;
}

at::Tensor integerFakeQuantize(const at::Tensor &x, const ClipRatios &clip,
                               const IntegerFormat &format, const kernels::Ste &ste,
                               at::ScalarType out)
{
    return IntegerFakeQuantFn::apply(x, orEmpty(clip.lo, x), orEmpty(clip.hi, x), format, ste, out);
}

} // namespace batlab::quant
