// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/engine/calib/adamw.h"
#include "core/engine/tune/parameters.h"

namespace batlab::tune {

/// Where an interrupted tune stage stands: parameters, optimizer, curve, seconds spent.
struct Progress
{
    Parameters &parameters;
    calib::AdamW optimizer;
    LossCurve curve;
    double seconds = 0;
};

[[nodiscard]] Part tuneState(const Progress &progress);
/// False, and nothing changed, if the part does not fit.
[[nodiscard]] bool restore(const Part &part, Progress &progress);

} // namespace batlab::tune
