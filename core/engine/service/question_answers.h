// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/json.h"
#include "core/engine/proxy/proxy.h"
#include "core/engine/variant/layer_solution.h"
#include "core/spec/run_spec.h"

#include <string>
#include <vector>

/// The JSON forms of what Questions answers. Arrays are packed (core/base/json.h).
namespace batlab {

/// {"outputSqnrDb", "outputMse", "notApplied", "sites": {"T1": {...}}, "linears"}.
[[nodiscard]] Json whatIfAnswer(const proxy::Scores &scores, const Recipe &recipe,
                                bool quantizedCache);

/// {"id", "title", "onlineParameters", "onlineBytes" (bf16), "onlineFlopPerToken",
/// "shareOfLinearFlop", "foldedParameters", "folded": {"values", "residual"}, "bitsPerWeight",
/// "modelBytes", "sites": {"T1": {"parameters", "flopPerToken", "foldedParameters"}}}, over all
/// layers; sites of one layer.
[[nodiscard]] Json variantCost(const RunSpec &spec, const VariantSpec &variant,
                               const ModelConfig &config);
/// {"variants": [...], "references": [...]}: every variant, and well-known transforms at all four
/// sites. What does not fit the model has a "reason" instead of numbers.
[[nodiscard]] Json costAnswer(const RunSpec &spec, const ModelConfig &config);

/// A site of one layer under some variants.
struct SiteView
{
    const ModelConfig &config;
    Site site;
    at::Tensor raw; ///< [tokens, n] fp32, as the model produces it; heads of K and V side by side
    std::vector<std::string> pieces; ///< of the tokens
    struct Solved
    {
        std::string id;
        SiteSolution site; ///< calib::viewedSite
        at::Tensor input; ///< [tokens, n] fp32, folded diagonals applied, transform not
    };
    std::vector<Solved> variants;

    [[nodiscard]] bool isCached() const { return site == Site::k || site == Site::v; }
};

/// Numbers of one block of one token before and after each variant's transform, with their codes.
[[nodiscard]] Json blockAnswer(const SiteView &view, const RecipeSettings &settings,
                               std::int64_t block, std::int64_t token);
/// What enters the quantizer for the first `tokens` tokens, fp32 [tokens, channels] each.
[[nodiscard]] Json activationsAnswer(const SiteView &view, std::int64_t tokens, bool reference);

} // namespace batlab
