// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "kernels/backend.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace batlab::calib {

/// Block statistics of one site, accumulated over batches in double and in a fixed order.
class SiteStatistics
{
public:
    /// spec decides scale, codes and clipping; bins cover x/scale in [-8, 8].
    SiteStatistics(const kernels::QuantSpec &spec, std::int64_t bins);

    void add(const at::Tensor &x); ///< [.., n] fp32 or bf16, as it enters the quantizer
    [[nodiscard]] SiteStats finish(const std::string &variant, LayerId layer, Site site,
                                   StatStage stage) const;

private:
    kernels::QuantSpec m_spec;
    std::int64_t m_bins;
    std::int64_t m_tokens = 0;
    std::vector<double> m_sum, m_sum2, m_sum3, m_sum4, m_error2;
    std::vector<float> m_maxAbs;
    std::vector<std::uint64_t> m_clipped;
    std::vector<std::uint32_t> m_histogram, m_codes;
};

/// Mean x^2 of every token's blocks, x [tokens, n].
[[nodiscard]] TokenEnergyMap tokenEnergy(const at::Tensor &x, const std::string &variant,
                                         LayerId layer, Site site, StatStage stage);

} // namespace batlab::calib
