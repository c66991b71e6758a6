// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/learned_weight.h"

#include "core/engine/quant/bridge.h"
#include "kernels/formats.h"
#include "kernels/parallel.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace batlab::calib {

namespace {

constexpr float kLeastShare = 0.5F;

float signOf(float x) { return static_cast<float>((x > 0.0F) - (x < 0.0F)); }

} // namespace

LearnedWeight::LearnedWeight(const LinearSolution &start, const at::Tensor &base)
    : m_spec(*start.format)
    , m_base(base.to(at::kFloat).contiguous())
    , m_startScales(quant::beside(start.scales, base))
{
    const std::int64_t block = kernels::blockSize(m_spec.format);
    const std::int64_t rows = m_base.size(0);
    m_peak = m_base.abs().view({ rows, -1, block }).amax(2);
    m_rule = ruleOf(m_peak);
    offsets = at::zeros_like(m_base);
    shares = at::ones_like(m_peak);
    m_values = at::empty_like(m_base);
}

/// The bytes that the scale rule gives for block maxima [rows, blocks].
at::Tensor LearnedWeight::ruleOf(const at::Tensor &peak) const
{
    const at::Tensor in = peak.contiguous().view({ -1, 1 }); // one short block a row
    at::Tensor bytes = at::empty(peak.sizes(), peak.options().dtype(at::kByte));
    quant::run(in, &kernels::Backend::blockScales, quant::view(in), m_spec,
               bytes.data_ptr<std::uint8_t>());
    return bytes;
}

void LearnedWeight::update()
{
    const bool nv = m_spec.format == kernels::Format::nvfp4;
    const at::Tensor moved =
        m_startScales.to(at::kInt) + ruleOf(m_peak * shares).to(at::kInt) - m_rule.to(at::kInt);
    // Bytes of zero blocks and of NaN stay what they are: their maximum does not move with c.
    m_scales = moved.clamp(0, nv ? 0x7f : 255).to(at::kByte).contiguous();
    m_scaleValues = scaleValues(m_scales, m_spec);
    quant::run(m_base, &kernels::Backend::roundOnScales, m_base.const_data_ptr<float>(),
               offsets.const_data_ptr<float>(), m_base.size(0), m_base.size(1),
               m_scaleValues.const_data_ptr<float>(), m_spec, m_values.data_ptr<float>());
}

/// step() in libtorch's operators, for a device.
void LearnedWeight::stepOnDevice(const at::Tensor &gradient, float rate, bool clips)
{
    const float top = kernels::elementFormat(m_spec.format).maxValue;
    const auto blocks = [&](const at::Tensor &t) {
        return t.view({ m_scales.size(0), m_scales.size(1), kernels::blockSize(m_spec.format) });
    };
    const at::Tensor usable = m_scaleValues.gt(0).unsqueeze(2);
    const at::Tensor s = at::where(usable, m_scaleValues.unsqueeze(2), at::ones_like(usable));
    const at::Tensor g =
        at::where(usable, blocks(gradient.to(at::kFloat).contiguous()), at::zeros_like(s));
    const at::Tensor y = blocks(m_base) / s;
    const at::Tensor inside = y.abs().le(top).to(at::kFloat);
    if (clips) {
        const at::Tensor slope = (g * (blocks(m_values) / s - inside * y)).sum(2);
        shares.copy_((shares - slope.sign() * rate).clamp(kLeastShare, 1));
    }
    blocks(offsets).copy_((blocks(offsets) - inside * g.sign() * rate).clamp(-0.5, 0.5));
}

void LearnedWeight::step(const at::Tensor &gradient, float rate, bool clips)
{
    if (!quant::onHost(m_base))
        return stepOnDevice(gradient, rate, clips);
    const std::int64_t block = kernels::blockSize(m_spec.format);
    const float top = kernels::elementFormat(m_spec.format).maxValue;
    const at::Tensor g = gradient.to(at::kFloat).contiguous();
    const float *const pg = g.const_data_ptr<float>();
    const float *const base = m_base.const_data_ptr<float>();
    const float *const value = m_values.const_data_ptr<float>();
    const float *const scale = m_scaleValues.const_data_ptr<float>();
    float *const offset = offsets.data_ptr<float>();
    float *const share = shares.data_ptr<float>();
    kernels::forRanges(
        m_scales.numel(), 512, quant::exec().threads, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t b = begin; b < end; ++b) {
                const float s = scale[b];
                if (!(s > 0.0F))
                    continue;
                float slope = 0.0F; // dL/ds of the block (methods.md 1.5)
                for (std::int64_t i = b * block; i < (b + 1) * block; ++i) {
                    const float y = base[i] / s;
                    const float inside = std::fabs(y) <= top ? 1.0F : 0.0F;
                    slope += pg[i] * (value[i] / s - inside * y);
                    offset[i] = std::clamp(offset[i] - rate * inside * signOf(pg[i]), -0.5F, 0.5F);
                }
                if (clips)
                    share[b] = std::clamp(share[b] - rate * signOf(slope), kLeastShare, 1.0F);
            }
        });
}

} // namespace batlab::calib
