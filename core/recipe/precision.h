// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace batlab {

/// The bit formats of one layer, by name ("mxfp4", "int4-g128", "none").
struct LayerFormats
{
    std::array<std::string, 7> weights; ///< by Linear
    std::array<std::string, 4> activations; ///< T1..T4
    std::string keys, values;

    [[nodiscard]] static LayerFormats
    uniform(const std::string &weights, const std::string &activations, const std::string &cache);
};

/// One line of the "precision" stage:
///
///   [layers A-B:]TARGET:WHAT=FORMAT
///
/// layers 0-1, layer 5     which layers, counted from 0; left out: all
/// TARGET                  all, a site (T1 T2 T3 T4: its linears, or what enters them), a linear
///                         (q_proj ... down_proj), or K, V
/// WHAT                    weights, activations (of all or a site) or cache (of all, K or V)
/// FORMAT                  a format name, or none
struct PrecisionOverride
{
    enum class What : std::uint8_t { weights, activations, cache };
    std::int64_t firstLayer = 0, lastLayer = -1; ///< lastLayer -1: to the end
    std::vector<Linear> linears; ///< weights
    std::vector<Site> sites; ///< activations: T1..T4; cache: k, v
    What what = What::weights;
    std::string format;

    [[nodiscard]] bool covers(std::int64_t layer) const
    {
        return layer >= firstLayer && (lastLayer < 0 || layer <= lastLayer);
    }
};

/// Reads one line; errors name the part that is wrong and what is allowed there.
[[nodiscard]] Result<PrecisionOverride> precisionFromText(std::string_view text);
/// All lines of a "precision" stage, in order; later ones win.
[[nodiscard]] Result<std::vector<PrecisionOverride>> precisionFromJson(const Json &overrides);
/// `base` with every override that covers the layer.
[[nodiscard]] LayerFormats withOverrides(LayerFormats base,
                                         const std::vector<PrecisionOverride> &overrides,
                                         std::int64_t layer);

} // namespace batlab
