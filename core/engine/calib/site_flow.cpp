// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/site_flow.h"

#include "core/engine/calib/statistics.h"
#include "core/engine/quant/bridge.h"
#include "core/engine/quant/integer_quant.h"
#include "kernels/formats.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace batlab::calib {

namespace {

constexpr std::int64_t kBlock = 32;
constexpr std::int64_t kMostGroups = 64;
constexpr std::int64_t kMostTokens = 64;
constexpr std::int64_t kMostElements = std::int64_t(1) << 23; // of a batch of masked copies

/// Tokens [.., n] as rows, at most kMostTokens of them, evenly spread.
at::Tensor someTokens(const at::Tensor &x)
{
    const at::Tensor rows = x.reshape({ -1, x.size(-1) });
    const std::int64_t n = rows.size(0);
    const std::int64_t step = std::max<std::int64_t>(1, (n + kMostTokens - 1) / kMostTokens);
    return rows.slice(0, 0, n, step).to(at::kFloat).contiguous();
}

/// Sums of squares over all rows of each group of columns: [copies, groups] from [copies, tokens,
/// n].
at::Tensor groupEnergy(const at::Tensor &x, std::int64_t width, std::int64_t groups)
{
    const at::Tensor padded =
        at::constant_pad_nd(x, { 0, std::max<std::int64_t>(0, groups * width - x.size(-1)) })
            .narrow(-1, 0, groups * width);
    return padded.to(at::kDouble)
        .square()
        .view({ x.size(0), x.size(1), groups, width })
        .sum({ 1, 3 });
}

} // namespace

SiteFlow siteFlow(const SiteSolution &site, const FoldedBasis &folded, const at::Tensor &x,
                  const std::string &variant, LayerId layer, Site where)
{
    const at::Tensor rows = folded.undo(where, someTokens(x));
    const std::int64_t n = rows.size(1);
    const std::int64_t blocks = (n + kBlock - 1) / kBlock;
    SiteFlow out;
    out.variant = variant;
    out.layer = layer;
    out.site = where;
    out.condition = siteCondition(site);
    out.clippedMaxima = clippedMaxima(site, x);
    out.blocksPerGroup = (blocks + kMostGroups - 1) / kMostGroups;
    out.groups = (blocks + out.blocksPerGroup - 1) / out.blocksPerGroup;
    const std::int64_t width = out.blocksPerGroup * kBlock;
    out.energyFlow.reserve(static_cast<std::size_t>(out.groups * out.groups));
    const std::int64_t batch = std::max<std::int64_t>(1, kMostElements / rows.numel());
    for (std::int64_t first = 0; first < out.groups; first += batch) {
        const std::int64_t count = std::min(batch, out.groups - first);
        at::Tensor alone = at::zeros({ count, rows.size(0), n }, rows.options());
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t begin = (first + i) * width;
            const std::int64_t size = std::min(width, n - begin);
            alone[i].narrow(1, begin, size).copy_(rows.narrow(1, begin, size));
        }
        const at::Tensor moved = site.transformed(folded.apply(where, alone), at::kFloat);
        const at::Tensor energy = groupEnergy(moved, width, out.groups);
        const at::Tensor total = energy.sum(1, true);
        const at::Tensor share =
            at::where(total > 0, energy / total.clamp_min(1e-300), at::zeros_like(energy))
                .to(at::kFloat)
                .cpu()
                .contiguous();
        const float *values = share.const_data_ptr<float>();
        out.energyFlow.insert(out.energyFlow.end(), values, values + share.numel());
    }
    return out;
}

double siteCondition(const SiteSolution &site)
{
    return site.transform == SiteSolution::Transform::gpk && !site.fixed
        ? transform::conditionNumber(site.factors)
        : 1.0;
}

namespace {

/// The same of an integer grid's groups: what would round to a code that is not there.
double clippedGroups(const SiteSolution &site, const at::Tensor &t)
{
    const quant::IntegerGrid grid = quant::integerGrid(t, site.clip, *site.activation.integer);
    const at::Tensor groups =
        at::constant_pad_nd(t, { 0, grid.groups() * grid.group() - t.size(-1) })
            .view({ t.size(0), grid.groups(), grid.group() });
    const double codes = 1 << grid.format.bits;
    const at::Tensor low = (-0.5 - grid.zeros) * grid.scales;
    const at::Tensor high = (codes - 0.5 - grid.zeros) * grid.scales;
    return ((groups.amax(-1) > high * (1 + 1e-6)) | (groups.amin(-1) < low * (1 + 1e-6)))
        .to(at::kDouble)
        .mean()
        .item<double>();
}

} // namespace

double clippedMaxima(const SiteSolution &site, const at::Tensor &x)
{
    if (!site.activation.active())
        return 0;
    const at::Tensor entered = site.transformed(someTokens(x), at::kFloat);
    if (site.activation.integer)
        return clippedGroups(site, entered.contiguous());
    const kernels::QuantSpec spec = tensorSpec(site.activation, entered);
    const std::int64_t block = kernels::blockSize(spec.format);
    const at::Tensor t = paddedToBlock(entered, block).contiguous();
    const at::Tensor blocks = t.view({ t.size(0), -1, block });
    at::Tensor entering = t; // what the scale is taken from
    if (site.clip.active()) {
        // One pair for all blocks, or one a block; blocks that only pad the transform have none.
        const auto perBlock = [&](const at::Tensor &ratio) {
            const at::Tensor here = quant::beside(ratio, blocks);
            return ratio.numel() == 1
                ? here.view({ 1, 1, 1 })
                : at::constant_pad_nd(here, { 0, blocks.size(1) - ratio.numel() }, 1)
                      .view({ 1, blocks.size(1), 1 });
        };
        const at::Tensor low = blocks.amin(-1, true).clamp_max(0) * perBlock(site.clip.lo);
        const at::Tensor high = blocks.amax(-1, true).clamp_min(0) * perBlock(site.clip.hi);
        entering = blocks.clamp(low, high).view_as(t).contiguous();
    }
    at::Tensor scales = at::empty({ t.size(0), blocks.size(1) }, t.options().dtype(at::kByte));
    quant::run(entering, &kernels::Backend::blockScales, quant::view(entering), spec,
               scales.data_ptr<std::uint8_t>());
    const at::Tensor largest =
        scaleValues(scales, spec) * kernels::elementFormat(spec.format).maxValue;
    // A maximum on the largest code itself is not clipped, whatever the rounding of the scale.
    return (blocks.abs().amax(-1) > largest * (1 + 1e-6)).to(at::kDouble).mean().item<double>();
}

} // namespace batlab::calib
