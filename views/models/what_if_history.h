// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QString>

#include <optional>
#include <vector>

namespace batlab::views {

struct WhatIfStep
{
    QString text; ///< "Start: hadamard → closed-form"
    Json changes = Json::object(); ///< of the whole what-if after the step
    bool operator==(const WhatIfStep &) const = default;
};

/// The steps of a what-if and where it stands; steps after `at` are undone. A value, so that every
/// act on it is one command of the document's undo stack.
struct WhatIfHistory
{
    std::vector<WhatIfStep> steps; ///< the first is the base itself
    std::size_t at = 0;
    std::optional<Json> pin; ///< changes of the pinned what-if; none: the baseline is compared with
    QString pinTitle;
    bool operator==(const WhatIfHistory &) const = default;
};

} // namespace batlab::views
