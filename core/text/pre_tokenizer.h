// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/text/split_pattern.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace batlab {

/// A text cut into pieces: ranges [begin, end) of one buffer, in order.
struct PieceList
{
    std::string buffer;
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    bool atStart = true; ///< the first piece begins the whole text
};

/// One step of pre-tokenization.
struct PreStep
{
    enum class Kind : std::uint8_t {
        split, ///< cut at the matches of `pattern`
        prefixSpace, ///< put a space before a piece that has none
        metaspace, ///< spaces become `replacement`, which is also put in front
    };
    enum class Behavior : std::uint8_t { isolated, removed, mergedWithPrevious, mergedWithNext };
    enum class Prepend : std::uint8_t { never, first, always };
    Kind kind = Kind::split;
    SplitPattern pattern;
    Behavior behavior = Behavior::isolated;
    bool invert = false; ///< the gaps are the matches
    std::string replacement; ///< metaspace, U+2581
    Prepend prepend = Prepend::always;
    bool splitWords = true; ///< metaspace: a piece for each word
};

/// Applies the steps in order to every piece.
[[nodiscard]] Result<void> applyPreSteps(const std::vector<PreStep> &steps, PieceList &pieces);

} // namespace batlab
