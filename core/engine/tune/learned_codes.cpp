// SPDX-License-Identifier: Apache-2.0
#include "core/engine/tune/learned_codes.h"

#include "core/engine/quant/bridge.h"
#include "kernels/backend.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace batlab::tune {

namespace {

constexpr int kOne = 16384; // offset of one grid step
constexpr int kTop = 7; // largest place on the grid
// E2M1 by place 0..7 and the mean distance to its neighbours: the slope of value over place.
constexpr std::array<float, 8> kValue { 0, 0.5F, 1, 1.5F, 2, 3, 4, 6 };
constexpr std::array<float, 8> kSlope { 0.5F, 0.5F, 0.5F, 0.5F, 0.75F, 1, 1.5F, 2 };

float valueAt(int place) { return place < 0 ? -kValue[-place] : kValue[place]; }

int placeOf(int start, int offset)
{
    const int moved = offset >= 0 ? (offset + kOne / 2) / kOne : -((-offset + kOne / 2) / kOne);
    return std::clamp(start + moved, -kTop, kTop);
}

float fromBf16(std::uint16_t bits)
{
    const std::uint32_t wide = std::uint32_t { bits } << 16;
    float out = 0;
    std::memcpy(&out, &wide, sizeof out);
    return out;
}

std::uint16_t toBf16(float value) // to nearest even; finite values only
{
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return static_cast<std::uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

struct Rows
{
    std::int64_t cols, block;
    const std::int8_t *start;
    const float *scales;
    std::int16_t *offset;
    std::uint16_t *mean;
    float *square;
    const float *gradient;
    std::uint16_t *weight16; // one of the two is set
    float *weight32;
    CodeStep how;
    double correction1, correction2;
};

void writeWeight(const Rows &r, std::int64_t at, float scale)
{
    const float value = valueAt(placeOf(r.start[at], r.offset[at])) * scale;
    if (r.weight16 != nullptr)
        r.weight16[at] = toBf16(value);
    else
        r.weight32[at] = value;
}

void refreshRows(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &r = *static_cast<const Rows *>(context);
    for (std::int64_t at = begin * r.cols; at < end * r.cols; ++at)
        writeWeight(r, at, r.scales[at / r.block]);
}

void stepRows(void *context, std::int64_t begin, std::int64_t end)
{
    const auto &r = *static_cast<const Rows *>(context);
    const auto beta1 = static_cast<float>(r.how.beta1);
    for (std::int64_t b = begin * r.cols / r.block; b < end * r.cols / r.block; ++b) {
        const std::int64_t first = b * r.block;
        const float scale = r.scales[b];
        float g[32];
        double energy = 0;
        for (std::int64_t i = 0; i < r.block; ++i) {
            const std::int64_t at = first + i;
            const int place = placeOf(r.start[at], r.offset[at]);
            g[i] = r.gradient[at] * scale * kSlope[static_cast<std::size_t>(std::abs(place))];
            energy += double(g[i]) * double(g[i]);
        }
        const double square = r.how.beta2 * double(r.square[b])
            + (1 - r.how.beta2) * energy / static_cast<double>(r.block);
        r.square[b] = static_cast<float>(square);
        const double spread = std::sqrt(square / r.correction2);
        if (!(spread > 0) || !std::isfinite(spread))
            continue;
        const auto unit =
            static_cast<float>(r.how.rate * double(kOne) / (r.correction1 * (spread + 1e-30)));
        for (std::int64_t i = 0; i < r.block; ++i) {
            const std::int64_t at = first + i;
            const float mean = beta1 * fromBf16(r.mean[at]) + (1 - beta1) * g[i];
            r.mean[at] = toBf16(mean);
            const int before = placeOf(r.start[at], r.offset[at]);
            const auto moved =
                std::clamp(static_cast<float>(r.offset[at]) - std::nearbyint(unit * mean),
                           -static_cast<float>(kOne), static_cast<float>(kOne));
            r.offset[at] = static_cast<std::int16_t>(moved);
            if (placeOf(r.start[at], r.offset[at]) != before)
                writeWeight(r, at, scale);
        }
    }
}

} // namespace

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
    m_offset = at::zeros({ rows, cols }, at::kShort);
    m_mean = at::zeros({ rows, cols }, at::kBFloat16);
    m_square = at::zeros(m_scales.sizes(), at::kFloat);
}

namespace {

Rows rowsOf(const at::Tensor &start, const at::Tensor &scales, at::Tensor &offset, at::Tensor &mean,
            at::Tensor &square, at::Tensor &weight)
{
    Rows r {};
    r.cols = start.size(1);
    r.block = start.size(1) / scales.size(1);
    r.start = start.const_data_ptr<std::int8_t>();
    r.scales = scales.const_data_ptr<float>();
    r.offset = offset.data_ptr<std::int16_t>();
    r.mean = static_cast<std::uint16_t *>(mean.data_ptr());
    r.square = square.data_ptr<float>();
    if (weight.scalar_type() == at::kBFloat16)
        r.weight16 = static_cast<std::uint16_t *>(weight.data_ptr());
    else
        r.weight32 = weight.data_ptr<float>();
    return r;
}

} // namespace

void LearnedCodes::refresh()
{
    Rows r = rowsOf(m_start, m_scales, m_offset, m_mean, m_square, m_weight);
    kernels::parallelFor(m_start.size(0), 16, quant::exec().threads, refreshRows, &r);
}

const at::Tensor &LearnedCodes::weight(at::ScalarType type)
{
    if (!m_weight.defined() || m_weight.scalar_type() != type) {
        m_weight = at::empty(m_start.sizes(), at::TensorOptions().dtype(type));
        refresh();
    }
    return m_weight;
}

void LearnedCodes::step(const at::Tensor &gradient, const CodeStep &how)
{
    const at::Tensor g = gradient.to(at::kFloat).contiguous();
    Rows r = rowsOf(m_start, m_scales, m_offset, m_mean, m_square, m_weight);
    r.gradient = g.const_data_ptr<float>();
    r.how = how;
    r.correction1 = 1 - std::pow(how.beta1, static_cast<double>(how.step + 1));
    r.correction2 = 1 - std::pow(how.beta2, static_cast<double>(how.step + 1));
    kernels::parallelFor(m_start.size(0), 16, quant::exec().threads, stepRows, &r);
}

void LearnedCodes::store(LinearSolution &s) const
{
    at::Tensor codes = at::empty(m_start.sizes(), at::kByte);
    const auto *start = m_start.const_data_ptr<std::int8_t>();
    const auto *offset = m_offset.const_data_ptr<std::int16_t>();
    const auto *signs = m_signs.const_data_ptr<std::uint8_t>();
    auto *out = codes.data_ptr<std::uint8_t>();
    for (std::int64_t i = 0; i < codes.numel(); ++i) {
        const int place = placeOf(start[i], offset[i]);
        const int sign = place < 0 ? 8 : place > 0 ? 0 : start[i] == 0 ? signs[i] : 0;
        out[i] = static_cast<std::uint8_t>(std::abs(place) | sign);
    }
    s.codes = m_packed ? packedNibbles(codes) : codes;
}

std::int64_t LearnedCodes::moved() const
{
    std::int64_t count = 0;
    const auto *start = m_start.const_data_ptr<std::int8_t>();
    const auto *offset = m_offset.const_data_ptr<std::int16_t>();
    for (std::int64_t i = 0; i < m_start.numel(); ++i)
        count += placeOf(start[i], offset[i]) != start[i] ? 1 : 0;
    return count;
}

std::vector<NamedTensor> LearnedCodes::state(const std::string &prefix) const
{
    // Offsets as bytes: parts know no 16-bit integers.
    NamedTensor offsets { prefix + ".offset", "u8", { m_offset.numel() * 2 }, {} };
    const auto *bytes = static_cast<const std::uint8_t *>(m_offset.const_data_ptr());
    offsets.bytes.assign(bytes, bytes + m_offset.nbytes());
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
    for (const auto &[name, tensor] : all)
        std::memcpy(tensor->data_ptr(), part.find(prefix + name)->bytes.data(), tensor->nbytes());
    if (m_weight.defined())
        refresh();
    return true;
}

} // namespace batlab::tune
