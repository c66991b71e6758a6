// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.h"

#include <QStringList>

namespace batlab::views {

/// A run spec that needs less memory: half the calibration sequences and half the batch of every
/// stage that trains. What is measured (protocol, formats, methods) stays.
struct SmallerRun
{
    Json spec;
    QStringList changes; ///< "calibration.sequences 128 → 64"; empty: nothing is left to halve
};
[[nodiscard]] SmallerRun smallerRun(const Json &spec);

} // namespace batlab::views
