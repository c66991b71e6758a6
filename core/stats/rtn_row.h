// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace batlab {

/// Whether a variant is the round-to-nearest that gaps are measured by where there are several: the
/// one by the rule that clips least, whatever the order of the run. Where presets keep their own
/// rules, rtn-ocp would flatter all others.
[[nodiscard]] inline bool isUsualRtn(std::string_view variant)
{
    return variant == "rtn" || variant == "rtn-uos";
}

} // namespace batlab
