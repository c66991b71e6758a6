// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/artifact_index.h"

#include <QString>

/// What views say of K, V and R, which have statistics but are read by no linear.
namespace batlab::views {

/// Why a variant has no statistics of K, V or R, and what to do; empty at T1..T4, and where they
/// may still come.
[[nodiscard]] QString whyNoStatistics(const ArtifactIndex &index, const std::string &variant,
                                      Site site);
/// Whether a layer's statistics of a site may still come: not where those of T1 are there, which
/// come with them. A variant has none of K and R in layers where it leaves them alone.
[[nodiscard]] bool statisticsPending(const ArtifactIndex &index, const std::string &variant,
                                     LayerId layer, Site site);
/// For views about linears: which sites to select instead; empty at T1..T4.
[[nodiscard]] QString notOfLinears(Site site);

} // namespace batlab::views
