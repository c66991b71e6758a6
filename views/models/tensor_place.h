// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <QString>

#include <optional>

namespace batlab::views {

/// Layer, site and linear that a tensor's name speaks of ("model.layers.12.mlp.down_proj.weight",
/// "blk.12.ffn_down.weight"). A linear's bias has its place too.
struct TensorPlace
{
    int layer = -1; ///< -1: of no layer
    std::optional<Site> site;
    std::optional<Linear> linear;
};

[[nodiscard]] TensorPlace tensorPlace(const QString &name);

} // namespace batlab::views
