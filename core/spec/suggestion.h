// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace batlab {

/// The candidate nearest to a mistyped name (edit distance at most 1 + length/4), empty if none is
/// near.
[[nodiscard]] std::string closestName(std::string_view text,
                                      const std::vector<std::string> &candidates);
/// "Did you mean 'x'? Allowed: a, b, c." with at most 24 names.
[[nodiscard]] std::string allowedHint(std::string_view text,
                                      const std::vector<std::string> &candidates);

/// Whether a text is well-formed UTF-8 (else it could not be written as JSON).
[[nodiscard]] bool isUtf8(std::string_view text);

} // namespace batlab
