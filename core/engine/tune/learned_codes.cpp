// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/learned_codes.h"

#include "core/engine/quant/bridge.h"
#include "core/engine/tune/code_kernels.h"
#include "kernels/backend.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace batlab::tune {

namespace {

struct Work
{
    CodeBlocks blocks;
    std::int64_t perRow;
};

void refreshRows(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &w = *static_cast<const Work *>(context);
    codeKernels().refresh(w.blocks, begin * w.perRow, end * w.perRow);
}

void stepRows(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &w = *static_cast<const Work *>(context);
    codeKernels().step(w.blocks, begin * w.perRow, end * w.perRow);
}

} // namespace

const CodeKernels &codeKernels()
{
    static const CodeKernels *const table = [] {
#ifdef __x86_64__
        switch (kernels::detectCpuLevel()) {
        case kernels::CpuLevel::v4: return &v4::kCodeTable;
        case kernels::CpuLevel::v3: return &v3::kCodeTable;
        default: break;
        }
#endif
        return &baseline::kCodeTable;
    }();
    return *table;
}

bool LearnedCodes::canLearn(const LinearSolution &s)
{
    return s.format
        && (s.format->format == kernels::Format::mxfp4
            || s.format->format == kernels::Format::nvfp4);
}

LearnedCodes::LearnedCodes(const LinearSolution &s)
    : m_packed(s.format->format == kernels::Format::mxfp4)
    , m_scales((scaleValues(s.scales, *s.format) * s.epilogue()).contiguous())
{
    const std::int64_t rows = s.scales.size(0);
    const std::int64_t cols = s.scales.size(1) * kernels::blockSize(s.format->format);
    const at::Tensor low = at::bitwise_and(s.codes, 15);
    const at::Tensor codes = m_packed
        ? at::stack({ low, at::bitwise_right_shift(s.codes, 4) }, 2).view({ rows, cols })
        : low;
    m_signs = at::bitwise_and(codes, 8).contiguous();
    const at::Tensor size = at::bitwise_and(codes, 7).to(at::kChar);
    m_start = at::where(m_signs.eq(0), size, -size).contiguous();
    m_offset = at::zeros({ rows, cols }, codes.options().dtype(at::kShort));
    m_mean = at::zeros({ rows, cols }, codes.options().dtype(at::kBFloat16));
    m_square = at::zeros_like(m_scales);
}

CodeTensors LearnedCodes::tensors() const
{
    return { m_start, m_scales, m_offset, m_mean, m_square, m_weight };
}

namespace {

Work workOn(const at::Tensor &start, const at::Tensor &scales, at::Tensor &offset, at::Tensor &mean,
            at::Tensor &square, at::Tensor &weight)
{
    Work w { {}, scales.size(1) };
    CodeBlocks &c = w.blocks;
    c.block = start.size(1) / scales.size(1);
    c.start = start.const_data_ptr<std::int8_t>();
    c.scales = scales.const_data_ptr<float>();
    c.offset = offset.data_ptr<std::int16_t>();
    c.mean = static_cast<std::uint16_t *>(mean.data_ptr());
    c.square = square.data_ptr<float>();
    if (weight.scalar_type() == at::kBFloat16)
        c.weight16 = static_cast<std::uint16_t *>(weight.data_ptr());
    else
        c.weight32 = weight.data_ptr<float>();
    return w;
}

} // namespace

void LearnedCodes::refresh()
{
    if (!quant::onHost(m_start)) {
        refreshOnDevice(tensors());
        return;
    }
    Work w = workOn(m_start, m_scales, m_offset, m_mean, m_square, m_weight);
    kernels::parallelFor(m_start.size(0), 16, quant::exec().threads, refreshRows, &w);
}

const at::Tensor &LearnedCodes::weight(at::ScalarType type)
{
    if (!m_weight.defined() || m_weight.scalar_type() != type) {
        m_weight = at::empty(m_start.sizes(), m_start.options().dtype(type));
        refresh();
    }
    return m_weight;
}

void LearnedCodes::step(const at::Tensor &gradient, const CodeStep &how)
{
    const auto steps = static_cast<double>(how.step + 1);
    const CodeRule rule { static_cast<float>(how.beta1), how.beta2,
                          how.rate * double(kCodeStep) / (1 - std::pow(how.beta1, steps)),
                          1 - std::pow(how.beta2, steps) };
    if (!quant::onHost(m_start)) {
        stepOnDevice(tensors(), gradient, rule);
        return;
    }
    const bool narrow = gradient.scalar_type() == at::kBFloat16;
    const at::Tensor g = (narrow ? gradient : gradient.to(at::kFloat)).contiguous();
    Work w = workOn(m_start, m_scales, m_offset, m_mean, m_square, m_weight);
    CodeBlocks &c = w.blocks;
    if (narrow)
        c.gradient16 = static_cast<const std::uint16_t *>(g.const_data_ptr());
    else
        c.gradient32 = g.const_data_ptr<float>();
    c.beta1 = rule.beta1;
    c.beta2 = rule.beta2;
    c.unit = rule.unit;
    c.correction2 = rule.correction2;
    kernels::parallelFor(m_start.size(0), 16, quant::exec().threads, stepRows, &w);
}

void LearnedCodes::store(LinearSolution &s) const
{
    const at::Tensor place = placesOf(m_start, m_offset);
    const at::Tensor zeros = m_signs * m_start.eq(0); // a zero that came from elsewhere is +0
    const at::Tensor signs = at::where(place.eq(0), zeros, place.lt(0).to(at::kByte) * 8);
    const at::Tensor codes = at::bitwise_or(place.abs().to(at::kByte), signs);
    s.codes = m_packed ? packedNibbles(codes) : codes;
}

std::int64_t LearnedCodes::moved() const
{
    return placesOf(m_start, m_offset).ne(m_start).sum().item<std::int64_t>();
}

std::vector<NamedTensor> LearnedCodes::state(const std::string &prefix) const
{
    // Offsets as bytes: parts know no 16-bit integers.
    NamedTensor offsets { prefix + ".offset", "u8", { m_offset.numel() * 2 }, {} };
    const at::Tensor here = m_offset.cpu();
    const auto *bytes = static_cast<const std::uint8_t *>(here.const_data_ptr());
    offsets.bytes.assign(bytes, bytes + here.nbytes());
    return { toNamed(prefix + ".mean", m_mean), std::move(offsets),
             toNamed(prefix + ".square", m_square) };
}

bool LearnedCodes::restore(const Part &part, const std::string &prefix)
{
    const std::array<std::pair<const char *, at::Tensor *>, 3> all {
        { { ".mean", &m_mean }, { ".offset", &m_offset }, { ".square", &m_square } }
    };
    for (const auto &[name, tensor] : all) {
        const NamedTensor *saved = part.find(prefix + name);
        if (saved == nullptr || saved->bytes.size() != tensor->nbytes())
            return false;
    }
    for (const auto &[name, tensor] : all) {
        at::Tensor here = at::empty(tensor->sizes(), tensor->options().device(at::kCPU));
        std::memcpy(here.data_ptr(), part.find(prefix + name)->bytes.data(), here.nbytes());
        tensor->copy_(here);
    }
    if (m_weight.defined())
        refresh();
    return true;
}

} // namespace batlab::tune
