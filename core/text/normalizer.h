// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/text/split_pattern.h"

#include <cstdint>
#include <string>
#include <vector>

namespace batlab {

/// One step of normalization before the text is cut.
struct NormStep
{
    enum class Kind : std::uint8_t { nfc, nfd, nfkc, nfkd, lowercase, prepend, replace, strip };
    Kind kind = Kind::nfc;
    SplitPattern pattern; ///< replace
    std::string content; ///< prepend: what; replace: by what
    bool left = true; ///< strip
    bool right = true;
};

/// Applies the steps in order. Errors: a pattern that fails, or no memory in the Unicode library.
[[nodiscard]] Result<std::string> normalize(const std::vector<NormStep> &steps, std::string text);

} // namespace batlab
