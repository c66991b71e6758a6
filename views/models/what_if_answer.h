// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"

#include <QStringList>

#include <limits>
#include <map>
#include <vector>

namespace batlab::views {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// What the numbers of a site are in an answer; NaN where the engine did not say.
struct WhatIfSite
{
    double activationSqnrDb = kUnknown, outputSqnrDb = kUnknown;
    double condition = kUnknown; ///< of the online transform
    double clipShare = kUnknown, zeroShare = kUnknown; ///< of all values, 0..1
    double codeEntropy = kUnknown; ///< bits of 4
    double bimodality = kUnknown; ///< coefficient of the worst block
    std::vector<float> blockSqnrDb; ///< [blocks]
};

/// The engine's answer to "what if": a layer re-scored on cached tokens with nearest rounding.
struct WhatIfAnswer
{
    int layer = 0;
    std::int64_t tokens = 0;
    double milliseconds = kUnknown;
    bool cached = false;
    double outputSqnrDb = kUnknown, outputMse = kUnknown;
    QStringList notApplied; ///< "train", "round: gptq": these apply when queued
    std::map<Site, WhatIfSite> sites;
    [[nodiscard]] const WhatIfSite *site(Site site) const;
};

[[nodiscard]] Result<WhatIfAnswer> whatIfAnswer(const Json &json);

/// A number of an answer; NaN where it is missing.
[[nodiscard]] double numberIn(const Json &object, const char *key);

} // namespace batlab::views
