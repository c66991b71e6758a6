// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"

#include <string>
#include <string_view>

/// Where things lie in a session file (resources/help/session-format.md).
namespace batlab::h5 {

inline constexpr std::string_view kSessionFormat = "batlab-session";

/// "/variants/<id>".
[[nodiscard]] std::string variantPath(std::string_view variant);
/// "/variants/<id>/layers/text.0007": four digits at least, so that names sort like layers.
[[nodiscard]] std::string layerPath(std::string_view variant, LayerId layer);
/// The group of an artifact; empty for those that are rows of a table.
[[nodiscard]] std::string artifactPath(const Artifact &artifact);
/// The table of an artifact ("/variants/<id>/linears"); empty for those with a group of their own.
[[nodiscard]] std::string tablePath(const Artifact &artifact);

} // namespace batlab::h5
