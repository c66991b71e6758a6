// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/quant/fake_quant.h"
#include "core/spec/run_spec.h"
#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <vector>

namespace batlab::calib {

/// Block statistics of one site, accumulated over batches in double and in a fixed order, where the
/// batches live: the host waits for a device once, in finish().
class SiteStatistics
{
public:
    static constexpr std::int64_t kSampledTokens = 128; ///< 4,096 values of every block
    /// spec decides scale, codes and clipping; bins cover x/scale in [-8, 8].
    /// Without a sample there is no dip.
    SiteStatistics(const kernels::QuantSpec &spec, std::int64_t bins, bool sampled = true);

    void add(const at::Tensor &x); ///< [.., n] fp32 or bf16, as it enters the quantizer
    [[nodiscard]] SiteStats finish(const std::string &variant, LayerId layer, Site site,
                                   StatStage stage) const;

private:
    void sample(const at::Tensor &in);
    [[nodiscard]] std::vector<float> dips() const;

    kernels::QuantSpec m_spec;
    std::int64_t m_bins;
    bool m_sampled;
    std::int64_t m_tokens = 0;
    std::int64_t m_width = 0; ///< n
    at::Tensor m_sums; ///< [5, k] fp64: of powers 1 to 4, and of squared errors
    at::Tensor m_maxAbs; ///< [k] fp32
    at::Tensor m_histogram, m_codes; ///< [k, bins], [k, 16]: int32 with the bits of counts
    at::Tensor m_clipped; ///< [k] int64
    /// The tokens with the smallest hashes, so that the sample does not depend on the batches.
    std::map<std::uint64_t, at::Tensor> m_sample; ///< hash -> [n] fp32
};

/// The block format of a quantizer that has one, for numbers x [.., n] as a whole: NVFP4 with a
/// factor for each row gets one for all of them.
[[nodiscard]] kernels::QuantSpec tensorSpec(const quant::Quantizer &quantizer, const at::Tensor &x);

/// Mean x^2 of every token's blocks, x [tokens, n].
[[nodiscard]] TokenEnergyMap tokenEnergy(const at::Tensor &x, const std::string &variant,
                                         LayerId layer, Site site, StatStage stage);

/// Statistics of all sites of a layer that are seen, and token x block maps of the first sequence.
class LayerStatistics
{
public:
    /// `analysis` outlives this.
    LayerStatistics(const AnalysisSpec &analysis, std::string variant, LayerId layer,
                    StatStage stage);
    /// The next batch of a site, [B, T, n] or heads [B, T, heads, n]: a token is a row. spec: the
    /// site's; that of the first batch holds.
    void add(Site site, const at::Tensor &x, const kernels::QuantSpec &spec);
    void finish(std::vector<Artifact> &artifacts) const;

private:
    const AnalysisSpec &m_analysis;
    std::string m_variant;
    LayerId m_layer;
    StatStage m_stage;
    std::map<Site, SiteStatistics> m_sites;
    std::vector<Artifact> m_maps;
};

} // namespace batlab::calib
