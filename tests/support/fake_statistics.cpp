// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_statistics.h"

namespace batlab {

VariantInfo fakeVariantInfo(const RunSpec &spec, const VariantSpec *variant)
{
    VariantInfo info;
    info.id = variant ? variant->id : "reference";
    info.title = variant ? variant->recipe.title : "Full precision";
    info.family = variant ? variant->recipe.family : "reference";
    info.recipe = info.settings = Json::object();
    info.protocol = spec.protocol.toJson();
    info.protocolHash = spec.protocol.hash();
    if (variant) {
        info.filled = variant->recipe.filled;
        info.recipe = variant->recipe.toJson();
        info.recipeHash = variant->recipe.hash();
        const RecipeSettings settings = effectiveSettings(spec, *variant);
        info.settings = { { "scaleRule", settings.scaleRule }, { "ties", settings.ties } };
    }
    return info;
}

SiteStats emptySiteStats(const std::string &variant, int layer, Site site, StatStage stage,
                         std::int64_t tokens, std::int64_t blocks)
{
    SiteStats s;
    s.variant = variant;
    s.layer = { Branch::text, layer };
    s.site = site;
    s.stage = stage;
    s.tokens = tokens;
    s.blocks = blocks;
    s.bins = kFakeBins;
    s.histogramLimit = kFakeLimit;
    for (std::vector<float> *values : blockValues(s))
        values->resize(static_cast<std::size_t>(blocks));
    s.histogram.resize(static_cast<std::size_t>(blocks * s.bins));
    s.codeUse.resize(static_cast<std::size_t>(blocks * 16));
    return s;
}

std::array<std::vector<float> *, 8> blockValues(SiteStats &s)
{
    return { &s.energy,      &s.maxAbs, &s.kurtosis,  &s.bimodality,
             &s.valleyDepth, &s.dip,    &s.clipShare, &s.sqnrDb };
}

TokenEnergyMap emptyTokenMap(const SiteStats &stats, std::int64_t tokens)
{
    TokenEnergyMap map;
    map.variant = stats.variant;
    map.layer = stats.layer;
    map.site = stats.site;
    map.stage = stats.stage;
    map.tokens = tokens;
    map.blocks = stats.blocks;
    return map;
}

} // namespace batlab
