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

template<class T>
void accumulate(std::vector<T> &total, const std::vector<T> &part)
{
    if (total.empty())
        total.assign(part.size(), T {});
    for (std::size_t i = 0; i < part.size(); ++i)
        total[i] += part[i];
}
} // namespace

SiteStatistics::SiteStatistics(const kernels::QuantSpec &spec, std::int64_t bins, bool sampled)
    : m_spec(spec), m_bins(bins), m_sampled(sampled)
{ }

void SiteStatistics::add(const at::Tensor &x)
{
    const at::Tensor in = quant::asMatrixInput(x);
    const kernels::ConstMatrix m = quant::view(in);
    const auto k = static_cast<std::size_t>((m.cols + 31) / 32);
    const auto bins = static_cast<std::size_t>(m_bins);
    std::vector<double> sum(k), sum2(k), sum3(k), sum4(k), error2(k);
    std::vector<float> maxAbs(k);
    std::vector<std::uint32_t> histogram(k * bins), codes(k * 16), clipped(k);
    kernels::BlockStatsOut out;
    out.sum = sum.data();
    out.sum2 = sum2.data();
    out.sum3 = sum3.data();
    out.sum4 = sum4.data();
    out.quantError2 = error2.data();
    out.maxAbs = maxAbs.data();
    out.histogram = histogram.data();
    out.codeUse = m_spec.format == kernels::Format::mxfp4 ? codes.data() : nullptr;
    out.clipped = clipped.data();
    out.bins = static_cast<int>(m_bins);
    out.histogramLimit = kHistogramLimit;
    kernels::cpu().blockStats(m, m_spec, out, quant::exec());

    accumulate(m_sum, sum);
    accumulate(m_sum2, sum2);
    accumulate(m_sum3, sum3);
    accumulate(m_sum4, sum4);
    accumulate(m_error2, error2);
    accumulate(m_histogram, histogram);
    accumulate(m_codes, codes);
    accumulate(m_clipped, std::vector<std::uint64_t>(clipped.begin(), clipped.end()));
    if (m_maxAbs.empty())
        m_maxAbs = maxAbs;
    for (std::size_t i = 0; i < k; ++i)
        m_maxAbs[i] = std::max(m_maxAbs[i], maxAbs[i]);
    if (m_sampled)
        sample(in);
    m_tokens += m.rows;
}

void SiteStatistics::sample(const at::Tensor &in)
{
    constexpr std::uint64_t kSeed = 0x6469705f73656564; // the same tokens in every run and variant
    for (std::int64_t row = 0; row < in.size(0); ++row) {
        const std::uint64_t hash = randomBits(kSeed, static_cast<std::uint64_t>(m_tokens + row));
        if (static_cast<std::int64_t>(m_sample.size()) >= kSampledTokens) {
            if (hash >= m_sample.rbegin()->first)
                continue;
            m_sample.erase(std::prev(m_sample.end()));
        }
        m_sample.emplace(hash, in.select(0, row).to(at::kFloat, false, true));
    }
}

std::vector<float> SiteStatistics::dips() const
{
    std::vector<at::Tensor> rows;
    for (const auto &[hash, row] : m_sample)
        rows.push_back(row);
    const at::Tensor x = at::stack(rows);
    const kernels::ConstMatrix m = quant::view(x);
    const std::int64_t width = kernels::blockSize(m_spec.format);
    const std::int64_t scaleBlocks = (m.cols + width - 1) / width;
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(m.rows * scaleBlocks));
    kernels::cpu().blockScales(m, m_spec, bytes.data(), quant::exec());
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
    s.blocks = static_cast<std::int64_t>(m_sum.size());
    s.maxAbs = m_maxAbs;
    s.bins = m_bins;
    s.histogramLimit = kHistogramLimit;
    s.histogram = m_histogram;
    s.codeUse = m_codes;
    if (m_sampled)
        s.dip = dips();
    const double n = 32.0 * static_cast<double>(m_tokens);
    for (std::size_t i = 0; i < m_sum.size(); ++i) {
        const PowerSums sums { n, m_sum[i], m_sum2[i], m_sum3[i], m_sum4[i] };
        const std::uint32_t *bars = m_histogram.data() + i * static_cast<std::size_t>(m_bins);
        s.energy.push_back(static_cast<float>(m_sum2[i] / n));
        s.kurtosis.push_back(static_cast<float>(kurtosis(sums)));
        s.bimodality.push_back(static_cast<float>(bimodality(sums)));
        s.valleyDepth.push_back(
            static_cast<float>(valleyDepth({ bars, static_cast<std::size_t>(m_bins) })));
        s.clipShare.push_back(static_cast<float>(static_cast<double>(m_clipped[i]) / n));
        s.sqnrDb.push_back(m_error2[i] > 0
                               ? static_cast<float>(10 * std::log10(m_sum2[i] / m_error2[i]))
                               : kSqnrCeilingDb);
    }
    return s;
}

TokenEnergyMap tokenEnergy(const at::Tensor &x, const std::string &variant, LayerId layer,
                           Site site, StatStage stage)
{
    const at::Tensor in = quant::asMatrixInput(x);
    const kernels::ConstMatrix m = quant::view(in);
    TokenEnergyMap map { variant, layer, site, stage, m.rows, (m.cols + 31) / 32, {} };
    map.energy.resize(static_cast<std::size_t>(map.tokens * map.blocks));
    kernels::BlockStatsOut out;
    out.rowEnergy = map.energy.data();
    kernels::cpu().blockStats(m, {}, out, quant::exec());
    return map;
}

} // namespace batlab::calib
