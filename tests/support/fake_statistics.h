// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/spec/run_spec.h"

#include <array>

/// What made-up runs of any size say alike.
namespace batlab {

/// Of the histograms.
inline constexpr std::int64_t kFakeBins = 96;
inline constexpr float kFakeLimit = 8;

/// What a run publishes of a variant before its layers; null: of the reference.
[[nodiscard]] VariantInfo fakeVariantInfo(const RunSpec &spec, const VariantSpec *variant);
/// Zeros for a site with `blocks` blocks of a text layer.
[[nodiscard]] SiteStats emptySiteStats(const std::string &variant, int layer, Site site,
                                       StatStage stage, std::int64_t tokens, std::int64_t blocks);
/// The lists of a site's statistics with one number a block.
[[nodiscard]] std::array<std::vector<float> *, 8> blockValues(SiteStats &stats);
/// For the energies of sample tokens at the same site; there are none in it.
[[nodiscard]] TokenEnergyMap emptyTokenMap(const SiteStats &stats, std::int64_t tokens);

} // namespace batlab
