// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"

#include <QString>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace batlab::views {

class ArtifactIndex;

enum class Severity { note, warning, serious };

/// Where in a session something was found; layer, site and block as far as they apply.
struct FindingPlace
{
    std::string variant;
    std::optional<int> layer;
    std::optional<Site> site;
    std::optional<int> block;
    bool operator==(const FindingPlace &) const = default;
};

/// Something worth a look, with its numbers in words and the place to jump to.
struct Finding
{
    std::string rule; ///< FindingRule::id
    Severity severity = Severity::note;
    FindingPlace at;
    double value = 0; ///< what the rule measured
    QString text;
    bool operator==(const Finding &) const = default;
};

/// One measured candidate of a rule.
struct Measured
{
    FindingPlace at;
    double value = 0;
    QString text; ///< what is seen, numbers included
};

/// A rule is data: what is measured, from which value on it is told, and how serious it is then.
/// Of rules that measure the same, the most serious one that holds speaks.
struct FindingRule
{
    const char *id;
    std::vector<Measured> (*measure)(const ArtifactIndex &index);
    double warning, serious; ///< values above these; NaN: never
    Severity least; ///< severity above `warning`
};
[[nodiscard]] const std::vector<FindingRule> &findingRules();

/// The most serious first; of a rule and a variant the three worst, the last of them saying how
/// many there are. `shown` says which places count; empty: all.
[[nodiscard]] std::vector<Finding>
findFindings(const ArtifactIndex &index,
             const std::function<bool(const FindingPlace &)> &shown = {});

} // namespace batlab::views
