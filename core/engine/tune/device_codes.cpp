// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/device_codes.h"

#include "core/engine/tune/code_kernels.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace batlab::tune {

namespace {

constexpr std::int64_t kSlab = std::int64_t { 1 } << 24; // codes whose fp32 values exist at a time
constexpr std::int64_t kLanes = 16; // the host kernels' partial sums

/// E2M1 by place: 0, 1/2, 1, 3/2, 2, 3, 4, 6.
at::Tensor valuesOf(const at::Tensor &place)
{
    const at::Tensor size = place.abs().to(at::kFloat);
    return (size * 0.5 + (size - 4).clamp_min(0) * 0.5 + (size - 6).clamp_min(0)) * place.sign();
}

/// Mean distance of a place to its neighbours.
at::Tensor slopesOf(const at::Tensor &place)
{
    const at::Tensor size = place.abs().to(at::kFloat);
    return (size - 3).clamp_min(0) * 0.25 + 0.5 + (size - 5).clamp_min(0) * 0.25;
}

/// Rows [first, first + count) of codes, in blocks [count, blocks, block].
struct Slab
{
    at::Tensor start, scale, offset, mean, square, weight;

    Slab(const CodeTensors &c, std::int64_t first, std::int64_t count)
    {
        const std::int64_t blocks = c.scales.size(1);
        const auto rows = [&](const at::Tensor &t) {
            return t.narrow(0, first, count).view({ count, blocks, -1 });
        };
        start = rows(c.start);
        scale = rows(c.scales);
        offset = rows(c.offset);
        mean = rows(c.mean);
        square = rows(c.square);
        weight = rows(c.weight);
    }
    void refresh() { weight.copy_(valuesOf(placesOf(start, offset)) * scale); }
    void step(const at::Tensor &gradient, const CodeRule &rule);
};

void Slab::step(const at::Tensor &gradient, const CodeRule &rule)
{
    constexpr double one = kCodeStep;
    const at::Tensor g =
        gradient.to(at::kFloat).view(start.sizes()) * (slopesOf(placesOf(start, offset)) * scale);
    // Halves of a block are added lane by lane first, as the host's kernels do.
    const at::Tensor squares = (g * g).view({ g.size(0), g.size(1), -1, kLanes });
    const at::Tensor energy =
        squares.size(2) == 1 ? squares.select(2, 0) : squares.select(2, 0) + squares.select(2, 1);
    const at::Tensor wide = square.to(at::kDouble) * rule.beta2
        + at::sum(energy, { 2 }, true, at::kDouble) * (1 - rule.beta2)
            / static_cast<double>(g.size(2));
    square.copy_(wide);
    const at::Tensor spread = (wide / rule.correction2).sqrt();
    const at::Tensor moves = spread.gt(1e-30).logical_and(at::isfinite(spread));
    const at::Tensor unit = (rule.unit / spread).to(at::kFloat);

    const float rest = 1 - rule.beta1;
    const at::Tensor before = mean.to(at::kFloat);
    const at::Tensor fresh =
        before * static_cast<double>(rule.beta1) + g * static_cast<double>(rest);
    mean.copy_(at::where(moves, fresh, before));
    const at::Tensor place = offset.to(at::kFloat);
    const at::Tensor move = (fresh * unit).clamp_(-2 * one, 2 * one).round_();
    offset.copy_(at::where(moves, (place - move).clamp_(-one, one), place));
    refresh();
}

template<class Body>
void forSlabs(const CodeTensors &codes, const Body &body)
{
    const std::int64_t rows = codes.start.size(0);
    const std::int64_t width = std::max<std::int64_t>(codes.start.size(1), 1);
    const std::int64_t each = std::max<std::int64_t>(kSlab / width, 1);
    for (std::int64_t first = 0; first < rows; first += each)
        body(first, std::min(each, rows - first));
}

} // namespace

at::Tensor placesOf(const at::Tensor &start, const at::Tensor &offset)
{
    const at::Tensor up = offset.ge(kCodeStep / 2).to(at::kChar);
    const at::Tensor down = offset.le(-kCodeStep / 2).to(at::kChar);
    return (start + up - down).clamp_(-kTopPlace, kTopPlace);
}

void refreshOnDevice(const CodeTensors &codes)
{
    forSlabs(codes,
             [&](std::int64_t first, std::int64_t count) { Slab(codes, first, count).refresh(); });
}

void stepOnDevice(const CodeTensors &codes, const at::Tensor &gradient, const CodeRule &rule)
{
    const at::Tensor g = gradient.contiguous();
    forSlabs(codes, [&](std::int64_t first, std::int64_t count) {
        Slab(codes, first, count).step(g.narrow(0, first, count), rule);
    });
}

} // namespace batlab::tune
