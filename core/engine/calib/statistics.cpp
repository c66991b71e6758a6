// SPDX-License-Identifier: Apache-2.0
#include "core/engine/calib/statistics.h"

#include "core/base/hash.h"
#include "core/engine/quant/bridge.h"
#include "core/stats/block_statistics.h"
#include "core/stats/dip.h"
#include "kernels/formats.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace batlab::calib {

namespace {
constexpr float kHistogramLimit = 8.0F;
constexpr float kSqnrCeilingDb = 200.0F; // an exactly representable block has no error

/// Values of a tensor of T's bits; none of an undefined one.
template<class T>
std::vector<T> valuesOf(const at::Tensor &t)
{
    if (!t.defined())
        return {};
    const at::Tensor here = t.cpu().contiguous();
    const auto *p = static_cast<const T *>(here.const_data_ptr());
    return { p, p + here.numel() };
}
} // namespace

SiteStatistics::SiteStatistics(const kernels::QuantSpec &spec, std::int64_t bins, bool sampled)
    : m_spec(spec), m_bins(bins), m_sampled(sampled)
{ }

void SiteStatistics::add(const at::Tensor &x)
{
    const at::Tensor in = quant::asMatrixInput(x);
    const kernels::ConstMatrix m = quant::view(in);
    const std::int64_t k = (m.cols + 31) / 32;
    const auto zeros = [&](at::IntArrayRef shape, at::ScalarType type) {
        return at::zeros(shape, in.options().dtype(type));
    };
    const at::Tensor sums = zeros({ 5, k }, at::kDouble); // of powers 1 to 4, and of errors
    const at::Tensor maxAbs = zeros({ k }, at::kFloat);
    const at::Tensor histogram = zeros({ k, m_bins }, at::kInt);
    const at::Tensor codes = zeros({ k, 16 }, at::kInt);
    const at::Tensor clipped = zeros({ k }, at::kInt);
    const auto counts = [](const at::Tensor &t) {
        return static_cast<std::uint32_t *>(t.data_ptr()); // as many bits, and never negative
    };
    kernels::BlockStatsOut out;
    double *const rows = sums.data_ptr<double>();
    out.sum = rows;
    out.sum2 = rows + k;
    out.sum3 = rows + 2 * k;
    out.sum4 = rows + 3 * k;
    out.quantError2 = rows + 4 * k;
    out.maxAbs = maxAbs.data_ptr<float>();
    out.histogram = counts(histogram);
    out.codeUse = m_spec.format == kernels::Format::mxfp4 ? counts(codes) : nullptr;
    out.clipped = counts(clipped);
    out.bins = static_cast<int>(m_bins);
    out.histogramLimit = kHistogramLimit;
    quant::run(in, &kernels::Backend::blockStats, m, m_spec, out);

    const at::Tensor wide = clipped.to(at::kLong);
    if (!m_sums.defined()) {
        m_sums = sums;
        m_histogram = histogram;
        m_codes = codes;
        m_clipped = wide;
        m_maxAbs = at::fmax(at::zeros_like(maxAbs), maxAbs); // 0 where all are NaN
    } else {
        m_sums.add_(sums);
        m_histogram.add_(histogram);
        m_codes.add_(codes);
        m_clipped.add_(wide);
        m_maxAbs = at::fmax(m_maxAbs, maxAbs);
    }
    if (m_sampled)
        sample(in);
    m_width = m.cols;
    m_tokens += m.rows;
}

void SiteStatistics::sample(const at::Tensor &x)
{
    const at::Tensor in = x.reshape({ -1, x.size(-1) }); // sequences are rows of tokens too
    constexpr std::uint64_t kSeed = 0x6469705f73656564; // the same tokens in every run and variant
    for (std::int64_t row = 0; row < in.size(0); ++row) {
        const std::uint64_t hash = randomBits(kSeed, static_cast<std::uint64_t>(m_tokens + row));
        if (static_cast<std::int64_t>(m_sample.size()) >= kSampledTokens) {
            if (hash >= m_sample.rbegin()->first)
                continue;
            m_sample.erase(std::prev(m_sample.end()));
        }
        m_sample.emplace(hash, in.select(0, row));
    }
    for (auto &[hash, row] : m_sample) // in's memory is the caller's
        if (row.is_alias_of(in))
            row = row.to(at::kFloat, false, true);
}

std::vector<float> SiteStatistics::dips() const
{
    std::vector<at::Tensor> rows;
    for (const auto &[hash, row] : m_sample)
        rows.push_back(row);
    const at::Tensor x = at::stack(rows).cpu();
    const kernels::ConstMatrix m = quant::view(x);
    const std::int64_t width = kernels::blockSize(m_spec.format);
    const std::int64_t scaleBlocks = (m.cols + width - 1) / width;
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(m.rows * scaleBlocks));
    quant::run(x, &kernels::Backend::blockScales, m, m_spec, bytes.data());
    const bool nvfp4 = m_spec.format == kernels::Format::nvfp4;
    const double gain = nvfp4                         ? double(m_spec.tensorScale)
        : m_spec.rule == kernels::ScaleRule::prescale ? 3.0
                                                      : 1.0;
    const auto *values = x.const_data_ptr<float>();
    std::vector<float> out;
    for (std::int64_t first = 0; first < m.cols; first += 32) {
        std::vector<float> block;
        for (std::int64_t row = 0; row < m.rows; ++row) {
            for (std::int64_t c = first; c < std::min(first + 32, m.cols); ++c) {
                const std::uint8_t byte =
                    bytes[static_cast<std::size_t>(row * scaleBlocks + c / width)];
                const double scale =
                    nvfp4 ? double(kernels::e4m3Table()[byte]) : std::ldexp(1.0, int(byte) - 127);
                const double value = double(values[row * m.cols + c]) * gain / scale;
                if (std::isfinite(value)) // a block of zeros may have a scale of zero
                    block.push_back(static_cast<float>(value));
            }
        }
        out.push_back(static_cast<float>(dipStatistic(std::move(block))));
    }
    return out;
}

SiteStats SiteStatistics::finish(const std::string &variant, LayerId layer, Site site,
                                 StatStage stage) const
{
    SiteStats s;
    s.variant = variant;
    s.layer = layer;
    s.site = site;
    s.stage = stage;
    s.tokens = m_tokens;
    const std::vector<double> all = valuesOf<double>(m_sums);
    const std::size_t blocks = all.size() / 5;
    const auto row = [&](std::size_t power, std::size_t i) { return all[power * blocks + i]; };
    const auto clipped = valuesOf<std::int64_t>(m_clipped);
    s.blocks = static_cast<std::int64_t>(blocks);
    s.maxAbs = valuesOf<float>(m_maxAbs);
    s.bins = m_bins;
    s.histogramLimit = kHistogramLimit;
    s.histogram = valuesOf<std::uint32_t>(m_histogram);
    s.codeUse = valuesOf<std::uint32_t>(m_codes);
    if (m_sampled)
        s.dip = dips();
    for (std::size_t i = 0; i < blocks; ++i) {
        const std::int64_t first = 32 * static_cast<std::int64_t>(i); // the last one may be short
        const double n = static_cast<double>(std::min<std::int64_t>(32, m_width - first))
            * static_cast<double>(m_tokens);
        const PowerSums sums { n, row(0, i), row(1, i), row(2, i), row(3, i) };
        const double sum2 = row(1, i);
        const double error2 = row(4, i);
        const std::uint32_t *bars = s.histogram.data() + i * static_cast<std::size_t>(m_bins);
        s.energy.push_back(static_cast<float>(sum2 / n));
        s.kurtosis.push_back(static_cast<float>(kurtosis(sums)));
        s.bimodality.push_back(static_cast<float>(bimodality(sums)));
        s.valleyDepth.push_back(
            static_cast<float>(valleyDepth({ bars, static_cast<std::size_t>(m_bins) })));
        s.clipShare.push_back(static_cast<float>(static_cast<double>(clipped[i]) / n));
        s.sqnrDb.push_back(error2 > 0 ? static_cast<float>(10 * std::log10(sum2 / error2))
                                      : kSqnrCeilingDb);
    }
    return s;
}

kernels::QuantSpec tensorSpec(const quant::Quantizer &quantizer, const at::Tensor &x)
{
    if (!quantizer.dynamicScale)
        return *quantizer.spec;
    quant::Quantizer q = quantizer;
    q.dynamicScale = false;
    return *q.forTensor(x.abs().max().item<double>()).spec;
}

TokenEnergyMap tokenEnergy(const at::Tensor &x, const std::string &variant, LayerId layer,
                           Site site, StatStage stage)
{
    const at::Tensor in = quant::asMatrixInput(x);
    const kernels::ConstMatrix m = quant::view(in);
    TokenEnergyMap map { variant, layer, site, stage, m.rows, (m.cols + 31) / 32, {} };
    const at::Tensor energy = at::empty({ map.tokens, map.blocks }, in.options().dtype(at::kFloat));
    kernels::BlockStatsOut out;
    out.rowEnergy = energy.data_ptr<float>();
    quant::run(in, &kernels::Backend::blockStats, m, kernels::QuantSpec {}, out);
    const at::Tensor here = energy.cpu();
    const auto *p = here.const_data_ptr<float>();
    map.energy.assign(p, p + here.numel());
    return map;
}

LayerStatistics::LayerStatistics(const AnalysisSpec &analysis, std::string variant, LayerId layer,
                                 StatStage stage)
    : m_analysis(analysis), m_variant(std::move(variant)), m_layer(layer), m_stage(stage)
{ }

void LayerStatistics::add(Site site, const at::Tensor &x, const kernels::QuantSpec &spec)
{
    const at::Tensor tokens = x.flatten(2);
    const at::Tensor in = tokens.scalar_type() == at::kBFloat16 ? tokens : tokens.to(at::kFloat);
    const auto [statistics, isFirst] = m_sites.try_emplace(site, spec, m_analysis.histogramBins);
    statistics->second.add(in);
    if (!isFirst)
        return;
    const at::Tensor first = in.select(0, 0);
    const std::int64_t shown = std::min(m_analysis.sampleTokens, first.size(0));
    m_maps.emplace_back(
        tokenEnergy(first.narrow(0, 0, shown).contiguous(), m_variant, m_layer, site, m_stage));
}

void LayerStatistics::finish(std::vector<Artifact> &artifacts) const
{
    artifacts.insert(artifacts.end(), m_maps.begin(), m_maps.end());
    for (const auto &[site, statistics] : m_sites)
        artifacts.emplace_back(statistics.finish(m_variant, m_layer, site, m_stage));
}

} // namespace batlab::calib
