// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/ids.h"
#include "core/model/model_config.h"

namespace batlab {

/// Width of the numbers at a site.
[[nodiscard]] inline std::int64_t siteWidth(const ModelConfig &config, Site site)
{
    switch (site) {
    case Site::t2: return config.heads * config.headDim;
    case Site::t4: return config.intermediate;
    case Site::k:
    case Site::v: return config.kvHeads * config.headDim;
    default: return config.hidden;
    }
}

} // namespace batlab
