// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/artifact/artifact.h"
#include "core/spec/run_spec.h"

#include <vector>

namespace batlab {

/// One step of a made-up run: what the job says it does, and what it publishes then.
struct FakeStep
{
    std::string stage;
    std::uint64_t done = 0, total = 0;
    Artifact artifact;
};

/// SYNTHETIC data for view tests and screenshots: no model is run. The artifacts a run of `spec` on
/// an imaginary decoder of `layers` layers would publish, in their order; hidden 576, intermediate
/// 1536, so T1..T3 have 18 blocks of 32 and T4 has 48. A few blocks hold outliers, rotated ones
/// turn bimodal. The same spec gives the same bytes. Titles and paths say "synthetic".
[[nodiscard]] std::vector<FakeStep> fakeRun(const RunSpec &spec, int layers = 30);

} // namespace batlab
