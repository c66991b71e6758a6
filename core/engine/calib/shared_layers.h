// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/calib/calibrate.h"

#include <optional>
#include <string>
#include <vector>

/// Layers that several layer passes have in common: variants that differ behind the layer pass only
/// (the cells of a sweep over tuning), or runs of one variant that record other statistics.
namespace batlab::calib {

/// A finished layer as another pass keeps it.
struct MadeLayer
{
    std::string base; ///< that pass' calibrationKey()
    Part solution;
    std::optional<Part> basis, unrounded; ///< unrounded: where this run wants it
    std::vector<Artifact> artifacts; ///< under this variant's id; the last one is LayerDone
    bool recorded = false; ///< they hold the statistics this run wants
};

class SharedLayers
{
public:
    SharedLayers(const Context &context, const VariantSpec &variant);
    /// A layer that another pass finished and that this one would make bit for bit.
    [[nodiscard]] std::optional<MadeLayer> find(std::int64_t layer) const;
    /// Says that this pass has finished the layer, unless one is named whose layer is still there.
    void offer(std::int64_t layer) const;
    /// calibrationKey()s of the other passes with these layers: what came after them may be there.
    [[nodiscard]] std::vector<std::string> otherBases() const;

private:
    struct Pass
    {
        std::string base;
        Json recorded; ///< analysis settings that decide the statistics
    };
    [[nodiscard]] std::vector<Pass> passesWith(std::int64_t layer) const;

    const Context &m_context;
    std::string m_variant;
    Pass m_own;
    std::string m_shared; ///< start of the keys under which passes with these layers are listed
    std::vector<Pass> m_unlisted; ///< this variant's in files written before there was a list
};

} // namespace batlab::calib
